package signer_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
)

// flatPNG is a picture of one colour, of any colour type and bit depth (PNG,
// 11.2.2): pixel is one pixel's samples, repeated.
func flatPNG(width, height int, depth, colourType, interlaced byte, pixel []byte, chunks ...[]byte) []byte {
	row := []byte{0}
	if bits := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colourType] * int(depth); bits < 8 {
		for x := 0; x < width; x += 8 / bits {
			v := byte(0)
			for range 8 / bits {
				v = v<<bits | pixel[0]
			}
			row = append(row, v)
		}
	} else {
		row = append(row, bytes.Repeat(pixel, width)...)
	}
	var data bytes.Buffer
	z := zlib.NewWriter(&data)
	z.Write(bytes.Repeat(row, height))
	z.Close()
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, b []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(b)))
		at := len(out)
		out = append(append(out, kind...), b...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[at:]))
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = binary.BigEndian.AppendUint32(head, uint32(height))
	chunk("IHDR", append(head, depth, colourType, 0, 0, interlaced))
	for _, c := range chunks {
		chunk(string(c[:4]), c[4:])
	}
	chunk("IDAT", data.Bytes())
	chunk("IEND", nil)
	return out
}

// Whatever kind of PNG an office scanned its signature and seal to, the page
// shows its ink as it is, as poppler renders it.
func TestEveryKindOfPNGIsShownInItsColours(t *testing.T) {
	palette := []byte("PLTE\xFF\xFF\xFF\x20\x40\xC0")
	see := []byte("tRNS\xFF\x80") // the second colour half transparent
	for name, c := range map[string]struct {
		png  []byte
		want [3]int // over white paper
	}{
		"grey 1":          {flatPNG(16, 8, 1, 0, 0, []byte{0}), [3]int{0, 0, 0}},
		"grey 2":          {flatPNG(16, 8, 2, 0, 0, []byte{1}), [3]int{0x55, 0x55, 0x55}},
		"grey 4":          {flatPNG(16, 8, 4, 0, 0, []byte{7}), [3]int{0x77, 0x77, 0x77}},
		"grey 8":          {flatPNG(16, 8, 8, 0, 0, []byte{0x47}), [3]int{0x47, 0x47, 0x47}},
		"grey 16":         {flatPNG(16, 8, 16, 0, 0, []byte{0x47, 0x99}), [3]int{0x47, 0x47, 0x47}},
		"RGB 8":           {flatPNG(16, 8, 8, 2, 0, []byte{0x20, 0x40, 0xC0}), [3]int{0x20, 0x40, 0xC0}},
		"RGB 16":          {flatPNG(16, 8, 16, 2, 0, []byte{0x20, 1, 0x40, 2, 0xC0, 3}), [3]int{0x20, 0x40, 0xC0}},
		"palette 1":       {flatPNG(16, 8, 1, 3, 0, []byte{1}, palette), [3]int{0x20, 0x40, 0xC0}},
		"palette 2":       {flatPNG(16, 8, 2, 3, 0, []byte{1}, palette), [3]int{0x20, 0x40, 0xC0}},
		"palette 4":       {flatPNG(16, 8, 4, 3, 0, []byte{1}, palette), [3]int{0x20, 0x40, 0xC0}},
		"palette 8, tRNS": {flatPNG(16, 8, 8, 3, 0, []byte{1}, palette, see), [3]int{0x8F, 0x9F, 0xDF}},
		"grey, alpha 8":   {flatPNG(16, 8, 8, 4, 0, []byte{0x00, 0x80}), [3]int{0x7F, 0x7F, 0x7F}},
		"grey, alpha 16":  {flatPNG(16, 8, 16, 4, 0, []byte{0, 0, 0x80, 0}), [3]int{0x7F, 0x7F, 0x7F}},
		"RGBA 8":          {flatPNG(16, 8, 8, 6, 0, []byte{0xD0, 0x12, 0x1C, 0x40}), [3]int{0xF3, 0xC4, 0xC6}},
		"RGBA 16":         {flatPNG(16, 8, 16, 6, 0, []byte{0xD0, 0, 0x12, 0, 0x1C, 0, 0x40, 0}), [3]int{0xF3, 0xC4, 0xC6}},
		"interlaced":      {flatPNG(1, 1, 8, 2, 1, []byte{0x20, 0x40, 0xC0}), [3]int{0x20, 0x40, 0xC0}},
		"with a gamma":    {flatPNG(16, 8, 8, 2, 0, []byte{0x20, 0x40, 0xC0}, []byte("gAMA\x00\x00\xB1\x8F"), []byte("sRGB\x00")), [3]int{0x20, 0x40, 0xC0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := *newOffice(t)
			o.personal.Image = c.png
			s := signer.New(&o, signer.Options{})
			converted, err := os.ReadFile(filepath.Join("testdata", "plan-2-digits.pdf"))
			must(t, err)
			prepared, err := s.Prepare(converted, 2, 1)
			must(t, err)
			r, err := s.Sign(t.Context(), prepared, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
			must(t, err)
			got := colourAt(t, r.PDF, signer.PersonalField)
			for i := range got {
				if d := got[i] - c.want[i]; d < -2 || d > 2 {
					t.Errorf("the page shows %x, want %x", got, c.want)
					break
				}
			}
		})
	}
}

// colourAt is what poppler paints in the middle of a field.
func colourAt(t testing.TB, b []byte, name string) (out [3]int) {
	t.Helper()
	f, err := pdf.Open(b)
	must(t, err)
	rect, err := f.Rect(fieldOf(t, f, name)["Rect"])
	must(t, err)
	pages, err := f.Pages()
	must(t, err)
	page := pages[pageOfField(t, b, name)]
	to := filepath.Join(t.TempDir(), "page")
	run(t, "pdftoppm", "-r", "72", "-png", "-singlefile", "-f", itoa(page.Index+1), file(t, b), to)
	raw, err := os.ReadFile(to + ".png")
	must(t, err)
	img, _, err := image.Decode(bytes.NewReader(raw))
	must(t, err)
	x, y := int((rect.Left+rect.Right)/2), int(page.CropBox.Top-(rect.Bottom+rect.Top)/2)
	r, g, bl, _ := img.At(x, y).RGBA()
	return [3]int{int(r >> 8), int(g >> 8), int(bl >> 8)}
}
