package signer_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
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
	"vanthu/signer/keys"
	"vanthu/signer/online"
	"vanthu/signer/pkitest"
	"vanthu/signer/trust"
	"vanthu/signer/tsp"
	"vanthu/signer/verify"
)

// online is an office whose CA has all its services.
type onlineOffice struct {
	*pkitest.PKI
	office
}

func newOnlineOffice(t testing.TB) *onlineOffice {
	t.Helper()
	o := &onlineOffice{PKI: pkitest.New(t)}
	for name, id := range map[string]*keys.Identity{officialName: &o.personal, sealName: &o.seal} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		must(t, err)
		*id = o.Identity(t, pkix.Name{CommonName: name}, key, scrawl(200, 100))
	}
	o.root, o.between = o.Root.Raw, o.Issuing.Raw
	return o
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (o *onlineOffice) roots() []*x509.Certificate { return []*x509.Certificate{o.Root} }

// signer asks all services; stamps says whether signatures get timestamps of
// their own.
func (o *onlineOffice) signer() *signer.Signer {
	client := &online.Client{Timeout: 5 * time.Second}
	return signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: client}, TSA: &tsp.Client{URL: o.TSA.URL, Online: client}})
}

func (o *onlineOffice) quiet() *signer.Signer {
	return signer.New(o, signer.Options{Roots: o.roots()})
}

func sealed(t testing.TB, s *signer.Signer) []byte {
	t.Helper()
	converted, err := os.ReadFile(filepath.Join("testdata", realPlan))
	must(t, err)
	return sealedFrom(t, s, converted)
}

func sealedFrom(t testing.TB, s *signer.Signer, converted []byte) []byte {
	t.Helper()
	prepared, err := s.Prepare(converted, 2, 1)
	must(t, err)
	now := time.Now()
	r, err := s.Sign(t.Context(), prepared, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: now})
	must(t, err)
	out, _, err := s.Seal(t.Context(), r.PDF, record.Sealing{Issuer: issuer, Number: "46", Date: record.DateOf(now), Time: now})
	must(t, err)
	return out
}

func (o *onlineOffice) judge(t testing.TB, b []byte) verify.Report {
	t.Helper()
	r, err := verify.Verify(t.Context(), b, verify.Options{Roots: o.roots()})
	must(t, err)
	return r
}

func levels(r verify.Report) string {
	var out []string
	for _, s := range r.Signatures {
		if s.Kind != "timestamp" {
			out = append(out, s.Level)
		}
	}
	return strings.Join(out, " ")
}

// From B-B to B-LTA; then everything is switched off, and the file alone tells
// all. Outside programs agree at each step.
func TestEvidenceEndToEnd(t *testing.T) {
	o := newOnlineOffice(t)
	plain := sealed(t, o.quiet())
	if r := o.judge(t, plain); levels(r) != "B-B B-B" || r.Verdict != verify.Unknown || r.Signatures[0].Revocation.Code != "no-revocation-answer" {
		t.Fatalf("%s %s\n%s", levels(r), r.Verdict, r.Text())
	}
	stamped := sealed(t, o.signer())
	if r := o.judge(t, stamped); levels(r) != "B-T B-T" {
		t.Fatalf("%s\n%s", levels(r), r.Text())
	}
	for name, b := range map[string][]byte{"without signature timestamps": plain, "with": stamped} {
		t.Run(name, func(t *testing.T) {
			out, e, err := o.signer().Prove(t.Context(), b)
			must(t, err)
			if e.Level != "B-LTA" || len(e.Missing) > 0 || !e.Until.Equal(pkitest.Until) || !bytes.HasPrefix(out, b) {
				t.Fatalf("%+v", e)
			}
			// With -no-ocsp pdfsig trusts no certificate that names a responder.
			said := run(t, "pdfsig", "-nssdir", "sql:"+trustStore(t, &o.office), file(t, out))
			if strings.Count(said, "Signature is Valid.") < 2 || strings.Count(said, "Certificate is Trusted.") < 2 {
				t.Error(said)
			}
			for _, service := range []*pkitest.Service{o.OCSP, o.CRL, o.TSA, o.AIA} {
				service.Off()
				defer service.On()
			}
			r := o.judge(t, out)
			if r.Verdict != verify.Valid || levels(r) != "B-LTA B-LTA" || len(r.Findings) > 0 {
				t.Errorf("%s %s\n%s", r.Verdict, levels(r), r.Text())
			}
			for _, s := range r.Signatures {
				if s.Verdict != verify.Valid || s.Timestamp == nil || s.Timestamp.Verdict != verify.Valid || s.Revocation.Source != "ocsp" {
					t.Errorf("%s: %+v", s.Field, s)
				}
			}
			o.openSSLAgrees(t, out)
			keepsShape(t, out)
		})
	}
}

