package server

import (
	"context"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/books"
)

// Delivery is how the document gets to one recipient.
type Delivery struct {
	record.Delivery
	// URL leads the recipient to the document; only clerks see it.
	URL string `json:"url,omitempty" doc:"Link for the recipient, shown to clerks"`
	// Waiting is how sending the letter goes, of one that waits.
	Waiting *Tries `json:"waiting,omitempty"`
}

// Tries are the attempts to send one letter that did not succeed yet.
type Tries struct {
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next,omitzero"`
	Why      string    `json:"why,omitempty" doc:"What went wrong last"`
}

// Deliveries compare the distribution list as printed, as kept and as delivered.
type Deliveries struct {
	Items []desk.Reconciled `json:"items"`
	Agree bool              `json:"agree" doc:"All three agree"`
}

func (s *Server) deliveries(ctx context.Context, v *viewer, doc record.Document) ([]Delivery, error) {
	var out []Delivery
	for _, x := range doc.Deliveries {
		y := Delivery{Delivery: x}
		if secret := s.cfg.Desk.LinkOf(doc, x.Recipient); secret != "" && v.grants[doc.Journal].Has(record.Clerk) {
			y.URL = s.cfg.Desk.Base + LinkPath + secret
		}
		if s.cfg.Tries != nil && (x.State == record.Queued || doc.ToTell(x)) {
			t, err := s.cfg.Tries(ctx, doc, x)
			if err != nil {
				return nil, err
			}
			if t.Attempts > 0 {
				y.Waiting = &t
			}
		}
		out = append(out, y)
	}
	return out, nil
}

func showDeliveries(s *Server, c *call) error {
	if !c.doc.Issued() {
		return record.E(record.Conflict, "state", "Chỉ văn bản đã phát hành, có tệp ở đây, mới đối chiếu được nơi nhận")
	}
	items, err := s.cfg.Desk.Reconcile(c.ctx, c.doc)
	if err != nil {
		return err
	}
	out := Deliveries{Items: items, Agree: true}
	for _, x := range items {
		out.Agree = out.Agree && x.Good()
	}
	return c.json(out)
}

// serveDispatchList is the list of recipients to print and have signed.
func serveDispatchList(s *Server, c *call) error {
	q, err := readQuery(c.Request, copyBookQuery)
	if err != nil {
		return err
	}
	if !c.doc.State.Out() {
		return record.E(record.Conflict, "state", "Văn bản chưa phát hành nên chưa gửi đi đâu")
	}
	v, err := s.cfg.Desk.Archive.Version(c.ctx, c.doc.Manifest)
	if err != nil {
		return err
	}
	book, err := s.cfg.Addresses.Book(c.ctx, c.doc.Journal)
	if err != nil {
		return err
	}
	today := record.DateOf(s.cfg.Now())
	address := func(r record.Recipient) string {
		e, _ := book.Lookup(r, today)
		return e.PostalAddress
	}
	office := books.Office{Superior: v.Issuer.Superior, Lines: v.Issuer.Lines, Place: v.Issuer.Place}
	return s.sendTable(c, books.Dispatch(office, v, c.doc, address), q, "danh-sach-gui-"+strings.ReplaceAll(v.Symbol, "/", "_"))
}
