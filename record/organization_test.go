package record_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
)

func exampleOrganization() record.Organization {
	whole := record.Period{ValidFrom: "2011-07-01", ValidTo: "2025-06-30"}
	appoint := func(id, name, title string, c ...record.Capacity) record.Appointment {
		return record.Appointment{Period: whole, Person: id, Name: name, Title: title, Capacities: c}
	}
	return record.Organization{ID: "ubnd", Period: whole,
		Names: []record.OrganizationName{
			{Period: record.Period{ValidTo: "2019-12-31"}, Lines: []string{"CŨ"}, Name: "cũ", Abbreviation: "UB", HeadTitle: "CHỦ TỊCH"},
			{Period: record.Period{ValidFrom: "2020-01-01"}, Lines: []string{"MỚI"}, Name: "mới", Abbreviation: "UBND", Collective: "ỦY BAN NHÂN DÂN", HeadTitle: "CHỦ TỊCH"}},
		Appointments: []record.Appointment{
			appoint("h", "Trần Văn Đức", "CHỦ TỊCH", record.TM, record.Head),
			appoint("d", "Lê Thị Nghĩa", "PHÓ CHỦ TỊCH", record.KT),
			appoint("o", "Vũ Khuê", "CHÁNH VĂN PHÒNG"),
			appoint("q", "Võ Như", "QUYỀN CHỦ TỊCH", record.Q),
			appoint("x", "Lê Thị Nghĩa", "PHÓ CHỦ TỊCH", record.KT)},
		Delegations: []record.Delegation{
			{Period: whole, From: "h", To: "o", Capacity: record.TL, Types: []string{"KH", "TB"}, Decision: "Quy chế làm việc"},
			{Period: record.Period{ValidFrom: "2024-01-01", ValidTo: "2024-01-31"}, From: "h", To: "o", Capacity: record.TUQ, Types: []string{"KH"}, Decision: "Văn bản ủy quyền số 5"},
			{Period: whole, From: "o", To: "d", Capacity: record.TUQ, Types: []string{"KH"}, Decision: "ủy quyền lại"}},
		Series: []record.Series{{Period: whole, ID: "all"}, {Period: whole, ID: "bc", Types: []string{"BC"}}},
		Seals:  []record.Seal{{Period: whole, ID: "dau", DiameterMM: 36}}}
}

func TestOrganizationIsDatedData(t *testing.T) {
	o := exampleOrganization()
	for date, want := range map[record.Date]string{"2019-12-31": "UB", "2020-01-01": "UBND", "2025-06-30": "UBND"} {
		on, err := o.On(date)
		if err != nil || on.Abbreviation != want {
			t.Errorf("%s: %q %v", date, on.Abbreviation, err)
		}
	}
	for _, date := range []record.Date{"2011-06-30", "2025-07-01"} {
		if _, err := o.On(date); record.CodeOf(err) != "organization-not-valid" {
			t.Errorf("%s: %v", date, err)
		}
	}
	on, _ := o.On("2024-01-15")
	for kind, want := range map[string]string{"KH": "all", "BC": "bc"} {
		if s, ok := on.SeriesFor(kind); !ok || s.ID != want {
			t.Errorf("series for %s: %q", kind, s.ID)
		}
	}
}

// The five forms of NĐ 30/2020, PL I, II.7, and who may not use them.
func TestSignatoryLines(t *testing.T) {
	on, err := exampleOrganization().On("2024-01-15")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		person   string
		capacity record.Capacity
		lines    []string
		code     string
	}{
		{"h", record.TM, []string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"}, ""},
		{"Trần Văn Đức", record.Head, []string{"CHỦ TỊCH"}, ""},
		{"d", record.KT, []string{"TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"}, ""},
		{"o", record.TL, []string{"TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}, ""},
		{"o", record.TUQ, []string{"TUQ. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}, ""},
		{"q", record.Q, []string{"TM. ỦY BAN NHÂN DÂN", "Q. CHỦ TỊCH"}, ""},
		{"d", record.TUQ, nil, "signatory-not-delegated"}, // nobody hands on what was delegated to them
		{"o", record.KT, nil, "signatory-without-capacity"},
		{"d", record.TM, nil, "signatory-without-capacity"},
		{"không có", record.TM, nil, "signatory-unknown"},
		{"Lê Thị Nghĩa", record.KT, nil, "signatory-ambiguous"},
	} {
		s, err := on.Resolve(record.SignatoryChoice{Person: c.person, Capacity: c.capacity}, "KH")
		if c.code == "" && err != nil {
			t.Errorf("%s %s: %v", c.person, c.capacity, err)
			continue
		}
		var e *record.Error
		if c.code != "" && (!errors.As(err, &e) || e.Faults[0].Code != c.code) {
			t.Errorf("%s %s: %v, want %s", c.person, c.capacity, err, c.code)
		}
		if diff := cmp.Diff(c.lines, s.Lines); diff != "" {
			t.Errorf("%s %s:\n%s", c.person, c.capacity, diff)
		}
	}
}
