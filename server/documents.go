package server

import (
	"context"
	"encoding/json"
	"net/http"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/storage"
)

// Document is a document as it stands.
type Document struct {
	ID           string                  `json:"id"`
	Organization string                  `json:"organization"`
	State        record.Status           `json:"state"`
	Version      int                     `json:"version"`
	Type         string                  `json:"type" doc:"Abbreviation: KH"`
	Number       int                     `json:"number,omitempty"`
	Symbol       string                  `json:"symbol" doc:"With the number once there is one: 46/KH-UBND, before /KH-UBND"`
	Date         record.Date             `json:"date,omitempty"`
	Subject      string                  `json:"subject"`
	Signatory    record.Signatory        `json:"signatory"`
	Cosigners    []record.Signatory      `json:"cosignatories,omitempty" doc:"Who signs after the signatory, in this order"`
	PDF          record.Digest           `json:"pdf_sha256,omitempty" doc:"Of the PDF as it stands; sign names it"`
	List         record.DistributionList `json:"distribution_list"`
	Retention    record.Retention        `json:"retention"`
	Template     record.TemplateRef      `json:"template"`
	Signatures   []record.SignatureFact  `json:"signatures"`
	Waiting      *Waiting                `json:"waiting,omitempty" doc:"This account's signature that waits for its value"`
	Attachments  []record.Attachment     `json:"attachments,omitempty"`
	Copies       []record.Copied         `json:"copies,omitempty" doc:"Certified copies"`
	Booked       *record.Booked          `json:"booked,omitempty" doc:"It was entered in the register by hand, on paper or from an old book: its file is not here"`
	Evidence     *record.Evidence        `json:"evidence,omitempty" doc:"What the PDF carries to be verified later"`
	Reason       string                  `json:"reason,omitempty"`
	Hold         string                  `json:"hold,omitempty" doc:"Why it may not be disposed of (legal hold)"`
	Linked       []string                `json:"linked,omitempty" doc:"What replaces or corrects it"`
	Replaces     []string                `json:"replaces,omitempty" doc:"What it replaces or corrects"`
	Deliveries   []Delivery              `json:"deliveries,omitempty"`
	Dispatched   int                     `json:"dispatched"`
	Received     int                     `json:"received"`
	Dossiers     []DossierRef            `json:"dossiers,omitempty" doc:"It lies in these, for who may read dossiers; the ETag does not tell of them"`
	Consulted    []Consultation          `json:"consultations,omitempty" doc:"What was asked and answered about the draft"`
	Actions      []record.Command        `json:"actions" doc:"What this account may do with it now"`
	Warnings     []Warning               `json:"warnings,omitempty"`
}

// Warning is what does not stop a command and should be known.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// onDocument are the commands on a document that exists, in the order of its
// way.
var onDocument = []record.Command{record.CmdRevise, record.CmdSubmit, record.CmdDiscard, record.CmdWithdraw, record.CmdReturn, record.CmdSign,
	record.CmdUnsign, record.CmdNumber, record.CmdSeal, record.CmdVoid, record.CmdDispatch, record.CmdReceipt, record.CmdTold, record.CmdRecall, record.CmdSupersede, record.CmdCorrect,
	record.CmdAttach, record.CmdDetach, record.CmdCopy, record.CmdEvidence, record.CmdHold, record.CmdRelease,
	record.CmdConsult, record.CmdOpinion, record.CmdEndConsult}

