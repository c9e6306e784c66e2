package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"vanthu/record"
)

// SignatureLife is how long a signature waits for its value. The one who signs
// sits before it, with a token or a telephone.
const SignatureLife = time.Hour

// WaitingSignature is a signature whose key is not at hand. It is working
// state, one to a document at most: only what it becomes is journaled.
type WaitingSignature struct {
	ID       string    `json:"id"` // the document's, ".", and a part nobody guesses
	Journal  string    `json:"journal"`
	Document string    `json:"document"`
	Actor    string    `json:"actor"` // who signs: nobody else may complete it
	Begun    time.Time `json:"begun"`
	Expires  time.Time `json:"expires"`
	// Problem is why a remote service will never give the value.
	Problem string                  `json:"problem,omitempty"`
	Pending record.PendingSignature `json:"pending"`
}

func errNoSignature() error {
	return record.E(record.NotFound, "signature-unknown", "Không có chữ ký nào đang chờ với mã này: đã ký xong, đã hủy hoặc hết hạn")
}

// wait keeps a pending signature. When another was begun at the same moment
// that one stays.
func (d *Desk) wait(ctx context.Context, o order, doc record.Document, p record.PendingSignature) error {
	if d.Waiting == nil {
		return record.E(record.Conflict, "key-elsewhere", "Khóa của người ký không ở máy chủ này; hãy ký qua dịch vụ (vanthu serve)")
	}
	now := d.Now().UTC()
	w := WaitingSignature{ID: doc.ID + "." + newID(), Journal: doc.Journal, Document: doc.ID, Actor: o.actor.ID, Begun: now, Expires: now.Add(SignatureLife), Pending: p}
	err := d.keep(ctx, w, "")
	if record.CodeOf(err) == "changed" {
		return nil
	}
	return err
}

func (d *Desk) keep(ctx context.Context, w WaitingSignature, tag string) error {
	raw, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return d.Waiting.Put(ctx, w.Document, raw, tag)
}

