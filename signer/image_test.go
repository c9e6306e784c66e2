package signer

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/color"
	"image/png"
	"io"
	"testing"

	"vanthu/pdf"
)

// ink is a faint blue: what is left of the premultiplied one is darker.
var ink = color.NRGBA{0x20, 0x40, 0xC0, 0x40}

func encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func one(img interface {
	image.Image
	Set(x, y int, c color.Color)
}, c color.Color) image.Image {
	img.Set(0, 0, c)
	return img
}

func TestEveryKindOfPNGKeepsItsInk(t *testing.T) {
	r := image.Rect(0, 0, 2, 1)
	for _, c := range []struct {
		name    string
		img     image.Image
		colours []byte // of the first pixel
		alpha   int    // of the first pixel, -1 opaque
	}{
		{"soft alpha", one(image.NewNRGBA(r), ink), []byte{0x20, 0x40, 0xC0}, 0x40},
		{"16 bits with alpha", one(image.NewNRGBA64(r), color.NRGBA64{0x20FF, 0x40FF, 0xC0FF, 0x4000}), []byte{0x20, 0x40, 0xC0}, 0x40},
		{"palette with alpha", &image.Paletted{Pix: []byte{1, 0}, Stride: 2, Rect: r, Palette: color.Palette{color.NRGBA{}, ink}}, []byte{0x20, 0x40, 0xC0}, 0x40},
		{"palette", &image.Paletted{Pix: []byte{1, 0}, Stride: 2, Rect: r, Palette: color.Palette{color.White, color.NRGBA{1, 2, 3, 255}}}, []byte{1, 2, 3}, -1},
		{"grey", one(image.NewGray(r), color.Gray{0x77}), []byte{0x77, 0x77, 0x77}, -1},
		{"grey of 16 bits", one(image.NewGray16(r), color.Gray16{0x7788}), []byte{0x77, 0x77, 0x77}, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := newPicture(encode(t, c.img))
			if err != nil {
				t.Fatal(err)
			}
			if got := decoded(t, p.colours)[:3]; !bytes.Equal(got, c.colours) {
				t.Errorf("colours %x, want %x", got, c.colours)
			}
			switch {
			case c.alpha < 0 && p.alpha != nil:
				t.Errorf("an opaque image has a mask")
			case c.alpha >= 0 && (p.alpha == nil || int(decoded(t, p.alpha)[0]) != c.alpha):
				t.Errorf("the mask is not %x", c.alpha)
			}
		})
	}
}

func decoded(t *testing.T, s *pdf.Stream) []byte {
	t.Helper()
	r, err := zlib.NewReader(bytes.NewReader(s.Raw))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A seal is as large as its ink, whatever margin was scanned with it.
func TestMarginsWithoutInkAreCutOff(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = faint - 1 // what a scanner leaves
	}
	if _, err := newPicture(encode(t, img)); err == nil {
		t.Error("a picture without ink was accepted")
	}
	img.SetNRGBA(5, 7, ink)
	img.SetNRGBA(24, 16, ink)
	p, err := newPicture(encode(t, img))
	if err != nil || p.width != 20 || p.height != 10 || !bytes.Equal(decoded(t, p.colours)[:3], []byte{ink.R, ink.G, ink.B}) {
		t.Errorf("%+v, %v", p, err)
	}
}