func keepsShape(t *testing.T, b []byte) {
	t.Helper()
	if said := run(t, "qpdf", "--check", file(t, b)); !strings.Contains(said, "No syntax or stream encoding errors") {
		t.Error(said)
	}
	f, err := pdf.Open(b)
	must(t, err)
	keepsPDFA(t, len(f.Revisions())-1, f)
	root, err := f.Catalog()
	must(t, err)
	extensions, err := pdf.As[pdf.Dict](f, root["Extensions"])
	must(t, err)
	if _, ok := extensions["ESIC"].(pdf.Dict); !ok {
		t.Errorf("extensions: %v", extensions)
	}
}

// openSSLAgrees has every signature and the document timestamp verified by
// openssl, and looks up their evidence in the store by their name there.
func (o *onlineOffice) openSSLAgrees(t *testing.T, b []byte) {
	t.Helper()
	f, err := pdf.Open(b)
	must(t, err)
	root, err := f.Catalog()
	must(t, err)
	store, err := pdf.As[pdf.Dict](f, root["DSS"])
	must(t, err)
	related, err := pdf.As[pdf.Dict](f, store["VRI"])
	must(t, err)
	// Official, seal, authority and the two CAs, each once; the root is asked about by nobody.
	for key, n := range map[pdf.Name]int{"Certs": 5, "OCSPs": 4, "CRLs": 0} {
		if list, _ := store[key].(pdf.Array); len(list) != n {
			t.Errorf("the store has %d /%s, want %d", len(list), key, n)
		}
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
		return filepath.Join(dir, name)
	}
	ca, between := o.RootFile(t), write("between.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Issuing.Raw}))
	for _, name := range []string{signer.PersonalField, signer.SealField, signer.TimestampField} {
		v := signatureOf(t, b, name)
		r := ints(t, v["ByteRange"].(pdf.Array))
		content := write("content", append(slices.Clone(b[:r[1]]), b[r[2]:r[2]+r[3]]...))
		der := []byte(v["Contents"].(pdf.String))
		if name == signer.TimestampField {
			var token asn1.RawValue
			_, err := asn1.Unmarshal(der, &token)
			must(t, err)
			der = token.FullBytes
			run(t, "openssl", "ts", "-verify", "-token_in", "-in", write("token", der), "-data", content, "-CAfile", ca, "-untrusted", between)
		} else {
			run(t, "openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", write("cms", der), "-content", content,
				"-CAfile", ca, "-purpose", "any", "-binary", "-out", filepath.Join(dir, "out"))
		}
		if name == signer.TimestampField && len(related) == 2 {
			continue // the signatures' own timestamps have brought its evidence
		}
		own, err := pdf.As[pdf.Dict](f, related[pdf.Name(fmt.Sprintf("%X", sha1.Sum(der)))])
		must(t, err)
		for _, key := range []pdf.Name{"Cert", "OCSP"} {
			if list, _ := own[key].(pdf.Array); len(list) == 0 {
				t.Errorf("%s: the store has no /%s: %v", name, key, own)
			}
		}
	}
}

// A file in the other form of cross-reference; and what is complete is neither
// asked about nor stamped again.
func TestEvidenceOnceIsEnough(t *testing.T) {
	o := newOnlineOffice(t)
	streams := filepath.Join(t.TempDir(), "streams.pdf")
	run(t, "qpdf", "--object-streams=generate", filepath.Join("testdata", realPlan), streams)
	converted, err := os.ReadFile(streams)
	must(t, err)
	b := sealedFrom(t, o.quiet(), converted)
	first, e, err := o.signer().Prove(t.Context(), b)
	must(t, err)
	if r := o.judge(t, first); e.Level != "B-LTA" || r.Verdict != verify.Valid || !bytes.HasPrefix(first, b) {
		t.Errorf("%+v\n%s", e, r.Text())
	}
	keepsShape(t, first)
	asked := func() int { return o.OCSP.Requests() + o.CRL.Requests() + o.TSA.Requests() + o.AIA.Requests() }
	before := asked()
	second, again, err := o.signer().Prove(t.Context(), first)
	must(t, err)
	if !bytes.Equal(second, first) || asked() != before || again.Level != e.Level || !again.Until.Equal(e.Until) || len(again.Missing) > 0 {
		t.Errorf("again: %d bytes more, %d questions, %+v", len(second)-len(first), asked()-before, again)
	}
	o.TSACertificate(t, time.Now().AddDate(0, 1, 0))
	if first, _, err = o.signer().Prove(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.signer().Prove(t.Context(), first); record.CodeOf(err) != "tsa-not-renewed" {
		t.Errorf("a timestamp that lasts no longer: %v", err)
	}
}

// Without roots nothing is known but the time; it is stamped once.
func TestEvidenceWithoutRoots(t *testing.T) {
	o := newOnlineOffice(t)
	s := signer.New(o, signer.Options{Revocation: &trust.Checker{Online: &online.Client{}}, TSA: &tsp.Client{URL: o.TSA.URL, Online: &online.Client{}}})
	out, e, err := s.Prove(t.Context(), sealed(t, o.quiet()))
	if err != nil || e.Level != "B-T" || len(e.Missing) != 3 || o.OCSP.Requests() > 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	if again, e, err := s.Prove(t.Context(), out); err != nil || !bytes.Equal(again, out) || len(e.Missing) != 3 {
		t.Errorf("again: %+v, %v", e, err)
	}
	// Once there are roots, everything follows.
	if done, e, err := o.signer().Prove(t.Context(), out); err != nil || e.Level != "B-LTA" || !bytes.HasPrefix(done, out) {
		t.Errorf("with roots: %+v, %v", e, err)
	}
}

// A timestamp that ends soon does not keep evidence away that was missing.
func TestEvidenceFollowsUnderAShortTimestamp(t *testing.T) {
	o := newOnlineOffice(t)
	o.TSACertificate(t, time.Now().AddDate(0, 1, 0))
	o.OCSP.Off()
	o.CRL.Off()
	half, e, err := o.signer().Prove(t.Context(), sealed(t, o.quiet()))
	if err != nil || e.Level != "B-T" || len(e.Missing) != 3 {
		t.Fatalf("%+v, %v", e, err)
	}
	o.OCSP.On()
	if _, e, err = o.signer().Prove(t.Context(), half); err != nil || e.Level != "B-LTA" {
		t.Errorf("%+v, %v", e, err)
	}
}

// In the last days of a timestamp the next one does not wait for answers.
func TestLastCall(t *testing.T) {
	o := newOnlineOffice(t)
	o.OCSP.Off()
	o.CRL.Off()
	o.TSACertificate(t, time.Now().AddDate(0, 0, 3))
	half, _, err := o.signer().Prove(t.Context(), sealed(t, o.quiet()))
	must(t, err)
	if _, _, err := o.signer().Prove(t.Context(), half); record.CodeOf(err) != "tsa-not-renewed" {
		t.Errorf("stamped by the same certificate: %v", err)
	}
	o.TSACertificate(t, pkitest.Until)
	again, e, err := o.signer().Prove(t.Context(), half)
	if r := o.judge(t, again); err != nil || len(e.Missing) == 0 || len(r.Signatures) != 4 || !r.Signatures[3].Timestamp.Until.Equal(pkitest.Until) {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, e, err := o.signer().Prove(t.Context(), again); record.CodeOf(err) != "evidence-incomplete" {
		t.Errorf("now there is time to wait: %+v, %v", e, err)
	}
}

// Answers that do not count are no evidence, and the file stays as it was.
func TestEvidenceFromLiars(t *testing.T) {
	o := newOnlineOffice(t)
	stamped := sealed(t, o.signer())
	for _, mode := range []string{"foreign", "stale", "garbage", "huge", "error", "off"} {
		o.OCSP.Set(mode)
		o.CRL.Set(mode)
		out, e, err := o.signer().Prove(t.Context(), stamped)
		if record.CodeOf(err) != "evidence-incomplete" || out != nil || len(e.Missing) != 4 {
			t.Errorf("issuers %s: %+v, %v", mode, e, err)
		}
	}
	o.OCSP.Set("unknown")
	o.CRL.On()
	if out, e, err := o.signer().Prove(t.Context(), stamped); err != nil || e.Level != "B-LTA" || o.judge(t, out).Signatures[0].Revocation.Source != "crl" {
		t.Errorf("by lists alone: %+v, %v", e, err)
	}
	o.OCSP.On()
	for mode, code := range map[string]string{"refuse": "tsa-refused", "nonce": "tsa-wrong", "imprint": "tsa-wrong", "purpose": "tsa-wrong",
		"garbage": "tsa-wrong", "error": "service-answer", "off": "service-away"} {
		o.TSA.Set(mode)
		if out, _, err := o.signer().Prove(t.Context(), stamped); record.CodeOf(err) != code || out != nil {
			t.Errorf("authority %s: %v, want %s", mode, err, code)
		}
	}
}

// Who was revoked after signing is still proven good by what was stamped before.
func TestRevokedAfterTheTimestamp(t *testing.T) {
	o := newOnlineOffice(t)
	b := sealed(t, o.signer())
	o.Revoke(o.personal.Certificate(), time.Now().Add(time.Minute))
	out, e, err := o.signer().Prove(t.Context(), b)
	must(t, err)
	if r := o.judge(t, out); r.Signatures[0].Verdict != verify.Valid || e.Level != "B-LTA" {
		t.Errorf("%+v\n%s", e, r.Text())
	}
	// Revoked before it: told, stamped once, and left alone.
	o.Revoke(o.seal.Certificate(), time.Now().Add(-time.Hour))
	if out, _, err = o.signer().Prove(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if r := o.judge(t, out); r.Signatures[1].Revocation.Code != "certificate-revoked" {
		t.Error(r.Text())
	}
	if again, _, err := o.signer().Prove(t.Context(), out); err != nil || !bytes.Equal(again, out) {
		t.Errorf("again: %v", err)
	}
}

// A signature of strangers is not asked about wherever it points, and does not
// keep the evidence of ours back.
func TestStrangersAddressesAreLeftAlone(t *testing.T) {
	o, strangers := newOnlineOffice(t), pkitest.New(t)
	ours := o.seal
	o.seal = strangers.Identity(t, pkix.Name{CommonName: sealName}, ours.Key, ours.Image)
	o.seal.Chain = o.seal.Chain[:1]
	b := sealed(t, signer.New(o, signer.Options{}))
	out, e, err := o.signer().Prove(t.Context(), b)
	must(t, err)
	if n := strangers.AIA.Requests() + strangers.OCSP.Requests() + strangers.CRL.Requests(); n > 0 {
		t.Errorf("%d questions to strangers", n)
	}
	if r := o.judge(t, out); len(e.Missing) != 1 || r.Signatures[0].Level != "B-LTA" || e.Level != "B-T" {
		t.Errorf("%+v\n%s", e, r.Text())
	}
	if again, e, err := o.signer().Prove(t.Context(), out); err != nil || !bytes.Equal(again, out) || len(e.Missing) != 1 {
		t.Errorf("again: %+v, %v", e, err)
	}
}

// Issuers that the key file lacks are fetched when it signs, and enclosed.
func TestChainIsCompletedAtSigning(t *testing.T) {
	o := newOnlineOffice(t)
	o.personal.Chain, o.seal.Chain = o.personal.Chain[:1], o.seal.Chain[:1]
	b := sealed(t, o.signer())
	if r := o.judge(t, b); r.Signatures[0].Chain.Verdict != verify.Valid || o.AIA.Requests() != 1 {
		t.Errorf("asked %d times\n%s", o.AIA.Requests(), r.Text())
	}
	o.AIA.Hang()
	s := signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: &online.Client{}}, Wait: 100 * time.Millisecond})
	if err := s.Ready(t.Context(), record.Signing{Issuer: issuer, Time: time.Now(), Signatory: record.Signatory{Name: officialName}}); record.CodeOf(err) != "certificate-untrusted" {
		t.Errorf("the issuer cannot be had: %v", err)
	}
}

// A certificate that is taken back while its signature waits signs nothing.
func TestRevokedWhileTheSignatureWaits(t *testing.T) {
	o := newOnlineOffice(t)
	key := o.personal.Key
	o.personal.Key = nil
	converted, err := os.ReadFile(filepath.Join("testdata", realPlan))
	must(t, err)
	prepared, err := o.quiet().Prepare(converted, 2, 1)
	must(t, err)
	r, err := o.signer().Sign(t.Context(), prepared, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: time.Now()})
	must(t, err)
	value, err := key.Sign(rand.Reader, r.Pending.Digest, crypto.SHA256)
	must(t, err)
	done, err := o.signer().Complete(t.Context(), prepared, *r.Pending, value)
	must(t, err)
	if done.Fact.Revocation != "good" || done.Fact.Stamped.IsZero() || levels(o.judge(t, done.PDF)) != "B-T" {
		t.Errorf("%+v", done.Fact)
	}
	o.Revoke(o.personal.Certificate(), time.Now())
	if _, err := o.signer().Complete(t.Context(), prepared, *r.Pending, value); record.CodeOf(err) != "certificate-revoked" {
		t.Errorf("revoked: %v", err)
	}
}

