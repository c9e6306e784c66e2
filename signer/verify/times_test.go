package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/signer/cms"
	"vanthu/signer/online"
	"vanthu/signer/pkitest"
	"vanthu/signer/trust"
	"vanthu/signer/tsp"
	"vanthu/signer/verify"
)

// world is a PKI with one signer.
type world struct {
	*pkitest.PKI
	key   crypto.Signer
	chain []*x509.Certificate
	now   time.Time
}

func newWorld(t *testing.T, options ...pkitest.Option) *world {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	w := &world{PKI: pkitest.New(t), key: key, now: time.Now().Truncate(time.Second)}
	w.chain = w.Chain(t, pkix.Name{CommonName: officialName}, key.Public(), options...)
	return w
}

// token stamps data.
func (w *world) token(t *testing.T, data []byte) *tsp.Token {
	sum := sha256.Sum256(data)
	token, err := (&tsp.Client{URL: w.TSA.URL, Online: &online.Client{}}).Stamp(t.Context(), crypto.SHA256, sum[:])
	must(t, err)
	return token
}

// signed is a PDF that claims to be signed now, with a timestamp over what
// stamped makes of the signature value; nil for none.
func (w *world) signed(t *testing.T, stamped func(value []byte) []byte) []byte {
	value := pdf.Dict{"M": pdf.String(w.now.UTC().Format("D:20060102150405Z"))}
	return handSign(t, prepared(t), "vtPersonal", value, func(digest [32]byte, content []byte) []byte {
		der := cades(t, w.key, w.chain...)(digest, content)
		if stamped == nil {
			return der
		}
		parsed, err := cms.Parse(der)
		must(t, err)
		scheme := cms.Scheme{Hash: crypto.SHA256}
		attrs, err := cms.Attributes(w.chain[0], scheme, digest[:])
		must(t, err)
		der, err = cms.Assemble(w.chain, scheme, attrs, parsed.Value, w.token(t, stamped(parsed.Value)).Raw)
		must(t, err)
		return der
	})
}

func itself(value []byte) []byte { return value }

func (w *world) judge(t *testing.T, b []byte, now time.Time, asking bool) verify.Report {
	t.Helper()
	o := verify.Options{Roots: []*x509.Certificate{w.Root}, Now: now}
	if asking {
		o.Revocation = &trust.Checker{Online: &online.Client{Timeout: time.Second}}
	}
	r, err := verify.Verify(t.Context(), b, o)
	must(t, err)
	return r
}

func TestProvenTime(t *testing.T) {
	ends := time.Now().AddDate(1, 0, 0)
	w := newWorld(t, pkitest.NoAddresses, pkitest.Valid(pkitest.From, ends))
	plain, stamped := w.signed(t, nil), w.signed(t, itself)
	foreign := w.signed(t, func([]byte) []byte { return []byte("another signature") })
	later := ends.AddDate(1, 0, 0)
	for _, c := range []struct {
		name            string
		pdf             []byte
		now             time.Time
		asking          bool
		verdict         verify.Verdict
		atSigning, time string // codes
		level           string
	}{
		{"claimed, certificate in force", plain, w.now, true, verify.Valid, "ok", "", "B-B"},
		{"claimed, certificate ended", plain, later, true, verify.Unknown, "time-not-proven", "", "B-B"},
		{"stamped, certificate in force", stamped, w.now.Add(time.Minute), true, verify.Valid, "ok", "ok", "B-T"},
		{"stamped, certificate ended", stamped, later, true, verify.Valid, "ok", "ok", "B-T"},
		{"stamped, nobody says that the authority's certificate was good", stamped, later, false, verify.Unknown, "time-not-proven", "no-revocation-answer", "B-T"},
		{"stamped, the authority's certificate ended too", stamped, pkitest.Until.AddDate(1, 0, 0), true, verify.Unknown, "time-not-proven", "timestamp-expired", "B-T"},
		{"the timestamp of another signature", foreign, w.now.Add(time.Minute), true, verify.Invalid, "ok", "timestamp-wrong", "B-B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.judge(t, c.pdf, c.now, c.asking)
			g, code := r.Signatures[0], ""
			if g.Timestamp != nil {
				code = g.Timestamp.Code
			}
			if r.Verdict != c.verdict || g.AtSigning.Code != c.atSigning || code != c.time || g.Level != c.level || (g.ProvenTime != nil) != (code == "ok") {
				t.Errorf("%s, %s, %q, %s\n%s", r.Verdict, g.AtSigning.Code, code, g.Level, r.Text())
			}
		})
	}
	t.Run("a time claimed after the timestamp", func(t *testing.T) {
		ahead := *w
		ahead.now = w.now.Add(time.Hour)
		if r := w.judge(t, ahead.signed(t, itself), w.now.Add(2*time.Hour), true); r.Signatures[0].AtSigning.Code != "time-contradicted" || r.Verdict != verify.Invalid {
			t.Errorf("%s\n%s", r.Verdict, r.Text())
		}
	})
	t.Run("an authority whose key was stolen later", func(t *testing.T) {
		w.Revoke(w.token(t, nil).Authority, w.now.AddDate(0, 1, 0))
		r := w.judge(t, stamped, later, true)
		if g := r.Signatures[0]; r.Verdict != verify.Unknown || g.Timestamp.Code != "timestamp-revoked" {
			t.Errorf("%s\n%s", r.Verdict, r.Text())
		}
	})
}

