package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"vanthu/record"
)

// LinkLife is how long a link leads to its document.
const LinkLife = 30 * 24 * time.Hour

// Sending is what a clerk asks for.
type Sending struct {
	// Recipient is a name or identifier of the distribution list; "" means all to
	// whom the document was not sent yet.
	Recipient string
	// Channel is one of record.Channels; "" takes the list's, else the address
	// book's, else paper.
	Channel string
}

// parcel is one recipient with the way to them.
type parcel struct {
	record.Recipient
	channel string
	mail    bool
}

// Dispatch sends an issued document to recipients of its list (NĐ 30/2020,
// Điều 18): on paper it notes that it left, by e-mail it waits for the mail
// server, by portal there is a link from now on, which goes by mail where an
// address is known. What goes out is looked at first. Errors: Invalid with
// every recipient that cannot be reached, and nothing is sent; Conflict; Damaged.
func (d *Desk) Dispatch(ctx context.Context, a Actor, r Ref, s Sending) (record.Document, error) {
	o := d.order(a, r, record.CmdDispatch, nil)
	o.identify(s.Recipient, s.Channel)
	doc, err := d.admit(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	if !doc.State.InForce() {
		return doc, record.E(record.Conflict, "state", fmt.Sprintf("Văn bản đang ở trạng thái %s, không gửi được", doc.State))
	}
	v, err := d.atTheDoor(ctx, doc)
	if err != nil {
		return doc, err
	}
	parcels, err := d.parcels(ctx, doc, v, s)
	if err != nil {
		return doc, err
	}
	for i, p := range parcels {
		o := o
		if i < len(parcels)-1 { // the request is answered when all are on their way
			o.ref.Request, o.entry.Request, o.entry.RequestDigest = "", "", ""
		}
		if i > 0 {
			o.ref.Seen = 0
		}
		o.entry.Recipient = p.Key()
		if doc, err = d.carryOut(ctx, o, func(st *record.State, e *record.Entry) error {
			doc := st.Documents[r.ID]
			if had, ok := doc.Delivery(p.Key()); ok && s.Recipient == "" && had.State != record.Undelivered {
				return errAnswered // somebody else was faster
			}
			e.Handing = d.handing(doc, p, e.Time)
			return nil
		}); err != nil {
			return doc, err
		}
	}
	return doc, nil
}

func (d *Desk) handing(doc record.Document, p parcel, at time.Time) *record.Handing {
	h := &record.Handing{Channel: p.channel, Mail: p.mail, PDF: doc.PDF}
	if d.LinkKey != nil && p.channel != record.ByPaper {
		had, _ := doc.Delivery(p.Key())
		h.Link = record.DigestOf([]byte(d.secret(doc, p.Key(), had.Times+1)))
		h.Expires = at.Add(LinkLife).Truncate(time.Second)
	}
	return h
}

// atTheDoor is the manifest of what goes out, after a look at it: the issued
// version, with number and seal, its files as the archive has them by digest. What
// was entered in the register by hand has none: it leaves on paper.
func (d *Desk) atTheDoor(ctx context.Context, doc record.Document) (record.Version, error) {
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return v, err
	}
	if doc.Booked != nil {
		return v, nil
	}
	f, ok := v.File(record.PDFFile)
	sealed := slices.ContainsFunc(v.Signatures, func(s record.SignatureFact) bool { return s.Kind == "seal" })
	if !ok || f.SHA256 != doc.PDF || v.State != record.Issued || v.Number != doc.Number || v.Symbol != doc.Symbol || !sealed {
		return v, record.E(record.Damaged, "not-the-issued", "Bản sắp gửi không phải là bản đã phát hành")
	}
	for _, f := range v.Files {
		if f.Name == record.InputFile || f.Name == record.DOCXFile {
			continue // stay in the office
		}
		pdf, err := d.Archive.Blob(ctx, f.SHA256)
		if err != nil {
			return v, err
		}
		if d.Sound != nil {
			if err := d.Sound(ctx, pdf); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}

// parcels says how each recipient asked for is reached, or names all that are
// not.
func (d *Desk) parcels(ctx context.Context, doc record.Document, v record.Version, s Sending) ([]parcel, error) {
	var faults faultList
	if s.Channel != "" && !slices.Contains(record.Channels, s.Channel) {
		faults.add("/channel", "enum", fmt.Sprintf("Cách gửi phải là một trong: %v", record.Channels))
		return nil, record.Faulty("dispatch-invalid", "Chưa gửi được", faults)
	}
	var out []parcel
	for i, r := range v.List.Recipients {
		if s.Recipient != "" && s.Recipient != r.ID && s.Recipient != r.Name {
			continue
		}
		if had, ok := doc.Delivery(r.Key()); s.Recipient == "" && ok && had.State != record.Undelivered {
			continue
		}
		if slices.ContainsFunc(out, func(p parcel) bool { return p.Key() == r.Key() }) {
			continue // printed twice, sent once
		}
		at, known, err := d.address(ctx, doc, r)
		if err != nil {
			return nil, err
		}
		p := parcel{r, cmp.Or(s.Channel, r.Channel, at.Channel, record.ByPaper), false}
		if doc.Booked != nil && s.Channel == "" {
			p.channel = record.ByPaper
		}
		p.mail = p.channel != record.ByPaper && at.Email != "" && d.Mail
		pointer := fmt.Sprintf("/recipients/%d", i)
		switch {
		case doc.Booked != nil && p.channel != record.ByPaper:
			faults.add("/channel", "paper-only", fmt.Sprintf("%s: văn bản giấy, tệp không có ở đây, chỉ gửi được bản giấy", r.Name))
		case p.channel == record.ByEmail && !d.Mail:
			faults.add(pointer, "mail-not-configured", fmt.Sprintf("%s: dịch vụ chưa được nối với máy chủ thư", r.Name))
		case p.channel == record.ByEmail && !known:
			faults.add(pointer, "address-unknown", fmt.Sprintf("%s: không có trong sổ địa chỉ", r.Name))
		case p.channel == record.ByEmail && at.Email == "":
			faults.add(pointer, "email-missing", fmt.Sprintf("%s: sổ địa chỉ không ghi thư điện tử", r.Name))
		case p.channel == record.ByPortal && d.LinkKey == nil:
			faults.add(pointer, "links-not-configured", fmt.Sprintf("%s: dịch vụ không tạo đường dẫn", r.Name))
		}
		out = append(out, p)
	}
	if s.Recipient != "" && len(out) == 0 {
		faults.add("/recipient", "recipient-unknown", fmt.Sprintf("%q không có trong danh sách nơi nhận", s.Recipient))
	}
	if s.Recipient == "" && len(out) == 0 && len(faults) == 0 {
		return nil, record.E(record.Conflict, "dispatched-already", "Văn bản đã gửi hết các nơi nhận")
	}
	return out, record.Faulty("dispatch-invalid", "Chưa gửi được đến các nơi nhận sau", faults)
}

func (d *Desk) address(ctx context.Context, doc record.Document, r record.Recipient) (record.Address, bool, error) {
	if d.Addresses == nil {
		return record.Address{}, false, nil
	}
	return d.Addresses.Address(ctx, doc.Journal, r, record.DateOf(d.Now()))
}

// Receipt notes that a recipient has the document.
func (d *Desk) Receipt(ctx context.Context, a Actor, r Ref, recipient string) (record.Document, error) {
	return d.toRecipient(ctx, a, r, record.CmdReceipt, recipient)
}

// Told notes that a recipient knows of the recall or replacement.
func (d *Desk) Told(ctx context.Context, a Actor, r Ref, recipient string) (record.Document, error) {
	return d.toRecipient(ctx, a, r, record.CmdTold, recipient)
}

// toRecipient is a command about one recipient, named by name or identifier.
func (d *Desk) toRecipient(ctx context.Context, a Actor, r Ref, c record.Command, recipient string) (record.Document, error) {
	o := d.order(a, r, c, func(e *record.Entry) { e.Recipient = recipient })
	doc, err := d.admit(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return doc, err
	}
	for _, x := range v.List.Recipients {
		if recipient != "" && (x.ID == recipient || x.Name == recipient) {
			o.entry.Recipient = x.Key()
			return d.carryOut(ctx, o, nil)
		}
	}
	return doc, record.Faulty("recipient-unknown", "Nơi nhận không có trong văn bản", []record.Fault{{
		Pointer: "/recipient", Code: "recipient-unknown", Message: fmt.Sprintf("%q không có trong danh sách nơi nhận", recipient)}})
}
