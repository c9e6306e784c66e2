package verify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/signer/keys"
	"vanthu/signer/verify"
)

// opensslCMS signs as other software would.
func opensslCMS(t testing.TB, key crypto.Signer, cert *x509.Certificate, args ...string) func([32]byte, []byte) []byte {
	return func(_ [32]byte, content []byte) []byte {
		dir := t.TempDir()
		path := func(name string, b []byte) string {
			p := filepath.Join(dir, name)
			must(t, os.WriteFile(p, b, 0o600))
			return p
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		out := filepath.Join(dir, "out")
		all := append([]string{"cms", "-sign", "-binary", "-outform", "DER", "-out", out, "-in", path("in", content),
			"-signer", path("cert", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})),
			"-inkey", path("key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}, args...)
		if b, err := exec.Command("openssl", all...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", all, err, b)
		}
		made, err := os.ReadFile(out)
		must(t, err)
		return made
	}
}

func TestOneSignatureOfEveryKind(t *testing.T) {
	o := newOffice(t)
	good, leaf := o.personal.Key, o.personal.Certificate()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	issue := func(public crypto.PublicKey, notBefore, notAfter time.Time, usage x509.KeyUsage) *x509.Certificate {
		c, err := o.ca.IssueFor(pkix.Name{CommonName: officialName}, public, notBefore, notAfter, usage)
		must(t, err)
		return c
	}
	ecLeaf := issue(ec.Public(), from, to, x509.KeyUsageDigitalSignature)
	early := issue(good.Public(), from, signedAt.AddDate(0, 0, -1), x509.KeyUsageDigitalSignature)
	late := issue(good.Public(), signedAt.AddDate(0, 0, 1), to, x509.KeyUsageDigitalSignature)
	onlyEncrypts := issue(good.Public(), from, to, x509.KeyUsageKeyEncipherment)
	stranger, err := keys.NewAuthority(pkix.Name{CommonName: "CA thử nghiệm"}, from, to)
	must(t, err)
	foreign, err := stranger.NewIdentity(pkix.Name{CommonName: officialName}, nil)
	must(t, err)
	pkcs7 := pdf.Dict{"SubFilter": pdf.Name("adbe.pkcs7.detached")}

	for _, c := range []struct {
		name    string
		value   pdf.Dict
		make    func([32]byte, []byte) []byte
		options verify.Options
		verdict verify.Verdict
		code    string // of the check that decides
	}{
		{"CAdES, RSA", nil, cades(t, good, leaf), o.options(), verify.Valid, ""},
		{"CAdES, P-256", nil, cades(t, ec, ecLeaf), o.options(), verify.Valid, ""},
		{"adbe.pkcs7.detached with signing-time", pkcs7, opensslCMS(t, good, leaf, "-md", "sha256"), o.options(), verify.Valid, ""},
		{"RSA-PSS, SHA-384", pkcs7, opensslCMS(t, good, leaf, "-md", "sha384", "-keyopt", "rsa_padding_mode:pss"), o.options(), verify.Valid, ""},
		{"CAdES, SHA-512", nil, opensslCMS(t, good, leaf, "-md", "sha512", "-cades"), o.options(), verify.Valid, ""},
		{"SHA-1", pkcs7, opensslCMS(t, good, leaf, "-md", "sha1"), o.options(), verify.Unknown, "algorithm-weak"},
		{"CAdES in name only", nil, opensslCMS(t, good, leaf, "-md", "sha256"), o.options(), verify.Unknown, "not-cades"},
		{"no certificate enclosed", pkcs7, opensslCMS(t, good, leaf, "-md", "sha256", "-nocerts"), o.options(), verify.Unknown, "certificate-missing"},
		{"other content signed", nil, func([32]byte, []byte) []byte { return cades(t, good, leaf)([32]byte{1}, nil) }, o.options(), verify.Invalid, "content-changed"},
		{"rubbish", nil, func([32]byte, []byte) []byte { return []byte("rubbish") }, o.options(), verify.Invalid, "signature-malformed"},
		{"old sub-filter", pdf.Dict{"SubFilter": pdf.Name("adbe.x509.rsa_sha1")}, cades(t, good, leaf), o.options(), verify.Unknown, "sub-filter"},
		{"no roots given", nil, cades(t, good, leaf), verify.Options{}, verify.Unknown, "no-roots"},
		{"CA of the same name, not the one trusted", nil, cades(t, foreign.Key, foreign.Chain...), o.options(), verify.Unknown, "chain-untrusted"},
		{"certificate expired before", nil, cades(t, good, early), o.options(), verify.Invalid, "certificate-expired"},
		{"certificate valid only later", nil, cades(t, good, late), o.options(), verify.Invalid, "certificate-not-yet-valid"},
		{"certificate for encryption only", nil, cades(t, good, onlyEncrypts), o.options(), verify.Invalid, "key-usage"},
		{"no time", pdf.Dict{"M": pdf.Null{}}, cades(t, good, leaf), o.options(), verify.Unknown, "time-missing"},
		{"time without a zone", pdf.Dict{"M": pdf.String("D:20240320093015")}, cades(t, good, leaf), o.options(), verify.Unknown, "time-missing"},
		{"time in the future", pdf.Dict{"M": pdf.String("D:20350320093015Z")}, cades(t, good, leaf), o.options(), verify.Unknown, "time-in-future"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := handSign(t, prepared(t), "vtPersonal", c.value, c.make)
			r, err := verify.Verify(t.Context(), b, c.options)
			must(t, err)
			s := r.Signatures[0]
			codes := []string{s.Integrity.Code, s.Chain.Code, s.AtSigning.Code, s.KeyUsage.Code}
			if r.Verdict != c.verdict || c.code != "" && !slices.Contains(codes, c.code) {
				t.Errorf("verdict %s, codes %s; want %s, %s\n%s", r.Verdict, codes, c.verdict, c.code, r.Text())
			}
		})
	}
}

// A signature says itself what may follow it (ISO 32000-1, 12.8.2).
func TestPermissions(t *testing.T) {
	o := newOffice(t)
	reference := func(method string, params pdf.Dict) pdf.Dict {
		return pdf.Dict{"Reference": pdf.Array{pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name(method), "TransformParams": params}}}
	}
	fields := func(action string, names ...string) pdf.Dict {
		var list pdf.Array
		for _, n := range names {
			list = append(list, pdf.TextString(n))
		}
		return reference("FieldMDP", pdf.Dict{"Action": pdf.Name(action), "Fields": list})
	}
	for _, c := range []struct {
		name  string
		value pdf.Dict
		fill  verify.Verdict // of filling the empty number
		edit  verify.Verdict // of changing it again
		sign  verify.Verdict // of signing the empty seal field
	}{
		{"DocMDP 1: nothing", reference("DocMDP", pdf.Dict{"P": pdf.Integer(1)}), verify.Invalid, verify.Invalid, verify.Invalid},
		{"FieldMDP locks all", fields("All"), verify.Invalid, verify.Invalid, verify.Valid},
		{"FieldMDP includes the number", fields("Include", "vtNumber"), verify.Invalid, verify.Invalid, verify.Valid},
		{"FieldMDP includes another", fields("Include", "vtDay"), verify.Valid, verify.Valid, verify.Valid},
		{"FieldMDP excludes the number", fields("Exclude", "vtNumber"), verify.Valid, verify.Valid, verify.Valid},
		{"FieldMDP excludes another", fields("Exclude", "vtDay"), verify.Invalid, verify.Invalid, verify.Valid},
		{"FieldMDP includes the seal", fields("Include", "vtSeal"), verify.Valid, verify.Valid, verify.Invalid},
		{"FieldMDP of an unknown action", fields("Sometimes"), verify.Invalid, verify.Invalid, verify.Valid},
	} {
		t.Run(c.name, func(t *testing.T) {
			signed := handSign(t, prepared(t), "vtPersonal", c.value, cades(t, o.personal.Key, o.personal.Chain...))
			if v := judge(t, signed).Verdict; v != verify.Valid {
				t.Fatalf("alone: %s", v)
			}
			fill := func(b []byte, number string) []byte {
				return update(t, b, func(f *pdf.File, u *pdf.Update) {
					ref, d := fieldNamed(t, f, "vtNumber")
					d["V"] = pdf.TextString(number)
					u.Set(ref, d)
				})
			}
			filled := fill(signed, "46")
			for _, x := range []struct {
				what string
				pdf  []byte
				want verify.Verdict
			}{
				{"fill", filled, c.fill}, {"edit", fill(filled, "47"), c.edit},
				{"sign", handSign(t, signed, "vtSeal", nil, cades(t, o.seal.Key, o.seal.Chain...)), c.sign},
			} {
				if r := judge(t, x.pdf); r.Verdict != x.want {
					t.Errorf("%s: %s, want %s\n%s", x.what, r.Verdict, x.want, r.Text())
				}
			}
		})
	}
}

