package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

const (
	mediaPDF  = "application/pdf"
	mediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// versionFiles are the files of a version by the last part of their address.
var versionFiles = map[string]struct{ name, media string }{
	"docx": {record.DOCXFile, mediaDOCX},
	"pdf":  {record.PDFFile, mediaPDF},
	"json": {record.InputFile, "application/json"},
}

// version reads the number of the path.
func (s *Server) version(c *call) (record.Version, record.Digest, error) {
	n, err := strconv.Atoi(c.Param("version"))
	if err != nil {
		n = 0
	}
	return s.cfg.Desk.Version(c.ctx, c.doc, n)
}

func serveVersionFile(kind string) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		f := versionFiles[kind]
		v, _, err := s.version(c)
		if err != nil {
			return err
		}
		b, err := s.cfg.Desk.FileOf(c.ctx, v, f.name)
		if err != nil {
			return err
		}
		known, _ := v.File(f.name)
		return c.file(b, known.SHA256, f.media, fileName(v, kind))
	}
}

func serveManifest(s *Server, c *call) error {
	v, digest, err := s.version(c)
	if err != nil {
		return err
	}
	tag := `"` + string(digest) + `"`
	c.Header("ETag", tag)
	if noneMatch(c.GetHeader("If-None-Match"), tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	return c.json(v)
}

// file answers with bytes that the archive has checked. Their digest is the
// ETag, so that parts and repetitions fit together.
func (c *call) file(b []byte, digest record.Digest, media, name string) error {
	h := c.Writer.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", disposition(media, name))
	h.Set("ETag", `"`+string(digest)+`"`)
	h.Set("Cache-Control", "private, no-cache")
	// A file from outside opened by itself must not act for its reader.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	w := &refusing{ResponseWriter: c.Writer}
	http.ServeContent(w, c.Request, "", time.Time{}, bytes.NewReader(b))
	switch w.status {
	case 0:
		return nil
	case http.StatusPreconditionFailed:
		return refusal(w.status, "file-changed", "Tệp không phải là tệp mà yêu cầu nêu trong If-Match")
	}
	return refusal(http.StatusRequestedRangeNotSatisfiable, "range", "Phần được hỏi không có trong tệp")
}

// refusing keeps a refusal of http.ServeContent, which is plain text, to itself.
type refusing struct {
	http.ResponseWriter
	status int // of the refusal
}

func (w *refusing) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		w.status = status
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *refusing) Write(b []byte) (int, error) {
	if w.status != 0 {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// fileName is how a version's file is called where it is saved.
func fileName(v record.Version, ext string) string {
	symbol := strings.ReplaceAll(strings.TrimPrefix(v.Symbol, "/"), "/", "_")
	return fmt.Sprintf("%s_v%d.%s", symbol, v.Version, ext)
}

// disposition shows PDFs and saves everything else (RFC 6266): by the name
// itself, and for old programs by its plain letters.
func disposition(media, name string) string {
	how := "attachment"
	if media == mediaPDF {
		how = "inline"
	}
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, storage.Fold(name))
	return how + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// servePreview renders a document that is not submitted yet; its number, day
// and month are blank.
func servePreview(s *Server, c *call) error {
	q, err := readQuery(c.Request, previewQuery)
	if err != nil {
		return err
	}
	if c.doc.State != record.Draft && c.doc.State != record.Returned {
		return record.E(record.Conflict, "state", "Văn bản đã trình: xem bản PDF của phiên bản")
	}
	asPDF := q.text("format") != "docx"
	b, err := s.previews.get(string(c.doc.Manifest)+strconv.FormatBool(asPDF), func() ([]byte, error) {
		// Others may wait for the same file when the first to ask goes away.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), usualTimeout)
		defer cancel()
		return s.cfg.Desk.PreviewOf(ctx, c.doc, asPDF)
	})
	if err != nil {
		return err
	}
	if asPDF {
		return c.file(b, record.DigestOf(b), mediaPDF, "du-thao.pdf")
	}
	return c.file(b, record.DigestOf(b), mediaDOCX, "du-thao.docx")
}

var previewQuery = []member{{name: "format", kind: "string", doc: "pdf hoặc docx", enum: []string{"pdf", "docx"}}}
