package server

import (
	"net/http"
	"strconv"

	"vanthu/record"
)

// attachFromPage adds a separate file to a draft and shows the draft again.
func attachFromPage(s *Server, c *call) error {
	parts := append([]member{{name: seenField, kind: "string", max: 20}, {name: requestField, kind: "string", max: 100}}, attachmentParts...)
	given, files, err := readParts(c.Request, parts)
	if err == nil {
		if c.ref.Seen, err = strconv.ParseUint(given.text(seenField), 10, 64); err != nil || !keyForm.MatchString(given.text(requestField)) {
			err = refusal(http.StatusUnprocessableEntity, "form-incomplete", "Biểu mẫu gửi lên thiếu dữ liệu; hãy mở lại trang")
		}
		c.ref.Request = given.text(requestField)
	}
	if err == nil {
		_, err = s.cfg.Desk.Attach(c.ctx, c.actor, c.ref, given.text("title"), files["file"])
		s.metrics.command(record.CmdAttach, err)
	}
	if err == nil {
		return c.redirect(documentAddress(c.ref.ID) + "?" + noticeName + "=attach")
	}
	p, ok := s.retell(c, err, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity, http.StatusServiceUnavailable)
	if !ok {
		return err
	}
	return s.documentPage(c, p.Status, &mishap{problem: p})
}

// showEvidence lists what expires when, the most urgent first.
func showEvidence(s *Server, c *call) error {
	items, err := s.evidence(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "evidence", screen{Title: s.say(c, "evidence.title"), Here: "/bang-chung", Body: struct {
		Items  []EvidenceItem
		Proves bool
	}{items, s.cfg.Proves}})
}
