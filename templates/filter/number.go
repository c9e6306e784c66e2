package filter

import (
	"fmt"
	"strconv"
	"strings"

	"vanthu/record"
)

const (
	// maxDigits bounds a number on each side of the point: what can be read as
	// "… tỷ tỷ", which no budget reaches.
	maxDigits = 27
	// maxOrdinal is where Roman numbers end.
	maxOrdinal = 3999
	// maxText bounds the text of a number, which may carry zeros and an exponent.
	maxText = 200
)

// decimal is a number by its digits. whole has no leading zero but "0" itself,
// fraction is as it was given; zero is not negative.
type decimal struct {
	negative        bool
	whole, fraction string
}

// ofNumber reads a JSON number.
func ofNumber(write func(decimal) string) func(string) (string, error) {
	return func(text string) (string, error) {
		d, err := parse(text)
		if err != nil {
			return "", err
		}
		return write(d), nil
	}
}

// ofOrdinal reads a whole number from 1 to maxOrdinal; 5.0 is whole, as JSON
// Schema has it.
func ofOrdinal(write func(int) string) func(string) (string, error) {
	return func(text string) (string, error) {
		d, err := parse(text)
		n, tooBig := strconv.Atoi(d.whole)
		if err != nil || tooBig != nil || d.negative || strings.Trim(d.fraction, "0") != "" || n < 1 || n > maxOrdinal {
			return "", record.E(record.Invalid, "not-an-ordinal", fmt.Sprintf("%s không phải là số thứ tự từ 1 đến %d", quote(text), maxOrdinal))
		}
		return write(n), nil
	}
}

// parse reads the grammar of RFC 8259, section 6: no plus sign, no leading
// zeros, no separators. An exponent moves the point and never loses a digit.
func parse(text string) (decimal, error) {
	var d decimal
	if len(text) > maxText {
		return d, tooLong(text)
	}
	rest, negative := strings.CutPrefix(text, "-")
	whole, rest := leadingDigits(rest)
	good := whole != "" && (whole == "0" || whole[0] != '0')
	fraction, exponent := "", 0
	if after, ok := strings.CutPrefix(rest, "."); ok {
		fraction, rest = leadingDigits(after)
		good = good && fraction != ""
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		sign, unsigned := 1, rest[1:]
		if unsigned != "" && (unsigned[0] == '-' || unsigned[0] == '+') {
			if unsigned[0] == '-' {
				sign = -1
			}
			unsigned = unsigned[1:]
		}
		var digits string
		digits, rest = leadingDigits(unsigned)
		good = good && digits != ""
		for i := 0; i < len(digits) && exponent < 10*maxText; i++ { // far past any limit is enough
			exponent = 10*exponent + int(digits[i]-'0')
		}
		exponent *= sign
	}
	if !good || rest != "" {
		return d, record.E(record.Invalid, "not-a-number",
			quote(text)+" không phải là số viết chỉ bằng chữ số, dấu chấm trước phần thập phân, ví dụ 1234567.89")
	}
	d, ok := shift(whole, fraction, exponent)
	if !ok {
		return decimal{}, tooLong(text)
	}
	d.negative = negative && strings.Trim(d.whole+d.fraction, "0") != ""
	return d, nil
}

// shift moves the point by exponent places to the right, within the limits.
func shift(whole, fraction string, exponent int) (decimal, bool) {
	digits, point := whole+fraction, len(whole)+exponent
	if strings.Trim(digits, "0") == "" { // zero stays zero, wherever its point goes
		digits, point = "0"+fraction, 1
	}
	switch {
	case point > maxText+maxDigits || point < -maxDigits:
		return decimal{}, false
	case point <= 0:
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	case point > len(digits):
		digits += strings.Repeat("0", point-len(digits))
	}
	d := decimal{whole: strings.TrimLeft(digits[:point-1], "0") + digits[point-1:point], fraction: digits[point:]}
	return d, len(d.whole) <= maxDigits && len(d.fraction) <= maxDigits
}

func leadingDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

func tooLong(text string) error {
	return record.E(record.Invalid, "number-too-long",
		fmt.Sprintf("Số %s dài quá: mỗi bên dấu thập phân nhiều nhất %d chữ số", quote(text), maxDigits))
}

// grouped is the number as Vietnamese writes it, with the decimals as given.
func (d decimal) grouped() string {
	var b strings.Builder
	if d.negative {
		b.WriteByte('-')
	}
	for i := range len(d.whole) {
		if i > 0 && (len(d.whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(d.whole[i])
	}
	if d.fraction != "" {
		b.WriteString("," + d.fraction)
	}
	return b.String()
}

// money keeps the amount and its unit on one line.
func (d decimal) money() string { return d.grouped() + "\u00a0đồng" }
