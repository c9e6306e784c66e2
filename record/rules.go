package record

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// DocumentType is a named type of administrative document with its
// abbreviation, "" for those that have none (NĐ 30/2020, Điều 7, PL III.I).
type DocumentType struct {
	Period
	Abbreviation string `json:"abbreviation"`
	Name         string `json:"name"` // "Kế hoạch"
}

//go:embed document-types.json
var documentTypes []byte

// TypeOn finds the type with this abbreviation in force on day d.
func TypeOn(abbreviation string, d Date) (DocumentType, error) {
	var all []DocumentType
	if err := json.Unmarshal(documentTypes, &all); err != nil {
		return DocumentType{}, fmt.Errorf("read document types: %w", err)
	}
	for _, t := range all {
		if t.Abbreviation == abbreviation && t.Holds(d) {
			return t, nil
		}
	}
	return DocumentType{}, E(NotFound, "document-type", fmt.Sprintf("Không có loại văn bản %q vào ngày %s", abbreviation, d.Vietnamese()))
}

// SymbolOf is what follows the number: "/KH-UBND" (NĐ 30/2020, PL I, II.3).
func SymbolOf(t DocumentType, o OrganizationOn) string {
	return "/" + t.Abbreviation + "-" + o.Abbreviation
}

// Retention is how long a document is kept, with the rule it follows from.
type Retention struct {
	Rule  string `json:"rule"`
	Years int    `json:"years"` // 0: for ever (vĩnh viễn)
	Basis string `json:"basis"` // the legal text
}

// RetentionRule is a Retention as dated data; Types are the document types that
// take it unless the envelope names another.
type RetentionRule struct {
	Period
	Retention
	Types []string `json:"types"`
}

//go:embed retention.json
var retentionRules []byte

// RetentionOn finds the rule named, or the default of type t when none is
// named.
func RetentionOn(name, t string, d Date) (Retention, error) {
	var all []RetentionRule
	if err := json.Unmarshal(retentionRules, &all); err != nil {
		return Retention{}, fmt.Errorf("read retention rules: %w", err)
	}
	for _, r := range all {
		if !r.Holds(d) {
			continue
		}
		if name == r.Rule {
			return r.Retention, nil
		}
		if name == "" {
			for _, x := range r.Types {
				if x == t {
					return r.Retention, nil
				}
			}
		}
	}
	if name == "" {
		return Retention{}, E(NotFound, "retention-unknown", fmt.Sprintf("Chưa có thời hạn bảo quản cho loại %s vào ngày %s", t, d.Vietnamese()))
	}
	return Retention{}, Faulty("retention-unknown", "Không có thời hạn bảo quản này", []Fault{{Pointer: "/retention", Code: "retention-unknown",
		Message: fmt.Sprintf("Không có quy tắc bảo quản %q vào ngày %s", name, d.Vietnamese())}})
}
