package templates

import (
	"context"

	"vanthu/record"
)

// Decode reads one envelope from JSON and returns it normalised, together with
// the form in force that it was checked against and with its canonical JSON:
// UTF-8, one line, members sorted by name, texts in NFC without outer blanks.
// Equal data gives equal bytes, so they serve as what is archived and as what a
// repeated request is compared by.
//
// An envelope that is refused still comes with its canonical JSON and its
// organisation, by which a request can be known that was accepted before the
// template changed.
//
// template is the id the caller asked for, or "": an envelope that names none
// takes it over, one that names another is at fault.
//
// Everything wrong is told at once: the error is record.Invalid with code
// "input-invalid" and one fault per place, sorted by pointer. Text that is not
// JSON at all gives record.Invalid with "input-empty", "input-too-large",
// "input-encoding", "json-syntax", "json-trailing" or "json-depth"; an unknown
// template id from the caller record.NotFound with "template-unknown".
func (c *Catalogue) Decode(ctx context.Context, template string, raw []byte) (record.Decoded, error) {
	return c.intake.decode(func(id string) (*form, error) { return c.form(ctx, id) }, template, raw)
}