func (d *Desk) waiting(ctx context.Context, document string) (*WaitingSignature, string, error) {
	raw, tag, err := d.Waiting.Get(ctx, document)
	if record.KindOf(err) == record.NotFound && err != nil {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	var w WaitingSignature
	if err := json.Unmarshal(raw, &w); err != nil || w.Document != document {
		return nil, "", record.Because(err, record.Damaged, "pending-damaged", "Dữ liệu của chữ ký đang chờ đã bị hỏng; hãy hủy và ký lại")
	}
	return &w, tag, nil
}

// WaitingFor is the signature that a document waits for, nil for none. What has
// expired, or is for a PDF that is no longer before the official, is removed.
func (d *Desk) WaitingFor(ctx context.Context, doc record.Document) (*WaitingSignature, error) {
	if d.Waiting == nil {
		return nil, nil
	}
	w, _, err := d.waiting(ctx, doc.ID)
	if err != nil || w == nil {
		return nil, err
	}
	if !d.Now().Before(w.Expires) || doc.State != record.Submitted || w.Pending.Base != doc.PDF {
		return nil, d.Waiting.Delete(ctx, doc.ID)
	}
	return w, nil
}

// Signature finds a waiting signature of the actor by its id. Errors: NotFound,
// signature-unknown, for one that is completed, cancelled or expired as well;
// Forbidden for another's.
func (d *Desk) Signature(ctx context.Context, a Actor, id string) (*WaitingSignature, record.Document, error) {
	document, _, ok := strings.Cut(id, ".")
	if d.Waiting == nil || !ok {
		return nil, record.Document{}, errNoSignature()
	}
	w, _, err := d.waiting(ctx, document)
	if err != nil {
		return nil, record.Document{}, err
	}
	if w == nil || w.ID != id {
		return nil, record.Document{}, errNoSignature()
	}
	if w.Actor != a.ID {
		return nil, record.Document{}, errNotSignatory()
	}
	doc, err := d.Document(ctx, Ref{Journal: w.Journal, ID: w.Document})
	if err != nil {
		return nil, doc, err
	}
	if w, err = d.WaitingFor(ctx, doc); err == nil && (w == nil || w.ID != id) {
		err = errNoSignature()
	}
	return w, doc, err
}

// CompleteSignature puts in the value that the owner's key made: over the
// digest, raw for RSA, DER or r and s side by side for ECDSA. With an empty
// value the remote service is asked for it. Errors: those of Signature; Invalid,
// signature-value, for a value of another key or over something else, and then
// it still waits; Conflict, authority-ended; Busy, signature-waiting; Conflict,
// signature-refused.
func (d *Desk) CompleteSignature(ctx context.Context, a Actor, id string, value []byte) (record.Document, error) {
	w, doc, err := d.Signature(ctx, a, id)
	if err != nil {
		return doc, err
	}
	if len(value) == 0 {
		if value, err = d.fetch(ctx, w); err != nil {
			return doc, err
		}
	}
	return d.complete(ctx, a, *w, value)
}

func (d *Desk) complete(ctx context.Context, a Actor, w WaitingSignature, value []byte) (record.Document, error) {
	r := Ref{Journal: w.Journal, ID: w.Document, Request: "signature." + w.ID}
	o := d.order(a, r, record.CmdSign, func(e *record.Entry) { e.Read = w.Pending.Base })
	doc, v, pdf, err := d.toSign(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	made, err := d.Signer.Complete(ctx, pdf, w.Pending, value)
	if err != nil {
		return doc, err
	}
	v.Signatures = append(v.Signatures, made.Fact)
	if doc, err = d.next(ctx, o, doc, v, made.PDF); err != nil {
		return doc, err
	}
	// The journal has it: whatever is left here is for a PDF of the past.
	_ = d.Waiting.Delete(ctx, w.Document)
	return doc, nil
}

// fetch asks the remote service for the value.
func (d *Desk) fetch(ctx context.Context, w *WaitingSignature) ([]byte, error) {
	if !w.Pending.Remote {
		return nil, record.Faulty("signature-value", "Chưa có giá trị chữ ký", []record.Fault{{Pointer: "/value", Code: "required", Message: "Phải có giá trị chữ ký"}})
	}
	if w.Problem != "" {
		return nil, record.E(record.Conflict, "signature-refused", w.Problem)
	}
	value, next, err := d.Signer.Fetch(ctx, w.Pending)
	if err == nil {
		return value, nil
	}
	refused := record.CodeOf(err) == "signature-refused"
	if refused {
		var e *record.Error
		errors.As(err, &e)
		w.Problem = e.Message
	}
	if refused || string(next.State) != string(w.Pending.State) {
		_, tag, look := d.waiting(ctx, w.Document)
		w.Pending = next
		if look == nil {
			look = d.keep(ctx, *w, tag)
		}
		err = errors.Join(err, look)
	}
	return nil, err
}

// CancelSignature gives up a waiting signature; the document stays submitted.
func (d *Desk) CancelSignature(ctx context.Context, a Actor, id string) (record.Document, error) {
	_, doc, err := d.Signature(ctx, a, id)
	if err != nil {
		return doc, err
	}
	return doc, d.Waiting.Delete(ctx, doc.ID)
}

// TendSignatures asks remote services for what they owe, and removes what has
// expired or nobody needs any more. actor gives who began a signature, with
// what they may do now. It reports how many signatures were completed; its
// error joins what went wrong with single ones.
func (d *Desk) TendSignatures(ctx context.Context, actor func(ctx context.Context, id, journal string) (Actor, error)) (done int, err error) {
	keys, err := d.Waiting.Keys(ctx)
	if err != nil {
		return 0, err
	}
	slices.Sort(keys)
	var errs []error
	for _, key := range keys {
		w, _, err := d.waiting(ctx, key)
		if err != nil || w == nil {
			errs = append(errs, err)
			continue
		}
		doc, err := d.Document(ctx, Ref{Journal: w.Journal, ID: w.Document})
		if err == nil {
			w, err = d.WaitingFor(ctx, doc)
		}
		if err != nil || w == nil || !w.Pending.Remote || w.Problem != "" {
			errs = append(errs, err)
			continue
		}
		a, err := actor(ctx, w.Actor, w.Journal)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		_, err = d.CompleteSignature(ctx, a, w.ID, nil)
		switch code := record.CodeOf(err); {
		case err == nil:
			done++
		case code != "signature-waiting" && code != "signature-refused":
			errs = append(errs, err)
		}
	}
	return done, errors.Join(errs...)
}
