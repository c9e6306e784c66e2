package lint

import (
	"fmt"
	"strings"
	"testing"

	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

func wPart(root, inner string) string {
	return `<w:` + root + ` xmlns:w="` + ooxml.NSWord + `">` + inner + `</w:` + root + `>`
}

// lintDocOf is a body with parts related to it: "styles", "numbering", ...
func lintDocOf(t testing.TB, body string, parts map[string]string) *lintDoc {
	t.Helper()
	all := map[string]string{}
	rels := ""
	for kind, xml := range parts {
		all["word/"+kind+".xml"] = xml
		rels += `<Relationship Id="r` + kind + `" Type="` + ooxml.RelTransitional + kind + `" Target="` + kind + `.xml"/>`
	}
	all[relsPart] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rels + `</Relationships>`
	pkg, err := ooxml.Open(officetest.DOCX(t, body, all))
	if err != nil {
		t.Fatal(err)
	}
	d, err := readLintDoc(t.Context(), pkg)
	if err != nil {
		t.Fatal(err)
	}
	if d.zones, err = zonesOf(d); err != nil {
		t.Fatal(err)
	}
	return d
}

// The effective look of letters: ISO/IEC 29500-1, 17.7.2 and 17.7.3.
func TestEffectiveRunFormat(t *testing.T) {
	styles := wPart("styles", `<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="28"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="N"/><w:rPr><w:b/><w:caps/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="B"/><w:rPr><w:b w:val="0"/><w:color w:val="ff0000"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="X"><w:basedOn w:val="Y"/><w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Y"><w:basedOn w:val="X"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="S"><w:rPr><w:b/><w:sz w:val="30"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="table" w:styleId="T"><w:rPr><w:b/><w:sz w:val="20"/><w:color w:val="0000FF"/></w:rPr></w:style>`)
	theme := `<a:theme xmlns:a="x"><a:themeElements><a:fontScheme><a:majorFont><a:latin typeface="Arial"/></a:majorFont><a:minorFont><a:latin typeface="Calibri"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>`
	p := func(style, rPr string) string {
		if style != "" {
			style = `<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`
		}
		return `<w:p>` + style + `<w:r><w:rPr>` + rPr + `</w:rPr><w:t>chữ</w:t></w:r></w:p>`
	}
	cell := func(inner string) string {
		return `<w:tbl><w:tblPr><w:tblStyle w:val="T"/></w:tblPr><w:tr><w:tc>` + inner + `</w:tc></w:tr></w:tbl>`
	}
	for _, c := range []struct{ name, body, want string }{
		{"default style over document defaults", p("", ""), "Times New Roman 14 AUTO"},
		{"an unknown style is the default one", p("Zz", ""), "Times New Roman 14 AUTO"},
		{"a style without a base has the document defaults", p("Own", ""), "Calibri 11 AUTO italic"},
		{"based on", p("B", ""), "Times New Roman 14 AUTO bold caps"},
		{"turned off in a style based on it", p("C", ""), "Times New Roman 14 FF0000 caps"},
		{"in a circle", p("X", ""), "Calibri 11 AUTO bold italic"},
		{"direct", p("B", `<w:b w:val="false"/><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/><w:sz w:val="13pt"/>`), "Arial 13 AUTO caps"},
		{"direct theme font", p("", `<w:rFonts w:asciiTheme="majorAscii" w:hAnsiTheme="majorHAnsi"/>`), "Arial 14 AUTO"},
		{"bold in bold is plain", p("B", `<w:rStyle w:val="S"/>`), "Times New Roman 15 AUTO caps"},
		{"bold in plain", p("", `<w:rStyle w:val="S"/>`), "Times New Roman 15 AUTO bold"},
		{"direct bold stays bold", p("B", `<w:rStyle w:val="S"/><w:b/>`), "Times New Roman 15 AUTO bold caps"},
		{"table style under the paragraph's", cell(p("", "")), "Times New Roman 14 0000FF bold"},
		{"table style and paragraph style", cell(p("B", "")), "Times New Roman 14 0000FF caps"},
		{"hidden by a style", p("", `<w:rStyle w:val="H"/>`), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := lintDocOf(t, c.body, map[string]string{"styles": styles, "theme": theme})
			got := ""
			for _, s := range d.paras[0].spans {
				got = fmt.Sprintf("%s %s %s", s.look.hAnsi, points(s.look.size.n), s.look.color)
				for _, x := range []struct {
					on   bool
					name string
				}{{s.look.bold == on, " bold"}, {s.look.italic == on, " italic"}, {s.look.caps == on, " caps"}} {
					if x.on {
						got += x.name
					}
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The effective paragraph: styles, lists, direct properties.
func TestEffectiveParaFormat(t *testing.T) {
	styles := wPart("styles", `<w:docDefaults><w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="259" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:pPr><w:jc w:val="both"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="I"><w:basedOn w:val="N"/><w:pPr><w:spacing w:before="60"/><w:ind w:firstLine="567"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="L"><w:basedOn w:val="N"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:ind w:left="100"/></w:pPr></w:style>
<w:style w:type="numbering" w:styleId="Linked"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="table" w:styleId="T"><w:pPr><w:spacing w:after="0"/></w:pPr></w:style>`)
	numbering := wPart("numbering", `<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%1.%2"/></w:lvl><w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="4"><w:numStyleLink w:val="Linked"/></w:abstractNum><w:num w:numId="4"><w:abstractNumId w:val="4"/></w:num><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>`)
	list := func(id, level string) string {
		return `<w:numPr><w:ilvl w:val="` + level + `"/><w:numId w:val="` + id + `"/></w:numPr>`
	}
	p := func(pPr string) string { return `<w:p><w:pPr>` + pPr + `</w:pPr><w:r><w:t>chữ</w:t></w:r></w:p>` }
	st := func(id string) string { return `<w:pStyle w:val="` + id + `"/>` }
	for _, c := range []struct{ name, body, want string }{
		{"defaults", p(""), "both left 0 first 0 gap 0 160 line 259 auto"},
		{"a style says only what it changes", p(st("I")), "both left 0 first 567 gap 60 160 line 259 auto"},
		{"direct", p(st("I") + `<w:spacing w:after="0" w:line="360" w:lineRule="exact"/><w:ind w:start="1cm"/><w:jc w:val="center"/>`), "center left 567 first 567 gap 60 0 line 360 exact"},
		{"hanging takes the first line's place", p(st("I") + `<w:ind w:hanging="200"/>`), "both left 0 first -200 gap 60 160 line 259 auto"},
		{"first line and hanging of nothing", p(`<w:ind w:firstLine="720" w:hanging="0"/>`), "both left 0 first 720 gap 0 160 line 259 auto"},
		{"gap of a web page", p(`<w:spacing w:before="5" w:beforeAutospacing="1"/>`), "both left 0 first 0 gap 280 160 line 259 auto"},
		{"table style", `<w:tbl><w:tblPr><w:tblStyle w:val="T"/></w:tblPr><w:tr><w:tc>` + p("") + `</w:tc></w:tr></w:tbl>`, "both left 0 first 0 gap 0 0 line 259 auto"},
		{"list", p(list("1", "0")), "both left 720 first -360 gap 0 160 line 259 auto 1."},
		{"list of a style, which goes before it", p(st("L")), "both left 100 first -360 gap 0 160 line 259 auto 1."},
		{"list taken back", p(st("L") + list("0", "0")), "both left 100 first 0 gap 0 160 line 259 auto"},
		{"next of a list", p(list("1", "0")) + p(list("1", "0")), "both left 720 first -360 gap 0 160 line 259 auto 2."},
		{"levels", p(list("1", "0")) + p(list("1", "1")) + p(list("1", "1")), "both left 0 first 0 gap 0 160 line 259 auto 1.ii"},
		{"deeper level begins again", p(list("1", "0")) + p(list("1", "1")) + p(list("1", "0")) + p(list("1", "1")), "both left 0 first 0 gap 0 160 line 259 auto 2.i"},
		{"two lists of one shape go on", p(list("1", "0")) + p(list("2", "0")) + p(list("1", "0")), "both left 720 first -360 gap 0 160 line 259 auto 6."},
		{"list by a numbering style", p(list("4", "0")), "both left 720 first -360 gap 0 160 line 259 auto 1."},
		{"dash", p(list("1", "2")), "both left 0 first 0 gap 0 160 line 259 auto -"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := lintDocOf(t, c.body, map[string]string{"styles": styles, "numbering": numbering})
			p := d.paras[len(d.paras)-1]
			f := p.format
			got := strings.TrimSpace(fmt.Sprintf("%s left %d first %d gap %d %d line %d %s %s", f.align, f.left.n, f.first.n, f.before.n, f.after.n, f.line.n, f.lineRule, p.label))
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTwips(t *testing.T) {
	for in, want := range map[string]measure{
		"1134": {1134, true}, "-5": {-5, true}, "20mm": {1134, true}, "2cm": {1134, true}, "1in": {1440, true},
		"13.5pt": {270, true}, "1pc": {240, true}, "1.6": {2, true},
		"": {}, "x": {}, "mm": {}, "NaN": {}, "Inf": {}, "1e99": {}, "99999999999999999999": {},
	} {
		if got := twips(in); got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
}
