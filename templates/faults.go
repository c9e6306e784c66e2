package templates

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

// maxFaults bounds an answer: who gets a file with thousands of faults needs
// to know that, not read them.
const maxFaults = 500

// pointer makes an RFC 6901 pointer of unescaped steps.
func pointer(steps []string) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(s))
	}
	return b.String()
}

// steps is the way back from a pointer.
func steps(pointer string) []string {
	if pointer == "" {
		return nil
	}
	all := strings.Split(pointer[1:], "/")
	for i, s := range all {
		all[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
	}
	return all
}

// settle puts faults in the order of their pointers (numbers by value), names
// each once, drops what only follows from another fault, and bounds the list.
func settle(faults []record.Fault) []record.Fault {
	slices.SortStableFunc(faults, func(a, b record.Fault) int {
		return cmp.Or(comparePointers(a.Pointer, b.Pointer), cmp.Compare(a.Code, b.Code))
	})
	faults = slices.CompactFunc(faults, func(a, b record.Fault) bool { return a.Pointer == b.Pointer && a.Code == b.Code })
	told := map[string]string{} // by pointer: the code that only follows
	for _, f := range faults {
		switch f.Code {
		case "min-length":
			told[f.Pointer] = "pattern" // an empty text fits no pattern
		case "template-unknown", "template-mismatch":
			told[f.Pointer] = "enum"
		}
	}
	faults = slices.DeleteFunc(faults, func(f record.Fault) bool { return told[f.Pointer] == f.Code })
	return bound(faults)
}

// bound cuts a list of faults and says so.
func bound(faults []record.Fault) []record.Fault {
	if len(faults) <= maxFaults {
		return faults
	}
	return append(faults[:maxFaults:maxFaults], record.Fault{Code: "too-many-faults", Message: fmt.Sprintf("Chỉ liệt kê %d lỗi đầu; còn nhiều lỗi nữa", maxFaults)})
}

func comparePointers(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		c := strings.Compare(x[i], y[i])
		if errM == nil && errN == nil {
			c = cmp.Or(cmp.Compare(m, n), c)
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}
