package pdf

// readXRefStream reads a cross-reference stream (ISO 32000-2, 7.5.8).
func (f *File) readXRefStream(offset int) (*section, error) {
	x, err := f.indirect(offset, -1, 0)
	if err != nil {
		return nil, err
	}
	st, ok := x.object.(*Stream)
	if !ok || st.Dict["Type"] != Name("XRef") {
		return nil, damaged(offset, "neither a cross-reference table nor stream")
	}
	s := &section{offset: offset, stream: true, trailer: st.Dict, entries: map[int]Entry{}}
	s.start, s.end = f.tail(&parser{b: f.b, pos: x.end})
	data, err := f.Data(st)
	if err != nil {
		return nil, err
	}
	w, err := ints(st.Dict["W"], 3)
	if err != nil {
		return nil, err
	}
	for _, n := range w {
		if n > 4 {
			return nil, broken("cross-reference stream with field widths %v", w)
		}
	}
	size, err := direct(st.Dict, "Size")
	if err != nil {
		return nil, err
	}
	index := []int{0, size}
	if a, ok := st.Dict["Index"].(Array); ok {
		if index, err = ints(a, len(a)); err != nil {
			return nil, err
		}
	}
	return s, streamEntries(s, data, w, index)
}

func streamEntries(s *section, data []byte, w, index []int) error {
	row := w[0] + w[1] + w[2]
	if row == 0 || len(index)%2 != 0 {
		return broken("cross-reference stream without rows")
	}
	for i := 0; i < len(index); i += 2 {
		first, count := index[i], index[i+1]
		if count > len(data)/row || first+count > MaxObjectNum+1 {
			return broken("cross-reference stream shorter than its index")
		}
		if len(s.entries)+count > MaxObjects {
			return limit("more than %d cross-reference entries", MaxObjects)
		}
		for n := first; n < first+count; n++ {
			var v [3]int
			v[0] = 1 // the default type (Table 17)
			at := 0
			for k, width := range w {
				if width > 0 {
					v[k] = bigEndian(data[at : at+width])
				}
				at += width
			}
			data = data[row:]
			if _, twice := s.entries[n]; twice {
				return broken("two entries for object %d", n)
			}
			switch v[0] {
			case 0:
				s.entries[n] = Entry{Kind: Free, Gen: v[2]}
			case 1:
				s.entries[n] = Entry{Kind: InUse, Offset: v[1], Gen: v[2]}
			case 2:
				s.entries[n] = Entry{Kind: Compressed, Container: v[1], Index: v[2]}
			default: // other types read as null (7.5.8.3)
				s.entries[n] = Entry{Kind: Free}
			}
		}
	}
	return nil
}

func bigEndian(b []byte) int {
	v := 0
	for _, c := range b {
		v = v<<8 | int(c)
	}
	return v
}
