package server

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"vanthu/record"
	"vanthu/record/desk"
)

// route is one line of the table: what the API document says of it and what
// happens.
type route struct {
	method  string
	path    string // "/api/v1/documents/{id}"
	id      string // operationId; "" keeps the route out of the API document
	summary string
	tag     string
	access  access

	query   []member // of the URL
	body    []member // of the JSON body; nil takes none
	parts   []member // of a multipart body, which the handler reads itself
	raw     string   // media type of a body that the handler reads itself
	maxBody int64    // bytes; 0 for maxJSON
	ifMatch bool     // takes If-Match and Idempotency-Key
	once    bool     // takes Idempotency-Key
	// admit refuses who may ask but not like this, before the body is read; it
	// takes If-Match by itself. nil for none.
	admit func(*Server, *call) error
	slow  bool // may take minutes: no deadline of the usual length

	status int      // of the good answer; 0 for 200
	answer any      // a value of its type, for the API document; nil for none
	media  []string // of the answer when it is not JSON: a file, also in parts
	also   []int    // further statuses, for the API document

	// reads says how who is answered well reads a document, for its access history:
	// "pdf"; "" for answers that show none of its content.
	reads string

	page   bool // answers a person: HTML, and errors as pages
	handle func(*Server, *call) error
}

const (
	maxJSON      = 4 << 20 // bytes
	usualTimeout = 90 * time.Second
	slowTimeout  = 5 * time.Minute
)

func (rt *route) status200() int {
	if rt.status == 0 {
		return http.StatusOK
	}
	return rt.status
}

// call is one request on its way through a route.
type call struct {
	*gin.Context
	ctx    context.Context
	route  *route
	viewer *viewer // nil when nobody is logged in
	ref    desk.Ref
	doc    record.Document // of {id}
	actor  desk.Actor      // the viewer in the document's organisation
	body   values
	// recipient is whose link is followed, by record.Recipient.Key.
	recipient string
	sent      io.Reader // the request's body without the route's limit
}

// ginPath writes a path the way the router wants it; {name...} is the rest of
// it, slashes and all.
func ginPath(path string) string {
	if rest, ok := strings.CutSuffix(path, "...}"); ok {
		at := strings.LastIndexByte(rest, '{')
		return ginPath(rest[:at]) + "*" + rest[at+1:]
	}
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// mount makes a gin route of a line of the table. What can be read can be asked
// for its head as well: net/http leaves out the body.
func (s *Server) mount(rt *route) {
	handle := s.handler(rt)
	s.engine.Handle(rt.method, ginPath(rt.path), handle)
	if rt.method == http.MethodGet {
		s.engine.Handle(http.MethodHead, ginPath(rt.path), handle)
	}
}

func (s *Server) handler(rt *route) gin.HandlerFunc {
	return func(g *gin.Context) {
		limit := usualTimeout
		if rt.slow {
			limit = slowTimeout
		}
		ctx, cancel := context.WithTimeout(g.Request.Context(), limit)
		defer cancel()
		c := &call{Context: g, ctx: ctx, route: rt, sent: g.Request.Body}
		g.Set(callKey, c)
		most := rt.maxBody
		if most == 0 {
			most = maxJSON
		}
		g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, most)
		if g.Request.ContentLength > most {
			s.fail(c, &http.MaxBytesError{Limit: most})
			return
		}
		if rt.slow {
			control := http.NewResponseController(g.Writer)
			_ = control.SetReadDeadline(time.Now().Add(slowTimeout)) // recorders in tests have none
			_ = control.SetWriteDeadline(time.Now().Add(slowTimeout))
		}
		err := s.authorize(c, rt)
		if err == nil && rt.admit != nil {
			err = rt.admit(s, c)
		}
		if err == nil && rt.body != nil {
			c.body, err = readBody(g.Request, rt.body)
		}
		if err == nil {
			err = rt.handle(s, c)
		}
		if err == nil && rt.reads != "" {
			s.noteRead(c)
		}
		if err != nil {
			s.fail(c, err)
		}
	}
}

const (
	callKey    = "vanthu.call"
	problemKey = "vanthu.problem"
)

// fail answers with a problem, or for a page with one that a person can read.
func (s *Server) fail(c *call, err error) {
	p := *problemOf(err)
	p.Instance = requestURN + c.GetString(requestKey)
	c.Set(problemKey, &p)
	if c.Writer.Written() { // half an answer must not look like a whole one
		panic(http.ErrAbortHandler)
	}
	if p.retry > 0 {
		c.Header("Retry-After", itoa(p.retry))
	}
	if p.Status == http.StatusRequestEntityTooLarge {
		c.Header("Connection", "close")
	}
	if p.challenge {
		c.Header("WWW-Authenticate", `Bearer realm="vanthu"`)
	}
	for _, of := range []string{"ETag", "Content-Type", "Content-Disposition", "Link", "Location"} {
		c.Writer.Header().Del(of) // of the answer that is not given
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Security-Policy", contentPolicy)
	if c.route != nil && c.route.page {
		s.failPage(c, &p)
	} else {
		writeJSON(c.Context, p.Status, "application/problem+json", &p)
	}
	c.drain()
}

// What is read of a body that was refused, and for how long.
const (
	drainBytes = 32 << 20
	drainTime  = 2 * time.Second
	drained    = 256 << 10 // net/http itself reads as much
)

// drain reads on for a while after a refusal is out: whoever is still sending
// when the connection closes may never see why.
func (c *call) drain() {
	n := c.Request.ContentLength
	if c.sent == nil || n >= 0 && n <= drained || c.GetHeader("Expect") != "" {
		return
	}
	control := http.NewResponseController(c.Writer)
	if control.SetReadDeadline(time.Now().Add(drainTime)) != nil || control.Flush() != nil {
		return // nobody is connected, as with recorders in tests
	}
	_, _ = io.CopyN(io.Discard, c.sent, drainBytes) // however it ends, the connection closes
}

// level is how loud the log is about an answer.
func level(status int) slog.Level {
	switch {
	case status >= 500:
		return slog.LevelError
	case status == http.StatusForbidden, status == http.StatusUnauthorized, status == http.StatusTooManyRequests,
		status == http.StatusRequestEntityTooLarge:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
