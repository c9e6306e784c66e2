package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"vanthu/record"
)

// office is an archive with what uses it, and issues small documents.
type office struct {
	t       testing.TB
	dir     string
	backend *Backend
	archive *Archive
	states  *States
}

const journalA = "ubnd-tp-vung-tau"

func newOffice(t testing.TB, b *Backend) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), backend: b, archive: NewArchive(b.Archive)}
	o.states = o.newStates()
	return o
}

// newStates is what another process of the same office would have.
func (o *office) newStates() *States {
	o.t.Helper()
	s, err := OpenStates(o.archive, o.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

func (o *office) openIndex(s *States) *Index {
	o.t.Helper()
	x, err := OpenIndex(context.Background(), o.archive, s, o.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { x.Close() })
	return x
}

func (o *office) catchUp(x *Index) {
	o.t.Helper()
	if err := x.CatchUp(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

// paper is what a test document says.
type paper struct {
	journal, id, subject, signatory string
	date                            record.Date
	recipients                      []string
	content                         any
	series                          string
	filing                          record.Filing
	copies                          int // for each recipient
	retention                       int // years; 0 for ever
	kind                            record.DocumentType
	person                          string
	until                           record.Status // where to stop; "" goes all the way
	issuer                          string
	tail                            string // of the symbol: "/KH-UBND"
	number                          int    // 0 for the next; a first one may be any
	rule                            string // of retention
	urgency                         record.Urgency
	attached                        string // title of an attachment
	annex                           []byte // its PDF
}

func (p paper) complete() paper {
	if p.journal == "" {
		p.journal = journalA
	}
	if p.date == "" {
		p.date = "2024-03-22"
	}
	if p.signatory == "" {
		p.signatory = "Nguyễn Văn Nghĩa"
	}
	if p.series == "" {
		p.series = "s"
	}
	if p.kind.Name == "" {
		p.kind = record.DocumentType{Code: "KH", Abbreviation: "KH", Name: "Kế hoạch"}
	}
	if p.person == "" {
		p.person = "p"
	}
	if p.issuer == "" {
		p.issuer = "UBND thành phố Vũng Tàu"
	}
	if p.tail == "" {
		p.tail = "/KH-UBND"
	}
	if p.rule == "" {
		p.rule = "r"
	}
	if p.recipients == nil {
		p.recipients = []string{"Sở Văn hóa và Thể thao tỉnh Hà Tĩnh"}
	}
	if p.content == nil {
		p.content = map[string]any{"text": "Nội dung của " + p.id}
	}
	return p
}

// issue takes a paper on its way: draft, submit, sign, number, seal.
func (o *office) issue(p paper) record.Document {
	o.t.Helper()
	p = p.complete()
	o.steps(p)
	var doc record.Document
	err := o.states.View(context.Background(), p.journal, func(s *record.State) error {
		doc = s.Documents[p.id]
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return doc
}

func (o *office) steps(p paper) {
	o.t.Helper()
	at := p.date.Time().Add(9 * time.Hour)
	template := o.blob([]byte("template package"))
	input, err := json.Marshal(map[string]any{"template": "ke-hoach", "subject": p.subject, "content": p.content, "urgency": p.urgency})
	if err != nil {
		o.t.Fatal(err)
	}
	v := record.Version{Document: p.id, Created: at,
		Issuer:    record.OrganizationOn{ID: p.journal, OrganizationName: record.OrganizationName{Name: p.issuer, Abbreviation: "UBND"}},
		Type:      p.kind,
		Symbol:    p.tail,
		Subject:   record.PlainText(p.subject),
		Signatory: record.Signatory{Person: "p-01", Name: p.signatory},
		Template:  record.TemplateRef{ID: "ke-hoach", SHA256: template},
		Retention: record.Retention{Rule: p.rule, Years: p.retention},
	}
	for _, name := range p.recipients {
		v.List.Recipients = append(v.List.Recipients, record.Recipient{Name: name, Copies: p.copies})
	}
	v.List.Filing = p.filing
	if p.attached != "" {
		v.Attachments = []record.Attachment{{File: "attachment-1.pdf", Title: p.attached}}
	}
	var last record.Digest
	version := func(state record.Status, files map[string][]byte) record.Digest {
		v.Version++
		v.Predecessor, v.State, v.Files = last, state, nil
		for name, b := range files {
			v.Files = append(v.Files, record.File{Name: name, SHA256: o.blob(b), Size: len(b)})
		}
		d, err := o.archive.PutVersion(context.Background(), v)
		if err != nil {
			o.t.Fatal(err)
		}
		last = d
		return d
	}
	pdf := func(stage string) []byte { return fmt.Appendf(nil, "%%PDF %s %s %s", p.journal, p.id, stage) }
	pdfOf := func(stage string) record.Digest { return record.DigestOf(pdf(stage)) }
	files := func(stage string) map[string][]byte {
		all := map[string][]byte{record.InputFile: input, record.PDFFile: pdf(stage)}
		if p.annex != nil {
			all["attachment-1.pdf"] = p.annex
		}
		return all
	}
	step := func(c record.Command, fill func(*record.State, *record.Entry)) {
		o.t.Helper()
		o.update(p.journal, func(s *record.State) (*record.Entry, error) {
			e := &record.Entry{Time: at, Actor: "clerk", Command: c, Document: p.id}
			fill(s, e)
			return e, nil
		})
	}
	draft := version(record.Draft, map[string][]byte{record.InputFile: input})
	step(record.CmdDraft, func(_ *record.State, e *record.Entry) {
		e.Request, e.RequestDigest = "r-"+p.id, record.DigestOf(input)
		e.Version, e.Manifest, e.Draft = 1, draft, &record.DraftFacts{Type: p.kind.Code, Wanted: p.date}
	})
	if p.until == record.Draft {
		return
	}
	submitted := version(record.Submitted, files("submitted"))
	step(record.CmdSubmit, func(_ *record.State, e *record.Entry) {
		e.Version, e.Manifest, e.PDF = 2, submitted, pdfOf("submitted")
		e.Submitted = &record.SubmitFacts{Series: p.series, Year: p.date.Year(), Digits: 5, Signatory: p.person}
	})
	if p.until == record.Submitted {
		return
	}
	v.Signatures = append(v.Signatures, record.SignatureFact{Kind: "personal", Signer: p.signatory})
	signed := version(record.Signed, files("signed"))
	step(record.CmdSign, func(_ *record.State, e *record.Entry) {
		e.Version, e.Manifest, e.PDF, e.Read = 3, signed, pdfOf("signed"), pdfOf("submitted")
	})
	if p.until == record.Signed {
		return
	}
	step(record.CmdNumber, func(s *record.State, e *record.Entry) {
		n, opening := s.Counters[record.CounterKey(p.series, p.date.Year())].Last+1, 0
		if p.number != 0 {
			n, opening = p.number, p.number-1
		}
		v.Number, v.Symbol, v.Date = n, record.NumberText(n)+p.tail, p.date
		e.Numbering = &record.Numbering{Series: p.series, Year: p.date.Year(), Opening: opening, Number: n, Symbol: v.Symbol, Date: p.date}
	})
	if p.until == record.Numbered {
		return
	}
	sealed := version(record.Issued, files("sealed"))
	step(record.CmdSeal, func(_ *record.State, e *record.Entry) {
		e.Version, e.Manifest, e.PDF = 4, sealed, pdfOf("sealed")
	})
}

func (o *office) blob(b []byte) record.Digest {
	o.t.Helper()
	d, err := o.archive.PutBlob(context.Background(), b)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func (o *office) update(journal string, decide func(*record.State) (*record.Entry, error)) record.Entry {
	o.t.Helper()
	e, err := o.states.Update(context.Background(), journal, decide)
	if err != nil {
		o.t.Fatal(err)
	}
	return e
}

// publish puts office data into the system journal.
func (o *office) publish(id string, content []byte) {
	o.t.Helper()
	d := o.blob(content)
	o.update(record.SystemJournal, func(*record.State) (*record.Entry, error) {
		return &record.Entry{Actor: "admin", Command: record.CmdPublishOrganization, Published: &record.Published{ID: id, SHA256: d}}, nil
	})
}
