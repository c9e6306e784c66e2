package storage

import (
	"cmp"
	"fmt"
	"strings"

	"vanthu/record"
)

// field is a part of a document in which words are looked for; it is a column of
// the index.
type field string

const (
	inSymbol       field = "symbol"
	inKind         field = "kind"    // name of the type: "Kế hoạch (KH)"
	inSubject      field = "subject" // trích yếu
	inOrganization field = "organization"
	inSignatory    field = "signatory"
	inRecipients   field = "recipients"
	inUnit         field = "unit" // that drafted it and keeps a copy
	inDate         field = "date" // 22/3/2024
	inBody         field = "body" // the text with the titles of what is attached
)

// everywhere is where words are looked for that name no field.
func everywhere() []field {
	return []field{inSymbol, inKind, inSubject, inOrganization, inSignatory, inRecipients, inUnit, inDate, inBody}
}

// titled is what is printed above the text.
func titled() []field { return []field{inKind, inSubject} }

// columns is the column filter of FTS5 for some fields.
func columns(of []field, exact bool) string {
	names := make([]string, len(of))
	for i, f := range of {
		names[i] = string(f)
		if exact {
			names[i] = "x" + names[i]
		}
	}
	return "{" + strings.Join(names, " ") + "}"
}

// texts are the words of a document, field by field, as an excerpt shows them.
type texts map[field]string

// printed is what the texts of a document are made of.
type printed struct {
	symbol, kind, abbreviation, subject, organization, journal, signers, recipients, unit string
	date                                                                                  record.Date
	body                                                                                  string
}

func (n printed) texts() texts {
	t := texts{inSymbol: n.symbol, inKind: n.kind, inSubject: n.subject, inOrganization: withID(n.organization, n.journal), inSignatory: n.signers,
		inRecipients: strings.ReplaceAll(n.recipients, "\n", "; "), inUnit: n.unit, inBody: n.body}
	if n.abbreviation != "" {
		t[inKind] += " (" + n.abbreviation + ")"
	}
	if n.date != "" {
		t[inDate] = fmt.Sprintf("%d/%d/%d", n.date.Time().Day(), n.date.Time().Month(), n.date.Year())
	}
	return t
}

// withID is a name with an id, which is spelt without accents whatever it names.
func withID(name, id string) string { return name + " [" + id + "]" }

// withoutIDs is a text for a search that asks for accents.
func withoutIDs(s string) string {
	for {
		from := strings.Index(s, " [")
		to := strings.IndexByte(s[max(from, 0):], ']')
		if from < 0 || to < 0 {
			return s
		}
		s = s[:from] + s[from+to+1:]
	}
}

// words is what is indexed of a field. People write numbers, days and months
// with and without a leading zero.
func (t texts) words(f field) string {
	s := t[f]
	switch {
	case s == "" || f != inSymbol && f != inDate:
		return s
	case f == inDate:
		var d, m, y int
		if _, err := fmt.Sscanf(s, "%d/%d/%d", &d, &m, &y); err != nil {
			return s
		}
		return fmt.Sprintf("%s\n%02d/%02d/%d", s, d, m, y)
	}
	if short := strings.TrimLeft(s, "0"); short != s {
		return s + "\n" + short
	}
	if n, rest, _ := strings.Cut(s, "/"); len(n) == 1 {
		return s + "\n0" + n + "/" + rest
	}
	return s
}

// signersOf are the names and ids of all who sign.
func signersOf(v record.Version) string {
	var all []string
	for _, s := range append([]record.Signatory{v.Signatory}, v.Cosignatories...) {
		if s.Name != "" || s.Person != "" {
			all = append(all, withID(cmp.Or(s.Name, s.Person), s.Person))
		}
	}
	return strings.Join(all, "; ")
}
