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

// lintRules are the rules that a DOCX shows by itself, without registers:
//
//	R1   paper and orientation of every section
//	R2   margins of every section
//	R3   Times New Roman, black
//	R4   encoding: NFC, nothing hidden, nothing left of other programs
//	R5   page number: from page 2, centred in the top margin, 13 to 14 pt
//	R6   Quốc hiệu and Tiêu ngữ: words, size, weight; not their place and rule
//	R8   number and symbol: form, size, agreement with the type; not the register
//	R12  body: size, alignment, first-line indent, gaps, line spacing
//	R13  numbering without repeats and gaps, letters of points, headings
//	R14  end mark ./. once, nothing behind it
//	R16  Nơi nhận: label, list, line "Lưu"; not the count of copies
//	R20  nothing left to fill in; at issue number and day are there
//	D21  double spaces
//
// The others of the twenty (R7, R9 to R11, R15, R17 to R19) need registers,
// geometry or signatures and are not checked here. Formats that a table style
// gives to its first row or its bands alone are not followed.
func lintRules() []lintRule {
	const pl1 = "NĐ 30/2020, PL I, "
	return []lintRule{
		{"R1", record.LevelError, pl1 + "I.1, I.2", checkPaper, nil},
		{"R2", record.LevelError, pl1 + "I.3", checkMargins, nil},
		{"R3", record.LevelError, pl1 + "I.4", checkFonts, nil},
		{"R4", record.LevelError, pl1 + "I.4 (TCVN 6909:2001)", checkEncoding, nil},
		{"R5", record.LevelError, pl1 + "I.7", checkPageNumbers, nil},
		{"R6", record.LevelError, pl1 + "II.1", checkNation, nil},
		{"R8", record.LevelError, pl1 + "II.3", checkSymbol, nil},
		{"R12", record.LevelError, pl1 + "II.6.c–e", checkBody, nil},
		{"R13", record.LevelError, pl1 + "II.6.c–e", checkNumbering, nil},
		{"R14", record.LevelError, "NĐ 30/2020, PL III (các mẫu)", checkEndMark, nil},
		{"R16", record.LevelError, pl1 + "II.9", checkRecipients, nil},
		{"R20", record.LevelError, "NĐ 30/2020, Điều 8", checkBlanks, nil},
		{"D21", record.LevelInfo, "Kỹ thuật soạn thảo; NĐ 30/2020 không quy định", checkSpaces, nil},
	}
}
