package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Channels by which a document goes to a recipient.
const (
	ByPortal = "portal" // a link that expires
	ByEmail  = "email"  // the PDF itself, by SMTP
	ByPaper  = "paper"
)

// Channels are all there are.
var Channels = []string{ByPortal, ByEmail, ByPaper}

// Key names the recipient within its document: the identifier code, or where
// there is none the name.
func (r Recipient) Key() string { return cmp.Or(r.ID, r.Name) }

// Delivery is how an issued document got, or is getting, to one recipient of
// its list (NĐ 30/2020, Điều 18; PL IV, columns 8 and 9).
type Delivery struct {
	Recipient string        `json:"recipient"` // by Recipient.Key
	Channel   string        `json:"channel"`
	State     DeliveryState `json:"state"`
	PDF       Digest        `json:"pdf,omitempty"` // that went out
	Mail      bool          `json:"mail,omitempty"`
	Times     int           `json:"times"` // how often it was dispatched
	// Sent is when it left the office: for mail, when the server took it.
	Sent     time.Time `json:"sent,omitzero"`
	Opened   time.Time `json:"opened,omitzero"` // first, by the link
	Received time.Time `json:"received,omitzero"`
	Told     time.Time `json:"told,omitzero"`     // of recall or replacement
	Link     Digest    `json:"link,omitempty"`    // SHA-256 of the newest link's secret
	Expires  time.Time `json:"expires,omitzero"`  // of that link
	Answer   string    `json:"answer,omitempty"`  // the mail server's, or why it failed
	Visited  time.Time `json:"visited,omitzero"`  // last journaled visit
	Outcome  Outcome   `json:"outcome,omitempty"` // of that visit
}

// DeliveryState is where a delivery stands.
type DeliveryState string

const (
	Queued      DeliveryState = "queued" // waits for the mail server
	Sent        DeliveryState = "sent"
	Undelivered DeliveryState = "undelivered"
	Received    DeliveryState = "received"
)

// Outcome is what somebody who followed a link was shown.
type Outcome string

const (
	Opened       Outcome = "opened"
	LinkExpired  Outcome = "expired"
	LinkRecalled Outcome = "recalled"
	LinkReplaced Outcome = "replaced"
)

