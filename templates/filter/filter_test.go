package filter_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/templates/filter"
)

// apply runs a chain written as in a tag: "words|capital".
func apply(t testing.TB, chain, text string) (string, error) {
	t.Helper()
	c, err := filter.Parse(strings.Split(chain, "|")...)
	if err != nil {
		t.Fatal(err)
	}
	return c.Apply(text)
}

func TestApply(t *testing.T) {
	for _, c := range []struct{ chain, text, want string }{
		{"date", "2020-03-05", "05/3/2020"},
		{"date", "2024-01-15", "15/01/2024"},
		{"date", "2024-02-29", "29/02/2024"},
		{"date", "2024-12-31", "31/12/2024"},
		{"date", "1930-02-03", "03/02/1930"},
		{"date", "1000-10-10", "10/10/1000"},
		{"long", "2020-03-05", "ngày 05 tháng 3 năm 2020"},
		{"long", "2024-02-10", "ngày 10 tháng 02 năm 2024"},
		{"long", "9999-11-30", "ngày 30 tháng 11 năm 9999"},
		{"month", "2024-01-31", "tháng 01 năm 2024"},
		{"month|capital", "2020-03-05", "Tháng 3 năm 2020"},

		{"number", "0", "0"},
		{"number", "-0", "0"},
		{"number", "-0.00", "0,00"},
		{"number", "999", "999"},
		{"number", "1000", "1.000"},
		{"number", "1234567.89", "1.234.567,89"},
		{"number", "-1234567.890", "-1.234.567,890"},
		{"number", "0.5", "0,5"},
		{"number", "9007199254740993", "9.007.199.254.740.993"}, // no float64 holds it
		{"number", "0.1234567890123456789", "0,1234567890123456789"},
		{"number", "1e3", "1.000"},
		{"number", "1.50e1", "15,0"},
		{"number", "1.5E+3", "1.500"},
		{"number", "-25e-3", "-0,025"},
		{"number", "0.000012e7", "120"},
		{"number", "0e-9999999999999999999", "0"},
		{"number", "123456789012345678901234567", "123.456.789.012.345.678.901.234.567"},
		{"money", "1234567", "1.234.567\u00a0đồng"},
		{"money", "-2103.11", "-2.103,11\u00a0đồng"},

		{"words", "1234567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy"},
		{"words", "1.5e9", "một tỷ năm trăm triệu"},
		{"words", "-5", "âm năm"},
		{"words", "-0", "không"}, // nobody says "âm không"
		{"words", "2.50", "hai phẩy năm"},
		{"words", "1.00", "một"},
		{"words", "0.05", "không phẩy không năm"},
		{"words", "3.14", "ba phẩy mười bốn"},
		{"words", "3.105", "ba phẩy một trăm linh năm"},
		{"words", "3.1416", "ba phẩy một bốn một sáu"},
		{"words|capital", "21000", "Hai mươi mốt nghìn"},
		{"words|upper", "15", "MƯỜI LĂM"},

		{"roman", "4", "IV"},
		{"roman", "3999", "MMMCMXCIX"},
		{"roman|lower", "8", "viii"},
		{"roman", "2.0", "II"}, // an integer, as JSON Schema has it
		{"roman", "1e1", "X"},
		{"letter", "5", "đ"},
		{"letter", "23", "y"},
		{"letter", "24", "aa"},

		{"upper", "Ủy ban nhân dân đ", "ỦY BAN NHÂN DÂN Đ"},
		{"lower", "KẾ HOẠCH Đ", "kế hoạch đ"},
		{"capital", "đường phố", "Đường phố"},
		{"capital", "“ước tính”", "“Ước tính”"},
		{"capital", "(ấp 3)", "(Ấp 3)"},
		{"capital", "3 tháng", "3 tháng"},
		{"capital", "", ""},
		{"capital", "…", "…"},
	} {
		got, err := apply(t, c.chain, c.text)
		if got != c.want || err != nil {
			t.Errorf("{%s|%s}: %q, %v; want %q", c.text, c.chain, got, err, c.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ chain, text, code string }{
		{"date", "", "not-a-date"},
		{"date", "05/3/2020", "not-a-date"},
		{"date", "2023-02-29", "not-a-date"},
		{"date", "2024-13-01", "not-a-date"},
		{"date", "2024-04-31", "not-a-date"},
		{"date", "2024-4-3", "not-a-date"},
		{"date", "0999-12-31", "not-a-date"},
		{"date", "2024-03-05T00:00:00Z", "not-a-date"},
		{"long|upper", "hôm nay", "not-a-date"},
		{"month", "2024-03", "not-a-date"},

		{"number", "", "not-a-number"},
		{"number", "-", "not-a-number"},
		{"number", "+1", "not-a-number"},
		{"number", "01", "not-a-number"},
		{"number", "1.", "not-a-number"},
		{"number", ".5", "not-a-number"},
		{"number", "1e", "not-a-number"},
		{"number", "1e+", "not-a-number"},
		{"number", "1,5", "not-a-number"},
		{"number", "1.234.567", "not-a-number"},
		{"number", " 1", "not-a-number"},
		{"number", "0x10", "not-a-number"},
		{"number", "NaN", "not-a-number"},
		{"number", "١", "not-a-number"},
		{"money", "20 triệu", "not-a-number"},
		{"words", "mười", "not-a-number"},

		{"number", "1234567890123456789012345678", "number-too-long"},
		{"number", "1e27", "number-too-long"},
		{"number", "1e99999999999999999999", "number-too-long"},
		{"number", "1e-28", "number-too-long"},
		{"words", "0.1234567890123456789012345678", "number-too-long"},
		{"words", strings.Repeat("9", 1<<20), "number-too-long"},

		{"roman", "0", "not-an-ordinal"},
		{"roman", "4000", "not-an-ordinal"},
		{"roman", "-1", "not-an-ordinal"},
		{"roman", "1.5", "not-an-ordinal"},
		{"letter", "a", "not-an-ordinal"},
		{"letter", "99999999999999999999999", "not-an-ordinal"},
	} {
		got, err := apply(t, c.chain, c.text)
		if got != "" || record.CodeOf(err) != c.code || record.KindOf(err) != record.Invalid {
			t.Errorf("{%.40q|%s}: %q, %v; want %s", c.text, c.chain, got, err, c.code)
		}
		if err != nil && len([]rune(err.Error())) > 200 {
			t.Errorf("{%.40q|%s}: a message of %d letters", c.text, c.chain, len([]rune(err.Error())))
		}
	}
	const want = `“31/02 2024” không phải là một ngày có trong lịch, viết dạng năm-tháng-ngày, ví dụ 2024-03-05`
	if _, err := apply(t, "date", "31/02\n2024"); err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ chain, code, message string }{
		{"wrods", "filter-unknown", "Không có bộ lọc “wrods”; các bộ lọc có là: date, long, month, number, money, words, roman, letter, upper, lower, capital"},
		{"words|shout|Upper", "filter-unknown", "Không có bộ lọc “shout”, “Upper”; các bộ lọc"},
		{"", "filter-unknown", "Không có bộ lọc “”"},
		{"upper|words", "filter-order", "Bộ lọc “words” cần một số nên phải đứng đầu, không đứng sau “upper”"},
		{"long|date", "filter-order", "Bộ lọc “date” cần một ngày nên phải đứng đầu, không đứng sau “long”"},
		{"words|capital|roman", "filter-order", "Bộ lọc “roman” cần một số thứ tự nên phải đứng đầu, không đứng sau “capital”"},
	} {
		_, err := filter.Parse(strings.Split(c.chain, "|")...)
		if record.CodeOf(err) != c.code || !strings.HasPrefix(err.Error(), c.message) {
			t.Errorf("%q: %v\nwant %s: %s", c.chain, err, c.code, c.message)
		}
	}

	c, err := filter.Parse()
	if err != nil || c.Takes() != filter.Text {
		t.Fatalf("no filter: %v, %v", c.Takes(), err)
	}
	if got, err := c.Apply("Như cũ\n1.5"); got != "Như cũ\n1.5" || err != nil {
		t.Errorf("no filter: %q, %v", got, err)
	}
}

// A value that a filter's schema describes is one that the filter takes.
func TestAll(t *testing.T) {
	values := map[filter.Kind]string{filter.Text: "kế hoạch", filter.Date: "2024-03-05", filter.Number: "-1.5", filter.Ordinal: "3"}
	schemas := map[filter.Kind]map[string]any{
		filter.Text:    {"type": "string"},
		filter.Date:    {"type": "string", "format": "date"},
		filter.Number:  {"type": "number"},
		filter.Ordinal: {"type": "integer", "minimum": 1, "maximum": 3999},
	}
	var names []string
	for _, f := range filter.All() {
		names = append(names, f.Name)
		c, err := filter.Parse(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Apply(values[f.Takes]); got == "" || err != nil {
			t.Errorf("%s: %q, %v", f.Name, got, err)
		}
		if diff := cmp.Diff(schemas[c.Takes()], c.Takes().Schema()); diff != "" {
			t.Errorf("%s: %s", f.Name, diff)
		}
		if f.About == "" || strings.Contains(f.About, "\n") {
			t.Errorf("%s: %q", f.Name, f.About)
		}
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(names))); len(sorted) != len(names) {
		t.Errorf("a name twice: %v", names)
	}

	mine := filter.All()
	mine[0].Name = "mine"
	if filter.All()[0].Name == "mine" {
		t.Error("a caller changed the list")
	}
}
