package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS      = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	relNS       = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
)

const officeTypes = "application/vnd.openxmlformats-officedocument.wordprocessingml."

// contentTypes and documentRels name the parts of the main document.
func contentTypes(all []part) string {
	var b strings.Builder
	b.WriteString(declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + officeTypes + `document.main+xml"/>`)
	for _, x := range all {
		fmt.Fprintf(&b, `<Override PartName="/word/%s" ContentType="%s%s+xml"/>`, x.name, officeTypes, x.kind)
	}
	b.WriteString(`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
		`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`)
	return b.String()
}

func documentRels(all []part) string {
	var b strings.Builder
	b.WriteString(declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, x := range all {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`, x.id, x.kind, x.name)
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

const packageRels = declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/>` +
	`</Relationships>`

const appProps = declaration + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>vanthu</Application></Properties>`

const coreProps = declaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
	`<dc:title>{type.name} {subject}</dc:title><dc:creator>{issuer.name}</dc:creator><dc:language>vi-VN</dc:language></cp:coreProperties>`

const fontTable = declaration + `<w:fonts ` + mainNS + `><w:font w:name="Times New Roman"><w:panose1 w:val="02020603050405020304"/>` +
	`<w:charset w:val="A3"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>`

// Compatibility mode 15 keeps Word from laying the page out as older versions
// did; a line that a person ended is not stretched to the margin.
const settings = declaration + `<w:settings ` + mainNS + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>` +
	`<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:doNotExpandShiftReturn/>` +
	`<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>` +
	`<w:themeFontLang w:val="vi-VN"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>`

// Page one shows no number (NĐ 30/2020, PL I, I.7): its own header is empty.
const headerFirst = declaration + `<w:hdr ` + mainNS + `><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr></w:p></w:hdr>`

const headerPage = declaration + `<w:hdr ` + mainNS + `><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>` +
	`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
	`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`

// The feet of page one. A letter has the office's address there (NĐ 30/2020, PL
// I, III.4), but none of its annexes does. A section's foot is named where the
// section ends, so a letter with annexes and one without name different ones.
type foot string

const (
	noFoot      foot = ""
	contactFoot foot = "rId6" // ends the letter before its first annex
	aloneFoot   foot = "rId7" // ends the document; prints when there are no annexes
	emptyFoot   foot = "rId8"
)

func footer(content string) string {
	return declaration + `<w:ftr ` + mainNS + `>` + content + `</w:ftr>`
}

func contacts() string {
	return tag("{#issuer.contacts}") + p("VTContact", run("{issuer.contacts}")) + tag("{/issuer.contacts}")
}

// section is A4 with margins 20, 15, 20 and 30 mm (top, right, bottom, left);
// the header stands 10 mm from the edge, so that the number is inside the top
// margin (NĐ 30/2020, PL I, I.2 and I.7). Pages are numbered from 1 in each.
func section(f foot) string {
	reference := ""
	if f != noFoot {
		reference = `<w:footerReference w:type="first" r:id="` + string(f) + `"/>`
	}
	return `<w:sectPr><w:headerReference w:type="default" r:id="rId5"/><w:headerReference w:type="first" r:id="rId4"/>` + reference +
		`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/>` +
		`<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>`
}

// sectionBreak ends a section and its page.
func sectionBreak(f foot) string {
	return `<w:p><w:pPr><w:pStyle w:val="VTEnd"/>` + section(f) + `</w:pPr></w:p>`
}

// part is one part of the main document.
type part struct{ id, name, kind, xml string }

// parts of the main document. A foot that holds nothing but tags would be empty
// when they are gone, and the schema wants a paragraph in it.
func (f form) packageParts() []part {
	all := []part{
		{"rId1", "styles.xml", "styles", stylesPart()},
		{"rId2", "settings.xml", "settings", settings},
		{"rId3", "fontTable.xml", "fontTable", fontTable},
		{"rId4", "header1.xml", "header", headerFirst},
		{"rId5", "header2.xml", "header", headerPage},
	}
	if f.letter {
		all = append(all,
			part{string(contactFoot), "footer1.xml", "footer", footer(contacts() + p("VTEnd"))},
			part{string(aloneFoot), "footer2.xml", "footer", footer(tag("{^content.annexes}") + contacts() + tag("{/content.annexes}") + p("VTEnd"))},
			part{string(emptyFoot), "footer3.xml", "footer", footer(p("VTEnd"))})
	}
	return all
}

func (f form) document() string {
	last := noFoot
	if f.letter {
		last = aloneFoot
	}
	return declaration + `<w:document ` + mainNS + ` ` + relNS + `><w:body>` + f.body(f) + section(last) + `</w:body></w:document>`
}

// build packs the parts in a fixed order with fixed times, so that the same
// source gives the same bytes.
func build(f form) ([]byte, error) {
	all := f.packageParts()
	files := map[string]string{
		"[Content_Types].xml": contentTypes(all), "_rels/.rels": packageRels, "docProps/app.xml": appProps, "docProps/core.xml": coreProps,
		"word/_rels/document.xml.rels": documentRels(all), "word/document.xml": f.document(),
	}
	for _, x := range all {
		files["word/"+x.name] = x.xml
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) { // [Content_Types].xml comes first
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
