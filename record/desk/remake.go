package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"vanthu/record"
)

// Remade is the DOCX of a version, made again from what the archive holds.
type Remade struct {
	Version  int
	Template record.TemplateRef // that made the version, whatever is in force now
	DOCX     []byte
	SHA256   record.Digest
	Archived record.Digest // of the DOCX made at the time; "" for a draft, which had none
}

// Same says whether the archived DOCX came out again, byte for byte.
func (r Remade) Same() bool { return r.SHA256 == r.Archived }

// Remake fills the template that a version names with the version's input and
// the facts that its manifest holds: nothing is looked up anew, neither the
// organisation nor the template in force. A later program may set the same text
// with other XML; then Same says no.
func (d *Desk) Remake(ctx context.Context, doc record.Document, n int) (Remade, error) {
	v, _, err := d.Version(ctx, doc, n)
	if err != nil {
		return Remade{}, err
	}
	raw, err := d.FileOf(ctx, v, record.InputFile)
	if err != nil {
		return Remade{}, err
	}
	f := record.Filling{Template: v.Template, Issuer: v.Issuer, Type: v.Type, Signatory: v.Signatory, Cosignatories: v.Cosignatories, Link: v.Link}
	if err := json.Unmarshal(raw, &f.Envelope); err != nil {
		return Remade{}, record.Because(err, record.Damaged, "input-damaged", fmt.Sprintf("Dữ liệu của phiên bản %d không đọc được", n))
	}
	if _, after, ok := strings.Cut(v.Symbol, "/"); ok { // what stands before it is the number, once there is one
		f.Symbol = "/" + after
	}
	if f.Digits, f.Year, err = d.printed(ctx, doc, v, f.Envelope); err != nil {
		return Remade{}, err
	}
	out := Remade{Version: n, Template: v.Template}
	if out.DOCX, err = d.Forms.Fill(ctx, f); err != nil {
		return Remade{}, err
	}
	out.SHA256 = record.DigestOf(out.DOCX)
	if made, ok := v.File(record.DOCXFile); ok {
		out.Archived = made.SHA256
	}
	return out, nil
}

// printed finds width of the number slot and year that the version was made
// with: those of the submit that made it or that it follows; of a draft, as a
// preview has them.
func (d *Desk) printed(ctx context.Context, doc record.Document, v record.Version, e record.Envelope) (digits, year int, err error) {
	digits, year = slotDigits(1), record.DateOf(v.Created).Year()
	if e.Date != "" {
		year = e.Date.Year()
	}
	if _, made := v.File(record.DOCXFile); !made {
		return digits, year, nil
	}
	history, err := d.History(ctx, doc)
	if err != nil {
		return 0, 0, err
	}
	for _, x := range history {
		if x.Command == record.CmdSubmit && x.Submitted != nil && x.Version <= v.Version {
			digits, year = x.Submitted.Digits, x.Submitted.Year
		}
	}
	return digits, year, nil
}
