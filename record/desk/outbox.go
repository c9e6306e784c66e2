package desk

import (
	"context"

	"vanthu/record"
)

// Outgoing is a message that waits to be sent.
type Outgoing struct {
	Document record.Document
	Version  record.Version
	Delivery record.Delivery
	To       record.Recipient
	Email    string // "" when the address is no longer known
	Secret   string // of the link, "" for none
	Notice   bool   // of recall or replacement, not the document itself
	// Replaced names what replaces the document.
	Replaced string
}

// Outbox are all messages that wait, in no order.
func (d *Desk) Outbox(ctx context.Context) ([]Outgoing, error) {
	journals, err := d.Journals.Journals(ctx)
	if err != nil {
		return nil, err
	}
	var out []Outgoing
	for _, j := range journals {
		var docs []record.Document
		err := d.Journals.View(ctx, j, func(s *record.State) error {
			for id := range s.Mail {
				docs = append(docs, s.Documents[id])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			more, err := d.outgoing(ctx, doc)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

func (d *Desk) outgoing(ctx context.Context, doc record.Document) ([]Outgoing, error) {
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return nil, err
	}
	var replaced string
	if id := doc.ReplacedBy(); id != "" {
		other, err := d.Document(ctx, Ref{Journal: doc.Journal, ID: id})
		if err != nil {
			return nil, err
		}
		replaced = other.Symbol + " ngày " + other.Date.Vietnamese()
	}
	var out []Outgoing
	for _, x := range doc.Deliveries {
		if x.State != record.Queued && !doc.ToTell(x) {
			continue
		}
		m := Outgoing{Document: doc, Version: v, Delivery: x, To: record.Recipient{Name: x.Recipient}, Secret: d.LinkOf(doc, x.Recipient),
			Notice: x.State != record.Queued, Replaced: replaced}
		for _, r := range v.List.Recipients {
			if r.Key() == x.Recipient {
				m.To = r
			}
		}
		at, _, err := d.address(ctx, doc, m.To)
		if err != nil {
			return nil, err
		}
		m.Email = at.Email
		out = append(out, m)
	}
	return out, nil
}

// StillWaits says whether a message has yet to be sent: somebody else may have
// sent it since Outbox listed it.
func (d *Desk) StillWaits(ctx context.Context, m Outgoing) (bool, error) {
	doc, err := d.Document(ctx, Ref{Journal: m.Document.Journal, ID: m.Document.ID})
	x, _ := doc.Delivery(m.Delivery.Recipient)
	if m.Notice {
		return doc.ToTell(x), err
	}
	return x.State == record.Queued && x.Times == m.Delivery.Times, err
}

// postman is who acts when the program itself hands over.
var postman = Actor{ID: "_post", Roles: []record.Role{record.Clerk}}

// Posted journals that the mail server took a message, with its answer;
// Unposted that it never will. A document recalled before its message left is
// not sent at all: that is Unposted too.
func (d *Desk) Posted(ctx context.Context, m Outgoing, answer string) error {
	c := record.CmdSent
	if m.Notice {
		c = record.CmdTold
	}
	return d.post(ctx, m, c, func(e *record.Entry) { e.Handing = &record.Handing{Answer: answer} })
}

func (d *Desk) Unposted(ctx context.Context, m Outgoing, why string) error {
	return d.post(ctx, m, record.CmdUndelivered, func(e *record.Entry) { e.Reason = why })
}

func (d *Desk) post(ctx context.Context, m Outgoing, c record.Command, fill func(*record.Entry)) error {
	o := d.order(postman, Ref{Journal: m.Document.Journal, ID: m.Document.ID}, c, func(e *record.Entry) {
		e.Recipient = m.Delivery.Recipient
		fill(e)
	})
	_, err := d.carryOut(ctx, o, func(s *record.State, _ *record.Entry) error {
		if now, _ := s.Documents[m.Document.ID].Delivery(m.Delivery.Recipient); now.Times != m.Delivery.Times {
			return errAnswered // sent anew meanwhile: that message is its own
		}
		return nil
	})
	return err
}
