package templates

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/templates/vntext"
)

func FuzzDecode(f *testing.F) {
	c := catalogue(f)
	f.Add([]byte(small))
	f.Add([]byte(`{"a":1,"a":{"b":[null,true,1e99,"\ud800"]}}`))
	f.Add([]byte(`{"content":{"sections":[{"body":[{"dash":"- a\u200b"}]}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, canonical, err := decoded(t, c, "", raw)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatalf("not the input's fault: %v", err)
			}
			if len(err.Error()) == 0 {
				t.Fatal("no words")
			}
			return
		}
		if !norm.NFC.IsNormal(canonical) {
			t.Fatal("not NFC")
		}
		again, twice, err := decoded(t, c, e.Template, canonical)
		if err != nil || !bytes.Equal(canonical, twice) || !reflect.DeepEqual(e, again) {
			t.Fatalf("not stable: %v", err)
		}
	})
}

// FuzzReadJSON holds our reader against the standard library's.
func FuzzReadJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,-0,1e3,"\u00e9\n",true,false,null,{}]}`, ` [ ] `, `"x"`, `12`, small} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, faults, err := readJSON(raw)
		var want any
		bad := json.Unmarshal(raw, &want)
		if err == nil && bad != nil && !bytes.HasPrefix(raw, []byte("\ufeff")) {
			t.Fatalf("accepted what is no JSON: %v", bad)
		}
		if err != nil || len(faults) > 0 || bad != nil {
			return
		}
		b, err := canonicalJSON(got)
		if err != nil {
			t.Fatal(err)
		}
		var back any
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(tidy(want), back) {
			t.Fatalf("%s\nread as %s", raw, b)
		}
	})
}

// tidy normalises every text, as the reader does.
func tidy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, m := range v {
			k = vntext.Normalise(k)
			out[k] = tidy(m)
		}
		return out
	case []any:
		out := []any{}
		for _, m := range v {
			out = append(out, tidy(m))
		}
		return out
	case string:
		return vntext.Normalise(v)
	case float64:
		return v + 0 // -0 is 0
	}
	return v
}

func BenchmarkDecode(b *testing.B) {
	c := catalogue(b)
	for name, raw := range seeds(b) {
		b.Run(filepath.Base(name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decode(b.Context(), "", raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
