package form

import (
	"strconv"

	"vanthu/record"
)

// ordinal is position n (from 1) as the document prints it, by the manner that
// x-numbering names. A list without one counts 1, 2, 3, as people do when they
// speak of its items.
func ordinal(manner string, n int) string {
	switch manner {
	case "roman":
		return record.Roman(n)
	case "letter":
		return record.PointLetter(n)
	}
	return strconv.Itoa(n)
}
