package main

import (
	"fmt"
	"html"
	"strings"
)

// The two columns of the head and of the closing table, in twentieths of a
// point; together the 165 mm between the margins. The right column of the head
// holds the date line of the longest place name in use, "Thành phố Hồ Chí
// Minh", where LibreOffice makes each italic no-break space a twelfth of the
// size wider than it is.
const (
	headLeft, headRight = 3494, 5860
	endLeft, endRight   = 4422, 4932
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

// head is page one down to the date line (NĐ 30/2020, PL I, II.1 to II.4). The
// space after "Số:" is a point narrower than usual: with it, a number one digit
// shorter than its blank still reads as one word apart.
func head(b *bookmarks) string {
	return table(headLeft, headRight, 0,
		[2]string{
			p("VTSuperior", run("{#superior}")) + p("VTSuperior", run("{superior}")) + p("VTSuperior", run("{/superior}")) +
				p("VTIssuer", run("{#issuer.lines}")) + p("VTIssuer", run("{.}")) + p("VTIssuer", run("{/issuer.lines}")) +
				p("VTRulePart"),
			p("VTNation", run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")) +
				p("VTMotto", run("Độc lập - Tự do - Hạnh phúc")) +
				p("VTRuleFull"),
		},
		[2]string{
			p("VTNumber", run("Số:"), styled(`<w:spacing w:val="-20"/>`, " "),
				b.at("vtNumberA"), run("{slot.number}"), b.at("vtNumberB"), run("{symbol}")),
			p("VTDate", run("{issuer.place}, ngày "), b.at("vtDayA"), run("{slot.day}"), b.at("vtDayB"),
				run(" tháng "), b.at("vtMonthA"), run("{slot.month}"), b.at("vtMonthB"), run(" năm {year}")),
		})
}

// title is the name of the type over the subject (NĐ 30/2020, PL I, II.5).
func title() string {
	return p("VTType", run("{type.upper}")) + p("VTSubject", run("{subject}")) + p("VTRulePart") + p("VTGap")
}

// blocks is the loop over plain and dashed paragraphs under name.
func blocks(name string) string {
	return tag("{#"+name+"}") +
		tag("{#text}") + p("VTBody", run("{text}")) + tag("{/text}") +
		tag("{#dash}") + p("VTBody", run("- {dash}")) + tag("{/dash}") +
		tag("{/"+name+"}")
}

// closing is the table at the end: recipients on the left; on the right the
// signatory's lines, the place of the signatures and the name (NĐ 30/2020,
// PL I, II.7 to II.9). What of the recipients does not fit beside the
// signature has rows of its own, which may go to the next page.
func closing(b *bookmarks) string {
	filed := p("VTRecipient", run("- {filing}.")) +
		p("VTRecipient", run("{#drafter}")) + p("VTRecipient", run("{drafter}")) + p("VTRecipient", run("{/drafter}"))
	return table(endLeft, endRight, gap,
		[2]string{
			p("VTRecipientsLabel", run("Nơi nhận:")) +
				p("VTRecipient", run("{#distribution.beside}")) + p("VTRecipient", run("- {name};")) + p("VTRecipient", run("{/distribution.beside}")) +
				p("VTRecipient", run("{^distribution.long}")) + filed + p("VTRecipient", run("{/distribution.long}")),
			p("VTSigner", run("{#signatory.lines}")) + p("VTSigner", run("{.}")) + p("VTSigner", run("{/signatory.lines}")) +
				p("VTSignArea", b.at("vtSignA", "vtSealA")) +
				p("VTSignName", b.at("vtSignB", "vtSealB"), run("{signatory.name}")),
		},
		[2]string{p("VTRecipient", run("{#distribution.below}- {name};")), p("VTRecipient") + p("VTRecipient", run("{/distribution.below}"))},
		[2]string{p("VTRecipient", run("{#distribution.long}")) + filed, p("VTRecipient") + p("VTRecipient", run("{/distribution.long}"))},
	) + p("VTEnd")
}

// planBody is the plan, kế hoạch.
func planBody() string {
	var b bookmarks
	return head(&b) + title() +
		tag("{#content}") +
		tag("{#bases}") + p("VTBasis", run("{.}")) + tag("{/bases}") +
		tag("{#opening}") + p("VTBody", run("{.}")) + tag("{/opening}") +
		tag("{#sections}") +
		p("VTSection", run("{$I}. {title}")) +
		blocks("body") +
		tag("{#clauses}") +
		tag("{#title}") + p("VTClause", run("{$1}. {title}")) + tag("{/title}") +
		tag("{#text}") + p("VTBody", run("{^title}{$1}. {/title}{text}")) + tag("{/text}") +
		blocks("body") +
		tag("{#points}") +
		tag("{#title}") + p("VTPoint", run("{$a}) {title}")) + tag("{/title}") +
		tag("{#text}") + p("VTBody", run("{^title}{$a}) {/title}{text}")) + tag("{/text}") +
		blocks("body") +
		tag("{/points}") +
		blocks("closing") +
		tag("{/clauses}") +
		blocks("closing") +
		tag("{/sections}") +
		tag("{#closing}") + p("VTBody", run("{.}")) + tag("{/closing}") +
		tag("{./.}") +
		tag("{#note}") + p("VTNote", run("{note}")) + tag("{/note}") +
		tag("{/content}") +
		closing(&b)
}
