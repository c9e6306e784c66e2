package server

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/record"
	"vanthu/storage"
)

// linkedMembers: people name a document by its symbol, with the day where the
// same number was given in several years.
var linkedMembers = []member{{name: "linked", kind: "string", doc: "Số, ký hiệu", required: true, max: 200}}

var namedDocument = regexp.MustCompile(`^(\S+)(?:\s+\(?(?:ngày\s+)?(\d{1,2}/\d{1,2}/\d{4})\)?)?$`)

const recentlyIssued = 50

// linkBySymbol finds the document that a person names and links it.
func linkBySymbol(s *Server, c *call, a action, v values) error {
	id, err := s.documentNamed(c, v.text("linked"))
	if err != nil {
		return err
	}
	return actOnce(s, c, a, values{"linked": id})
}

// documentNamed is the id of the issued document of the same organisation that
// a person names: "05/KH-UBND", "05/KH-UBND (22/3/2024)", or its id.
func (s *Server) documentNamed(c *call, name string) (string, error) {
	if documentID.MatchString(name) {
		return name, nil
	}
	fault := func(format string, args ...any) error {
		return record.Faulty("linked-document", "Văn bản liên kết chưa đúng", []record.Fault{{Pointer: "/linked", Code: "linked-document", Message: fmt.Sprintf(format, args...)}})
	}
	parts := namedDocument.FindStringSubmatch(name)
	if parts == nil {
		return "", fault("Hãy ghi số, ký hiệu, ví dụ 05/KH-UBND hoặc 05/KH-UBND (22/3/2024)")
	}
	hits, err := s.search(c.ctx, storage.Query{Organizations: []string{c.ref.Journal}, Symbol: parts[1], States: record.InForce, Limit: 200})
	if err != nil {
		return "", err
	}
	var found []storage.Hit
	for _, h := range hits {
		if strings.EqualFold(h.Symbol, parts[1]) && h.ID != c.ref.ID && (parts[2] == "" || sameDay(h.Date, parts[2])) {
			found = append(found, h)
		}
	}
	switch len(found) {
	case 0:
		return "", fault("Cơ quan không có văn bản nào khác đã phát hành mang số, ký hiệu %q", name)
	case 1:
		return found[0].ID, nil
	}
	return "", fault("Có %d văn bản %s; hãy ghi thêm ngày, ví dụ %s", len(found), parts[1], documentName(found[0]))
}

// sameDay compares a day with one that a person wrote, with or without leading
// zeros.
func sameDay(d record.Date, written string) bool {
	var day, month, year int
	if _, err := fmt.Sscanf(written, "%d/%d/%d", &day, &month, &year); err != nil {
		return false
	}
	return string(d) == fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

// documentName names a document so that documentNamed finds it.
func documentName(h storage.Hit) string { return h.Symbol + " (" + h.Date.Vietnamese() + ")" }

// issuedLately are names to choose from.
func (s *Server) issuedLately(c *call) ([]string, error) {
	hits, err := s.search(c.ctx, storage.Query{Organizations: []string{c.ref.Journal}, States: record.InForce, Limit: recentlyIssued})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, h := range hits {
		if h.ID != c.ref.ID {
			out = append(out, documentName(h))
		}
	}
	return out, nil
}