func (v *viewer) actions(doc record.Document) []record.Command {
	out := []record.Command{}
	for _, c := range onDocument {
		if v.may(c, doc) {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) view(ctx context.Context, v *viewer, doc record.Document) (Document, error) {
	m, err := s.cfg.Desk.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return Document{}, err
	}
	out := Document{ID: doc.ID, Organization: doc.Journal, State: doc.State, Version: doc.Version, Type: doc.Type,
		Number: doc.Number, Symbol: doc.Symbol, Date: doc.Date, Subject: m.Subject, Signatory: m.Signatory, Cosigners: m.Cosignatories, PDF: doc.PDF,
		Attachments: m.Attachments, Copies: doc.Copies, Booked: doc.Booked, Evidence: doc.Evidence,
		List: m.List, Retention: m.Retention, Template: m.Template, Signatures: m.Signatures, Reason: doc.Reason, Hold: doc.Hold, Linked: doc.Linked, Replaces: doc.Replaces,
		Dispatched: doc.Dispatched, Received: doc.Received, Actions: v.actions(doc)}
	if out.Symbol == "" {
		out.Symbol = m.Symbol
	}
	if out.Deliveries, err = s.deliveries(ctx, v, doc); err != nil {
		return out, err
	}
	if out.Consulted, err = s.consultations(ctx, v, doc); err != nil {
		return out, err
	}
	if out.Dossiers, err = s.dossiersWith(ctx, v, doc); err != nil {
		return out, err
	}
	if w, err := s.cfg.Desk.WaitingFor(ctx, doc); err != nil {
		return out, err
	} else if w != nil && w.Actor == v.ID {
		out.Waiting = waitingOf(w)
	}
	if out.Signatures == nil {
		out.Signatures = []record.SignatureFact{}
	}
	return out, nil
}

// answer writes the document as it stands after a command.
func (s *Server) answer(c *call, doc record.Document, warnings ...Warning) error {
	out, err := s.view(c.ctx, c.viewer, doc)
	if err != nil {
		return err
	}
	out.Warnings = warnings
	c.Header("ETag", etag(doc))
	return c.json(out)
}

func createDocument(s *Server, c *call) error {
	raw, err := readAll(c.Request, "application/json")
	if err != nil {
		return err
	}
	doc, err := s.draft(c, desk.Input{Raw: raw, Request: c.GetHeader("Idempotency-Key")})
	if err != nil {
		return err
	}
	c.Header("Location", "/api/v1/documents/"+doc.ID)
	return s.answer(c, doc)
}

// draft stores a new document for the viewer.
func (s *Server) draft(c *call, in desk.Input) (record.Document, error) {
	organization := namedOrganization(in.Raw)
	if err := s.mayDraftIn(c.ctx, c.viewer, organization); err != nil {
		return record.Document{}, err
	}
	if err := checkKey(in.Request); err != nil {
		return record.Document{}, err
	}
	c.actor = c.viewer.actor(organization)
	doc, err := s.cfg.Desk.Draft(c.ctx, c.actor, in)
	s.metrics.command(record.CmdDraft, err)
	return doc, err
}

// namedOrganization is the organisation of an envelope, "" where it cannot be
// read: intake says what is wrong with it. The member has to be spelt so and no
// other way, or one envelope would name two.
func namedOrganization(raw []byte) (id string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) == nil {
		_ = json.Unmarshal(members["organization"], &id)
	}
	return id
}

func reviseDocument(s *Server, c *call) error {
	raw, err := readAll(c.Request, "application/json")
	if err != nil {
		return err
	}
	doc, err := s.cfg.Desk.Revise(c.ctx, c.actor, c.ref, desk.Input{Raw: raw})
	s.metrics.command(record.CmdRevise, err)
	if err != nil {
		return err
	}
	return s.answer(c, doc)
}

func showDocument(s *Server, c *call) error {
	tag := etag(c.doc)
	if noneMatch(c.GetHeader("If-None-Match"), tag) {
		c.Header("ETag", tag)
		c.Status(http.StatusNotModified)
		return nil
	}
	return s.answer(c, c.doc)
}

// Documents is a page of a list; Next, or the Link header, leads on.
type Documents struct {
	Items []Item `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page"`
	Total int    `json:"total,omitempty" doc:"Of all that were found, on the first page"`
	// Counts help to narrow down what was asked.
	Counts *storage.Counts `json:"counts,omitempty" doc:"Of all that were found, on the first page: how many have which value, and beside the value that a filter asks for how many have another"`
	// Incomplete: a new instance still reads the archive.
	Incomplete bool `json:"incomplete,omitempty" doc:"The index is being built: documents may be missing here that exist"`
}

