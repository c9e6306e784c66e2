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
	Versions   []versionRow
	Steps      []Step // newest first
}

// Name is what people call the document; before it has a number, its type.
func (p documentPage) Name() string {
	if p.Number == 0 {
		return p.TypeName
	}
	return p.TypeName + " " + p.Symbol
}

// Issued says whether the document ever went out.
func (p documentPage) Issued() bool {
	return slices.Contains([]record.Status{record.Issued, record.Recalled, record.Superseded}, p.State)
}

type recipientRow struct {
	record.Recipient
	Sent, Received string // when, RFC 3339; "" for not yet
}

type linkedDocument struct {
	ID, Symbol, Subject string
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
	if said != nil {
		page.Problem = said.problem
	}
	for _, fill := range []func(*call, *documentPage) error{s.versionsOf, s.stepsOf, s.linksOf, s.soundnessOf, s.readinessOf} {
		if err := fill(c, &page); err != nil {
			return err
		}
	}
	if page.Buttons, err = s.buttons(c, said); err != nil {
		return err
	}
	return s.show(c, status, "document", screen{Title: page.Name() + ": " + page.Subject, Here: "/van-ban", Script: "viewer", Body: page})
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
	sent, received := map[string]string{}, map[string]string{}
	for _, x := range steps {
		switch x.Command {
		case record.CmdDispatch:
			sent[x.Recipient] = x.Time
		case record.CmdReceipt:
			received[x.Recipient] = x.Time
		}
	}
	for _, r := range page.List.Recipients {
		row := recipientRow{Recipient: r}
		for _, name := range []string{r.ID, r.Name} {
			if name != "" && sent[name] != "" {
				row.Sent = sent[name]
			}
			if name != "" && received[name] != "" {
				row.Received = received[name]
			}
		}
		page.Recipients = append(page.Recipients, row)
	}
	slices.Reverse(steps)
	page.Steps = steps
	return nil
}

// linksOf are the documents that replace or correct this one.
func (s *Server) linksOf(c *call, page *documentPage) error {
	for _, id := range c.doc.Linked {
		ref := c.ref
		ref.ID = id
		other, err := s.cfg.Desk.Document(c.ctx, ref)
		if err != nil {
			return err
		}
		v, err := s.cfg.Desk.Archive.Version(c.ctx, other.Manifest)
		if err != nil {
			return err
		}
		page.Links = append(page.Links, linkedDocument{ID: id, Symbol: other.Symbol, Subject: v.Subject})
	}
	return nil
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
