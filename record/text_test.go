package record_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
)

func TestParseInline(t *testing.T) {
	for in, want := range map[string][]record.Span{
		"chữ thường":       {{Text: "chữ thường"}},
		"a **đậm** b":      {{Text: "a "}, {Text: "đậm", Bold: true}, {Text: " b"}},
		"*nghiêng*":        {{Text: "nghiêng", Italic: true}},
		"**đậm *cả hai***": {{Text: "đậm ", Bold: true}, {Text: "cả hai", Bold: true, Italic: true}},
		`2 \* 3 \\ \**`:    {{Text: `2 * 3 \ **`}},
		"2 * 3 = 6":        {{Text: "2 * 3 = 6"}},
		"5 ** không đóng":  {{Text: "5 ** không đóng"}},
		`C:\thư mục`:       {{Text: `C:\thư mục`}},
		"":                 nil,
		"****":             {{Text: "****"}},
		"a*":               {{Text: "a*"}},
	} {
		if diff := cmp.Diff(want, record.ParseInline(in)); diff != "" {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
}

// No sign but a mark that is used as one may vanish from a text.
func FuzzParseInline(f *testing.F) {
	for _, s := range []string{"**a** *b*", `\*\\`, "***", "a*b*c**d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		without := strings.NewReplacer("*", "", `\`, "")
		if got, want := without.Replace(record.PlainText(s)), without.Replace(s); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func TestDateTexts(t *testing.T) {
	for in, want := range map[record.Date][2]string{
		"2024-01-05": {"05", "01"}, "2024-02-29": {"29", "02"}, "2024-03-22": {"22", "3"}, "2024-12-01": {"01", "12"},
	} {
		if got := [2]string{in.DayText(), in.MonthText()}; got != want {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
	for _, bad := range []string{"", "2024-02-30", "2023-02-29", "22/3/2024", "2024-3-2", "0000-01-01"} {
		if d, err := record.ParseDate(bad); err == nil {
			t.Errorf("%q was read as %s", bad, d)
		}
	}
	if got := record.NumberText(7) + record.NumberText(46) + record.NumberText(1234); got != "07461234" {
		t.Error(got)
	}
}
