package record

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// DocumentType is a named type of administrative document (NĐ 30/2020, Điều 7).
type DocumentType struct {
	Period
	// Code is what forms and number series call the type: its abbreviation, or
	// a sign of our own for a type that has none ("CV", "ThC"); "" in manifests
	// of before there were codes.
	Code         string `json:"code,omitempty"`
	Abbreviation string `json:"abbreviation"` // in the symbol; "" for công văn and thư công (PL III.I)
	Name         string `json:"name"`         // "Kế hoạch"
	// Symbol is the pattern of what follows the number, with {type}, {agency}
	// and {unit} for the abbreviations (PL I, II.3).
	Symbol string `json:"symbol,omitempty"`
}

//go:embed document-types.json
var documentTypes []byte

// TypesOn lists the types in force on day d, in the decree's order.
func TypesOn(d Date) ([]DocumentType, error) {
	var all []DocumentType
	if err := json.Unmarshal(documentTypes, &all); err != nil {
		return nil, fmt.Errorf("read document types: %w", err)
	}
	return allOn(all, d, func(t DocumentType) Period { return t.Period }), nil
}

// TypeOn finds the type with this code in force on day d.
func TypeOn(code string, d Date) (DocumentType, error) {
	all, err := TypesOn(d)
	if err != nil {
		return DocumentType{}, err
	}
	for _, t := range all {
		if t.Code == code {
			return t, nil
		}
	}
	return DocumentType{}, E(NotFound, "document-type", fmt.Sprintf("Không có loại văn bản %q vào ngày %s", code, d.Vietnamese()))
}

// SymbolOf is what follows the number: "/KH-UBND", for a letter "/UBND-VHTT";
// unit is the abbreviation of the drafting unit.
func SymbolOf(t DocumentType, o OrganizationOn, unit string) string {
	return strings.NewReplacer("{type}", t.Abbreviation, "{agency}", o.Abbreviation, "{unit}", unit).Replace(t.Symbol)
}

// Retention is how long a document is kept, with the rule it follows from.
type Retention struct {
	Rule  string `json:"rule"`
	Years int    `json:"years"` // 0: for ever (vĩnh viễn)
	Basis string `json:"basis"` // the legal text
}

// RetentionRule is a Retention as dated data; Types are the codes of the
// document types that take it unless the envelope names another.
type RetentionRule struct {
	Period
	Retention
	Title string   `json:"title"` // Vietnamese, what is kept so long
	Types []string `json:"types"`
}

//go:embed retention.json
var retentionRules []byte

// RetentionsOn lists the rules in force on day d.
func RetentionsOn(d Date) ([]RetentionRule, error) {
	var all []RetentionRule
	if err := json.Unmarshal(retentionRules, &all); err != nil {
		return nil, fmt.Errorf("read retention rules: %w", err)
	}
	return allOn(all, d, func(r RetentionRule) Period { return r.Period }), nil
}

// RetentionOn finds the rule named, or the default of type t when none is
// named.
func RetentionOn(name, t string, d Date) (Retention, error) {
	all, err := RetentionsOn(d)
	if err != nil {
		return Retention{}, err
	}
	for _, r := range all {
		if name == r.Rule || name == "" && slices.Contains(r.Types, t) {
			return r.Retention, nil
		}
	}
	if name == "" {
		return Retention{}, E(NotFound, "retention-unknown", fmt.Sprintf("Chưa có thời hạn bảo quản cho loại %s vào ngày %s", t, d.Vietnamese()))
	}
	return Retention{}, Faulty("retention-unknown", "Không có thời hạn bảo quản này", []Fault{{Pointer: "/retention", Code: "retention-unknown",
		Message: fmt.Sprintf("Không có quy tắc bảo quản %q vào ngày %s", name, d.Vietnamese())}})
}
