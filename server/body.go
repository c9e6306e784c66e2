package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// member is one value that a route takes, in the JSON body or the URL's query.
type member struct {
	name     string
	kind     string // "string", "integer", "boolean", "strings", and among parts "file"
	doc      string // Vietnamese: what it is
	required bool
	max      int      // characters of a string, items of strings, the largest integer, bytes of a file; 0 for the usual
	pattern  string   // of a string
	enum     []string // of a string, or of each of strings
	secret   bool     // never repeated in a message
}

const (
	usualLength = 2000
	usualItems  = 50
	maxFaults   = 100
)

// values are the members that were given: string, int, bool or []string.
type values map[string]any

func (v values) text(name string) string {
	s, _ := v[name].(string)
	return s
}

func (v values) yes(name string) bool {
	b, _ := v[name].(bool)
	return b
}

func (v values) number(name string) int {
	n, _ := v[name].(int)
	return n
}

func (v values) list(name string) []string {
	l, _ := v[name].([]string)
	return l
}

// readBody reads a JSON object of exactly these members; an empty body is an
// object without any. All faults come in one error.
func readBody(r *http.Request, members []member) (values, error) {
	raw, err := readAll(r, "application/json")
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("{}")
	}
	out, seen, faults := values{}, map[string]bool{}, []record.Fault(nil)
	err = eachMember(raw, func(name string, raw json.RawMessage) {
		i := slices.IndexFunc(members, func(m member) bool { return m.name == name })
		switch {
		case len(faults) >= maxFaults:
		case seen[name]:
			faults = append(faults, record.Fault{Pointer: "/" + escape(name), Code: "duplicate-key", Message: fmt.Sprintf("Trường %q được ghi hai lần", clip(name))})
		case i < 0:
			faults = append(faults, record.Fault{Pointer: "/" + escape(name), Code: "additional-property", Message: fmt.Sprintf("Không có trường %q ở đây", clip(name))})
		default:
			v, found := members[i].fromJSON(raw)
			if faults = append(faults, found...); v != nil {
				out[name] = v
			}
		}
		if len(seen) < maxFaults+len(members) {
			seen[name] = true
		}
	})
	if err != nil {
		return nil, err
	}
	return finish(out, faults, members, "body-invalid", "Nội dung gửi lên chưa đúng")
}

// eachMember shows the members of a JSON object in their order, repeated ones
// too.
func eachMember(raw []byte, see func(name string, value json.RawMessage)) error {
	syntax := malformed("json-syntax", "Nội dung gửi lên không phải là một đối tượng JSON")
	if !utf8.Valid(raw) {
		return malformed("encoding", "Nội dung gửi lên không phải là chữ UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return syntax
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return syntax
		}
		see(name, value)
	}
	if _, err := d.Token(); err != nil {
		return syntax
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed("json-trailing", "Sau đối tượng JSON còn nội dung thừa")
	}
	return nil
}

// readQuery reads the URL's query; names that no member has are refused, for a
// misspelt filter would otherwise show everything.
func readQuery(r *http.Request, members []member) (values, error) {
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, malformed("query-syntax", "Phần tham số của địa chỉ không đúng dạng")
	}
	return readValues(given, members)
}

func readValues(given url.Values, members []member) (values, error) {
	out, faults := values{}, []record.Fault(nil)
	for name, all := range given {
		i := slices.IndexFunc(members, func(m member) bool { return m.name == name })
		if i < 0 {
			faults = append(faults, record.Fault{Pointer: "/" + escape(name), Code: "additional-property", Message: fmt.Sprintf("Không có tham số %q ở đây", clip(name))})
			continue
		}
		m := members[i]
		var v any
		var found []record.Fault
		// A form sends the fields that nobody filled in as well.
		all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
		switch {
		case len(all) == 0:
			continue
		case m.kind == "strings":
			v, found = m.fromStrings(all)
		case len(all) > 1:
			found = m.fault("", "repeated", "chỉ được nêu một lần")
		case m.kind == "integer":
			n, err := strconv.Atoi(all[0])
			if err != nil {
				found = m.fault("", "type", "phải là số nguyên")
			} else {
				v, found = m.fromInteger(n)
			}
		default:
			v, found = m.fromString("", all[0])
		}
		if faults = append(faults, found...); v != nil {
			out[name] = v
		}
	}
	return finish(out, faults, members, "query-invalid", "Tham số tra cứu chưa đúng")
}

