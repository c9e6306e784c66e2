package trust_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanthu/record"
	"vanthu/signer/online"
	"vanthu/signer/pkitest"
	"vanthu/signer/trust"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func leaf(t testing.TB, p *pkitest.PKI, options ...pkitest.Option) []*x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return p.Chain(t, pkix.Name{CommonName: "Nguyễn Văn Nghĩa"}, key.Public(), options...)
}

func checker() *trust.Checker {
	return &trust.Checker{Online: &online.Client{Timeout: 300 * time.Millisecond}}
}

func TestPath(t *testing.T) {
	p, other := pkitest.New(t), pkitest.New(t)
	chain := leaf(t, p, pkitest.Valid(pkitest.From, pkitest.From.AddDate(2, 0, 0)))
	good, late := pkitest.From.AddDate(1, 0, 0), pkitest.From.AddDate(3, 0, 0)
	path, err := trust.Path(chain[0], chain[1:], []*x509.Certificate{p.Root}, good)
	must(t, err)
	if len(path) != 3 || !path[2].Equal(p.Root) {
		t.Errorf("path of %d", len(path))
	}
	for _, c := range []struct {
		name   string
		others []*x509.Certificate
		roots  []*x509.Certificate
		at     time.Time
		want   error
	}{
		{"no roots", chain, nil, good, trust.ErrNoRoots},
		{"another root", chain, []*x509.Certificate{other.Root}, good, trust.ErrUntrusted},
		{"issuer missing", nil, []*x509.Certificate{p.Root}, good, trust.ErrUntrusted},
		{"expired", chain, []*x509.Certificate{p.Root}, late, trust.ErrExpired},
	} {
		if _, err := trust.Path(chain[0], c.others, c.roots, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if got := checker().Complete(t.Context(), chain[:1], nil); len(got) != 3 || !got[2].Equal(p.Root) {
		t.Errorf("completed to %d certificates", len(got))
	}
}

func TestLoadRoots(t *testing.T) {
	p := pkitest.New(t)
	file := p.RootFile(t)
	roots, err := trust.LoadRoots(filepath.Dir(file))
	must(t, err)
	if len(roots) != 1 || !roots[0].Equal(p.Root) {
		t.Errorf("%d roots", len(roots))
	}
	if roots, err = trust.LoadRoots(filepath.Join(t.TempDir(), "none")); err != nil || len(roots) > 0 {
		t.Errorf("no folder: %v", err)
	}
	must(t, os.WriteFile(file, []byte("rác"), 0o600))
	if _, err = trust.LoadRoots(filepath.Dir(file)); record.CodeOf(err) != "trust-file" {
		t.Errorf("rubbish: %v", err)
	}
}

// Each source by itself says good and revoked, and lies are not believed.
func TestStatus(t *testing.T) {
	p := pkitest.New(t)
	chain := leaf(t, p)
	now := time.Now()
	for _, c := range []struct {
		name, ocsp, crl string
		source          trust.Source
		code            string
	}{
		{"OCSP", "", "off", trust.OCSP, ""},
		{"CRL when the responder is away", "off", "", trust.CRL, ""},
		{"CRL when the responder hangs", "hang", "", trust.CRL, ""},
		{"CRL when the responder lies", "foreign", "", trust.CRL, ""},
		{"CRL when the responder does not know", "unknown", "", trust.CRL, ""},
		{"CRL when the responder is behind", "stale", "", trust.CRL, ""},
		{"nobody answers", "off", "hang", "", "revocation-unanswered"},
		{"both lie", "foreign", "foreign", "", "revocation-unanswered"},
		{"both are behind", "stale", "stale", "", "revocation-unanswered"},
		{"rubbish", "garbage", "garbage", "", "revocation-unanswered"},
		{"without end", "huge", "huge", "", "revocation-unanswered"},
	} {
		p.OCSP.Set(c.ocsp)
		p.CRL.Set(c.crl)
		a, err := checker().Status(t.Context(), chain[0], chain[1])
		if c.code != "" && record.CodeOf(err) != c.code || c.code == "" && err != nil || a.Source != c.source || a.Revoked {
			t.Errorf("%s: %+v, %v", c.name, a.Source, err)
		}
	}
	p.OCSP.On()
	p.CRL.On()
	if _, err := checker().Status(t.Context(), p.Issuing, p.Root); err != nil {
		t.Errorf("the CA itself: %v", err)
	}
	if _, err := checker().Status(t.Context(), leaf(t, p, pkitest.NoAddresses)[0], p.Issuing); record.CodeOf(err) != "revocation-unnamed" {
		t.Errorf("no addresses: %v", err)
	}

	remembers := checker()
	_, err := remembers.Status(t.Context(), chain[0], chain[1])
	must(t, err)
	at := now.Add(-time.Hour)
	p.Revoke(chain[0], at)
	before := p.OCSP.Requests()
	if a, err := remembers.Status(t.Context(), chain[0], chain[1]); err != nil || a.Revoked || p.OCSP.Requests() != before {
		t.Errorf("a fresh answer is asked for again: %v", err)
	}
	for _, crlOnly := range []bool{false, true} {
		if crlOnly {
			p.OCSP.Off()
		}
		a, err := checker().Status(t.Context(), chain[0], chain[1])
		if err != nil || !a.Revoked || !a.RevokedBy(now) || a.RevokedBy(at.Add(-time.Minute)) || a.RevokedAt.Sub(at).Abs() > time.Second || a.Reason != 1 {
			t.Errorf("revoked: %+v, %v", a, err)
		}
	}
}

// Whoever hangs leaves time for the next; one list speaks of many certificates;
// answers are asked for anew only when they are wanted newer.
func TestStatusWithinTime(t *testing.T) {
	p := pkitest.New(t)
	first, second := leaf(t, p)[0], leaf(t, p)[0]
	p.OCSP.Hang()
	patient := &trust.Checker{Online: &online.Client{}}
	for i, c := range []*x509.Certificate{first, second} {
		ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
		a, err := patient.Status(ctx, c, p.Issuing)
		cancel()
		if err != nil || a.Source != trust.CRL || p.CRL.Requests() != 1 {
			t.Errorf("certificate %d: %v, %v after %d lists", i, a.Source, err, p.CRL.Requests())
		}
	}
	p.OCSP.On()
	p.CRL.Off()
	asks := checker()
	for _, c := range []struct {
		name string
		ask  func() (trust.Answer, error)
		asks int
	}{
		{"first", func() (trust.Answer, error) { return asks.Status(t.Context(), first, p.Issuing) }, 1},
		{"known", func() (trust.Answer, error) { return asks.Status(t.Context(), first, p.Issuing) }, 0},
		{"fresh for long", func() (trust.Answer, error) {
			return asks.Refresh(t.Context(), first, p.Issuing, time.Hour)
		}, 0},
		{"ends too soon", func() (trust.Answer, error) {
			return asks.Refresh(t.Context(), first, p.Issuing, 25*time.Hour)
		}, 1},
		{"new enough", func() (trust.Answer, error) {
			return asks.StatusAfter(t.Context(), first, p.Issuing, time.Now().Add(-time.Hour))
		}, 0},
		{"too old", func() (trust.Answer, error) {
			return asks.StatusAfter(t.Context(), first, p.Issuing, time.Now())
		}, 1},
	} {
		before := p.OCSP.Requests()
		if a, err := c.ask(); err != nil || a.Revoked || p.OCSP.Requests()-before != c.asks {
			t.Errorf("%s: %v, %d questions", c.name, err, p.OCSP.Requests()-before)
		}
	}
	p.OCSP.Off()
	if _, err := asks.StatusAfter(t.Context(), first, p.Issuing, time.Now()); err != nil {
		t.Errorf("an answer that still holds is better than none: %v", err)
	}
}

// Answers outlive the process, and nobody can make any by writing into their
// folder.
func TestFolder(t *testing.T) {
	p := pkitest.New(t)
	one, two := leaf(t, p)[0], leaf(t, p)[0]
	dir := filepath.Join(t.TempDir(), "answers")
	start := func() *trust.Checker {
		return &trust.Checker{Online: &online.Client{Timeout: time.Second}, Folder: dir}
	}
	for _, source := range []trust.Source{trust.OCSP, trust.CRL} {
		if source == trust.CRL {
			must(t, os.RemoveAll(dir))
			p.OCSP.Off()
			p.CRL.On()
		}
		_, err := start().Status(t.Context(), one, p.Issuing)
		must(t, err)
		p.CRL.Off()
		p.OCSP.Off()
		if a, err := start().Status(t.Context(), one, p.Issuing); err != nil || a.Source != source {
			t.Errorf("%s after a restart: %+v, %v", source, a.Source, err)
		}
		p.OCSP.On()
	}
	must(t, os.RemoveAll(dir))
	_, err := start().Status(t.Context(), two, p.Issuing)
	must(t, err)
	p.Revoke(one, time.Now())
	_, err = start().Status(t.Context(), one, p.Issuing)
	must(t, err)
	files, err := filepath.Glob(filepath.Join(dir, "*.ocsp"))
	must(t, err)
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	first, err := os.ReadFile(files[0])
	must(t, err)
	second, err := os.ReadFile(files[1])
	must(t, err)
	must(t, os.WriteFile(files[0], second, 0o600))
	must(t, os.WriteFile(files[1], first, 0o600))
	if a, err := start().Status(t.Context(), one, p.Issuing); err != nil || !a.Revoked {
		t.Errorf("answers that were exchanged: %+v, %v", a.Revoked, err)
	}
	p.OCSP.Off()
	for _, file := range files {
		must(t, os.WriteFile(file, []byte("rác"), 0o600))
	}
	if _, err := start().Status(t.Context(), one, p.Issuing); record.CodeOf(err) != "revocation-unanswered" {
		t.Errorf("rubbish in the folder: %v", err)
	}
}

func TestAnswerCovers(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	a := trust.Answer{From: noon, Until: noon.Add(time.Hour)}
	for _, c := range []struct {
		at            time.Time
		covers, fresh bool
	}{
		{noon.AddDate(-1, 0, 0), true, false}, {noon, true, true}, {noon.Add(59 * time.Minute), true, true}, {noon.Add(2 * time.Hour), false, false},
	} {
		if a.Covers(c.at) != c.covers || a.Fresh(c.at) != c.fresh {
			t.Errorf("%v: covers %v, fresh %v", c.at, a.Covers(c.at), a.Fresh(c.at))
		}
	}
}

func FuzzJudge(f *testing.F) {
	p := pkitest.New(f)
	chain := leaf(f, p)
	for _, off := range []*pkitest.Service{p.OCSP, p.CRL} {
		off.Off()
		a, err := checker().Status(f.Context(), chain[0], chain[1])
		must(f, err)
		f.Add(a.Raw)
		off.On()
	}
	f.Add(ocsp.UnauthorizedErrorResponse)
	f.Add([]byte{0x30, 0x03, 0x0a, 0x01, 0x00})
	other := leaf(f, p)[0]
	f.Fuzz(func(t *testing.T, raw []byte) {
		if a, err := trust.JudgeOCSP(raw, other, chain[1]); err == nil {
			t.Errorf("an answer about another certificate: %+v", a)
		}
		if list, err := trust.ParseCRL(raw); err == nil {
			_, _ = trust.JudgeCRL(list, other, chain[1])
		}
	})
}
