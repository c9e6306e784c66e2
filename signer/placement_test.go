package signer_test

import (
	"archive/zip"
	"bytes"
	"image/color"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/verify"
	"vanthu/templates"
	"vanthu/templates/officetest"
)

// box is a rectangle on a page as it is looked at, in millimetres from its top
// left corner.
type box struct{ left, top, right, bottom float64 }

// inks are where poppler paints blue and red on a page, within a window.
func inks(t testing.TB, b []byte, page int, window box) (blue, red box) {
	t.Helper()
	const dpi = 144
	const mm = 25.4 / dpi
	to := filepath.Join(t.TempDir(), "page")
	left, top := int(window.left/mm), int(window.top/mm)
	run(t, "pdftoppm", "-r", itoa(dpi), "-png", "-singlefile", "-f", itoa(page), "-x", itoa(left), "-y", itoa(top),
		"-W", itoa(int(window.right/mm)-left), "-H", itoa(int(window.bottom/mm)-top), file(t, b), to)
	raw, err := os.ReadFile(to + ".png")
	must(t, err)
	img, err := png.Decode(bytes.NewReader(raw))
	must(t, err)
	blue = box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	red = blue
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, bl, _ := img.At(x, y).RGBA()
			of := &blue
			switch {
			case bl > r+0x3000 && bl > g+0x2000:
			case r > bl+0x3000 && r > g+0x3000:
				of = &red
			default:
				continue
			}
			of.left, of.right = min(of.left, float64(left+x)*mm), max(of.right, float64(left+x+1)*mm)
			of.top, of.bottom = min(of.top, float64(top+y)*mm), max(of.bottom, float64(top+y+1)*mm)
		}
	}
	return blue, red
}

// framed is a blue frame, in a margin that is wider at the right and below.
func framed(w, h int) []byte {
	return draw(w+90, h+60, color.NRGBA{0x10, 0x2A, 0x9E, 0xFF}, func(x, y float64) float64 {
		if x -= 30; x < 0 || x >= float64(w) || y < 10 || y >= float64(h+10) {
			return 0
		}
		return 5 - min(x, y-10, float64(w-1)-x, float64(h+9)-y)
	})
}

// wordsOf is every word of a file with its box, as poppler finds them.
func wordsOf(t testing.TB, b []byte) string {
	t.Helper()
	return run(t, "pdftotext", "-bbox", file(t, b), "-")
}

// lineOf is where the last run of these words stands, and on which page.
func lineOf(t testing.TB, found, text string) (at box, page int) {
	t.Helper()
	want := strings.Fields(text)
	n := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v / 72 * 25.4 }
	for i, sheet := range strings.Split(found, "<page ")[1:] {
		all := words.FindAllStringSubmatch(sheet, -1)
		for k := 0; k+len(want) <= len(all); k++ {
			same := true
			for j, w := range want {
				same = same && all[k+j][5] == w
			}
			if first, last := all[k], all[k+len(want)-1]; same && first[2] == last[2] {
				at, page = box{n(first[1]), n(first[2]), n(last[3]), n(first[4])}, i+1
			}
		}
	}
	if page == 0 {
		t.Fatalf("%q is on no page", text)
	}
	return at, page
}

// allForms are every built-in form and every example document, filled.
func allForms(t testing.TB) (map[string][]byte, map[string]record.Filling) {
	t.Helper()
	c, err := templates.Load()
	must(t, err)
	envelopes := officetest.Seeds(t)
	for _, id := range c.IDs() {
		envelopes["form-"+id] = officetest.Form(t, c, id).Example
	}
	files, fillings := map[string][]byte{}, map[string]record.Filling{}
	for name, raw := range envelopes {
		fillings[name] = officetest.Filling(t, c, raw)
		files[name], err = c.Fill(t.Context(), fillings[name])
		must(t, err)
	}
	return files, fillings
}

