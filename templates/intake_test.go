package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/templates/officetest"
)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func seeds(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/seeds/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[f] = b
	}
	return all
}

// small is the least envelope that is accepted; a test changes it by member
// paths ("content/opening/0"). The value drop takes the member away.
const small = `{"template":"ke-hoach","organization":"ubnd-tp-vung-tau","subject":"Cải cách hành chính","date":"2024-01-15",
"signatory":{"person":"nguyen-thi-thu-huong","capacity":"KT"},"recipients":[{"name":"Sở Nội vụ"}],"filing":{"unit":"VHTT"},
"content":{"opening":["Mở đầu"],"sections":[{"title":"MỤC ĐÍCH","clauses":[{"title":"Mục đích","body":[{"dash":"Một việc"}]}]}]}}`

type drop struct{}

func with(t testing.TB, changes map[string]any) []byte {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(small), &tree); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(changes)) { // a whole before its parts
		steps, v := strings.Split(path, "/"), changes[path]
		for i := range steps {
			steps[i] = strings.ReplaceAll(steps[i], "~1", "/")
		}
		tree = change(t, tree, steps, v)
	}
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func change(t testing.TB, tree any, steps []string, v any) any {
	if len(steps) == 0 {
		return v
	}
	switch node := tree.(type) {
	case map[string]any:
		if _, gone := v.(drop); gone && len(steps) == 1 {
			delete(node, steps[0])
			return node
		}
		node[steps[0]] = change(t, node[steps[0]], steps[1:], v)
		return node
	case []any:
		var i int
		if _, err := fmt.Sscan(steps[0], &i); err != nil || i > len(node) {
			t.Fatalf("no item %s", steps[0])
		}
		if i == len(node) {
			node = append(node, nil)
		}
		node[i] = change(t, node[i], steps[1:], v)
		return node
	}
	t.Fatalf("nothing at %v", steps)
	return nil
}

// told is what a refusal says, one "pointer code" a line.
func told(err error) []string {
	var e *record.Error
	if !errors.As(err, &e) {
		return []string{fmt.Sprint(err)}
	}
	out := []string{}
	for _, f := range e.Faults {
		out = append(out, strings.TrimSpace(f.Pointer+" "+f.Code))
	}
	return out
}

// decoded is Decode's answer in parts.
func decoded(t testing.TB, c *Catalogue, template string, raw []byte) (record.Envelope, []byte, error) {
	got, err := c.Decode(t.Context(), template, raw)
	return got.Envelope, got.Canonical, err
}

