package pdf

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Font is a TrueType font program read far enough to embed a few of its
// glyphs.
type Font struct {
	tables  map[string][]byte
	units   float64
	long    bool // long offsets in loca
	glyphs  int
	metrics int // entries of hmtx with an advance
	cmap    map[rune]int

	mu         sync.Mutex
	remembered struct {
		runes  string
		file   *Stream
		glyphs map[rune]int
	}
}

// MaxFontSize bounds a font program, in bytes.
const MaxFontSize = 64 << 20

// ParseFont reads a TrueType font program (not a collection, not CFF
// outlines: those are ErrUnsupported).
func ParseFont(b []byte) (*Font, error) {
	if len(b) > MaxFontSize {
		return nil, limit("font of %d bytes", len(b))
	}
	if len(b) < 12 || binary.BigEndian.Uint32(b) != 0x00010000 && string(b[:4]) != "true" {
		return nil, unsupported("not a TrueType font program")
	}
	f := &Font{tables: map[string][]byte{}}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if len(b) < 12+16*n {
		return nil, broken("font directory")
	}
	for i := range n {
		e := b[12+16*i:]
		at, size := int64(binary.BigEndian.Uint32(e[8:])), int64(binary.BigEndian.Uint32(e[12:]))
		if at+size > int64(len(b)) {
			return nil, broken("font table %q outside the file", e[:4])
		}
		f.tables[string(e[:4])] = b[at : at+size]
	}
	for tag, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 32, "hmtx": 4, "loca": 4, "glyf": 0, "cmap": 4} {
		if t, ok := f.tables[tag]; !ok || len(t) < least {
			return nil, unsupported("a font program without table " + tag)
		}
	}
	f.units = float64(f.u16("head", 18))
	f.long = f.u16("head", 50) != 0
	f.glyphs = f.u16("maxp", 4)
	f.metrics = f.u16("hhea", 34)
	if f.units < 16 || f.metrics == 0 || f.metrics > f.glyphs || len(f.tables["hmtx"]) < 4*f.metrics ||
		len(f.tables["loca"]) < (f.glyphs+1)*map[bool]int{false: 2, true: 4}[f.long] {
		return nil, broken("font tables disagree")
	}
	var err error
	f.cmap, err = f.readCharacters()
	return f, err
}

func (f *Font) u16(tag string, at int) int { return int(binary.BigEndian.Uint16(f.tables[tag][at:])) }
func (f *Font) i16(tag string, at int) int { return int(int16(f.u16(tag, at))) }

// readCharacters reads the format 4 subtable for Windows Unicode.
func (f *Font) readCharacters() (map[rune]int, error) {
	t := f.tables["cmap"]
	for i := range f.u16("cmap", 2) {
		if len(t) < 4+8*i+8 {
			break
		}
		e := t[4+8*i:]
		at := int(binary.BigEndian.Uint32(e[4:]))
		if binary.BigEndian.Uint32(e) != 3<<16|1 || at+14 > len(t) || binary.BigEndian.Uint16(t[at:]) != 4 {
			continue
		}
		return readFormat4(t[at:])
	}
	return nil, unsupported("a font without Unicode characters")
}

func readFormat4(t []byte) (map[rune]int, error) {
	get := func(at int) int {
		if at < 0 || at+2 > len(t) {
			return 0
		}
		return int(binary.BigEndian.Uint16(t[at:]))
	}
	segments := get(6) / 2
	if len(t) < 16+8*segments {
		return nil, broken("font character map")
	}
	out := map[rune]int{}
	next := 0
	for s := range segments {
		last, first := get(14+2*s), get(16+2*segments+2*s)
		delta, offsetAt := get(16+4*segments+2*s), 16+6*segments+2*s
		offset := get(offsetAt)
		if first < next || last < first { // segments ascend, so all together are walked once
			return nil, broken("font character map")
		}
		next = last + 1
		for c := first; c <= last && c < 0xFFFF; c++ {
			g := c
			if offset != 0 {
				if g = get(offsetAt + offset + 2*(c-first)); g == 0 {
					continue
				}
			}
			if g = (g + delta) & 0xFFFF; g != 0 {
				out[rune(c)] = g
			}
		}
	}
	return out, nil
}

// Advance is the width of r in em; ok is false when the font lacks it.
func (f *Font) Advance(r rune) (em float64, ok bool) {
	g, ok := f.cmap[r]
	if !ok || g >= f.glyphs {
		return 0, false
	}
	return float64(f.u16("hmtx", 4*min(g, f.metrics-1))) / f.units, true
}

// Ascent and Descent are the line's extent about the baseline in em, the
// descent negative.
func (f *Font) Ascent() float64  { return float64(f.i16("hhea", 4)) / f.units }
func (f *Font) Descent() float64 { return float64(f.i16("hhea", 6)) / f.units }

func (f *Font) glyph(g int) ([]byte, error) {
	if g >= f.glyphs {
		return nil, broken("glyph %d of %d", g, f.glyphs)
	}
	var from, to int
	if f.long {
		loca := f.tables["loca"]
		from, to = int(binary.BigEndian.Uint32(loca[4*g:])), int(binary.BigEndian.Uint32(loca[4*g+4:]))
	} else {
		from, to = 2*f.u16("loca", 2*g), 2*f.u16("loca", 2*g+2)
	}
	if from > to || to > len(f.tables["glyf"]) {
		return nil, broken("glyph %d outside its table", g)
	}
	return f.tables["glyf"][from:to], nil
}

