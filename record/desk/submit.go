package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"vanthu/record"
)

// rendering is a sheet on paper: what will be signed.
type rendering struct {
	docx, pdf []byte
	digits    int
}

// slotDigits is the width of the number slot: the next number's and one more,
// since others may take numbers before this document does.
func slotDigits(next int) int { return len(record.NumberText(next)) + 1 }

func nextNumber(s *record.State, series record.Series, year int) int {
	if c, begun := s.Counters[record.CounterKey(series.ID, year)]; begun {
		return c.Last + 1
	}
	return series.Opening[year] + 1
}

func (d *Desk) fill(ctx context.Context, s sheet, digits int) ([]byte, error) {
	return d.Forms.Fill(ctx, record.Filling{
		Template: s.form.TemplateRef, Envelope: s.envelope, Issuer: s.issuer, Type: s.kind, Signatory: s.signatory, Cosignatories: s.cosignatories,
		Symbol: record.SymbolOf(s.kind, s.issuer, s.envelope.Filing.Unit), Digits: digits, Year: s.date.Year(),
		Link: d.ShortLink(cmp.Or(s.id, unknownID)),
	})
}

// unknownID stands for the id of a document that is not stored yet, in previews.
const unknownID = "00000000000000000000000000"

// ShortLink is the address where anybody can ask about a document, "" where the
// service has no address.
func (d *Desk) ShortLink(id string) string {
	if d.Base == "" {
		return ""
	}
	return d.Base + ShortPath + id
}

// ShortPath is the path of short links.
const ShortPath = "/v/"

// render makes what will be signed; a layout with errors is refused.
func (d *Desk) render(ctx context.Context, s sheet, digits int) (rendering, error) {
	docx, err := d.fill(ctx, s, digits)
	if err != nil {
		return rendering{}, err
	}
	pdf, err := d.Converter.Convert(ctx, docx)
	if err != nil {
		return rendering{}, err
	}
	if pdf, err = d.Signer.Prepare(pdf, digits, 1+len(s.cosignatories)); err != nil {
		return rendering{}, err
	}
	found, err := d.lint(ctx, d.version(s, "", 1, "", record.Submitted), docx, pdf)
	if err != nil {
		return rendering{}, err
	}
	return rendering{docx, pdf, digits}, refusal(found)
}

// Preview fills the form without storing anything: the DOCX, or with asPDF the
// PDF, with blank number, day and month.
func (d *Desk) Preview(ctx context.Context, in Input, asPDF bool) ([]byte, error) {
	s, err := d.read(ctx, in)
	if err != nil {
		return nil, err
	}
	digits := slotDigits(s.series.Opening[s.date.Year()] + 1)
	docx, err := d.fill(ctx, s, digits)
	if err != nil || !asPDF {
		return docx, err
	}
	return d.Converter.Convert(ctx, docx)
}

// Submit renders a draft and puts it before the official.
func (d *Desk) Submit(ctx context.Context, a Actor, r Ref) (record.Document, error) {
	o := d.order(a, r, record.CmdSubmit, nil)
	doc, err := d.admit(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	if doc.State != record.Draft {
		return doc, record.E(record.Conflict, "state", fmt.Sprintf("Văn bản đang ở trạng thái %s, không phải %s", doc.State, record.Draft))
	}
	raw, err := d.File(ctx, doc, record.InputFile)
	if err != nil {
		return doc, err
	}
	s, err := d.read(ctx, Input{Raw: raw})
	s.id = doc.ID
	if err == nil {
		err = s.issuable()
	}
	if err != nil {
		return doc, err
	}
	return d.submit(ctx, o, doc, s, rendering{})
}

// errTooNarrow asks for a wider slot: the register went on while the form was
// being rendered.
var errTooNarrow = errors.New("number slot too narrow")

// submit takes a rendering made beforehand, or makes one.
func (d *Desk) submit(ctx context.Context, o order, doc record.Document, s sheet, made rendering) (record.Document, error) {
	if err := d.publishForm(ctx, o.actor, s.form); err != nil {
		return doc, err
	}
	digits := made.digits
	for {
		if made.digits == 0 {
			if digits == 0 {
				var err error
				if digits, err = d.digits(ctx, s); err != nil {
					return doc, err
				}
			}
			var err error
			if made, err = d.render(ctx, s, digits); err != nil {
				return doc, err
			}
		}
		v := d.version(s, doc.ID, doc.Version+1, doc.Manifest, record.Submitted)
		if err := d.carryAttachments(ctx, &v); err != nil {
			return doc, err
		}
		replaceFile(&v, record.DOCXFile, made.docx)
		replaceFile(&v, record.PDFFile, made.pdf)
		manifest, err := d.store(ctx, v, made.docx, made.pdf)
		if err != nil {
			return doc, err
		}
		done, err := d.carryOut(ctx, o, func(st *record.State, e *record.Entry) error {
			if need := slotDigits(nextNumber(st, s.series, s.date.Year())); need > made.digits {
				digits = need
				return errTooNarrow
			}
			e.Version, e.Manifest, e.PDF = v.Version, manifest, record.DigestOf(made.pdf)
			e.Submitted = &record.SubmitFacts{Series: s.series.ID, Year: s.date.Year(), Digits: made.digits, Signatory: s.signatory.Person}
			for _, x := range s.cosignatories {
				e.Submitted.Cosigners = append(e.Submitted.Cosigners, x.Key())
			}
			return nil
		})
		if !errors.Is(err, errTooNarrow) {
			return done, err
		}
		made = rendering{}
	}
}

func (d *Desk) digits(ctx context.Context, s sheet) (int, error) {
	var digits int
	err := d.Journals.View(ctx, s.issuer.ID, func(st *record.State) error {
		digits = slotDigits(nextNumber(st, s.series, s.date.Year()))
		return nil
	})
	return digits, err
}
