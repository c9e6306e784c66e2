package record

import "fmt"

// Organization is an issuing body as dated data: every part carries the days
// it held, so a document of any date finds the names and powers of that date.
type Organization struct {
	ID string `json:"id"`
	Period
	Names        []OrganizationName `json:"names"`
	Units        []DraftingUnit     `json:"units"`
	Appointments []Appointment      `json:"appointments"`
	Delegations  []Delegation       `json:"delegations,omitempty"`
	Series       []Series           `json:"series"`
	Seals        []Seal             `json:"seals"`
}

// OrganizationName is what the head of the page prints (NĐ 30/2020, PL I, II.2
// and II.4).
type OrganizationName struct {
	Period
	Superior     string   `json:"superior,omitempty"`   // cơ quan chủ quản, upper case; "" prints none
	Lines        []string `json:"lines"`                // tên cơ quan ban hành, upper case, one or two lines
	Name         string   `json:"name"`                 // in running text: "UBND thành phố Vũng Tàu"
	Abbreviation string   `json:"abbreviation"`         // in the symbol: "UBND"
	Collective   string   `json:"collective,omitempty"` // after "TM.", upper case; "" for a body led by its head alone
	HeadTitle    string   `json:"head_title"`           // after "KT.", "TL.", "TUQ.", "Q.": "CHỦ TỊCH"
	Place        string   `json:"place"`                // địa danh: "Vũng Tàu"
	// Identifier is the body's code among all agencies (mã định danh, QĐ
	// 20/2020/QĐ-TTg); "" where it is not known.
	Identifier string `json:"identifier,omitempty"`
	// Contacts are lines of address, e-mail, telephone for the foot of page one
	// (PL I, III.4); none prints none.
	Contacts []string `json:"contacts,omitempty"`
}

// DraftingUnit is a unit whose abbreviation may stand after "Lưu: VT,".
type DraftingUnit struct {
	Period
	Abbreviation string `json:"abbreviation"`
	Name         string `json:"name"`
}

// Series is one run of numbers of a year (NĐ 30/2020, Điều 15).
type Series struct {
	Period
	ID    string   `json:"id"`
	Types []string `json:"types,omitempty"` // codes of the document types it serves; none means all
	// Secret numbers secret documents, which have a series of their own (NĐ
	// 30/2020, Điều 15.4) and are not made here: their paper is registered alone.
	Secret bool `json:"secret,omitempty"`
	// Opening is, by year, the last number given before this service kept the
	// register (on paper): the service goes on from there.
	Opening map[int]int `json:"opening,omitempty"`
}

// Seal is the organisation's own signature: its certificate's owner name and
// the size of the red image.
type Seal struct {
	Period
	ID         string  `json:"id"`
	DiameterMM float64 `json:"diameter_mm"`
}

// OrganizationOn is an Organization as it stood on one day.
type OrganizationOn struct {
	ID   string `json:"id"`
	Date Date   `json:"date"`
	OrganizationName
	Units        []DraftingUnit `json:"-"`
	Appointments []Appointment  `json:"-"`
	Delegations  []Delegation   `json:"-"`
	SeriesOfDay  []Series       `json:"-"`
	Seal         Seal           `json:"seal"`
}

// On resolves the organisation at day d; Invalid when it did not exist then.
func (o Organization) On(d Date) (OrganizationOn, error) {
	on := OrganizationOn{ID: o.ID, Date: d}
	name, ok := firstOn(o.Names, d, func(n OrganizationName) Period { return n.Period })
	if !ok || !o.Holds(d) {
		return on, Faulty("organization-not-valid", "Cơ quan ban hành không hợp lệ vào ngày văn bản", []Fault{{
			Pointer: "/organization", Code: "organization-not-valid",
			Message: fmt.Sprintf("Cơ quan %q không tồn tại vào ngày %s (hiệu lực %s)", o.ID, d.Vietnamese(), o.Period.vietnamese()),
		}})
	}
	on.OrganizationName = name
	on.Units = allOn(o.Units, d, func(u DraftingUnit) Period { return u.Period })
	on.Appointments = allOn(o.Appointments, d, func(a Appointment) Period { return a.Period })
	on.Delegations = allOn(o.Delegations, d, func(x Delegation) Period { return x.Period })
	on.SeriesOfDay = allOn(o.Series, d, func(s Series) Period { return s.Period })
	on.Seal, ok = firstOn(o.Seals, d, func(s Seal) Period { return s.Period })
	if !ok || len(on.SeriesOfDay) == 0 {
		return on, Faulty("organization-incomplete", "Dữ liệu cơ quan ban hành chưa đủ", []Fault{{
			Pointer: "/organization", Code: "organization-incomplete",
			Message: fmt.Sprintf("Cơ quan %q không có con dấu hoặc sổ số nào vào ngày %s", o.ID, d.Vietnamese()),
		}})
	}
	return on, nil
}

// SeriesFor is the series that numbers documents of type t on this day: one
// that names the type goes before one that takes all.
func (o OrganizationOn) SeriesFor(t string) (Series, bool) { return o.seriesFor(t, false) }

// SecretSeriesFor is the series of secret documents of type t.
func (o OrganizationOn) SecretSeriesFor(t string) (Series, bool) { return o.seriesFor(t, true) }

func (o OrganizationOn) seriesFor(t string, secret bool) (Series, bool) {
	var all *Series
	for i, s := range o.SeriesOfDay {
		if s.Secret != secret {
			continue
		}
		if len(s.Types) == 0 && all == nil {
			all = &o.SeriesOfDay[i]
		}
		for _, x := range s.Types {
			if x == t {
				return s, true
			}
		}
	}
	if all == nil {
		return Series{}, false
	}
	return *all, true
}

func firstOn[T any](all []T, d Date, period func(T) Period) (T, bool) {
	for _, x := range all {
		if period(x).Holds(d) {
			return x, true
		}
	}
	var none T
	return none, false
}

func allOn[T any](all []T, d Date, period func(T) Period) []T {
	var out []T
	for _, x := range all {
		if period(x).Holds(d) {
			out = append(out, x)
		}
	}
	return out
}

// UnitName is the name of a drafting unit by its abbreviation, the abbreviation
// itself where none of the units has it.
func UnitName(units []DraftingUnit, abbreviation string) string {
	for _, u := range units {
		if u.Abbreviation == abbreviation {
			return u.Name
		}
	}
	return abbreviation
}

// HasUnit says whether a drafting unit of this abbreviation exists; an
// organisation that has listed none leaves them free.
func (o OrganizationOn) HasUnit(abbreviation string) bool {
	for _, u := range o.Units {
		if u.Abbreviation == abbreviation {
			return true
		}
	}
	return len(o.Units) == 0
}
