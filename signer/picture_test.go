package signer_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	_ "image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
)

// kindOfPNG is a colour type and bit depth (PNG, 11.2.2) with its chunks.
type kindOfPNG struct {
	depth, colourType, interlaced byte
	chunks                        [][]byte
}

func (k kindOfPNG) channels() int { return []int{1, 0, 3, 1, 2, 0, 4}[k.colourType] }

// passes are those of Adam7: first column, first row, steps (PNG, 8.2).
var passes = [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}

// encode writes samples, row by row, as a PNG.
func (k kindOfPNG) encode(width, height int, samples []int) []byte {
	scans := [][4]int{{0, 0, 1, 1}}
	if k.interlaced == 1 {
		scans = passes
	}
	var data bytes.Buffer
	z := zlib.NewWriter(&data)
	for _, p := range scans {
		for y := p[1]; y < height && p[0] < width; y += p[3] {
			row, bits := []byte{0}, 0
			for x := p[0]; x < width; x += p[2] {
				for _, v := range samples[(y*width+x)*k.channels():][:k.channels()] {
					for shift := int(k.depth) - 1; shift >= 0; shift-- {
						if bits%8 == 0 {
							row = append(row, 0)
						}
						row[len(row)-1] |= byte(v>>shift&1) << (7 - bits%8)
						bits++
					}
				}
			}
			z.Write(row)
		}
	}
	z.Close()
	out := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = binary.BigEndian.AppendUint32(head, uint32(height))
	chunks := [][]byte{append(append([]byte("IHDR"), head...), k.depth, k.colourType, 0, 0, k.interlaced)}
	for _, c := range append(append(chunks, k.chunks...), append([]byte("IDAT"), data.Bytes()...), []byte("IEND")) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c)-4))
		out = binary.BigEndian.AppendUint32(append(out, c...), crc32.ChecksumIEEE(c))
	}
	return out
}

// onPaper is what a pixel of these samples looks like on white paper, by the
// PNG specification (12.4, 12.5 and 13.13).
func (k kindOfPNG) onPaper(s []int) [3]int {
	full := 1<<k.depth - 1
	colour, alpha := []int{s[0], s[0], s[0]}, full
	switch k.colourType {
	case 2, 6:
		colour = s[:3]
	case 3:
		full, alpha = 255, 255
		colour = []int{int(k.chunks[0][4+3*s[0]]), int(k.chunks[0][5+3*s[0]]), int(k.chunks[0][6+3*s[0]])}
	}
	switch {
	case k.colourType >= 4:
		alpha = s[len(s)-1]
	case len(k.chunks) > 0:
		if last := k.chunks[len(k.chunks)-1]; !bytes.HasPrefix(last, []byte("tRNS")) {
			break
		} else if k.colourType == 3 && 4+s[0] < len(last) {
			alpha = int(last[4+s[0]])
		} else if k.colourType != 3 {
			clear := make([]int, len(s))
			for i := range clear {
				clear[i] = int(binary.BigEndian.Uint16(last[4+2*i:]))
			}
			if slices.Equal(clear, s) {
				alpha = 0
			}
		}
	}
	var out [3]int
	for i, c := range colour {
		out[i] = (c*alpha + full*(full-alpha)) * 255 / (full * full)
	}
	return out
}

// kindsOfPNG are all that there are, and the chunks that change what is seen.
func kindsOfPNG() map[string]kindOfPNG {
	palette := []byte("PLTE")
	for i := range 16 {
		palette = append(palette, byte(i*17), byte(255-i*9), byte(i*i))
	}
	two := palette[:4+2*3]
	four := palette[:4+4*3]
	return map[string]kindOfPNG{
		"grey 1": {1, 0, 0, nil}, "grey 2": {2, 0, 0, nil}, "grey 4": {4, 0, 0, nil}, "grey 8": {8, 0, 0, nil}, "grey 16": {16, 0, 0, nil},
		"RGB 8": {8, 2, 0, nil}, "RGB 16": {16, 2, 0, nil},
		"palette 1": {1, 3, 0, [][]byte{two}}, "palette 2": {2, 3, 0, [][]byte{four}}, "palette 4": {4, 3, 0, [][]byte{palette}}, "palette 8": {8, 3, 0, [][]byte{palette}},
		"grey and alpha 8": {8, 4, 0, nil}, "grey and alpha 16": {16, 4, 0, nil}, "RGB and alpha 8": {8, 6, 0, nil}, "RGB and alpha 16": {16, 6, 0, nil},
		"palette 4, tRNS": {4, 3, 0, [][]byte{palette, []byte("tRNS\x00\x20\x40\x80\xFF\x10")}}, "palette 1, tRNS": {1, 3, 0, [][]byte{two, []byte("tRNS\xFF\x80")}},
		"grey 1, tRNS": {1, 0, 0, [][]byte{[]byte("tRNS\x00\x01")}}, "grey 4, tRNS": {4, 0, 0, [][]byte{[]byte("tRNS\x00\x07")}},
		"grey 16, tRNS": {16, 0, 0, [][]byte{[]byte("tRNS\x12\x34")}}, "RGB 8, tRNS": {8, 2, 0, [][]byte{[]byte("tRNS\x00\x12\x00\x34\x00\x56")}},
		"RGB 16, tRNS": {16, 2, 0, [][]byte{[]byte("tRNS\x12\x34\x56\x78\x9A\xBC")}},
		"a gamma":      {8, 2, 0, [][]byte{[]byte("sRGB\x00"), []byte("gAMA\x00\x00\xB1\x8F")}},
	}
}

