package signer_test

import (
	"bytes"
	"context"
	"crypto/x509/pkix"
	"encoding/pem"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/keys"
)

// office is a test CA with one official and one seal; their names carry every
// sign that has broken a signature dictionary somewhere.
type office struct {
	root     []byte // DER
	between  []byte // CA between root and people; nil for none
	personal keys.Identity
	seal     keys.Identity
}

const (
	officialName = `Nguyễn Văn Nghĩa (Đắk Lắk) \ Hà Tĩnh`
	sealName     = `UBND tỉnh Hà Tĩnh & "Đắk Lắk"`
)

func (o *office) Personal(context.Context, string, string) (keys.Identity, error) {
	return o.personal, nil
}
func (o *office) Seal(context.Context, string, string) (keys.Identity, error) { return o.seal, nil }

var theOffice = sync.OnceValues(func() (*office, error) {
	from, to := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	ca, err := keys.NewAuthority(pkix.Name{CommonName: "Test CA"}, from, to)
	if err != nil {
		return nil, err
	}
	o := &office{root: ca.Certificate.Raw}
	if o.personal, err = ca.NewIdentity(pkix.Name{CommonName: officialName}, scrawl(500, 250)); err == nil {
		o.seal, err = ca.NewIdentity(pkix.Name{CommonName: sealName}, stamp(425))
	}
	return o, err
})

func newOffice(t testing.TB) *office {
	t.Helper()
	o, err := theOffice()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// theSigner is shared, so that pictures and fonts are read once.
var theSigner = sync.OnceValue(func() *signer.Signer {
	o, err := theOffice()
	if err != nil {
		panic(err)
	}
	return signer.New(o, signer.Options{})
})

// scrawl is a blue curve, stamp a red ring, both on a transparent ground with
// soft edges.
func scrawl(w, h int) []byte {
	return draw(w, h, color.NRGBA{0x10, 0x2A, 0x9E, 0xFF}, func(x, y float64) float64 {
		return 4 - math.Abs(y-float64(h)/2-math.Sin(x/22)*float64(h)*.45*math.Cos(x/190))/3
	})
}

func stamp(d int) []byte {
	return draw(d, d, color.NRGBA{0xD0, 0x12, 0x1C, 0xFF}, func(x, y float64) float64 {
		r := math.Hypot(x-float64(d)/2, y-float64(d)/2)
		return max(5-math.Abs(r-float64(d)*.49), 3-math.Abs(r-float64(d)*.34), 2-math.Abs(y-float64(d)/2)+1e3*min(0, float64(d)*.3-r))
	})
}

func draw(w, h int, ink color.NRGBA, depth func(x, y float64) float64) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := ink
			c.A = byte(255 * max(0, min(1, depth(float64(x), float64(y)))))
			img.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var issuer = record.OrganizationOn{ID: "ubnd-mau", OrganizationName: record.OrganizationName{Name: "UBND mẫu", Place: "Hà Tĩnh"},
	Seal: record.Seal{ID: "dau", DiameterMM: 36}}

var signedAt = time.Date(2024, 3, 20, 9, 30, 15, 0, record.Office)

// stages are one document's PDFs on its way.
type stages struct {
	converted, prepared, signed, sealed []byte
	personal, seal                      record.SignatureFact
}

func through(t testing.TB, file, number string, date record.Date) stages {
	t.Helper()
	s := theSigner()
	var out stages
	var err error
	if out.converted, err = os.ReadFile(filepath.Join("testdata", file)); err != nil {
		t.Fatal(err)
	}
	if out.prepared, err = s.Prepare(out.converted, len(number), 1); err != nil {
		t.Fatal(err)
	}
	r, err := s.Sign(t.Context(), out.prepared, record.Signing{Issuer: issuer,
		Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
	if err != nil {
		t.Fatal(err)
	}
	out.signed, out.personal = r.PDF, r.Fact
	if out.sealed, out.seal, err = s.Seal(t.Context(), out.signed, record.Sealing{Issuer: issuer, Number: number, Date: date,
		Time: signedAt.Add(48 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return out
}

// file writes b where outside programs can read it.
func file(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run is an outside program's answer; set-up installs them, so a missing one
// is a failure.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// trustStore is an NSS database that trusts the test CA.
func trustStore(t testing.TB, o *office) string {
	t.Helper()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.root}), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
	run(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "Test CA", "-t", "CT,C,C", "-i", ca)
	if o.between != nil { // NSS does not take it from the signature
		must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.between}), 0o600))
		run(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "Issuing CA", "-t", ",,", "-i", ca)
	}
	return dir
}
