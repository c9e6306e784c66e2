package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
)

// appendObject writes o in PDF syntax. Strings come out in hexadecimal, keys
// sorted, so that equal objects are equal bytes.
func appendObject(dst []byte, o Object) []byte {
	switch x := o.(type) {
	case nil, Null:
		return append(dst, "null"...)
	case Boolean:
		return strconv.AppendBool(dst, bool(x))
	case Integer:
		return strconv.AppendInt(dst, int64(x), 10)
	case Real:
		return appendReal(dst, float64(x))
	case Name:
		return appendName(dst, x)
	case String:
		dst = append(dst, '<')
		dst = hex.AppendEncode(dst, []byte(x))
		return append(dst, '>')
	case Ref:
		return fmt.Appendf(dst, "%d %d R", x.Num, x.Gen)
	case Array:
		dst = append(dst, '[')
		for i, v := range x {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = appendObject(dst, v)
		}
		return append(dst, ']')
	case Dict:
		dst = append(dst, "<<"...)
		keys := make([]Name, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			dst = appendName(dst, k)
			dst = append(dst, ' ')
			dst = appendObject(dst, x[k])
		}
		return append(dst, ">>"...)
	case *Stream:
		d := x.Dict.Clone()
		d["Length"] = Integer(len(x.Raw))
		dst = appendObject(dst, d)
		dst = append(dst, "\nstream\n"...)
		dst = append(dst, x.Raw...)
		return append(dst, "\nendstream"...)
	case *Hole:
		x.Offset = len(dst)
		return append(dst, bytes.Repeat([]byte{' '}, x.Width)...)
	}
	panic(fmt.Sprintf("pdf: cannot write %T", o)) // Object is sealed: a defect of this package
}

// appendReal writes the shortest decimal that reads back as v: an object that
// is written again with one key changed must not change in another.
func appendReal(dst []byte, v float64) []byte {
	if v == 0 {
		v = 0 // not -0
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

func appendName(dst []byte, n Name) []byte {
	dst = append(dst, '/')
	for i := range len(n) {
		if c := n[i]; c > ' ' && c < 0x7F && isRegular(c) && c != '#' {
			dst = append(dst, c)
		} else {
			dst = fmt.Appendf(dst, "#%02X", c)
		}
	}
	return dst
}

// Flate makes a FlateDecode stream of data; d gets the filter added.
func Flate(d Dict, data []byte) *Stream {
	d = d.Clone()
	d["Filter"] = Name("FlateDecode")
	return &Stream{Dict: d, Raw: deflate(data)}
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data) // a bytes.Buffer does not fail
	w.Close()
	return b.Bytes()
}

// Hole is room of Width bytes that the caller fills after the update is
// written; Offset then says where in the whole file it lies. It is an Object
// so that it can stand as a value in a dictionary.
type Hole struct{ Width, Offset int }

func (*Hole) object() {}
