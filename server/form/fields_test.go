package form_test

import (
	"errors"
	"html/template"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/server/form"
)

func faultsOf(t testing.TB, err error) []record.Fault {
	t.Helper()
	var e *record.Error
	if !errors.As(err, &e) || len(e.Faults) == 0 {
		t.Fatalf("no faults in %v", err)
	}
	return e.Faults
}

const outline = `{"content":{"sections":[{"title":"A","clauses":[{"title":"B"},{"title":"C","points":[{"text":"D"},{"text":"E"},{"text":"F"},{"text":"G"},{"text":"H"}]}]},{"title":"Z","body":[{"dash":"y"}]}]},"recipients":[{"name":"x","purpose":"report"}],"signatory":{"person":"an"}}`

// Labels are the schema's titles, and the numbers the document's.
func TestLabels(t *testing.T) {
	shown := tree(t, planForm(t), outline, form.View{})
	got := map[string]string{}
	for pointer, want := range map[string]string{
		"/content/sections/0/title":                   "Mục I, Tên mục",
		"/content/sections/1":                         "Mục II",
		"/content/sections/0/clauses/1":               "Mục I, Khoản 2",
		"/content/sections/0/clauses/1/points/4":      "Mục I, Khoản 2, Điểm đ",
		"/content/sections/1/body/0":                  "Mục II, Đoạn 1",
		"/content/sections/1/body/0/dash":             "Mục II, Đoạn 1: ý gạch đầu dòng",
		"/recipients/0":                               "Nơi nhận 1",
		"/recipients/0/purpose":                       "Nơi nhận 1, Mục đích gửi",
		"/filing/unit":                                "Đơn vị soạn thảo",
		"/content/sections/0/clauses/1/points/4/text": "Mục I, Khoản 2, Điểm đ, Lời của điểm",
	} {
		f := shown.At(pointer)
		if f == nil {
			t.Errorf("no field %s", pointer)
			continue
		}
		if got[pointer] = f.Path; f.Path != want {
			t.Errorf("%s is %q, want %q", pointer, f.Path, want)
		}
	}
	purpose := shown.At("/recipients/0/purpose")
	want := []form.Option{{Label: "– không ghi –"}, {Value: "execute", Label: "Để thực hiện"}, {Value: "inspect", Label: "Để kiểm tra, giám sát"},
		{Value: "report", Label: "Để báo cáo", Selected: true}, {Value: "coordinate", Label: "Để trao đổi, phối hợp"}, {Value: "inform", Label: "Để biết"}}
	if diff := cmp.Diff(want, purpose.Options); diff != "" {
		t.Error(diff)
	}
}

// Kinds follow the schema.
func TestKinds(t *testing.T) {
	shown := tree(t, planForm(t), outline, form.View{})
	for pointer, want := range map[string]form.Kind{
		"/organization": form.Text, "/date": form.Text, "/subject": form.Textarea, "/signatory": form.Group, "/signatory/capacity": form.Select,
		"/recipients": form.List, "/recipients/0/name": form.Text, "/recipients/0/copies": form.Integer, "/retention": form.Text,
		"/content/sections/1/body/0": form.Choice, "/content/sections/1/body/0/dash": form.Textarea, "/template": form.Constant,
	} {
		if f := shown.At(pointer); f == nil || f.Kind != want {
			t.Errorf("%s: %+v, want %s", pointer, f, want)
		}
	}
	if !shown.At("/recipients/0").Compact || shown.At("/content/sections/0").Compact {
		t.Error("a recipient fits on a line, a section does not")
	}
}

// A help text stands at the first field of its kind; all refer to it.
func TestHelpIsShownOnce(t *testing.T) {
	markup := page(t, tree(t, planForm(t), outline, form.View{}))
	const help = "Không gõ số La Mã; mẫu in hoa."
	if n := strings.Count(markup, help); n != 1 {
		t.Errorf("the help of a section's title stands %d times", n)
	}
	const id = `"h/content/sections/0/title"`
	if !strings.Contains(markup, `id=`+id) || strings.Count(markup, `aria-describedby=`+id) != 2 {
		t.Error("both titles must refer to the one help")
	}
}

