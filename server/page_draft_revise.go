package server

import (
	"net/http"

	"vanthu/record"
	"vanthu/record/desk"
)

// showRevise is the form of a draft or returned document.
func showRevise(s *Server, c *call) error {
	if !c.viewer.may(record.CmdRevise, c.doc) {
		return record.E(record.Conflict, "state", "Văn bản không còn sửa được ở trạng thái này")
	}
	raw, err := s.cfg.Desk.File(c.ctx, c.doc, record.InputFile)
	if err != nil {
		return err
	}
	v, err := s.cfg.Desk.Archive.Version(c.ctx, c.doc.Manifest)
	if err != nil {
		return err
	}
	return s.showDraft(c, http.StatusOK, draft{template: v.Template.ID, organization: c.doc.Journal, raw: raw, request: newRequest(), seen: c.doc.Seq()})
}

// postRevise is every button of the form of a document.
func postRevise(s *Server, c *call) error {
	d, err := s.readDraft(c)
	if err == nil {
		err = c.aim()
	}
	if err != nil {
		return err
	}
	d.seen = c.ref.Seen
	status := http.StatusOK
	switch {
	case d.posted.Changed:
	case d.posted.Do == "check":
		err = s.checkDraft(c, &d)
	case d.posted.Do == "save":
		_, err = s.cfg.Desk.Revise(c.ctx, c.actor, c.ref, desk.Input{Raw: d.raw})
		s.metrics.command(record.CmdRevise, err)
		if err == nil {
			return c.redirect(documentAddress(c.ref.ID) + "?" + noticeName + "=revised")
		}
		if record.CodeOf(err) == "request-reused" { // a form that was saved, brought back and changed
			err = changed()
		}
	}
	if err != nil {
		status, err = s.blame(c, &d, err)
	}
	if status == http.StatusPreconditionFailed && err == nil {
		err = s.catchUp(c, &d)
	}
	if err != nil {
		return err
	}
	return s.showDraft(c, status, d)
}

// catchUp lets who was told that the document has changed save after all, over
// what they were shown.
func (s *Server) catchUp(c *call, d *draft) (err error) {
	if c.doc, err = s.cfg.Desk.Document(c.ctx, c.ref); err == nil {
		d.seen, d.request = c.doc.Seq(), newRequest()
	}
	return err
}
