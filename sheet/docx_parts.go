package sheet

import "fmt"

const (
	xmlHead           = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNamespace     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	relationNamespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageNamespace  = "http://schemas.openxmlformats.org/package/2006"
	word              = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

const contentTypes = xmlHead + `<Types xmlns="` + packageNamespace + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + word + `document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="` + word + `styles+xml"/><Override PartName="/word/settings.xml" ContentType="` + word + `settings+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="` + word + `footer+xml"/><Override PartName="/word/header1.xml" ContentType="` + word + `header+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const packageRelations = xmlHead + `<Relationships xmlns="` + packageNamespace + `/relationships"><Relationship Id="rId1" Type="` + relationNamespace + `/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="` + packageNamespace + `/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const documentRelations = xmlHead + `<Relationships xmlns="` + packageNamespace + `/relationships"><Relationship Id="rId1" Type="` + relationNamespace + `/styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="` + relationNamespace + `/settings" Target="settings.xml"/><Relationship Id="rId3" Type="` + relationNamespace + `/footer" Target="footer1.xml"/>` +
	`<Relationship Id="rId4" Type="` + relationNamespace + `/header" Target="header1.xml"/></Relationships>`

const settings = xmlHead + `<w:settings xmlns:w="` + wordNamespace + `"><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

// Footers count every sheet of the bound book, the cover too.
var (
	pageAlone   = footer("")
	pageOfPages = footer(literal("/") + field("NUMPAGES"))
)

func footer(after string) string {
	return xmlHead + `<w:ftr xmlns:w="` + wordNamespace + `"><w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr>` + literal("Trang ") + field("PAGE") + after + `</w:p></w:ftr>`
}

func literal(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

func field(name string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + name + ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
}

// styles are all of a printed table: Times New Roman, 11 points in the cells, 13
// around them.
var styles = xmlHead + `<w:styles xmlns:w="` + wordNamespace + `"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>` +
	`<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
	style("Cell", "left", 11, 20, "") + style("Center", "center", 11, 20, "") + style("Right", "right", 11, 20, "") +
	style("CellBold", "left", 11, 20, "<w:b/>") + style("CenterBold", "center", 11, 20, "<w:b/>") + style("RightBold", "right", 11, 20, "<w:b/>") +
	style("Column", "center", 11, 40, "<w:b/>") + style("Group", "left", 12, 40, "<w:b/>") +
	style("Superior", "center", 12, 0, "") + style("Agency", "center", 12, 0, "<w:b/>") + style("Motto", "center", 13, 0, "<w:b/>") +
	style("Title", "center", 14, 120, "<w:b/>") + style("Subtitle", "center", 13, 0, "") +
	style("CoverTitle", "center", 28, 700, "<w:b/>") + style("CoverLine", "center", 16, 120, "") +
	style("Foot", "both", 13, 60, "") + style("Signature", "center", 13, 0, "<w:b/>") + style("SignatureNote", "center", 12, 0, "<w:i/>") +
	style("PageNumber", "center", 11, 0, "") + style("Running", "center", 11, 40, "<w:i/>") + style("Small", "left", 4, 0, "") + style("Rule", "center", 6, 0, "") +
	`<w:style w:type="paragraph" w:styleId="Seam"><w:name w:val="VT Seam"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr><w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:style>` + `</w:styles>`

// style is a paragraph style: size in points, space before and after in
// twentieths of one.
func style(id, align string, size, space int, face string) string {
	keep := ""
	if id == "Foot" || id == "Group" { // never alone at the end of a page
		keep = "<w:keepNext/>"
	}
	return fmt.Sprintf(`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="VT %s"/><w:basedOn w:val="Normal"/><w:pPr>%s<w:spacing w:before="%d" w:after="%d"/><w:jc w:val="%s"/></w:pPr><w:rPr>%s<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`,
		id, id, keep, space, space, align, face, 2*size, 2*size)
}
