package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"vanthu/record"
)

// secret is what a link to a document says: nobody can guess it, and it need
// not be kept to be written again.
func (d *Desk) secret(doc record.Document, recipient string, times int) string {
	m := hmac.New(sha256.New, d.LinkKey)
	fmt.Fprintf(m, "%q %q %q %d", doc.Journal, doc.ID, recipient, times)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil)[:20]))
}

// LinkOf is the secret of the newest link to a recipient, "" where there is
// none.
func (d *Desk) LinkOf(doc record.Document, recipient string) string {
	x, ok := doc.Delivery(recipient)
	if !ok || x.Link == "" || d.LinkKey == nil {
		return ""
	}
	if s := d.secret(doc, recipient, x.Times); record.DigestOf([]byte(s)) == x.Link {
		return s
	}
	return "" // of another key
}

// Followed is what a link leads to.
type Followed struct {
	Document record.Document
	Version  record.Version
	Delivery record.Delivery
	To       record.Recipient
	Outcome  record.Outcome
}

// visitAgain is how long the same outcome of the same link is not journaled
// again.
const visitAgain = 10 * time.Minute

// visitor is who acts when a recipient follows a link.
var visitor = Actor{ID: "_recipient", Roles: []record.Role{record.Clerk}}

// Follow tells what a link's secret leads to, and journals that somebody came.
// The PDF is shown for the outcome Opened alone. NotFound, link-unknown.
func (d *Desk) Follow(ctx context.Context, secret string) (Followed, error) {
	f, err := d.follow(ctx, secret)
	if err != nil {
		return f, err
	}
	o := d.order(visitor, Ref{Journal: f.Document.Journal, ID: f.Document.ID}, record.CmdVisit, func(e *record.Entry) {
		e.Recipient, e.Handing = f.Delivery.Recipient, &record.Handing{Outcome: f.Outcome}
	})
	_, err = d.carryOut(ctx, o, func(s *record.State, e *record.Entry) error {
		now, _ := s.Documents[f.Document.ID].Delivery(f.Delivery.Recipient)
		if now.Outcome == f.Outcome && e.Time.Sub(now.Visited) < visitAgain {
			return errAnswered
		}
		return nil
	})
	return f, err
}

// follow finds the link without leaving a trace.
func (d *Desk) follow(ctx context.Context, secret string) (Followed, error) {
	journals, err := d.Journals.Journals(ctx)
	if err != nil {
		return Followed{}, err
	}
	var (
		f      Followed
		digest = record.DigestOf([]byte(secret))
		link   record.Link
	)
	for _, j := range journals {
		err := d.Journals.View(ctx, j, func(s *record.State) error {
			if x, ok := s.Links[digest]; ok {
				link, f.Document = x, s.Documents[x.Document]
			}
			return nil
		})
		if err != nil {
			return f, err
		}
	}
	if link.Document == "" {
		return f, record.E(record.NotFound, "link-unknown", "Không có đường dẫn này")
	}
	f.Delivery, _ = f.Document.Delivery(link.Recipient)
	if f.Version, err = d.Archive.Version(ctx, f.Document.Manifest); err != nil {
		return f, err
	}
	f.To = record.Recipient{Name: link.Recipient}
	for _, r := range f.Version.List.Recipients {
		if r.Key() == link.Recipient {
			f.To = r
		}
	}
	switch {
	case f.Document.State == record.Recalled:
		f.Outcome = record.LinkRecalled
	case !d.Now().Before(link.Expires):
		f.Outcome = record.LinkExpired
	case f.Document.State == record.Superseded:
		f.Outcome = record.LinkReplaced
	default:
		f.Outcome = record.Opened
	}
	return f, nil
}

// Handed is the file of a document that a link leads to: the PDF, or a separate
// file. Conflict for any outcome but Opened.
func (d *Desk) Handed(ctx context.Context, secret, name string) (Followed, []byte, error) {
	f, err := d.follow(ctx, secret)
	if err != nil {
		return f, nil, err
	}
	if f.Outcome != record.Opened {
		return f, nil, record.E(record.Conflict, "link-"+string(f.Outcome), map[record.Outcome]string{record.LinkExpired: "Đường dẫn đã hết hạn",
			record.LinkRecalled: "Văn bản đã bị thu hồi", record.LinkReplaced: "Văn bản đã được thay thế"}[f.Outcome])
	}
	if name == record.InputFile || name == record.DOCXFile {
		return f, nil, record.E(record.NotFound, "file-not-found", "Không có tệp này")
	}
	b, err := d.FileOf(ctx, f.Version, name)
	return f, b, err
}

// Acknowledge is the recipient's own confirmation, by the link: of the document,
// or once it was recalled or replaced, of knowing that.
func (d *Desk) Acknowledge(ctx context.Context, secret string) (Followed, error) {
	f, err := d.follow(ctx, secret)
	if err != nil {
		return f, err
	}
	c := record.CmdReceipt
	switch f.Outcome {
	case record.LinkExpired:
		return f, record.E(record.Conflict, "link-expired", "Đường dẫn đã hết hạn")
	case record.LinkRecalled, record.LinkReplaced:
		c = record.CmdTold
	}
	done := f.Delivery.Received
	if c == record.CmdTold {
		done = f.Delivery.Told
	}
	if !done.IsZero() {
		return f, nil
	}
	o := d.order(visitor, Ref{Journal: f.Document.Journal, ID: f.Document.ID}, c, func(e *record.Entry) {
		e.Recipient, e.Handing = f.Delivery.Recipient, &record.Handing{Channel: record.ByPortal}
	})
	if f.Document, err = d.carryOut(ctx, o, nil); err != nil && record.KindOf(err) != record.Conflict {
		return f, err
	}
	f.Delivery, _ = f.Document.Delivery(f.Delivery.Recipient)
	return f, nil
}
