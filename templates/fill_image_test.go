package templates

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

func picturePNG(t testing.TB, w, h int, dpi float64) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	m.Set(w/2, h/2, color.White)
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	b := out.Bytes()
	if dpi > 0 { // behind IHDR
		chunk := []byte("pHYs")
		chunk = binary.BigEndian.AppendUint32(chunk, uint32(dpi/0.0254+0.5))
		chunk = binary.BigEndian.AppendUint32(chunk, uint32(dpi/0.0254+0.5))
		chunk = append(chunk, 1)
		whole := binary.BigEndian.AppendUint32(nil, 9)
		whole = binary.BigEndian.AppendUint32(append(whole, chunk...), crc32.ChecksumIEEE(chunk))
		b = slices.Concat(b[:33], whole, b[33:])
	}
	return base64.StdEncoding.EncodeToString(b)
}

func pictureJPEG(t testing.TB, w, h int, unit byte, density uint16) string {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	head := append([]byte{0xff, 0xd8, 0xff, 0xe0, 0, 16}, "JFIF\x00\x01\x02"...)
	head = append(head, unit)
	head = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(head, density), density)
	return base64.StdEncoding.EncodeToString(slices.Concat(head, []byte{0, 0}, out.Bytes()[2:]))
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var extent = regexp.MustCompile(`<wp:extent cx="(\d+)" cy="(\d+)"/>`)

