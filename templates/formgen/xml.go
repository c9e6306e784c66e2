package main

import (
	"fmt"
	"html"
	"strings"
)

// bookmarks numbers the bookmarks of one document.
type bookmarks struct{ next int }

func (b *bookmarks) at(names ...string) string {
	var out strings.Builder
	for _, n := range names {
		b.next++
		fmt.Fprintf(&out, `<w:bookmarkStart w:id="%d" w:name="%s"/><w:bookmarkEnd w:id="%d"/>`, b.next, n, b.next)
	}
	return out.String()
}

func run(text string) string { return styled("", text) }

func styled(props, text string) string {
	if props != "" {
		props = "<w:rPr>" + props + "</w:rPr>"
	}
	return `<w:r>` + props + `<w:t xml:space="preserve">` + html.EscapeString(text) + `</w:t></w:r>`
}

// p is a paragraph of a style; its content is XML.
func p(style string, content ...string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + strings.Join(content, "") + `</w:p>`
}

// tag is a paragraph that only steers: it vanishes when the form is filled.
func tag(t string) string { return p("VTBody", run(t)) }

// table is two columns without borders; top is the blank above the first row.
func table(left, right, top int, rows ...[2]string) string {
	margin := ""
	if top > 0 {
		margin = fmt.Sprintf(`<w:tcMar><w:top w:w="%d" w:type="dxa"/></w:tcMar>`, top)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblLayout w:type="fixed"/>`+
		`<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>`+
		`<w:tblGrid><w:gridCol w:w="%d"/><w:gridCol w:w="%d"/></w:tblGrid>`, left+right, left, right)
	for _, r := range rows {
		fmt.Fprintf(&b, `<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s</w:tcPr>%s</w:tc>`+
			`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s</w:tcPr>%s</w:tc></w:tr>`, left, margin, r[0], right, margin, r[1])
		margin = ""
	}
	b.WriteString(`</w:tbl>`)
	return b.String()
}
