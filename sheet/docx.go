package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Page of a printed table, in mm: A4 with the decree's margins, the wide one
// where it is bound (NĐ 30/2020, PL I, Phần I, Mục I).
const (
	shortSide  = 210.0
	longSide   = 297.0
	marginTop  = 20.0
	marginFoot = 20.0
	marginLeft = 30.0
	marginEnd  = 15.0
)

// chunk is how many rows go into one table of the page: LibreOffice takes time
// by the square of a table's rows (2,000 lines, same machine and hour: 50 s as one
// table, 10 s in chunks). So what every page repeats stands in the page's header.
const chunk = 100

// counted is up to how many rows every page says how many there are: for that
// LibreOffice lays out pages again and again (1,000 lines: 24 s instead of 14). A
// longer table says it once, at its end.
const counted = 400

// WriteDOCX writes the table as a DOCX package in Times New Roman: a cover when
// the table has one, then the lines under a head that every page repeats, no
// row over two pages unless it is longer than one, "Trang x/y" below, or with
// more than 400 rows "Trang x" and the number of pages at the end. The error is
// that of w or of the rows.
func (t *Table) WriteDOCX(w io.Writer) error {
	z := zip.NewWriter(w)
	part, err := z.Create("word/document.xml")
	if err != nil {
		return err
	}
	buffer := bufio.NewWriter(part)
	rows, err := t.writeDocument(buffer)
	if err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	footer := pageOfPages
	if rows > counted {
		footer = pageAlone
	}
	for _, p := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRelations}, {"word/_rels/document.xml.rels", documentRelations},
		{"word/styles.xml", styles}, {"word/settings.xml", settings}, {"word/footer1.xml", footer}, {"word/header1.xml", t.header()},
		{"docProps/core.xml", xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` +
			escaped(t.name()) + `</dc:title><dc:creator>` + escaped(t.agency()) + `</dc:creator><dc:language>vi-VN</dc:language></cp:coreProperties>`},
	} {
		part, err := z.Create(p.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, p.text); err != nil {
			return err
		}
	}
	return z.Close()
}

// name is the title with what tells it from others of its kind.
func (t *Table) name() string { return strings.Join(append([]string{t.Title}, t.Subtitle...), ", ") }

// writeDocument writes all pages and says how many rows the table had.
func (t *Table) writeDocument(w *bufio.Writer) (rows int, err error) {
	w.WriteString(xmlHead + `<w:document xmlns:w="` + wordNamespace + `" xmlns:r="` + relationNamespace + `"><w:body>`)
	if len(t.Cover) > 0 {
		t.writeCover(w)
	}
	t.writeHead(w)
	if rows, err = t.writeRows(w); err != nil {
		return rows, err
	}
	for _, line := range t.foot() {
		paragraph(w, "Foot", line)
	}
	if rows > counted {
		w.WriteString(`<w:p><w:pPr><w:pStyle w:val="Foot"/></w:pPr>` + literal("Tổng số trang: ") + field("NUMPAGES") + literal(".") + `</w:p>`)
	}
	t.writeSignatures(w)
	w.WriteString(t.section("") + `</w:body></w:document>`)
	return rows, nil
}

// writeCover is a page of its own with a frame: whose book it is at the top, what
// it is in the middle.
func (t *Table) writeCover(w *bufio.Writer) {
	height := longSide
	if t.Landscape {
		height = shortSide
	}
	paragraph(w, "Small", "")
	if t.Superior != "" {
		paragraph(w, "Superior", t.Superior)
	}
	for _, line := range t.Agency {
		paragraph(w, "Agency", line)
	}
	fmt.Fprintf(w, `<w:p><w:pPr><w:pStyle w:val="CoverTitle"/><w:spacing w:before="%d"/></w:pPr>`, twips(height*0.22))
	run(w, "", t.Title)
	w.WriteString(`</w:p>`)
	for _, line := range t.Cover {
		paragraph(w, "CoverLine", line)
	}
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="Small"/>` + t.section(coverFrame) + `</w:pPr></w:p>`)
}

