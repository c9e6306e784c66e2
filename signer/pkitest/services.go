package pkitest

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"golang.org/x/crypto/ocsp"
)

// Service is one HTTP server.
type Service struct {
	URL string

	mu       sync.Mutex
	mode     string
	requests int
	stop     chan struct{}
}

// On makes the service answer as it should.
func (s *Service) On() { s.Set("") }

// Off makes it drop every connection.
func (s *Service) Off() { s.Set("off") }

// Hang makes it take every request and never answer.
func (s *Service) Hang() { s.Set("hang") }

// Set makes it behave in one of the ways of its kind: "garbage", "huge" and
// "error" of all.
func (s *Service) Set(mode string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mode = mode
}

// Requests is how many came.
func (s *Service) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

func newService(t testing.TB, name string, answer func(r *http.Request, mode string) ([]byte, error)) *Service {
	s := &Service{stop: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests++
		mode := s.mode
		s.mu.Unlock()
		switch mode {
		case "off":
			panic(http.ErrAbortHandler)
		case "hang":
			select {
			case <-r.Context().Done():
			case <-s.stop:
			}
			panic(http.ErrAbortHandler)
		case "error":
			http.Error(w, "internal", http.StatusInternalServerError)
			return
		case "garbage":
			io.WriteString(w, "<html>not what you asked for</html>")
			return
		case "huge":
			for range 1 << 10 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
			return
		}
		b, err := answer(r, mode)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", map[string]string{"ocsp": "application/ocsp-response", "tsa": "application/timestamp-reply",
			"crl": "application/pkix-crl", "aia": "application/pkix-cert"}[name])
		w.Write(b)
	}))
	s.URL = server.URL
	t.Cleanup(func() { close(s.stop); server.Close() })
	return s
}

// issuer is the CA that a path names.
func (p *PKI) issuer(r *http.Request) (*x509.Certificate, crypto.Signer) {
	if strings.HasPrefix(path.Base(r.URL.Path), "root") {
		return p.Root, p.rootKey
	}
	return p.Issuing, p.issuingKey
}

func (p *PKI) serveAIA(r *http.Request, _ string) ([]byte, error) {
	c, _ := p.issuer(r)
	return c.Raw, nil
}

func (p *PKI) serveOCSP(r *http.Request, mode string) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	asked, err := ocsp.ParseRequest(body)
	if err != nil {
		return nil, err
	}
	issuer, _ := p.issuer(r)
	now := p.now().Truncate(time.Second)
	answer := ocsp.Response{Status: ocsp.Good, SerialNumber: asked.SerialNumber, ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(24 * time.Hour),
		ProducedAt: now, IssuerHash: asked.HashAlgorithm}
	p.mu.Lock()
	at, revoked := p.revoked[asked.SerialNumber.String()]
	p.mu.Unlock()
	if revoked {
		answer.Status, answer.RevokedAt, answer.RevocationReason = ocsp.Revoked, at, ocsp.KeyCompromise
	}
	switch mode {
	case "unknown":
		answer.Status = ocsp.Unknown
	case "stale":
		answer.ThisUpdate, answer.NextUpdate = now.Add(-48*time.Hour), now.Add(-24*time.Hour)
	case "foreign":
		answer.Certificate = p.foreign
		return ocsp.CreateResponse(issuer, p.foreign, answer, p.foreignKey)
	}
	if issuer == p.Root { // answers itself
		return ocsp.CreateResponse(issuer, issuer, answer, p.rootKey)
	}
	answer.Certificate = p.responder
	return ocsp.CreateResponse(issuer, p.responder, answer, p.responderKey)
}

func (p *PKI) serveCRL(r *http.Request, mode string) ([]byte, error) {
	issuer, key := p.issuer(r)
	now := p.now().Truncate(time.Second)
	list := &x509.RevocationList{Number: big.NewInt(now.Unix()), ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(24 * time.Hour)}
	p.mu.Lock()
	for number, at := range p.revoked {
		n, _ := new(big.Int).SetString(number, 10)
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: n, RevocationTime: at, ReasonCode: 1})
	}
	p.mu.Unlock()
	switch mode {
	case "stale":
		list.ThisUpdate, list.NextUpdate = now.Add(-48*time.Hour), now.Add(-24*time.Hour)
	case "foreign":
		issuer, key = p.foreign, p.foreignKey
	}
	return x509.CreateRevocationList(rand.Reader, list, issuer, key)
}

// Policy is what the authority stamps under.
var Policy = asn1.ObjectIdentifier{1, 2, 3, 4, 1}

func (p *PKI) serveTSA(r *http.Request, mode string) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	asked, err := timestamp.ParseRequest(body)
	if err != nil {
		return nil, err
	}
	if mode == "refuse" {
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.TimeNotAvailable)
	}
	p.mu.Lock()
	chain, key := p.tsa, p.tsaKey
	p.mu.Unlock()
	answer := timestamp.Timestamp{HashAlgorithm: asked.HashAlgorithm, HashedMessage: asked.HashedMessage, Time: p.now(), Policy: Policy,
		Accuracy: 500 * time.Millisecond, Nonce: asked.Nonce, Certificates: chain[1:], AddTSACertificate: true}
	switch mode {
	case "nonce":
		answer.Nonce = big.NewInt(4)
	case "imprint":
		answer.HashedMessage = make([]byte, len(asked.HashedMessage))
	case "policy":
		answer.Policy = asn1.ObjectIdentifier{1, 2, 3, 9}
	case "purpose": // the certificate of another trade
		return answer.CreateResponseWithOpts(p.responder, p.responderKey, crypto.SHA256)
	}
	return answer.CreateResponseWithOpts(chain[0], key, crypto.SHA256)
}
