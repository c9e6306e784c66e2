package signer_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/cms"
	"vanthu/signer/online"
	"vanthu/signer/pkitest"
	"vanthu/signer/tsp"
	"vanthu/signer/verify"
)

// kindsOfKeys are those that a CA of the state or a public one issues.
var kindsOfKeys = []struct {
	name   string
	make   func() (crypto.Signer, error)
	scheme cms.Scheme
}{
	{"RSA-2048", rsaKey(2048), cms.Scheme{}},
	{"RSA-3072", rsaKey(3072), cms.Scheme{Hash: crypto.SHA512}},
	{"RSA-4096", rsaKey(4096), cms.Scheme{}},
	{"PSS", rsaKey(2048), cms.Scheme{Hash: crypto.SHA256, PSS: true}},
	{"P-256", ecKey(elliptic.P256()), cms.Scheme{}},
	{"P-384", ecKey(elliptic.P384()), cms.Scheme{}},
}

func rsaKey(bits int) func() (crypto.Signer, error) {
	return func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, bits) }
}

func ecKey(c elliptic.Curve) func() (crypto.Signer, error) {
	return func() (crypto.Signer, error) { return ecdsa.GenerateKey(c, rand.Reader) }
}

// placesOfSignatures are documents by where their signature stands: the plan has
// one page, the real plan signs on its last, the report before its annex. page
// counts from 0.
var placesOfSignatures = []struct {
	name, file string
	page       int
}{{"page 1", "plan-3-digits.pdf", 0}, {"last page", realPlan, 5}, {"page before an annex", "annex-3-digits.pdf", 1}}

// Every kind of key, with and without timestamps, in both orders, wherever the
// signature stands: everything that reads PDFs agrees, and nothing of the
// document is lost.
func TestEveryKeyOrderAndPlace(t *testing.T) {
	p := pkitest.New(t)
	client := &online.Client{Timeout: 10 * time.Second}
	for _, kind := range kindsOfKeys {
		o := &onlineOffice{PKI: p}
		o.root, o.between = p.Root.Raw, p.Issuing.Raw
		key, err := kind.make()
		must(t, err)
		o.personal = p.Identity(t, pkix.Name{CommonName: officialName}, key, scrawl(200, 100), pkitest.NoAddresses)
		o.seal = p.Identity(t, pkix.Name{CommonName: sealName}, key, stamp(100), pkitest.NoAddresses)
		o.personal.Scheme, o.seal.Scheme = kind.scheme, kind.scheme
		plain := signer.New(o, signer.Options{Roots: o.roots()})
		stamped := signer.New(o, signer.Options{Roots: o.roots(), Wait: 10 * time.Second, TSA: &tsp.Client{URL: p.TSA.URL, Online: client}})
		nss := "sql:" + trustStore(t, &o.office)
		for _, place := range placesOfSignatures {
			for _, order := range []struct {
				name         string
				first, later *signer.Signer
				stamps       []bool
			}{{"no timestamp", plain, plain, []bool{false, false}}, {"timestamps", stamped, stamped, []bool{true, true}},
				{"only the first", stamped, plain, []bool{true, false}}, {"only the second", plain, stamped, []bool{false, true}}} {
				t.Run(kind.name+"/"+place.name+"/"+order.name, func(t *testing.T) {
					t.Parallel()
					converted, err := os.ReadFile(filepath.Join("testdata", place.file))
					must(t, err)
					prepared, err := order.first.Prepare(converted, 3, 1)
					must(t, err)
					now := time.Now()
					r, err := order.first.Sign(t.Context(), prepared, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: now})
					must(t, err)
					sealed, _, err := order.later.Seal(t.Context(), r.PDF, record.Sealing{Issuer: issuer, Number: "146", Date: record.DateOf(now), Time: now})
					must(t, err)
					for i, b := range [][]byte{converted, prepared, r.PDF} {
						if !bytes.HasPrefix(sealed, b) {
							t.Fatalf("stage %d is no prefix", i)
						}
					}
					if at := pageOfField(t, sealed, signer.PersonalField); at != place.page {
						t.Errorf("the signature stands on page %d, want %d", at+1, place.page+1)
					}
					o.checkMatrix(t, sealed, nss, kind.name == "PSS", order.stamps)
				})
			}
		}
	}
}

func (o *onlineOffice) checkMatrix(t *testing.T, b []byte, nss string, pss bool, stamps []bool) {
	t.Helper()
	r := o.judge(t, b)
	for i, s := range r.Signatures {
		level := map[bool]string{true: "B-T", false: "B-B"}[stamps[i]]
		if s.Verdict == verify.Invalid || s.Integrity.Verdict != verify.Valid || s.Chain.Verdict != verify.Valid || s.Level != level {
			t.Errorf("%s: %s %s, level %s, want %s", s.Field, s.Verdict, s.Integrity.Message, s.Level, level)
		}
	}
	name := file(t, b)
	if said := run(t, "qpdf", "--check", name); !strings.Contains(said, "No syntax or stream encoding errors") {
		t.Error(said)
	}
	said := run(t, "pdfsig", "-nssdir", nss, name)
	good, trusted := strings.Count(said, "Signature is Valid"), strings.Count(said, "Certificate is Trusted")
	// What poppler 22.12 does not check it does not call valid.
	if !pss && (good != 2 || trusted != 2) || strings.Count(said, "Total document signed") != 1 {
		t.Errorf("pdfsig: %d valid, %d trusted\n%s", good, trusted, said)
	}
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Root.Raw}), 0o600))
	for _, field := range []string{signer.PersonalField, signer.SealField} {
		v := signatureOf(t, b, field)
		at := ints(t, v["ByteRange"].(pdf.Array))
		content := append(slices.Clone(b[:at[1]]), b[at[2]:at[2]+at[3]]...)
		must(t, os.WriteFile(filepath.Join(dir, "content"), content, 0o600))
		must(t, os.WriteFile(filepath.Join(dir, "cms"), []byte(v["Contents"].(pdf.String)), 0o600))
		run(t, "openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", filepath.Join(dir, "cms"), "-content", filepath.Join(dir, "content"),
			"-binary", "-purpose", "any", "-CAfile", ca, "-out", os.DevNull)
	}
	f, err := pdf.Open(b)
	must(t, err)
	keepsPDFA(t, len(f.Revisions())-1, f)
	for _, line := range strings.Split(strings.TrimSpace(run(t, "pdffonts", name)), "\n")[2:] {
		if w := strings.Fields(line); w[len(w)-5] != "yes" {
			t.Errorf("not embedded: %s", line)
		}
	}
}

func pageOfField(t testing.TB, b []byte, name string) int {
	t.Helper()
	f, err := pdf.Open(b)
	must(t, err)
	pages, err := f.Pages()
	must(t, err)
	for _, p := range pages {
		if p.Ref == fieldOf(t, f, name)["P"] {
			return p.Index
		}
	}
	t.Fatal(fmt.Sprintf("%s stands on no page", name))
	return -1
}
