package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// edit replaces text in a part, once and for sure; an empty old text makes the
// part. A mark in front of the old text says which occurrence is meant.
type edit struct{ part, old, new string }

const (
	secondOne     = "\x02"
	inLastSection = "\x03"
)

const (
	docPart    = "word/document.xml"
	stylesPart = "word/styles.xml"
	headerPart = "word/header2.xml"
	relsPart   = "word/_rels/document.xml.rels"
)

func in(old, new string) edit { return edit{docPart, old, new} }

// inPara puts properties into the paragraph that begins with a text.
func inPara(text, props string) edit {
	for _, st := range []string{"VTBody", "VTBasis", "VTSection", "VTClause", "VTRecipient", "VTNumber"} {
		if strings.HasPrefix(props, st+" ") {
			return in(`<w:pStyle w:val="`+st+`"/></w:pPr><w:r><w:t xml:space="preserve">`+text, `<w:pStyle w:val="`+st+`"/>`+strings.TrimPrefix(props, st+" ")+`</w:pPr><w:r><w:t xml:space="preserve">`+text)
		}
	}
	panic("no style in " + props)
}

// inRun puts properties into the run that begins with a text.
func inRun(text, props string) edit {
	return in(`<w:r><w:t xml:space="preserve">`+text, `<w:r><w:rPr>`+props+`</w:rPr><w:t xml:space="preserve">`+text)
}

func relate(id, kind, target string) edit {
	return edit{relsPart, `</Relationships>`, `<Relationship Id="` + id + `" Type="` + ooxml.RelTransitional + kind + `" Target="` + target + `"/></Relationships>`}
}