// components yields the byte positions in a composite glyph where the numbers
// of its parts stand.
func components(g []byte) ([]int, error) {
	if len(g) < 10 || int16(binary.BigEndian.Uint16(g)) >= 0 {
		return nil, nil
	}
	var out []int
	for at := 10; ; {
		if at+4 > len(g) {
			return nil, broken("composite glyph")
		}
		flags := binary.BigEndian.Uint16(g[at:])
		out = append(out, at+2)
		at += 6
		if flags&0x0001 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&0x0008 != 0:
			at += 2
		case flags&0x0040 != 0:
			at += 4
		case flags&0x0080 != 0:
			at += 8
		}
		if flags&0x0020 == 0 { // no more components
			return out, nil
		}
	}
}

// subset builds a font program of the glyphs for runes, renumbered from 1,
// with hinting kept so that digits look like their neighbours.
func (f *Font) subset(runes []rune) (program []byte, glyphs map[rune]int, err error) {
	runes = slices.Clone(runes)
	slices.Sort(runes)
	runes = slices.Compact(runes)
	renumber, order, codes := map[int]int{0: 0}, []int{0}, map[rune]int{}
	take := func(g int) int {
		n, ok := renumber[g]
		if !ok {
			n = len(order)
			renumber[g] = n
			order = append(order, g)
		}
		return n
	}
	for _, r := range runes {
		g, ok := f.cmap[r]
		if !ok {
			return nil, nil, unsupported(fmt.Sprintf("the font has no %q", r))
		}
		codes[r] = take(g)
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(order); i++ { // parts of composites join at the end
		g, err := f.glyph(order[i])
		if err != nil {
			return nil, nil, err
		}
		g = slices.Clone(g)
		parts, err := components(g)
		if err != nil {
			return nil, nil, err
		}
		for _, at := range parts {
			if len(order) > 4096 || len(glyf) > 1<<20 {
				return nil, nil, limit("a glyph of thousands of parts")
			}
			binary.BigEndian.PutUint16(g[at:], uint16(take(int(binary.BigEndian.Uint16(g[at:])))))
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, g...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = append(hmtx, f.metric(order[i])...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	tables := map[string][]byte{"glyf": glyf, "loca": loca, "hmtx": hmtx, "cmap": format4(codes),
		"head": slices.Clone(f.tables["head"]), "hhea": slices.Clone(f.tables["hhea"]), "maxp": slices.Clone(f.tables["maxp"])}
	binary.BigEndian.PutUint16(tables["head"][50:], 1)
	binary.BigEndian.PutUint16(tables["hhea"][34:], uint16(len(order)))
	binary.BigEndian.PutUint16(tables["maxp"][4:], uint16(len(order)))
	for _, tag := range []string{"cvt ", "fpgm", "prep"} {
		if t, ok := f.tables[tag]; ok {
			tables[tag] = t
		}
	}
	return assemble(tables), codes, nil
}

// metric is advance and left side bearing of glyph g.
func (f *Font) metric(g int) []byte {
	t := f.tables["hmtx"]
	if g < f.metrics {
		return t[4*g : 4*g+4]
	}
	out := slices.Clone(t[4*f.metrics-4 : 4*f.metrics])
	if at := 4*f.metrics + 2*(g-f.metrics); at+2 <= len(t) {
		copy(out[2:], t[at:at+2])
	}
	return out
}

// format4 writes a character map for Windows Unicode, one segment a character.
func format4(codes map[rune]int) []byte {
	runes := slices.Sorted(maps.Keys(codes))
	n := len(runes) + 1
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	var b []byte
	put := func(vs ...int) {
		for _, v := range vs {
			b = binary.BigEndian.AppendUint16(b, uint16(v))
		}
	}
	put(0, 1, 3, 1, 0, 12) // version, one subtable: platform 3, encoding 1, at byte 12
	put(4, 16+8*n, 0, 2*n, 2*power, log, 2*n-2*power)
	for _, r := range runes {
		put(int(r))
	}
	put(0xFFFF, 0)
	for _, r := range runes {
		put(int(r))
	}
	put(0xFFFF)
	for _, r := range runes {
		put(codes[r] - int(r))
	}
	put(1)
	for range n {
		put(0)
	}
	return b
}

// assemble writes the tables with their directory and checksums.
func assemble(tables map[string][]byte) []byte {
	tags := slices.Sorted(maps.Keys(tables))
	n := len(tags)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	head := tables["head"]
	binary.BigEndian.PutUint32(head[8:], 0)
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 * power, log, 16 * (n - power)} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at, headAt := 12+16*n, 0
	for _, tag := range tags {
		if tag == "head" {
			headAt = at
		}
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(tables[tag]))
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tables[tag])))
		at += (len(tables[tag]) + 3) &^ 3
	}
	for _, tag := range tags {
		out = append(out, tables[tag]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	var sum uint32
	for i := 0; i < len(b); i += 4 {
		var word [4]byte
		copy(word[:], b[i:])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}
