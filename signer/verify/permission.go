package verify

import (
	"fmt"
	"strings"

	"vanthu/pdf"
)

// mdp is what a signature says may still change: modification detection and
// prevention, ISO 32000-1, 12.8.2.
type mdp struct {
	level  int // DocMDP P: 1 nothing, 2 forms and signatures, 3 also annotations; 0 not given
	action pdf.Name
	fields []string // of FieldMDP
}

// readMDP reads the signature's reference dictionaries, which are signed with
// it. A lock that the field announces but the signature does not repeat counts
// as well: the author wanted it.
func readMDP(f *pdf.File, signature, field pdf.Dict) mdp {
	var m mdp
	refs, _ := pdf.As[pdf.Array](f, signature["Reference"])
	for i, o := range refs {
		if i == 8 {
			break
		}
		ref, _ := pdf.As[pdf.Dict](f, o)
		params, _ := pdf.As[pdf.Dict](f, ref["TransformParams"])
		switch method, _ := pdf.As[pdf.Name](f, ref["TransformMethod"]); method {
		case "DocMDP":
			m.restrict(f, params["P"], 2)
		case "FieldMDP":
			m.lock(f, params)
		}
	}
	if lock, _ := pdf.As[pdf.Dict](f, field["Lock"]); lock != nil {
		if m.action == "" {
			m.lock(f, lock)
		}
		if lock["P"] != nil {
			m.restrict(f, lock["P"], 0)
		}
	}
	return m
}

func (m *mdp) restrict(f *pdf.File, p pdf.Object, otherwise int) {
	level, err := pdf.As[pdf.Integer](f, p)
	if err != nil || level < 1 || level > 3 {
		level = pdf.Integer(otherwise)
	}
	if level != 0 && (m.level == 0 || int(level) < m.level) {
		m.level = int(level)
	}
}

func (m *mdp) lock(f *pdf.File, d pdf.Dict) {
	m.fields = nil
	names, _ := pdf.As[pdf.Array](f, d["Fields"])
	for _, o := range names {
		if s, err := pdf.As[pdf.String](f, o); err == nil {
			m.fields = append(m.fields, s.Text())
		}
	}
	switch m.action, _ = pdf.As[pdf.Name](f, d["Action"]); m.action {
	case "All", "Include", "Exclude":
	default:
		m.action = "All" // a lock that can't be read locks everything
	}
}

// names says whether the lock lists a field or one of its ancestors.
func (m mdp) names(field string) bool {
	for _, n := range m.fields {
		if n == field || n != "" && strings.HasPrefix(field, n+".") {
			return true
		}
	}
	return false
}

// judged is change c as seen by a signature with this permission.
func (m mdp) judged(c change) Change {
	out := Change{Revision: c.revision + 1, Code: c.code, Field: c.field, Page: c.page, Value: c.value, Message: c.message}
	switch c.class {
	case evidence:
		out.Allowed = true
	case signing:
		out.Allowed = m.level != 1 && !(m.action == "Include" && m.names(c.field))
	case noting:
		out.Allowed = m.level == 3
	case filling:
		switch {
		case m.level == 1:
		case m.action == "":
			// Without a word from the signature, an empty field may be
			// filled; what stood there when it was signed may not change.
			out.Allowed = c.wasEmpty
		case m.action == "Include":
			out.Allowed = !m.names(c.field)
		case m.action == "Exclude":
			out.Allowed = m.names(c.field)
		}
	}
	if c.class != forbidden && c.class != noting && !out.Allowed {
		out.Message = fmt.Sprintf("%s (chữ ký không cho phép)", c.message)
	}
	return out
}
