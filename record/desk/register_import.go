package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"vanthu/record"
)

// ImportRegister enters the lines of a register that was kept elsewhere, in
// their order: of a year before the service's own register, or the numbers
// before it began in that year. It may be given again after an interruption;
// lines that are there are passed over. done is told after each; source says
// where the lines were read. Invalid with every line that does not fit, and
// nothing is entered.
func (d *Desk) ImportRegister(ctx context.Context, a Actor, organization, series string, year int, source string, lines []record.Imported, done func(n int)) error {
	if err := d.may(a, record.CmdRegister); err != nil {
		return err
	}
	o, err := d.Organizations.Organization(ctx, organization)
	if err != nil {
		return err
	}
	entered, faults := []entered{}, faultList{}
	for i, l := range lines {
		x, err := d.lineOf(o, series, year, l)
		if err != nil {
			for _, f := range record.FaultsOf(err) {
				faults.add(fmt.Sprintf("/lines/%d", i)+f.Pointer, f.Code, fmt.Sprintf("Dòng %d, số %d: %s", l.Row, l.Number, f.Message))
			}
			if len(record.FaultsOf(err)) == 0 {
				faults.add(fmt.Sprintf("/lines/%d", i), cmp.Or(record.CodeOf(err), "line"), fmt.Sprintf("Dòng %d, số %d: %v", l.Row, l.Number, err))
			}
		}
		entered = append(entered, x)
	}
	var begun record.Counter
	var there map[int]bool
	err = d.Journals.View(ctx, organization, func(s *record.State) error {
		begun, there = s.Counters[record.CounterKey(series, year)], map[int]bool{}
		for _, doc := range s.Documents {
			if doc.Series == series && doc.Year == year && doc.Number > 0 {
				there[doc.Number] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	next := 0
	for i, l := range lines {
		if next == 0 {
			next = l.Number
			if l.Number != 1 && !there[l.Number-1] {
				faults.add(fmt.Sprintf("/lines/%d/number", i), "number-order", fmt.Sprintf("Dòng %d: sổ phải bắt đầu từ số 01, không phải %s", l.Row, record.NumberText(l.Number)))
			}
		}
		if l.Number != next {
			faults.add(fmt.Sprintf("/lines/%d/number", i), "number-order", fmt.Sprintf("Dòng %d: số tiếp theo phải là %s, không phải %s", l.Row, record.NumberText(next), record.NumberText(l.Number)))
		}
		next = l.Number + 1
	}
	if err := record.Faulty("register-invalid", "Sổ cũ chưa nhập được", faults); err != nil {
		return err
	}
	for i, l := range lines {
		x := entered[i]
		opening := max(begun.Opening, x.series.Opening[year])
		body, err := digestOfJSON(l)
		if err != nil {
			return err
		}
		e := record.Entry{Actor: a.ID, Request: fmt.Sprintf("so-cu/%s/%d/%d", series, year, l.Number),
			RequestDigest: body,
			Booked: &record.Booked{Earlier: l.Number <= opening, Source: fmt.Sprintf("%s, dòng %d", source, l.Row), Copies: l.Copies,
				HandedOver: l.HandedOver, Receipt: l.Receipt, Note: l.Note}}
		if _, err := d.book(ctx, newID(), x.on, x.kind, x.series, l, e); err != nil {
			if record.CodeOf(err) == "request-reused" {
				return record.E(record.Conflict, "line-changed", fmt.Sprintf("Dòng %d: số %s đã vào sổ với nội dung khác", l.Row, record.NumberText(l.Number)))
			}
			return err
		}
		done(i + 1)
	}
	return nil
}

// entered is a line with what it refers to on its day.
type entered struct {
	on     record.OrganizationOn
	kind   record.DocumentType
	series record.Series
}

func (d *Desk) lineOf(o record.Organization, series string, year int, l record.Imported) (x entered, err error) {
	if l.Date.Year() != year {
		return x, record.Faulty("line", "", []record.Fault{{Pointer: "/date", Code: "year-changed", Message: fmt.Sprintf("ngày %s không thuộc năm %d", l.Date.Vietnamese(), year)}})
	}
	if x.on, err = o.On(l.Date); err != nil {
		return x, err
	}
	i := slices.IndexFunc(x.on.SeriesOfDay, func(s record.Series) bool { return s.ID == series })
	if i < 0 {
		return x, record.Faulty("line", "", []record.Fault{{Pointer: "/date", Code: "series-missing", Message: fmt.Sprintf("cơ quan không có sổ số %q vào ngày %s", series, l.Date.Vietnamese())}})
	}
	x.series = x.on.SeriesOfDay[i]
	if l.Type == "" && l.Void {
		return x, nil
	}
	x.kind, err = record.TypeOn(l.Type, l.Date)
	return x, err
}
