package form_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vanthu/server/form"
)

// Every button of the outline, pressed on a real page; the JSON of the sections
// that comes of it, what the page says, and where the focus goes.
func TestCommands(t *testing.T) {
	const three = `{"content":{"opening":["a","b","c"],"sections":[{"title":"A","clauses":[{"title":"B","body":[{"dash":"x"}]}]},{"title":"Z"}]}}`
	f := planForm(t)
	for _, c := range []struct{ button, has, said, focus string }{
		{"add /content/opening", `"opening":["a","b","c",""]`, "Đã thêm Đoạn mở đầu 4", "f/content/opening/3"},
		{"insert /content/opening/0", `"opening":["a","","b","c"]`, "Đã thêm Đoạn mở đầu 2", "f/content/opening/1"},
		{"up /content/opening/2", `"opening":["a","c","b"]`, "Đoạn mở đầu 3 nay là Đoạn mở đầu 2", "up /content/opening/1"},
		{"up /content/opening/1", `"opening":["b","a","c"]`, "Đoạn mở đầu 2 nay là Đoạn mở đầu 1", "down /content/opening/0"},
		{"down /content/opening/0", `"opening":["b","a","c"]`, "Đoạn mở đầu 1 nay là Đoạn mở đầu 2", "down /content/opening/1"},
		{"down /content/opening/1", `"opening":["a","c","b"]`, "Đoạn mở đầu 2 nay là Đoạn mở đầu 3", "up /content/opening/2"},
		{"remove /content/opening/1", `"opening":["a","c"]`, "Đã xóa Đoạn mở đầu 2", "remove /content/opening/1"},
		{"remove /content/opening/2", `"opening":["a","b"]`, "Đã xóa Đoạn mở đầu 3", "remove /content/opening/1"},
		{"add /content/bases", `"bases":[""]`, "Đã thêm Căn cứ 1", "f/content/bases/0"},
		{"add /content/sections", `{"title":"Z"},{"title":""}]`, "Đã thêm Mục III", "f/content/sections/2/title"},
		{"insert /content/sections/0", `{"title":""},{"title":"Z"}]`, "Đã thêm Mục II", "f/content/sections/1/title"},
		{"up /content/sections/1", `"sections":[{"title":"Z"},{"title":"A","clauses"`, "Mục II nay là Mục I", "down /content/sections/0"},
		{"remove /content/sections/0", `"sections":[{"title":"Z"}]`, "Đã xóa Mục I", "remove /content/sections/0"},
		{"add /content/sections/1/body as dash", `{"title":"Z","body":[{"dash":""}]}`, "Đã thêm Đoạn 1", "f/content/sections/1/body/0/dash"},
		{"add /content/sections/1/closing as text", `{"title":"Z","closing":[{"text":""}]}`, "Đã thêm Đoạn 1", "f/content/sections/1/closing/0/text"},
		{"insert /content/sections/0/clauses/0/body/0", `"body":[{"dash":"x"},{"dash":""}]`, "Đã thêm Đoạn 2", "f/content/sections/0/clauses/0/body/1/dash"},
		{"remove /content/sections/0/clauses/0/body/0", `"clauses":[{"title":"B"}]`, "Đã xóa Đoạn 1", "add /content/sections/0/clauses/0/body as text"},
		{"add /content/sections/0/clauses/0/points", `"points":[{}]`, "Đã thêm Điểm a", "f/content/sections/0/clauses/0/points/0/title"},
	} {
		t.Run(c.button, func(t *testing.T) {
			p := round(t, f, three, form.View{}, c.button)
			if !p.Changed || p.Do != "" || !strings.Contains(string(p.JSON), c.has) || p.Said != c.said {
				t.Errorf("%+v\n%s", p, p.JSON)
			}
			markup := page(t, tree(t, f, string(p.JSON), form.View{After: &p}))
			if got := focused(t, markup); got != c.focus {
				t.Errorf("focus on %q, want %q", got, c.focus)
			}
			if !strings.Contains(markup, p.Said) {
				t.Error("the page does not say what was done")
			}
		})
	}
}

// focused is the id or command of what takes the focus; one thing only.
func focused(t *testing.T, markup string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "autofocus" {
				all = append(all, attr(n, "id")+strings.TrimSuffix(attr(n, "value"), attr(n, "id")))
			}
		}
	}
	return strings.Join(all, " and ")
}

