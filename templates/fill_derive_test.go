package templates

import (
	"fmt"
	"slices"
	"testing"

	"vanthu/record"
)

func contentFrom(t *testing.T, raw string) *value {
	t.Helper()
	v, err := contentOf([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// NĐ 30/2020, PL I, II.6.a: semicolons, and a full stop at the end, whatever
// the input brought.
func TestBasesArePunctuated(t *testing.T) {
	for raw, want := range map[string][]string{
		`{"bases":["a","b;","c."],"proposal":"d"}`: {"a;", "b;", "c;", "d."},
		`{"bases":["a ,","b ;"]}`:                  {"a;", "b."},
		`{"proposal":"d;"}`:                        {"d."},
		`{}`:                                       nil,
	} {
		bases := derive(contentFrom(t, raw))
		var got []string
		for i, b := range bases.items {
			got = append(got, b.text)
			if want := fmt.Sprintf("/content/bases/%d", i); b.pointer != want && b.pointer != "/content/proposal" {
				t.Errorf("%s: %q is said to be at %s", raw, b.text, b.pointer)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func TestFirstRecipient(t *testing.T) {
	for _, c := range []struct {
		addressees int
		content    string
		want       string
	}{
		{0, `{"articles":[{"text":"a"},{"text":"b"},{"text":"c"}]}`, "Như Điều 3"},
		{0, `{"articles":[{"text":"a"},{"text":"b","execution":true},{"text":"c","execution":false}]}`, "Như Điều 2"},
		{0, `{"articles":[{"text":"a","execution":true},{"text":"b"},{"text":"c","execution":true}]}`, "Như Điều 1, Điều 3"},
		{0, `{"sections":[]}`, ""},
		{1, `{}`, "Như trên"},
		{2, `{"articles":[{"text":"a"}]}`, "Như trên"},
	} {
		e := record.Envelope{Addressees: make([]record.Recipient, c.addressees)}
		if got := firstRecipient(e, contentFrom(t, c.content)); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestAddressed(t *testing.T) {
	for n, want := range [][]string{{}, {"n1"}, {"n1;", "n2."}, {"n1;", "n2;", "n3."}} {
		var all []record.Recipient
		for i := range n {
			all = append(all, record.Recipient{Name: fmt.Sprintf("n%d", i+1)})
		}
		v := addressed(all)
		var got []string
		if one := v.fields["one"]; one.text != "" {
			got = append(got, one.text)
		}
		for _, x := range v.fields["several"].items {
			got = append(got, x.text)
		}
		if !slices.Equal(got, want) || v.fields["many"].yes != (n > 1) {
			t.Errorf("%d: %q, many %v", n, got, v.fields["many"].yes)
		}
	}
}

// NĐ 30/2020, PL III, Mẫu 1.2: a collective decides by its name, a head by the
// title.
func TestAuthority(t *testing.T) {
	collective := record.OrganizationOn{OrganizationName: record.OrganizationName{Lines: []string{"ỦY BAN NHÂN DÂN", "TỈNH X"}, Collective: "ỦY BAN NHÂN DÂN", HeadTitle: "CHỦ TỊCH"}}
	single := record.OrganizationOn{OrganizationName: record.OrganizationName{Lines: []string{"SỞ Y"}, HeadTitle: "GIÁM ĐỐC"}}
	for _, c := range []struct {
		issuer   record.OrganizationOn
		capacity record.Capacity
		want     string
	}{
		{collective, record.TM, "ỦY BAN NHÂN DÂN TỈNH X"}, {collective, record.KT, "ỦY BAN NHÂN DÂN TỈNH X"}, {collective, record.Q, "ỦY BAN NHÂN DÂN TỈNH X"},
		{collective, record.Head, "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH X"}, {collective, record.TUQ, "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH X"},
		{single, record.Head, "GIÁM ĐỐC SỞ Y"}, {single, record.KT, "GIÁM ĐỐC SỞ Y"},
	} {
		if got := authority(record.Filling{Issuer: c.issuer, Signatory: record.Signatory{Capacity: c.capacity}}); got != c.want {
			t.Errorf("%s %s: %q", c.issuer.HeadTitle, c.capacity, got)
		}
	}
}

// One annex is just "Phụ lục"; the numbers of articles run through chapters and
// parts (PL I, III.1.b and II.6.c).
func TestNumbersOfAnnexesAndArticles(t *testing.T) {
	one := contentFrom(t, `{"annexes":[{"title":"a"}]}`)
	three := contentFrom(t, `{"annexes":[{"title":"a"},{"title":"b"},{"title":"c"}]}`)
	derive(one)
	derive(three)
	var got []string
	for _, c := range []*value{one, three} {
		for _, a := range c.fields["annexes"].items {
			got = append(got, fmt.Sprint(a.fields["label"].text, " ", a.fields["first"].yes))
		}
	}
	if want := []string{"Phụ lục true", "Phụ lục I true", "Phụ lục II false", "Phụ lục III false"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	rules := contentFrom(t, `{"attached":{"chapters":[{"articles":[{"title":"1"},{"title":"2"}]},{"parts":[{"articles":[{"title":"3"}]},{"articles":[{"title":"4"}]}]},{"articles":[{"title":"5"}]}]}}`)
	derive(rules)
	n := 0
	for _, a := range attachedArticles(rules.fields["attached"]) {
		n++
		if a.fields["number"].text != a.fields["title"].text {
			t.Errorf("article %s has number %s", a.fields["title"].text, a.fields["number"].text)
		}
	}
	if n != 5 {
		t.Errorf("%d articles", n)
	}
}

// Whatever a content holds, nothing of it breaks what is derived, and nothing
// that it brought is replaced.
func FuzzContent(f *testing.F) {
	for _, seed := range []string{
		`{"annexes":[{"title":"a","label":"của tôi"}],"articles":[{"execution":true}],"bases":["a"],"proposal":"b"}`,
		`{"attached":{"chapters":[{"parts":[{"articles":[{"number":"7"}]}]}]},"table":{"columns":[{"title":"a"}],"rows":[["1"]]}}`,
		`{"annexes":["x",[],{}],"articles":"x","bases":[[],{}],"attached":[],"table":{"columns":[{}],"groups":[{"rows":[[]]}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := contentOf(raw)
		if err != nil {
			return
		}
		given := v.field("annexes").list()
		var labels []*value
		for _, a := range given {
			labels = append(labels, a.field("label"))
		}
		grids(v)
		derive(v)
		firstRecipient(record.Envelope{}, v)
		for i, a := range given {
			if labels[i] != nil && a.field("label") != labels[i] {
				t.Fatalf("the label of annex %d was replaced", i)
			}
		}
	})
}
