package edxml

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"vanthu/record"
)

// Addressing is what a message says beside the document itself.
type Addressing struct {
	// From is the issuer as others know it; "" for Name takes the document's.
	From Organ
	// To are the receivers; none takes everyone of the distribution list with an
	// identifier code, once each.
	To      []Organ
	DueDate record.Date
	Urgency record.Urgency
	Scope   record.Scope
	Drafter string // ký hiệu người soạn thảo
	Pages   int    // of the document, 0 for not said
	Content string // summary, "" for none
	// ResponseFor are the documents that this one answers.
	ResponseFor []Reference
	Business    Business
	Sent        time.Time
}

// Open gives a file of the version by name and digest.
type Open func(context.Context, record.File) (io.ReadCloser, error)

// FromVersion makes the message of an issued version: the PDF and its separate
// attachments, read through open and compared with their digests. A version does
// not know that its document was recalled since: the caller does. Errors:
// Conflict, not-issued; Damaged, edxml-content; those of open. What does not fit
// a field is said by Faults and Write, not here.
func FromVersion(ctx context.Context, v record.Version, a Addressing, open Open) (Message, error) {
	if !slices.Contains([]record.Status{record.Issued, record.Recalled, record.Superseded}, v.State) {
		return Message{}, record.E(record.Conflict, "not-issued", "Chỉ gửi văn bản đã phát hành")
	}
	number, notation, _ := strings.Cut(v.Symbol, "/")
	m := Message{
		From: a.From, To: a.To, DocumentID: DocumentID(a.From.ID, v), Code: Code{number, notation},
		Promulgation: Promulgation{v.Issuer.Place, v.Date}, Type: DocumentType{Type: "2", Name: v.Type.Name},
		Subject: v.Subject, Content: a.Content, Signer: SignerOf(v.Signatory), DueDate: a.DueDate, ToPlaces: places(v.List),
		Other:       OtherInfo{Priority: PriorityOf(a.Urgency), Sphere: a.Scope.Mark(), Typer: a.Drafter, Copies: copies(v.List), Pages: a.Pages},
		ResponseFor: a.ResponseFor, Steering: SteeringOf(v.List.Recipients),
		Trace: []Trace{{a.From.ID, a.Sent}}, Business: a.Business,
	}
	m.From.Name = cmp.Or(a.From.Name, v.Issuer.Name)
	if len(m.To) == 0 {
		m.To = receivers(v.List.Recipients)
	}
	name := strings.ReplaceAll(v.Symbol, "/", "-")
	if err := m.attach(ctx, v, record.PDFFile, name+".pdf", v.Type.Name+" số "+v.Symbol, open); err != nil {
		return Message{}, err
	}
	for i, x := range v.Attachments {
		if err := m.attach(ctx, v, x.File, fmt.Sprintf("%s-kem-theo-%d.pdf", name, i+1), x.Title, open); err != nil {
			return Message{}, err
		}
		m.Other.Appendixes = append(m.Other.Appendixes, x.Title)
	}
	return m, nil
}

// DocumentID names a document between agencies: code of the issuer, day, number
// and symbol.
func DocumentID(organ string, v record.Version) string {
	return strings.Join([]string{organ, day(v.Date), v.Symbol}, ",")
}

// SignerOf are the lines of a signature block: those in whose name the official
// signs are the competence.
func SignerOf(s record.Signatory) Signer {
	lines := slices.DeleteFunc(slices.Clone(s.Lines), func(l string) bool { return l == s.Title })
	return Signer{Competence: strings.Join(lines, ", "), Position: s.Title, FullName: s.Name}
}

// PriorityOf is the urgency by its code. An express document with an hour
// (ExpressTime) is none that the office issues.
func PriorityOf(u record.Urgency) Priority {
	switch u {
	case record.Urgent:
		return Urgent
	case record.VeryUrgent:
		return VeryUrgent
	case record.Express:
		return Express
	}
	return Ordinary
}

// SteeringOf takes a document that somebody has to execute for a directive, and
// one that goes to superiors alone for a report.
func SteeringOf(list []record.Recipient) Steering {
	reports := 0
	for _, r := range list {
		switch r.Purpose {
		case "execute":
			return Directive
		case "report":
			reports++
		}
	}
	if reports > 0 && reports == len(list) {
		return Reporting
	}
	return NotSteering
}

func receivers(list []record.Recipient) []Organ {
	var out []Organ
	for _, r := range list {
		if r.ID != "" && !slices.ContainsFunc(out, func(o Organ) bool { return o.ID == r.ID }) {
			out = append(out, Organ{ID: r.ID, Name: r.Name})
		}
	}
	return out
}

// places is the distribution list as printed, with the purpose behind a name
// that does not say it in brackets itself.
func places(l record.DistributionList) []string {
	purposes := map[string]string{"execute": "để thực hiện", "report": "để báo cáo", "coordinate": "để phối hợp", "inform": "để biết", "inspect": "để kiểm tra"}
	var out []string
	for _, r := range l.Recipients {
		name := r.Name
		if p := purposes[r.Purpose]; p != "" && !strings.HasSuffix(name, ")") {
			name += " (" + p + ")"
		}
		out = append(out, name)
	}
	kept := "Lưu: VT"
	if l.Filing.Unit != "" {
		kept += ", " + l.Filing.Unit
	}
	return append(out, kept)
}

// copies are those on paper: NĐ 30/2020, Điều 17.1.a counts them by the list.
func copies(l record.DistributionList) int {
	n := l.Filing.Copies
	for _, r := range l.Recipients {
		n += r.Copies
	}
	return n
}

func (m *Message) attach(ctx context.Context, v record.Version, file, name, title string, open Open) error {
	damaged := func(why string) error {
		return record.E(record.Damaged, "edxml-content", fmt.Sprintf("Tệp %s của văn bản %s %s", file, v.Symbol, why))
	}
	f, ok := v.File(file)
	if !ok {
		return damaged("không có trong bản kê")
	}
	rc, err := open(ctx, f)
	if err != nil {
		return err
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, int64(f.Size)+1))
	if err != nil {
		return fmt.Errorf("read %s of %s: %w", file, v.Document, err)
	}
	if record.DigestOf(b) != f.SHA256 {
		return damaged("không khớp mã SHA-256 đã ghi")
	}
	m.Attachments = append(m.Attachments, Attachment{Name: name, ContentType: "application/pdf", Description: title, Content: b})
	return nil
}
