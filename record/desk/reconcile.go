package desk

import (
	"context"
	"slices"

	"vanthu/record"
)

// Reconciled compares, for one recipient, what the document says with what was
// done.
type Reconciled struct {
	Recipient string           `json:"recipient"`
	Printed   bool             `json:"printed"` // in the text of the PDF
	Kept      bool             `json:"kept"`    // in the manifest
	Delivery  *record.Delivery `json:"delivery,omitempty"`
}

// Good says that all three agree.
func (r Reconciled) Good() bool {
	return r.Printed && r.Kept && r.Delivery != nil && r.Delivery.State != record.Undelivered && r.Delivery.State != record.Queued
}

// Reconcile puts the distribution list as it is printed in the PDF that goes out
// beside the one that is kept and what was delivered.
func (d *Desk) Reconcile(ctx context.Context, doc record.Document) ([]Reconciled, error) {
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return nil, err
	}
	pdf, err := d.Archive.Blob(ctx, doc.PDF)
	if err != nil {
		return nil, err
	}
	printed, err := d.Printed(pdf)
	if err != nil {
		return nil, err
	}
	var out []Reconciled
	for _, r := range v.List.Recipients {
		x := Reconciled{Recipient: r.Name, Printed: printed(r.Name), Kept: true}
		if y, ok := doc.Delivery(r.Key()); ok {
			x.Delivery = &y
		}
		out = append(out, x)
	}
	for _, y := range doc.Deliveries {
		if !slices.ContainsFunc(v.List.Recipients, func(r record.Recipient) bool { return r.Key() == y.Recipient }) {
			out = append(out, Reconciled{Recipient: y.Recipient, Printed: printed(y.Recipient), Delivery: &y})
		}
	}
	return out, nil
}
