package main

import "fmt"

// The two columns of the head and of the closing table, in twentieths of a
// point; together the 165 mm between the margins. The right column of the head
// holds the date line of the longest place name in use, "Thành phố Hồ Chí
// Minh", where LibreOffice makes each italic no-break space a twelfth of the
// size wider than it is.
const (
	headLeft, headRight = 3494, 5860
	endLeft, endRight   = 4422, 4932
)

// head is page one down to the date line (NĐ 30/2020, PL I, II.1 to II.4); a
// letter has its subject below the number (II.5.b). The space after "Số:" is a
// point narrower than usual: with it, a number one digit shorter than its blank
// still reads as one word apart.
func head(b *bookmarks, letter bool) string {
	number := p("VTNumber", run("Số:"), styled(`<w:spacing w:val="-20"/>`, " "),
		b.at("vtNumberA"), run("{slot.number}"), b.at("vtNumberB"), run("{symbol}"))
	if letter {
		number += p("VTLetterSubject", run("V/v {subject}"))
	}
	return scope() + table(headLeft, headRight, 0,
		[2]string{issuer(), nation()},
		[2]string{
			number + urgency(),
			p("VTDate", run("{issuer.place}, ngày "), b.at("vtDayA"), run("{slot.day}"), b.at("vtDayB"),
				run(" tháng "), b.at("vtMonthA"), run("{slot.month}"), b.at("vtMonthB"), run(" năm {year}")),
		})
}

// attachedHead is the head of a document that a decision issues: without
// number and date (NĐ 30/2020, PL III, Mẫu 1.3).
func attachedHead() string { return table(headLeft, headRight, 0, [2]string{issuer(), nation()}) }

func issuer() string {
	return p("VTSuperior", run("{#superior}")) + p("VTSuperior", run("{superior}")) + p("VTSuperior", run("{/superior}")) +
		p("VTIssuer", run("{#issuer.lines}")) + p("VTIssuer", run("{.}")) + p("VTIssuer", run("{/issuer.lines}")) +
		p("VTRulePart")
}

func nation() string {
	return p("VTNation", run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")) +
		p("VTMotto", run("Độc lập - Tự do - Hạnh phúc")) +
		p("VTRuleFull")
}

// scope is the mark of who may read a document: a frame in the top margin of
// page one, at the right (PL I, III.2.c; place 11). LibreOffice reads a frame
// only from the paragraph itself, and only when a paragraph follows it.
func scope() string {
	const frame = `<w:framePr w:w="3118" w:hRule="atLeast" w:wrap="around" w:vAnchor="page" w:hAnchor="page" w:x="7900" w:y="510"/>`
	return tag("{#scope}") +
		`<w:p><w:pPr><w:pStyle w:val="VTScope"/>` + frame + `</w:pPr>` + run("{scope}") + `</w:p>` + p("VTEnd") +
		tag("{/scope}")
}

// urgency is the red stamp below the number, 8 mm high and 20, 40 or 30 mm wide
// (PL I, III.2.b; place 10b).
func urgency() string {
	stamp := func(name string, width int) string {
		return tag("{#urgency."+name+"}") + p("VTStampGap") + box(width, 454, p("VTUrgency", run("{urgency."+name+"}"))) + p("VTEnd") + tag("{/urgency."+name+"}")
	}
	return stamp("urgent", 1134) + stamp("very_urgent", 2268) + stamp("express", 1701)
}

// box is a table of one cell with a red border, centred.
func box(width, height int, content string) string {
	border := func(side string) string {
		return fmt.Sprintf(`<w:%s w:val="single" w:sz="8" w:space="0" w:color="FF0000"/>`, side)
	}
	return fmt.Sprintf(`<w:tbl><w:tblPr><w:tblW w:w="%[1]d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>%[3]s</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>`+
		`<w:tblGrid><w:gridCol w:w="%[1]d"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="%[2]d" w:hRule="exact"/></w:trPr>`+
		`<w:tc><w:tcPr><w:tcW w:w="%[1]d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>%[4]s</w:tc></w:tr></w:tbl>`,
		width, height, border("top")+border("left")+border("bottom")+border("right"), content)
}

// title is the name of the type over the subject (NĐ 30/2020, PL I, II.5).
func title() string {
	return p("VTType", run("{type.upper}")) + p("VTSubject", run("{subject}")) + p("VTRulePart") + p("VTGap")
}

// addressees is "Kính gửi" (PL I, II.9.a): one on the same line, several below
// with their dashes under the colon.
func addressees() string {
	return tag("{#addressed.one}") + p("VTAddressee", run("Kính gửi: {addressed.one}")) + tag("{/addressed.one}") +
		tag("{#addressed.many}") + p("VTAddressees", run("Kính gửi:")) + tag("{/addressed.many}") +
		tag("{#addressed.several}") + p("VTAddresseeItem", run("- {.}")) + tag("{/addressed.several}") +
		tag("{#addressed.many}") + p("VTGap") + tag("{/addressed.many}")
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
				p("VTRecipient", run("{#distribution.first}")) + p("VTRecipient", run("- {distribution.first};")) + p("VTRecipient", run("{/distribution.first}")) +
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