func finish(out values, faults []record.Fault, members []member, code, message string) (values, error) {
	for _, m := range members {
		_, given := out[m.name]
		said := slices.ContainsFunc(faults, func(f record.Fault) bool { return strings.HasPrefix(f.Pointer+"/", "/"+m.name+"/") })
		if m.required && !given && !said {
			faults = append(faults, record.Fault{Pointer: "/" + m.name, Code: "required", Message: "Thiếu " + m.name + ": " + m.doc})
		}
	}
	slices.SortFunc(faults, func(a, b record.Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return out, record.Faulty(code, message, faults[:min(len(faults), maxFaults)])
}

func (m member) fault(sub, code, message string) []record.Fault {
	return []record.Fault{{Pointer: "/" + m.name + sub, Code: code, Message: m.name + " " + message}}
}

func (m member) fromJSON(raw json.RawMessage) (any, []record.Fault) {
	var (
		s   string
		n   json.Number
		b   bool
		all []string
	)
	switch {
	case m.kind == "string" && json.Unmarshal(raw, &s) == nil && string(raw) != "null":
		return m.fromString("", s)
	case m.kind == "integer" && raw[0] != '"' && json.Unmarshal(raw, &n) == nil && string(raw) != "null":
		i, err := strconv.Atoi(n.String())
		if err != nil {
			return nil, m.fault("", "type", "phải là số nguyên")
		}
		return m.fromInteger(i)
	case m.kind == "boolean" && json.Unmarshal(raw, &b) == nil && string(raw) != "null":
		return b, nil
	case m.kind == "strings" && json.Unmarshal(raw, &all) == nil && all != nil:
		return m.fromStrings(all)
	}
	return nil, m.fault("", "type", "phải là "+map[string]string{"string": "chữ", "integer": "số nguyên", "boolean": "true hoặc false", "strings": "danh sách chữ"}[m.kind])
}

func (m member) fromString(sub, s string) (any, []record.Fault) {
	most := m.max
	if most == 0 {
		most = usualLength
	}
	if !m.secret {
		s = strings.TrimSpace(norm.NFC.String(s))
	}
	switch {
	case !utf8.ValidString(s), strings.ContainsRune(s, utf8.RuneError), strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7F }):
		return nil, m.fault(sub, "encoding", "có ký tự không được nhận")
	case s == "" && m.required:
		return nil, m.fault(sub, "required", "không được để trống")
	case utf8.RuneCountInString(s) > most:
		return nil, m.fault(sub, "max-length", fmt.Sprintf("nhiều nhất %d ký tự", most))
	case m.enum != nil && s != "" && !slices.Contains(m.enum, s):
		return nil, m.fault(sub, "enum", "phải là một trong: "+strings.Join(m.enum, ", "))
	case m.pattern != "" && s != "" && !regexp.MustCompile(m.pattern).MatchString(s):
		return nil, m.fault(sub, "pattern", "không đúng dạng: "+m.doc)
	}
	return s, nil
}

func (m member) fromStrings(all []string) (any, []record.Fault) {
	most := m.max
	if most == 0 {
		most = usualItems
	}
	if len(all) > most {
		return nil, m.fault("", "max-items", fmt.Sprintf("nhiều nhất %d mục", most))
	}
	one, out, faults := m, []string{}, []record.Fault(nil)
	one.max, one.required = 0, true
	for i, s := range all {
		v, found := one.fromString(fmt.Sprintf("/%d", i), s)
		if faults = append(faults, found...); v != nil {
			out = append(out, v.(string))
		}
	}
	if m.required && len(all) == 0 {
		faults = m.fault("", "required", "phải có ít nhất một mục")
	}
	return out, faults
}

func (m member) fromInteger(n int) (any, []record.Fault) {
	if n < 0 || m.max > 0 && n > m.max {
		return nil, m.fault("", "range", fmt.Sprintf("phải từ 0 đến %d", m.max))
	}
	return n, nil
}

func malformed(code, message string) error {
	return record.Faulty(code, message, []record.Fault{{Code: code, Message: message}})
}

// readAll reads the body of a request, which must be of the media type if it
// says of which it is.
func readAll(r *http.Request, media string) ([]byte, error) {
	if h := r.Header.Get("Content-Type"); h != "" {
		kind, _, err := mime.ParseMediaType(h)
		if err != nil || kind != media && kind != "application/octet-stream" {
			return nil, refusal(http.StatusUnsupportedMediaType, "media-type", "Nội dung gửi lên phải là "+media)
		}
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return nil, err
		}
		return nil, record.Because(err, record.Invalid, "body-unreadable", "Không nhận được hết nội dung gửi lên")
	}
	return raw, nil
}

func escape(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(clip(name)) }

func clip(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "…"
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }
