package server

import (
	"net/http"
	"slices"

	"vanthu/record"
)

// pageAction is a command as a button of a document's page.
type pageAction struct {
	command record.Command
	path    string // the last part of its address
	look    string // class of the button
	row     bool   // a small button in the row of a recipient
	own     bool   // shown by a form of its own, not among the buttons
	all     bool   // for all rows at once, asking nothing
	do      func(*Server, *call, action, values) error
}

// pageActions are in the order in which a page shows them.
var pageActions = []pageAction{
	{command: record.CmdSubmit, path: "trinh-ky", look: "primary"},
	{command: record.CmdSign, path: "ky", look: "primary"},
	{command: record.CmdNumber, path: "cap-so-dong-dau", look: "primary", do: numberAndSeal},
	{command: record.CmdSeal, path: "dong-dau", look: "primary"},
	{command: record.CmdReturn, path: "tra-lai"},
	{command: record.CmdWithdraw, path: "rut-lai"},
	{command: record.CmdUnsign, path: "bo-chu-ky"},
	{command: record.CmdDispatch, path: "gui", look: "primary", all: true, do: sendAll},
	{command: record.CmdCorrect, path: "dinh-chinh", do: linkBySymbol},
	{command: record.CmdSupersede, path: "thay-the", do: linkBySymbol},
	{command: record.CmdCopy, path: "sao"},
	{command: record.CmdEvidence, path: "bang-chung"},
	{command: record.CmdHold, path: "giu-lai"},
	{command: record.CmdRelease, path: "bo-giu-lai"},
	{command: record.CmdRecall, path: "thu-hoi", look: "danger"},
	{command: record.CmdVoid, path: "bo-so", look: "danger"},
	{command: record.CmdDiscard, path: "huy", look: "danger"},
	{command: record.CmdDispatch, path: "da-gui", row: true},
	{command: record.CmdReceipt, path: "da-nhan", row: true},
	{command: record.CmdTold, path: "da-bao", row: true},
	{command: record.CmdConsult, path: "xin-y-kien", own: true},
	{command: record.CmdOpinion, path: "gop-y", own: true},
	{command: record.CmdEndConsult, path: "ket-thuc-xin-y-kien", own: true},
	{command: record.CmdDetach, path: "bo-tep", row: true},
}

// members are what the form of the command asks for.
func (a pageAction) members() []member {
	if a.all {
		return noBody
	}
	if a.command == record.CmdSupersede || a.command == record.CmdCorrect {
		return linkedMembers
	}
	return actionOf(a.command).body
}

// button is a command that the viewer may give now, with its small form.
type button struct {
	pageAction
	ID      record.Command
	Address string
	Seen    uint64
	Request string
	Field   string // "reason", "linked"; "" for none
	Value   string // typed before
	Faults  []string
	Read    record.Digest // sign: the PDF on the page
	Open    bool
	Recent  []string // linked: documents to choose from
}

// Look is the class of the button.
func (b button) Look() string { return b.look }

// Text is the key of what the button says.
func (b button) Text() string {
	if b.all {
		return "act." + string(b.ID) + "-all"
	}
	return "act." + string(b.ID)
}

// Row says whether the button belongs to a row of a table.
func (b button) Row() bool { return b.row }

// Kinds are the kinds of certified copies.
func (b button) Kinds() []record.CopyKind { return record.CopyKinds }

// Channels are the ways to send.
func (b button) Channels() []string { return record.Channels }

// RowField is the member that says which row a button is about.
func (b button) RowField() string { return b.members()[0].name }

// rowAction is the button of a command for one row, a recipient or a separate
// file, nil when the viewer may not give it.
func rowAction(all []button, command, which string) *button {
	for _, b := range all {
		if b.row && string(b.ID) == command {
			b.Value, b.Request = which, newRequest() // for another row it is another request
			return &b
		}
	}
	return nil
}

// mishap is a command that was not carried out.
type mishap struct {
	action  pageAction
	given   values
	request string
	problem *problem
	filing  *misfiled // of the form that files the document, which is no command on it
}

// buttons are exactly the commands that the viewer may give.
func (s *Server) buttons(c *call, said *mishap) ([]button, error) {
	var out []button
	w, err := s.cfg.Desk.WaitingFor(c.ctx, c.doc)
	if err != nil {
		return nil, err
	}
	waits := w != nil && w.Actor == c.viewer.ID
	for _, a := range pageActions {
		if a.own || !c.viewer.may(a.command, c.doc) || a.command == record.CmdEvidence && !s.cfg.Proves {
			continue
		}
		b := button{pageAction: a, ID: a.command, Address: documentAddress(c.doc.ID) + "/" + a.path, Seen: c.doc.Seq(), Request: newRequest()}
		for _, m := range a.members() {
			if m.name != "pdf_sha256" && !a.row {
				b.Field = m.name
			}
		}
		if a.command == record.CmdSign {
			if waits {
				continue // what is begun is completed or cancelled first
			}
			b.Read = c.doc.PDF
		}
		if said != nil && said.action.command == a.command {
			b.Value, b.Open = said.given.text(b.Field), b.Field != ""
			b.Faults = troubled(said.problem.Errors).At(b.Field)
			// It may have been carried out after all: then the same request finds it.
			if said.request != "" && slices.Contains([]int{http.StatusServiceUnavailable, http.StatusTooManyRequests}, said.problem.Status) {
				b.Request = said.request
			}
		}
		if b.Field == "linked" {
			var err error
			if b.Recent, err = s.issuedLately(c); err != nil {
				return nil, err
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// actFromPage carries out a command and shows the document as it then is. What
// went wrong is told there too.
func actFromPage(a pageAction) func(*Server, *call) error {
	code := string(a.command)
	if a.command == record.CmdNumber || a.command == record.CmdSeal {
		code = "issue"
	}
	return func(s *Server, c *call) error {
		given, err := c.posted(a.members())
		if err == nil {
			err = c.aim()
		}
		request := c.ref.Request
		if err == nil {
			do := a.do
			if do == nil {
				do = actOnce
			}
			err = do(s, c, actionOf(a.command), given)
		}
		if err == nil {
			said := code
			if a.command == record.CmdSign {
				if doc, look := s.cfg.Desk.Document(c.ctx, c.ref); look == nil && doc.State == record.Submitted {
					said = "waiting" // for the value, or for the next signatory
				}
			}
			return c.redirect(documentAddress(c.ref.ID) + "?" + noticeName + "=" + said)
		}
		p, ok := s.retell(c, err, http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity,
			http.StatusTooManyRequests, http.StatusServiceUnavailable)
		if !ok {
			return err
		}
		if c.doc, err = s.cfg.Desk.Document(c.ctx, c.ref); err != nil {
			return err
		}
		return s.documentPage(c, p.Status, &mishap{action: a, given: given, request: request, problem: p})
	}
}

func actOnce(s *Server, c *call, a action, v values) error {
	_, _, err := s.act(c, a, v)
	return err
}

// sendAll sends to every recipient to whom nothing was sent.
func sendAll(s *Server, c *call, a action, _ values) error {
	return actOnce(s, c, a, values{"all": true})
}

// numberAndSeal is one step for the clerk. When it is interrupted between its
// two commands the document has its number, and sealing it goes on from there.
func numberAndSeal(s *Server, c *call, number action, v values) error {
	request := c.ref.Request
	c.ref.Request = request + ".number"
	doc, _, err := s.act(c, number, v)
	if err != nil {
		return err
	}
	c.ref.Seen, c.ref.Request = doc.Seq(), request+".seal"
	return actOnce(s, c, actionOf(record.CmdSeal), v)
}
