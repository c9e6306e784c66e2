package lint

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"vanthu/pdf"
	"vanthu/record"
)

// Limits on a PDF beside those of package pdf: whoever needs more pages gets
// them judged in parts.
const (
	maxSheets = 1000
	maxRuns   = 200_000 // stretches of text of all pages
)

// pdfDoc is a PDF as the rules see it: the same paragraphs and parts as a
// DOCX, put together from what stands where, and the pages themselves.
type pdfDoc struct {
	*lintDoc
	file    *pdf.File
	sheets  []*sheet
	places  map[*lintPara]*place
	columns map[bool]column // where the text stands on upright and on landscape pages
	folios  map[*sheet]*folio
}

// place is where a paragraph stands: its printed lines, top to bottom.
type place struct {
	sheet *sheet // of the first line
	lines []*run
}

// PDF checks the layout of a PDF against the rules that a PDF shows. Pages
// without text, as scans are, are named in the report and judged by their
// paper alone. What is found is no error of PDF: errors are record.Invalid
// pdf-damaged, pdf-encrypted, pdf-limit, and that of ctx.
//
// Whether signatures are valid is not asked here: that is for the verifier.
func PDF(ctx context.Context, b []byte, about About) (Report, error) {
	report := Report{RuleSet: RuleSet, Stage: about.Stage}
	if err := about.check(); err != nil {
		return report, err
	}
	file, err := pdf.Open(b)
	if err != nil {
		return report, refused(err)
	}
	doc, err := readPDF(ctx, file)
	if err != nil {
		return report, err
	}
	doc.about = about
	if doc.zones, err = zonesOf(doc.lintDoc); err != nil {
		return report, err
	}
	unread := doc.unread()
	report.Findings, err = judge(ctx, func(rule lintRule, f *finder) {
		if rule.pdf == nil {
			return
		}
		// What is missing may stand on a page that cannot be read.
		f.partial = unread > 0
		switch rule.number {
		case "R1", "R4": // of pages and letters, not of words
		case "R14", "R18": // of what follows on later pages
			if unread > 0 {
				return
			}
		default:
			if unread == len(doc.sheets) {
				return
			}
		}
		rule.pdf(doc, f)
	})
	report.Findings = append(doc.unjudged(), report.Findings...)
	return report, err
}

// IsPDF says whether bytes begin as a PDF does.
func IsPDF(b []byte) bool { return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) }

// refused says why a file is no PDF that can be judged.
func refused(err error) error {
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return record.Because(err, record.Invalid, "pdf-encrypted", "Tệp PDF bị mã hóa; hãy bỏ mật khẩu rồi kiểm tra lại")
	case errors.Is(err, pdf.ErrLimit):
		return record.Because(err, record.Invalid, "pdf-limit", "Tệp PDF quá lớn hoặc quá phức tạp")
	case errors.Is(err, pdf.ErrUnsupported):
		return record.Because(err, record.Invalid, "pdf-unsupported", "Tệp PDF dùng cách ghi mà dịch vụ không đọc được")
	}
	return record.Because(err, record.Invalid, "pdf-damaged", "Tệp không phải là PDF hoặc đã hỏng")
}

// unread counts the pages whose text cannot be judged.
func (d *pdfDoc) unread() int {
	n := 0
	for _, s := range d.sheets {
		if s.unread != "" {
			n++
		}
	}
	return n
}

// unjudged are the findings that say which pages were not judged, and why.
func (d *pdfDoc) unjudged() []record.Finding {
	out := []record.Finding{}
	said := map[string]int{}
	for _, s := range d.sheets {
		if s.unread == "" {
			continue
		}
		if at, ok := said[s.unread]; ok {
			out[at].Place += fmt.Sprintf(", %d", s.number)
			continue
		}
		said[s.unread] = len(out)
		out = append(out, record.Finding{Rule: RuleSet, Level: record.LevelInfo, Source: RuleSet,
			Place: s.spot().name, Message: "Không kiểm tra được: " + s.unread, Expected: "trang có lớp chữ"})
	}
	return out
}

// readPDF reads all pages and puts their text together.
func readPDF(ctx context.Context, file *pdf.File) (*pdfDoc, error) {
	pages, err := file.Pages()
	if err != nil {
		return nil, refused(err)
	}
	if len(pages) > maxSheets {
		return nil, refused(fmt.Errorf("%w: %d pages, at most %d", pdf.ErrLimit, len(pages), maxSheets))
	}
	d := &pdfDoc{lintDoc: &lintDoc{}, file: file, places: map[*lintPara]*place{}, folios: map[*sheet]*folio{}}
	d.pages = d
	runs := 0
	for _, p := range pages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("lint: %w", err)
		}
		s, err := readSheet(file, p)
		if err != nil {
			return nil, refused(err)
		}
		if runs += len(s.runs); runs > maxRuns {
			return nil, refused(fmt.Errorf("%w: more than %d stretches of text", pdf.ErrLimit, maxRuns))
		}
		d.sheets = append(d.sheets, s)
	}
	if err := d.layOut(ctx); err != nil {
		return nil, err
	}
	return d, nil
}