const coverFrame = `<w:pgBorders w:offsetFrom="text"><w:top w:val="double" w:sz="6" w:space="8" w:color="000000"/><w:left w:val="double" w:sz="6" w:space="8" w:color="000000"/>` +
	`<w:bottom w:val="double" w:sz="6" w:space="8" w:color="000000"/><w:right w:val="double" w:sz="6" w:space="8" w:color="000000"/></w:pgBorders>`

// section is the page of the paragraphs before it; frame is a cover's, which
// shows no number.
func (t *Table) section(frame string) string {
	width, height, orient := shortSide, longSide, ""
	if t.Landscape {
		width, height, orient = longSide, shortSide, ` w:orient="landscape"`
	}
	foot, first := `<w:footerReference w:type="default" r:id="rId3"/>`, ""
	if frame != "" {
		foot = ""
	} else if foot = `<w:headerReference w:type="default" r:id="rId4"/>` + foot; len(t.Cover) == 0 { // its first page has the title
		foot, first = foot+`<w:footerReference w:type="first" r:id="rId3"/>`, `<w:titlePg/>`
	}
	return fmt.Sprintf(`<w:sectPr>%s<w:type w:val="nextPage"/><w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="567" w:footer="567" w:gutter="0"/>%s%s</w:sectPr>`,
		foot, twips(width), twips(height), orient, twips(marginTop), twips(marginEnd), twips(marginFoot), twips(marginLeft), frame, first)
}

// room is the width in mm that the margins leave.
func (t *Table) room() float64 {
	if t.Landscape {
		return longSide - marginLeft - marginEnd
	}
	return shortSide - marginLeft - marginEnd
}

// writeHead is agency and motto side by side, as on every document (PL I, II.1
// and II.2), and the title; a cover says all that already.
func (t *Table) writeHead(w *bufio.Writer) {
	if len(t.Cover) > 0 {
		return
	}
	if len(t.Agency) > 0 {
		left := t.room() * 0.4
		openTable(w, []float64{left, t.room() - left}, "")
		w.WriteString(`<w:tr>`)
		cell(w, left, func() {
			if t.Superior != "" {
				paragraph(w, "Superior", t.Superior)
			}
			for _, line := range t.Agency {
				paragraph(w, "Agency", line)
			}
			// A rule of two fifths of the last line: a blank of the rule's size is a
			// sixth as wide as an upper case letter above it.
			last := utf8.RuneCountInString(t.Agency[len(t.Agency)-1])
			ruled(w, "Rule", strings.Repeat("\u00A0", last*6*2/5))
		})
		cell(w, t.room()-left, func() {
			paragraph(w, "Agency", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
			ruled(w, "Motto", "Độc lập - Tự do - Hạnh phúc")
		})
		w.WriteString(`</w:tr></w:tbl>`)
	}
	paragraph(w, "Title", t.Title)
	for _, line := range t.Subtitle {
		paragraph(w, "Subtitle", line)
	}
	paragraph(w, "Small", "")
}

// ruled is a line with a rule under it, as the heads of documents have.
func ruled(w *bufio.Writer, style, line string) {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	run(w, `<w:rPr><w:u w:val="single"/></w:rPr>`, line)
	w.WriteString(`</w:p>`)
}

const border = ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`

const borders = `<w:tblBorders><w:top` + border + `<w:left` + border + `<w:bottom` + border + `<w:right` + border + `<w:insideH` + border + `<w:insideV` + border + `</w:tblBorders>`

// header is what every page of lines begins with, but one that has the title.
func (t *Table) header() string {
	var b strings.Builder
	w := bufio.NewWriter(&b)
	w.WriteString(xmlHead + `<w:hdr xmlns:w="` + wordNamespace + `">`)
	paragraph(w, "Running", t.name())
	openTable(w, t.scaled(t.room()), borders)
	t.writeTitles(w)
	w.WriteString(`</w:tbl>`)
	paragraph(w, "Seam", "")
	w.WriteString(`</w:hdr>`)
	w.Flush()
	return b.String()
}

// writeTitles are the columns' titles and numbers.
func (t *Table) writeTitles(w *bufio.Writer) {
	widths := t.scaled(t.room())
	row := func(style string, text func(i int) string) {
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i := range t.Columns {
			cell(w, widths[i], func() { paragraph(w, style, text(i)) })
		}
		w.WriteString(`</w:tr>`)
	}
	row("Column", func(i int) string { return t.Columns[i].Title })
	if t.Numbered {
		row("Center", func(i int) string { return fmt.Sprintf("(%d)", i+1) })
	}
}

func (t *Table) writeRows(w *bufio.Writer) (n int, err error) {
	widths := t.scaled(t.room())
	open := len(t.Cover) == 0
	if open {
		openTable(w, widths, borders)
		t.writeTitles(w)
	}
	for r, err := range t.Rows {
		if err != nil {
			return n, err
		}
		if n > 0 && n%chunk == 0 {
			w.WriteString(`</w:tbl>`)
			paragraph(w, "Seam", "")
			open = false
		}
		if !open {
			openTable(w, widths, borders)
			open = true
		}
		t.writeRow(w, r, widths)
		n++
	}
	if open {
		w.WriteString(`</w:tbl>`)
	}
	paragraph(w, "Small", "") // a table is never the last of a body
	return n, nil
}

// longRow is how many letters a cell may have before its row may be split: one
// row must never be longer than a page.
const longRow = 1200

func (t *Table) writeRow(w *bufio.Writer, r Row, widths []float64) {
	cells, whole := t.full(r), true
	for _, c := range cells {
		whole = whole && len(c.text) < longRow
	}
	w.WriteString(`<w:tr>`)
	if whole {
		w.WriteString(`<w:trPr><w:cantSplit/></w:trPr>`)
	}
	if r.Group != "" {
		fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/></w:tcPr>`, twips(t.room()), len(widths))
		paragraph(w, "Group", clean(r.Group))
		w.WriteString(`</w:tc></w:tr>`)
		return
	}
	for i, c := range cells {
		style := [...]string{"Cell", "Center", "Right"}[t.Columns[i].Align]
		if r.Bold {
			style += "Bold"
		}
		cell(w, widths[i], func() { paragraph(w, style, c.String()) })
	}
	w.WriteString(`</w:tr>`)
}