// What was asked once is asked again in time, behind people's backs.
func TestWarm(t *testing.T) {
	o := newOnlineOffice(t)
	clock := time.Now()
	now := func() time.Time { return clock }
	o.Clock(now)
	s := signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: &online.Client{}, Now: now}})
	in := record.Signing{Issuer: issuer, Time: clock, Signatory: record.Signatory{Name: officialName}}
	must(t, s.Ready(t.Context(), in))
	before := o.OCSP.Requests()
	s.Warm(t.Context())
	if n := o.OCSP.Requests() - before; n != 0 {
		t.Errorf("fresh answers are asked for again: %d", n)
	}
	o.Revoke(o.personal.Certificate(), clock)
	clock = clock.Add(23*time.Hour + 45*time.Minute)
	s.Warm(t.Context())
	for _, service := range []*pkitest.Service{o.OCSP, o.CRL} {
		service.Off()
	}
	if err := s.Ready(t.Context(), in); record.CodeOf(err) != "certificate-revoked" {
		t.Errorf("warmed: %v", err)
	}
}

// Renewal protects the evidence anew before the authority's certificate ends.
func TestEvidenceIsRenewed(t *testing.T) {
	o := newOnlineOffice(t)
	for _, id := range []*keys.Identity{&o.personal, &o.seal} {
		*id = o.Identity(t, id.Certificate().Subject, id.Key, id.Image, pkitest.Valid(pkitest.From, time.Now().AddDate(0, 6, 0)))
	}
	soon := time.Now().Add(48 * time.Hour).Truncate(time.Second)
	o.TSACertificate(t, soon)
	first, e, err := o.signer().Prove(t.Context(), sealed(t, o.quiet()))
	must(t, err)
	if !e.Until.Equal(soon) {
		t.Fatalf("until %v", e.Until)
	}
	later := time.Now().AddDate(1, 0, 0)
	at := func(b []byte) verify.Report {
		r, err := verify.Verify(t.Context(), b, verify.Options{Roots: o.roots(), Now: later})
		must(t, err)
		return r
	}
	if r := at(first); r.Verdict != verify.Unknown || r.Signatures[0].AtSigning.Code != "time-not-proven" || r.Signatures[2].AtSigning.Code != "timestamp-expired" {
		t.Errorf("a year later: %s\n%s", r.Verdict, r.Text())
	}
	o.TSACertificate(t, pkitest.Until)
	second, e, err := o.signer().Prove(t.Context(), first)
	must(t, err)
	if !e.Until.Equal(pkitest.Until) || e.Level != "B-LTA" || !bytes.HasPrefix(second, first) {
		t.Errorf("renewed: %+v", e)
	}
	if r := at(second); r.Verdict != verify.Valid || levels(r) != "B-LTA B-LTA" {
		t.Errorf("renewed, a year later: %s\n%s", r.Verdict, r.Text())
	}
	run(t, "qpdf", "--check", file(t, second))
}

