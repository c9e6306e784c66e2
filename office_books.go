package main

import (
	"context"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/books"
	"vanthu/storage"
)

// extracts prints what a closing closes.
type extracts struct{ converter desk.Converter }

func (x extracts) Extract(ctx context.Context, issuer record.OrganizationOn, c record.Closing, lines []record.Imported) ([]byte, error) {
	of := books.Office{Superior: issuer.Superior, Lines: issuer.Lines, Place: issuer.Place}
	rows := make([]storage.Registered, len(lines))
	for i, l := range lines {
		rows[i] = storage.Registered{Series: c.Series, Number: l.Number, Symbol: l.Symbol, Date: l.Date, Type: l.Type, TypeName: l.TypeName, Subject: l.Subject, Signatory: l.Signatory,
			Recipients: l.Recipients, Unit: l.Unit, Kept: l.Kept, Copies: l.Copies, HandedOver: l.HandedOver, Receipt: l.Receipt, Note: l.Note, State: l.State}
	}
	return books.Write(ctx, books.Closing(of, c, rows), books.PDF, x.converter)
}
