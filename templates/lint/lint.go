package lint

import (
	"context"
	"fmt"

	"vanthu/record"
	"vanthu/templates/ooxml"
)

// Report is what a check found, in the order of the document: pages, then
// headers and footers, then the text, then notes.
type Report struct {
	RuleSet  string           `json:"ruleset"`
	Stage    Stage            `json:"stage"`
	Findings []record.Finding `json:"findings"` // never nil, at most maxFindings and one that says how many were left out
}

// DOCX checks the layout of a DOCX against the rule set. What it finds is no
// error of DOCX: errors are record.Invalid, with the codes of ooxml.Open, for
// a file that is no safe DOCX, and that of ctx. The service fills number and
// day into the PDF alone: its own DOCX is a draft at every stage.
func DOCX(ctx context.Context, docx []byte, about About) (Report, error) {
	report := Report{RuleSet: RuleSet, Stage: about.Stage}
	if err := about.check(); err != nil {
		return report, err
	}
	pkg, err := ooxml.Open(docx)
	if err != nil {
		return report, err
	}
	doc, err := readLintDoc(ctx, pkg)
	if err != nil {
		return report, err
	}
	doc.about = about
	if doc.zones, err = zonesOf(doc); err != nil {
		return report, err
	}
	report.Findings, err = judge(ctx, func(rule lintRule, f *finder) {
		if rule.docx != nil {
			rule.docx(doc, f)
		}
	})
	return report, err
}

// judge asks every rule of the set about one document.
func judge(ctx context.Context, ask func(lintRule, *finder)) ([]record.Finding, error) {
	var all findings
	for _, rule := range lintRules() {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("lint: %w", err)
		}
		f := &finder{rule: rule}
		ask(rule, f)
		all.take(f)
	}
	return all.list(), nil
}

// File is DOCX or PDF, by what the bytes are.
func File(ctx context.Context, b []byte, about About) (Report, error) {
	if IsPDF(b) {
		return PDF(ctx, b, about)
	}
	return DOCX(ctx, b, about)
}

// Rules is the rule set for who knows the version that a file is of.
type Rules struct{}

// Lint is File. The service fills number and day into the PDF alone: its own
// DOCX is a draft at every stage.
func (Rules) Lint(ctx context.Context, b []byte, v record.Version) ([]record.Finding, error) {
	about := About{Stage: StageDraft, Document: &v}
	if v.Number > 0 && IsPDF(b) {
		about.Stage = StageIssued
	}
	report, err := File(ctx, b, about)
	return report.Findings, err
}