func TestOverrides(t *testing.T) {
	f := planForm(t)
	view := form.View{Overrides: map[string]form.Override{
		"/signatory/person":    {Options: []form.Option{{Value: "binh", Label: "Trần Bình"}}},
		"/organization":        {Options: []form.Option{{Value: "a", Label: "Cơ quan A"}, {Value: "b", Label: "Cơ quan B"}}},
		"/date":                {Hidden: true},
		"/recipients/*/id":     {Hidden: true},
		"/recipients/1/name":   {Label: "Gửi", Help: "Tên đầy đủ"},
		"/recipients/*/name":   {List: "known"},
		"/filing":              {Hidden: true},
		"/retention":           {Options: []form.Option{{Value: "x", Label: "Vĩnh viễn"}}},
		"/content/nothing/*/x": {Hidden: true},
	}}
	raw := `{"template":"ke-hoach","organization":"b","subject":"s","date":"2024-01-15","signatory":{"person":"an","capacity":"TM"},"recipients":[{"name":"x","id":"1"},{"name":"y"}],"filing":{"unit":"NV","copies":2},"content":{"opening":["o"],"sections":[{"title":"t"}]}}`
	shown := tree(t, f, raw, view)
	person := shown.At("/signatory/person")
	if diff := cmp.Diff([]form.Option{{Value: "binh", Label: "Trần Bình"}, {Value: "an", Label: "an (không có trong danh sách)", Selected: true}}, person.Options); diff != "" || person.Kind != form.Select {
		t.Error(person.Kind, diff)
	}
	if o := shown.At("/organization").Options; len(o) != 2 || !o[1].Selected {
		t.Errorf("organizations: %+v", o)
	}
	if o := shown.At("/retention").Options; len(o) != 2 || o[0].Value != "" || !o[0].Selected {
		t.Errorf("retention may stay open: %+v", o)
	}
	if name := shown.At("/recipients/1/name"); name.Label != "Gửi" || name.Help != "Tên đầy đủ" {
		t.Errorf("%+v", name)
	}
	markup := page(t, shown)
	if n := strings.Count(markup, ` list="known"`); n != 1 { // the other one has an override of its own
		t.Errorf("%d inputs with suggestions", n)
	}
	for _, unseen := range []string{"Ngày văn bản", "Mã định danh", "Đơn vị soạn thảo"} {
		if strings.Contains(markup, unseen) {
			t.Errorf("%q is shown", unseen)
		}
	}
	p, err := f.Parse(submit(t, markup, ""))
	if err != nil || plain(t, p.JSON) != plain(t, []byte(raw)) {
		t.Errorf("hidden fields must go with the form: %v\n%s", err, p.JSON)
	}
}

// A fault stands at its field, or at the nearest one that can be seen.
func TestFaults(t *testing.T) {
	faults := []record.Fault{
		{Pointer: "", Message: "của cả phiếu"}, {Pointer: "/date", Message: "của ngày"}, {Pointer: "/unknown", Message: "không có ô"},
		{Pointer: "/content/sections/0/clauses/0", Message: "của khoản"}, {Pointer: "/content/sections/0/clauses/0/extra", Message: "thừa"},
		{Pointer: "/content/sections/1/body/0/dash", Message: "của ý"}, {Pointer: "/content/bases", Message: "của căn cứ"},
	}
	shown := tree(t, planForm(t), outline, form.View{Faults: faults, Overrides: map[string]form.Override{"/date": {Hidden: true}}})
	if len(shown.Faults) != 3 || len(shown.Summary) != len(faults) {
		t.Errorf("without a field: %v; all: %v", shown.Faults, shown.Summary)
	}
	for pointer, want := range map[string][]string{
		"/content/sections/0/clauses/0": {"của khoản", "thừa"}, "/content/sections/1/body/0/dash": {"của ý"}, "/content/bases": {"của căn cứ"},
	} {
		if diff := cmp.Diff(want, shown.At(pointer).Faults); diff != "" {
			t.Errorf("%s: %s", pointer, diff)
		}
	}
	var order []string
	for _, s := range shown.Summary {
		order = append(order, s.ID)
	}
	if diff := cmp.Diff([]string{"", "", "", "f/content/bases", "f/content/sections/0/clauses/0", "f/content/sections/0/clauses/0", "f/content/sections/1/body/0/dash"}, order); diff != "" {
		t.Errorf("the summary goes from top to bottom: %s", diff)
	}
	if got := shown.Summary[6]; got.Path != "Mục II, Đoạn 1: ý gạch đầu dòng" {
		t.Errorf("%+v", got)
	}
	markup := page(t, shown)
	for _, f := range faults {
		if n := strings.Count(markup, f.Message); n == 0 || n == 1 && shown.At(f.Pointer) != nil && f.Pointer != "/date" {
			t.Errorf("%q stands %d times", f.Message, n)
		}
	}
	if !strings.Contains(markup, `aria-invalid="true" aria-describedby="e/content/sections/1/body/0/dash h/content/sections/1/body/0/dash"`) {
		t.Error("a faulty input must refer to its fault and its help")
	}
}

func TestTake(t *testing.T) {
	shown := tree(t, planForm(t), outline, form.View{})
	before := len(shown.Fields)
	taken := shown.Take("/content", "/none", "/subject")
	if len(taken) != 2 || taken[0].Pointer != "/content" || len(shown.Fields) != before-2 || shown.At("/content") == nil {
		t.Errorf("took %d of %d, left %d", len(taken), before, len(shown.Fields))
	}
}

func TestField(t *testing.T) {
	page, err := form.AddTo(template.New("fields"))
	if err == nil {
		page, err = page.Parse(`{{range .}}{{template "field" .}}{{end}}`)
	}
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := page.Execute(&b, tree(t, planForm(t), outline, form.View{}).Fields); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `<textarea id="f/subject" name="/subject" rows="1" aria-required="true"`) {
		t.Errorf("%.600s", b.String())
	}
}
