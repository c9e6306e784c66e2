package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"sync"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/cms"
	"vanthu/signer/keys"
	"vanthu/signer/verify"
)

// TestMain lets the test binary be the child process of a second opinion, and
// the ones that misbehave.
func TestMain(m *testing.M) {
	switch os.Getenv("VANTHU_TEST_CHILD") {
	case "":
		os.Exit(m.Run())
	case "opinion":
		os.Exit(verify.RunSecondOpinion(os.Stdin, os.Stdout))
	case "hang":
		select {}
	case "noise":
		for {
			fmt.Println("noise")
		}
	case "hog":
		os.Exit(verify.RunSecondOpinion(hog{}, os.Stdout))
	case "verify":
		if err := verifyFile(os.Args[1], os.Args[2]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	case "dead":
		panic("dead at once")
	}
}

// hog takes memory until something stops it.
type hog struct{}

func (hog) Read([]byte) (int, error) {
	var held [][]byte
	for {
		held = append(held, bytes.Repeat([]byte{1}, 64<<20))
		if len(held) > 64 {
			fmt.Println(`{"signatures":[{"name":"4 GB were not stopped","valid":true}]}`)
			os.Exit(0)
		}
	}
}

const officialName, sealName = "Nguyễn Văn Nghĩa", `UBND tỉnh Hà Tĩnh & "Đắk Lắk"`

var (
	from     = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	to       = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	signedAt = time.Date(2024, 3, 20, 9, 30, 15, 0, record.Office)
)

// office is a CA with one official and one seal, the key ring of all tests.
type office struct {
	ca             *keys.Authority
	personal, seal keys.Identity
}

func (o *office) Personal(context.Context, string, string) (keys.Identity, error) {
	return o.personal, nil
}
func (o *office) Seal(context.Context, string, string) (keys.Identity, error) { return o.seal, nil }

var theOffice = sync.OnceValues(func() (*office, error) {
	ca, err := keys.NewAuthority(pkix.Name{CommonName: "CA thử nghiệm"}, from, to)
	if err != nil {
		return nil, err
	}
	o := &office{ca: ca}
	if o.personal, err = ca.NewIdentity(pkix.Name{CommonName: officialName, Organization: []string{"UBND tỉnh Hà Tĩnh"}}, picture(120, 60, color.NRGBA{16, 40, 160, 255})); err != nil {
		return nil, err
	}
	o.seal, err = ca.NewIdentity(pkix.Name{CommonName: sealName, Organization: []string{"UBND tỉnh Hà Tĩnh"}}, picture(100, 100, color.NRGBA{208, 18, 28, 128}))
	return o, err
})

func newOffice(t testing.TB) *office {
	t.Helper()
	o, err := theOffice()
	must(t, err)
	return o
}

func picture(w, h int, c color.NRGBA) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w {
		img.SetNRGBA(i, i*h/w, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stages are one document's PDFs on its way, from the real signer.
type stages struct{ prepared, signed, sealed []byte }

var issuer = record.OrganizationOn{ID: "ubnd-mau", OrganizationName: record.OrganizationName{Name: "UBND mẫu", Place: "Hà Tĩnh"},
	Seal: record.Seal{ID: "dau", DiameterMM: 36}}

func prepared(t testing.TB) []byte {
	t.Helper()
	converted, err := os.ReadFile("../testdata/plan-2-digits.pdf")
	must(t, err)
	b, err := signer.New(newOffice(t), signer.Options{}).Prepare(converted, 2, 1)
	must(t, err)
	return b
}

func through(t testing.TB) stages {
	t.Helper()
	return throughFrom(t, prepared(t))
}

func throughFrom(t testing.TB, prepared []byte) stages {
	t.Helper()
	s := signer.New(newOffice(t), signer.Options{})
	out := stages{prepared: prepared}
	r, err := s.Sign(t.Context(), prepared, record.Signing{Issuer: issuer,
		Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
	must(t, err)
	out.signed = r.PDF
	out.sealed, _, err = s.Seal(t.Context(), out.signed, record.Sealing{Issuer: issuer, Number: "46", Date: "2024-03-22",
		Time: signedAt.Add(48 * time.Hour)})
	must(t, err)
	return out
}

func (o *office) options() verify.Options {
	return verify.Options{Roots: []*x509.Certificate{o.ca.Certificate}}
}

func judge(t testing.TB, b []byte) verify.Report {
	t.Helper()
	r, err := verify.Verify(t.Context(), b, newOffice(t).options())
	must(t, err)
	return r
}

// update appends a real incremental update made by change.
func update(t testing.TB, b []byte, change func(*pdf.File, *pdf.Update)) []byte {
	t.Helper()
	f, err := pdf.Open(b)
	must(t, err)
	u := pdf.NewUpdate(f)
	change(f, u)
	out, err := u.Write()
	must(t, err)
	return out
}

// fieldNamed is the field of that name.
func fieldNamed(t testing.TB, f *pdf.File, name string) (pdf.Ref, pdf.Dict) {
	t.Helper()
	catalog, err := f.Catalog()
	must(t, err)
	form, err := pdf.As[pdf.Dict](f, catalog["AcroForm"])
	must(t, err)
	fields, err := pdf.As[pdf.Array](f, form["Fields"])
	must(t, err)
	for _, o := range fields {
		d, err := pdf.As[pdf.Dict](f, o)
		must(t, err)
		if d["T"].(pdf.String).Text() == name {
			return o.(pdf.Ref), d.Clone()
		}
	}
	t.Fatalf("no field %s", name)
	return pdf.Ref{}, nil
}

func page(t testing.TB, f *pdf.File, i int) (pdf.Ref, pdf.Dict) {
	t.Helper()
	all, err := f.Pages()
	must(t, err)
	return all[i].Ref, all[i].Dict.Clone()
}

func catalog(t testing.TB, f *pdf.File) (pdf.Ref, pdf.Dict) {
	t.Helper()
	d, err := f.Catalog()
	must(t, err)
	return f.Trailer()["Root"].(pdf.Ref), d.Clone()
}

// handSign signs a field with whatever dictionary and CMS a test wants.
func handSign(t testing.TB, b []byte, field string, value pdf.Dict, make func(digest [32]byte, content []byte) []byte) []byte {
	t.Helper()
	find := func(f *pdf.File, _ *pdf.Update) (pdf.Ref, pdf.Dict) { return fieldNamed(t, f, field) }
	return signWith(t, b, find, value, make)
}

// signWith is handSign for a field that the same update may make.
func signWith(t testing.TB, b []byte, field func(*pdf.File, *pdf.Update) (pdf.Ref, pdf.Dict), value pdf.Dict, make func(digest [32]byte, content []byte) []byte) []byte {
	t.Helper()
	contents, byteRange := &pdf.Hole{Width: 2 + 2*12000}, &pdf.Hole{Width: 40}
	out := update(t, b, func(f *pdf.File, u *pdf.Update) {
		ref, d := field(f, u)
		v := pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
			"M": pdf.String("D:20240320093015+07'00'"), "Contents": contents, "ByteRange": byteRange}
		for k, o := range value {
			v[k] = o
		}
		d["V"] = u.Add(v)
		u.Set(ref, d)
	})
	start, end := contents.Offset, contents.Offset+contents.Width
	copy(out[byteRange.Offset:][:byteRange.Width], fmt.Appendf(nil, "%-40s", fmt.Sprintf("[0 %d %d %d]", start, end, len(out)-end)))
	content := append(bytes.Clone(out[:start]), out[end:]...)
	der := make(sha256.Sum256(content), content)
	room := out[start:end]
	for i := range room {
		room[i] = '0'
	}
	room[0], room[len(room)-1] = '<', '>'
	hex.Encode(room[1:], der)
	return out
}

// cades is the CMS of an identity.
func cades(t testing.TB, key crypto.Signer, chain ...*x509.Certificate) func([32]byte, []byte) []byte {
	return func(digest [32]byte, _ []byte) []byte {
		der, err := cms.Sign(rand.Reader, key, chain, cms.Scheme{Hash: crypto.SHA256}, digest[:])
		must(t, err)
		return der
	}
}