// On the pages of all forms and examples, as they are rendered: the official's
// image stands in the middle between title and name, the seal in its real size
// over its left third (NĐ 30/2020, PL I, II.7 and II.8).
func TestImagesStandOnThePageAsTheDecreePutsThem(t *testing.T) {
	files, fillings := allForms(t)
	dir := officetest.Convert(t, officetest.ToPDF, files)
	pages := map[bool]int{} // by whether the signature is on page one
	shapes := [][]byte{framed(500, 250), framed(250, 250), framed(900, 200)}
	for i, name := range slices.Sorted(maps.Keys(fillings)) {
		t.Run(name, func(t *testing.T) {
			in := fillings[name]
			converted, err := os.ReadFile(filepath.Join(dir, name+".pdf"))
			must(t, err)
			b := signedAndSealed(t, converted, in.Issuer, shapes[i%len(shapes)])
			found := wordsOf(t, b)
			person, page := lineOf(t, found, in.Signatory.Name)
			title, above := lineOf(t, found, in.Signatory.Lines[len(in.Signatory.Lines)-1])
			if page != above {
				t.Fatalf("title on page %d, name on page %d", above, page)
			}
			pages[page == 1]++
			checkImages(t, b, page, title, person, in.Issuer.Seal.DiameterMM)
			keepPage(t, b, name, page)
			// Page one of each has room for the mark of a certified copy.
			if r := judgedBy(t, certify(t, b, record.Certifying{Copy: true, Lines: []string{"Sao y", in.Issuer.Name}})); r.Verdict != verify.Valid || len(r.Signatures) != 3 {
				t.Errorf("%s", r.Text())
			}
		})
	}
	if pages[true] == 0 || pages[false] == 0 {
		t.Errorf("signatures on page one and on others: %v", pages)
	}
}

// checkImages measures what stands between title and name.
func checkImages(t testing.TB, b []byte, page int, title, person box, diameter float64) {
	t.Helper()
	middle := (title.left + title.right) / 2
	blue, red := inks(t, b, page, box{middle - 60, title.bottom - 15, middle + 40, person.top + 15})
	// A pixel is 0.18 mm, and LibreOffice rounds places to a tenth of a point.
	for _, x := range []struct {
		what       string
		off, about float64
	}{
		{"the signature's middle from the name's", (blue.left+blue.right)/2 - (person.left+person.right)/2, .5},
		{"the signature's middle from the title's", (blue.left+blue.right)/2 - middle, .5},
		{"the signature's middle between them", (blue.top+blue.bottom)/2 - (title.bottom+person.top)/2, 2}, // of lines, not of letters
		{"the seal's width from the real one", red.right - red.left - diameter, .5},
		{"the seal's height from the real one", red.bottom - red.top - diameter, .5},
		{"the seal's right edge from the left third", red.right - (blue.left + (blue.right-blue.left)/3), .5},
		{"the seal's middle from the signature's", (red.top+red.bottom)/2 - (blue.top+blue.bottom)/2, .5},
	} {
		if math.Abs(x.off) > x.about {
			t.Errorf("%s: %.2f mm", x.what, x.off)
		}
	}
	if blue.top < title.bottom || blue.bottom > person.top {
		t.Errorf("the signature %+v leaves its place between title %+v and name %+v", blue, title, person)
	}
}