func (t *Table) writeSignatures(w *bufio.Writer) {
	if len(t.Signatures) == 0 {
		return
	}
	n := max(2, len(t.Signatures)) // one alone stands on the right
	widths := make([]float64, n)
	for i := range widths {
		widths[i] = t.room() / float64(n)
	}
	paragraph(w, "Foot", "")
	openTable(w, widths, "")
	w.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for i := range n {
		cell(w, widths[i], func() {
			at := i - (n - len(t.Signatures))
			if at < 0 {
				paragraph(w, "Center", "")
				return
			}
			s := t.Signatures[at]
			paragraph(w, "SignatureNote", s.Above)
			for _, line := range s.Lines {
				paragraph(w, "Signature", line)
			}
			paragraph(w, "SignatureNote", s.Note)
			for range 4 {
				paragraph(w, "Signature", "")
			}
			paragraph(w, "Signature", s.Name)
		})
	}
	w.WriteString(`</w:tr></w:tbl>`)
	paragraph(w, "Small", "")
}

func openTable(w *bufio.Writer, widths []float64, lines string) {
	fmt.Fprintf(w, `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/>%s<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, lines)
	for _, mm := range widths {
		fmt.Fprintf(w, `<w:gridCol w:w="%d"/>`, twips(mm))
	}
	w.WriteString(`</w:tblGrid>`)
}

func cell(w *bufio.Writer, mm float64, content func()) {
	fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, twips(mm))
	content()
	w.WriteString(`</w:tc>`)
}

func paragraph(w *bufio.Writer, style, text string) {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	run(w, "", text)
	w.WriteString(`</w:p>`)
}

func run(w *bufio.Writer, properties, text string) {
	if text == "" {
		return
	}
	w.WriteString(`<w:r>` + properties)
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			w.WriteString(`<w:br/>`)
		}
		w.WriteString(`<w:t xml:space="preserve">`)
		_ = xml.EscapeText(w, []byte(line)) // a bufio.Writer keeps its error for Flush
		w.WriteString(`</w:t>`)
	}
	w.WriteString(`</w:r>`)
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(clean(s))) // a strings.Builder never fails
	return b.String()
}

// twips are twentieths of a point.
func twips(mm float64) int { return int(mm*1440/25.4 + 0.5) }