// Whoever is away, hangs or lies: signing goes on at once, and the evidence
// follows when they are back.
func TestSigningNeverWaits(t *testing.T) {
	o := newOnlineOffice(t)
	for _, mode := range []string{"off", "hang", "garbage"} {
		for _, service := range []*pkitest.Service{o.OCSP, o.CRL, o.TSA} {
			service.Set(mode)
		}
		client := &online.Client{Timeout: 2 * time.Second, Pause: time.Minute}
		s := signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: client}, TSA: &tsp.Client{URL: o.TSA.URL, Online: client},
			Wait: 200 * time.Millisecond})
		b := sealed(t, s)
		if r := o.judge(t, b); levels(r) != "B-B B-B" {
			t.Errorf("%s: %s", mode, levels(r))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, _, err := o.signer().Prove(ctx, b)
		cancel()
		if record.KindOf(err) != record.Unavailable {
			t.Errorf("%s: proven by nobody: %v", mode, err)
		}
		o.TSA.On()
		half, e, err := signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: &online.Client{Timeout: 200 * time.Millisecond}},
			TSA: &tsp.Client{URL: o.TSA.URL, Online: &online.Client{}}}).Prove(t.Context(), b)
		must(t, err)
		if e.Level != "B-T" || len(e.Missing) == 0 {
			t.Errorf("%s: time alone: %+v", mode, e)
		}
		o.OCSP.On()
		o.CRL.On()
		done, e, err := o.signer().Prove(t.Context(), half)
		must(t, err)
		if r := o.judge(t, done); e.Level != "B-LTA" || r.Verdict != verify.Valid {
			t.Errorf("%s: back: %+v\n%s", mode, e, r.Text())
		}
	}
}

