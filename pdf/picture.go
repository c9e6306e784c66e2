package pdf

import (
	"bytes"
	"image/jpeg"
)

// Picture is an image on a page.
type Picture struct {
	Rect          Rect // the box around it
	Width, Height int  // pixels
	Alpha         bool // it has a mask, so that what is under it shows
	Object        *Stream
	Widget        int // whose appearance it stands in, see Marks; 0 for none
}

// maxTinted bounds the pixels of a picture whose colour is asked for, samples
// how many of them are looked at.
const (
	maxTinted  = 10 << 20
	maxSamples = 250_000
)

// object draws an XObject (8.8).
func (r *reader) object(args []Object) error {
	name, ok := firstOperand(args).(Name)
	if !ok {
		return broken("no name")
	}
	all, err := As[Dict](r.f, r.res["XObject"])
	if err != nil {
		return err
	}
	s, err := As[*Stream](r.f, all[name])
	if err != nil || s == nil {
		return err
	}
	switch s.Dict["Subtype"] {
	case Name("Form"):
		return r.form(s)
	case Name("Image"):
		return r.picture(nil, s)
	}
	return nil
}

// picture notes an image, s or one that stands in the content with these
// operands, in the unit square of the present matrix.
func (r *reader) picture(inline []Object, s *Stream) error {
	m := r.marks
	if len(m.Pictures) == maxMarks {
		return limit("more than %d pictures", maxMarks)
	}
	d := Dict{}
	if s != nil {
		d = s.Dict
	}
	for i := 0; i+1 < len(inline); i += 2 {
		if key, ok := inline[i].(Name); ok {
			d[key] = inline[i+1]
		}
	}
	p := Picture{Rect: r.gs.ctm.Bounds(Rect{0, 0, 1, 1}), Object: s, Widget: m.widget, Alpha: d["SMask"] != nil || d["Mask"] != nil}
	for to, keys := range map[*int][2]Name{&p.Width: {"Width", "W"}, &p.Height: {"Height", "H"}} {
		for _, key := range keys {
			if n, err := As[Integer](r.f, d[key]); err == nil && n > 0 && n < 1<<20 {
				*to = int(n)
			}
		}
	}
	m.Pictures = append(m.Pictures, p)
	return nil
}

// Tint is the mean colour of a picture's ink: each pixel counts by its opacity
// and its darkness, so that white paper does not. Not Known when nothing is
// inked. Colour spaces other than grey, RGB and palettes of RGB, more or less
// than 8 bits, and filters that Data does not know are ErrUnsupported; JPEG is
// read.
func (f *File) Tint(p Picture) (Ink, error) {
	if p.Object == nil {
		return Ink{}, unsupported("a picture in the content")
	}
	if p.Width <= 0 || p.Height <= 0 || p.Width*p.Height > maxTinted {
		return Ink{}, limit("a picture of %d x %d pixels", p.Width, p.Height)
	}
	colour, err := f.pixels(p)
	if err != nil {
		return Ink{}, err
	}
	opacity, err := f.opacity(p)
	if err != nil {
		return Ink{}, err
	}
	var sum Ink
	total := 0.0
	step := max(1, p.Width*p.Height/maxSamples)
	for i := 0; i < p.Width*p.Height; i += step {
		c := colour(i%p.Width, i/p.Width)
		weight := opacity(i%p.Width, i/p.Width) * (1 - (0.3*c.R + 0.6*c.G + 0.1*c.B))
		sum.R, sum.G, sum.B = sum.R+weight*c.R, sum.G+weight*c.G, sum.B+weight*c.B
		total += weight
	}
	if total < 1 {
		return Ink{}, nil
	}
	return Ink{sum.R / total, sum.G / total, sum.B / total, true}, nil
}

type pixel func(x, y int) Ink

