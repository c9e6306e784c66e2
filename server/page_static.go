package server

import (
	"net/http"
	"strings"
)

// serveStatic answers with a file of the pages. Its address names its version,
// so it may be kept for ever; under another version, which a page from before
// an upgrade may still ask for, it may not.
func serveStatic(s *Server, c *call) error {
	f, ok := s.pages.files.Open(strings.TrimPrefix(c.Param("file"), "/"))
	if !ok {
		return refusal(http.StatusNotFound, "file-not-found", "Không có tệp này")
	}
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if c.Param("version") != s.pages.files.Version() {
		h.Set("Cache-Control", "no-cache")
	}
	h.Set("ETag", f.ETag)
	h.Set("Vary", "Accept-Encoding")
	if c.GetHeader("If-None-Match") == f.ETag {
		c.Status(http.StatusNotModified)
		return nil
	}
	body := f.Gzip
	if body != nil && acceptsGzip(c.Request) {
		h.Set("Content-Encoding", "gzip")
	} else {
		var err error
		if body, err = f.Plain(); err != nil {
			return err
		}
	}
	c.Data(http.StatusOK, f.Type, body)
	return nil
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}

func serveRobots(_ *Server, c *call) error {
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /\n"))
	return nil
}

// showDocs is the API document for people, without asking any other server.
func showDocs(s *Server, c *call) error {
	return s.show(c, http.StatusOK, "docs", screen{Title: s.say(c, "docs.title"), Script: "api"})
}
