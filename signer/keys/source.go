package keys

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/csc"
)

// source is the .json of an identity whose key is not in a PKCS#12 file. Files
// are named from the folder that the .json stands in.
type source struct {
	// Kind: "pkcs11", a token or HSM at this machine, with the PIN in the .pin;
	// "deferred", a token at the owner's own machine; "remote", a service that
	// speaks the API of the Cloud Signature Consortium, version 2.
	Kind string `json:"kind"`
	// Certificate is a PEM file, the signer's first; not needed where the token
	// or the service has it.
	Certificate string `json:"certificate,omitempty"`
	Hash        string `json:"hash,omitempty"` // "SHA-256", "SHA-384", "SHA-512"; "" by the key
	PSS         bool   `json:"pss,omitempty"`  // of RSA: RSASSA-PSS

	Module string `json:"module,omitempty"` // pkcs11: the library's path
	Token  string `json:"token,omitempty"`  // its label
	Serial string `json:"serial,omitempty"` // its serial number, instead of the label
	Key    string `json:"key,omitempty"`    // the key's label; "" for the only one

	URL        string `json:"url,omitempty"`        // remote: base address, "https://.../csc/v2"
	Credential string `json:"credential,omitempty"` // its credentialID
	ClientID   string `json:"client_id,omitempty"`  // with the secret in the .pin; without it the .pin is an access token
}

const maxSource = 16 << 10 // bytes

// source finds where an identity's key is.
func (f *Folder) source(ctx context.Context, base string) (Identity, error) {
	raw, err := readPrivate(base+".json", maxSource)
	if errors.Is(err, fs.ErrNotExist) {
		return openPKCS12(base)
	}
	if err != nil {
		return Identity{}, explain(err, base+".json")
	}
	s, err := parseSource(raw)
	if err != nil {
		return Identity{}, unavailable(err, "key-source", "Tệp %s.json chưa đúng: %v", base, err)
	}
	var chain []*x509.Certificate
	if s.Certificate != "" {
		name := filepath.Join(filepath.Dir(base), s.Certificate)
		b, err := readRegular(name, maxKeyFile)
		if err == nil {
			chain, err = parseChain(b)
		}
		if err != nil {
			return Identity{}, unavailable(err, "key-certificate", "Không đọc được chứng thư %s", name)
		}
	}
	id := Identity{Chain: chain}
	switch s.Kind {
	case "pkcs11":
		pin, err := readPrivate(base+".pin", maxPIN)
		if err != nil {
			return Identity{}, explain(err, base+".pin")
		}
		if id, err = f.tokens.identity(s, firstLine(pin), chain); err != nil {
			return Identity{}, err
		}
	case "remote":
		secret, err := readPrivate(base+".pin", maxPIN)
		if err != nil {
			return Identity{}, explain(err, base+".pin")
		}
		service := &csc.Client{URL: s.URL, Credential: s.Credential, ClientID: s.ClientID, Secret: firstLine(secret), Online: f.online}
		if len(chain) == 0 {
			if id.Chain, err = service.Certificates(ctx); err != nil {
				return Identity{}, err
			}
		}
		id.Remote = service
	}
	id.Scheme = s.scheme(id.Chain[0].PublicKey)
	if service, ok := id.Remote.(*csc.Client); ok {
		service.Public = id.Chain[0].PublicKey
	}
	return id, nil
}

var hashes = map[string]crypto.Hash{"SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512}

func (s source) scheme(public crypto.PublicKey) cms.Scheme {
	out := cms.SchemeFor(public)
	if s.Hash != "" {
		out.Hash = hashes[s.Hash]
	}
	out.PSS = s.PSS
	return out
}

// parseSource reads a .json and names every fault.
func parseSource(raw []byte) (source, error) {
	var s source
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil || d.More() {
		return s, fmt.Errorf("không phải JSON của một khóa: %v", err)
	}
	var wrong []string
	need := func(name, value string) {
		if value == "" {
			wrong = append(wrong, "thiếu "+name)
		}
	}
	never := func(kind string, values map[string]string) {
		for name, v := range values {
			if v != "" {
				wrong = append(wrong, fmt.Sprintf("%s không dùng với kind %q", name, kind))
			}
		}
	}
	token := map[string]string{"module": s.Module, "token": s.Token, "serial": s.Serial, "key": s.Key}
	service := map[string]string{"url": s.URL, "credential": s.Credential, "client_id": s.ClientID}
	switch s.Kind {
	case "pkcs11":
		need("module", s.Module)
		if (s.Token == "") == (s.Serial == "") {
			wrong = append(wrong, "phải nêu token hoặc serial, một trong hai")
		}
		if s.Module != "" && !filepath.IsAbs(s.Module) {
			wrong = append(wrong, "module phải là đường dẫn đầy đủ")
		}
		never(s.Kind, service)
	case "deferred":
		need("certificate", s.Certificate)
		never(s.Kind, token)
		never(s.Kind, service)
	case "remote":
		need("url", s.URL)
		need("credential", s.Credential)
		if u, err := url.Parse(s.URL); s.URL != "" && (err != nil || !csc.Safe(u)) {
			wrong = append(wrong, "url phải là https://")
		}
		never(s.Kind, token)
	default:
		wrong = append(wrong, "kind phải là pkcs11, deferred hoặc remote")
	}
	if _, ok := hashes[s.Hash]; s.Hash != "" && !ok {
		wrong = append(wrong, "hash phải là SHA-256, SHA-384 hoặc SHA-512")
	}
	if s.Certificate != "" && filepath.Base(s.Certificate) != s.Certificate {
		wrong = append(wrong, "certificate phải là tên tệp ngay trong thư mục này")
	}
	if len(wrong) > 0 {
		return s, errors.New(strings.Join(wrong, "; "))
	}
	return s, nil
}

// parseChain reads the certificates of a PEM file; the first is the signer's.
func parseChain(b []byte) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, errors.New("no certificate")
	}
	return order(all[0], all[1:]), nil
}

var _ Remote = (*csc.Client)(nil)

// errCertificate: the key is another's.
func errCertificate(err error, of string) error {
	return record.Because(err, record.Unavailable, "key-certificate", fmt.Sprintf("Chứng thư không phải của khóa trên %s", of))
}
