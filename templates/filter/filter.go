package filter

import (
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
)

// Filter is one way to print a value.
type Filter struct {
	Name  string // as a tag writes it after "|"
	About string // one line for people who make forms, Vietnamese
	Takes Kind
	apply func(string) (string, error)
}

// Kind is the kind of value a filter takes.
type Kind string

const (
	Text    Kind = "text"    // any text; numbers and dates as they stand in JSON
	Date    Kind = "date"    // "YYYY-MM-DD", a day of the calendar from year 1000
	Number  Kind = "number"  // a JSON number of at most 27 digits on each side of the point
	Ordinal Kind = "ordinal" // a whole number from 1 to 3999
)

// Schema is what JSON Schema (2020-12) says of a value of this kind.
func (k Kind) Schema() map[string]any {
	switch k {
	case Date:
		return map[string]any{"type": "string", "format": "date"}
	case Number:
		return map[string]any{"type": "number"}
	case Ordinal:
		return map[string]any{"type": "integer", "minimum": 1, "maximum": maxOrdinal}
	}
	return map[string]any{"type": "string"}
}

// vietnamese names the kind in a message.
func (k Kind) vietnamese() string {
	switch k {
	case Date:
		return "một ngày"
	case Number:
		return "một số"
	case Ordinal:
		return "một số thứ tự"
	}
	return "lời văn"
}

var filters = []Filter{
	{"date", "Ngày viết bằng số: 05/3/2020 (ngày dưới 10, tháng 1 và 2 thêm số 0)", Date, ofDate(shortDate)},
	{"long", "Ngày viết đủ chữ: ngày 05 tháng 3 năm 2020", Date, ofDate(longDate)},
	{"month", "Tháng và năm của một ngày: tháng 3 năm 2020", Date, ofDate(monthOfYear)},
	{"number", "Số có dấu chấm ngăn hàng nghìn, dấu phẩy thập phân: 1.234.567,89", Number, ofNumber(decimal.grouped)},
	{"money", "Số tiền bằng đồng: 1.234.567 đồng", Number, ofNumber(decimal.money)},
	{"words", "Số đọc thành chữ: một triệu hai trăm ba mươi tư nghìn", Number, ofNumber(decimal.words)},
	{"roman", "Số thứ tự bằng chữ số La Mã: I, II, III", Ordinal, ofOrdinal(record.Roman)},
	{"letter", "Số thứ tự bằng chữ cái như các điểm: a, b, c, d, đ", Ordinal, ofOrdinal(record.PointLetter)},
	{"upper", "Chữ in hoa: KẾ HOẠCH", Text, ofText(strings.ToUpper)},
	{"lower", "Chữ thường: kế hoạch", Text, ofText(strings.ToLower)},
	{"capital", "Viết hoa chữ cái đầu: Một triệu đồng", Text, ofText(capital)},
}

// All are the filters there are, in the order in which people are told of them.
func All() []Filter { return slices.Clone(filters) }

// Chain is the filters of one tag, applied from left to right. The empty chain
// prints a text as it is.
type Chain []Filter

// Parse looks up the filters of a tag, {x|words|capital} giving "words" and
// "capital". An error names every filter that does not exist
// (filter-unknown), or the first that cannot take what stands before it
// (filter-order): each prints text, so only filters of text may follow.
func Parse(names ...string) (Chain, error) {
	var c Chain
	var unknown []string
	for _, name := range names {
		i := slices.IndexFunc(filters, func(f Filter) bool { return f.Name == name })
		if i < 0 {
			unknown = append(unknown, quote(name))
			continue
		}
		c = append(c, filters[i])
	}
	if len(unknown) > 0 {
		return nil, record.E(record.Invalid, "filter-unknown",
			fmt.Sprintf("Không có bộ lọc %s; các bộ lọc có là: %s", strings.Join(unknown, ", "), strings.Join(known(), ", ")))
	}
	for i, f := range c {
		if i > 0 && f.Takes != Text {
			return nil, record.E(record.Invalid, "filter-order",
				fmt.Sprintf("Bộ lọc %s cần %s nên phải đứng đầu, không đứng sau %s", quote(f.Name), f.Takes.vietnamese(), quote(c[i-1].Name)))
		}
	}
	return c, nil
}

func known() []string {
	var names []string
	for _, f := range filters {
		names = append(names, f.Name)
	}
	return names
}

// Takes is the kind of value the chain takes.
func (c Chain) Takes() Kind {
	if len(c) == 0 {
		return Text
	}
	return c[0].Takes
}

// Apply prints a value: text is what stood in JSON. Errors are not-a-date,
// not-a-number, not-an-ordinal and number-too-long.
func (c Chain) Apply(text string) (string, error) {
	for _, f := range c {
		printed, err := f.apply(text)
		if err != nil {
			return "", err
		}
		text = printed
	}
	return text, nil
}

// quote shows a value in a message: on one line, not longer than helps.
func quote(s string) string {
	const most = 40
	runes := []rune(strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s))
	if len(runes) > most {
		runes = append(runes[:most], '…')
	}
	return "“" + string(runes) + "”"
}
