package server

import (
	"context"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/signer/verify"
)

const maxVerify = 110 << 20 // bytes of a PDF to be judged

// Verified is the report on a PDF, with what the archive knows of it.
type Verified struct {
	verify.Report
	Archive desk.Known `json:"archive"`
}

func verifyPDF(s *Server, c *call) error {
	out, err := s.judgeSent(c, func() ([]byte, error) { return readAll(c.Request, mediaPDF) })
	if err != nil {
		return err
	}
	return c.json(out)
}

// judgeSent judges the PDF that read takes from the request. Whoever sends
// slowly takes a place for the file, not one for the work.
func (s *Server) judgeSent(c *call, read func() ([]byte, error)) (Verified, error) {
	places := s.uploads
	if c.viewer == nil {
		places = s.strangers
	}
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	default:
		return Verified{}, record.E(record.Busy, "uploads-busy", "Đang nhận nhiều tệp cùng lúc; hãy thử lại sau ít giây")
	}
	pdf, err := read()
	if err != nil {
		return Verified{}, err
	}
	select {
	case s.verifying <- struct{}{}:
		defer func() { <-s.verifying }()
	case <-c.ctx.Done():
		return Verified{}, c.ctx.Err()
	}
	return s.judge(c.ctx, c.viewer, pdf)
}

// judge verifies a PDF and looks for it in the archive. Of a document of
// another organisation it tells nothing before it is issued; v is nil for who
// has no account.
func (s *Server) judge(ctx context.Context, v *viewer, pdf []byte) (Verified, error) {
	report, err := s.cfg.Verify(ctx, pdf)
	out := Verified{Report: report}
	if err != nil {
		return out, err
	}
	known, err := s.cfg.Desk.KnowPDF(ctx, record.DigestOf(pdf), report.States)
	if err != nil {
		return out, err
	}
	own := false
	if v != nil {
		_, own = v.grants[known.Organization]
	}
	if own || known.Out() {
		out.Archive = known
	}
	return out, nil
}
