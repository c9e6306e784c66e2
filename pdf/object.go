package pdf

import (
	"bytes"
	"unicode/utf16"
)

// Object is one of Null, Boolean, Integer, Real, Name, String, Array, Dict,
// *Stream, Ref. Objects obtained from a File are shared: do not modify them,
// Clone first.
type Object interface{ object() }

type (
	Null    struct{}
	Boolean bool
	Integer int64
	Real    float64
	// Name is without its slash and with #xx resolved.
	Name string
	// String holds the decoded bytes; Text reads them as a text string.
	String string
	Array  []Object
	Dict   map[Name]Object
	// Ref is an indirect reference.
	Ref struct{ Num, Gen int }
	// Stream is a dictionary with its bytes as they stand in the file, still
	// encoded; File.Data decodes them.
	Stream struct {
		Dict Dict
		Raw  []byte
	}
	// keyword is an operator of a content stream or a structural word.
	keyword string
)

func (Null) object()    {}
func (Boolean) object() {}
func (Integer) object() {}
func (Real) object()    {}
func (Name) object()    {}
func (String) object()  {}
func (Array) object()   {}
func (Dict) object()    {}
func (Ref) object()     {}
func (*Stream) object() {}
func (keyword) object() {}

// Clone copies d one level deep, so that keys can be set in the copy.
func (d Dict) Clone() Dict {
	c := make(Dict, len(d)+2)
	for k, v := range d {
		c[k] = v
	}
	return c
}

// Equal says whether two objects are the same by value; references are equal
// when they name the same object, streams when dictionary and raw bytes are.
func Equal(a, b Object) bool {
	switch x := a.(type) {
	case Array:
		y, ok := b.(Array)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case Dict:
		y, ok := b.(Dict)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			w, ok := y[k]
			if !ok || !Equal(v, w) {
				return false
			}
		}
		return true
	case *Stream:
		y, ok := b.(*Stream)
		return ok && Equal(x.Dict, y.Dict) && bytes.Equal(x.Raw, y.Raw)
	}
	switch b.(type) {
	case Array, Dict, *Stream:
		return false
	}
	return a == b
}

// pdfDocEncoding holds the codes of PDFDocEncoding that are not Latin-1
// (Annex D.2); 0 stands for itself.
var pdfDocEncoding = [256]rune{
	0x18: '\u02D8', 0x19: '\u02C7', 0x1A: '\u02C6', 0x1B: '\u02D9', 0x1C: '\u02DD', 0x1D: '\u02DB', 0x1E: '\u02DA', 0x1F: '\u02DC',
	0x80: '\u2022', 0x81: '\u2020', 0x82: '\u2021', 0x83: '\u2026', 0x84: '\u2014', 0x85: '\u2013', 0x86: '\u0192', 0x87: '\u2044',
	0x88: '\u2039', 0x89: '\u203A', 0x8A: '\u2212', 0x8B: '\u2030', 0x8C: '\u201E', 0x8D: '\u201C', 0x8E: '\u201D', 0x8F: '\u2018',
	0x90: '\u2019', 0x91: '\u201A', 0x92: '\u2122', 0x93: '\uFB01', 0x94: '\uFB02', 0x95: '\u0141', 0x96: '\u0152', 0x97: '\u0160',
	0x98: '\u0178', 0x99: '\u017D', 0x9A: '\u0131', 0x9B: '\u0142', 0x9C: '\u0153', 0x9D: '\u0161', 0x9E: '\u017E', 0xA0: '\u20AC',
}

// Text reads the string as a text string (7.9.2.2): UTF-16BE or UTF-8 with a
// byte order mark, PDFDocEncoding otherwise.
func (s String) Text() string {
	switch {
	case len(s) >= 2 && s[0] == 0xFE && s[1] == 0xFF:
		units := make([]uint16, 0, len(s)/2)
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(units))
	case len(s) >= 3 && s[:3] == "\xEF\xBB\xBF":
		return string([]rune(string(s[3:])))
	}
	out := make([]rune, len(s))
	for i := range len(s) {
		if out[i] = pdfDocEncoding[s[i]]; out[i] == 0 {
			out[i] = rune(s[i])
		}
	}
	return string(out)
}

// TextString encodes t as a text string: UTF-16BE with a byte order mark. The
// writer puts strings in hexadecimal, so no byte of it can be taken for a
// parenthesis or a backslash.
func TextString(t string) String {
	units := utf16.Encode([]rune(t))
	out := make([]byte, 2, 2+2*len(units))
	out[0], out[1] = 0xFE, 0xFF
	for _, u := range units {
		out = append(out, byte(u>>8), byte(u))
	}
	return String(out)
}
