package form

import (
	"strconv"
	"strings"
)

// ordinal is position n (from 1) as the document prints it, by the manner that
// x-numbering names. A list without one counts 1, 2, 3, as people do when they
// speak of its items.
func ordinal(manner string, n int) string {
	switch manner {
	case "roman":
		return roman(n)
	case "letter":
		return letters(n)
	}
	return strconv.Itoa(n)
}

func roman(n int) string {
	tens := []string{"", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"}
	ones := []string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}
	if n < 1 || n > 999 {
		return strconv.Itoa(n)
	}
	hundreds := []string{"", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"}
	return hundreds[n/100] + tens[n/10%10] + ones[n%10]
}

// letters is the Vietnamese alphabet as points use it (NĐ 30/2020, PL I,
// II.6.c), then aa, ab and so on; the same as the {$a} of forms, which a test
// holds it to.
func letters(n int) string {
	alphabet := strings.Split("a b c d đ e g h i k l m n o p q r s t u v x y", " ")
	out := ""
	for ; n > 0; n = (n - 1) / len(alphabet) {
		out = alphabet[(n-1)%len(alphabet)] + out
	}
	return out
}
