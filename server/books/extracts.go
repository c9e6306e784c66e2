package books

import (
	"context"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/storage"
)

// Extracts prints what a closing closes; it is a desk's Books.
type Extracts struct{ Converter desk.Converter }

// Extract is the register's lines of a closing with what it says, as PDF/A.
func (x Extracts) Extract(ctx context.Context, issuer record.OrganizationOn, c record.Closing, lines []record.Imported) ([]byte, error) {
	of := Office{Superior: issuer.Superior, Lines: issuer.Lines, Place: issuer.Place}
	rows := make([]storage.Registered, len(lines))
	for i, l := range lines {
		rows[i] = storage.Registered{Series: c.Series, Number: l.Number, Symbol: l.Symbol, Date: l.Date, Type: l.Type, TypeName: l.TypeName, Subject: l.Subject, Signatory: l.Signatory,
			Recipients: l.Recipients, Unit: l.Unit, Kept: l.Kept, Copies: l.Copies, HandedOver: l.HandedOver, Receipt: l.Receipt, Note: l.Note, State: l.State}
	}
	return Write(ctx, Closing(of, c, rows), PDF, x.Converter)
}
