package templates

import (
	"strings"
	"testing"

	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// What files of others have and ours do not; each was once wrong.
func TestFillFilesOfOthers(t *testing.T) {
	const (
		drawing = `<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:docPr id="1"/></wp:inline></w:drawing></w:r>`
		shape   = `<w:r><w:pict><v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" id="_x0000_t202"/><v:shape xmlns:v="urn:schemas-microsoft-com:vml" id="a" type="#_x0000_t202"/></w:pict></w:r>`
		loop    = `<w:p><w:r><w:t>{#l}</w:t></w:r></w:p>`
		end     = `<w:p><w:r><w:t>{/l}</w:t></w:r></w:p>`
	)
	for _, c := range []struct {
		name, body string
		want       []string // in this order
		never      string
	}{
		{"a picture that was deleted", `<w:p><w:del w:id="6">` + drawing + `</w:del></w:p>`, []string{`<wp:docPr id="1"/>`}, ""},
		{"a picture that was moved", `<w:p><w:moveFrom w:id="6">` + shape + `</w:moveFrom></w:p>`, []string{`id="a"`}, ""},
		{"tracked changes in a loop", loop + `<w:p><w:del w:id="3"><w:r><w:delText>a</w:delText></w:r></w:del><w:r><w:rPr><w:b/><w:rPrChange w:id="5"><w:rPr/></w:rPrChange></w:rPr><w:t>x</w:t></w:r></w:p>` + end,
			[]string{`<w:del w:id="3">`, `<w:b/></w:rPr>`, `<w:del w:id="4">`}, "rPrChange"},
		{"shapes in a loop", loop + `<w:p>` + shape + `</w:p>` + end, []string{`id="_x0000_t202"`, `id="a"`, `id="_x0000_t202_`, `type="#_x0000_t202"`}, ""},
		{"blanks that Word does not see", "<w:p><w:r><w:t>\n   a\n </w:t></w:r><w:r><w:t xml:space=\"preserve\"> b</w:t></w:r></w:p>", []string{">a b<"}, ""},
		{"two bookmarks of one number", `<w:p><w:bookmarkStart w:id="1" w:name="a"/><w:bookmarkEnd w:id="1"/></w:p><w:p><w:bookmarkStart w:id="1" w:name="b"/><w:bookmarkEnd w:id="1"/></w:p>`,
			[]string{`w:name="a"`, "bookmarkEnd", `w:name="b"`, "bookmarkEnd"}, ""},
		{"a cell with nothing but a tag", `<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>{#l}</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>x{/l}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`,
			[]string{`<w:tc><w:p><w:pPr><w:jc w:val="center"/></w:pPr></w:p></w:tc>`, ">x<"}, "<w:p/>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := fillSmall(t.Context(), t, c.body, `{"l": ["một", "hai"]}`)
			if err != nil {
				t.Fatal(err)
			}
			pkg, err := ooxml.Open(b)
			if err != nil {
				t.Fatal(err)
			}
			data, _ := pkg.Part(pkg.Document)
			rest := strings.TrimPrefix(string(data), officetest.DocumentOpen)
			if c.never != "" && strings.Contains(rest, c.never) {
				t.Errorf("has %q: %s", c.never, rest)
			}
			for _, w := range c.want {
				i := strings.Index(rest, w)
				if i < 0 {
					t.Fatalf("no %q in %s", w, rest)
				}
				rest = rest[i+1:]
			}
		})
	}
}
