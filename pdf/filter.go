package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
)

// Data decodes the bytes of s. Filters: FlateDecode with predictors,
// ASCIIHexDecode; another one is ErrUnsupported.
func (f *File) Data(s *Stream) ([]byte, error) {
	filters, err := f.listOf(s.Dict["Filter"])
	if err != nil {
		return nil, err
	}
	params, err := f.listOf(s.Dict["DecodeParms"])
	if err != nil {
		return nil, err
	}
	if len(filters) > 4 {
		return nil, limit("a chain of %d filters", len(filters))
	}
	data := s.Raw
	for i, name := range filters {
		var parms Dict
		if i < len(params) {
			if parms, err = As[Dict](f, params[i]); err != nil {
				return nil, err
			}
		}
		switch name {
		case Name("FlateDecode"):
			if data, err = f.inflate(data); err == nil {
				data, err = f.unpredict(data, parms)
			}
		case Name("ASCIIHexDecode"):
			p := &parser{b: append(append([]byte{'<'}, bytes.TrimRight(data, " \r\n\t>")...), '>')}
			var o Object
			if o, err = p.hex(); err == nil {
				data = []byte(o.(String))
			}
		default:
			name, _ := name.(Name)
			return nil, unsupported("filter /" + string(name))
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// listOf reads a value that may stand alone or in an array.
func (f *File) listOf(o Object) (Array, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case Null:
		return nil, nil
	case Array:
		out := make(Array, len(x))
		for i := range x {
			if out[i], err = f.Resolve(x[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return Array{v}, nil
}

func (f *File) inflate(data []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, broken("inflate: %v", err)
	}
	most := min(MaxStreamSize, f.decode)
	out, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	f.decode -= len(out)
	if len(out) > most {
		return nil, limit("a stream inflates beyond %d bytes", most)
	}
	if err != nil {
		return nil, broken("inflate: %v", err)
	}
	return out, nil
}

// unpredict undoes the PNG and TIFF predictors (7.4.4.4), 8 bits and PNG with
// any depth.
func (f *File) unpredict(data []byte, parms Dict) ([]byte, error) {
	get := func(key Name, standard int) (int, error) {
		if parms[key] == nil {
			return standard, nil
		}
		n, err := As[Integer](f, parms[key])
		if err == nil && (n < 1 || n > 1<<20) {
			err = broken("/%s %d", key, n)
		}
		return int(n), err
	}
	predictor, err := get("Predictor", 1)
	if err != nil || predictor == 1 {
		return data, err
	}
	columns, err1 := get("Columns", 1)
	colors, err2 := get("Colors", 1)
	bits, err3 := get("BitsPerComponent", 8)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return nil, err
		}
	}
	if colors > 32 || bits > 16 {
		return nil, broken("predictor with %d colours of %d bits", colors, bits)
	}
	row, pixel := (columns*colors*bits+7)/8, max(1, colors*bits/8)
	switch {
	case predictor == 2 && bits == 8:
		return tiffRows(bytes.Clone(data), row, pixel), nil
	case predictor >= 10 && predictor <= 15:
		return pngRows(bytes.Clone(data), row, pixel)
	}
	return nil, unsupported("predictor")
}

func tiffRows(data []byte, row, pixel int) []byte {
	for start := 0; start < len(data); start += row {
		for i := start + pixel; i < min(start+row, len(data)); i++ {
			data[i] += data[i-pixel]
		}
	}
	return data
}

// pngRows undoes the filter of each row in place.
func pngRows(data []byte, row, pixel int) ([]byte, error) {
	out := data[:0]
	up := make([]byte, row)
	for at := 0; at < len(data); at += row + 1 {
		kind := data[at]
		cur := data[at+1 : min(at+1+row, len(data))]
		for i := range cur {
			var left, corner byte
			if i >= pixel {
				left, corner = cur[i-pixel], up[i-pixel]
			}
			switch kind {
			case 0:
			case 1:
				cur[i] += left
			case 2:
				cur[i] += up[i]
			case 3:
				cur[i] += byte((int(left) + int(up[i])) / 2)
			case 4:
				cur[i] += paeth(left, up[i], corner)
			default:
				return nil, broken("PNG row filter %d", kind)
			}
		}
		// up must be a copy: out overlaps data one byte behind cur.
		copy(up, cur)
		out = append(out, cur...)
	}
	return out, nil
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
