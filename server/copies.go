package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"vanthu/record"
	"vanthu/record/desk"
)

var copyBody = []member{
	{name: "kind", kind: "string", doc: "Hình thức sao: SY (sao y), SL (sao lục, từ bản sao y), TrS (trích sao)", required: true, enum: []string{"SY", "SL", "TrS"}},
	{name: "pages", kind: "string", doc: "Các trang của bản trích sao: 1,3-4", max: 200, pattern: `^[0-9, -]*$`},
}

func makeCopy(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, v values) (record.Document, error) {
	pages, err := pagesOf(v.text("pages"))
	if err != nil {
		return record.Document{}, err
	}
	return d.Copy(ctx, a, r, record.CopyKind(v.text("kind")), pages)
}

const maxPages = 500 // of an extract

// pagesOf reads "1,3-4".
func pagesOf(text string) ([]int, error) {
	var out []int
	bad := func(part string) ([]int, error) {
		return nil, record.Faulty("body-invalid", "Nội dung gửi lên chưa đúng", []record.Fault{{Pointer: "/pages", Code: "pages",
			Message: fmt.Sprintf("Không đọc được các trang ở %q; hãy ghi như 1,3-4, không quá %d trang", part, maxPages)}})
	}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		from, err1 := strconv.Atoi(strings.TrimSpace(first))
		to, err2 := strconv.Atoi(strings.TrimSpace(last))
		if err1 != nil || err2 != nil || from < 1 || to < from || len(out)+to-from >= maxPages {
			return bad(part)
		}
		for n := from; n <= to; n++ {
			out = append(out, n)
		}
	}
	return out, nil
}

// serveCopy delivers a certified copy.
func serveCopy(s *Server, c *call) error {
	n, err := strconv.Atoi(c.Param("copy"))
	if err != nil {
		n = 0
	}
	b, err := s.cfg.Desk.CopyFile(c.ctx, c.doc, n)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s.pdf", strings.ReplaceAll(c.doc.Copies[n-1].Symbol, "/", "-"))
	return c.file(b, c.doc.Copies[n-1].PDF, mediaPDF, name)
}

// attachmentParts are the parts of an upload of a separate file.
var attachmentParts = []member{
	{name: "title", kind: "string", doc: "Tên tệp kèm theo, như trong văn bản", required: true, max: 300},
	{name: "file", kind: "file", doc: "Tệp PDF", required: true, max: desk.MaxAttachmentSize},
}

func attach(s *Server, c *call) error {
	given, files, err := readParts(c.Request, attachmentParts)
	if err != nil {
		return err
	}
	doc, err := s.cfg.Desk.Attach(c.ctx, c.actor, c.ref, given.text("title"), files["file"])
	s.metrics.command(record.CmdAttach, err)
	if err != nil {
		return err
	}
	return s.answer(c, doc)
}

// serveAttachment delivers a separate file of a version.
func serveAttachment(s *Server, c *call) error {
	v, _, err := s.version(c)
	if err != nil {
		return err
	}
	name := c.Param("file")
	for _, x := range v.Attachments {
		if x.File == name {
			b, err := s.cfg.Desk.FileOf(c.ctx, v, name)
			if err != nil {
				return err
			}
			known, _ := v.File(name)
			return c.file(b, known.SHA256, mediaPDF, strings.TrimSuffix(fileName(v, name), ".pdf")+".pdf")
		}
	}
	return refusal(http.StatusNotFound, "file-not-found", "Phiên bản này không có tệp kèm theo như vậy")
}

// Evidence lists issued documents by when their evidence has to be looked after.
type Evidence struct {
	Items []EvidenceItem `json:"items"`
}

// EvidenceItem is one issued document with what its PDF carries.
type EvidenceItem struct {
	ID           string           `json:"id"`
	Organization string           `json:"organization"`
	Symbol       string           `json:"symbol"`
	Date         record.Date      `json:"date"`
	State        record.Status    `json:"state"`
	Evidence     *record.Evidence `json:"evidence,omitempty" doc:"None before anybody has looked"`
	// By is when it has to be renewed; "" for at once.
	By string `json:"by,omitempty" doc:"RFC 3339; absent: at once"`
}

func listEvidence(s *Server, c *call) error {
	items, err := s.evidence(c)
	if err != nil {
		return err
	}
	return c.json(Evidence{items})
}

// evidence is what the viewer has to look after.
func (s *Server) evidence(c *call) ([]EvidenceItem, error) {
	due, err := s.cfg.Desk.Evidence(c.ctx)
	if err != nil {
		return nil, err
	}
	out := []EvidenceItem{}
	for _, x := range due {
		g, ok := c.viewer.grants[x.Document.Journal]
		if !ok || !g.Has(record.Archivist, record.Clerk) {
			continue
		}
		item := EvidenceItem{ID: x.Document.ID, Organization: x.Document.Journal, Symbol: x.Document.Symbol, Date: x.Document.Date,
			State: x.Document.State, Evidence: x.Document.Evidence}
		if !x.By.IsZero() {
			item.By = x.By.In(record.Office).Format("2006-01-02T15:04:05Z07:00")
		}
		if out = append(out, item); len(out) == maxEvidence {
			break
		}
	}
	return out, nil
}

const maxEvidence = 1000 // the most urgent