// goodPlan is the example plan, which has nothing to find.
func goodPlan(t testing.TB) *ooxml.Package {
	t.Helper()
	c := catalogue(t)
	b, err := c.Fill(t.Context(), officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ooxml.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	// A fill ties numbers to their units and symbols together; untied, the text
	// reads as the edits name it.
	data, _ := p.Part(docPart)
	p.Set(docPart, []byte(ties.ReplaceAllString(hyphens.ReplaceAllString(string(data), "-"), "$1 $2")))
	return p
}

var (
	hyphens = regexp.MustCompile(`</w:t></w:r><w:r>(?:<w:rPr>[^\n]{0,200}?</w:rPr>)?<w:noBreakHyphen/></w:r><w:r>(?:<w:rPr>[^\n]{0,200}?</w:rPr>)?<w:t xml:space="preserve">`)
	ties    = regexp.MustCompile(`([^\x{a0} >])\x{a0}([^\x{a0} ])`)
)

func changed(t testing.TB, p *ooxml.Package, edits ...edit) []byte {
	t.Helper()
	p = p.Clone()
	for _, e := range edits {
		data, _ := p.Part(e.part)
		from := 0
		switch e.old[:min(1, len(e.old))] {
		case secondOne:
			e.old = e.old[1:]
			from = strings.Index(string(data), e.old) + len(e.old)
		case inLastSection:
			e.old = e.old[1:]
			from = strings.LastIndex(string(data), "<w:sectPr>")
		}
		if e.old != "" && !strings.Contains(string(data[from:]), e.old) {
			t.Fatalf("%s has no %q", e.part, e.old)
		}
		if e.old == "" {
			p.Set(e.part, []byte(e.new))
			continue
		}
		p.Set(e.part, []byte(string(data[:from])+strings.Replace(string(data[from:]), e.old, e.new, 1)))
	}
	b, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func lint(t testing.TB, docx []byte, stage Stage) []record.Finding {
	t.Helper()
	r, err := DOCX(t.Context(), docx, About{Stage: stage})
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

func show(f record.Finding) string {
	line := fmt.Sprintf("%s %s: %s", f.Level, f.Rule, f.Message)
	for _, x := range []struct{ name, value string }{{"chỗ", f.Place}, {"thấy", f.Found}, {"cần", f.Expected}} {
		if x.value != "" {
			line += " | " + x.name + ": " + x.value
		}
	}
	return strings.ReplaceAll(line, "\u00a0", "~")
}

// seededFault is one fault in the good plan.
type seededFault struct {
	rule, name string
	level      record.Level
	says       string // of what is shown of the first finding
	edits      []edit
}

// check: its own rule finds it, at its weight, and no other finds anything.
func (c seededFault) check(t *testing.T, found []record.Finding) {
	t.Helper()
	if len(found) == 0 {
		t.Fatal("nothing found")
	}
	level := found[0].Level
	for _, f := range found {
		if f.Rule != c.rule || f.Level != level {
			t.Errorf("also %s", show(f))
		}
	}
	if level != c.level || !strings.Contains(show(found[0]), c.says) {
		t.Errorf("got %s, want %s that says %q", show(found[0]), c.level, c.says)
	}
}

// ruleOnWideSheet is the rule under the subject where the sheet is 87 mm wider.
var ruleOnWideSheet = in(`w:left="3547" w:right="3547"`, `w:left="6013" w:right="6013"`)

const (
	bodyText = "Kinh phí thực hiện trong"
	// As formgen writes it.
	sectionOfPlan = `<w:headerReference w:type="default" r:id="rId5"/><w:headerReference w:type="first" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/>`
	hdr           = `<w:hdr xmlns:w="` + ooxml.NSWord + `">`
	numbers       = `<w:numbering xmlns:w="` + ooxml.NSWord + `"><w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/><w:pPr><w:ind w:left="0" w:firstLine="720"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>`
)

func points5(format string) string {
	var b strings.Builder
	for i, s := range []string{"một", "hai", "ba", "bốn", "năm"} {
		fmt.Fprintf(&b, format, []string{"a", "b", "c", "d", "e"}[i], s)
	}
	return b.String()
}

// seededFaults has at least one fault for each rule.
func seededFaults() []seededFault {
	return slices.Concat(pageFaults(), headFaults(), textFaults(), endFaults())
}

func size(half string) string { return `<w:sz w:val="` + half + `"/>` }

func ind(attrs string) string { return "VTBody <w:ind " + attrs + "/>" }

func para(style, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

// before puts blocks in front of the paragraph that begins with a text.
func before(text, xml string) edit { return beforeIn("VTBody", text, xml) }

func beforeIn(style, text, xml string) edit {
	p := `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">` + text
	return in(p, xml+p)
}

// closing is how the table with recipients and signature begins.
const closing = `<w:tbl><w:tblPr><w:tblW w:w="9354" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="4422"/>`

// Every fault is found by its own rule, at its weight, and by no other.
func TestLintFaults(t *testing.T) {
	plan := goodPlan(t)
	covered := map[string]bool{}
	for _, c := range seededFaults() {
		covered[c.rule] = true
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			c.check(t, lint(t, changed(t, plan, c.edits...), StageDraft))
		})
	}
	for _, r := range lintRules() {
		if r.docx != nil && !covered[r.number] {
			t.Errorf("no fault is seeded for %s", r.number)
		}
	}
}

// What only looks like a fault.
func TestLintNoFaults(t *testing.T) {
	plan := goodPlan(t)
	for _, c := range []struct {
		name  string
		edits []edit
	}{
		{"the plan itself", nil},
		{"margins within half a millimetre", []edit{in(`w:left="1701" w:header`, `w:left="1675" w:header`), in(`w:right="851"`, `w:right="1160"`)}},
		{"indent of 1 cm", []edit{inPara(bodyText, `VTBody <w:ind w:firstLine="1cm"/>`)}},
		{"indent by tab", []edit{inPara(bodyText, `VTBody <w:ind w:firstLine="0"/>`), in(`<w:t xml:space="preserve">`+bodyText, `<w:tab/><w:t xml:space="preserve">`+bodyText)}},
		{"a section that goes on", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">`+bodyText, `<w:p><w:pPr><w:sectPr>`+sectionOfPlan+`</w:sectPr></w:pPr></w:p><w:p><w:pPr><w:pStyle w:val="VTBody"/></w:pPr><w:r><w:t xml:space="preserve">`+bodyText), in(`<w:headerReference w:type="default" r:id="rId5"/><w:headerReference w:type="first" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr></w:body>`, `<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567"/></w:sectPr></w:body>`)}},
		{"half of the gap above, half below", []edit{inPara("- Rút ngắn", `VTBody <w:spacing w:after="60"/>`), inPara("- Nâng tỷ lệ", `VTBody <w:spacing w:before="60"/>`)}},
		{"unit above a table", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`, `<w:p><w:pPr><w:pStyle w:val="VTBody"/><w:ind w:firstLine="0"/><w:jc w:val="right"/></w:pPr><w:r><w:t>Đơn vị tính: đồng</w:t></w:r></w:p>`+officetest.Table([]string{officetest.Runs("Việc")})+`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`)}},
		{"red stamp", []edit{in(`<w:p><w:pPr><w:pStyle w:val="VTType"/>`, `<w:p><w:pPr><w:pStyle w:val="VTType"/></w:pPr><w:r><w:rPr><w:color w:val="FF0000"/></w:rPr><w:t>KHẨN</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="VTType"/>`)}},
		{"number bound to its unit", []edit{in("80%", "80\u00a0%"), in("năm 2024.", "năm\u00a02024.")}},
		{"and so on", []edit{in(bodyText, "Kinh phí, vật tư,... thực hiện trong")}},
		{"and so on, at a word", []edit{in("người dân, doanh nghiệp.", "người dân…")}},
		{"a table in the text, on its side", []edit{ruleOnWideSheet, in(`w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906"`), in(`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`, officetest.Table([]string{officetest.Runs("Việc")})+`<w:p><w:pPr><w:pStyle w:val="VTSection"/></w:pPr><w:r><w:t xml:space="preserve">III.`)}},
		{"deleted and hidden text", []edit{in(`<w:r><w:t xml:space="preserve">`+bodyText, `<w:del w:id="9"><w:r><w:delText>./.</w:delText></w:r></w:del><w:moveFrom w:id="8"><w:r><w:t>{{x}}</w:t></w:r></w:moveFrom><w:r><w:rPr><w:vanish/></w:rPr><w:t>**</w:t></w:r><w:r><w:t xml:space="preserve">`+bodyText)}},
		{"clauses numbered by section", []edit{in("1. Rà soát", "2.1. Rà soát"), in("2. Hướng dẫn", "2.2. Hướng dẫn")}},
		{"points begin again behind a colon", []edit{in("2. Hướng dẫn", "- Việc khác:</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"VTBody\"/></w:pPr><w:r><w:t>a) Một việc.</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"VTBody\"/></w:pPr><w:r><w:t>2. Hướng dẫn")}},
		{"drafter's sign", []edit{in("- Lưu: VT, VHTT.</w:t></w:r></w:p>", "- Lưu: VT, VHTT.</w:t></w:r></w:p>"+`<w:p><w:pPr><w:pStyle w:val="VTRecipient"/></w:pPr><w:r><w:t>NVA.(05)</w:t></w:r></w:p>`)}},
		{"number centred by a tab", []edit{{headerPart, `<w:pStyle w:val="Header"/>`, `<w:pStyle w:val="Header"/><w:tabs><w:tab w:val="center" w:pos="4677"/></w:tabs><w:jc w:val="left"/>`}, {headerPart, `<w:r><w:fldChar w:fldCharType="begin"/>`, `<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/>`}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range lint(t, changed(t, plan, c.edits...), StageDraft) {
				t.Error(show(f))
			}
		})
	}
}
