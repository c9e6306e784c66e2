package cms

import (
	"bytes"
	"encoding/binary"
)

// Signers based on other libraries write their SignedData with indefinite
// lengths (X.690, 8.1.3.6), which the hash over the signed attributes must not
// have (RFC 5652, 5.4). So the whole is brought to definite lengths first.

const (
	indefinite  = 0x80
	constructed = 0x20
	maxBERDepth = 32
)

// fromBER rewrites one element with definite lengths; what follows it is kept
// as it is. Octet strings in pieces become whole. Nothing is sorted: whoever
// writes a SET out of order has not signed the order that DER asks for.
func fromBER(in []byte) ([]byte, error) {
	r := berReader{in: in}
	out, err := r.element(0)
	if err != nil {
		return nil, err
	}
	return append(out, r.in...), nil
}

type berReader struct{ in []byte }

func (r *berReader) element(depth int) ([]byte, error) {
	if depth > maxBERDepth || len(r.in) < 2 {
		return nil, malformed("BER")
	}
	tag := r.in[0]
	if tag&0x1f == 0x1f {
		return nil, malformed("BER tag of several bytes")
	}
	length, head := int(r.in[1]), 2
	if length > indefinite {
		n := length & 0x7f
		if n > 4 || len(r.in) < 2+n {
			return nil, malformed("BER length")
		}
		var wide [8]byte
		copy(wide[8-n:], r.in[2:2+n])
		length, head = int(binary.BigEndian.Uint64(wide[:])), 2+n
	} else if length == indefinite {
		if tag&constructed == 0 {
			return nil, malformed("BER length")
		}
		r.in = r.in[2:]
		return r.children(tag, depth, func() bool { return !bytes.HasPrefix(r.in, []byte{0, 0}) }, 2)
	}
	if length > len(r.in)-head {
		return nil, malformed("BER length")
	}
	body := r.in[head : head+length]
	r.in = r.in[head+length:]
	if tag&constructed == 0 {
		return definite(tag, body), nil
	}
	inner := berReader{in: body}
	return inner.children(tag, depth, func() bool { return len(inner.in) > 0 }, 0)
}

// children reads elements while more says so and skips the end that follows.
func (r *berReader) children(tag byte, depth int, more func() bool, end int) ([]byte, error) {
	var body []byte
	whole := tag == 0x24 // an OCTET STRING in pieces
	for more() {
		start := r.in
		child, err := r.element(depth + 1)
		if err != nil {
			return nil, err
		}
		if whole {
			if start[0] != 0x04 {
				return nil, malformed("BER octet string in pieces of another kind")
			}
			child = child[headerSize(child):]
		}
		body = append(body, child...)
	}
	r.in = r.in[end:]
	if whole {
		tag = 0x04
	}
	return definite(tag, body), nil
}

// headerSize is the size of tag and length of an element that definite wrote.
func headerSize(der []byte) int {
	if der[1] < indefinite {
		return 2
	}
	return 2 + int(der[1]&0x7f)
}

func definite(tag byte, body []byte) []byte {
	out := []byte{tag}
	if n := len(body); n < indefinite {
		out = append(out, byte(n))
	} else {
		wide := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, uint32(n)), "\x00")
		out = append(append(out, indefinite|byte(len(wide))), wide...)
	}
	return append(out, body...)
}
