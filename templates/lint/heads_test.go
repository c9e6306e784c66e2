package lint

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// inCell is a table row whose cells are given with their widths in twips.
func inCells(widths []int, rows ...[]string) string {
	x := officetest.Table(rows...)
	grid := ""
	for _, w := range widths {
		grid += `<w:gridCol w:w="` + strconv.Itoa(w) + `"/>`
	}
	return strings.Replace(x, `<w:tblGrid><w:gridCol/></w:tblGrid>`, `<w:tblGrid>`+grid+`</w:tblGrid>`, 1)
}

// The same head as offices lay it out: nothing is found in any of them, and in
// each a rule that is as long as the page is.
func TestLintHeads(t *testing.T) {
	const date = "Hà Tĩnh, ngày      tháng 6 năm 2024"
	rest := titled(t, "KẾ HOẠCH", "Cải cách hành chính năm 2024") + dressed(14, "f", "Các cơ quan thực hiện Kế hoạch này./.") + otherClosing("- UBND tỉnh;", "- Lưu: VT, NV.")
	issuerRule, mottoRule := long(t, "SỞ NỘI VỤ", 12, 0.4), long(t, motto, 13, 1)
	superior, issuer := dressed(12, "c", "UBND TỈNH HÀ TĨNH"), dressed(12, "bc", "SỞ NỘI VỤ")
	right := dressed(12, "bc", nation) + dressed(13, "bc", motto)
	number, day := dressed(13, "c", "Số:      /KH-SNV"), dressed(13, "ic", date)
	// Lines drawn on the paragraph of the text itself.
	on := func(p string, length int, old bool) string {
		line := strings.TrimSuffix(strings.TrimPrefix(shape(length, old), `<w:p>`), `</w:p>`)
		return strings.Replace(p, `</w:pPr>`, `</w:pPr>`+line, 1)
	}
	border := func(side string, inset int) string {
		return `<w:p><w:pPr><w:pBdr><w:` + side + ` w:val="single" w:sz="6"/></w:pBdr><w:ind w:left="` + strconv.Itoa(inset) + `" w:right="` + strconv.Itoa(inset) + `"/></w:pPr></w:p>`
	}
	for _, c := range []struct{ name, head, rule string }{
		{"two rows", officetest.Table([]string{superior + issuer + shape(issuerRule, true), right + shape(mottoRule, true)}, []string{number, day}), ""},
		{"three rows", officetest.Table([]string{superior + issuer, right}, []string{shape(issuerRule, false), shape(mottoRule, false)}, []string{number, day}), ""},
		{"one row", officetest.Table([]string{superior + issuer + shape(issuerRule, true) + number, right + shape(mottoRule, true) + day}), ""},
		{"a column between", inCells([]int{3000, 300, 5800}, []string{superior + issuer + shape(issuerRule, true), `<w:p/>`, right + shape(mottoRule, true)}, []string{number, `<w:p/>`, day}), ""},
		{"lines on the text's own paragraphs", officetest.Table([]string{superior + on(issuer, issuerRule, false), dressed(12, "bc", nation) + on(dressed(13, "bc", motto), mottoRule, true)}, []string{number, day}), ""},
		{"all lines on the first paragraph", on(on(`<w:p><w:pPr></w:pPr></w:p>`, issuerRule, false), mottoRule, false) + officetest.Table([]string{superior + issuer, right}, []string{number, day}), ""},
		{"lines by borders", inCells([]int{3000, 6000}, []string{superior + issuer + border("top", (3000-issuerRule)/2), right + border("bottom", (6000-mottoRule)/2)}, []string{number, day}), ""},
		{"underlined", officetest.Table([]string{superior + issuer + shape(issuerRule, true), dressed(12, "bc", nation) + strings.Replace(dressed(13, "bc", motto), "<w:b/>", `<w:b/><w:u w:val="single"/>`, 1)}, []string{number, day}), ""},
		{"breaks in one paragraph", officetest.Table([]string{superior + issuer + shape(issuerRule, true), strings.Replace(right, `</w:p><w:p><w:pPr><w:jc w:val="center"/></w:pPr>`, `<w:r><w:br/></w:r>`, 1) + shape(mottoRule, true)}, []string{number, day}), ""},
		{"in a content control", `<w:sdt><w:sdtContent>` + officetest.Table([]string{superior + issuer + shape(issuerRule, true), right + shape(mottoRule, true)}, []string{number, day}) + `</w:sdtContent></w:sdt>`, ""},
		{"text boxes", `<w:p><w:r><w:pict><v:shape xmlns:v="v"><v:textbox><w:txbxContent>` + superior + issuer + number + `</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p><w:p><w:r><w:pict><v:shape xmlns:v="v"><v:textbox><w:txbxContent>` + right + shape(mottoRule, true) + day + `</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>`, ""},
		{"by tabs", tabs(superior, dressed(12, "b", nation)) + tabs(issuer, dressed(13, "b", motto)) + tabs(shape(issuerRule, false), shape(mottoRule, false)) + tabs(number, day), ""},
		{"no lines", officetest.Table([]string{superior + issuer, right}, []string{number, day}), "R6 R7"},
		{"a line too long", officetest.Table([]string{superior + issuer + shape(2*issuerRule, true), right + shape(mottoRule, true)}, []string{number, day}), "R7"},
		{"a line too short", officetest.Table([]string{superior + issuer + shape(issuerRule, true), right + shape(mottoRule/2, false)}, []string{number, day}), "R6"},
		{"the other way round", inCells([]int{5800, 3000}, []string{right + shape(mottoRule, true), superior + issuer + shape(issuerRule, true)}, []string{day, number}), "R6 R7"},
		{"typed rules", officetest.Table([]string{superior + issuer + dressed(12, "c", "_____"), right + shape(mottoRule, true)}, []string{number, day}), "R7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := lint(t, otherOffice(t, c.head+rest), StageDraft)
			var got []string
			for _, f := range found {
				if f.Level != record.LevelInfo {
					got = append(got, f.Rule)
				}
			}
			slices.Sort(got)
			all := strings.Join(slices.Compact(got), " ")
			if all != c.rule {
				t.Errorf("got %q, want %q", all, c.rule)
				for _, f := range found {
					t.Log(show(f))
				}
			}
		})
	}
}
