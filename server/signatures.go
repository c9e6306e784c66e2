package server

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
)

// Waiting is a signature whose key is not at this service: its owner signs
// Attributes with it, or confirms at the remote service, and the value comes
// in by POST /api/v1/signatures/{signature}.
type Waiting struct {
	ID          string    `json:"id"`
	Document    string    `json:"document"`
	Expires     time.Time `json:"expires"`
	Remote      bool      `json:"remote" doc:"A remote signing service is asked: its owner confirms there, and the service fetches the value by itself"`
	Problem     string    `json:"problem,omitempty" doc:"Why the remote service will not sign: cancel it and sign again"`
	Algorithm   string    `json:"algorithm" doc:"RSA (PKCS #1 v1.5), RSA-PSS (salt as long as the hash) or ECDSA"`
	Hash        string    `json:"hash" doc:"SHA-256, SHA-384, SHA-512"`
	Digest      []byte    `json:"digest" doc:"Base64; of the attributes"`
	Attributes  []byte    `json:"attributes" doc:"Base64; the DER of the CMS signed attributes: what is signed"`
	Certificate []byte    `json:"certificate" doc:"Base64; DER of the certificate whose key has to sign"`
	PDF         string    `json:"pdf_sha256" doc:"Of the PDF that is being signed"`
}

func waitingOf(w *desk.WaitingSignature) *Waiting {
	p := w.Pending
	return &Waiting{ID: w.ID, Document: w.Document, Expires: w.Expires, Remote: p.Remote, Problem: w.Problem, Algorithm: p.Algorithm, Hash: p.Hash,
		Digest: p.Digest, Attributes: p.Attributes, Certificate: p.Certificate, PDF: string(p.Base)}
}

// Hex is the digest as people compare it.
func (w Waiting) Hex() string { return hex.EncodeToString(w.Digest) }

// Base64 is the attributes as a command line takes them.
func (w Waiting) Base64() string { return base64.StdEncoding.EncodeToString(w.Attributes) }

var signs = may(record.CmdSign)

func signatureRoutes() []*route {
	a := access{roles: signs.roles, scope: signs.scope}
	const path = api + "/signatures/{signature}"
	return []*route{
		{method: "GET", path: path, id: "showSignature", summary: "Chữ ký đang chờ giá trị", tag: "signatures", access: a, answer: Waiting{}, also: []int{http.StatusNotFound}, handle: showSignature},
		{method: "POST", path: path, id: "completeSignature", summary: "Nộp giá trị chữ ký do khóa của người ký tạo; để trống thì hỏi dịch vụ ký từ xa", tag: "signatures", access: a,
			body:   []member{{name: "value", kind: "string", doc: "Giá trị chữ ký, Base64: RSA nguyên dạng; ECDSA dạng DER hoặc r và s liền nhau", max: 4096, pattern: `^[A-Za-z0-9+/=\r\n]*$`}},
			answer: Document{}, also: []int{http.StatusNotFound, http.StatusConflict}, handle: completeSignature},
		{method: "DELETE", path: path, id: "cancelSignature", summary: "Hủy chữ ký đang chờ; văn bản vẫn đang trình ký", tag: "signatures", access: a, status: http.StatusNoContent,
			also: []int{http.StatusNotFound}, handle: cancelSignature},
	}
}

// aimSignature makes the call about the document of a waiting signature. One of
// a document out of the viewer's reach is as if it were not there.
func (s *Server) aimSignature(c *call) error {
	missing := refusal(http.StatusNotFound, "signature-unknown", "Không có chữ ký nào đang chờ với mã này: đã ký xong, đã hủy hoặc hết hạn")
	id, _, _ := strings.Cut(c.Param("signature"), ".")
	if !documentID.MatchString(id) {
		return missing
	}
	journal, err := s.cfg.States.Locate(c.ctx, id)
	if record.KindOf(err) == record.NotFound && err != nil {
		return missing
	}
	if err != nil {
		return err
	}
	if _, ok := c.viewer.grants[journal]; !ok {
		return missing
	}
	c.ref, c.actor = desk.Ref{Journal: journal, ID: id}, c.viewer.actor(journal)
	return nil
}

func showSignature(s *Server, c *call) error {
	if err := s.aimSignature(c); err != nil {
		return err
	}
	w, _, err := s.cfg.Desk.Signature(c.ctx, c.actor, c.Param("signature"))
	if err != nil {
		return err
	}
	return c.json(waitingOf(w))
}

func completeSignature(s *Server, c *call) error {
	if err := s.aimSignature(c); err != nil {
		return err
	}
	doc, err := s.complete(c, c.body)
	if err != nil {
		return err
	}
	return s.answer(c, doc)
}

// complete hands a value in, or has the remote service asked for it.
func (s *Server) complete(c *call, given values) (record.Document, error) {
	value, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(given.text("value")), ""))
	if err != nil {
		return record.Document{}, record.Faulty("body-invalid", "Nội dung gửi lên chưa đúng", []record.Fault{{
			Pointer: "/value", Code: "base64", Message: "Giá trị chữ ký phải ghi bằng Base64"}})
	}
	doc, err := s.cfg.Desk.CompleteSignature(c.ctx, c.actor, c.Param("signature"), value)
	s.metrics.command(record.CmdSign, err)
	return doc, err
}

func cancelSignature(s *Server, c *call) error {
	if err := s.aimSignature(c); err != nil {
		return err
	}
	if _, err := s.cfg.Desk.CancelSignature(c.ctx, c.actor, c.Param("signature")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// answerSigned is the answer to sign: accepted only while the signature waits
// for its value.
func (s *Server) answerSigned(c *call, doc record.Document) error {
	out, err := s.view(c.ctx, c.viewer, doc)
	if err != nil {
		return err
	}
	c.Header("ETag", etag(doc))
	if out.Waiting == nil {
		return c.json(out)
	}
	c.Header("Location", api+"/signatures/"+out.Waiting.ID)
	c.JSON(http.StatusAccepted, out)
	return nil
}

// endSignature carries out what a person does with their waiting signature on
// the document's page.
func endSignature(do func(*Server, *call, values) error, done string) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		given, err := c.posted([]member{{name: "value", kind: "string", max: 4096}})
		if err == nil && !strings.HasPrefix(c.Param("signature"), c.ref.ID+".") {
			err = refusal(http.StatusNotFound, "signature-unknown", "Không có chữ ký này")
		}
		if err == nil {
			err = do(s, c, given)
		}
		if err == nil {
			return c.redirect(documentAddress(c.ref.ID) + "?" + noticeName + "=" + done)
		}
		if record.CodeOf(err) == "signature-unknown" { // most likely done in another window
			err = record.E(record.Conflict, "signature-unknown", "Không còn chữ ký nào đang chờ: đã ký xong, đã hủy hoặc hết hạn")
		}
		p, ok := s.retell(c, err, http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity,
			http.StatusTooManyRequests, http.StatusServiceUnavailable)
		if !ok {
			return err
		}
		var look error
		if c.doc, look = s.cfg.Desk.Document(c.ctx, c.ref); look != nil {
			return errors.Join(err, look)
		}
		return s.documentPage(c, p.Status, &mishap{given: given, problem: p})
	}
}

func completeFromPage(s *Server, c *call, given values) error {
	_, err := s.complete(c, given)
	return err
}

func cancelFromPage(s *Server, c *call, _ values) error {
	_, err := s.cfg.Desk.CancelSignature(c.ctx, c.actor, c.Param("signature"))
	return err
}
