package sip

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"vanthu/record"
)

// Item is a value with how sure it is, in the marks of REGULATION.md 0: S1 read
// in the law itself, S2-S12 from a secondary source, K common knowledge, INF our
// inference.
type Item[T any] struct {
	Value     T      `json:"value"`
	Certainty string `json:"certainty"`
	Note      string `json:"note"` // Vietnamese: source, and what to ask the archive
}

// Named is a code with its name.
type Named struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	ISO639 string `json:"iso639,omitempty"` // of a language: three letters (ISO 639-2)
}

// Format is a file format as PREMIS names it.
type Format struct {
	MIME     string `json:"mime"`
	Name     string `json:"name"`
	Version  string `json:"version"`
	Registry string `json:"registry"` // "" for none
	Key      string `json:"key"`
}

// Config is what is not certain in the archive's rules.
type Config struct {
	Profile          Item[string]            `json:"profile"`
	ContentCategory  Item[string]            `json:"content_category"`
	FileCode         Item[string]            `json:"file_code"`       // mã hồ sơ, of {organ}, {year}, {notation}
	OrganIDLength    Item[int]               `json:"organ_id_length"` // characters
	DocumentTypes    Item[map[string]string] `json:"document_types"`  // by our code of the type
	Maintenance      Item[map[string]string] `json:"maintenance"`     // by years, 0 for ever
	MaintenanceOther Item[string]            `json:"maintenance_other"`
	Access           Item[map[string]Named]  `json:"access"`    // "public", "conditional", "secret"
	Languages        Item[map[string]Named]  `json:"languages"` // by ISO 639-1
	Formats          Item[map[string]Format] `json:"formats"`
	Statute          Item[string]            `json:"statute"`
}

//go:embed config.json
var defaultConfig []byte

// DefaultConfig is what REGULATION.md 6 knows.
func DefaultConfig() (Config, error) { return ParseConfig(defaultConfig) }

// ParseConfig reads a whole Config. Errors: Invalid, sip-config with all faults.
func ParseConfig(raw []byte) (Config, error) {
	var c Config
	var faults []record.Fault
	fault := func(pointer, code, message string) {
		faults = append(faults, record.Fault{Pointer: pointer, Code: code, Message: message})
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil || d.More() {
		fault("", "json", fmt.Sprintf("Không phải JSON của cấu hình gói SIP: %v", err))
		return c, record.Faulty("sip-config", "Cấu hình gói SIP chưa đúng", faults)
	}
	for pointer, value := range map[string]string{
		"/profile": c.Profile.Value, "/content_category": c.ContentCategory.Value, "/maintenance_other": c.MaintenanceOther.Value, "/statute": c.Statute.Value,
	} {
		if strings.TrimSpace(value) == "" {
			fault(pointer+"/value", "required", "Chưa có giá trị")
		}
	}
	for _, part := range []string{"{organ}", "{year}", "{notation}"} {
		if !strings.Contains(c.FileCode.Value, part) {
			fault("/file_code/value", "pattern", "Mã hồ sơ phải có "+part)
		}
	}
	if c.OrganIDLength.Value < 1 || c.OrganIDLength.Value > 255 {
		fault("/organ_id_length/value", "range", "Độ dài phải từ 1 đến 255")
	}
	for pointer, empty := range map[string]bool{
		"/access": len(c.Access.Value) == 0, "/languages": len(c.Languages.Value) == 0, "/formats": len(c.Formats.Value) == 0, "/maintenance": len(c.Maintenance.Value) == 0,
	} {
		if empty {
			fault(pointer+"/value", "required", "Bảng mã trống")
		}
	}
	return c, record.Faulty("sip-config", "Cấu hình gói SIP chưa đúng", faults)
}