// signedAndSealed takes a document through all its signatures, one for each
// image.
func signedAndSealed(t testing.TB, b []byte, from record.OrganizationOn, images ...[]byte) []byte {
	t.Helper()
	o := *newOffice(t)
	s := signer.New(&o, signer.Options{})
	b, err := s.Prepare(b, 3, len(images))
	must(t, err)
	for slot, image := range images {
		o.personal.Image = image
		r, err := s.Sign(t.Context(), b, record.Signing{Issuer: from, Slot: slot, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
		must(t, err)
		b = r.PDF
	}
	b, _, err = s.Seal(t.Context(), b, record.Sealing{Issuer: from, Number: "46", Date: "2024-03-20", Time: signedAt})
	must(t, err)
	return b
}

func keepPage(t testing.TB, b []byte, name string, page int) {
	t.Helper()
	if dir := os.Getenv("VANTHU_LOOK"); dir != "" {
		run(t, "pdftoppm", "-r", "70", "-png", "-singlefile", "-f", itoa(page), file(t, b), filepath.Join(dir, name))
	}
}

// joint makes of a document one of two authorities: the second signs at the
// left of the first, whose recipients go below.
func joint(t testing.TB, docx []byte, first, second record.Signatory) []byte {
	t.Helper()
	return edited(t, docx, func(document string) string {
		slot := strings.Index(document, `"vtSignA"`)
		row := strings.LastIndex(document[:slot], "<w:tr>")
		left := row + strings.Index(document[row:], "<w:tc>")
		right := strings.LastIndex(document[:slot], "<w:tc>")
		end := slot + strings.Index(document[slot:], "</w:tc></w:tr>") + len("</w:tc>")
		swap := []string{`"vtSignA"`, `"vtSign2A"`, `"vtSignB"`, `"vtSign2B"`, ` w:id="`, ` w:id="9`, first.Name, second.Name}
		for i, l := range first.Lines {
			swap = append(swap, l, second.Lines[i])
		}
		own := strings.NewReplacer(swap...).Replace(sealMarks.ReplaceAllString(document[right:end], ""))
		return document[:left] + own + document[right:end] + "</w:tr>" +
			document[row:right] + "<w:tc><w:p/></w:tc>" + document[end:]
	})
}

// sealMarks are the bookmarks of the seal, of which a document has one.
var sealMarks = regexp.MustCompile(`<w:bookmarkStart w:id="\d+" w:name="vtSeal[AB]"/><w:bookmarkEnd w:id="\d+"/>`)

// edited changes the text of a DOCX.
func edited(t testing.TB, docx []byte, change func(string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	must(t, err)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		if f.Name == "word/document.xml" {
			b = []byte(change(string(b)))
		}
		w, err := z.Create(f.Name)
		must(t, err)
		_, err = w.Write(b)
		must(t, err)
	}
	must(t, z.Close())
	return out.Bytes()
}

// Two authorities issue one document: each signs at its place, one after the
// other, then one seals; every signature stays valid under the later ones.
func TestTwoAuthoritiesSignOneDocument(t *testing.T) {
	c, err := templates.Load()
	must(t, err)
	in := officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example)
	docx, err := c.Fill(t.Context(), in)
	must(t, err)
	second := record.Signatory{Name: "Đặng Thị Ngọc Ánh", Lines: make([]string, len(in.Signatory.Lines))}
	for i := range second.Lines {
		second.Lines[i] = []string{"KT. GIÁM ĐỐC SỞ TÀI CHÍNH", "PHÓ GIÁM ĐỐC", "PHỤ TRÁCH"}[i]
	}
	dir := officetest.Convert(t, officetest.ToPDF, map[string][]byte{"joint": joint(t, docx, in.Signatory, second)})
	converted, err := os.ReadFile(filepath.Join(dir, "joint.pdf"))
	must(t, err)
	prepared, err := theSigner().Prepare(converted, 3, 2)
	must(t, err)
	late := record.Signing{Issuer: in.Issuer, Slot: 1, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt}
	if _, err := theSigner().Sign(t.Context(), prepared, late); record.CodeOf(err) != "not-signed" {
		t.Errorf("the second signs first: %v", err)
	}
	b := signedAndSealed(t, converted, in.Issuer, framed(500, 250), framed(250, 250))
	r := judgedBy(t, b)
	if r.Verdict != verify.Valid || len(r.Signatures) != 3 || r.Signatures[0].Field != signer.PersonalField || r.Signatures[1].Field != signer.PersonalFieldOf(1) || r.Signatures[2].Field != signer.SealField {
		t.Errorf("%s", r.Text())
	}
	checkOutside(t, b, 3)
	found := wordsOf(t, b)
	person, page := lineOf(t, found, in.Signatory.Name)
	title, _ := lineOf(t, found, in.Signatory.Lines[len(in.Signatory.Lines)-1])
	other, otherPage := lineOf(t, found, second.Name)
	keepPage(t, b, "joint", page)
	if otherPage != page || other.right > person.left || math.Abs(other.top-person.top) > .5 {
		t.Errorf("names at %+v, %+v", other, person)
	}
	checkImages(t, b, page, title, person, in.Issuer.Seal.DiameterMM)
}
