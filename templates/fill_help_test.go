package templates

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"vanthu/record"
)

// Two organisations as they stood on the days of the example plans.
func vungTau() record.OrganizationOn {
	return record.OrganizationOn{ID: "ubnd-tp-vung-tau", Date: "2024-01-15", OrganizationName: record.OrganizationName{
		Lines: []string{"ỦY BAN NHÂN DÂN", "THÀNH PHỐ VŨNG TÀU"}, Name: "UBND thành phố Vũng Tàu",
		Abbreviation: "UBND", Collective: "ỦY BAN NHÂN DÂN", HeadTitle: "CHỦ TỊCH", Place: "Vũng Tàu"}}
}

func dongHoa() record.OrganizationOn {
	return record.OrganizationOn{ID: "ubnd-thi-xa-dong-hoa", Date: "2021-12-20", OrganizationName: record.OrganizationName{
		Superior: "ỦY BAN NHÂN DÂN\nTỈNH PHÚ YÊN",
		Lines:    []string{"ỦY BAN NHÂN DÂN", "THỊ XÃ ĐÔNG HÒA"}, Name: "UBND thị xã Đông Hòa",
		Abbreviation: "UBND", Collective: "ỦY BAN NHÂN DÂN", HeadTitle: "CHỦ TỊCH", Place: "Đông Hòa"}}
}

// fillingOf is the filling that the desk would make of an envelope.
func fillingOf(t testing.TB, c *Catalogue, envelope []byte) record.Filling {
	t.Helper()
	e, _, err := c.Decode("", envelope)
	if err != nil {
		t.Fatal(err)
	}
	kind, err := record.TypeOn("KH", e.Date)
	if err != nil {
		t.Fatal(err)
	}
	f := record.Filling{Envelope: e, Issuer: vungTau(), Type: kind, Digits: 3, Year: e.Date.Year()}
	f.Signatory = record.Signatory{Name: "Nguyễn Thị Thu Hương", Lines: []string{"TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"}}
	if e.Organization == "ubnd-thi-xa-dong-hoa" {
		f.Issuer = dongHoa()
		f.Signatory = record.Signatory{Name: "Nguyễn Văn Tĩnh", Lines: []string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"}}
	}
	f.Symbol = record.SymbolOf(f.Type, f.Issuer)
	return f
}

const (
	seed000 = "000_90bb067c4e1b730f"
	seed004 = "004_814da083965fc256"
)

func seedFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/seeds/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// runsOf is a w:p of one run for each text.
func runsOf(texts ...string) string {
	var b strings.Builder
	b.WriteString("<w:p>")
	for _, s := range texts {
		b.WriteString(`<w:r><w:t xml:space="preserve">` + escapeText(s) + `</w:t></w:r>`)
	}
	b.WriteString("</w:p>")
	return b.String()
}

func paras(texts ...string) string {
	var b strings.Builder
	for _, s := range texts {
		b.WriteString(runsOf(s))
	}
	return b.String()
}

// tableOf is a w:tbl; each row is its cells, each cell the XML of its blocks.
func tableOf(rows ...[]string) string {
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid><w:gridCol/></w:tblGrid>`)
	for _, cells := range rows {
		b.WriteString("<w:tr>")
		for _, c := range cells {
			b.WriteString("<w:tc>" + c + "</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString("</w:tbl>")
	return b.String()
}

// fillSmall fills a body with data as content does it.
func fillSmall(ctx context.Context, t testing.TB, body, data string) ([]byte, error) {
	t.Helper()
	pkg, err := openPackage(docxWith(t, body, nil))
	if err != nil {
		return nil, err
	}
	parts, faults := compile(pkg)
	if len(faults) > 0 {
		return nil, record.Faulty("template-syntax", "Mẫu có thẻ sai", faults)
	}
	v, err := contentOf([]byte(data))
	if err != nil {
		return nil, err
	}
	widths, err := readAdvances()
	if err != nil {
		t.Fatal(err)
	}
	return (&form{docx: pkg, parts: parts}).fill(ctx, v, widths)
}

// linesOf is the text of a DOCX, one line per paragraph; bold in **, italic in
// *, line breaks as \n, cells joined by |.
func linesOf(t testing.TB, file []byte) []string {
	t.Helper()
	pkg, err := openPackage(file)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := pkg.part(pkg.document)
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	var lines []string
	for _, p := range inOrder(doc.Root(), nil) {
		var line strings.Builder
		for _, r := range p.FindElements(".//w:r") {
			mark := ""
			if r.FindElement("./w:rPr/w:b") != nil {
				mark += "**"
			}
			if r.FindElement("./w:rPr/w:i") != nil {
				mark += "*"
			}
			line.WriteString(mark)
			for _, e := range r.ChildElements() {
				switch e.Tag {
				case "t":
					line.WriteString(e.Text())
				case "br":
					line.WriteString(`\n`)
				case "tab":
					line.WriteString(`\t`)
				}
			}
			line.WriteString(mark)
		}
		lines = append(lines, line.String())
	}
	return lines
}

// inOrder is the paragraphs as a reader meets them.
func inOrder(e *etree.Element, found []*etree.Element) []*etree.Element {
	for _, child := range e.ChildElements() {
		if isW(child, "p") {
			found = append(found, child)
		} else {
			found = inOrder(child, found)
		}
	}
	return found
}

// office converts files with LibreOffice and returns the folder they are in.
func office(t *testing.T, to string, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--headless", "-env:UserInstallation=file://" + dir + "/profile", "--convert-to", to, "--outdir", dir + "/out"}
	for name, b := range files {
		path := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if out, err := exec.CommandContext(t.Context(), "soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, out)
	}
	return filepath.Join(dir, "out")
}

const toPDF = `pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"},"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"}}`

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}
