package pdf

import "slices"

// Embed prepares a simple font of the runes (all below U+0080) under the
// PostScript name, embedded as a subset: the font dictionary's streams and
// descriptor are added by add, which returns their references. The font is
// usable from /DA of a form field and conforms to PDF/A-2 (ISO 19005-2, 6.2.11).
// The line's extent (Ascent, Descent) is taken from like, the descriptor of the
// font it stands beside, so that programs which compare the boxes of words see
// one line; nil takes the font's own.
func (f *Font) Embed(name string, runes []rune, like Dict, add func(Object) Ref) (Dict, error) {
	program, err := f.subset(runes)
	if err != nil {
		return nil, err
	}
	em := func(tag string, at int) Integer { return Integer(float64(f.i16(tag, at)) * 1000 / f.units) }
	file := Flate(Dict{"Length1": Integer(len(program))}, program)
	flags := Integer(1<<5 | 1<<1) // non-symbolic, serif
	var angle Object = Integer(0)
	if post := f.tables["post"]; len(post) >= 8 {
		if a := f.i16("post", 4); a != 0 {
			angle = Integer(a)
			flags |= 1 << 6
		}
	}
	height := em("hhea", 4)
	if os2 := f.tables["OS/2"]; len(os2) >= 90 {
		height = em("OS/2", 88)
	}
	tagged := Name("VTSLOT+" + name)
	descriptor := Dict{
		"Type": Name("FontDescriptor"), "FontName": tagged, "Flags": flags, "ItalicAngle": angle,
		"FontBBox": Array{em("head", 36), em("head", 38), em("head", 40), em("head", 42)},
		"Ascent":   em("hhea", 4), "Descent": em("hhea", 6), "CapHeight": height, "StemV": Integer(80),
		"FontFile2": add(file),
	}
	for _, k := range []Name{"Ascent", "Descent"} {
		switch v := like[k].(type) {
		case Integer, Real:
			descriptor[k] = v
		}
	}
	first, last := slices.Min(runes), slices.Max(runes)
	widths := make(Array, 0, last-first+1)
	for r := first; r <= last; r++ {
		w := 0.0
		if slices.Contains(runes, r) {
			w, _ = f.Advance(r)
		}
		widths = append(widths, Real(w*1000))
	}
	return Dict{
		"Type": Name("Font"), "Subtype": Name("TrueType"), "BaseFont": tagged, "Encoding": Name("WinAnsiEncoding"),
		"FirstChar": Integer(first), "LastChar": Integer(last), "Widths": widths, "FontDescriptor": add(descriptor),
	}, nil
}
