package addresses

import (
	"fmt"
	"slices"

	"vanthu/record"
)

// take puts the lines of a file into the book and says what is wrong with them;
// where anything is, the book is of no more use.
func (b *Book) take(rows []row, given []bool) (done Imported, faults []record.Fault) {
	known := b.byWhat()
	lineOfEntry := map[string]int{}
	var touched []Entry
	for _, x := range rows {
		at := fmt.Sprintf("/%d", x.line)
		var e Entry
		for i, c := range columns {
			if given[i] {
				c.set(&e, x.cells[i])
			}
		}
		where, fault := b.place(e, known)
		if fault != nil {
			fault.Pointer = at + fault.Pointer
			faults = append(faults, *fault)
			continue
		}
		old := Entry{ID: newID()}
		if where >= 0 {
			old = b.Entries[where]
		}
		e = old
		for i, c := range columns {
			if given[i] && c.name != "id" {
				c.set(&e, x.cells[i])
			}
		}
		if e.Channel == "" {
			e.Channel = "paper"
			if e.Email != "" {
				e.Channel = "email"
			}
		}
		faults = append(faults, e.check(at)...)
		if before, twice := lineOfEntry[e.ID]; twice {
			faults = append(faults, record.Fault{Pointer: at, Code: "duplicate", Message: fmt.Sprintf("Cùng một mục với dòng %d", before)})
			continue
		}
		lineOfEntry[e.ID] = x.line
		switch {
		case where < 0:
			done.Added++
		case e.same(old):
			done.Same++
			continue
		default:
			done.Changed++
		}
		e.Revision = b.Revision
		touched = append(touched, e)
		if where >= 0 {
			b.Entries[where] = e
		} else {
			b.Entries = append(b.Entries, e)
		}
	}
	now := b.byWhat()
	for _, e := range touched {
		for _, x := range []struct{ pointer, what string }{{"/name", "name " + e.Name}, {"/code", "code " + e.Code}} {
			for _, i := range now[x.what] { // of many the first says enough
				if slices.Contains(e.clashes(b.Entries[i]), x.pointer) {
					f := taken(x.pointer, b.Entries[i])
					f.Pointer = fmt.Sprintf("/%d%s", lineOfEntry[e.ID], x.pointer)
					faults = append(faults, f)
					break
				}
			}
		}
	}
	for i := range faults {
		faults[i].Place = fmt.Sprintf("dòng %d", lineOf(faults[i]))
	}
	return done, faults
}

// byWhat are the places of the entries by "id ...", "code ..." and "name ...";
// what has none is under none.
func (b *Book) byWhat() map[string][]int {
	out := map[string][]int{}
	for i, e := range b.Entries {
		out["id "+e.ID] = append(out["id "+e.ID], i)
		if e.Code != "" {
			out["code "+e.Code] = append(out["code "+e.Code], i)
		}
		if e.Name != "" {
			out["name "+e.Name] = append(out["name "+e.Name], i)
		}
	}
	return out
}

// place is where the entry of a line is in the book, -1 for a new one.
func (b *Book) place(e Entry, known map[string][]int) (int, *record.Fault) {
	if e.ID != "" {
		if at := known["id "+e.ID]; len(at) == 1 {
			return at[0], nil
		}
		return 0, &record.Fault{Pointer: "/id", Code: "address-unknown", Message: fmt.Sprintf("Sổ không có mục mang mã %q; mục mới thì để trống ô này", clip(e.ID))}
	}
	e.check("") // as it would be kept; what is wrong is told later
	for _, what := range []string{"code " + e.Code, "name " + e.Name} {
		at := known[what]
		if len(at) > 1 { // one after the other in time
			at = slices.DeleteFunc(slices.Clone(at), func(i int) bool { return b.Entries[i].ValidFrom != e.ValidFrom })
			if len(at) != 1 {
				return 0, &record.Fault{Pointer: "/name", Code: "ambiguous", Message: "Sổ có nhiều mục mang tên hoặc mã này; hãy ghi mã mục hoặc ngày bắt đầu dùng như trong sổ"}
			}
		}
		if len(at) == 1 {
			return at[0], nil
		}
	}
	return -1, nil
}
