package pdf

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf16"
)

// Embed prepares a simple font of the runes (all below U+0080) under the
// PostScript name, embedded as a subset: the font dictionary's streams and
// descriptor are added by add, which returns their references. The font is
// usable from /DA of a form field and conforms to PDF/A-2 (ISO 19005-2, 6.2.11).
// The line's extent (Ascent, Descent) is taken from like, the descriptor of the
// font it stands beside, so that programs which compare the boxes of words see
// one line; nil takes the font's own.
func (f *Font) Embed(name string, runes []rune, like Dict, add func(Object) Ref) (Dict, error) {
	descriptor, tagged, _, err := f.describe(name, runes, like, add)
	if err != nil {
		return nil, err
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

// EmbedText is Embed for any characters: a composite font (9.7) with a way back
// to Unicode. Its text is written in two bytes a character, which encode makes;
// every character of it has to be among the runes.
func (f *Font) EmbedText(name string, runes []rune, add func(Object) Ref) (font Dict, encode func(string) []byte, err error) {
	descriptor, tagged, glyphs, err := f.describe(name, runes, nil, add)
	if err != nil {
		return nil, nil, err
	}
	widths, back := Array{}, []byte("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"+
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	ordered := slices.SortedFunc(maps.Keys(glyphs), func(a, b rune) int { return glyphs[a] - glyphs[b] })
	for chunk := range slices.Chunk(ordered, 100) { // at most 100 a block
		back = fmt.Appendf(back, "%d beginbfchar\n", len(chunk))
		for _, r := range chunk {
			w, _ := f.Advance(r)
			widths = append(widths, Integer(glyphs[r]), Array{Real(math.Round(w * 1000))})
			back = fmt.Appendf(back, "<%04X> <%X>\n", glyphs[r], utf16be(string(r)))
		}
		back = append(back, "endbfchar\n"...)
	}
	back = append(back, "endcmap CMapName currentdict /CMap defineresource pop end end\n"...)
	inner := add(Dict{
		"Type": Name("Font"), "Subtype": Name("CIDFontType2"), "BaseFont": tagged, "CIDToGIDMap": Name("Identity"),
		"CIDSystemInfo": Dict{"Registry": String("Adobe"), "Ordering": String("Identity"), "Supplement": Integer(0)},
		"W":             widths, "FontDescriptor": add(descriptor),
	})
	font = Dict{"Type": Name("Font"), "Subtype": Name("Type0"), "BaseFont": tagged, "Encoding": Name("Identity-H"),
		"DescendantFonts": Array{inner}, "ToUnicode": add(Flate(Dict{}, back))}
	return font, func(text string) []byte {
		var out []byte
		for _, r := range text {
			out = binary.BigEndian.AppendUint16(out, uint16(glyphs[r]))
		}
		return out
	}, nil
}

func utf16be(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return out
}

// maxRemembered is the length of texts whose program a font remembers: the ten
// digits of numbers and days, which every document needs.
const maxRemembered = 10

// program is the font program of the runes' glyphs with their numbers in it.
// Nobody changes what comes back.
func (f *Font) program(runes []rune) (*Stream, map[rune]int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.remembered.runes == string(runes) && f.remembered.file != nil {
		return f.remembered.file, f.remembered.glyphs, nil
	}
	b, glyphs, err := f.subset(runes)
	if err != nil {
		return nil, nil, err
	}
	file := Flate(Dict{"Length1": Integer(len(b))}, b)
	if len(runes) <= maxRemembered {
		f.remembered.runes, f.remembered.file, f.remembered.glyphs = string(runes), file, glyphs
	}
	return file, glyphs, nil
}

// describe embeds the program of the runes' glyphs and makes the descriptor of
// the font, under the name that says that it is a subset; glyphs are the numbers
// of the runes in it.
func (f *Font) describe(name string, runes []rune, like Dict, add func(Object) Ref) (descriptor Dict, tagged Name, glyphs map[rune]int, err error) {
	file, glyphs, err := f.program(runes)
	if err != nil {
		return nil, "", nil, err
	}
	em := func(tag string, at int) Integer { return Integer(float64(f.i16(tag, at)) * 1000 / f.units) }
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
	tagged = Name("VTSLOT+" + name)
	descriptor = Dict{
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
	return descriptor, tagged, glyphs, nil
}
