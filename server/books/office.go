package books

import (
	"fmt"
	"strings"

	"vanthu/record"
	"vanthu/sheet"
)

// Office is whose book it is, as it was called in the book's year.
type Office struct {
	Superior  string
	Lines     []string          // of the name, upper case
	Place     string            // địa danh
	HeadTitle []string          // above the signature of who confirms the book
	Units     map[string]string // names by abbreviation
}

// OfficeOf is the organisation at the end of a year, or as it was last called
// before that; of one that had no name yet, its first.
func OfficeOf(o record.Organization, year int) Office {
	end := record.Date(fmt.Sprintf("%04d-12-31", year))
	out := Office{Units: map[string]string{}}
	var name record.OrganizationName
	for i, n := range o.Names {
		if i == 0 || n.ValidFrom <= end {
			name = n
		}
	}
	for _, u := range o.Units {
		if _, known := out.Units[u.Abbreviation]; !known || u.ValidFrom <= end {
			out.Units[u.Abbreviation] = u.Name
		}
	}
	out.Superior, out.Lines, out.Place = name.Superior, name.Lines, name.Place
	if name.Collective != "" {
		out.HeadTitle = append(out.HeadTitle, "TM. "+name.Collective)
	}
	if name.HeadTitle != "" {
		out.HeadTitle = append(out.HeadTitle, name.HeadTitle)
	}
	return out
}

// signatures are who made a book and who confirms it.
func (o Office) signatures() []sheet.Signature {
	place := "…"
	if o.Place != "" {
		place = o.Place
	}
	return []sheet.Signature{
		{Lines: []string{"NGƯỜI LẬP SỔ"}, Note: "(Ký, ghi rõ họ tên)"},
		{Above: place + ", ngày … tháng … năm …", Lines: o.HeadTitle, Note: "(Ký, đóng dấu, ghi rõ họ tên)"},
	}
}

func (o Office) table() sheet.Table {
	return sheet.Table{Superior: o.Superior, Agency: o.Lines, Landscape: true}
}

// unit is a unit's name with its abbreviation.
func (o Office) unit(abbreviation string) string {
	if abbreviation == "" {
		return "Không ghi đơn vị"
	}
	if name := o.Units[abbreviation]; name != "" {
		return name + " (" + abbreviation + ")"
	}
	return abbreviation
}

// numbers are register numbers in words, runs drawn together: "03, 05–07".
func numbers(all []int) string {
	var out []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		text := record.NumberText(all[i])
		if j > i {
			text += "–" + record.NumberText(all[j])
		}
		out = append(out, text)
		i = j + 1
	}
	return strings.Join(out, ", ")
}
