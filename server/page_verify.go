package server

import (
	"net/http"

	"vanthu/record"
	"vanthu/signer/verify"
)

type verifyPage struct {
	Result   *Verified
	Problem  *problem
	Document bool // the viewer may open the document that the archive knows
}

// Checks are the questions asked about a signature, in the order of the report
// (TT 15/2025/TT-BKHCN), by the keys of their texts.
func (verifyPage) Checks(s verify.Signature) []namedCheck {
	return []namedCheck{{"integrity", s.Integrity}, {"coverage", s.Coverage.Check}, {"chain", s.Chain},
		{"at-signing", s.AtSigning}, {"key-usage", s.KeyUsage}, {"revocation", s.Revocation.Check}}
}

type namedCheck struct {
	Key string
	verify.Check
}

// Known is the text of the archive's knowledge.
func (p verifyPage) Known() string { return p.Result.Archive.Text() }

func showVerify(s *Server, c *call) error {
	return s.verifyScreen(c, http.StatusOK, verifyPage{})
}

func (s *Server) verifyScreen(c *call, status int, page verifyPage) error {
	return s.show(c, status, "verify", screen{Title: s.say(c, "verify.title"), Here: "/kiem-tra", Width: "reading", Body: page})
}

// judgeUpload verifies an uploaded PDF.
func judgeUpload(s *Server, c *call) error {
	page := verifyPage{}
	out, err := s.judgeSent(c, func() ([]byte, error) { return readForm(c) })
	if err != nil {
		p, ok := s.retell(c, err, http.StatusUnprocessableEntity, http.StatusTooManyRequests)
		if !ok {
			return err
		}
		page.Problem = p
		return s.verifyScreen(c, p.Status, page)
	}
	if c.viewer != nil {
		_, page.Document = c.viewer.grants[out.Archive.Organization]
	}
	page.Result = &out
	return s.verifyScreen(c, http.StatusOK, page)
}

func readForm(c *call) ([]byte, error) {
	pdf, err := readUpload(c.Request, "file", "", maxVerify)
	if err == nil && len(pdf) == 0 {
		err = record.Faulty("file-missing", "Chưa có tệp để kiểm tra", []record.Fault{{Pointer: "/file", Code: "required", Message: "Hãy chọn một tệp PDF"}})
	}
	return pdf, err
}
