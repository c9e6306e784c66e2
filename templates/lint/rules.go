package lint

import "vanthu/record"

// RuleSet names the rules that this package checks: those of Nghị định 30/2020/NĐ-CP.
// A successor decree will be another set, so that old documents are judged by
// the rules of their day.
const RuleSet = "ND30-2020"

// lintRule is one rule of the set, with how it looks at each kind of file; nil
// where the kind does not show it. Some of what it finds may weigh less than
// its level.
type lintRule struct {
	number string // "R2"; "D21" for a detector beside the twenty rules
	level  record.Level
	source string // the article a finding cites unless it names its own
	docx   func(*lintDoc, *finder)
	pdf    func(*pdfDoc, *finder)
}

// lintRules are the rules, in the order of the rule set. What each looks at in
// a DOCX, and what only a PDF or a register shows:
//
//	R1   paper and orientation of every section
//	R2   margins of every section
//	R3   Times New Roman, black
//	R4   encoding: NFC, nothing hidden, nothing left of other programs
//	R5   page number: from page 2, centred in the top margin, 13 to 14 pt
//	R6   Quốc hiệu and Tiêu ngữ: words, size, weight, place, rule below
//	R7   issuing body: capitals, size, weight, rule below; the register's name
//	R8   number and symbol: form, size, agreement with the type and the register
//	R9   place and date: form, calendar, style, line of the number; the register's
//	     place, and no day before that of the number before
//	R10  type and subject, "V/v" of a letter: words, size, weight, rule below
//	R11  basis lines; what a decision must have
//	R12  body: size, alignment, first-line indent, gaps, line spacing
//	R13  numbering without repeats and gaps, letters of points, headings
//	R14  end mark ./. once, nothing behind it
//	R15  signatory: power, title, name; the register's
//	R16  Nơi nhận: label, list, line "Lưu", count of copies; the register's list
//	R17  Kính gửi: where the type has it, one on its line or a list
//	R18  annexes: spoken of, counted, on pages of their own, with title and
//	     reference line, whose blanks an electronic document keeps
//	R19  signatures: a DOCX has none
//	R20  nothing left to fill in; at issue number and day are there;
//	     abbreviations with their words
//
// The detectors beside them need no dictionary: D7 brackets, D9 broken symbols,
// D11 citations, D12 deadlines before the work ends and work before the
// document, D15 spellings of one unit, D16 ways to place tones, D18 words typed
// twice, D21 double spaces, D25 the place of another unit. The rules cover D1
// to D6, D8, D10, D20, D22 and D24 of the same list. Formats that a table style
// gives to its first row or its bands alone are not followed.
func lintRules() []lintRule {
	const (
		pl1   = "NĐ 30/2020, PL I, "
		craft = "Kỹ thuật soạn thảo; NĐ 30/2020 không quy định"
	)
	return []lintRule{
		{"R1", record.LevelError, pl1 + "I.1, I.2", checkPaper, pdfPaper},
		{"R2", record.LevelError, pl1 + "I.3", checkMargins, pdfMargins},
		{"R3", record.LevelError, pl1 + "I.4", checkFonts, pdfFonts},
		{"R4", record.LevelError, pl1 + "I.4 (TCVN 6909:2001)", checkEncoding, pdfEncoding},
		{"R5", record.LevelError, pl1 + "I.7", checkPageNumbers, pdfPageNumbers},
		{"R6", record.LevelError, pl1 + "II.1", checkNation, pdfNation},
		{"R7", record.LevelError, pl1 + "II.2", checkIssuer, pdfIssuer},
		{"R8", record.LevelError, pl1 + "II.3", checkSymbol, pdfSymbol},
		{"R9", record.LevelError, pl1 + "II.4", checkDate, pdfDate},
		{"R10", record.LevelError, pl1 + "II.5", checkTitle, pdfTitle},
		{"R11", record.LevelError, pl1 + "II.6.a; PL III, Mẫu 1.2, 1.3", checkBasis, nil},
		{"R12", record.LevelError, pl1 + "II.6.c–e", checkBody, pdfSpacing},
		{"R13", record.LevelError, pl1 + "II.6.c–e", checkNumbering, nil},
		{"R14", record.LevelError, "NĐ 30/2020, PL III (các mẫu)", checkEndMark, pdfEndMark},
		{"R15", record.LevelError, "NĐ 30/2020, Điều 13; PL I, II.7", checkSigner, pdfSigner},
		{"R16", record.LevelError, pl1 + "II.9; Điều 17.1.a", checkRecipients, pdfRecipients},
		{"R17", record.LevelError, pl1 + "II.9.a", checkAddressees, nil},
		{"R18", record.LevelError, pl1 + "III.1", checkAnnexes, pdfAnnexes},
		{"R19", record.LevelError, pl1 + "II.7.d, II.8; Điều 32.2.d", nil, pdfSignature},
		{"R20", record.LevelError, "NĐ 30/2020, Điều 8", checkBlanks, pdfBlanks},
		{"D7", record.LevelWarning, craft, checkBrackets, nil},
		{"D9", record.LevelWarning, pl1 + "II.3", checkSymbolsInText, nil},
		{"D11", record.LevelInfo, pl1 + "II.6.b; PL II, V.6", checkCitations, nil},
		{"D12", record.LevelWarning, craft, checkDeadlines, nil},
		{"D15", record.LevelInfo, craft, checkUnits, nil},
		{"D16", record.LevelInfo, craft, checkTones, nil},
		{"D18", record.LevelWarning, craft, checkRepeats, nil},
		{"D21", record.LevelInfo, craft, checkSpaces, nil},
		{"D25", record.LevelInfo, pl1 + "II.4", checkPlace, nil},
	}
}