func TestRevocation(t *testing.T) {
	hour := time.Hour
	for _, c := range []struct {
		name    string
		stamped bool
		revoked time.Duration // against the time of signing; 0 for not at all
		asking  bool
		set     string // how OCSP and CRL behave
		verdict verify.Verdict
		code    string
	}{
		{"good", false, 0, true, "", verify.Valid, "ok"},
		{"nobody asked", false, 0, false, "", verify.Unknown, "no-revocation-answer"},
		{"nobody answers", false, 0, true, "off", verify.Unknown, "no-revocation-answer"},
		{"everybody hangs", false, 0, true, "hang", verify.Unknown, "no-revocation-answer"},
		{"strangers answer", false, 0, true, "foreign", verify.Unknown, "no-revocation-answer"},
		{"revoked before", false, -hour, true, "", verify.Invalid, "certificate-revoked"},
		{"revoked before, stamped", true, -hour, true, "", verify.Invalid, "certificate-revoked"},
		{"revoked since, time only claimed", false, hour, true, "", verify.Unknown, "revoked-since"},
		{"revoked since, time proven", true, hour, true, "", verify.Valid, "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			var stamped func([]byte) []byte
			if c.stamped {
				stamped = itself
			}
			b := w.signed(t, stamped)
			if c.revoked != 0 {
				w.Revoke(w.chain[0], w.now.Add(c.revoked))
			}
			w.OCSP.Set(c.set)
			w.CRL.Set(c.set)
			r := w.judge(t, b, w.now.Add(2*hour), c.asking)
			g := r.Signatures[0]
			if r.Verdict != c.verdict || g.Revocation.Code != c.code || g.Level != map[bool]string{true: "B-T", false: "B-B"}[c.stamped] {
				t.Errorf("%s, %s, %s\n%s", r.Verdict, g.Revocation.Code, g.Level, r.Text())
			}
			if (c.set != "") != (len(r.Unanswered) > 0) {
				t.Errorf("unanswered: %q", r.Unanswered)
			}
			if c.code == "ok" && !strings.Contains(r.Text(), "Chứng thư không bị thu hồi (OCSP lúc ") {
				t.Error(r.Text())
			}
		})
	}
	t.Run("strangers are not asked", func(t *testing.T) {
		w, other := newWorld(t), newWorld(t)
		b := other.signed(t, itself)
		asked := other.OCSP.Requests() + other.CRL.Requests()
		r := w.judge(t, b, w.now, true)
		if n := other.OCSP.Requests() + other.CRL.Requests() - asked; n != 0 || r.Signatures[0].Chain.Code != "chain-untrusted" || r.Verdict != verify.Unknown {
			t.Errorf("%d questions\n%s", n, r.Text())
		}
	})
	t.Run("who hangs holds nobody up", func(t *testing.T) {
		w := newWorld(t)
		b := w.signed(t, nil)
		w.OCSP.Hang()
		w.CRL.Hang()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		_, err := verify.Verify(ctx, b, verify.Options{Roots: []*x509.Certificate{w.Root}, Revocation: &trust.Checker{Online: &online.Client{}}})
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
}

// Whoever has a file with something appended finds what it began as.
func TestStates(t *testing.T) {
	s := through(t)
	r := judge(t, s.sealed)
	want := map[string]int{}
	for _, b := range [][]byte{s.prepared, s.signed, s.sealed} {
		want[fmt.Sprintf("%x", sha256.Sum256(b))] = len(b)
	}
	for _, state := range r.States {
		delete(want, state)
	}
	if len(want) > 0 || r.States[len(r.States)-1] != r.SHA256 || !bytes.HasPrefix(s.sealed, s.signed) {
		t.Errorf("states %q lack %v", r.States, want)
	}
}