// pixels are samples of every value, at random but the same each time; the
// first is the one that a tRNS chunk may name.
func (k kindOfPNG) pixels(width, height int) []int {
	r := rand.New(rand.NewPCG(uint64(k.depth), uint64(k.colourType)))
	out := make([]int, width*height*k.channels())
	most := 1 << k.depth
	if k.colourType == 3 {
		most = (len(k.chunks[0]) - 4) / 3
	}
	for i := range out {
		out[i] = r.IntN(most)
	}
	if n := len(k.chunks); n > 0 && k.colourType != 3 && bytes.HasPrefix(k.chunks[n-1], []byte("tRNS")) {
		for i := range k.channels() {
			out[i] = int(binary.BigEndian.Uint16(k.chunks[n-1][4+2*i:]))
		}
	}
	return out
}

// Whatever kind of PNG an office scanned its signature and seal to, the page
// shows each pixel of it in its colour, as poppler renders it.
func TestEveryKindOfPNGIsShownInItsColours(t *testing.T) {
	const width, height = 18, 9
	for name, k := range kindsOfPNG() {
		for _, k.interlaced = range []byte{0, 1} {
			t.Run(name+map[byte]string{1: ", interlaced"}[k.interlaced], func(t *testing.T) {
				t.Parallel()
				o, samples := *newOffice(t), k.pixels(width, height)
				o.personal.Image = k.encode(width, height, samples)
				s := signer.New(&o, signer.Options{})
				converted, err := os.ReadFile(filepath.Join("testdata", "plan-2-digits.pdf"))
				must(t, err)
				prepared, err := s.Prepare(converted, 2, 1)
				must(t, err)
				r, err := s.Sign(t.Context(), prepared, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
				must(t, err)
				for i, got := range coloursOf(t, r.PDF, signer.PersonalField, width, height) {
					want := k.onPaper(samples[i*k.channels():][:k.channels()])
					for c := range got {
						if d := got[c] - want[c]; d < -2 || d > 2 {
							t.Fatalf("pixel %d, %d of %v: the page shows %x, want %x", i%width, i/width, samples[i*k.channels():][:k.channels()], got, want)
						}
					}
				}
			})
		}
	}
}

// coloursOf are what poppler paints in a field, at the middle of each pixel of
// a picture that fills it.
func coloursOf(t testing.TB, b []byte, name string, width, height int) (out [][3]int) {
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
	for y := range height {
		for x := range width {
			at := rect.Left + rect.Width()*(float64(x)+.5)/float64(width)
			down := page.CropBox.Top - rect.Top + rect.Height()*(float64(y)+.5)/float64(height)
			r, g, bl, _ := img.At(int(at), int(down)).RGBA()
			out = append(out, [3]int{int(r >> 8), int(g >> 8), int(bl >> 8)})
		}
	}
	return out
}

// header changes the size that a PNG claims.
func header(b []byte, width, height uint32) []byte {
	b = bytes.Clone(b)
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestImagesBeyondTheLimitsAreRefused(t *testing.T) {
	k := kindOfPNG{depth: 8}
	good := k.encode(4, 2, k.pixels(4, 2))
	if w, h, err := signer.PictureSize(good); err != nil || w != 4 || h != 2 {
		t.Fatalf("%d x %d, %v", w, h, err)
	}
	for name, b := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-20], "without data": good[:33], "too long": append(bytes.Clone(good), make([]byte, signer.MaxPNG)...),
		"too wide": header(good, signer.MaxSide+1, 1), "too high": header(good, 1, signer.MaxSide+1), "too many pixels": header(good, signer.MaxSide, signer.MaxPixels/signer.MaxSide+1),
		"of no size": header(good, 0, 2), "of a size below zero": header(good, 1<<31, 2), "larger than its data": header(good, 4000, 2000),
		"a wrong sum": slices.Replace(bytes.Clone(good), 40, 41, good[40]^1), "a palette without colours": kindOfPNG{depth: 8, colourType: 3}.encode(1, 1, []int{0}),
		"another format": []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
	} {
		if _, _, err := signer.PictureSize(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzPicture(f *testing.F) {
	for _, k := range kindsOfPNG() {
		for _, k.interlaced = range []byte{0, 1} {
			f.Add(k.encode(5, 3, k.pixels(5, 3)))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if w, h, err := signer.PictureSize(b); err == nil && (w < 1 || h < 1 || w*h > signer.MaxPixels) {
			t.Errorf("a picture of %d x %d", w, h)
		}
	})
}
