package templates

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"vanthu/templates/metric"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// wordParts is a file with everything around the text that Word has: header,
// notes, comments, properties.
func wordParts(extra map[string]string) map[string]string {
	const ns = `xmlns:w="` + ooxml.NSWord + `"`
	types := []string{"header1:header", "footer1:footer", "footnotes:footnotes", "endnotes:endnotes", "comments:comments"}
	declared, rels := "", ""
	for i, x := range types {
		name, kind, _ := strings.Cut(x, ":")
		declared += `<Override PartName="/word/` + name + `.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.` + kind + `+xml"/>`
		rels += `<Relationship Id="rId1` + string(rune('0'+i)) + `" Type="` + ooxml.RelTransitional + kind + `" Target="` + name + `.xml"/>`
	}
	declared += `<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
		`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>` +
		`<Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>`
	separators := func(kind string) string {
		return `<w:` + kind + ` w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:` + kind + `><w:` + kind + ` w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:` + kind + `>`
	}
	all := map[string]string{
		"[Content_Types].xml":          strings.Replace(officetest.ContentTypes, "</Types>", declared+"</Types>", 1),
		"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rels + `</Relationships>`,
		"_rels/.rels": strings.Replace(officetest.PackageRels, "</Relationships>",
			`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>`+
				`<Relationship Id="rId3" Type="`+ooxml.RelTransitional+`extended-properties" Target="docProps/app.xml"/>`+
				`<Relationship Id="rId4" Type="`+ooxml.RelTransitional+`custom-properties" Target="docProps/custom.xml"/></Relationships>`, 1),
		"word/header1.xml":   `<w:hdr ` + ns + `>` + officetest.Paragraphs("{#on}", "Đầu trang {t}", "{/on}") + `</w:hdr>`,
		"word/footer1.xml":   `<w:ftr ` + ns + `>` + officetest.Paragraphs("{#off}", "Chân trang", "{/off}") + `</w:ftr>`,
		"word/footnotes.xml": `<w:footnotes ` + ns + `>` + separators("footnote") + `<w:footnote w:id="2">` + officetest.Runs("Chú thích của {n}.") + `</w:footnote><w:footnote w:id="3">` + officetest.Runs("Không còn ai dẫn") + `</w:footnote></w:footnotes>`,
		"word/endnotes.xml":  `<w:endnotes ` + ns + `>` + separators("endnote") + `<w:endnote w:id="1">` + officetest.Paragraphs("{#r}", "{n};", "{/r}") + `</w:endnote></w:endnotes>`,
		"word/comments.xml":  `<w:comments ` + ns + `><w:comment w:id="0" w:author="a" w:initials="a">` + officetest.Runs("xem lại") + `</w:comment></w:comments>`,
		"docProps/core.xml":  `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Về {t} &amp; {n|upper}</dc:title></cp:coreProperties>`,
		"docProps/app.xml":   `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><HeadingPairs><vt:vector size="2" baseType="variant"><vt:variant><vt:lpstr>Title</vt:lpstr></vt:variant><vt:variant><vt:i4>1</vt:i4></vt:variant></vt:vector></HeadingPairs><TitlesOfParts><vt:vector size="1" baseType="lpstr"><vt:lpstr>Về {#t}</vt:lpstr></vt:vector></TitlesOfParts><Company>{t}</Company></Properties>`,
		"docProps/custom.xml": `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="Nơi"><vt:lpwstr>{t}</vt:lpwstr></property>` +
			`<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="id"><vt:lpwstr>{6F9619FF-8B86-D011-B42D-00CF4FC964FF} {"a":1}</vt:lpwstr></property></Properties>`,
	}
	for name, x := range extra {
		all[name] = x
	}
	return all
}

func run(inside string) string { return "<w:r>" + inside + "</w:r>" }
func text(s string) string     { return run(`<w:t xml:space="preserve">` + s + `</w:t>`) }
func para(inside ...string) string {
	return "<w:p>" + strings.Join(inside, "") + "</w:p>"
}

