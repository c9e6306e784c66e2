package filter_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/templates/filter"
)

// FuzzNumber: exactly the JSON numbers within the limits are taken, and what is
// printed and what is said have the value that was given.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "-0.00", "1234567.89", "1.50e1", "0.000012e7", "1e27", "1e-28", "01", "+1", "1.", "1,5", "0e-999999999999", "21000021", "999999999999999999999999999", "1000001000000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		isNumber := text != "" && strings.Trim(text[:1], "-0123456789") == "" && strings.TrimSpace(text) == text && json.Valid([]byte(text))
		printed, err := apply(t, "number", text)
		if code := record.CodeOf(err); err != nil && (code != "number-too-long" && code != "not-a-number" || code == "not-a-number" && isNumber) {
			t.Fatalf("%q: %v", text, err)
		}
		words, errWords := apply(t, "words", text)
		if (err == nil) != (errWords == nil) {
			t.Fatalf("%q: number %v, words %v", text, err, errWords)
		}
		if err != nil {
			if isNumber && len(text) < 20 && !strings.ContainsAny(text, "eE") {
				t.Fatalf("%q refused: %v", text, err)
			}
			return
		}
		if !isNumber {
			t.Fatalf("%q became %q", text, printed)
		}
		mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
		if strings.Trim(mantissa, "-0.") == "" { // a zero; its exponent may be past what big.Rat can do
			text = mantissa
		} else if n, _ := strconv.Atoi(strings.TrimPrefix(exponent, "+")); n > 300 || n < -300 {
			t.Fatalf("%q became %q", text, printed)
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q is no number, yet became %q", text, printed)
		}
		if !vietnameseNumber.MatchString(printed) {
			t.Fatalf("%q became %q", text, printed)
		}
		got, _ := new(big.Rat).SetString(strings.Replace(strings.ReplaceAll(printed, ".", ""), ",", ".", 1))
		if got.Cmp(want) != 0 {
			t.Fatalf("%q became %q", text, printed)
		}
		if got, err := heard(words); err != nil || got.Cmp(want) != 0 {
			t.Fatalf("%q: %q was heard as %v, %v", text, words, got, err)
		}
	})
}

var vietnameseNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,2}(\.[0-9]{3})*)(,[0-9]+)?$`)

// FuzzDate: exactly the days of the calendar are taken, and each way to write
// one says the same day.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2020-03-05", "2024-02-29", "2023-02-29", "1947-04-01", "0999-12-31", "9999-12-31", "2024-3-5", "2024-01-01T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		day, bad := time.Parse("2006-01-02", text)
		long, err := apply(t, "long", text)
		if (err != nil) != (bad != nil || day.Year() < 1000) || err != nil && record.CodeOf(err) != "not-a-date" {
			t.Fatalf("%q: %q, %v; time says %v", text, long, err, bad)
		}
		if err != nil {
			return
		}
		short, _ := apply(t, "date", text)
		month, _ := apply(t, "month", text)
		if again, err := time.Parse("ngày 02 tháng 1 năm 2006", long); err != nil || !again.Equal(day) || !strings.HasSuffix(long, " "+month) {
			t.Fatalf("%q: %q, %q", text, long, month)
		}
		if again, err := time.Parse("02/1/2006", short); err != nil || !again.Equal(day) {
			t.Fatalf("%q: %q", text, short)
		}
	})
}

// FuzzText: any names and any text; filters of text keep it valid and in NFC.
func FuzzText(f *testing.F) {
	f.Add("upper|capital", "Ủy ban nhân dân")
	f.Add("words|lower", "1e5")
	f.Add("lower", "İΐ ǰ \u0345")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, names, text string) {
		c, err := filter.Parse(strings.Split(names, "|")...)
		if err != nil {
			if code := record.CodeOf(err); code != "filter-unknown" && code != "filter-order" {
				t.Fatal(err)
			}
			return
		}
		got, err := c.Apply(norm.NFC.String(text))
		if err == nil && utf8.ValidString(text) && (!utf8.ValidString(got) || !norm.NFC.IsNormalString(got)) {
			t.Fatalf("%q|%s: %q", text, names, got)
		}
	})
}

// FuzzUnbroken: only spaces and hyphens change, each into its twin, and tying
// again ties nothing more.
func FuzzUnbroken(f *testing.F) {
	for _, c := range tied {
		f.Add(strings.NewReplacer("~", " ", "=", "-").Replace(c))
	}
	f.Add("ngày\u00a005 tháng 3 12\u00a0- 15 A-\xff-B 7 - ")
	f.Fuzz(func(t *testing.T, text string) {
		got := filter.Unbroken(text)
		if again := filter.Unbroken(got); again != got {
			t.Fatalf("%q became %q, then %q", text, got, again)
		}
		rest := got
		for i := 0; i < len(text); i++ {
			twin := map[byte]string{' ': string(filter.NoBreakSpace), '-': string(filter.NoBreakHyphen)}[text[i]]
			after, changed := strings.CutPrefix(rest, twin)
			if twin == "" || !changed {
				after, changed = strings.CutPrefix(rest, text[i:i+1])
			}
			if !changed {
				t.Fatalf("%q became %q", text, got)
			}
			rest = after
		}
		if rest != "" {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
