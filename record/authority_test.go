package record_test

import (
	"strings"
	"testing"

	"vanthu/record"
)

func TestAuthorityHasItsDaysItsTypesAndItsPaper(t *testing.T) {
	o := exampleOrganization()
	for _, c := range []struct {
		day    record.Date
		person string
		as     record.Capacity
		kind   string
		want   string // part of what the page shows; "" for a refusal
	}{
		{"2024-01-15", "o", record.TUQ, "KH", "Văn bản ủy quyền số 5 (từ 01/01/2024 đến 31/01/2024), Trần Văn Đức giao ký"},
		{"2024-01-31", "o", record.TUQ, "KH", "Văn bản ủy quyền số 5"},
		{"2024-02-01", "o", record.TUQ, "KH", ""}, // ended the day before
		{"2023-12-31", "o", record.TUQ, "KH", ""},
		{"2024-01-15", "o", record.TUQ, "QĐ", ""}, // another content
		{"2024-06-01", "o", record.TL, "TB", "Quy chế làm việc (từ 01/7/2011 đến 30/6/2025)"},
		{"2024-06-01", "o", record.TL, "BC", ""},
	} {
		on, err := o.On(c.day)
		if err != nil {
			t.Fatal(err)
		}
		s, err := on.Resolve(record.SignatoryChoice{Person: c.person, Capacity: c.as}, c.kind)
		if c.want == "" {
			if record.CodeOf(err) != "signatory-not-delegated" {
				t.Errorf("%s %s %s %s: %v", c.day, c.person, c.as, c.kind, err)
			}
			continue
		}
		if err != nil || !strings.Contains(s.Authority(), c.want) {
			t.Errorf("%s %s %s %s: %q %v", c.day, c.person, c.as, c.kind, s.Authority(), err)
		}
	}
}

func TestADelegationEndsWithTheOfficeOfWhoGaveIt(t *testing.T) {
	o := exampleOrganization()
	o.Appointments[0].ValidTo = "2024-01-10" // the head's
	on, err := o.On("2024-01-15")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := on.Resolve(record.SignatoryChoice{Person: "o", Capacity: record.TUQ}, "KH"); record.CodeOf(err) != "signatory-not-delegated" {
		t.Errorf("%v", err)
	}
}

func TestDelegationsAreCheckedWhenPublished(t *testing.T) {
	raw := `{"id":"a","valid_from":"2020-01-01","names":[{"lines":["A"],"name":"A","abbreviation":"A","head_title":"GIÁM ĐỐC","place":"H"}],
	"appointments":[{"person":"h","name":"H","title":"GIÁM ĐỐC","capacities":["HEAD"]},{"person":"o","name":"O","title":"TRƯỞNG PHÒNG","capacities":["TL"],"decision":"x"}],
	"delegations":[{"from":"h","to":"h","capacity":"KT","decision":""},{"from":"x","to":"o","capacity":"TUQ","types":["KH"],"decision":"y"}],
	"series":[{"id":"s"}],"seals":[{"id":"d","diameter_mm":36}]}`
	_, err := record.ParseOrganization([]byte(raw))
	for _, place := range []string{"/appointments/0/decision", "/appointments/1/capacities/0", "/delegations/0/capacity", "/delegations/0/decision",
		"/delegations/0/to", "/delegations/0/types", "/delegations/1/from", "/delegations/1/valid_to"} {
		if err == nil || !strings.Contains(err.Error(), place) {
			t.Errorf("%s is not named in: %v", place, err)
		}
	}
}
