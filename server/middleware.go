package server

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	requestHeader = "X-Request-ID"
	requestKey    = "vanthu.request"
	requestURN    = "urn:vanthu:request:"
)

var requestForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives the request an id, or keeps the one that a proxy gave it.
func (s *Server) identify(c *gin.Context) {
	id := c.GetHeader(requestHeader)
	if !requestForm.MatchString(id) {
		id = strings.ToLower(rand.Text())
	}
	c.Set(requestKey, id)
	c.Header(requestHeader, id)
}

// observe logs and counts every request. Neither queries nor bodies are
// written down: people search for names.
func (s *Server) observe(c *gin.Context) {
	start := s.cfg.Now()
	defer func() { s.note(c, s.cfg.Now().Sub(start)) }() // also of answers that are cut off
	c.Next()
}

func (s *Server) note(c *gin.Context, took time.Duration) {
	status := c.Writer.Status()
	pattern := c.FullPath()
	if pattern == "" {
		pattern = "none"
	}
	s.metrics.observe(pattern, c.Request.Method, status, took)
	attrs := []slog.Attr{
		slog.String("request", c.GetString(requestKey)), slog.String("method", c.Request.Method), slog.String("route", pattern),
		slog.Int("status", status), slog.Int("bytes", max(c.Writer.Size(), 0)), slog.Duration("took", took), slog.String("address", c.ClientIP()),
	}
	if x, ok := c.Get(callKey); ok {
		x := x.(*call)
		if x.viewer != nil {
			attrs = append(attrs, slog.String("account", x.viewer.ID))
		}
		if x.ref.ID != "" {
			attrs = append(attrs, slog.String("document", x.ref.ID))
		}
	}
	if x, ok := c.Get(problemKey); ok {
		p := x.(*problem)
		attrs = append(attrs, slog.String("problem", p.Code))
		if p.cause != nil && p.Status >= http.StatusInternalServerError {
			attrs = append(attrs, slog.Any("error", p.cause))
		}
	}
	s.cfg.Log.LogAttrs(c.Request.Context(), level(status), "request", attrs...)
}

// The pages load nothing from elsewhere and run no script in the page itself.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"

// protect sets what browsers must keep to.
func (s *Server) protect(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin") // without one, browsers send forms with Origin: null
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if s.secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	// What one person sees must not stay for the next; static files say otherwise.
	h.Set("Cache-Control", "no-store")
}

// recover turns a panic into a problem, and the program goes on.
func (s *Server) recover(g *gin.Context) {
	defer func() {
		x := recover()
		if x == nil {
			return
		}
		if err, ok := x.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(x)
		}
		s.cfg.Log.Error("panic", slog.String("request", g.GetString(requestKey)), slog.Any("panic", x), slog.String("stack", string(debug.Stack())))
		c := &call{Context: g, ctx: g.Request.Context()}
		if known, ok := g.Get(callKey); ok {
			c = known.(*call)
		}
		s.fail(c, fmt.Errorf("panic: %v", x))
	}()
	g.Next()
}

// writeJSON answers with v. Encoding comes first: what cannot be encoded must
// not be half an answer.
func writeJSON(g *gin.Context, status int, media string, v any) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // our own types always encode
	}
	g.Header("Content-Length", itoa(b.Len()))
	g.Data(status, media, []byte(b.String()))
}

func (c *call) json(v any) error {
	writeJSON(c.Context, c.route.status200(), "application/json", v)
	return nil
}

// wantsPage says whether an answer to an unknown address is for a person.
func wantsPage(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}
