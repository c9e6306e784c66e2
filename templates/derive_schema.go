package templates

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"vanthu/record"
	"vanthu/templates/filter"
)

const (
	// maxNested bounds groups in groups: no page of a form could show more.
	maxNested = 12

	derivedItems  = 1000   // of a list
	derivedText   = 10_000 // characters of a text
	derivedBlocks = 100_000
	mostPlaces    = 4 // that a description names
)

// schema is the JSON Schema (2020-12) of the content that a form asks for; the
// error tells every name that is used in two ways.
func (d *deriver) schema(id, title string) ([]byte, error) {
	whole := &members{}
	whole.set("$schema", quoted("https://json-schema.org/draft/2020-12/schema"))
	whole.set("$id", quoted(contentID(id)))
	whole.set("title", quoted("Nội dung: "+title))
	whole.set("description", quoted("Lược đồ lập từ các thẻ của mẫu; quản trị viên có thể sửa lại."))
	whole.set("x-numbered", []byte("false"))
	whole.join(d.object(d.content, 1))
	if len(d.faults) > 0 {
		return nil, refused(d.faults)
	}
	return indented(whole.json())
}

// warnings tell the plain names that are the service's: who wrote the form may
// have meant something else.
func (d *deriver) warnings() []record.Fault {
	all := []record.Fault{}
	for _, t := range d.borrows {
		all = append(all, record.Fault{Code: "name-of-service", Tag: t.text, Part: t.site.part, Place: t.site.place(), Near: t.site.near,
			Message: fmt.Sprintf("Thẻ {%s} in giá trị của dịch vụ, không phải dữ liệu riêng của mẫu; muốn nhập riêng thì viết {content.%s}", t.text, t.path[0])})
	}
	return bound(slices.Compact(all))
}

func (m *members) join(more *members) {
	for i, name := range more.names {
		m.set(name, more.values[i])
	}
}

// contentID is the $id of the content's schema: references in it start from
// there, wherever it is put.
func contentID(id string) string { return "urn:vanthu:content:" + id }

// object is the schema of a group.
func (d *deriver) object(a *asked, depth int) *members {
	properties := &members{}
	required := []string{}
	for _, name := range a.order {
		x := a.names[name]
		properties.set(name, d.property(x, depth).json())
		if x.needed && !x.absent {
			required = append(required, name)
		}
	}
	s := &members{}
	s.set("type", quoted("object"))
	s.set("additionalProperties", []byte("false"))
	if len(required) > 0 {
		names, _ := json.Marshal(required) // strings never fail
		s.set("required", names)
	}
	s.set("properties", properties.json())
	return s
}

func (d *deriver) property(a *ask, depth int) *members {
	s := &members{}
	s.set("title", quoted(humanised(a.name)))
	s.set("description", quoted(a.places()))
	if (a.kind == askGroup || a.kind == askGroups) && depth > maxNested {
		d.tooDeep(a)
		return s
	}
	list := func(items *members) {
		s.set("type", quoted("array"))
		if !a.absent && a.needed {
			s.set("minItems", []byte("1"))
		}
		s.set("maxItems", []byte(fmt.Sprint(derivedItems)))
		s.set("items", items.json())
	}
	switch a.kind {
	case askGroup:
		s.join(d.object(a.group(), depth+1))
	case askGroups:
		items := &members{}
		items.set("title", quoted(humanised(a.name)))
		items.set("description", quoted("Một mục của danh sách."))
		items.join(d.object(a.group(), depth+1))
		list(items)
	case askTexts:
		items := &members{}
		items.set("title", quoted(humanised(a.name)))
		items.set("description", quoted("Một mục của danh sách."))
		a.text(items)
		list(items)
	case askText:
		a.text(s)
	default:
		s.set("type", quoted("boolean"))
	}
	return s
}

// imageProperties are what {%x} prints.
const imageProperties = `{
	"data": {"title": "Tệp hình", "description": "PNG hoặc JPEG viết bằng base64.", "type": "string", "contentEncoding": "base64", "minLength": 1},
	"alt": {"title": "Lời tả hình", "description": "Cho người không nhìn thấy hình.", "type": "string", "maxLength": 500},
	"width_mm": {"title": "Bề rộng", "description": "Tính bằng mi-li-mét; không nêu thì theo độ phân giải của hình.", "type": "number", "exclusiveMinimum": 0, "maximum": 1000}
}`

// text is what a text must be for the tags that print it.
func (a *ask) text(s *members) {
	switch {
	case a.image:
		s.set("type", quoted("object"))
		s.set("additionalProperties", []byte("false"))
		s.set("required", []byte(`["data"]`))
		s.set("properties", []byte(imageProperties))
	case a.takes == filter.Date:
		s.set("type", quoted("string"))
		s.set("format", quoted("date"))
		s.set("maxLength", []byte("10"))
		s.set("pattern", quoted(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`))
	case a.takes == filter.Number:
		s.set("type", quoted("number"))
	case a.takes == filter.Ordinal:
		s.set("type", quoted("integer"))
		s.set("minimum", []byte("1"))
		s.set("maximum", []byte("3999"))
	default:
		most := derivedText
		if a.blocks {
			most = derivedBlocks
		}
		s.set("type", quoted("string"))
		s.set("minLength", []byte("1"))
		s.set("maxLength", []byte(fmt.Sprint(most)))
		s.set("pattern", quoted(`\S`))
	}
}

// places says where the form asks for a name.
func (a *ask) places() string {
	var where []string
	seen := map[string]bool{}
	for _, t := range a.tags {
		w := "{" + t.text + "}"
		if p := t.site.place(); p != "" {
			w += " ở " + p
		}
		if !strings.HasSuffix(t.site.part, "document.xml") {
			w += " của " + t.site.part
		}
		if !seen[w] {
			seen[w] = true
			where = append(where, w)
		}
	}
	more := ""
	if len(where) > mostPlaces {
		more = fmt.Sprintf(" và %d chỗ khác", len(where)-mostPlaces)
		where = where[:mostPlaces]
	}
	return "Thẻ " + strings.Join(where, ", ") + more + "."
}

func (d *deriver) tooDeep(a *ask) {
	t := a.tags[0]
	d.faults = append(d.faults, record.Fault{Code: "tag-depth", Tag: t.text, Part: t.site.part, Place: t.site.place(), Near: t.site.near,
		Message: fmt.Sprintf("Dữ liệu của thẻ {%s} lồng nhau quá %d tầng", t.text, maxNested)})
}

// camel takes "hoTen" apart; "UBND" and "A4" stay.
func camel(word string) []string {
	var out []string
	start, runes := 0, []rune(word)
	for i := 1; i < len(runes); i++ {
		if unicode.IsUpper(runes[i]) && unicode.IsLower(runes[i-1]) {
			out = append(out, strings.ToLower(string(runes[start:i])))
			start = i
		}
	}
	last := string(runes[start:])
	if start > 0 {
		last = strings.ToLower(last)
	}
	return append(out, last)
}

func upperFirst(s string) string {
	for i, r := range s {
		if i == 0 {
			return string(unicode.ToUpper(r)) + s[len(string(r)):]
		}
	}
	return s
}
