package handover

import (
	"context"
	"fmt"
	"io"
	"slices"

	"vanthu/exchange/edxml"
	"vanthu/record"
	"vanthu/record/desk"
)

// MaxStatus is how long a status message may be, in bytes.
const MaxStatus = 1 << 20

// Told is what a recipient's system told of a document, and what it led to.
type Told struct {
	Document    string           `json:"document"`
	Symbol      string           `json:"symbol"`
	Recipient   string           `json:"recipient"` // as the distribution list names it
	Code        edxml.StatusCode `json:"code" doc:"01 arrived, 02 refused, 03 received, 04 waiting, 05 in process, 06 done, 13 recall, 15 agreed, 16 declined"`
	Meaning     string           `json:"meaning"`
	Description string           `json:"description,omitempty"`
	// Command is what the journal notes for it: receipt for what was taken in, told
	// for a recall that was agreed to; none where it is noted already, or where a
	// person has to decide.
	Command record.Command `json:"command,omitempty"`
}

// TakeStatus reads an edXML status message and notes what it means for the
// delivery it is about. Invalid: no status message, or one whose document or
// sender is not known here, every fault at its place; Conflict when nothing was
// sent to the sender.
func (s Source) TakeStatus(ctx context.Context, a desk.Actor, organization string, r io.Reader) (Told, error) {
	limits := edxml.DefaultLimits()
	limits.Message = min(limits.Message, MaxStatus)
	in, err := edxml.Read(r, limits)
	if err != nil {
		return Told{}, err
	}
	if in.Status == nil {
		return Told{}, record.E(record.Invalid, "edxml-no-status", "Tệp edXML này gửi văn bản, không phải thông báo trạng thái")
	}
	if err := record.Faulty("edxml-invalid", "Thông báo trạng thái không đúng", in.Warnings); err != nil {
		return Told{}, err
	}
	st := *in.Status
	t := Told{Code: st.Code, Meaning: st.Code.Text(), Description: st.Description}
	doc, err := s.answered(ctx, organization, st.ResponseFor)
	if err != nil {
		return t, err
	}
	t.Document, t.Symbol = doc.ID, doc.Symbol
	to, err := s.sender(ctx, doc, st.From.ID)
	if err != nil {
		return t, err
	}
	t.Recipient = to.Name
	x, sent := doc.Delivery(to.Key())
	if !sent {
		return t, record.E(record.Conflict, "not-dispatched", fmt.Sprintf("Chưa gửi văn bản %s đến %s", doc.Symbol, to.Name))
	}
	ref := desk.Ref{Journal: doc.Journal, ID: doc.ID}
	switch {
	case slices.Contains([]edxml.StatusCode{edxml.Received, edxml.Waiting, edxml.Working, edxml.Done}, st.Code) && x.Received.IsZero():
		t.Command = record.CmdReceipt
		_, err = s.Desk.Receipt(ctx, a, ref, to.Name)
	case st.Code == edxml.Agreed && !doc.State.InForce() && x.Told.IsZero():
		t.Command = record.CmdTold
		_, err = s.Desk.Told(ctx, a, ref, to.Name)
	}
	return t, err
}

// answered is the one document that a status is about: by number, symbol and day.
func (s Source) answered(ctx context.Context, organization string, r edxml.Reference) (record.Document, error) {
	var found []record.Document
	err := s.Desk.Journals.View(ctx, organization, func(st *record.State) error {
		for _, doc := range st.Documents {
			if doc.Symbol == r.Code && doc.Date == r.Date && doc.State.Out() {
				found = append(found, doc)
			}
		}
		return nil
	})
	if err == nil && len(found) != 1 {
		err = record.Faulty("edxml-reference", "Không rõ thông báo về văn bản nào", []record.Fault{{Pointer: "/ResponseFor", Code: "edxml-reference",
			Message: fmt.Sprintf("Có %d văn bản đã phát hành số %s ngày %s", len(found), r.Code, r.Date.Vietnamese())}})
	}
	if err != nil {
		return record.Document{}, err
	}
	return found[0], nil
}

// sender is the recipient of a document that has this code.
func (s Source) sender(ctx context.Context, doc record.Document, code string) (record.Recipient, error) {
	v, err := s.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return record.Recipient{}, err
	}
	for _, r := range v.List.Recipients {
		if is, err := s.code(ctx, doc, r); err != nil {
			return r, err
		} else if is == code && code != "" {
			return r, nil
		}
	}
	return record.Recipient{}, record.Faulty("edxml-sender", "Không rõ thông báo của nơi nhận nào", []record.Fault{{Pointer: "/From/OrganId", Code: "edxml-sender",
		Message: fmt.Sprintf("Không nơi nhận nào của văn bản %s mang mã định danh %q, trong danh sách hay trong sổ địa chỉ", doc.Symbol, code)}})
}
