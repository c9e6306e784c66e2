package keys

import (
	"context"
	"crypto/rand"
	"fmt"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"vanthu/record"
)

// CreatePersonal returns the identity that the folder holds for person, making
// it with make when there is none yet. Several processes may do so at once: all
// return the one that was first.
func (f *Folder) CreatePersonal(ctx context.Context, org, person string, make func() (Identity, error)) (Identity, error) {
	return f.create(ctx, "people", org, person, make)
}

// CreateSeal is CreatePersonal for an organisation's seal.
func (f *Folder) CreateSeal(ctx context.Context, org, seal string, make func() (Identity, error)) (Identity, error) {
	return f.create(ctx, "seals", org, seal, make)
}

func (f *Folder) create(ctx context.Context, class, org, owner string, make func() (Identity, error)) (Identity, error) {
	identity, err := f.load(ctx, class, org, owner)
	if err == nil || record.CodeOf(err) != "key-missing" {
		return identity, err
	}
	base, err := f.base(class, org, owner)
	if err != nil {
		return Identity{}, err
	}
	if identity, err = make(); err != nil {
		return Identity{}, fmt.Errorf("make key of %s: %w", owner, err)
	}
	if err := write(base, identity); err != nil {
		return Identity{}, unavailable(err, "key-write", "Không ghi được khóa %s", base)
	}
	return f.load(ctx, class, org, owner)
}

// write puts the key file last: while it is missing the identity does not
// exist, and when it appears its PIN and image are there. The PIN is created
// once as well, so whoever wins the key file has locked it with the PIN that
// all see.
func write(base string, identity Identity) error {
	pin, err := createOnce(base+".pin", []byte(rand.Text()+"\n"), maxPIN)
	if err != nil {
		return err
	}
	if _, err := createOnce(base+".png", identity.Image, maxImage); err != nil {
		return err
	}
	pfx, err := pkcs12.Modern2023.Encode(identity.Key, identity.Chain[0], identity.Chain[1:], firstLine(pin))
	if err != nil {
		return err
	}
	_, err = createOnce(base+".p12", pfx, maxKeyFile)
	return err
}
