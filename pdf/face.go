package pdf

import (
	"fmt"
	"strings"
)

// Face is what a font says of itself.
type Face struct {
	Name     string // BaseFont without subset tag: "LiberationSerif-Italic"
	Embedded bool   // its program stands in the file
	Flags    int    // of its descriptor (Table 123)
	Weight   float64
	Angle    float64 // of its italics, degrees; upright is 0
}

// face is what placing text needs of a font.
type face struct {
	Face
	wide    bool            // two bytes a code
	widths  map[int]float64 // in em
	missing float64
	unicode map[int]string
}

func (t *face) width(code int) float64 {
	if w, ok := t.widths[code]; ok {
		return w
	}
	return t.missing
}

// faceOf is face, remembered for fonts that are objects of their own, as
// they are on every page of a document.
func (f *File) faceOf(o Object) (*face, error) {
	ref, own := o.(Ref)
	if t := f.faces[ref]; own && t != nil {
		return t, nil
	}
	t, err := f.face(o)
	if own && err == nil {
		f.faces[ref] = t
	}
	return t, err
}

func (f *File) face(o Object) (*face, error) {
	d, err := As[Dict](f, o)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, broken("missing")
	}
	base, err := As[Name](f, d["BaseFont"])
	if err != nil {
		return nil, err
	}
	t := &face{Face: Face{Name: fontName(string(base))}, widths: map[int]float64{}, unicode: map[int]string{}}
	holder := d
	switch d["Subtype"] {
	case Name("Type0"):
		t.wide = true
		holder, err = f.wideWidths(t, d)
	case Name("Type3"):
		t.Embedded = true
		var unit float64
		if unit, err = f.glyphUnit(d); err == nil {
			err = f.simpleWidths(t, d, unit)
		}
	default:
		err = f.simpleWidths(t, d, 1.0/1000)
	}
	if err == nil {
		err = f.describe(&t.Face, holder)
	}
	if err != nil {
		return nil, err
	}
	s, err := f.Resolve(d["ToUnicode"])
	if err != nil {
		return nil, err
	}
	if s, ok := s.(*Stream); ok {
		data, err := f.Data(s)
		if err != nil {
			return nil, err
		}
		if err := f.readCMap(t, data); err != nil {
			return nil, fmt.Errorf("ToUnicode: %w", err)
		}
	}
	if !t.wide {
		err = f.encode(t, d)
	}
	return t, err
}

// describe reads the font descriptor (9.8) of a simple or a CID font.
func (f *File) describe(t *Face, font Dict) error {
	d, err := As[Dict](f, font["FontDescriptor"])
	if err != nil {
		return err
	}
	flags, err := As[Integer](f, d["Flags"])
	if err != nil {
		return err
	}
	t.Flags = int(flags)
	for key, to := range map[Name]*float64{"FontWeight": &t.Weight, "ItalicAngle": &t.Angle} {
		if d[key] != nil {
			if *to, err = f.Number(d[key]); err != nil {
				return err
			}
		}
	}
	for _, key := range []Name{"FontFile", "FontFile2", "FontFile3"} {
		if d[key] != nil {
			t.Embedded = true
		}
	}
	return nil
}

// glyphUnit is the width of one unit of a Type 3 font, in em.
func (f *File) glyphUnit(d Dict) (float64, error) {
	m, err := As[Array](f, d["FontMatrix"])
	if err != nil || len(m) != 6 {
		return 0, broken("a Type 3 font without matrix")
	}
	return f.Number(m[0])
}

// fontName drops the tag of a subset: "CAAAAA+LiberationSerif".
func fontName(base string) string {
	if len(base) > 7 && base[6] == '+' && strings.Trim(base[:6], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return base[7:]
	}
	return base
}

func (f *File) simpleWidths(t *face, d Dict, unit float64) error {
	first, err := As[Integer](f, d["FirstChar"])
	if err != nil {
		return err
	}
	list, err := As[Array](f, d["Widths"])
	if err != nil {
		return err
	}
	for i, o := range list[:min(len(list), 256)] {
		w, err := f.Number(o)
		if err != nil {
			return err
		}
		t.widths[int(first)+i] = w * unit
	}
	return nil
}