// A removed item can be put back where it was, with all it held.
func TestRestore(t *testing.T) {
	f := planForm(t)
	for name, raw := range plans(t) {
		removed := round(t, f, string(raw), form.View{}, "remove /content/sections/0")
		back := round(t, f, string(removed.JSON), form.View{After: &removed}, "restore")
		if plain(t, back.JSON) != plain(t, raw) || back.Said != "Đã khôi phục Mục I" {
			t.Errorf("%s: %s", name, back.Said)
		}
		again := round(t, f, string(removed.JSON), form.View{After: &removed}, "add /content/opening")
		if strings.Contains(page(t, tree(t, f, string(again.JSON), form.View{After: &again})), "_removed") {
			t.Errorf("%s: the offer to restore outlives its round", name)
		}
	}
}

// A paragraph becomes a dash and back by the select beside it, in whatever
// round comes next.
func TestAChoiceIsChanged(t *testing.T) {
	f := planForm(t)
	values := submit(t, page(t, tree(t, f, `{"content":{"sections":[{"title":"A","body":[{"dash":"x"},{"text":"y"}]}]}}`, form.View{})), "add /content/opening")
	values.Set("_as/content/sections/0/body/0", "text")
	values.Set("_as/content/sections/0/body/1", "title") // no such branch
	p, err := f.Parse(values)
	if err != nil || !strings.Contains(string(p.JSON), `"body":[{"text":"x"},{"text":"y"}]`) {
		t.Errorf("%v %s", err, p.JSON)
	}
}

// The page's own buttons are not the form's business.
func TestThePagesOwnButton(t *testing.T) {
	f := planForm(t)
	values := submit(t, page(t, tree(t, f, outline, form.View{})), "")
	values.Set("_do", "submit-to-official")
	p, err := f.Parse(values)
	if err != nil || p.Do != "submit-to-official" || p.Changed || p.Said != "" {
		t.Errorf("%v %+v", err, p)
	}
}

// A full list takes nothing more, by no button.
func TestAFullList(t *testing.T) {
	f := formOf(t, `{"type":"object","properties":{"a":{"title":"Danh sách","type":"array","maxItems":2,"items":{"title":"Chữ","type":"string"}}}}`)
	shown := tree(t, f, `{"a":["x","y"]}`, form.View{})
	if len(shown.At("/a").Adds) != 0 || strings.Contains(page(t, shown), "insert /a/0") {
		t.Error("a full list offers more")
	}
	values := submit(t, page(t, shown), "")
	for _, do := range []string{"add /a", "insert /a/0"} {
		values.Set("_do", do)
		p, err := f.Parse(values)
		if err != nil || string(p.JSON) != `{"a":["x","y"]}` || p.Said != "“Danh sách” đã đủ 2 mục" {
			t.Errorf("%s: %v %+v", do, err, p)
		}
	}
}

// Commands of a page that no longer fits, or of no page at all, change nothing.
func TestCommandsFromNowhere(t *testing.T) {
	f := planForm(t)
	for _, do := range []string{"add", "add ", "add /subject", "add /content", "add /nothing", "add /content/sections/7/clauses", "add /content/sections as dash",
		"add /content/sections/0/body as nothing", "add /content/sections/0/body/0 as text", "insert /content/sections", "up /content/sections/99", "down content/sections/0", "remove /",
		"remove /recipients/-1", "remove /recipients/00", "remove /subject", "remove /signatory/person", "restore", "clear /content", "clear /content/sections/9/body/0", "up /content/sections/0", "down /content/sections/1"} {
		values := submit(t, page(t, tree(t, f, outline, form.View{})), "")
		before, err := f.Parse(values)
		if err != nil {
			t.Fatal(err)
		}
		values.Set("_do", do)
		after, err := f.Parse(values)
		if err != nil || string(after.JSON) != string(before.JSON) || after.Said == "" || !after.Changed {
			t.Errorf("%s: %v %+v", do, err, after)
		}
	}
	for _, raw := range []string{"{", `{"at":"/content/sections/x","value":{}}`, `{"at":"/subject","value":"x"}`, `{"at":"","value":1}`, `{"at":"/content/sections/0"}`} {
		values := submit(t, page(t, tree(t, f, outline, form.View{})), "")
		values.Set("_do", "restore")
		values.Set("_removed", raw)
		if p, err := f.Parse(values); err != nil || p.Said != "Không có gì để khôi phục" {
			t.Errorf("%s: %v %+v", raw, err, p)
		}
	}
}
