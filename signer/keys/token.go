package keys

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/ThalesGroup/crypto11"
	"github.com/miekg/pkcs11"

	"vanthu/record"
)

// tokens are the PKCS#11 tokens in use. A token locks itself after a few wrong
// PINs: one that refused a PIN is not given the same one again.
type tokens struct {
	mu      sync.Mutex
	open    map[tokenID]*crypto11.Context
	refused map[tokenID][32]byte // SHA-256 of the PIN that it refused
}

// tokenID is a token as its owner names it.
type tokenID struct{ module, label, serial string }

func (t tokenID) String() string {
	if t.label != "" {
		return fmt.Sprintf("%q", t.label)
	}
	return "số " + t.serial
}

func newTokens() *tokens {
	return &tokens{open: map[tokenID]*crypto11.Context{}, refused: map[tokenID][32]byte{}}
}

func (t *tokens) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	for id, c := range t.open {
		errs = append(errs, c.Close())
		delete(t.open, id)
	}
	return errors.Join(errs...)
}

// identity is the key that a source describes, with the certificate of the
// source or, without one, the token's own.
func (t *tokens) identity(s source, pin string, chain []*x509.Certificate) (Identity, error) {
	k := &tokenKey{tokens: t, id: tokenID{s.Module, s.Token, s.Serial}, key: s.Key, pin: pin}
	var public crypto.PublicKey
	err := k.with(func(c *crypto11.Context, signer crypto.Signer) error {
		public = signer.Public()
		if len(chain) > 0 {
			return nil
		}
		var label []byte
		if s.Key != "" {
			label = []byte(s.Key)
		}
		found, err := certificateOf(c, label, public)
		chain = []*x509.Certificate{found}
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	if p, ok := public.(interface{ Equal(crypto.PublicKey) bool }); !ok || !p.Equal(chain[0].PublicKey) {
		return Identity{}, errCertificate(nil, "thiết bị "+k.id.String())
	}
	k.public = public
	return Identity{Key: k, Chain: chain}, nil
}

// certificateOf finds the certificate of a key on its token.
func certificateOf(c *crypto11.Context, label []byte, public crypto.PublicKey) (*x509.Certificate, error) {
	own, ok := public.(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil, errCertificate(nil, "thiết bị")
	}
	if label != nil {
		found, err := c.FindCertificate(nil, label, nil)
		if err == nil && found != nil && own.Equal(found.PublicKey) {
			return found, nil
		}
	}
	all, err := c.FindAllPairedCertificates()
	for _, x := range all {
		if x.Leaf != nil && own.Equal(x.Leaf.PublicKey) {
			return x.Leaf, nil
		}
		if len(x.Certificate) > 0 {
			if leaf, err := x509.ParseCertificate(x.Certificate[0]); err == nil && own.Equal(leaf.PublicKey) {
				return leaf, nil
			}
		}
	}
	return nil, unavailable(err, "key-certificate", "Thiết bị không có chứng thư của khóa; hãy nêu certificate trong tệp .json")
}

// tokenKey signs by a key that never leaves its token.
type tokenKey struct {
	tokens   *tokens
	id       tokenID
	key, pin string
	public   crypto.PublicKey
}

// Public is the key's other half.
func (k *tokenKey) Public() crypto.PublicKey { return k.public }

// Sign has the token make a signature. Errors are *record.Error.
func (k *tokenKey) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) (value []byte, err error) {
	err = k.with(func(_ *crypto11.Context, signer crypto.Signer) error {
		value, err = signer.Sign(rand, digest, opts)
		return err
	})
	return value, err
}

// with uses the key. A session that was lost because the token was pulled and
// put back is opened anew, once.
func (k *tokenKey) with(use func(*crypto11.Context, crypto.Signer) error) error {
	k.tokens.mu.Lock()
	defer k.tokens.mu.Unlock()
	for again := false; ; again = true {
		_, kept := k.tokens.open[k.id]
		err := k.try(use)
		if err == nil {
			return nil
		}
		if kept && !again && lost(err) {
			_ = k.tokens.open[k.id].Close() // nothing is left of it
			delete(k.tokens.open, k.id)
			continue
		}
		return k.explain(err)
	}
}

var errNoKey = errors.New("no such key")

func (k *tokenKey) try(use func(*crypto11.Context, crypto.Signer) error) error {
	sum := sha256.Sum256([]byte(k.pin))
	c, ok := k.tokens.open[k.id]
	if !ok {
		if refused, asked := k.tokens.refused[k.id]; asked && refused == sum {
			return pkcs11.Error(pkcs11.CKR_PIN_INCORRECT)
		}
		if _, err := os.Stat(k.id.module); err != nil {
			return err
		}
		var err error
		c, err = crypto11.Configure(&crypto11.Config{Path: k.id.module, TokenLabel: k.id.label, TokenSerial: k.id.serial, Pin: k.pin})
		if err != nil {
			if is(err, pkcs11.CKR_PIN_INCORRECT) {
				k.tokens.refused[k.id] = sum
			}
			return err
		}
		delete(k.tokens.refused, k.id)
		k.tokens.open[k.id] = c
	}
	var label []byte
	if k.key != "" {
		label = []byte(k.key)
	}
	var signer crypto.Signer
	if label == nil {
		all, err := c.FindAllKeyPairs()
		if err != nil {
			return err
		}
		if len(all) != 1 {
			return fmt.Errorf("%w: %d keys and no label", errNoKey, len(all))
		}
		signer = all[0]
	} else {
		found, err := c.FindKeyPair(nil, label)
		if err != nil && strings.Contains(err.Error(), "not found") || err == nil && found == nil {
			return errors.Join(errNoKey, err)
		}
		if err != nil {
			return err
		}
		signer = found
	}
	return use(c, signer)
}

func is(err error, codes ...uint) bool {
	var p pkcs11.Error
	if !errors.As(err, &p) {
		return false
	}
	for _, c := range codes {
		if uint(p) == c {
			return true
		}
	}
	return false
}

// lost says that the token went away under an open session.
func lost(err error) bool {
	return is(err, pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED,
		pkcs11.CKR_USER_NOT_LOGGED_IN, pkcs11.CKR_TOKEN_NOT_RECOGNIZED, pkcs11.CKR_SLOT_ID_INVALID, pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED,
		pkcs11.CKR_OBJECT_HANDLE_INVALID, pkcs11.CKR_KEY_HANDLE_INVALID, pkcs11.CKR_DEVICE_ERROR, pkcs11.CKR_GENERAL_ERROR, pkcs11.CKR_FUNCTION_FAILED) ||
		errors.Is(err, errNoKey)
}

func (k *tokenKey) explain(err error) error {
	var known *record.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, os.ErrNotExist), strings.Contains(err.Error(), "could not open PKCS#11"):
		return unavailable(err, "key-module", "Không nạp được thư viện PKCS#11 %s", k.id.module)
	case is(err, pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE):
		return unavailable(err, "key-pin", "Thiết bị ký %s không nhận mã PIN; hãy sửa tệp .pin, chưa thử lại mã này để thiết bị không bị khóa", k.id)
	case is(err, pkcs11.CKR_PIN_LOCKED):
		return unavailable(err, "key-token-locked", "Thiết bị ký %s đã bị khóa vì nhập sai mã PIN nhiều lần; hãy mở khóa bằng mã quản trị", k.id)
	case errors.Is(err, errNoKey):
		return unavailable(err, "key-missing", "Thiết bị ký %s không có khóa %q", k.id, k.key)
	case lost(err), strings.Contains(err.Error(), "could not find PKCS#11 token"):
		return unavailable(err, "key-token-absent", "Chưa cắm thiết bị ký %s, hoặc thiết bị đã bị rút ra", k.id)
	}
	return unavailable(err, "key-failed", "Thiết bị ký %s không ký được", k.id)
}
