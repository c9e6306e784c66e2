package lint

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// Any body, styles and lists that XML allows: a clean error, or a report that
// keeps its promises.
func FuzzLint(f *testing.F) {
	const date = "Hà Tĩnh, ngày  tháng 6 năm 2024"
	styles := wPart("styles", `<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:basedOn w:val="N"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr><w:tabs><w:tab w:val="clear" w:pos="5"/></w:tabs></w:pPr></w:style>`)
	f.Add(otherHead(f, "Số: /KH-UBND", date)+dressed(14, "bc", "KẾ HOẠCH")+dressed(14, "f", "1. Một./.")+otherClosing("- Lưu VT.")+otherEnd, styles, numbers)
	f.Add(dressed(12, "b", "Số: 5/CV\tNơi nhận:")+dressed(14, "", "a) … {{x}} **")+`<w:p><w:pPr><w:sectPr/></w:pPr></w:p>`+dressed(14, "c", "Phụ lục"), "", "")
	f.Add(`<w:p><w:pPr><w:numPr><w:ilvl w:val="-9"/><w:numId w:val="7"/></w:numPr><w:ind w:left="1e9" w:hanging="-3mm"/></w:pPr><w:r><w:rPr><w:sz w:val="pt"/></w:rPr><w:tab/><w:t>x</w:t><w:fldChar w:fldCharType="end"/></w:r><w:fldSimple w:instr=""/></w:p>`, styles, strings.Replace(numbers, `w:val="%1)"`, `w:val="%1%2%9"`, 1))
	f.Add(`<w:tbl><w:tr><w:trPr><w:gridBefore w:val="x"/></w:trPr><w:tc><w:tbl><w:tr><w:tc>`+officetest.Runs("Nơi nhận:", "- a\n")+`</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl><w:p><w:r><w:drawing><w:txbxContent>`+officetest.Runs("./.")+`</w:txbxContent></w:drawing></w:r></w:p>`, "", "")
	f.Add(`<w:sectPr><w:pgSz w:w="9" w:h="-8"/><w:pgMar w:left="x"/><w:titlePg/></w:sectPr><w:sdt><w:sdtContent>`+officetest.Runs("I. ", "Điều 1.", "aa)")+`</w:sdtContent></w:sdt>`, "", "")
	known := map[string]bool{RuleSet: true}
	for _, r := range lintRules() {
		known[r.number] = true
	}
	rels := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + ooxml.RelTransitional + `styles" Target="styles.xml"/><Relationship Id="b" Type="` + ooxml.RelTransitional + `numbering" Target="numbering.xml"/><Relationship Id="rheader" Type="` + ooxml.RelTransitional + `header" Target="document.xml"/></Relationships>`
	f.Fuzz(func(t *testing.T, body, styles, numbering string) {
		parts := map[string]string{relsPart: rels}
		for name, xml := range map[string]string{"word/styles.xml": styles, "word/numbering.xml": numbering} {
			if xml != "" {
				parts[name] = xml
			}
		}
		docx := officetest.DOCX(t, body, parts)
		for _, stage := range []Stage{StageDraft, StageIssued} {
			r, err := DOCX(t.Context(), docx, About{Stage: stage})
			if err != nil {
				if record.KindOf(err) != record.Invalid {
					t.Fatalf("a foreign error: %v", err)
				}
				continue
			}
			if len(r.Findings) > maxFindings+1 {
				t.Fatalf("%d findings", len(r.Findings))
			}
			for _, x := range r.Findings {
				if !known[x.Rule] || x.Message == "" || x.Source == "" || !slices.Contains([]record.Level{record.LevelError, record.LevelWarning, record.LevelInfo}, x.Level) {
					t.Fatalf("a finding that says nothing: %+v", x)
				}
				if s := x.Place + x.Found + x.Message; !utf8.ValidString(s) || len(x.Place) > 500 || len(x.Found) > 500 {
					t.Fatalf("a finding that cannot be shown: %+q", x)
				}
			}
			again, err := DOCX(t.Context(), docx, About{Stage: stage})
			if err != nil || !slices.Equal(r.Findings, again.Findings) {
				t.Fatalf("not the same twice: %v", err)
			}
		}
	})
}

// Reports are in the order of the document.
func TestLintOrder(t *testing.T) {
	a := findings{}
	for _, at := range []spot{{group: spotNotes, number: 1}, {group: spotText, number: 9}, {group: spotHeaders, number: 1}, {group: spotText, number: 2}, {group: spotPages, number: 2}} {
		f := &finder{rule: lintRule{level: record.LevelError}}
		at.name = string(rune('a'+at.group)) + string(rune('0'+at.number))
		f.breach(at, "m", "", "")
		a.take(f)
	}
	got := a.list()
	if !slices.IsSortedFunc(got, func(x, y record.Finding) int { return cmp.Compare(x.Place, y.Place) }) || len(got) != 5 {
		t.Errorf("%v", got)
	}
}
