package templates

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// brief says what a schema asks, a line each: "items[].name! text".
func brief(t testing.TB, schema []byte) []string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	return briefly(root, "")
}

func briefly(s map[string]any, at string) []string {
	var out []string
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := properties[name].(map[string]any)
		here := at + name
		mark := ""
		if slices.Contains(required, any(name)) {
			mark = "!"
		}
		for p["type"] == "array" {
			here += "[]"
			if p["minItems"] == nil {
				here += "*"
			}
			p = p["items"].(map[string]any)
		}
		if p["type"] == "object" {
			out = append(out, here+mark)
			out = append(out, briefly(p, here+".")...)
			continue
		}
		kind := fmt.Sprint(p["type"])
		if f, ok := p["format"]; ok {
			kind = fmt.Sprint(f)
		}
		out = append(out, here+mark+" "+kind)
	}
	return out
}

func source(id string, docx []byte) record.TemplateSource {
	return record.TemplateSource{ID: id, Type: "TB", DOCX: docx}
}

func TestDerive(t *testing.T) {
	c := catalogue(t)
	for _, k := range []struct {
		name string
		tags []string // a paragraph each
		want []string
	}{
		{"plain", []string{"{ho_ten} {content.chuc_vu}"}, []string{"chuc_vu! string", "ho_ten! string"}},
		{"filters", []string{"{ngay|long} {so|words} {so} {muc|roman} {ten|upper}"}, []string{"muc! integer", "ngay! date", "so! number", "ten! string"}},
		{"images and blocks", []string{"{%hinh}", "{%%so_do}", "{~~loi}"}, []string{"hinh!", "hinh.alt string", "hinh.data! string", "hinh.width_mm number", "loi! string",
			"so_do!", "so_do.alt string", "so_do.data! string", "so_do.width_mm number"}},
		{"of the file itself", []string{"x"}, []string{"tieu_de! string"}},
		{"groups", []string{"{nguoi.ten} {nguoi.dia_chi.tinh}"}, []string{"nguoi!", "nguoi.dia_chi!", "nguoi.dia_chi.tinh! string", "nguoi.ten! string"}},
		{"texts", []string{"{#can_cu}", "{.}", "{/can_cu}"}, []string{"can_cu[]! string"}},
		{"dates in a list", []string{"{#ngay}{.|date}{/ngay}"}, []string{"ngay[]! date"}},
		{"rows", []string{"{#hang}", "{$1} {ten} {gia|money}", "{#ghi_chu}{ghi_chu}{/}", "{/hang}"},
			[]string{"hang[]!", "hang[].ghi_chu string", "hang[].gia! number", "hang[].ten! string"}},
		{"rows that may be none", []string{"{#hang}{ten}{/hang}{^hang}Không có{/hang}"}, []string{"hang[]*", "hang[]*.ten! string"}},
		{"a question", []string{"{#khan}KHẨN{/khan}{^khan}Thường{/khan}"}, []string{"khan boolean"}},
		{"a question about the rest", []string{"{ten}", "{#co}{ten}{/co}"}, []string{"co boolean", "ten! string"}},
		{"rows with the names of what they are in", []string{"{ten}", "{#con}", "{ten}", "{/con}"}, []string{"con[]!", "con[].ten! string", "ten! string"}},
		{"inside a question", []string{"{#co}Kèm:{/co}{^co}{ly_do}{/co}"}, []string{"co boolean", "ly_do string"}},
		{"a text that may be left out", []string{"{#ghi_chu}Ghi chú: {ghi_chu}{/ghi_chu}"}, []string{"ghi_chu string"}},
		{"a group that may be left out", []string{"{#nguoi}{nguoi.ten}{/nguoi}"}, []string{"nguoi", "nguoi.ten string"}},
		{"loops in loops", []string{"{#phan}{ten}{#muc}{ten}{#y}{.}{/}{/}{/}"}, []string{"phan[]!", "phan[].muc[]!", "phan[].muc[].ten! string", "phan[].muc[].y[]! string", "phan[].ten! string"}},
		{"from the top", []string{"{#muc}{ten} {$.nam_hoc}{/}"}, []string{"muc[]!", "muc[].ten! string", "nam_hoc! string"}},
		{"the service's", []string{"{subject} {issuer.name} {slot.number} {#recipients}{name}{/recipients} {x}"}, []string{"x! string"}},
		{"the service's in a loop", []string{"{#muc}{ten} {issuer.name}{/}"}, []string{"muc[]!", "muc[].ten! string"}},
		{"taken from the service", []string{"{type} {content} {#recipients}{name} {email}{/recipients} {issuer}"},
			[]string{"content! string", "issuer! string", "recipients[]!", "recipients[].email! string", "recipients[].name! string", "type! string"}},
		{"bases", []string{"{#bases}{.}{/bases}"}, []string{"bases[]! string"}},
		{"annexes", []string{"{#content.annexes}{label} {title}{#first}x{/}{/}"}, []string{"annexes[]!", "annexes[].title! string"}},
		{"Vietnamese names", []string{"{Họ và tên}"}, []string{"Họ và tên! string"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			var parts map[string]string
			if k.name == "of the file itself" {
				parts = map[string]string{coreProperties: `<a xmlns:dc="d"><dc:title>{tieu_de}</dc:title></a>`}
			}
			docx := officetest.DOCX(t, officetest.Paragraphs(k.tags...), parts)
			d, err := c.Derive(t.Context(), docx)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(k.want, brief(t, d.Schema)); diff != "" {
				t.Errorf("%s\n%s", diff, d.Schema)
			}
			f, err := c.Compose(t.Context(), source("thu", docx))
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Lacks) != 5 || f.Title != "Thông báo" {
				t.Errorf("lacks %v, title %q", f.Lacks, f.Title)
			}
			if !strings.Contains(string(f.Example), `"template": "thu"`) {
				t.Errorf("example: %s", f.Example)
			}
		})
	}
}