func TestDecodeTakesSeedsAndExample(t *testing.T) {
	c := catalogue(t)
	all := seeds(t)
	all["example"] = officetest.Form(t, c, "ke-hoach").Example
	for name, raw := range all {
		t.Run(filepath.Base(name), func(t *testing.T) {
			e, canonical, err := decoded(t, c, "", raw)
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Recipients) < 2 || e.Date == "" || len(e.Content) == 0 {
				t.Errorf("envelope lost something: %+v", e)
			}
			// Word for word: nothing but its form may change.
			var before, after any
			if err := json.Unmarshal(raw, &before); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(canonical, &after); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(before, after) {
				t.Error("canonical JSON says something else than the input")
			}
			again, twice, err := decoded(t, c, e.Template, canonical)
			if err != nil || !bytes.Equal(canonical, twice) || !reflect.DeepEqual(e, again) {
				t.Errorf("canonical JSON is not stable: %v", err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	c := catalogue(t)
	many := make([]any, 501)
	for i := range many {
		many[i] = map[string]any{"name": fmt.Sprintf("Nơi %d", i)}
	}
	dash := "content/sections/0/clauses/0/body/0/dash"
	title := "content/sections/0/title"
	for _, k := range []struct {
		name    string
		changes map[string]any
		want    []string
	}{
		{"nothing wrong", nil, nil},
		{"missing subject", map[string]any{"subject": drop{}}, []string{"/subject required"}},
		{"several at once", map[string]any{"subject": drop{}, "signatory/capacity": "XX", "recipients/0/name": drop{}, "filing/unit": 5},
			[]string{"/filing/unit type", "/recipients/0/name required", "/signatory/capacity enum", "/subject required"}},
		{"empty text", map[string]any{"subject": ""}, []string{"/subject min-length"}},
		{"blank text", map[string]any{"subject": " \u00a0\n "}, []string{"/subject min-length"}},
		{"long text", map[string]any{"subject": strings.Repeat("ế", 501)}, []string{"/subject max-length"}},
		{"long text in NFD is not long", map[string]any{"subject": norm.NFD.String(strings.Repeat("ế", 500))}, nil},
		{"unknown member", map[string]any{"subjects": "x"}, []string{"/subjects additional-property"}},
		{"unknown member with odd name", map[string]any{"a~1b~c": "x"}, []string{"/a~1b~0c additional-property"}},
		{"organization's form", map[string]any{"organization": "UBND Vũng Tàu"}, []string{"/organization pattern"}},
		{"unit with blank", map[string]any{"filing/unit": "VH TT"}, []string{"/filing/unit pattern"}},
		{"date's form", map[string]any{"date": "15/01/2024"}, []string{"/date format-date"}},
		{"date no calendar has", map[string]any{"date": "2023-02-29"}, []string{"/date format-date"}},
		{"date before the state", map[string]any{"date": "0001-01-01"}, []string{"/date format-date"}},
		{"leap day", map[string]any{"date": "2024-02-29"}, nil},
		{"date of wrong type", map[string]any{"date": 20240115}, []string{"/date type"}},
		{"no recipients", map[string]any{"recipients": []any{}}, []string{"/recipients min-items"}},
		{"too many recipients", map[string]any{"recipients": many}, []string{"/recipients max-items"}},
		{"tenth before second", map[string]any{"recipients": append(slices.Clone(many[:10]), map[string]any{}, map[string]any{}), "recipients/2/name": 1},
			[]string{"/recipients/2/name type", "/recipients/10/name required", "/recipients/11/name required"}},
		{"recipients of wrong type", map[string]any{"recipients": "Sở Nội vụ"}, []string{"/recipients type"}},
		{"copies not whole", map[string]any{"recipients/0/copies": 1.5}, []string{"/recipients/0/copies type"}},
		{"copies whole in another form", map[string]any{"recipients/0/copies": json.RawMessage("2.0")}, nil},
		{"copies in words", map[string]any{"recipients/0/copies": "2"}, []string{"/recipients/0/copies type"}},
		{"copies below zero", map[string]any{"filing/copies": -1}, []string{"/filing/copies minimum"}},
		{"copies beyond", map[string]any{"filing/copies": 1001}, []string{"/filing/copies maximum"}},
		{"copies beyond any computer", map[string]any{"filing/copies": json.RawMessage("1e999999999")}, []string{"/filing/copies number-range"}},
		{"copies of many digits", map[string]any{"filing/copies": json.RawMessage(strings.Repeat("9", 400))}, []string{"/filing/copies number-range"}},
		{"retention null", map[string]any{"retention": nil}, nil},
		{"retention of wrong type", map[string]any{"retention": false}, []string{"/retention type"}},
		{"content of wrong type", map[string]any{"content": []any{}}, []string{"/content type"}},
		{"content empty", map[string]any{"content": map[string]any{}}, []string{"/content/opening required", "/content/sections required"}},
		{"block with text and dash", map[string]any{"content/sections/0/body": []any{map[string]any{"text": "a", "dash": "b"}}}, []string{"/content/sections/0/body/0 max-properties"}},
		{"block with neither", map[string]any{"content/sections/0/body": []any{map[string]any{}}}, []string{"/content/sections/0/body/0 min-properties"}},
		{"block misspelt", map[string]any{"content/sections/0/body": []any{map[string]any{"txt": "a"}}}, []string{"/content/sections/0/body/0/txt additional-property"}},
		{"block of wrong type", map[string]any{"content/sections/0/body": []any{"a"}}, []string{"/content/sections/0/body/0 type"}},
		{"clause without title and text", map[string]any{"content/sections/0/clauses/0/title": drop{}}, []string{"/content/sections/0/clauses/0 any-of"}},
		{"point with an empty title", map[string]any{"content/sections/0/clauses/0/points": []any{map[string]any{"title": ""}}}, []string{"/content/sections/0/clauses/0/points/0/title min-length"}},
		{"template of wrong type", map[string]any{"template": 1}, []string{"/template type"}},
		{"template unknown", map[string]any{"template": "khong-co"}, []string{"/template template-unknown"}},
		{"template unknown and more", map[string]any{"template": "khong-co", "subject": drop{}}, []string{"/subject required", "/template template-unknown"}},

		{"control character", map[string]any{dash: "a\x07b"}, []string{"/" + dash + " control-character"}},
		{"NUL", map[string]any{dash: "a\x00b"}, []string{"/" + dash + " control-character"}},
		{"tab", map[string]any{dash: "a\tb"}, []string{"/" + dash + " control-character"}},
		{"C1 control", map[string]any{dash: "a\u0085b"}, []string{"/" + dash + " control-character"}},
		{"zero width", map[string]any{dash: "Kế\u200bhoạch"}, []string{"/" + dash + " hidden-character"}},
		{"byte order mark inside", map[string]any{dash: "Kế\ufeffhoạch"}, []string{"/" + dash + " hidden-character"}},
		{"soft hyphen", map[string]any{dash: "hành\u00adchính"}, []string{"/" + dash + " hidden-character"}},
		{"direction override", map[string]any{"subject": "a\u202egnp.exe"}, []string{"/subject bidi-character"}},
		{"Word's own bullet", map[string]any{dash: "\uf0b7 Việc"}, []string{"/" + dash + " private-use-character"}},
		{"unassigned", map[string]any{dash: "a\u0378b\U000e0fffc"}, []string{"/" + dash + " unassigned-character"}},
		{"noncharacter", map[string]any{dash: "a\ufffeb"}, []string{"/" + dash + " unassigned-character"}},
		{"replacement", map[string]any{dash: "H\ufffdnh chính"}, []string{"/" + dash + " damaged-character"}},
		{"half a pair", map[string]any{dash: json.RawMessage(`"a\ud800b"`)}, []string{"/" + dash + " damaged-character"}},
		{"emoji selector", map[string]any{dash: "Việc ✔\ufe0f"}, []string{"/" + dash + " hidden-character"}},
		{"mark on nothing", map[string]any{dash: "\u0301a"}, []string{"/" + dash + " loose-mark"}},
		{"heap of marks", map[string]any{dash: "x" + strings.Repeat("\u0336", 9)}, []string{"/" + dash + " loose-mark"}},
		{"Jarai letters", map[string]any{dash: "Plei Ơ\u0306i, sông Čư\u0306"}, nil},
		{"two kinds in one text", map[string]any{dash: "a\u200bb\u200cc\x01"}, []string{"/" + dash + " control-character", "/" + dash + " hidden-character"}},
		{"TCVN3", map[string]any{"subject": "KÕ ho¹ch tuyªn truyÒn c¶i c¸ch hµnh chÝnh n¨m 2024"}, []string{"/subject legacy-encoding"}},
		{"TCVN3 within a good text", map[string]any{"subject": "Kế hoạch tuyên truyền cải cách hành chính nhà nước trên địa bàn thành phố, kÌm theo b¸o c¸o"}, []string{"/subject legacy-encoding"}},
		{"VNI", map[string]any{"subject": "Keá hoaïch tuyeân truyeàn caûi caùch haønh chính"}, []string{"/subject legacy-encoding"}},
		{"UTF-8 read as 1252", map[string]any{"subject": "Káº¿ hoáº¡ch"}, []string{"/subject legacy-encoding"}},
		{"capitals", map[string]any{"subject": "ỦY BAN NHÂN DÂN", dash: "HỘI ĐỒNG NHÂN DÂN"}, nil},
		{"foreign names", map[string]any{"subject": "Hợp tác với Müller, François và Ångström (5 µm, m², §3, «mở»)"}, nil},

		{"title 1.", map[string]any{"content/sections/0/clauses/0/title": "1. Mục đích"}, []string{"/content/sections/0/clauses/0/title number-in-text"}},
		{"title 1.1.", map[string]any{title: "1.1. Mục đích"}, []string{"/" + title + " number-in-text"}},
		{"title 1)", map[string]any{title: "1) Mục đích"}, []string{"/" + title + " number-in-text"}},
		{"title 1.Mục", map[string]any{title: "1.Mục đích"}, []string{"/" + title + " number-in-text"}},
		{"title I.", map[string]any{title: "I. MỤC ĐÍCH"}, []string{"/" + title + " number-in-text"}},
		{"title VIII.", map[string]any{title: "VIII. MỤC ĐÍCH"}, []string{"/" + title + " number-in-text"}},
		{"bold number", map[string]any{title: "**II.** MỤC ĐÍCH"}, []string{"/" + title + " number-in-text"}},
		{"number and NBSP", map[string]any{title: "2.\u00a0Yêu cầu"}, []string{"/" + title + " number-in-text"}},
		{"point a)", map[string]any{"content/sections/0/clauses/0/points": []any{map[string]any{"text": "a) Việc"}, map[string]any{"text": "đ) Việc"}}},
			[]string{"/content/sections/0/clauses/0/points/0/text number-in-text", "/content/sections/0/clauses/0/points/1/text number-in-text"}},
		{"dash -", map[string]any{dash: "- Việc"}, []string{"/" + dash + " number-in-text"}},
		{"dash stuck", map[string]any{dash: "-Việc"}, []string{"/" + dash + " number-in-text"}},
		{"dash –", map[string]any{dash: "– Việc"}, []string{"/" + dash + " number-in-text"}},
		{"dash •", map[string]any{dash: "• Việc"}, []string{"/" + dash + " number-in-text"}},
		{"dash +", map[string]any{dash: "+ Việc"}, []string{"/" + dash + " number-in-text"}},
		{"plain text with +", map[string]any{"content/sections/0/body": []any{map[string]any{"text": "+ Việc"}}}, nil},
		{"plain text with dash", map[string]any{"content/sections/0/body": []any{map[string]any{"text": "- Việc"}}}, []string{"/content/sections/0/body/0/text number-in-text"}},
		{"opening with number", map[string]any{"content/opening/0": "2. Mở đầu"}, []string{"/content/opening/0 number-in-text"}},
		{"share", map[string]any{dash: "100% cán bộ"}, nil},
		{"year", map[string]any{dash: "2024 là năm"}, nil},
		{"thousands", map[string]any{dash: "10.000 người"}, nil},
		{"degrees", map[string]any{dash: "-5 độ C"}, nil},
		{"people", map[string]any{dash: "C. Mác và V.I. Lênin"}, nil},
		{"bracketed sentence", map[string]any{dash: "(Nhiệm vụ cụ thể theo Phụ lục)"}, nil},
		{"a word and a bracket", map[string]any{dash: "theo a) và b)"}, nil},

		{"recipient with dash", map[string]any{"recipients/0/name": "- Sở Nội vụ"}, []string{"/recipients/0/name number-in-text"}},
		{"recipient with semicolon", map[string]any{"recipients/0/name": "Sở Nội vụ;"}, []string{"/recipients/0/name trailing-punctuation"}},
		{"recipient Lưu", map[string]any{"recipients/0/name": "Lưu: VT, VHTT."}, []string{"/recipients/0/name filing-in-recipients"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			_, err := c.Decode(t.Context(), "", with(t, k.changes))
			if k.want == nil {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if got := told(err); !slices.Equal(got, k.want) {
				t.Fatalf("got %q\nwant %q\n%v", got, k.want, err)
			}
			if record.CodeOf(err) != "input-invalid" || record.KindOf(err) != record.Invalid {
				t.Errorf("kind %s, code %s", record.KindOf(err), record.CodeOf(err))
			}
		})
	}
}

func TestDecodeMessages(t *testing.T) {
	c := catalogue(t)
	for _, k := range []struct {
		changes map[string]any
		want    string
	}{
		{map[string]any{"subject": drop{}}, "Thiếu “Trích yếu”"},
		{map[string]any{"subject": ""}, "“Trích yếu” không được để trống"},
		{map[string]any{"signatory/capacity": "X"}, "“Tư cách ký” phải là một trong: TM, KT, TL, TUQ, Q, HEAD"},
		{map[string]any{"recipients": "x"}, "“Nơi nhận” phải là danh sách [...], không phải chữ"},
		{map[string]any{"recipients/0": "x"}, "“Nơi nhận” thứ 1 phải là nhóm trường {...}, không phải chữ"},
		{map[string]any{"date": "2024-02-30"}, "“Ngày văn bản” phải là một ngày có thật, viết dạng YYYY-MM-DD"},
		{map[string]any{"content/sections/0/clauses/0/title": drop{}}, "“Khoản” thứ 1 phải có ít nhất một trong: “Lời của khoản”, “Tên khoản”"},
		{map[string]any{"subjet": "x"}, `Không có trường nào tên "subjet" ở đây (các trường: content, date, filing, organization, recipients, retention, scope, signatory, subject, template, urgency)`},
		{map[string]any{"content/sections/0/title": "I. MỤC ĐÍCH"}, `“Tên mục” bắt đầu bằng "I."; số thứ tự và gạch đầu dòng do mẫu tự đặt, hãy bỏ khỏi dữ liệu`},
	} {
		_, err := c.Decode(t.Context(), "", with(t, k.changes))
		var e *record.Error
		if !errors.As(err, &e) || len(e.Faults) != 1 || e.Faults[0].Message != k.want {
			t.Errorf("%v: got %v\nwant %s", k.changes, err, k.want)
		}
	}
	for _, v := range []any{5, "a\u200bb", "1. a"} {
		_, err := c.Decode(t.Context(), "", with(t, map[string]any{"content/sections/0/clauses/0/body/0/dash": v}))
		var e *record.Error
		if !errors.As(err, &e) || len(e.Faults) != 1 || e.Faults[0].Place != "“Mục” thứ 1, “Khoản” thứ 1, “Đoạn” thứ 1" {
			t.Errorf("place: %v", err)
		}
	}
}

func TestDecodeUnreadable(t *testing.T) {
	c := catalogue(t)
	for _, k := range []struct {
		name, raw, code, place, says string
	}{
		{"empty", "", "input-empty", "", ""},
		{"blank", " \n", "input-empty", "", ""},
		{"only a byte order mark", "\ufeff", "input-empty", "", ""},
		{"cut off", `{"template": "ke-hoach"`, "json-syntax", "dòng 1, cột 24", "cắt cụt"},
		{"cut off in a text", `{"a": "b`, "json-syntax", "dòng 1, cột 9", "cắt cụt"},
		{"comma too many", "{\n  \"a\": 1,\n}", "json-syntax", "dòng 3, cột 1", "thừa dấu phẩy"},
		{"comma missing", "{\"ả\": \"ế\" \"b\": 2}", "json-syntax", "dòng 1, cột 11", "thiếu dấu phẩy"},
		{"single quotes", `{'a': 1}`, "json-syntax", "dòng 1, cột 2", "ngoặc kép"},
		{"typographic quotes", `{“a”: 1}`, "json-syntax", "dòng 1, cột 2", "ngoặc kép"},
		{"comment", "{\n// ghi chú\n}", "json-syntax", "dòng 2, cột 1", "chú thích"},
		{"line end in a text", "{\"a\": \"b\nc\"}", "json-syntax", "dòng 1, cột 9", `\n`},
		{"not JSON", "Kế hoạch", "json-syntax", "dòng 1, cột 1", ""},
		{"trailing data", `{"a": 1} {"b": 2}`, "json-trailing", "dòng 1, cột 10", ""},
		{"Windows-1258", "{\"a\":\n \"K\xea ho\"}", "input-encoding", "dòng 2, cột 4", "UTF-8"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "input-encoding", "dòng 1, cột 1", "UTF-8"},
		{"too deep", strings.Repeat("[", 100) + strings.Repeat("]", 100), "json-depth", "", ""},
		{"far too deep", strings.Repeat("[", 1<<20), "json-depth", "", ""},
		{"too large", `{"a": "` + strings.Repeat("x", maxInput) + `"}`, "input-too-large", "", ""},
		{"too many values", "[" + strings.Repeat("1,", maxValues) + "1]", "input-too-large", "", ""},
	} {
		t.Run(k.name, func(t *testing.T) {
			_, err := c.Decode(t.Context(), "", []byte(k.raw))
			var e *record.Error
			if !errors.As(err, &e) || e.Kind != record.Invalid || e.Code != k.code {
				t.Fatalf("got %v, want %s", err, k.code)
			}
			if k.place != "" && (len(e.Faults) != 1 || e.Faults[0].Place != k.place) {
				t.Errorf("place: %v, want %s", e, k.place)
			}
			if !strings.Contains(e.Error(), k.says) {
				t.Errorf("%q does not say %q", e.Error(), k.says)
			}
		})
	}
}

func TestDecodeStructure(t *testing.T) {
	c := catalogue(t)
	for _, k := range []struct {
		name, raw string
		want      []string
	}{
		{"not an object", `[1]`, []string{"type"}},
		{"null", `null`, []string{"type"}},
		{"same name twice", strings.Replace(small, `"date"`, `"subject":"hai","date"`, 1), []string{"/subject duplicate-key"}},
		{"same name in two forms of Unicode", `{"é":1,"e\u0301":2}`, nil},
		{"long name", strings.Replace(small, `"date"`, `"`+strings.Repeat("x", 101)+`":1,"date"`, 1), []string{"name-too-long"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			_, err := c.Decode(t.Context(), "", []byte(k.raw))
			got := told(err)
			if k.want == nil {
				if !slices.Contains(got, "/é duplicate-key") {
					t.Errorf("got %q", got)
				}
				return
			}
			if !slices.Equal(got, k.want) {
				t.Errorf("got %q, want %q", got, k.want)
			}
		})
	}
}

func TestDecodeTemplate(t *testing.T) {
	c := catalogue(t)
	if _, err := c.Decode(t.Context(), "khong-co", []byte(small)); record.KindOf(err) != record.NotFound || record.CodeOf(err) != "template-unknown" || !strings.Contains(err.Error(), "ke-hoach") {
		t.Errorf("unknown template: %v", err)
	}
	e, _, err := decoded(t, c, "ke-hoach", with(t, map[string]any{"template": drop{}}))
	if err != nil || e.Template != "ke-hoach" {
		t.Errorf("template not taken over: %v", err)
	}
	if _, err := c.Decode(t.Context(), "", with(t, map[string]any{"template": drop{}})); !slices.Equal(told(err), []string{"/template required"}) {
		t.Errorf("no template: %v", err)
	}
	if _, err := c.Decode(t.Context(), "ke-hoach", with(t, map[string]any{"template": "khong-co"})); !slices.Equal(told(err), []string{"/template template-unknown"}) {
		t.Errorf("other unknown template: %v", err)
	}
	// Two templates that both exist.
	two, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	other := *two.forms["ke-hoach"]
	other.record.ID = "bao-cao"
	two.forms["bao-cao"] = &other
	if _, err := two.Decode(t.Context(), "bao-cao", []byte(small)); !slices.Equal(told(err), []string{"/template template-mismatch"}) {
		t.Errorf("mismatch: %v", err)
	}
}

func TestDecodeNormalises(t *testing.T) {
	c := catalogue(t)
	want, one, err := decoded(t, c, "", with(t, map[string]any{"subject": "Kế hoạch\nnăm 2024", "content/opening/0": "ngày\u00a026 & <b>"}))
	if err != nil {
		t.Fatal(err)
	}
	got, two, err := decoded(t, c, "ke-hoach", append([]byte("\ufeff"), with(t, map[string]any{
		"template": drop{}, "retention": nil,
		"subject":           norm.NFD.String("  Kế hoạch \r\n\u00a0năm 2024\r\n"),
		"content/opening/0": "\u2003ngày\u202f26 & <b> ",
	})...))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) || !bytes.Equal(one, two) {
		t.Errorf("not the same:\n%s\n%s", one, two)
	}
	if !bytes.Contains(two, []byte("& <b>")) || bytes.Contains(two, []byte("\n")) {
		t.Errorf("canonical JSON: %s", two)
	}
	_, a, err := decoded(t, c, "", with(t, map[string]any{"filing/copies": json.RawMessage("2e0")}))
	if err != nil {
		t.Fatal(err)
	}
	_, b, err := decoded(t, c, "", with(t, map[string]any{"filing/copies": 2}))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("one number, two digests:\n%s\n%s", a, b)
	}
}

func TestDecodeBoundsItsAnswer(t *testing.T) {
	c := catalogue(t)
	raw := []byte(`{"recipients":[` + strings.Repeat("{},", 40_000) + `{}]}`)
	start := time.Now()
	_, err := c.Decode(t.Context(), "ke-hoach", raw)
	t.Logf("%d KB of faults took %s", len(raw)>>10, time.Since(start))
	var e *record.Error
	if !errors.As(err, &e) || len(e.Faults) != maxFaults+1 || e.Faults[maxFaults].Code != "too-many-faults" {
		t.Fatalf("got %d faults", len(e.Faults))
	}
}