// A certificate that cannot sign is refused with the reason.
func TestCertificatesAreCheckedBeforeTheySign(t *testing.T) {
	o, other := newOnlineOffice(t), pkitest.New(t)
	key := o.personal.Key
	name := pkix.Name{CommonName: officialName}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	digest := record.DigestOf(o.personal.Certificate().Raw)
	revoked := o.Identity(t, name, key, scrawl(200, 100))
	o.Revoke(revoked.Certificate(), time.Now().Add(-time.Hour))
	valid := func(from, until time.Time) pkitest.Option { return pkitest.Valid(from, until) }
	now := time.Now()
	for _, c := range []struct {
		name string
		id   keys.Identity
		in   record.Signing
		code string
	}{
		{"good", o.personal, record.Signing{}, ""},
		{"bound to the account", o.personal, record.Signing{Certificates: []record.Digest{digest}, Signatory: record.Signatory{Name: "Tên trong hồ sơ khác"}}, ""},
		{"another is bound to the account", o.personal, record.Signing{Certificates: []record.Digest{record.DigestOf(nil)}}, "certificate-foreign"},
		{"somebody else's", o.Identity(t, pkix.Name{CommonName: "Trần Thị Bình"}, key, scrawl(200, 100)), record.Signing{}, "certificate-foreign"},
		{"the name written otherwise", o.Identity(t, pkix.Name{CommonName: strings.ToUpper(officialName) + " "}, key, scrawl(200, 100)), record.Signing{}, ""},
		{"revoked", revoked, record.Signing{}, "certificate-revoked"},
		{"expired", o.Identity(t, name, key, scrawl(200, 100), valid(pkitest.From, now.Add(-time.Hour))), record.Signing{}, "certificate-expired"},
		{"not yet valid", o.Identity(t, name, key, scrawl(200, 100), valid(now.Add(time.Hour), pkitest.Until)), record.Signing{}, "certificate-not-yet-valid"},
		{"for encryption", o.Identity(t, name, key, scrawl(200, 100), pkitest.Usage(x509.KeyUsageKeyEncipherment)), record.Signing{}, "certificate-usage"},
		{"for servers", o.Identity(t, name, key, scrawl(200, 100), func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}), record.Signing{}, "certificate-usage"},
		{"for people and servers", o.Identity(t, name, key, scrawl(200, 100), func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageEmailProtection}
		}), record.Signing{}, ""},
		{"of a CA", o.Identity(t, name, key, scrawl(200, 100), func(c *x509.Certificate) { c.IsCA = true }), record.Signing{}, "certificate-usage"},
		{"weak", o.Identity(t, name, weak, scrawl(200, 100)), record.Signing{}, "certificate-weak"},
		{"of another CA", other.Identity(t, name, key, scrawl(200, 100)), record.Signing{}, "certificate-untrusted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ring := &office{personal: c.id, seal: o.seal}
			client := &online.Client{Timeout: time.Second}
			s := signer.New(ring, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: client}})
			c.in.Issuer, c.in.Time, c.in.Signatory.Person = issuer, now, "nghia"
			if c.in.Signatory.Name == "" {
				c.in.Signatory.Name = officialName
			}
			err := s.Ready(t.Context(), c.in)
			if c.code == "" && err != nil || c.code != "" && (record.CodeOf(err) != c.code || record.KindOf(err) != record.Unavailable) {
				t.Errorf("got %v, want %q", err, c.code)
			}
		})
	}
	o.Revoke(o.Issuing, now)
	s := signer.New(o, signer.Options{Roots: o.roots(), Revocation: &trust.Checker{Online: &online.Client{}}})
	if err := s.Ready(t.Context(), record.Signing{Issuer: issuer, Time: now, Signatory: record.Signatory{Name: officialName}}); record.CodeOf(err) != "certificate-revoked" {
		t.Errorf("the CA was revoked: %v", err)
	}
}
