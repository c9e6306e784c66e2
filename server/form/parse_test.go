package form_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/server/form"
)

// What a hostile or a broken client posts: the JSON that is left of it.
func TestParseTakesOnlyWhatTheFormHas(t *testing.T) {
	f := formOf(t, `{"type":"object","required":["s"],"properties":{
		"s":{"type":"string"}, "n":{"type":"integer"}, "x":{"type":"number"}, "b":{"type":"boolean"}, "e":{"enum":["p","q"]},
		"g":{"type":"object","required":["r"],"properties":{"r":{"type":"string"},"o":{"type":"string"}}},
		"l":{"type":"array","items":{"type":"object","properties":{"t":{"type":"string"}}}},
		"ll":{"type":"array","items":{"type":"array","items":{"type":"string"}}}}}`)
	for _, c := range []struct{ post, want string }{
		{"", `{"s":""}`},
		{"s=a", `{"s":""}`},
		{"/s=a&/s=b", `{"s":"a"}`},
		{"/s=a%0D%0Ab%0Dc%0Ad", `{"s":"a\nb\nc\nd"}`},
		{"/s=%ff%fe", `{"s":"�"}`},
		{"/s/t=a&/s/0=a&/=a&//s=a&/S=a&/~2=a", `{"s":""}`},
		{"/n=+5+", `{"s":"","n":5}`}, {"/n=007", `{"s":"","n":7}`}, {"/n=", `{"s":""}`}, {"/n=1.5", `{"s":"","n":"1.5"}`},
		{"/n=99999999999999999999", `{"s":"","n":"99999999999999999999"}`},
		{"/x=1.50", `{"s":"","x":1.50}`}, {"/x=1,5", `{"s":"","x":"1,5"}`}, {"/x=NaN", `{"s":"","x":"NaN"}`}, {"/x=0x10", `{"s":"","x":"0x10"}`},
		{"/b=true", `{"s":"","b":true}`}, {"/b=maybe", `{"s":"","b":"maybe"}`},
		{"/e=q", `{"s":"","e":"q"}`}, {"/e=", `{"s":""}`}, {"/e=z", `{"s":"","e":"z"}`},
		{"/g/o=", `{"s":""}`}, {"/g/o=+", `{"s":""}`}, {"/g/o=a", `{"s":"","g":{"r":"","o":"a"}}`}, {"/g=a", `{"s":""}`},
		{"/l/9/t=z&/l/2/t=b&/l/10/t=y", `{"s":"","l":[{"t":"b"},{"t":"z"},{"t":"y"}]}`},
		{"/l/01/t=a&/l/-/t=a&/l/-1/t=a&/l/1e3/t=a&/l/1000000/t=a&/l/99999999999999999999/t=a", `{"s":""}`},
		{"/l/5/bogus=a&/l/x/t=a&/l=a", `{"s":""}`},
		{"/l/0=", `{"s":"","l":[{}]}`},
		{"/ll/1=&/ll/0/0=a&/ll/2/3=", `{"s":"","ll":[["a"],[],[""]]}`},
	} {
		values, err := url.ParseQuery(c.post)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Parse(values)
		if err != nil || string(p.JSON) != c.want {
			t.Errorf("%s\ngot  %s %v\nwant %s", c.post, p.JSON, err, c.want)
		}
	}
}

func TestParseHasLimits(t *testing.T) {
	f := planForm(t)
	many := url.Values{}
	for i := range 8200 {
		many.Set(fmt.Sprintf("/content/opening/%d", i), "a")
	}
	wide := url.Values{} // few names, but each one makes many inputs
	for i := range 4000 {
		wide.Set(fmt.Sprintf("/content/sections/%d/clauses/0/points/0/body/0/dash", i), "a")
	}
	for name, values := range map[string]url.Values{
		"names": many, "values": wide, "bytes": {"/subject": {strings.Repeat("a", 5<<20)}}, "a long name": {"/" + strings.Repeat("a", 5<<20): {"x"}},
		"repeated": {"/subject": {strings.Repeat("a", 3<<20), strings.Repeat("a", 3<<20)}},
	} {
		if _, err := f.Parse(values); record.KindOf(err) != record.Invalid || record.CodeOf(err) != "form-too-large" {
			t.Errorf("%s: %v", name, err)
		}
	}
	deep := formOf(t, `{"type":"object","properties":{"l":{"$ref":"#/$defs/l"}},"$defs":{"l":{"type":"array","items":{"$ref":"#/$defs/l"}}}}`)
	p, err := deep.Parse(url.Values{"/l" + strings.Repeat("/0", 500): {""}, "/l/0/0": {""}})
	if err != nil || string(p.JSON) != `{"l":[[[]]]}` {
		t.Errorf("a pointer too deep: %v %s", err, p.JSON)
	}
	for name, raw := range map[string]string{"deep": `{"l":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "wide": `{"l":[` + strings.Repeat("[],", 9000) + `[]]}`} {
		if _, err := deep.Fields([]byte(raw), form.View{}); record.CodeOf(err) != "form-too-large" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, raw := range []string{"{", "{} {}", "nope"} {
		if _, err := f.Fields([]byte(raw), form.View{}); record.CodeOf(err) != "json-syntax" {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// Adding stops where the form would no longer be taken back.
func TestAddingStopsAtTheLimit(t *testing.T) {
	f := formOf(t, `{"type":"object","properties":{"l":{"type":"array","items":{"type":"string"}}}}`)
	values := url.Values{"_do": {"add /l"}}
	for i := range 7998 {
		values.Set(fmt.Sprintf("/l/%d", i), "a")
	}
	p, err := f.Parse(values)
	if err != nil || !strings.HasPrefix(p.Said, "Biểu mẫu đã quá dài") {
		t.Errorf("%v %s", err, p.Said)
	}
	if _, err := f.Fields(p.JSON, form.View{}); err != nil {
		t.Errorf("what was posted can no longer be shown: %v", err)
	}
}

// FuzzParse: whatever is posted, the answer is JSON that can be shown, and that
// comes back from the page as it is.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"/subject=K%E1%BA%BF&/recipients/0/name=a&_do=add+/recipients", "/content/sections/0/body/0/dash=x&_as/content/sections/0/body/0=text",
		"/content/sections/3/title=a&/content/sections/1/title=b&_do=up+/content/sections/3", "_do=restore&_removed={\"at\":\"/content/opening/0\",\"value\":\"x\"}",
		"_do=remove+/content/opening/0&/content/opening/0=%0D%0A", "/filing/copies=x&/filing/unit=+&/retention=%00", "_do=add+/content/sections/0/clauses/0/points&/content/sections/0/clauses/0=",
		"/content/sections/0/body/0/dash=&/content/sections/0/body/0/text=y", "/~1=&/%2F~0=&_as=&_as/=x",
	} {
		f.Add(seed)
	}
	plan := planForm(f)
	f.Fuzz(func(t *testing.T, body string) {
		values, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		p, err := plan.Parse(values)
		if err != nil {
			return
		}
		if !json.Valid(p.JSON) {
			t.Fatalf("not JSON: %s", p.JSON)
		}
		if again := round(t, plan, string(p.JSON), form.View{After: &p}, ""); string(again.JSON) != string(p.JSON) {
			t.Fatalf("the page changed it:\n%s\n%s", p.JSON, again.JSON)
		}
	})
}
