package record

import "testing"

func TestOrdinals(t *testing.T) {
	for n, want := range map[int]string{0: "", 1: "I", 4: "IV", 9: "IX", 14: "XIV", 40: "XL", 49: "XLIX", 99: "XCIX", 444: "CDXLIV", 1999: "MCMXCIX", 3999: "MMMCMXCIX", 4000: "4000", 1 << 40: "1099511627776"} {
		if got := Roman(n); got != want {
			t.Errorf("Roman(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "", 1: "a", 4: "d", 5: "đ", 6: "e", 23: "y", 24: "aa", 46: "ay", 47: "ba"} {
		if got := PointLetter(n); got != want {
			t.Errorf("PointLetter(%d) = %q, want %q", n, got, want)
		}
	}
}