// Handing is what an entry says of a delivery.
type Handing struct {
	Channel string    `json:"channel,omitempty"` // dispatch
	Mail    bool      `json:"mail,omitempty"`    // dispatch: a message goes to the recipient's address
	PDF     Digest    `json:"pdf,omitempty"`
	Link    Digest    `json:"link,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
	Outcome Outcome   `json:"outcome,omitempty"` // visit
	Answer  string    `json:"answer,omitempty"`  // sent, undelivered: the mail server's
}

// Link is what a link leads to.
type Link struct {
	Document  string    `json:"document"`
	Recipient string    `json:"recipient"`
	Expires   time.Time `json:"expires"`
}

// Delivery finds the delivery to a recipient, by Recipient.Key.
func (d Document) Delivery(recipient string) (Delivery, bool) {
	i := slices.IndexFunc(d.Deliveries, func(x Delivery) bool { return x.Recipient == recipient })
	if i < 0 {
		return Delivery{}, false
	}
	return d.Deliveries[i], true
}

// ToTell says whether the recipient of a delivery has yet to be told by mail
// that the document was recalled or replaced.
func (d Document) ToTell(x Delivery) bool {
	return (d.State == Recalled || d.State == Superseded) && x.Mail && x.State != Undelivered && x.State != Queued && x.Told.IsZero()
}

// mailWaits says whether there is anything to send.
func (d Document) mailWaits() bool {
	return slices.ContainsFunc(d.Deliveries, func(x Delivery) bool { return x.State == Queued || d.ToTell(x) })
}

// deliver applies what a command says of a delivery.
func deliver(doc *Document, e Entry) error {
	h := e.Handing
	if h == nil {
		h = &Handing{}
	}
	if e.Recipient == "" {
		return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	x, there := doc.Delivery(e.Recipient)
	if !there && e.Command != CmdDispatch {
		return refuse("not-dispatched", "Chưa gửi văn bản đến %s", e.Recipient)
	}
	switch e.Command {
	case CmdDispatch:
		if h.Channel != "" && !slices.Contains(Channels, h.Channel) || h.Link != "" && (!h.Link.Valid() || h.Expires.IsZero()) {
			return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
		}
		if doc.Booked != nil && (h.Channel != ByPaper || h.Mail || h.Link != "") {
			return refuse("paper-only", "Tệp của văn bản %s không có ở đây, chỉ gửi được bản giấy", doc.Symbol)
		}
		x = Delivery{Recipient: e.Recipient, Channel: h.Channel, State: Sent, PDF: h.PDF, Mail: h.Mail, Times: x.Times + 1, Sent: e.Time,
			Opened: x.Opened, Received: x.Received, Link: h.Link, Expires: h.Expires}
		if h.Mail {
			x.State, x.Sent = Queued, time.Time{}
		}
	case CmdSent:
		if x.State != Queued {
			return refuse("not-queued", "Không có thư nào đang chờ gửi đến %s", e.Recipient)
		}
		x.State, x.Sent, x.Answer = Sent, e.Time, h.Answer
		if !x.Received.IsZero() {
			x.State = Received
		}
	case CmdUndelivered:
		if x.State != Queued && !doc.ToTell(x) {
			return refuse("not-queued", "Không có thư nào đang chờ gửi đến %s", e.Recipient)
		}
		x.State, x.Answer = Undelivered, e.Reason
	case CmdTold:
		if doc.State.InForce() || !x.Told.IsZero() {
			return refuse("told-already", "Không còn phải báo cho %s", e.Recipient)
		}
		x.Told, x.Answer = e.Time, h.Answer
	case CmdVisit:
		x.Visited, x.Outcome = e.Time, h.Outcome
		if h.Outcome == Opened && x.Opened.IsZero() {
			x.Opened = e.Time
		}
	case CmdReceipt:
		if x.Received.IsZero() {
			x.Received = e.Time
		}
		if x.State != Queued {
			x.State = Received
		}
	}
	doc.Deliveries = slices.DeleteFunc(slices.Clone(doc.Deliveries), func(y Delivery) bool { return y.Recipient == x.Recipient })
	doc.Deliveries = append(doc.Deliveries, x)
	doc.Dispatched, doc.Received = len(doc.Deliveries), 0
	for _, y := range doc.Deliveries {
		if !y.Received.IsZero() {
			doc.Received++
		}
	}
	return nil
}

// follow keeps what an applied entry means for links, waiting mail and opinions.
func (s *State) follow(doc Document, e Entry) {
	if h := e.Handing; h != nil && h.Link != "" {
		s.Links[h.Link] = Link{Document: doc.ID, Recipient: e.Recipient, Expires: h.Expires}
	}
	if doc.mailWaits() {
		s.Mail[doc.ID] = true
	} else {
		delete(s.Mail, doc.ID)
	}
	if doc.opinionsWait() {
		s.Opinions[doc.ID] = true
	} else {
		delete(s.Opinions, doc.ID)
	}
	if other, ok := s.Documents[e.Linked]; ok {
		other.Replaces = append(slices.Clip(other.Replaces), doc.ID)
		s.Documents[e.Linked] = other
	}
}

// Address is where a recipient is reached: of a person, and so never in the
// journal.
type Address struct {
	Channel string `json:"channel,omitempty"` // preferred
	Email   string `json:"email,omitempty"`
	Code    string `json:"code,omitempty"` // mã định danh among all agencies
}

// HandedOver is what the register says in columns 8 and 9 (NĐ 30/2020, PL IV):
// the day on which the document last left the office, and how many have it. A
// letter that waits or was refused has not left.
func (d Document) HandedOver() (day Date, receipt string) {
	sent, received := 0, 0
	var last Date // of a receipt
	for _, x := range d.Deliveries {
		if x.Sent.IsZero() {
			continue
		}
		sent++
		day = max(day, DateOf(x.Sent))
		if !x.Received.IsZero() {
			received++
			last = max(last, DateOf(x.Received))
		}
	}
	if received > 0 {
		receipt = fmt.Sprintf("%d/%d nơi đã nhận, %s", received, sent, last.Vietnamese())
	}
	if b := d.Booked; b != nil && day == "" {
		day, receipt = b.HandedOver, b.Receipt
	}
	return day, receipt
}

// ReplacedBy is the document that replaces this one, "" for none, and CorrectedBy
// those that correct it, the oldest first.
func (d Document) ReplacedBy() string {
	if d.State != Superseded {
		return ""
	}
	return d.Linked[len(d.Linked)-1] // nothing follows a replacement
}

func (d Document) CorrectedBy() []string {
	if d.State != Superseded {
		return d.Linked
	}
	return d.Linked[:len(d.Linked)-1]
}

// Remark is what the register says of the document in column 10; symbol names
// another document by its id.
func (d Document) Remark(symbol func(id string) string) string {
	var said []string
	if d.State == Voided || d.State == Recalled {
		said = append(said, d.Reason)
	}
	name := func(id string) string { return cmp.Or(symbol(id), id) }
	if id := d.ReplacedBy(); id != "" {
		said = append(said, "Được thay thế bằng văn bản số "+name(id))
	}
	if len(d.CorrectedBy()) > 0 {
		var by []string
		for _, id := range d.CorrectedBy() {
			by = append(by, name(id))
		}
		said = append(said, "Được đính chính bằng văn bản số "+strings.Join(by, ", "))
	}
	if d.Booked != nil && d.Booked.Note != "" && d.Booked.Note != d.Reason { // of a void line the note is the reason
		said = append(said, d.Booked.Note)
	}
	return strings.Join(said, "; ")
}
