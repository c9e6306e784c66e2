package templates

import (
	"fmt"
	"unicode"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// clean normalises a text and reports, once per kind, what no document may
// carry: signs that cannot be seen or have no meaning outside one program.
func (r *jsonReader) clean(at []string, s string) string {
	s = vntext.Normalise(s)
	if vntext.ASCII(s) {
		return s
	}
	told := map[string]bool{}
	marks := 0 // combining marks since the last letter; -1 where nothing can carry one
	previous := rune(' ')
	for i, c := range s {
		code, why := vntext.Judge(c)
		if unicode.Is(unicode.M, c) {
			marks++
			if code == "" && (marks > 2 || !unicode.IsLetter(previous)) {
				code, why = "loose-mark", "Dấu rời %s không đi với chữ nào"
			}
		} else {
			previous, marks = c, 0
		}
		if code == "" || told[code] {
			continue
		}
		told[code] = true
		r.faults = append(r.faults, record.Fault{Pointer: pointer(at), Code: code, Message: fmt.Sprintf(why, fmt.Sprintf("U+%04X", c)), Near: vntext.Near(s, i)})
	}
	if why, i := vntext.Legacy(s); why != "" {
		r.faults = append(r.faults, record.Fault{Pointer: pointer(at), Code: "legacy-encoding", Message: why, Near: vntext.Near(s, i)})
	}
	return s
}