// wideWidths reads the descendant of a composite font, which it returns, and
// its widths; codes are taken for CIDs, as under Identity-H.
func (f *File) wideWidths(t *face, d Dict) (Dict, error) {
	if enc, err := f.Resolve(d["Encoding"]); err != nil || enc != Name("Identity-H") {
		return nil, unsupported("a composite font not in Identity-H")
	}
	down, err := As[Array](f, d["DescendantFonts"])
	if err != nil || len(down) != 1 {
		return nil, broken("a composite font without descendant")
	}
	cid, err := As[Dict](f, down[0])
	if err != nil {
		return nil, err
	}
	return cid, f.cidWidths(t, cid)
}

// cidWidths reads /W (9.7.4.3).
func (f *File) cidWidths(t *face, cid Dict) error {
	t.missing = 1
	if cid["DW"] != nil {
		w, err := f.Number(cid["DW"])
		if err != nil {
			return err
		}
		t.missing = w / 1000
	}
	list, err := As[Array](f, cid["W"])
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(list); {
		first, err := As[Integer](f, list[i])
		if err != nil || first < 0 || first > 65535 {
			return broken("/W starts at no code")
		}
		next, err := f.Resolve(list[i+1])
		if err != nil {
			return err
		}
		if run, ok := next.(Array); ok {
			if err := f.spend(len(run)); err != nil {
				return err
			}
			for k, o := range run {
				w, err := f.Number(o)
				if err != nil {
					return err
				}
				t.widths[int(first)+k] = w / 1000
			}
			i += 2
			continue
		}
		last, ok := next.(Integer)
		if !ok || last < first || last > 65535 || i+2 >= len(list) {
			return broken("/W has no range")
		}
		w, err := f.Number(list[i+2])
		if err != nil {
			return err
		}
		if err := f.spend(int(last - first)); err != nil {
			return err
		}
		for code := first; code <= last; code++ {
			t.widths[int(code)] = w / 1000
		}
		i += 3
	}
	return nil
}

// readCMap reads the bfchar and bfrange parts of a ToUnicode map (9.10.3).
func (f *File) readCMap(t *face, data []byte) error {
	p := &parser{b: data, noRefs: true}
	var args []Object
	for {
		o, err := p.object()
		if err != nil {
			return err
		}
		if o == nil {
			return nil
		}
		op, ok := o.(keyword)
		if !ok {
			if args = append(args, o); len(args) > maxOperands {
				return limit("more than %d operands", maxOperands)
			}
			continue
		}
		switch op {
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				t.unicode[code(args[i])] = utf16BE(args[i+1], 0)
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				first, last := code(args[i]), code(args[i+1])
				if first < 0 || last > 65535 {
					return broken("a range of codes")
				}
				if err := f.spend(max(0, last-first)); err != nil {
					return err
				}
				list, isList := args[i+2].(Array)
				for c := first; c <= last; c++ {
					if !isList {
						t.unicode[c] = utf16BE(args[i+2], c-first)
					} else if c-first < len(list) {
						t.unicode[c] = utf16BE(list[c-first], 0)
					}
				}
			}
		}
		args = args[:0]
	}
}

// code is a character code given as a string; -1 for anything else.
func code(o Object) int {
	s, ok := o.(String)
	if !ok || len(s) == 0 || len(s) > 2 {
		return -1
	}
	return bigEndian([]byte(s))
}

// utf16BE reads a string of UTF-16BE whose last unit is raised by add.
func utf16BE(o Object, add int) string {
	s, ok := o.(String)
	if !ok || len(s) < 2 || len(s) > 64 {
		return ""
	}
	b := []byte(s)
	last := bigEndian(b[len(b)-2:]) + add
	b[len(b)-2], b[len(b)-1] = byte(last>>8), byte(last)
	return String("\xFE\xFF" + string(b)).Text()
}
