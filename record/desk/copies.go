package desk

import (
	"context"
	"fmt"
	"slices"

	"vanthu/record"
)

// Copy makes a certified copy of an issued document (NĐ 30/2020, Điều 25): a
// file of its own with kind, organisation and time at the top right and the
// organisation's signature, in the register of copies. A sao lục is made from
// the document's newest sao y; an extract of the pages named, from 1. Errors:
// Invalid at /kind or /pages; Conflict copy-source, and for the register.
func (d *Desk) Copy(ctx context.Context, a Actor, r Ref, kind record.CopyKind, pages []int) (record.Document, error) {
	o := d.order(a, r, record.CmdCopy, nil)
	o.identify(string(kind), fmt.Sprint(pages))
	doc, v, pdf, err := d.current(ctx, o, record.Issued)
	if err != nil {
		return settled(doc, err)
	}
	var faults faultList
	if !slices.Contains(record.CopyKinds, kind) {
		faults.add("/kind", "enum", fmt.Sprintf("Hình thức sao phải là một trong: %v", record.CopyKinds))
	}
	if (kind == record.ExtractCopy) != (len(pages) > 0) {
		faults.add("/pages", "required", "Trích sao phải nêu các trang; sao y và sao lục sao toàn bộ văn bản")
	}
	if err := record.Faulty("copy-invalid", "Chưa sao được", faults); err != nil {
		return doc, err
	}
	of := doc.PDF
	if kind == record.CopyOfCopy {
		i := len(doc.Copies) - 1
		for i >= 0 && doc.Copies[i].Kind != record.FullCopy {
			i--
		}
		if i < 0 {
			return doc, record.E(record.Conflict, "copy-source", "Sao lục phải làm từ bản sao y; văn bản này chưa có bản sao y nào")
		}
		of = doc.Copies[i].PDF
		if pdf, err = d.Archive.Blob(ctx, of); err != nil {
			return doc, err
		}
	}
	issuer, err := d.copier(ctx, doc)
	if err != nil {
		return doc, err
	}
	made, fact, err := d.Signer.Certify(ctx, pdf, record.Certifying{Issuer: issuer, Copy: true, Lines: []string{copyTitle[kind], issuer.Name},
		Reason: fmt.Sprintf("%s văn bản số %s ngày %s", copyTitle[kind], v.Symbol, v.Date.Vietnamese()), Time: d.Now(), Pages: pages})
	if err != nil {
		return doc, err
	}
	// The file is there before the register names it; one that no entry names is
	// an orphan.
	digest, err := d.Archive.PutBlob(ctx, made)
	if err != nil {
		return doc, err
	}
	return d.carryOut(ctx, o, func(s *record.State, e *record.Entry) error {
		n := s.NextCopy(issuer.Date.Year())
		e.Copied = &record.Copied{Kind: kind, Number: n, Symbol: record.SymbolOfCopy(kind, n, issuer), Date: issuer.Date,
			PDF: digest, Size: len(made), Of: of, Pages: pages, Signature: fact}
		return nil
	})
}

// copyTitle is how the mark on an electronic copy says what it is: upright, in
// small letters (NĐ 30/2020, PL I, Part II, I.3).
var copyTitle = map[record.CopyKind]string{record.FullCopy: "Sao y", record.CopyOfCopy: "Sao lục", record.ExtractCopy: "Trích sao"}

// copier is the organisation on the day of copying. Where documents carry their
// own dates (demo, import), an organisation of the past copies on the document's
// day.
func (d *Desk) copier(ctx context.Context, doc record.Document) (record.OrganizationOn, error) {
	organization, err := d.Organizations.Organization(ctx, doc.Journal)
	if err != nil {
		return record.OrganizationOn{}, err
	}
	on, err := organization.On(record.DateOf(d.Now()))
	if err != nil && doc.Wanted != "" {
		return organization.On(doc.Wanted)
	}
	return on, err
}

// RegisteredCopy is one line of the register of copies.
type RegisteredCopy struct {
	record.Copied
	Document string // that was copied
	Of       string // its symbol
	Index    int    // of the copy among the document's, from 1
}

// CopyRegister is the register of copies of an organisation and year, in the
// order of its numbers.
func (d *Desk) CopyRegister(ctx context.Context, journal string, year int) ([]RegisteredCopy, error) {
	var out []RegisteredCopy
	err := d.Journals.View(ctx, journal, func(s *record.State) error {
		for _, doc := range s.Documents {
			for i, x := range doc.Copies {
				if x.Date.Year() == year {
					out = append(out, RegisteredCopy{x, doc.ID, doc.Symbol, i + 1})
				}
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b RegisteredCopy) int { return a.Number - b.Number })
	return out, err
}

// CopyFile delivers the n-th certified copy of a document, from 1, checked
// against its digest; NotFound.
func (d *Desk) CopyFile(ctx context.Context, doc record.Document, n int) ([]byte, error) {
	if n < 1 || n > len(doc.Copies) {
		return nil, record.E(record.NotFound, "copy-not-found", fmt.Sprintf("Văn bản không có bản sao thứ %d", n))
	}
	return d.Archive.Blob(ctx, doc.Copies[n-1].PDF)
}
