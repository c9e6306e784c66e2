package lint

import (
	"context"
	"fmt"

	"vanthu/record"
	"vanthu/templates/ooxml"
)

// RuleSet names the rules that this package checks: those of Nghị định 30/2020/NĐ-CP.
// A successor decree will be another set, so that old documents are judged by
// the rules of their day.
const RuleSet = "ND30-2020"

// Stage is how far a document has come: a draft has no number and no day yet,
// an issued one must have both.
type Stage string

const (
	StageDraft  Stage = "draft"
	StageIssued Stage = "issued"
)

// Report is what a check found, in the order of the document: pages, then
// headers and footers, then the text, then notes.
type Report struct {
	RuleSet  string           `json:"ruleset"`
	Stage    Stage            `json:"stage"`
	Findings []record.Finding `json:"findings"` // never nil, at most maxFindings and one that says how many were left out
}

// lintRule is one rule of the set. Some of what it finds may weigh less than
// its level.
type lintRule struct {
	number string // "R2"; "D21" for a detector beside the twenty rules
	level  record.Level
	source string // the article a finding cites unless it names its own
	docx   func(*lintDoc, *finder)
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
		{"R1", record.LevelError, pl1 + "I.1, I.2", checkPaper},
		{"R2", record.LevelError, pl1 + "I.3", checkMargins},
		{"R3", record.LevelError, pl1 + "I.4", checkFonts},
		{"R4", record.LevelError, pl1 + "I.4 (TCVN 6909:2001)", checkEncoding},
		{"R5", record.LevelError, pl1 + "I.7", checkPageNumbers},
		{"R6", record.LevelError, pl1 + "II.1", checkNation},
		{"R8", record.LevelError, pl1 + "II.3", checkSymbol},
		{"R12", record.LevelError, pl1 + "II.6.c–e", checkBody},
		{"R13", record.LevelError, pl1 + "II.6.c–e", checkNumbering},
		{"R14", record.LevelError, "NĐ 30/2020, PL III (các mẫu)", checkEndMark},
		{"R16", record.LevelError, pl1 + "II.9", checkRecipients},
		{"R20", record.LevelError, "NĐ 30/2020, Điều 8", checkBlanks},
		{"D21", record.LevelInfo, "Kỹ thuật soạn thảo; NĐ 30/2020 không quy định", checkSpaces},
	}
}

// DOCX checks the layout of a DOCX against the rule set. What it finds is no
// error of DOCX: errors are record.Invalid, with the codes of openPackage, for
// a file that is no safe DOCX, and that of ctx.
func DOCX(ctx context.Context, docx []byte, stage Stage) (Report, error) {
	report := Report{RuleSet: RuleSet, Stage: stage}
	if stage != StageDraft && stage != StageIssued {
		return report, record.E(record.Invalid, "lint-stage", fmt.Sprintf("Không có giai đoạn %q; chọn draft (dự thảo) hoặc issued (đã phát hành)", string(stage)))
	}
	pkg, err := ooxml.Open(docx)
	if err != nil {
		return report, err
	}
	doc, err := readLintDoc(ctx, pkg)
	if err != nil {
		return report, err
	}
	doc.stage = stage
	doc.zones = zonesOf(doc)
	var all findings
	for _, rule := range lintRules() {
		if err := ctx.Err(); err != nil {
			return report, fmt.Errorf("lint: %w", err)
		}
		f := &finder{rule: rule}
		rule.docx(doc, f)
		all.take(f)
	}
	report.Findings = all.list()
	return report, nil
}

// Rules is the rule set for a caller that knows only whether the document is
// issued. The service fills number and day into the PDF alone: its own DOCX is
// a draft at every stage.
type Rules struct{}

// Lint is DOCX for a draft or an issued document.
func (Rules) Lint(ctx context.Context, docx []byte, issued bool) ([]record.Finding, error) {
	stage := StageDraft
	if issued {
		stage = StageIssued
	}
	report, err := DOCX(ctx, docx, stage)
	return report.Findings, err
}