// Item is a document in a list.
type Item struct {
	ID           string            `json:"id"`
	Organization string            `json:"organization"`
	Issuer       string            `json:"organization_name"`
	State        record.Status     `json:"state"`
	Version      int               `json:"version"`
	Type         string            `json:"type"`
	Number       int               `json:"number,omitempty"`
	Symbol       string            `json:"symbol"`
	Date         record.Date       `json:"date,omitempty"`
	Subject      string            `json:"subject"`
	Signatory    string            `json:"signatory"`
	Recipients   []string          `json:"recipients"`
	Excerpt      string            `json:"excerpt,omitempty" doc:"A place where the words stand, without marks"`
	Unit         string            `json:"unit,omitempty" doc:"That drafted it"`
	Excerpts     []storage.Excerpt `json:"excerpts,omitempty" doc:"Where each of the words stands"`
}

func itemOf(h storage.Hit) Item {
	return Item{ID: h.ID, Organization: h.Journal, Issuer: h.Organization, State: h.State, Version: h.Version, Type: h.Type,
		Number: h.Number, Symbol: h.Symbol, Date: h.Date, Subject: h.Subject, Signatory: h.Signatory,
		Recipients: append([]string{}, h.Recipients...), Excerpt: h.Excerpt, Excerpts: h.Excerpts, Unit: h.Unit}
}

// Step is one thing that was done to a document.
type Step struct {
	Seq       uint64         `json:"seq"`
	Time      string         `json:"time" doc:"RFC 3339, in the office's zone"`
	Command   record.Command `json:"command"`
	Actor     string         `json:"actor" doc:"The account's id"`
	ActorName string         `json:"actor_name,omitempty"`
	Version   int            `json:"version,omitempty" doc:"That the command made"`
	PDF       record.Digest  `json:"pdf_sha256,omitempty"`
	Number    int            `json:"number,omitempty"`
	Symbol    string         `json:"symbol,omitempty"`
	Date      record.Date    `json:"date,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Linked    string         `json:"linked,omitempty"`
	Recipient string         `json:"recipient,omitempty"`
}

// Steps is a document's history, oldest first.
type Steps struct {
	Items []Step `json:"items"`
}

func showHistory(s *Server, c *call) error {
	steps, err := s.history(c.ctx, c.doc)
	if err != nil {
		return err
	}
	return c.json(Steps{steps})
}

// actorName is an account's, "" for one that was erased: what it did stays.
func (s *Server) actorName(ctx context.Context, id string) (string, error) {
	a, err := s.cfg.Accounts.Account(ctx, id)
	if err != nil && record.KindOf(err) != record.NotFound {
		return "", err
	}
	return a.Name, nil
}

func (s *Server) history(ctx context.Context, doc record.Document) ([]Step, error) {
	entries, err := s.cfg.Desk.History(ctx, doc)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	steps := make([]Step, 0, len(entries))
	for _, e := range entries {
		name, known := names[e.Actor]
		if !known {
			if name, err = s.actorName(ctx, e.Actor); err != nil {
				return nil, err
			}
			names[e.Actor] = name
		}
		x := Step{Seq: e.Seq, Time: e.Time.In(record.Office).Format("2006-01-02T15:04:05-07:00"), Command: e.Command, Actor: e.Actor, ActorName: name,
			Version: e.Version, PDF: e.PDF, Reason: e.Reason, Linked: e.Linked, Recipient: e.Recipient}
		if n := e.Numbering; n != nil {
			x.Number, x.Symbol, x.Date = n.Number, n.Symbol, n.Date
		}
		if y := e.Copied; y != nil {
			x.Symbol, x.Date = y.Symbol, y.Date
		}
		steps = append(steps, x)
	}
	return steps, nil
}
