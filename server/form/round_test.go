package form_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vanthu/server/form"
	"vanthu/templates/officetest"
)

// What a browser posts of a form that nobody touched is the same envelope.
func TestRealPlansComeBackWhole(t *testing.T) {
	f := planForm(t)
	for name, raw := range plans(t) {
		p := round(t, f, string(raw), form.View{}, "")
		if diff := cmp.Diff(plain(t, raw), plain(t, p.JSON)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if p.Changed || p.Do != "" {
			t.Errorf("%s: a form without a button pressed: %+v", name, p)
		}
	}
}

// The example of every form, and every real document, comes back from its own
// form as it was; no part of it had to be shown as JSON.
func TestEveryTypeComesBackWhole(t *testing.T) {
	c := catalogue(t)
	all := officetest.Seeds(t)
	for _, id := range c.IDs() {
		all[id] = officetest.Form(t, c, id).Example
	}
	for name, raw := range all {
		f := formOf(t, string(officetest.Form(t, c, templateOf(t, raw)).Schema))
		shown := tree(t, f, string(raw), form.View{})
		var plainly func(x *form.Field)
		plainly = func(x *form.Field) {
			if x.Kind == form.JSON {
				t.Errorf("%s: %s is shown as JSON", name, x.Pointer)
			}
			for _, child := range x.Children {
				plainly(child)
			}
		}
		for _, x := range shown.Fields {
			plainly(x)
		}
		if p := round(t, f, string(raw), form.View{}, ""); plain(t, p.JSON) != plain(t, raw) || p.Changed {
			t.Errorf("%s: %s", name, cmp.Diff(plain(t, raw), plain(t, p.JSON)))
		}
	}
}

// Every envelope that the intake takes comes back as the same canonical JSON.
func TestAnyValidEnvelopeComesBack(t *testing.T) {
	f, c := planForm(t), catalogue(t)
	rapid.Check(t, func(r *rapid.T) {
		raw := drawEnvelope(r)
		want, err := c.Decode(t.Context(), "ke-hoach", []byte(raw))
		if err != nil {
			r.Fatalf("the generator made what is no envelope: %v\n%s", err, raw)
		}
		p := round(t, f, raw, form.View{}, "")
		got, err := c.Decode(t.Context(), "ke-hoach", p.JSON)
		if err != nil {
			r.Fatalf("posted: %v", err)
		}
		if diff := cmp.Diff(string(want.Canonical), string(got.Canonical)); diff != "" {
			r.Fatal(diff)
		}
	})
}

// drawEnvelope draws valid envelopes with every optional part there or not.
func drawEnvelope(r *rapid.T) string {
	words := rapid.SampledFrom([]string{"Kế hoạch", "ủy ban", "**đậm**", "& <b>", `"ngoặc"`, "đường\ndài", "số 10%", "Đắk Lắk", "\\*", "+ 5", "'"})
	var text func() string
	text = func() string {
		return quote(strings.Join(rapid.SliceOfN(words, 1, 6).Draw(r, "words"), " "))
	}
	maybe := func(name string, make func() string) string {
		if !rapid.Bool().Draw(r, name) {
			return ""
		}
		return `,"` + name + `":` + make()
	}
	list := func(least, most int, make func() string) func() string {
		return func() string {
			var all []string
			for range rapid.IntRange(least, most).Draw(r, "items") {
				all = append(all, make())
			}
			return "[" + strings.Join(all, ",") + "]"
		}
	}
	title := func() string { return `"Mục ` + text()[1:] }
	block := func() string {
		return `{"` + rapid.SampledFrom([]string{"text", "dash"}).Draw(r, "block") + `":` + title() + `}`
	}
	blocks := list(1, 3, block)
	point := func() string { return `{"text":` + title() + maybe("title", title) + maybe("body", blocks) + `}` }
	clause := func() string {
		return `{"title":` + title() + maybe("text", title) + maybe("body", blocks) + maybe("points", list(1, 4, point)) + maybe("closing", blocks) + `}`
	}
	section := func() string {
		return `{"title":` + title() + maybe("body", blocks) + maybe("clauses", list(1, 3, clause)) + maybe("closing", blocks) + `}`
	}
	pick := func(all ...string) func() string {
		return func() string { return quote(rapid.SampledFrom(all).Draw(r, "choice")) }
	}
	recipient := func() string {
		return `{"name":` + title() + maybe("purpose", pick("report", "inform")) + maybe("channel", pick("paper", "email")) + maybe("copies", func() string { return rapid.SampledFrom([]string{"0", "1", "25"}).Draw(r, "copies") }) + maybe("id", pick("000.00.01.H01")) + `}`
	}
	return `{"template":"ke-hoach","organization":"ubnd-tp-vung-tau","subject":` + title() + maybe("date", pick("2024-01-15")) +
		`,"signatory":{"person":"nguyen-van-a","capacity":"KT"},"recipients":` + list(1, 4, recipient)() +
		`,"filing":{"unit":"VHTT"` + maybe("drafter", pick("NVA")) + maybe("copies", func() string { return "3" }) + `}` + maybe("retention", pick("ke-hoach-hang-nam")) +
		`,"content":{"opening":` + list(1, 3, title)() + `,"sections":` + list(1, 3, section)() + maybe("bases", list(1, 3, title)) + maybe("closing", list(1, 2, title)) + maybe("note", title) + `}}`
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// What is wrong or half typed goes round and round as it was typed.
func TestNothingTypedIsLost(t *testing.T) {
	f := planForm(t)
	for name, c := range map[string]struct{ raw, want string }{
		"a number that is none":      {`{"filing":{"unit":"NV","copies":"ba bản"}}`, `"copies":"ba bản"`},
		"a copy too many":            {`{"filing":{"unit":"NV","copies":99999999}}`, `"copies":99999999`},
		"an unknown choice":          {`{"recipients":[{"name":"A","channel":"pigeon"}]}`, `"channel":"pigeon"`},
		"a line end in a title":      {`{"filing":{"unit":"N\nV"}}`, `"unit":"N\nV"`},
		"a leading line end":         {`{"subject":"\nKế hoạch"}`, `"subject":"\nKế hoạch"`},
		"blanks":                     {`{"subject":"  "}`, `"subject":"  "`},
		"markup":                     {`{"subject":"</textarea><script>alert(1)</script>"}`, `"subject":"</textarea><script>alert(1)</script>"`},
		"a block with two texts":     {`{"content":{"sections":[{"title":"A","body":[{"text":"x","dash":"y"}]}]}}`, `"body":[{"text":"x","dash":"y"}]`},
		"an empty item":              {`{"content":{"opening":["","b"]}}`, `"opening":["","b"]`},
		"an empty dash":              {`{"content":{"sections":[{"title":"A","body":[{"dash":""}]}]}}`, `"body":[{"dash":""}]`},
		"a block without a kind":     {`{"content":{"sections":[{"title":"A","body":[{}]}]}}`, `"body":[{}]`},
		"a clause with nothing":      {`{"content":{"sections":[{"title":"A","clauses":[{}]}]}}`, `"clauses":[{}]`},
		"too long":                   {`{"subject":"` + strings.Repeat("dài ", 300) + `"}`, strings.Repeat("dài ", 300)},
		"a number where text should": {`{"subject":2024}`, `"subject":"2024"`},
		"letters out of plane 0":     {`{"subject":"𠀀 và NFD e\u0302\u0301"}`, "𠀀 và NFD e\u0302\u0301"},
	} {
		t.Run(name, func(t *testing.T) {
			once := round(t, f, c.raw, form.View{}, "")
			if !strings.Contains(string(once.JSON), c.want) {
				t.Errorf("got %s", once.JSON)
			}
			if twice := round(t, f, string(once.JSON), form.View{}, ""); string(twice.JSON) != string(once.JSON) {
				t.Errorf("the second round changed it:\n%s\n%s", once.JSON, twice.JSON)
			}
		})
	}
}

// A new form has somewhere to type; left alone, it says what must be filled.
func TestAnEmptyForm(t *testing.T) {
	f, c := planForm(t), catalogue(t)
	p := round(t, f, "", form.View{}, "")
	want := `{"template":"ke-hoach","organization":"","subject":"","signatory":{"person":""},"recipients":[{"name":""}],"filing":{"unit":""},"content":{"opening":[""],"sections":[{"title":""}]}}`
	if string(p.JSON) != want {
		t.Errorf("got  %s\nwant %s", p.JSON, want)
	}
	_, err := c.Decode(t.Context(), "ke-hoach", p.JSON)
	shown := tree(t, f, string(p.JSON), form.View{Faults: faultsOf(t, err)})
	for _, pointer := range []string{"/organization", "/subject", "/signatory/person", "/signatory/capacity", "/recipients/0/name", "/filing/unit", "/content/opening/0", "/content/sections/0/title"} {
		if got := shown.At(pointer); got == nil || len(got.Faults) == 0 {
			t.Errorf("%s has no fault", pointer)
		}
	}
	if len(shown.Faults) > 0 {
		t.Errorf("faults that belong nowhere: %v", shown.Faults)
	}
}
