package demo

import (
	"context"
	"crypto/x509/pkix"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"vanthu/record"
	"vanthu/signer/keys"
)

// Mark is what every certificate of the example office says of itself.
const Mark = "DEMO - KHONG CO GIA TRI PHAP LY"

// Validity of the example certificates: every date that an example document
// may carry.
var (
	notBefore = time.Date(2020, 1, 1, 0, 0, 0, 0, record.Office)
	notAfter  = time.Date(2040, 1, 1, 0, 0, 0, 0, record.Office)
)

// Keys is a key folder that makes the key of an example person or seal when it
// is first asked for. Several processes may share the folder.
type Keys struct {
	folder        *keys.Folder
	organizations Organizations
	authority     func() (*keys.Authority, error)
}

// NewKeys keeps keys below dir; the authority's certificate goes to caFile,
// for verifiers to trust.
func NewKeys(dir, caFile string, o Organizations) (*Keys, error) {
	k := &Keys{folder: keys.NewFolder(dir), organizations: o}
	k.authority = sync.OnceValues(func() (*keys.Authority, error) {
		return keys.OpenAuthority(filepath.Join(dir, "demo-ca.key.pem"), caFile,
			pkix.Name{CommonName: "VANTHU DEMO CA", OrganizationalUnit: []string{Mark}, Country: []string{"VN"}}, notBefore, notAfter)
	})
	_, err := k.authority()
	return k, err
}

// Close lets go of the tokens that identities of the folder are on.
func (k *Keys) Close() error { return k.folder.Close() }

// Personal is the identity of an example official.
func (k *Keys) Personal(ctx context.Context, org, person string) (keys.Identity, error) {
	return k.folder.CreatePersonal(ctx, org, person, func() (keys.Identity, error) {
		for _, a := range k.organizations[org].Appointments {
			if a.Person == person {
				image, err := drawSignature(a.Name)
				if err != nil {
					return keys.Identity{}, err
				}
				return k.make(a.Name, org, a.Title, image)
			}
		}
		return keys.Identity{}, fmt.Errorf("example organisation %s has no %s", org, person)
	})
}

// Seal is the identity of an example organisation.
func (k *Keys) Seal(ctx context.Context, org, seal string) (keys.Identity, error) {
	return k.folder.CreateSeal(ctx, org, seal, func() (keys.Identity, error) {
		names := k.organizations[org].Names
		if len(names) == 0 {
			return keys.Identity{}, fmt.Errorf("no example organisation %s", org)
		}
		image, err := drawSeal(strings.Join(names[len(names)-1].Lines, " "))
		if err != nil {
			return keys.Identity{}, err
		}
		return k.make(names[len(names)-1].Name, org, "", image)
	})
}

func (k *Keys) make(name, org, title string, image []byte) (keys.Identity, error) {
	ca, err := k.authority()
	if err != nil {
		return keys.Identity{}, err
	}
	subject := pkix.Name{CommonName: name, OrganizationalUnit: []string{Mark}, Country: []string{"VN"}}
	if names := k.organizations[org].Names; len(names) > 0 {
		subject.Organization = []string{names[len(names)-1].Name}
	}
	if title != "" {
		subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 12}, Value: title}}
	}
	return ca.NewIdentity(subject, image)
}
