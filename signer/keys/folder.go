package keys

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/online"
)

// Limits on the files of a folder, in bytes.
const (
	maxKeyFile = 1 << 20
	maxPIN     = 1 << 10
	maxImage   = 8 << 20
)

// Identity is a key that can sign, with the certificate that says whose it is.
type Identity struct {
	Key    crypto.Signer       // nil when it is not at hand: on the owner's own token, or at a remote service
	Remote Remote              // the service that signs, nil for none
	Scheme cms.Scheme          // zero: cms.SchemeFor the key
	Chain  []*x509.Certificate // the signer's first, then its issuers
	Image  []byte              // PNG: handwritten signature or seal
}

// Remote is a service that signs once its owner has agreed, minutes later.
// Tickets are its own and survive a restart.
type Remote interface {
	// Begin asks for a signature over a digest.
	Begin(ctx context.Context, digest []byte, scheme cms.Scheme) (ticket []byte, err error)
	// Fetch takes the value up: Busy, signature-waiting, while the owner has not
	// agreed, with the ticket to come back with; Conflict, signature-refused,
	// when they have said no or waited too long.
	Fetch(ctx context.Context, ticket []byte) (value, next []byte, err error)
}

// SignsBy is the scheme that the identity signs by.
func (i Identity) SignsBy() cms.Scheme {
	if i.Scheme.Hash != 0 {
		return i.Scheme
	}
	return cms.SchemeFor(i.Certificate().PublicKey)
}

// Certificate is the signer's own.
func (i Identity) Certificate() *x509.Certificate { return i.Chain[0] }

// Folder finds identities under one directory and remembers them until their
// files change. It may be used by several goroutines.
type Folder struct {
	dir string

	mu     sync.Mutex
	known  map[string]remembered
	tokens *tokens
	online *online.Client
}

type remembered struct {
	stamps   [5]stamp // .p12, .pin, .png, .json and the mode of their folder
	identity Identity
}

// stamp tells one content of a file from the next.
type stamp struct {
	changed time.Time
	size    int64
	mode    fs.FileMode
}

// NewFolder is the folder at dir; it need not exist yet.
func NewFolder(dir string) *Folder {
	return &Folder{dir: dir, known: map[string]remembered{}, tokens: newTokens(), online: &online.Client{}}
}

// Close lets go of all tokens.
func (f *Folder) Close() error { return f.tokens.close() }

// Personal is the official's own key for signing in the name of org. Errors are
// *record.Error of kind Unavailable with code key-missing, key-pin,
// key-permissions, key-damaged, key-source (its JSON is wrong) or key-image, and
// of a token key-module, key-token-absent, key-token-locked, key-certificate; a
// name that is no plain file name is Invalid, key-name.
func (f *Folder) Personal(ctx context.Context, org, person string) (Identity, error) {
	return f.load(ctx, "people", org, person)
}

// Seal is the organisation's key of that name; errors as Personal.
func (f *Folder) Seal(ctx context.Context, org, seal string) (Identity, error) {
	return f.load(ctx, "seals", org, seal)
}

// name of an organisation, person or seal: one plain path element.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// base is the path of an identity's files without their extension.
func (f *Folder) base(class, org, owner string) (string, error) {
	for _, n := range []string{org, owner} {
		if !name.MatchString(n) {
			return "", record.E(record.Invalid, "key-name", fmt.Sprintf("Mã %q không dùng được làm tên tệp khóa", n))
		}
	}
	return filepath.Join(f.dir, class, org, owner), nil
}