const drawingNS = `xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"`

// box is a text box as Word writes it: once for itself, once for older programs.
func box(inside string) string {
	return run(`<mc:AlternateContent ` + drawingNS + `><mc:Choice Requires="wps"><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="900000" cy="300000"/><wp:docPr id="7" name="Hộp 7"/><wp:cNvGraphicFramePr/>` +
		`<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>` +
		`<wps:txbx><w:txbxContent>` + inside + `</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>` +
		`<mc:Fallback><w:pict><v:shape id="Hộp_x0020_7" style="width:70pt;height:24pt"><v:textbox><w:txbxContent>` + inside + `</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>`)
}

const sdtBound = `<w:sdt><w:sdtPr><w:rPr><w:b/></w:rPr><w:alias w:val="Tên"/><w:tag w:val="ten"/><w:id w:val="99"/><w:placeholder><w:docPart w:val="DefaultPlaceholder_1"/></w:placeholder><w:showingPlcHdr/>` +
	`<w:dataBinding w:prefixMappings="xmlns:a='a'" w:xpath="/a:t" w:storeItemID="{28A0092B-C50C-407E-A947-70E740481C1C}"/><w:text/></w:sdtPr><w:sdtContent>`

// All the places around a loop that Word knows, filled; what must be unique is.
func TestFillPlaces(t *testing.T) {
	body := officetest.Runs("{#r}") +
		para(`<w:bookmarkStart w:id="1" w:name="dau"/>`, text("Mục {n}"), `<w:bookmarkEnd w:id="1"/>`,
			run(`<w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/>`), box(officetest.Runs("hộp {n}"))) +
		para(`<w:commentRangeStart w:id="0"/>`, text("lời "), `<w:commentRangeEnd w:id="0"/>`, run(`<w:commentReference w:id="0"/>`),
			`<w:ins w:id="8" w:author="a" w:date="2024-01-01T00:00:00Z">`+text("thêm {")+`</w:ins>`, text("n"), `<w:ins w:id="9" w:author="a" w:date="2024-01-01T00:00:00Z">`+text("}")+`</w:ins>`,
			`<w:smartTag w:uri="urn:x" w:element="place">`+text(" ở {t")+`</w:smartTag>`, text("}"),
			`<w:hyperlink w:anchor="dau">`+text(" nối {n}")+`</w:hyperlink>`) +
		para(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> REF dau </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`, text("{n}"), `<w:r><w:fldChar w:fldCharType="end"/></w:r>`,
			`<w:fldSimple w:instr=" REF dau ">`+text(" {n}")+`</w:fldSimple>`) +
		para(sdtBound+run(`<w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>{n} trong ô</w:t>`)+`</w:sdtContent></w:sdt>`) +
		sdtBound + officetest.Paragraphs("{#on}", "{n} trong khối", "{/on}") + `</w:sdtContent></w:sdt>` +
		officetest.Runs("{/r}") +
		para(text("{#off}"), `<w:bookmarkStart w:id="2" w:name="mat"/>`, text("{/off}"), `<w:bookmarkEnd w:id="2"/>`, text("hết"), run(`<w:endnoteReference w:id="1"/>`), run(`<w:rPr><w:noProof/></w:rPr><w:t>.</w:t>`)) +
		`<w:sectPr><w:headerReference w:type="default" r:id="rId10"/><w:footerReference w:type="default" r:id="rId11"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>`
	form := officetest.DOCX(t, body, wordParts(nil))
	filled, err := fillFile(t.Context(), t, form, `{"t":"Vũng Tàu","n":"gốc","on":true,"off":false,"r":[{"n":"một"},{"n":"hai"},{"n":"ba"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	officetest.Valid(t, map[string][]byte{"filled": filled})

	pkg, err := ooxml.Open(filled)
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string) string {
		b, _ := pkg.Part(name)
		return string(b)
	}
	doc := part("word/document.xml")
	var want []string
	for _, n := range []string{"một", "hai", "ba"} {
		want = append(want, "Mục "+n+"hộp "+n+"hộp "+n, "lời thêm "+n+" ở Vũng Tàu nối "+n, n+" "+n, n+" trong ô", n+" trong khối")
	}
	want = append(want, "hết.")
	if got := linesOf(t, filled); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, once := range []string{`w:name="dau"`, `<w:bookmarkEnd w:id="1"/>`, `<w:commentRangeStart `, `<w:commentRangeEnd `, `<w:commentReference `, `<wp:docPr id="7"`, `id="Hộp_x0020_7"`, `w:footnoteReference w:id="2"`} {
		if strings.Count(doc, once) != 1 {
			t.Errorf("%s stands %d times", once, strings.Count(doc, once))
		}
	}
	for _, gone := range []string{`w:name="mat"`, "dataBinding", "showingPlcHdr", "PlaceholderText", `<w:id w:val="99"`, "<w:text/>", "smartTag"} {
		if strings.Contains(doc, gone) {
			t.Errorf("%s is still there", gone)
		}
	}
	ids := regexp.MustCompile(`footnoteReference w:id="(\d+)"`).FindAllStringSubmatch(doc, -1)
	notes := part("word/footnotes.xml")
	for i, n := range []string{"một", "hai", "ba"} {
		if want := `<w:footnote w:id="` + ids[i][1] + `"><w:p><w:r><w:t xml:space="preserve">Chú thích của ` + n + `.</w:t></w:r></w:p></w:footnote>`; !strings.Contains(notes, want) {
			t.Errorf("no %s in %s", want, notes)
		}
	}
	for name, want := range map[string]string{
		"word/footnotes.xml": "Không còn ai dẫn", "word/endnotes.xml": "ba;", "word/header1.xml": "Đầu trang Vũng Tàu", "word/footer1.xml": "<w:p/>",
		"docProps/core.xml": "Về Vũng Tàu &amp; GỐC", "docProps/app.xml": "<Company>Vũng Tàu</Company>",
		"docProps/custom.xml": `<vt:lpwstr>Vũng Tàu</vt:lpwstr></property><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="id"><vt:lpwstr>{6F9619FF-8B86-D011-B42D-00CF4FC964FF} {"a":1}</vt:lpwstr>`,
	} {
		if !strings.Contains(part(name), want) {
			t.Errorf("%s lacks %s: %s", name, want, part(name))
		}
	}
	if strings.Contains(part("docProps/app.xml"), "TitlesOfParts") {
		t.Error("a copy of a section's tag stays in app.xml")
	}
}

// Sections that would tear a field, and a note that two places share, are told.
func TestFillPlaceFaults(t *testing.T) {
	begin, end := `<w:r><w:fldChar w:fldCharType="begin"/></w:r>`, `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"half a field in a line", para(text("{#a}"), begin, text("{/a}"), end), []string{"tag-crossed #a đoạn 1"}},
		{"half a field in paragraphs", officetest.Runs("{#a}") + para(begin) + officetest.Runs("{/a}") + para(end), []string{"tag-crossed #a đoạn 1"}},
		{"an end before its beginning", para(begin, text("{#a}"), end, begin, text("{/a}"), end), []string{"tag-crossed #a đoạn 1"}},
		{"a whole field", para(text("{#a}"), begin, text("x{a}"), end, text("{/a}")), nil},
		{"into a link", para(text("{#a}"), `<w:hyperlink w:anchor="x">`+text("{/a}")+`</w:hyperlink>`), []string{"tag-unopened /a đoạn 1", "tag-unclosed #a đoạn 1"}},
		{"a tag over the edge of a link", para(text("{a"), `<w:hyperlink w:anchor="x">`+text("}")+`</w:hyperlink>`), []string{"tag-syntax  đoạn 1", "tag-syntax  đoạn 1"}},
		{"a note referred to twice", para(run(`<w:footnoteReference w:id="2"/>`), run(`<w:footnoteReference w:id="2"/>`)), []string{"note-shared  đoạn 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pkg, err := ooxml.Open(officetest.DOCX(t, c.body, wordParts(nil)))
			if err != nil {
				t.Fatal(err)
			}
			_, faults := compile(pkg)
			var got []string
			for _, f := range faults {
				if f.Part == "word/document.xml" {
					got = append(got, f.Code+" "+f.Tag+" "+f.Place)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// What was deleted under track changes is kept as it is, drawings and all; the
// end of a section of the page stays when the tag in its paragraph goes.
func TestFillKeepsWhatIsNotText(t *testing.T) {
	shape := run(`<w:drawing ` + drawingNS + `><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="900000" cy="300000"/><wp:docPr id="7" name="Hộp 7"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"/></a:graphic></wp:inline></w:drawing>`)
	deleted := `<w:del w:id="5" w:author="a">` + shape + run(`<w:delText>bỏ</w:delText>`) + `</w:del>`
	body := officetest.Runs("{#l}") + para(text("{.}"), deleted) + para(deleted, text("{#$.l}")) + officetest.Runs("-") + para(text("{/}"), `<w:bookmarkStart w:id="1" w:name="a"/><w:bookmarkEnd w:id="1"/>`) +
		`<w:p><w:pPr><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr><w:r><w:t>{/l}</w:t></w:r></w:p>` + officetest.Runs("hết") + page
	b, err := fillSmall(t.Context(), t, body, `{"l":["1","2"]}`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := linesOf(t, b), []string{"1", "-", "-", "2", "-", "-", "", "hết"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	pkg, err := ooxml.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := pkg.Part(pkg.Document)
	for part, n := range map[string]int{`w:name="a"`: 1, "<w:delText>bỏ</w:delText>": 2, `<wp:docPr id="7"`: 1, `<wp:docPr id="`: 2, "<w:sectPr>": 2, seal: 0} {
		if got := strings.Count(string(doc), part); got != n {
			t.Errorf("%q stands %d times, not %d", part, got, n)
		}
	}
}

// One form filled by many at once, each with its own images, notes and numbers.
func TestFillAtOnce(t *testing.T) {
	parts := wordParts(nil)
	parts["word/footnotes.xml"] = strings.Replace(parts["word/footnotes.xml"], "Chú thích", "{%p} Chú thích", 1)
	pkg, err := ooxml.Open(officetest.DOCX(t, officetest.Runs("{#r}")+para(text("{$1}. {n|upper} {%p}"), run(`<w:footnoteReference w:id="2"/>`), box(officetest.Runs("{n}")))+
		officetest.Paragraphs("{~~m}", "{/r}", "{%%p}"), parts))
	if err != nil {
		t.Fatal(err)
	}
	compiled, faults := compile(pkg)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	widths, err := metric.Read()
	if err != nil {
		t.Fatal(err)
	}
	f := &form{docx: pkg, parts: compiled}
	var data []*value
	var want [][]byte
	for i := range 8 {
		v, err := contentOf([]byte(jsonOf(t, map[string]any{"t": "x", "n": strconv.Itoa(i), "on": true, "off": false, "p": picturePNG(t, i+1, 2, 0),
			"r": slices.Repeat([]any{map[string]any{"n": "mục", "m": "- một\n- **hai**\n\n|a|b|\n|-|-|\n|" + strconv.Itoa(i) + "|d|"}}, i+1)})))
		if err != nil {
			t.Fatal(err)
		}
		b, err := f.fill(t.Context(), v, widths)
		if err != nil {
			t.Fatal(err)
		}
		data, want = append(data, v), append(want, b)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 10 {
				if b, err := f.fill(t.Context(), data[i], widths); err != nil || !bytes.Equal(b, want[i]) {
					t.Errorf("fill %d is not what it is alone: %v", i, err)
				}
			}
		}()
	}
	wg.Wait()
}
