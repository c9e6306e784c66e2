package pdf

import (
	"bytes"
	"math"
	"strconv"
)

// parser reads objects from b starting at pos.
type parser struct {
	b     []byte
	pos   int
	depth int
	// noRefs is set for content streams, where "1 0 R" has no meaning.
	noRefs bool
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skip passes white space and comments.
func (p *parser) skip() {
	for p.pos < len(p.b) {
		c := p.b[p.pos]
		switch {
		case isSpace(c):
			p.pos++
		case c == '%':
			for p.pos < len(p.b) && p.b[p.pos] != '\n' && p.b[p.pos] != '\r' {
				p.pos++
			}
		default:
			return
		}
	}
}

// object reads the next object; a bare word comes back as keyword, the end of
// the bytes as nil.
func (p *parser) object() (Object, error) {
	p.skip()
	if p.pos >= len(p.b) {
		return nil, nil
	}
	c := p.b[p.pos]
	switch {
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		return p.number()
	case c == '/':
		return p.name()
	case c == '(':
		return p.literal()
	case c == '<':
		if p.pos+1 < len(p.b) && p.b[p.pos+1] == '<' {
			return p.dict()
		}
		return p.hex()
	case c == '[':
		return p.array()
	case isRegular(c):
		return p.word(), nil
	}
	return nil, damaged(p.pos, "unexpected %q", c)
}

// value is object where a keyword or the end is an error.
func (p *parser) value() (Object, error) {
	at := p.pos
	o, err := p.object()
	if err != nil {
		return nil, err
	}
	switch k := o.(type) {
	case nil:
		return nil, damaged(at, "the file ends inside an object")
	case keyword:
		return nil, damaged(at, "unexpected word %.20q", string(k))
	}
	return o, nil
}

func (p *parser) word() Object {
	start := p.pos
	for p.pos < len(p.b) && isRegular(p.b[p.pos]) {
		p.pos++
	}
	switch w := p.b[start:p.pos]; string(w) {
	case "true":
		return Boolean(true)
	case "false":
		return Boolean(false)
	case "null":
		return Null{}
	default:
		return keyword(w)
	}
}

func (p *parser) number() (Object, error) {
	start := p.pos
	for p.pos < len(p.b) && isRegular(p.b[p.pos]) {
		p.pos++
	}
	w := string(p.b[start:p.pos])
	if n, err := strconv.ParseInt(w, 10, 64); err == nil {
		if !p.noRefs && n >= 0 && n <= MaxObjectNum && isDigit(w[0]) {
			if r, ok := p.reference(int(n)); ok {
				return r, nil
			}
		}
		return Integer(n), nil
	}
	for i := range len(w) {
		if c := w[i]; !isDigit(c) && c != '.' && (i > 0 || c != '+' && c != '-') {
			return nil, damaged(start, "%.20q is not a number", w)
		}
	}
	v, err := strconv.ParseFloat(w, 64)
	if err != nil || math.IsInf(v, 0) {
		return nil, damaged(start, "%.20q is not a number", w)
	}
	return Real(v), nil
}

// reference looks behind an integer for "gen R".
func (p *parser) reference(num int) (Ref, bool) {
	q := p.pos
	for q < len(p.b) && isSpace(p.b[q]) {
		q++
	}
	start := q
	gen := 0
	for q < len(p.b) && isDigit(p.b[q]) && q-start < 6 {
		gen = gen*10 + int(p.b[q]-'0')
		q++
	}
	if q == start || gen > 65535 {
		return Ref{}, false
	}
	end := q
	for q < len(p.b) && isSpace(p.b[q]) {
		q++
	}
	if q == end || q >= len(p.b) || p.b[q] != 'R' || q+1 < len(p.b) && isRegular(p.b[q+1]) {
		return Ref{}, false
	}
	p.pos = q + 1
	return Ref{num, gen}, true
}

func (p *parser) name() (Object, error) {
	p.pos++
	start := p.pos
	escaped := false
	for p.pos < len(p.b) && isRegular(p.b[p.pos]) {
		escaped = escaped || p.b[p.pos] == '#'
		p.pos++
	}
	w := p.b[start:p.pos]
	if !escaped {
		return Name(w), nil
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			hi, lo := unhex(w[i+1]), unhex(w[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return Name(out), nil
}

func unhex(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (p *parser) hex() (Object, error) {
	start := p.pos
	p.pos++
	end := bytes.IndexByte(p.b[p.pos:], '>')
	if end < 0 {
		p.pos = len(p.b)
		return nil, damaged(start, "a hexadecimal string does not end")
	}
	out := make([]byte, 0, end/2+1)
	half := -1
	for _, c := range p.b[p.pos : p.pos+end] {
		v := unhex(c)
		switch {
		case isSpace(c):
		case v < 0:
			return nil, damaged(start, "%q in a hexadecimal string", c)
		case half < 0:
			half = v
		default:
			out = append(out, byte(half<<4|v))
			half = -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	p.pos += end + 1
	return String(out), nil
}

func (p *parser) literal() (Object, error) {
	start := p.pos
	p.pos++
	var out []byte
	for open := 1; p.pos < len(p.b); p.pos++ {
		c := p.b[p.pos]
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				p.pos++
				return String(out), nil
			}
		case '\r': // any end of line reads as one line feed (7.3.4.2)
			if p.pos+1 < len(p.b) && p.b[p.pos+1] == '\n' {
				p.pos++
			}
			c = '\n'
		case '\\':
			if p.pos+1 >= len(p.b) {
				continue
			}
			p.pos++
			out = p.escape(out)
			continue
		}
		out = append(out, c)
	}
	return nil, damaged(start, "a string does not end")
}

// escape appends what the escape sequence whose second byte is at pos means,
// and leaves pos on its last byte.
func (p *parser) escape(out []byte) []byte {
	c := p.b[p.pos]
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if p.pos+1 < len(p.b) && p.b[p.pos+1] == '\n' {
			p.pos++
		}
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	v := int(c - '0')
	for i := 0; i < 2 && p.pos+1 < len(p.b) && p.b[p.pos+1] >= '0' && p.b[p.pos+1] <= '7'; i++ {
		p.pos++
		v = v<<3 | int(p.b[p.pos]-'0')
	}
	return append(out, byte(v))
}

func (p *parser) enter() error {
	if p.depth++; p.depth > MaxDepth {
		return limit("more than %d levels of nesting at byte %d", MaxDepth, p.pos)
	}
	return nil
}

func (p *parser) array() (Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	p.pos++
	out := Array{}
	for {
		p.skip()
		if p.pos < len(p.b) && p.b[p.pos] == ']' {
			p.pos++
			p.depth--
			return out, nil
		}
		o, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
}

// dict refuses a key that comes twice: readers differ in which one they
// take, so such a file shows different things to different people.
func (p *parser) dict() (Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	p.pos += 2
	out := Dict{}
	var nulls []Name
	for {
		p.skip()
		if p.pos < len(p.b) && p.b[p.pos] == '>' {
			if p.pos+1 >= len(p.b) || p.b[p.pos+1] != '>' {
				return nil, damaged(p.pos, "a dictionary ends with a single >")
			}
			p.pos += 2
			p.depth--
			for _, k := range nulls { // a null value is the same as none (7.3.7)
				delete(out, k)
			}
			return out, nil
		}
		at := p.pos
		k, err := p.value()
		if err != nil {
			return nil, err
		}
		key, ok := k.(Name)
		if !ok {
			return nil, damaged(at, "a dictionary key is not a name")
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if _, twice := out[key]; twice {
			return nil, damaged(at, "key /%.40s stands twice in one dictionary", key)
		}
		out[key] = v
		if _, null := v.(Null); null {
			nulls = append(nulls, key)
		}
	}
}
