package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// plainID is the form of the ids of organisations, persons, series and seals:
// they name journals and key files.
var plainID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// ParseOrganization reads an organisation's dated data as JSON and names every
// fault at once. Unknown members are refused: data with a misspelt name would
// otherwise be silently lost.
func ParseOrganization(raw []byte) (Organization, error) {
	var o Organization
	var faults []Fault
	fault := func(pointer, code, format string, args ...any) {
		faults = append(faults, Fault{Pointer: pointer, Code: code, Message: fmt.Sprintf(format, args...)})
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil || d.More() {
		fault("", "json", "Không phải JSON của một cơ quan: %v", err)
		return o, Faulty("organization-invalid", "Dữ liệu cơ quan chưa đúng", faults)
	}
	if !plainID.MatchString(o.ID) {
		fault("/id", "pattern", "Mã cơ quan chỉ gồm a-z, 0-9 và -, không quá 63 ký tự")
	}
	period := func(pointer string, p Period) {
		for name, x := range map[string]Date{"valid_from": p.ValidFrom, "valid_to": p.ValidTo} {
			if d, err := ParseDate(string(x)); x != "" && (err != nil || d != x) {
				fault(pointer+"/"+name, "date", "Ngày phải có dạng YYYY-MM-DD")
			}
		}
		if p.ValidTo != "" && p.ValidTo < p.ValidFrom {
			fault(pointer+"/valid_to", "period", "Ngày hết hiệu lực sớm hơn ngày có hiệu lực")
		}
	}
	need := func(pointer, value string) {
		if strings.TrimSpace(value) == "" {
			fault(pointer, "required", "Không được bỏ trống")
		}
	}
	id := func(pointer, value string) {
		if !plainID.MatchString(value) {
			fault(pointer, "pattern", "Mã chỉ gồm a-z, 0-9 và -, không quá 63 ký tự")
		}
	}
	period("", o.Period)
	for name, n := range map[string]int{"names": len(o.Names), "appointments": len(o.Appointments), "series": len(o.Series), "seals": len(o.Seals)} {
		if n == 0 {
			fault("/"+name, "required", "Phải có ít nhất một mục")
		}
	}
	for i, n := range o.Names {
		at := fmt.Sprintf("/names/%d", i)
		period(at, n.Period)
		need(at+"/name", n.Name)
		need(at+"/abbreviation", n.Abbreviation)
		need(at+"/head_title", n.HeadTitle)
		need(at+"/place", n.Place)
		if len(n.Lines) == 0 || len(n.Lines) > 4 {
			fault(at+"/lines", "required", "Tên cơ quan in trên văn bản gồm một đến bốn dòng")
		}
		for j, l := range n.Lines {
			need(fmt.Sprintf("%s/lines/%d", at, j), l)
		}
		if len(n.Contacts) > 4 {
			fault(at+"/contacts", "range", "Địa chỉ liên hệ ở chân trang không quá bốn dòng")
		}
		for j, l := range n.Contacts {
			need(fmt.Sprintf("%s/contacts/%d", at, j), l)
		}
	}
	for i, a := range o.Appointments {
		at := fmt.Sprintf("/appointments/%d", i)
		period(at, a.Period)
		id(at+"/person", a.Person)
		need(at+"/name", a.Name)
		need(at+"/title", a.Title)
		for j, c := range a.Capacities {
			if !slices.Contains(byOffice, c) {
				fault(fmt.Sprintf("%s/capacities/%d", at, j), "enum", "Tư cách ký theo chức vụ phải là TM, KT, Q hoặc HEAD; TL và TUQ nêu ở delegations")
			}
		}
		if len(a.Capacities) > 0 {
			need(at+"/decision", a.Decision) // no right without the paper that gives it
		}
	}
	for i, d := range o.Delegations {
		at := fmt.Sprintf("/delegations/%d", i)
		period(at, d.Period)
		id(at+"/from", d.From)
		id(at+"/to", d.To)
		need(at+"/decision", d.Decision)
		if !slices.Contains(byPaper, d.Capacity) {
			fault(at+"/capacity", "enum", "Tư cách ký được giao phải là TL hoặc TUQ")
		}
		if len(d.Types) == 0 {
			fault(at+"/types", "required", "Phải nêu các loại văn bản được giao ký (NĐ 30/2020, Điều 13.3, 13.4)")
		}
		if d.Capacity == TUQ && d.ValidTo == "" {
			fault(at+"/valid_to", "required", "Ủy quyền phải có thời hạn (NĐ 30/2020, Điều 13.3)")
		}
		for name, person := range map[string]string{"from": d.From, "to": d.To} {
			if !slices.ContainsFunc(o.Appointments, func(a Appointment) bool { return a.Person == person }) {
				fault(at+"/"+name, "person-unknown", "Không có người %q trong appointments", person)
			}
		}
		if d.From == d.To {
			fault(at+"/to", "same-person", "Người giao và người được giao phải khác nhau")
		}
	}
	for i, u := range o.Units {
		at := fmt.Sprintf("/units/%d", i)
		period(at, u.Period)
		need(at+"/abbreviation", u.Abbreviation)
	}
	for i, s := range o.Series {
		at := fmt.Sprintf("/series/%d", i)
		period(at, s.Period)
		id(at+"/id", s.ID)
		for year, n := range s.Opening {
			if n < 0 || n > 99_999 {
				fault(fmt.Sprintf("%s/opening/%d", at, year), "range", "Số đã cấp phải từ 0 đến 99999")
			}
		}
	}
	for i, s := range o.Seals {
		at := fmt.Sprintf("/seals/%d", i)
		period(at, s.Period)
		id(at+"/id", s.ID)
		if s.DiameterMM < 20 || s.DiameterMM > 50 {
			fault(at+"/diameter_mm", "range", "Đường kính con dấu phải từ 20 đến 50 mm")
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return o, Faulty("organization-invalid", "Dữ liệu cơ quan chưa đúng", faults)
}
