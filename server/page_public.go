package server

import (
	"encoding/json"
	"net/http"
	"regexp"

	"vanthu/record"
	"vanthu/record/desk"
)

// What people without an account see: the document that a link leads to, and
// what is known of a document whose short link or QR code they followed.
const (
	LinkPath  = "/g/"
	shortPath = desk.ShortPath
)

var linkSecret = regexp.MustCompile(`^[a-z2-7]{32}$`)

func publicRoutes() []*route {
	page := func(method, path string, handle func(*Server, *call) error) *route {
		return &route{method: method, path: path, access: anyone, page: true, maxBody: 4 << 10, handle: handle}
	}
	read := func(how, path string, handle func(*Server, *call) error) *route {
		rt := page("GET", LinkPath+"{secret}"+path, handle)
		rt.reads = how
		return rt
	}
	return []*route{
		read("page", "", showLink),
		read("pdf", "/van-ban.pdf", serveLinked(record.PDFFile)),
		read("attachment", "/kem-theo/{file}", serveLinked("")),
		page("POST", LinkPath+"{secret}/da-nhan", acknowledgeLink),
		page("GET", shortPath+"{code}", showShort),
	}
}

// publicDocument is what everybody may know of a document that went out.
type publicDocument struct {
	Issuer, Type, Symbol, Subject, Signatory string
	Date                                     record.Date
	State                                    record.Status
	Reason                                   string
	By                                       []publicLink // what replaces or corrects it
	Code                                     string
}

type publicLink struct {
	Symbol, URL string
	Replaces    bool // or else corrects
}

func (s *Server) publicOf(c *call, doc record.Document, v record.Version) (publicDocument, error) {
	out := publicDocument{Issuer: v.Issuer.Name, Type: v.Type.Name, Symbol: v.Symbol, Date: v.Date, Subject: v.Subject, Signatory: v.Signatory.Name,
		State: doc.State, Code: doc.ID}
	if doc.State == record.Recalled {
		out.Reason = doc.Reason
	}
	for _, id := range doc.Linked {
		other, err := s.cfg.Desk.Document(c.ctx, desk.Ref{Journal: doc.Journal, ID: id})
		if err != nil {
			return out, err
		}
		by := publicLink{Symbol: other.Symbol, Replaces: id == doc.ReplacedBy()}
		if other.Issued() { // what was made on paper has no page for everybody
			by.URL = shortPath + id
		}
		out.By = append(out.By, by)
	}
	return out, nil
}

type linkPage struct {
	publicDocument
	desk.Followed
	Secret      string
	Attachments []record.Attachment
}

func (s *Server) secretOf(c *call) (string, error) {
	secret := c.Param("secret")
	if !linkSecret.MatchString(secret) {
		return "", record.E(record.NotFound, "link-unknown", "Không có đường dẫn này")
	}
	return secret, nil
}

func showLink(s *Server, c *call) error {
	secret, err := s.secretOf(c)
	if err != nil {
		return err
	}
	f, err := s.cfg.Desk.Follow(c.ctx, secret)
	if err != nil {
		return err
	}
	c.doc, c.recipient = f.Document, f.Delivery.Recipient
	doc, err := s.publicOf(c, f.Document, f.Version)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if f.Outcome != record.Opened {
		status = http.StatusGone
	}
	return s.show(c, status, "link", screen{Title: doc.Type + " " + doc.Symbol, Width: "reading", Script: "viewer",
		Body: linkPage{publicDocument: doc, Followed: f, Secret: secret, Attachments: f.Version.Attachments}})
}

// serveLinked delivers the PDF, or with "" the separate file that the path
// names, as long as the link leads to it.
func serveLinked(name string) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		secret, err := s.secretOf(c)
		if err != nil {
			return err
		}
		file := name
		if file == "" {
			file = c.Param("file")
		}
		f, b, err := s.cfg.Desk.Handed(c.ctx, secret, file)
		if err != nil {
			return err
		}
		c.doc, c.recipient = f.Document, f.Delivery.Recipient
		called := file
		if file == record.PDFFile {
			called = fileName(f.Version, "pdf")
		}
		return c.file(b, record.DigestOf(b), mediaPDF, called)
	}
}

func acknowledgeLink(s *Server, c *call) error {
	secret, err := s.secretOf(c)
	if err != nil {
		return err
	}
	if _, err := s.cfg.Desk.Acknowledge(c.ctx, secret); err != nil {
		return err
	}
	return c.redirect(LinkPath + secret)
}

// showShort tells what is known of the document with a short link.
func showShort(s *Server, c *call) error {
	missing := record.E(record.NotFound, "short-link-unknown", "Không có văn bản đã phát hành nào mang mã này")
	code := c.Param("code")
	if !documentID.MatchString(code) {
		return missing
	}
	journal, err := s.cfg.States.Locate(c.ctx, code)
	if record.KindOf(err) == record.NotFound {
		return missing
	}
	if err != nil {
		return err
	}
	doc, err := s.cfg.Desk.Document(c.ctx, desk.Ref{Journal: journal, ID: code})
	if err != nil {
		return err
	}
	if !doc.Issued() {
		return missing
	}
	v, err := s.cfg.Desk.Archive.Version(c.ctx, doc.Manifest)
	if err != nil {
		return err
	}
	page, err := s.publicOf(c, doc, v)
	if err != nil {
		return err
	}
	if limited, err := s.limited(c, doc); err != nil {
		return err
	} else if limited {
		page.Subject = ""
	}
	return s.show(c, http.StatusOK, "short", screen{Title: page.Type + " " + page.Symbol, Here: shortPath + code, Width: "reading", Body: page})
}

// limited says whether the document is not for everybody (NĐ 30/2020, PL I,
// III.2.c).
func (s *Server) limited(c *call, doc record.Document) (bool, error) {
	raw, err := s.cfg.Desk.File(c.ctx, doc, record.InputFile)
	var e struct {
		Scope record.Scope `json:"scope"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &e)
	}
	return e.Scope != "", err
}
