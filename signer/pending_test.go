package signer_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/cms"
	"vanthu/signer/csc"
	"vanthu/signer/online"
	"vanthu/signer/pkitest"
	"vanthu/signer/trust"
	"vanthu/signer/tsp"
	"vanthu/signer/verify"
)

// elsewhere is an office whose official has the key on a token of their own.
type elsewhere struct {
	*onlineOffice
	key crypto.Signer
	s   *signer.Signer
}

func newElsewhere(t testing.TB, kind func() (crypto.Signer, error), scheme cms.Scheme) *elsewhere {
	t.Helper()
	key, err := kind()
	must(t, err)
	o := &elsewhere{onlineOffice: newOnlineOffice(t), key: key}
	o.personal = o.Identity(t, pkix.Name{CommonName: officialName}, key, scrawl(200, 100))
	o.personal.Key, o.personal.Scheme = nil, scheme
	client := &online.Client{Timeout: 5 * time.Second}
	o.s = signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: client}, TSA: &tsp.Client{URL: o.TSA.URL, Online: client}})
	return o
}

// begin prepares a document and asks for its signature.
func (o *elsewhere) begin(t testing.TB) ([]byte, record.PendingSignature) {
	t.Helper()
	return o.beginAt(t, time.Now())
}

func (o *elsewhere) beginAt(t testing.TB, at time.Time) ([]byte, record.PendingSignature) {
	t.Helper()
	converted, err := os.ReadFile(filepath.Join("testdata", "plan-2-digits.pdf"))
	must(t, err)
	prepared, err := o.s.Prepare(converted, 2, 1)
	must(t, err)
	r, err := o.s.Sign(t.Context(), prepared, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: at})
	must(t, err)
	if r.Pending == nil || r.PDF != nil {
		t.Fatalf("%+v", r)
	}
	return prepared, restarted(t, *r.Pending)
}

// restarted is a pending signature as another process reads it.
func restarted(t testing.TB, p record.PendingSignature) record.PendingSignature {
	t.Helper()
	raw, err := json.Marshal(p)
	must(t, err)
	var out record.PendingSignature
	must(t, json.Unmarshal(raw, &out))
	return out
}

