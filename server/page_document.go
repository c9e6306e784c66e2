package server

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"vanthu/record"
)

type documentPage struct {
	Document
	Issuer        string
	TypeName      string
	Seen          uint64
	Problem       *problem
	Buttons       []button
	Attach        bool // the viewer may add a separate file
	AttachRequest string
	Revise        bool
	Warning       string // why the official cannot sign now

	PDF      string // address of what is shown; "" for nothing
	Findings []record.Finding
	Unsound  *problem // why there is neither preview nor findings

	Recipients []recipientRow
	Links      []linkedDocument
	Earlier    []linkedDocument // what it replaces or corrects
	Versions   []versionRow
	Consult    consultForms
	Filing     *smallForm // nil: not for the viewer, or no dossier is open
	Accesses   *Accesses  // nil: not for the viewer
	Steps      []Step     // newest first
}

// Name is what people call the document; before it has a number, its type.
func (p documentPage) Name() string {
	if p.Number == 0 {
		return p.TypeName
	}
	return p.TypeName + " " + p.Symbol
}

// sent says whether the document is on its way to every recipient.
func (p documentPage) sent() bool {
	return !slices.ContainsFunc(p.Recipients, func(r recipientRow) bool {
		return r.Delivery == nil || r.Delivery.State == record.Undelivered
	})
}

// Out says whether the document ever went out.
func (p documentPage) Out() bool { return p.State.Out() }

type recipientRow struct {
	record.Recipient
	Delivery *Delivery // nil for not yet
}

// Told says whether the recipient has to be told of a recall or replacement.
func (p documentPage) Told(r recipientRow) bool {
	return p.Out() && !p.State.InForce() && r.Delivery != nil
}

type linkedDocument struct {
	ID, Symbol, Subject string
	Replaces            bool // or else corrects
}

// versionRow is one version with its files.
type versionRow struct {
	Version int
	State   record.Status
	Created time.Time
	Symbol  string
	PDF     bool
	DOCX    bool
	Current bool
}

func showDocumentPage(s *Server, c *call) error {
	return s.documentPage(c, http.StatusOK, nil)
}

// documentPage shows the call's document as it is; said is what went wrong with
// a command just given, nil for nothing.
func (s *Server) documentPage(c *call, status int, said *mishap) error {
	doc, err := s.view(c.ctx, c.viewer, c.doc)
	if err != nil {
		return err
	}
	page := documentPage{Document: doc, Seen: c.doc.Seq(), TypeName: s.typeName(doc.Type), Revise: c.viewer.may(record.CmdRevise, c.doc),
		Attach: c.viewer.may(record.CmdAttach, c.doc), AttachRequest: newRequest()}
	var filing *misfiled
	if said != nil {
		page.Problem, filing = said.problem, said.filing
	}
	for _, fill := range []func(*call, *documentPage) error{s.versionsOf, s.stepsOf, s.linksOf, s.soundnessOf, s.readinessOf, s.accessOf} {
		if err := fill(c, &page); err != nil {
			return err
		}
	}
	if page.Buttons, err = s.buttons(c, said); err == nil {
		page.Consult, err = s.consultForms(c, said)
	}
	if err == nil {
		page.Filing, err = s.filingForm(c, doc, filing)
	}
	if err != nil {
		return err
	}
	if page.sent() {
		page.Buttons = slices.DeleteFunc(page.Buttons, func(b button) bool { return b.all })
	}
	x := screen{Title: page.Name() + ": " + page.Subject, Here: "/van-ban", Script: "viewer", Body: page}
	if c.doc.Booked != nil && c.reading() && c.Query(noticeName) == enteredNotice {
		x.Notice = notice{"success", s.say(c, "register.entered", c.doc.Symbol, c.doc.Date.Vietnamese())}
	}
	return s.show(c, status, "document", x)
}

// versionsOf lists the versions, newest first, and finds what is to be read.
func (s *Server) versionsOf(c *call, page *documentPage) error {
	for at := c.doc.Manifest; at != ""; {
		v, err := s.cfg.Desk.Archive.Version(c.ctx, at)
		if err != nil {
			return err
		}
		_, pdf := v.File(record.PDFFile)
		_, docx := v.File(record.DOCXFile)
		page.Versions = append(page.Versions, versionRow{Version: v.Version, State: v.State, Created: v.Created, Symbol: v.Symbol,
			PDF: pdf, DOCX: docx, Current: v.Version == c.doc.Version})
		if v.Version == c.doc.Version {
			page.Issuer = v.Issuer.Name
			if pdf {
				page.PDF = fmt.Sprintf("%s/documents/%s/versions/%d/pdf", api, c.doc.ID, v.Version)
			}
		}
		at = v.Predecessor
	}
	return nil
}

// stepsOf is the history, and what it says of the recipients.
func (s *Server) stepsOf(c *call, page *documentPage) error {
	steps, err := s.history(c.ctx, c.doc)
	if err != nil {
		return err
	}
	for _, r := range page.List.Recipients {
		row := recipientRow{Recipient: r}
		for i, x := range page.Deliveries {
			if x.Recipient == r.Key() {
				row.Delivery = &page.Deliveries[i]
			}
		}
		page.Recipients = append(page.Recipients, row)
	}
	slices.Reverse(steps)
	page.Steps = steps
	return nil
}

// linksOf are the documents that replace or correct this one, and those that it
// replaces or corrects.
func (s *Server) linksOf(c *call, page *documentPage) (err error) {
	if page.Links, err = s.linked(c, c.doc.Linked); err == nil {
		for i := range page.Links {
			page.Links[i].Replaces = page.Links[i].ID == c.doc.ReplacedBy()
		}
		page.Earlier, err = s.linked(c, page.Replaces)
	}
	return err
}

func (s *Server) linked(c *call, ids []string) ([]linkedDocument, error) {
	var out []linkedDocument
	for _, id := range ids {
		ref := c.ref
		ref.ID = id
		other, err := s.cfg.Desk.Document(c.ctx, ref)
		if err != nil {
			return nil, err
		}
		v, err := s.cfg.Desk.Archive.Version(c.ctx, other.Manifest)
		if err != nil {
			return nil, err
		}
		out = append(out, linkedDocument{ID: id, Symbol: other.Symbol, Subject: v.Subject})
	}
	return out, nil
}

// soundnessOf asks the layout rules, and with them whether a draft can be made.
func (s *Server) soundnessOf(c *call, page *documentPage) error {
	drafting := c.doc.State == record.Draft || c.doc.State == record.Returned
	if !drafting && page.PDF == "" {
		return nil // given up before it was ever rendered
	}
	if drafting && page.PDF == "" {
		page.PDF = fmt.Sprintf("%s/documents/%s/preview", api, c.doc.ID)
	}
	found, err := s.cfg.Desk.Findings(c.ctx, c.doc)
	var e *record.Error
	if errors.As(err, &e) && slices.Contains([]record.Kind{record.Invalid, record.NotFound, record.Busy, record.Unavailable}, e.Kind) {
		page.Unsound = problemOf(err)
		if e.Kind == record.Invalid && drafting {
			page.PDF = ""
		}
		return nil
	}
	page.Findings = found
	return err
}

// readinessOf warns, just after submitting, when the official could not sign.
func (s *Server) readinessOf(c *call, page *documentPage) error {
	if c.doc.State != record.Submitted || c.Query(noticeName) != string(record.CmdSubmit) {
		return nil
	}
	if err := s.cfg.Desk.SignatoryReady(c.ctx, c.doc); err != nil {
		page.Warning = problemOf(err).Title
	}
	return nil
}
