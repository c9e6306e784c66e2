package record

import (
	"strconv"
	"strings"
)

// Roman numbers sections: I, II, III; "" below 1, digits above 3999, where
// Roman numbers end.
func Roman(n int) string {
	if n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, r := range []struct {
		value int
		sign  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.value; n -= r.value {
			b.WriteString(r.sign)
		}
	}
	return b.String()
}

// PointLetters is the Vietnamese alphabet as points use it: without the marked
// vowels, without f, j, w, z, with đ after d (NĐ 30/2020, PL I, II.6.c; the
// custom of published documents).
const PointLetters = "abcdđeghiklmnopqrstuvxy"

// PointLetter numbers points a, b, c, d, đ ... y; then, like columns of a sheet,
// aa, ab ... ay, ba and so on.
func PointLetter(n int) string {
	alphabet := []rune(PointLetters)
	var out []rune
	for ; n > 0; n = (n - 1) / len(alphabet) {
		out = append([]rune{alphabet[(n-1)%len(alphabet)]}, out...)
	}
	return string(out)
}
