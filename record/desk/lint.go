package desk

import (
	"context"
	"fmt"

	"vanthu/record"
)

// The layout is judged three times. While a document is typed Check and
// Findings look at its DOCX, which costs no conversion. At submit both DOCX and
// PDF are judged, and errors refuse it: nobody has read or signed anything yet.
// What is sealed is judged once more as an issued document, number, date and
// signatures included; that the official has signed and the register has given
// a number cannot be undone for the sake of layout, so errors are told, to
// Flawed and whoever asks for Findings, and block nothing.

// Check says what the layout rules hold against a draft, from its DOCX.
func (d *Desk) Check(ctx context.Context, in Input) ([]record.Finding, error) {
	s, err := d.read(ctx, in)
	if err != nil {
		return nil, err
	}
	docx, err := d.fill(ctx, s, slotDigits(s.series.Opening[s.date.Year()]+1))
	if err != nil {
		return nil, err
	}
	found, err := d.lint(ctx, d.version(s, "", 1, "", record.Draft), docx)
	for _, f := range s.form.Lacks { // what submit will refuse is better known while one types
		found = append(found, record.Finding{Rule: "template", Level: record.LevelError, Message: f.Message, Source: "Mẫu " + s.form.ID})
	}
	return found, err
}

// Findings are what the layout rules say about a document as it stands: about
// its DOCX and PDF, or before submit about the DOCX that they will be made of.
func (d *Desk) Findings(ctx context.Context, doc record.Document) ([]record.Finding, error) {
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return nil, err
	}
	if _, made := v.File(record.DOCXFile); !made {
		raw, err := d.FileOf(ctx, v, record.InputFile)
		if err != nil {
			return nil, err
		}
		return d.Check(ctx, Input{Raw: raw})
	}
	var files [][]byte
	for _, name := range []string{record.DOCXFile, record.PDFFile} {
		b, err := d.FileOf(ctx, v, name)
		if err != nil {
			return nil, err
		}
		files = append(files, b)
	}
	return d.lint(ctx, v, files...)
}

// lint judges files of one version; what one of them showed is not told of the
// next again.
func (d *Desk) lint(ctx context.Context, v record.Version, files ...[]byte) ([]record.Finding, error) {
	type kind struct{ rule, message string }
	all, told := []record.Finding{}, map[kind]bool{}
	for _, b := range files {
		found, err := d.Linter.Lint(ctx, b, v)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if !told[kind{f.Rule, f.Message}] {
				all = append(all, f)
			}
		}
		for _, f := range found {
			told[kind{f.Rule, f.Message}] = true
		}
	}
	return all, nil
}

// refusal makes one Invalid error "lint" of all findings that are errors, nil
// when there are none; the code of each fault is its rule.
func refusal(found []record.Finding) error {
	var faults []record.Fault
	for _, f := range found {
		if f.Level != record.LevelError {
			continue
		}
		message := f.Message
		if f.Found != "" {
			message += fmt.Sprintf("; thấy: %s", f.Found)
		}
		if f.Expected != "" {
			message += fmt.Sprintf("; cần: %s", f.Expected)
		}
		faults = append(faults, record.Fault{Code: f.Rule, Place: f.Place, Message: fmt.Sprintf("%s (%s)", message, f.Source)})
	}
	return record.Faulty("lint", "Thể thức văn bản chưa đúng quy định nên chưa trình ký được", faults)
}

// judgeIssued tells Flawed of what is wrong with a sealed PDF. That the rules
// cannot be asked is told nobody: Findings will be asked again.
func (d *Desk) judgeIssued(ctx context.Context, doc record.Document, v record.Version, pdf []byte) {
	if d.Flawed == nil {
		return
	}
	found, err := d.lint(ctx, v, pdf)
	if err == nil && refusal(found) != nil {
		d.Flawed(ctx, doc, found)
	}
}