// byOpenSSL is the value as `openssl pkeyutl` makes it from the digest.
func byOpenSSL(t testing.TB, key crypto.Signer, p record.PendingSignature) []byte {
	t.Helper()
	dir := t.TempDir()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	file := func(name string, b []byte) string {
		must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
		return filepath.Join(dir, name)
	}
	args := []string{"pkeyutl", "-sign", "-inkey", file("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"-in", file("digest", p.Digest), "-out", filepath.Join(dir, "value")}
	hash := strings.ToLower(strings.ReplaceAll(p.Hash, "-", ""))
	switch p.Algorithm {
	case "RSA":
		args = append(args, "-pkeyopt", "digest:"+hash)
	case "RSA-PSS":
		args = append(args, "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest", "-pkeyopt", "digest:"+hash, "-pkeyopt", "rsa_mgf1_md:"+hash)
	}
	run(t, "openssl", args...)
	value, err := os.ReadFile(filepath.Join(dir, "value"))
	must(t, err)
	return value
}

func TestDeferredSignatureIsCompletedByOpenSSL(t *testing.T) {
	for _, kind := range kindsOfKeys {
		t.Run(kind.name, func(t *testing.T) {
			o := newElsewhere(t, kind.make, kind.scheme)
			prepared, p := o.begin(t)
			r, err := o.s.Complete(t.Context(), prepared, p, byOpenSSL(t, o.key, p))
			must(t, err)
			if !bytes.HasPrefix(r.PDF, prepared) || r.Fact.Signer != officialName || r.Fact.Stamped.IsZero() {
				t.Errorf("%+v", r.Fact)
			}
			sealed, _, err := o.s.Seal(t.Context(), r.PDF, record.Sealing{Issuer: issuer, Number: "46", Date: record.DateOf(time.Now()), Time: time.Now()})
			must(t, err)
			if report := o.judge(t, sealed); len(report.Signatures) != 2 || report.Signatures[0].Verdict == verify.Invalid || report.Signatures[0].Level != "B-T" {
				t.Errorf("%s", report.Text())
			}
			o.checkMatrix(t, sealed, "sql:"+trustStore(t, &o.office), kind.name == "PSS", []bool{true, true})
		})
	}
}

func TestDeferredSignatureTakesNothingElse(t *testing.T) {
	o := newElsewhere(t, ecKey(elliptic.P256()), cms.Scheme{})
	prepared, p := o.begin(t)
	good := byOpenSSL(t, o.key, p)
	other, err := ecKey(elliptic.P256())()
	must(t, err)
	_, second := o.beginAt(t, time.Now().Add(-time.Minute))
	elsewhere := bytes.Clone(prepared)
	elsewhere = append(elsewhere, "\n% thêm\n"...)
	for name, c := range map[string]struct {
		pdf   []byte
		value []byte
		code  string
	}{
		"another key's value":     {prepared, byOpenSSL(t, other, p), "signature-value"},
		"value for another paper": {prepared, byOpenSSL(t, o.key, second), "signature-value"},
		"no value":                {prepared, nil, "signature-value"},
		"garbage":                 {prepared, bytes.Repeat([]byte{0x30}, 70), "signature-value"},
		"another PDF":             {elsewhere, good, "pdf-changed"},
		"nothing":                 {nil, good, "pdf-changed"},
	} {
		r, err := o.s.Complete(t.Context(), c.pdf, p, c.value)
		if record.CodeOf(err) != c.code || r.PDF != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*record.PendingSignature){
		"state empty":            func(p *record.PendingSignature) { p.State = nil },
		"state of another":       func(p *record.PendingSignature) { p.State = second.State },
		"a byte of the update":   func(p *record.PendingSignature) { p.State = tamper(t, p.State, "tail", flipped) },
		"the gap moved":          func(p *record.PendingSignature) { p.State = tamper(t, p.State, "from", moved) },
		"another name":           func(p *record.PendingSignature) { p.State = tamper(t, p.State, "chain", emptied) },
		"attributes of another":  func(p *record.PendingSignature) { p.Attributes = second.Attributes },
		"an unknown hash":        func(p *record.PendingSignature) { p.Hash = "MD5" },
		"attributes that differ": func(p *record.PendingSignature) { p.Attributes = append(bytes.Clone(p.Attributes), 0) },
	} {
		q := restarted(t, p)
		change(&q)
		if _, err := o.s.Complete(t.Context(), prepared, q, good); record.CodeOf(err) != "pending-damaged" || record.KindOf(err) != record.Damaged {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The same once more is harmless: the same signature comes out.
	first, err := o.s.Complete(t.Context(), prepared, p, good)
	must(t, err)
	again, err := o.s.Complete(t.Context(), prepared, p, good)
	must(t, err)
	if len(first.PDF) != len(again.PDF) || first.Fact.Certificate != again.Fact.Certificate {
		t.Error("the second completion made something else")
	}
	// r and s side by side, as tokens give them (PKCS #11, 6.3.1).
	raw, err := ecRaw(o.key, p.Digest)
	must(t, err)
	if _, err := o.s.Complete(t.Context(), prepared, p, raw); err != nil {
		t.Errorf("raw: %v", err)
	}
	// Taken back while its owner was looking for the token.
	o.Revoke(o.personal.Certificate(), time.Now().Add(-time.Minute))
	late := signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: &online.Client{}}})
	if _, err := late.Complete(t.Context(), prepared, p, good); record.CodeOf(err) != "certificate-revoked" {
		t.Errorf("revoked: %v", err)
	}
}

func ecRaw(key crypto.Signer, digest []byte) ([]byte, error) {
	der, err := key.Sign(rand.Reader, digest, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return cmsRaw(der)
}

func TestRemoteSignature(t *testing.T) {
	for _, kind := range kindsOfKeys {
		if kind.name == "RSA-4096" {
			continue // as RSA-2048
		}
		t.Run(kind.name, func(t *testing.T) {
			o := newElsewhere(t, kind.make, kind.scheme)
			service := pkitest.NewCSC(t, o.personal.Chain, o.key)
			o.personal.Remote = &csc.Client{URL: service.URL, Credential: service.Credential, ClientID: service.ClientID, Secret: service.ClientSecret,
				Public: o.key.Public(), Online: &online.Client{}}
			service.Poll()
			prepared, p := o.begin(t)
			if !p.Remote {
				t.Fatal("nobody would ask for it")
			}
			var value []byte
			var err error
			for n := 0; value == nil; n++ {
				if n == 2 {
					service.Confirm()
				}
				if value, p, err = o.s.Fetch(t.Context(), restarted(t, p)); err != nil && record.CodeOf(err) != "signature-waiting" || n > 8 {
					t.Fatal(err)
				}
			}
			r, err := o.s.Complete(t.Context(), prepared, p, value)
			must(t, err)
			if report := o.judge(t, r.PDF); report.Signatures[0].Integrity.Verdict != verify.Valid || service.Asked() != 1 {
				t.Errorf("%s, the telephone rang %d times", report.Text(), service.Asked())
			}
		})
	}
}

// Whatever is stored, nothing is signed but what was begun.
func FuzzComplete(f *testing.F) {
	o := newElsewhere(f, ecKey(elliptic.P256()), cms.Scheme{})
	prepared, p := o.begin(f)
	o.s = signer.New(o, signer.Options{Roots: o.roots()})
	good := byOpenSSL(f, o.key, p)
	raw, err := json.Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, good)
	f.Add(raw, []byte("x"))
	f.Add([]byte(`{}`), good)
	f.Add(bytes.Replace(raw, []byte(`"tail"`), []byte(`"chain"`), 1), good)
	f.Fuzz(func(t *testing.T, stored, value []byte) {
		var q record.PendingSignature
		if json.Unmarshal(stored, &q) != nil {
			return
		}
		r, err := o.s.Complete(t.Context(), prepared, q, value)
		if err == nil {
			if report := o.judge(t, r.PDF); report.Signatures[0].Integrity.Verdict != verify.Valid || !bytes.HasPrefix(r.PDF, prepared) {
				t.Errorf("%s", report.Text())
			}
		}
	})
}

// tamper changes one member of a stored state.
func tamper(t testing.TB, state []byte, member string, change func(json.RawMessage) json.RawMessage) []byte {
	t.Helper()
	var all map[string]json.RawMessage
	must(t, json.Unmarshal(state, &all))
	if all[member] == nil {
		t.Fatalf("the state has no %s", member)
	}
	all[member] = change(all[member])
	out, err := json.Marshal(all)
	must(t, err)
	return out
}

func flipped(v json.RawMessage) json.RawMessage {
	var b []byte
	if json.Unmarshal(v, &b) != nil {
		return v
	}
	b[len(b)/20] ^= 1 // before the gap
	out, _ := json.Marshal(b)
	return out
}

func moved(v json.RawMessage) json.RawMessage { return append(json.RawMessage("1"), v...) }
func emptied(json.RawMessage) json.RawMessage { return json.RawMessage("[]") }

// cmsRaw is r and s of a P-256 signature side by side.
func cmsRaw(der []byte) ([]byte, error) {
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return nil, err
	}
	out := make([]byte, 64)
	pair.R.FillBytes(out[:32])
	pair.S.FillBytes(out[32:])
	return out, nil
}
