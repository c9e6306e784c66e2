package signer

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"

	"vanthu/pdf"
	"vanthu/record"
)

// Limits on pictures: a seal of 60 mm at 1200 dpi has 8 million pixels.
const (
	maxPNG     = 8 << 20 // bytes
	maxPixels  = 9 << 20
	maxSide    = 8192
	maxPicture = 64 // pictures remembered
)

// picture is a PNG as the image XObject it becomes.
type picture struct {
	width, height int
	colours       *pdf.Stream
	alpha         *pdf.Stream // nil: opaque
}

// images remembers pictures, which are few and cost more to encode than all
// the rest of a signature.
type images struct {
	mu    sync.Mutex
	known map[[32]byte]*picture
}

func newImages() *images { return &images{known: map[[32]byte]*picture{}} }

func (s *images) get(b []byte) (*picture, error) {
	sum := sha256.Sum256(b)
	s.mu.Lock()
	p := s.known[sum]
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := newPicture(b)
	if err != nil {
		return nil, record.Because(err, record.Unavailable, "key-image", "Hình chữ ký hoặc hình con dấu không phải là ảnh PNG dùng được")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxPicture {
		clear(s.known)
	}
	s.known[sum] = p
	return p, nil
}

// faint is the alpha below which nobody sees a pixel; scans leave some in their
// margins.
const faint = 8

// newPicture decodes any PNG to 8-bit sRGB with straight alpha: the colours of
// a pixel are the ink's own, its transparency goes into a soft mask. Margins
// without ink are cut off, for size and middle are those of the ink: a seal of
// 36 mm is 36 mm wide however much was scanned around it. Gamma and colour
// profiles are not applied.
func newPicture(b []byte) (*picture, error) {
	if len(b) > maxPNG {
		return nil, fmt.Errorf("PNG of %d bytes, at most %d", len(b), maxPNG)
	}
	head, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if head.Width > maxSide || head.Height > maxSide || head.Width*head.Height > maxPixels {
		return nil, fmt.Errorf("PNG of %d x %d pixels", head.Width, head.Height)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var ink image.Rectangle
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if straight(img, x, y).A >= faint {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if ink.Empty() {
		return nil, errors.New("PNG without ink")
	}
	w, h := ink.Dx(), ink.Dy()
	colours, alpha := make([]byte, 0, 3*w*h), make([]byte, 0, w*h)
	opaque := true
	for y := ink.Min.Y; y < ink.Max.Y; y++ {
		for x := ink.Min.X; x < ink.Max.X; x++ {
			c := straight(img, x, y)
			colours = append(colours, c.R, c.G, c.B)
			alpha = append(alpha, c.A)
			opaque = opaque && c.A == 0xFF
		}
	}
	p := &picture{width: w, height: h, colours: sampled(w, h, "DeviceRGB", colours)}
	if !opaque {
		p.alpha = sampled(w, h, "DeviceGray", alpha)
	}
	return p, nil
}

// straight is a pixel's colour before it was multiplied with its alpha.
func straight(img image.Image, x, y int) color.NRGBA {
	switch m := img.(type) {
	case *image.NRGBA:
		return m.NRGBAAt(x, y)
	case *image.NRGBA64: // the standard conversion goes through premultiplied colours and loses faint ink
		c := m.NRGBA64At(x, y)
		return color.NRGBA{byte(c.R >> 8), byte(c.G >> 8), byte(c.B >> 8), byte(c.A >> 8)}
	}
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func sampled(w, h int, space pdf.Name, data []byte) *pdf.Stream {
	return pdf.Flate(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": pdf.Integer(w), "Height": pdf.Integer(h),
		"ColorSpace": space, "BitsPerComponent": pdf.Integer(8),
	}, data)
}

// appearance adds the image's objects to u and returns the form XObject that
// draws it as large as r allows, centred.
func (p *picture) appearance(u *pdf.Update, r pdf.Rect) *pdf.Stream {
	img := &pdf.Stream{Dict: p.colours.Dict.Clone(), Raw: p.colours.Raw}
	if p.alpha != nil {
		img.Dict["SMask"] = u.Add(p.alpha)
	}
	own := p.within(pdf.Rect{Right: r.Width(), Top: r.Height()})
	content := fmt.Appendf(nil, "q %s 0 0 %s %s cm /Im Do Q", number(own.Width()), number(own.Height()), coordinates(own.Left, own.Bottom))
	return appearance(r, pdf.Dict{"XObject": pdf.Dict{"Im": u.Add(img)}}, content)
}