// What contradicts itself is told with both places.
func TestDeriveRefuses(t *testing.T) {
	c := catalogue(t)
	for _, k := range []struct {
		name, tag, code, place, says string
		tags                         []string
	}{
		{"text and group", "a.b", "name-used-two-ways", "đoạn 2", "đoạn 1", []string{"{a}", "{a.b}"}},
		{"date and number", "a|words", "name-used-two-ways", "đoạn 1", "{a|long}", []string{"{a|long} {a|words}"}},
		{"image and text", "a", "name-used-two-ways", "đoạn 2", "{%a}", []string{"{%a}", "{a}"}},
		{"texts and group", ".", "value-not-text", "đoạn 1", "danh sách hoặc nhóm", []string{"{#a}{.}{/a}", "{a.b}"}},
		{"counter in no loop", "$1", "number-outside-loop", "đoạn 1", "vòng lặp", []string{"{#a}{$1}{/a}", "{a.b}"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			_, err := c.Derive(t.Context(), officetest.DOCX(t, officetest.Paragraphs(k.tags...), nil))
			var found bool
			for _, f := range faultsOf(t, err) {
				found = found || f.Tag == k.tag && f.Code == k.code && f.Place == k.place && strings.Contains(f.Message, k.says)
			}
			if !found {
				t.Errorf("got %v", err)
			}
		})
	}
}

// From the tags of the program's own forms comes what their schemas were written
// to say: every name in its place, apart from what only the service reads.
func TestDeriveOwnForms(t *testing.T) {
	c := catalogue(t)
	unprinted := map[string][]string{"ke-hoach-kem-theo": {"articles[].execution", "proposal"}, "quyet-dinh": {"articles[].execution", "proposal"}}
	for _, id := range c.IDs() {
		if id == "quyet-dinh-ban-hanh" { // its attached document, entered as a section, looks like a list
			continue
		}
		form := officetest.Form(t, c, id)
		d, err := c.Derive(t.Context(), form.DOCX)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		want := namesOf(t, form.Content)
		want = slices.DeleteFunc(want, func(n string) bool {
			return slices.Contains(unprinted[id], n) || strings.Contains(n, ".table.") // printed as a whole
		})
		got := namesOf(t, d.Schema)
		for i, n := range got { // a group entered as a section looks like a list
			got[i] = strings.ReplaceAll(n, ".tasks[]", ".tasks")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
}

// namesOf are the places that a schema has, in order.
func namesOf(t testing.TB, schema []byte) []string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(s *shape, at string)
	walk = func(s *shape, at string) {
		if s.kind == listValue {
			s, at = s.item, at+"[]"
		}
		if at != "" {
			out = append(out, at)
			at += "."
		}
		if strings.Count(at, ".") < 12 {
			for name, x := range s.fields {
				walk(x, at+name)
			}
		}
	}
	walk(shapeOfSchema(root, root, map[string]*shape{}), "")
	slices.Sort(out)
	return out
}
