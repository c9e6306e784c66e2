package server

import (
	"context"
	"fmt"
	"slices"

	"vanthu/record"
	"vanthu/signer/verify"
)

const maxVerify = 64 << 20 // bytes of a PDF to be judged

// Verified is the report on a PDF, with what the archive knows of it.
type Verified struct {
	verify.Report
	Archive Archived `json:"archive"`
}

// Archived says which document a file is, byte for byte.
type Archived struct {
	Known        bool          `json:"known"`
	Document     string        `json:"document,omitempty"`
	Organization string        `json:"organization,omitempty"`
	Version      int           `json:"version,omitempty"`
	Current      bool          `json:"current" doc:"The document has no newer version"`
	State        record.Status `json:"state,omitempty"`
	Symbol       string        `json:"symbol,omitempty"`
	Date         record.Date   `json:"date,omitempty"`
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
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
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
// another organisation it tells nothing before it is issued.
func (s *Server) judge(ctx context.Context, v *viewer, pdf []byte) (Verified, error) {
	report, err := s.cfg.Verify(ctx, pdf)
	out := Verified{Report: report}
	if err != nil {
		return out, err
	}
	doc, version, err := s.cfg.Desk.FindPDF(ctx, record.DigestOf(pdf))
	if record.KindOf(err) == record.NotFound && err != nil {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	issued := slices.Contains([]record.Status{record.Issued, record.Recalled, record.Superseded}, doc.State)
	if _, own := v.grants[doc.Journal]; !own && !issued {
		return out, nil
	}
	out.Archive = Archived{Known: true, Document: doc.ID, Organization: doc.Journal, Version: version, Current: doc.Version == version,
		State: doc.State, Symbol: doc.Symbol, Date: doc.Date}
	return out, nil
}

// text is what a person reads of where the file is kept.
func (a Archived) text() string {
	if !a.Known {
		return "Kho lưu trữ không có tệp nào giống từng byte với tệp này."
	}
	t := fmt.Sprintf("Đúng từng byte với phiên bản %d của văn bản %s", a.Version, a.Symbol)
	if a.Date != "" {
		t += " ngày " + a.Date.Vietnamese()
	}
	if !a.Current {
		t += "; văn bản đã có phiên bản mới hơn"
	}
	return t + "."
}
