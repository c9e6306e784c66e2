package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/form"
)

type choosePage struct {
	Templates []Template
	Issuers   []form.Option
	Problem   *problem
	Text      string // of an envelope that could not be read
}

// showNew asks for template and organisation, and with both shows the form.
func showNew(s *Server, c *call) error {
	template, organization := c.Query("template"), c.Query("organization")
	f, err := s.cfg.Forms.Form(c.ctx, template)
	if err != nil && record.KindOf(err) != record.NotFound {
		return err
	}
	if err != nil || f.Retired || !c.viewer.grants[organization].Has(record.Secretary) {
		return s.choose(c, http.StatusOK, choosePage{})
	}
	raw, err := json.Marshal(map[string]string{"template": template, "organization": organization})
	if err != nil {
		return err
	}
	return s.showDraft(c, http.StatusOK, draft{template: template, organization: organization, raw: raw, request: newRequest()})
}

func (s *Server) choose(c *call, status int, page choosePage) (err error) {
	if page.Templates, err = s.templates(c.ctx); err != nil {
		return err
	}
	if page.Issuers, err = s.draftingIssuers(c, c.Query("organization")); err != nil {
		return err
	}
	return s.show(c, status, "choose", screen{Title: s.say(c, "choose.title"), Here: "/van-ban/moi", Width: "reading", Body: page})
}

// postNew is every button of a new draft's form.
func postNew(s *Server, c *call) error {
	d, err := s.readDraft(c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	switch {
	case d.posted.Changed:
	case d.posted.Do == "check":
		err = s.checkDraft(c, &d)
	case d.posted.Do == "save":
		var doc record.Document
		if doc, err = s.draft(c, desk.Input{Raw: d.raw, Request: d.request}); err == nil {
			return c.redirect(documentAddress(doc.ID) + "?" + noticeName + "=saved")
		}
		if record.CodeOf(err) == "request-reused" {
			status, err = http.StatusConflict, s.savedBefore(c, &d)
		}
	}
	if err != nil {
		status, err = s.blame(c, &d, err)
	}
	if err != nil {
		return err
	}
	return s.showDraft(c, status, d)
}

// savedBefore is for a form that was saved, brought back by the browser and
// changed: it is told which draft it made, and the next save makes another.
func (s *Server) savedBefore(c *call, d *draft) error {
	return s.cfg.Desk.Journals.View(c.ctx, d.organization, func(st *record.State) error {
		d.saved = st.Requests[record.RequestKey(c.viewer.ID, d.request)].Document
		d.request = newRequest()
		return nil
	})
}

const maxEnvelope = 2<<20 + 4096 // bytes; intake refuses more than 2 MB with a word about it

// postEnvelope fills the form from a JSON file or a pasted text.
func postEnvelope(s *Server, c *call) error {
	raw, err := readUpload(c.Request, "file", "text", maxEnvelope)
	if err != nil {
		return err
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	got, err := s.cfg.Forms.Decode(c.ctx, "", raw)
	d := draft{raw: raw, request: newRequest()}
	if err == nil {
		d.raw = got.Canonical
	}
	var named struct{ Template, Organization string }
	known := json.Unmarshal(raw, &named) == nil
	if known && err != nil {
		_, unknown := s.cfg.Forms.Form(c.ctx, named.Template)
		known = unknown == nil
	}
	if err != nil {
		p, ok := s.retell(c, err, http.StatusUnprocessableEntity, http.StatusNotFound)
		if !ok {
			return err
		}
		if !known { // there is no form to show it in
			return s.choose(c, http.StatusUnprocessableEntity, choosePage{Problem: p, Text: string(raw)})
		}
		d.faults = p.Errors
	}
	d.template, d.organization = named.Template, named.Organization
	d.posted = &form.Posted{Said: "Đã điền dữ liệu từ tệp; hãy xem lại rồi lưu"}
	return s.showDraft(c, http.StatusOK, d)
}

// readUpload reads one of two parts of a multipart form: the file, or where
// none was chosen the text, if there is one. Nothing is kept on disk.
func readUpload(r *http.Request, file, text string, most int) ([]byte, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, refusal(http.StatusUnsupportedMediaType, "media-type", "Nội dung gửi lên không phải là một tệp")
	}
	var found []byte
	for range 8 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, uploadError(err)
		}
		if name := part.FormName(); name == "" || name != file && name != text || len(found) > 0 {
			continue
		}
		if found, err = io.ReadAll(io.LimitReader(part, int64(most)+1)); err != nil {
			return nil, uploadError(err)
		}
		if len(found) > most {
			return nil, &http.MaxBytesError{Limit: int64(most)}
		}
	}
	return found, nil
}

func uploadError(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return err
	}
	return record.Because(err, record.Invalid, "upload-unreadable", "Không nhận được hết tệp đã gửi")
}
