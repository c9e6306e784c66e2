package web_test

import (
	"strconv"
	"strings"
	"testing"
)

// inRanges reads a unicode-range of CSS.
func inRanges(t *testing.T, ranges string, r rune) bool {
	t.Helper()
	for _, one := range strings.Split(ranges, ",") {
		low, high, isRange := strings.Cut(strings.TrimPrefix(strings.TrimSpace(one), "U+"), "-")
		if !isRange {
			high = low
		}
		from, err := strconv.ParseInt(low, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		to, err := strconv.ParseInt(high, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		if int64(r) >= from && int64(r) <= to {
			return true
		}
	}
	return false
}
