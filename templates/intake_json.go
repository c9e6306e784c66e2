package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// Limits of the input JSON. The longest plan on record has about 500 values
// on 9 levels in 40 KB.
const (
	maxInput  = 2 << 20 // bytes
	maxDepth  = 64      // nested objects and arrays
	maxValues = 50_000
	maxKey    = 100 // bytes of a member's name
	maxDigits = 20  // characters of a number
)

// readJSON parses one JSON text to maps, slices, strings, json.Number, bool
// and nil. What makes the text unreadable is the error; what can be read but
// not accepted comes as faults beside the tree.
func readJSON(raw []byte) (any, []record.Fault, error) {
	if len(raw) > maxInput {
		return nil, nil, record.E(record.Invalid, "input-too-large", fmt.Sprintf("Dữ liệu lớn hơn %d MB", maxInput>>20))
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil, record.E(record.Invalid, "input-empty", "Không có dữ liệu JSON nào")
	}
	if !utf8.Valid(raw) {
		at := 0
		for at < len(raw) {
			r, n := utf8.DecodeRune(raw[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		return nil, nil, unreadable("input-encoding", "Dữ liệu không phải UTF-8; hãy lưu tệp JSON với bảng mã UTF-8", "byte không hợp lệ", raw, at, nil)
	}
	if !json.Valid(raw) {
		return nil, nil, syntaxError(raw)
	}
	r := &jsonReader{b: raw}
	v, err := r.value(nil)
	if err != nil {
		return nil, nil, err
	}
	return v, r.faults, nil
}

// syntaxError says where the JSON breaks and, for the usual slips, why.
func syntaxError(raw []byte) error {
	var discard json.RawMessage
	err := json.Unmarshal(raw, &discard)
	at := len(raw)
	var s *json.SyntaxError
	if errors.As(err, &s) {
		at = min(max(int(s.Offset)-1, 0), len(raw))
	}
	before := bytes.TrimRight(raw[:at], " \t\r\n")
	why := "sai cú pháp JSON"
	switch {
	case s != nil && strings.Contains(s.Error(), "max depth"):
		return record.Because(err, record.Invalid, "json-depth", fmt.Sprintf("JSON lồng nhau quá %d tầng", maxDepth))
	case s != nil && strings.Contains(s.Error(), "after top-level value"):
		return unreadable("json-trailing", "Sau dữ liệu JSON còn phần thừa", "phần thừa", raw, at, err)
	case s != nil && strings.Contains(s.Error(), "unexpected end"):
		at, why = len(raw), "JSON bị cắt cụt: thiếu dấu đóng ngoặc hoặc ngoặc kép"
	case at < len(raw) && (raw[at] == '}' || raw[at] == ']') && bytes.HasSuffix(before, []byte(",")):
		why = "thừa dấu phẩy trước dấu đóng ngoặc"
	case at < len(raw) && raw[at] == '\'', bytes.HasPrefix(raw[at:], []byte("“")), bytes.HasPrefix(raw[at:], []byte("”")):
		why = "phải dùng ngoặc kép thẳng \" cho chuỗi"
	case at < len(raw) && raw[at] == '/':
		why = "JSON không được có chú thích"
	case at < len(raw) && (raw[at] == '\n' || raw[at] == '\r' || raw[at] == '\t') && s != nil && strings.Contains(s.Error(), "string literal"):
		why = "trong chuỗi, xuống dòng phải viết là \\n và Tab là \\t"
	case at < len(raw) && raw[at] == '"' && (bytes.HasSuffix(before, []byte(`"`)) || bytes.HasSuffix(before, []byte("}")) || bytes.HasSuffix(before, []byte("]"))):
		why = "thiếu dấu phẩy hoặc dấu hai chấm"
	}
	return unreadable("json-syntax", "Không đọc được JSON", why, raw, at, err)
}

func unreadable(code, message, why string, raw []byte, at int, err error) error {
	line := 1 + bytes.Count(raw[:at], []byte("\n"))
	column := 1 + utf8.RuneCount(raw[bytes.LastIndexByte(raw[:at], '\n')+1:at])
	return &record.Error{Kind: record.Invalid, Code: code, Message: message, Err: err, Faults: []record.Fault{{
		Code: code, Message: why, Place: fmt.Sprintf("dòng %d, cột %d", line, column), Near: vntext.Near(strings.ToValidUTF8(string(raw[max(0, at-120):min(len(raw), at+120)]), "\ufffd"), min(at, 120)),
	}}}
}

// jsonReader walks text that json.Valid has accepted, so it need not doubt the
// grammar; it keeps what encoding/json drops, the second of two equal names.
type jsonReader struct {
	b      []byte
	i      int
	values int
	faults []record.Fault
}

func (r *jsonReader) fault(at []string, code, message string) {
	r.faults = append(r.faults, record.Fault{Pointer: pointer(at), Code: code, Message: message})
}

func (r *jsonReader) blank() {
	for r.i < len(r.b) && (r.b[r.i] == ' ' || r.b[r.i] == '\t' || r.b[r.i] == '\r' || r.b[r.i] == '\n') {
		r.i++
	}
}

func (r *jsonReader) value(at []string) (any, error) {
	if r.values++; r.values > maxValues {
		return nil, record.E(record.Invalid, "input-too-large", fmt.Sprintf("Dữ liệu có hơn %d giá trị", maxValues))
	}
	if len(at) > maxDepth {
		return nil, record.E(record.Invalid, "json-depth", fmt.Sprintf("JSON lồng nhau quá %d tầng", maxDepth))
	}
	r.blank()
	switch c := r.b[r.i]; c {
	case '{':
		return r.object(at)
	case '[':
		return r.array(at)
	case '"':
		s, err := r.text()
		if err != nil {
			return nil, err
		}
		return r.clean(at, s), nil
	case 't':
		r.i += len("true")
		return true, nil
	case 'f':
		r.i += len("false")
		return false, nil
	case 'n':
		r.i += len("null")
		return nil, nil
	}
	return r.number(at), nil
}

func (r *jsonReader) object(at []string) (any, error) {
	out := map[string]any{}
	r.i++
	for {
		r.blank()
		switch r.b[r.i] {
		case '}':
			r.i++
			return out, nil
		case ',':
			r.i++
			continue
		}
		name, err := r.text()
		if err != nil {
			return nil, err
		}
		name = vntext.Normalise(name)
		r.blank()
		r.i++ // the colon
		// The member's own place; the full slice expression keeps siblings apart.
		here := append(at[:len(at):len(at)], name)
		if len(name) > maxKey {
			here = at
			r.fault(at, "name-too-long", fmt.Sprintf("Có tên trường dài hơn %d byte", maxKey))
		}
		v, err := r.value(here)
		if err != nil {
			return nil, err
		}
		if _, twice := out[name]; twice {
			r.fault(here, "duplicate-key", fmt.Sprintf("Trường %q được ghi hai lần", name))
			continue
		}
		if len(name) <= maxKey {
			out[name] = v
		}
	}
}

func (r *jsonReader) array(at []string) (any, error) {
	out := []any{}
	r.i++
	for {
		r.blank()
		switch r.b[r.i] {
		case ']':
			r.i++
			return out, nil
		case ',':
			r.i++
			continue
		}
		v, err := r.value(append(at[:len(at):len(at)], strconv.Itoa(len(out))))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// text reads a string; half a surrogate pair comes out as U+FFFD, which the
// rules for texts refuse.
func (r *jsonReader) text() (string, error) {
	start, escaped := r.i, false
	for r.i++; r.b[r.i] != '"'; r.i++ {
		if r.b[r.i] == '\\' {
			escaped = true
			r.i++
		}
	}
	r.i++
	if !escaped {
		return string(r.b[start+1 : r.i-1]), nil
	}
	var s string
	if err := json.Unmarshal(r.b[start:r.i], &s); err != nil {
		return "", record.Because(err, record.Internal, "json-string", "Không đọc được chuỗi JSON")
	}
	return s, nil
}

// number keeps whole numbers exactly and writes them one way: 2, 2.0 and 2e0
// are the same number and must give the same digest.
func (r *jsonReader) number(at []string) json.Number {
	start := r.i
	for r.i < len(r.b) && strings.IndexByte("+-.0123456789eE", r.b[r.i]) >= 0 {
		r.i++
	}
	s := string(r.b[start:r.i])
	f, err := strconv.ParseFloat(s, 64)
	if len(s) > maxDigits || err != nil || f > 1e15 || f < -1e15 {
		r.fault(at, "number-range", "Số quá lớn hoặc quá dài")
		return "0"
	}
	return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
}