// Images are as large as they say, at most as wide as their column; equal ones
// are kept once; each part that shows one refers to it.
func TestFillImages(t *testing.T) {
	wide, small, photo := picturePNG(t, 3000, 100, 300), picturePNG(t, 30, 60, 0), pictureJPEG(t, 200, 100, 2, 40)
	body := officetest.Runs("Trước {%small} sau {%small}{%photo}") + officetest.Paragraphs("{#list}", "{%%.}", "{/list}", "{#logo}{%%logo}{/logo}", "{#off}{%%off}{/off}", "{%group}") +
		tbl(2, tr(plain("{%wide}"), plain("{%tall}"))) + officetest.Runs("{%wide}") +
		para(run(`<w:footnoteReference w:id="2"/>`)) +
		`<w:sectPr><w:headerReference w:type="default" r:id="rId10"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>`
	parts := wordParts(nil)
	parts["word/header1.xml"] = strings.Replace(parts["word/header1.xml"], "Đầu trang", "{%photo} Đầu trang", 1)
	parts["word/footnotes.xml"] = strings.Replace(parts["word/footnotes.xml"], "Chú thích", "{%photo} Chú thích", 1)
	form := officetest.DOCX(t, body, parts)
	data := jsonOf(t, map[string]any{"small": small, "wide": wide, "tall": picturePNG(t, 100, 5000, 96), "photo": "data:image/jpeg;base64," + photo, "list": []string{small, photo}, "logo": small, "off": "",
		"group": map[string]any{"data": small, "width_mm": 50, "alt": `Hình "một" & <hai>`}, "t": "x", "n": "y", "on": true, "r": []any{}})
	filled, err := fillFile(t.Context(), t, form, data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := fillFile(t.Context(), t, form, data)
	if err != nil || !bytes.Equal(filled, again) {
		t.Errorf("two fills differ: %v", err)
	}
	officetest.Valid(t, map[string][]byte{"images": filled})
	pkg, err := ooxml.Open(filled)
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := pkg.Part("word/document.xml")
	const inch, column, cellWidth = 914400, (11906 - 1701 - 851) * 635, (1000 - 216) * 635
	mm := func(x float64) int { return int(x * 36000) }
	smallW, smallH := 30*inch/96, 60*inch/96
	photoW, photoH := int(200/(40*2.54)*inch), int(100/(40*2.54)*inch)
	page := (16838 - 2*1134) * 635
	want := [][2]int{{smallW, smallH}, {smallW, smallH}, {photoW, photoH}, {smallW, smallH}, {photoW, photoH}, {smallW, smallH}, {mm(50), mm(100)},
		{cellWidth, cellWidth / 30}, {cellWidth / 50, cellWidth}, {column, column / 30}}
	want[8] = [2]int{min(page, cellWidth*50) / 50, min(page, cellWidth*50)}
	var got [][2]int
	for _, m := range extent.FindAllStringSubmatch(string(doc), -1) {
		var w, h int
		fmt.Sscan(m[1], &w)
		fmt.Sscan(m[2], &h)
		got = append(got, [2]int{w, h})
	}
	if len(got) != len(want) {
		t.Fatalf("%d images, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if d := max(got[i][0]-want[i][0], want[i][0]-got[i][0], got[i][1]-want[i][1], want[i][1]-got[i][1]); d > 2 {
			t.Errorf("image %d is %v, want %v", i, got[i], want[i])
		}
	}
	if n := strings.Count(string(doc), `<w:jc w:val="center"/>`); n != 3 {
		t.Errorf("%d images stand in the middle, want 3", n)
	}
	var media []string
	for _, name := range pkg.Names() {
		if strings.HasPrefix(name, "word/media/") {
			media = append(media, name)
		}
	}
	if want := []string{"word/media/vanthu1.png", "word/media/vanthu2.jpeg", "word/media/vanthu3.png", "word/media/vanthu4.png"}; !slices.Equal(media, want) {
		t.Errorf("media %q, want %q", media, want)
	}
	for _, name := range []string{"word/_rels/header1.xml.rels", "word/_rels/footnotes.xml.rels"} {
		if rels, _ := pkg.Part(name); strings.Count(string(rels), `Target="media/`) != 1 {
			t.Errorf("%s: %s", name, rels)
		}
	}
	if strings.Count(string(doc), `descr="Hình &quot;một&quot; &amp; &lt;hai&gt;"`) != 1 {
		t.Error("the words for the image are missing")
	}
	// What was filled can be a form again.
	pkg.Set("word/document.xml", []byte(strings.Replace(string(doc), "Trước", "{%small}", 1)))
	second, err := pkg.Write()
	if err != nil {
		t.Fatal(err)
	}
	if second, err = fillFile(t.Context(), t, second, jsonOf(t, map[string]any{"small": wide})); err != nil {
		t.Fatal(err)
	}
	officetest.Valid(t, map[string][]byte{"again": second})
}

func TestFillImageFaults(t *testing.T) {
	good := picturePNG(t, 10, 10, 0)
	cut := base64.StdEncoding.EncodeToString(func() []byte { b, _ := base64.StdEncoding.DecodeString(picturePNG(t, 50, 50, 0)); return b[:len(b)-30] }())
	var many bytes.Buffer
	if err := png.Encode(&many, image.NewGray(image.Rect(0, 0, 4000, 2600))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"no base64", "x y!", "/content/x image-syntax"},
		{"another type", base64.StdEncoding.EncodeToString([]byte("GIF89a")), "/content/x image-type"},
		{"a data URI without base64", "data:image/png,abc", "/content/x image-syntax"},
		{"cut short", cut, "/content/x image-damaged"},
		{"only the head of a JPEG", base64.StdEncoding.EncodeToString([]byte("\xff\xd8\xff\xe0")), "/content/x image-damaged"},
		{"too many pixels", base64.StdEncoding.EncodeToString(many.Bytes()), "/content/x image-too-many-pixels"},
		{"too many bytes", strings.Repeat("A", 8<<20), "/content/x image-too-large"},
		{"a number", 5, "/content/x value-not-image"},
		{"a list", []string{good}, "/content/x value-not-image"},
		{"a group without an image", map[string]any{"alt": "x"}, "/content/x/data value-missing"},
		{"a width that is a word", map[string]any{"data": good, "width_mm": "50"}, "/content/x/width_mm image-width"},
		{"a width below nothing", map[string]any{"data": good, "width_mm": -1}, "/content/x/width_mm image-width"},
		{"no words but a list", map[string]any{"data": good, "alt": []string{"a"}}, "/content/x/alt image-alt"},
		{"nothing", nil, "/content/x value-missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := fillSmall(t.Context(), t, officetest.Runs("{%x}"), jsonOf(t, map[string]any{"x": c.value}))
			var got []string
			for _, f := range faultsOf(t, err) {
				got = append(got, f.Pointer+" "+f.Code)
				if f.Message == "" || f.Tag != "%x" || f.Place != "đoạn 1" {
					t.Errorf("%+v", f)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	list := make([]string, maxImageCount+1)
	for i := range list {
		list[i] = good
	}
	_, err := fillSmall(t.Context(), t, officetest.Runs("{#l}{%.}{/l}"), jsonOf(t, map[string]any{"l": list}))
	if f := faultsOf(t, err); len(f) != 1 || f[0].Code != "image-count" || f[0].Pointer != fmt.Sprintf("/content/l/%d", maxImageCount) {
		t.Errorf("too many images: %+v", f)
	}
	for _, body := range []string{officetest.Runs("x {%%x}"), officetest.Runs("{%%x}{%%x}"), officetest.Runs("{~~x}.")} {
		pkg, err := ooxml.Open(officetest.DOCX(t, body, nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, faults := compile(pkg); len(faults) == 0 || faults[0].Code != "tag-place" {
			t.Errorf("%s: %+v", body, faults)
		}
	}
}

func FuzzPicture(f *testing.F) {
	f.Add(picturePNG(f, 3, 4, 300))
	f.Add("data:image/jpeg;base64," + pictureJPEG(f, 3, 4, 1, 72))
	f.Add("data:,")
	f.Add("////")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := readPicture(s)
		if (err == nil) != (p != nil) {
			t.Fatal(p, err)
		}
		if err != nil {
			return
		}
		if cx, cy := p.size(0, 0, &part{}); cx < 1 || cy < 1 || p.dpiX < 30 || p.dpiY < 30 {
			t.Fatalf("%d×%d at %v %v dpi is %d×%d", p.width, p.height, p.dpiX, p.dpiY, cx, cy)
		}
	})
}