func (f *Folder) load(ctx context.Context, class, org, owner string) (Identity, error) {
	if err := ctx.Err(); err != nil {
		return Identity{}, err
	}
	base, err := f.base(class, org, owner)
	if err != nil {
		return Identity{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.known[base]; ok && stamps(base) == known.stamps {
		return known.identity, nil
	}
	before := stamps(base)
	identity, err := f.open(ctx, base)
	if err != nil {
		delete(f.known, base)
		return Identity{}, err
	}
	f.known[base] = remembered{before, identity}
	return identity, nil
}

func unavailable(err error, code, format string, args ...any) error {
	return record.Because(err, record.Unavailable, code, fmt.Sprintf(format, args...))
}

// Open reads one identity by the name of its .p12 or .json, wherever it is, with
// its .pin beside it and without an image. Errors as Personal.
func (f *Folder) Open(ctx context.Context, file string) (Identity, error) {
	base, isFile := strings.CutSuffix(file, ".p12")
	if !isFile {
		base = strings.TrimSuffix(file, ".json")
	}
	return f.source(ctx, base)
}

// ReadSecret is the first line of a file that nobody but its owner may read.
func ReadSecret(path string) (string, error) {
	b, err := readPrivate(path, maxPIN)
	if err != nil {
		return "", explain(err, path)
	}
	return firstLine(b), nil
}

// open reads an identity: the source that the .json describes, or else the
// PKCS#12.
func (f *Folder) open(ctx context.Context, base string) (Identity, error) {
	identity, err := f.source(ctx, base)
	if err != nil {
		return Identity{}, err
	}
	if identity.Image, err = readRegular(base+".png", maxImage); err != nil {
		return Identity{}, unavailable(err, "key-image", "Không đọc được hình ảnh chữ ký %s.png", base)
	}
	return identity, nil
}

func openPKCS12(base string) (Identity, error) {
	pfx, err := readPrivate(base+".p12", maxKeyFile)
	if err != nil {
		return Identity{}, explain(err, base+".p12")
	}
	pin, err := readPrivate(base+".pin", maxPIN)
	if err != nil {
		return Identity{}, explain(err, base+".pin")
	}
	identity, err := decode(pfx, firstLine(pin))
	if err != nil {
		if errors.Is(err, pkcs12.ErrIncorrectPassword) || errors.Is(err, pkcs12.ErrDecryption) {
			return Identity{}, unavailable(err, "key-pin", "Mã PIN trong %s.pin không mở được khóa", base)
		}
		return Identity{}, unavailable(err, "key-damaged", "Tệp khóa %s.p12 hỏng hoặc thiếu chứng thư", base)
	}
	return identity, nil
}

func explain(err error, path string) error {
	var shared sharedError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unavailable(err, "key-missing", "Chưa có khóa ký %s", path)
	case errors.As(err, &shared):
		return unavailable(err, "key-permissions", "Tệp %s đang mở cho người khác (quyền %#o); hãy chạy: chmod %s %s",
			shared.path, shared.mode, shared.want(), shared.path)
	}
	return unavailable(err, "key-damaged", "Không đọc được tệp khóa %s", path)
}

func firstLine(b []byte) string {
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimRight(line, "\r")
}

func decode(pfx []byte, pin string) (Identity, error) {
	private, cert, issuers, err := pkcs12.DecodeChain(pfx, pin)
	if err != nil {
		return Identity{}, err
	}
	key, ok := private.(crypto.Signer)
	if !ok {
		return Identity{}, fmt.Errorf("key of type %T cannot sign", private)
	}
	if p, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !p.Equal(cert.PublicKey) {
		return Identity{}, errors.New("the certificate belongs to another key")
	}
	return Identity{Key: key, Chain: order(cert, issuers)}, nil
}

// order puts issuers behind cert, each after the one it issued; what does not
// belong to the path is left out.
func order(cert *x509.Certificate, issuers []*x509.Certificate) []*x509.Certificate {
	chain := []*x509.Certificate{cert}
	for range issuers {
		last := chain[len(chain)-1]
		for _, c := range issuers {
			if !c.Equal(last) && last.CheckSignatureFrom(c) == nil {
				chain = append(chain, c)
				break
			}
		}
		if chain[len(chain)-1] == last {
			break
		}
	}
	return chain
}