// A document timestamp is listed and allowed, its token is not judged, and the
// signatures before it keep their verdict.
func TestDocumentTimestamp(t *testing.T) {
	s := through(t)
	withField := update(t, s.sealed, func(f *pdf.File, u *pdf.Update) {
		pageRef, p := page(t, f, 0)
		ref, c := catalog(t, f)
		form, err := pdf.As[pdf.Dict](f, c["AcroForm"])
		must(t, err)
		form = form.Clone()
		old, err := pdf.As[pdf.Array](f, form["Fields"])
		must(t, err)
		zero := pdf.Integer(0)
		stamp := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("vtTime1"),
			"Rect": pdf.Array{zero, zero, zero, zero}, "F": pdf.Integer(132), "P": pageRef,
			"V": u.Add(pdf.Dict{"Type": pdf.Name("DocTimeStamp"), "SubFilter": pdf.Name("ETSI.RFC3161"), "Contents": pdf.String("token"),
				"ByteRange": pdf.Array{zero, pdf.Integer(1), pdf.Integer(2), pdf.Integer(3)}})})
		form["Fields"] = append(append(pdf.Array{}, old...), stamp)
		annots, err := pdf.As[pdf.Array](f, p["Annots"])
		must(t, err)
		p["Annots"] = append(append(pdf.Array{}, annots...), stamp)
		u.Set(pageRef, p)
		if r, ok := c["AcroForm"].(pdf.Ref); ok {
			u.Set(r, form)
		} else {
			c["AcroForm"] = form
			u.Set(ref, c)
		}
	})
	r := judge(t, withField)
	if len(r.Signatures) != 3 {
		t.Fatalf("%d signatures\n%s", len(r.Signatures), r.Text())
	}
	for _, g := range r.Signatures {
		if g.Kind == "timestamp" {
			if g.Verdict == verify.Valid {
				t.Error("a timestamp over nothing is valid")
			}
			continue
		}
		if last := g.Changes[len(g.Changes)-1]; g.Verdict != verify.Valid || last.Code != "timestamp-added" || !last.Allowed {
			t.Errorf("%s: %s, %+v", g.Field, g.Verdict, g.Changes)
		}
	}
}

// A key too weak for an official document proves nothing.
func TestWeakKey(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	o := newOffice(t)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	leaf, err := o.ca.Issue(pkix.Name{CommonName: officialName}, weak.Public())
	must(t, err)
	b := handSign(t, prepared(t), "vtPersonal", pdf.Dict{"SubFilter": pdf.Name("adbe.pkcs7.detached")}, opensslCMS(t, weak, leaf, "-md", "sha256"))
	if r := judge(t, b); r.Verdict != verify.Unknown || r.Signatures[0].Integrity.Code != "algorithm-weak" {
		t.Errorf("%s\n%s", r.Verdict, r.Text())
	}
}