func (f *File) pixels(p Picture) (pixel, error) {
	filters, err := f.listOf(p.Object.Dict["Filter"])
	if err != nil {
		return nil, err
	}
	if len(filters) == 1 && filters[0] == Name("DCTDecode") {
		return jpegPixels(p)
	}
	data, err := f.bytesOf(p.Object)
	if err != nil {
		return nil, err
	}
	n, palette := f.components(p.Object.Dict["ColorSpace"]), []byte(nil)
	if n != 1 && n != 3 {
		if palette, err = f.palette(p.Object.Dict["ColorSpace"]); err != nil {
			return nil, err
		}
		n = 1
	}
	if len(data) < p.Width*p.Height*n {
		return nil, broken("a picture of %d bytes, too few", len(data))
	}
	part := func(b byte) float64 { return float64(b) / 255 }
	return func(x, y int) Ink {
		b := data[(y*p.Width+x)*n:]
		switch {
		case palette != nil:
			if at := 3 * int(b[0]); at+3 <= len(palette) {
				return Ink{part(palette[at]), part(palette[at+1]), part(palette[at+2]), true}
			}
			return Ink{}
		case n == 1:
			return Ink{part(b[0]), part(b[0]), part(b[0]), true}
		}
		return Ink{part(b[0]), part(b[1]), part(b[2]), true}
	}, nil
}

// bytesOf are the samples of a picture of 8 bits.
func (f *File) bytesOf(s *Stream) ([]byte, error) {
	if bits, err := As[Integer](f, s.Dict["BitsPerComponent"]); err != nil || bits != 8 {
		return nil, unsupported("a picture not of 8 bits")
	}
	return f.Data(s)
}

// palette reads [/Indexed /DeviceRGB 255 table] (8.6.6.3).
func (f *File) palette(o Object) ([]byte, error) {
	list, err := As[Array](f, o)
	if err != nil {
		return nil, unsupported("a colour space of no kind")
	}
	if len(list) != 4 || list[0] != Name("Indexed") || f.components(list[1]) != 3 {
		return nil, unsupported("a picture's colour space")
	}
	table, err := f.Resolve(list[3])
	if err != nil {
		return nil, err
	}
	switch t := table.(type) {
	case String:
		return []byte(t), nil
	case *Stream:
		return f.Data(t)
	}
	return nil, broken("a palette is %T", table)
}

func jpegPixels(p Picture) (pixel, error) {
	head, err := jpeg.DecodeConfig(bytes.NewReader(p.Object.Raw))
	if err != nil || head.Width != p.Width || head.Height != p.Height {
		return nil, broken("a JPEG that is not as large as it says")
	}
	img, err := jpeg.Decode(bytes.NewReader(p.Object.Raw))
	if err != nil {
		return nil, broken("JPEG: %v", err)
	}
	return func(x, y int) Ink {
		r, g, b, _ := img.At(x, y).RGBA()
		return Ink{float64(r) / 0xFFFF, float64(g) / 0xFFFF, float64(b) / 0xFFFF, true}
	}, nil
}

// opacity reads the soft mask; a picture without one is opaque.
func (f *File) opacity(p Picture) (func(x, y int) float64, error) {
	mask, err := f.Resolve(p.Object.Dict["SMask"])
	if err != nil {
		return nil, err
	}
	s, ok := mask.(*Stream)
	if !ok {
		return func(int, int) float64 { return 1 }, nil
	}
	w, err := As[Integer](f, s.Dict["Width"])
	if err != nil {
		return nil, err
	}
	h, err := As[Integer](f, s.Dict["Height"])
	if err != nil {
		return nil, err
	}
	if w <= 0 || h <= 0 || w > 1<<20 || h > 1<<20 || w*h > maxTinted {
		return nil, limit("a mask of %d x %d pixels", w, h)
	}
	data, err := f.bytesOf(s)
	if err != nil {
		return nil, err
	}
	if len(data) < int(w*h) {
		return nil, broken("a mask of %d bytes, too few", len(data))
	}
	return func(x, y int) float64 {
		return float64(data[y*int(h)/p.Height*int(w)+x*int(w)/p.Width]) / 255
	}, nil
}
