package pkitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// CSC is a remote signing service by the CSC API v2 with one credential. It
// takes nothing but what the API says, and its owner agrees when Confirm is
// called.
type CSC struct {
	URL          string
	Credential   string
	ClientID     string
	ClientSecret string
	// Answer, when set, replaces the answer to a method ("signatures/signHash").
	Answer func(method string) (status int, body string, replaced bool)

	t     testing.TB
	chain []*x509.Certificate
	key   crypto.Signer

	mu        sync.Mutex
	agreed    bool
	refused   bool
	delay     bool // signHash answers by polling
	asks      int
	calls     []string
	tokens    map[string]bool
	handles   map[string][]byte // digest by handle
	sads      map[string][]byte // digest by SAD
	responses map[string][]byte // value by responseID
	polled    map[string]int
}

// NewCSC runs the service for a key until the test ends.
func NewCSC(t testing.TB, chain []*x509.Certificate, key crypto.Signer) *CSC {
	s := &CSC{t: t, chain: chain, key: key, Credential: "cred-1", ClientID: "van-thu", ClientSecret: "bí mật + &=",
		tokens: map[string]bool{}, handles: map[string][]byte{}, sads: map[string][]byte{}, responses: map[string][]byte{}, polled: map[string]int{}}
	h := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(h.Close)
	s.URL = h.URL + "/csc/v2"
	return s
}

// Confirm is the owner's yes on the telephone, Refuse their no; Poll makes
// signHash answer by a responseID whose value is ready at the second question.
func (s *CSC) Confirm() { s.set(func() { s.agreed = true }) }
func (s *CSC) Refuse()  { s.set(func() { s.refused = true }) }
func (s *CSC) Poll()    { s.set(func() { s.delay = true }) }

// Asked is how often the owner's telephone rang.
func (s *CSC) Asked() (n int) { s.set(func() { n = s.asks }); return n }

// Calls are the methods asked for, in order.
func (s *CSC) Calls() (out []string) { s.set(func() { out = append(out, s.calls...) }); return out }

func (s *CSC) set(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *CSC) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/csc/v2/")
	s.calls = append(s.calls, method)
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if s.Answer != nil {
		if status, text, replaced := s.Answer(method); replaced {
			w.WriteHeader(status)
			io.WriteString(w, text)
			return
		}
	}
	fail := func(status int, code, why string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": why})
	}
	if r.Method != http.MethodPost {
		fail(405, "invalid_request", "POST")
		return
	}
	if method == "oauth2/token" {
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials" || r.PostForm.Get("client_id") != s.ClientID || r.PostForm.Get("client_secret") != s.ClientSecret {
			fail(401, "invalid_client", "client")
			return
		}
		token := rand.Text()
		s.tokens[token] = true
		json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
		return
	}
	if !s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] || r.Header.Get("Content-Type") != "application/json" {
		fail(401, "invalid_token", "token")
		return
	}
	var in struct {
		CredentialID string   `json:"credentialID"`
		Certificates string   `json:"certificates"`
		Num          int      `json:"numSignatures"`
		Hashes       [][]byte `json:"hashes"`
		HashOID      string   `json:"hashAlgorithmOID"`
		SignAlgo     string   `json:"signAlgo"`
		Params       []byte   `json:"signAlgoParams"`
		SAD          string   `json:"SAD"`
		Handle       string   `json:"handle"`
		ResponseID   string   `json:"responseID"`
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		fail(400, "invalid_request", err.Error())
		return
	}
	answer := func(v any) { w.Header().Set("Content-Type", "application/json"); json.NewEncoder(w).Encode(v) }
	hash := map[string]crypto.Hash{"2.16.840.1.101.3.4.2.1": crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512}[in.HashOID]
	own := in.CredentialID == s.Credential
	switch method {
	case "credentials/info":
		if !own || in.Certificates != "chain" {
			fail(400, "invalid_request", "credential")
			return
		}
		var all []string
		for _, c := range s.chain {
			all = append(all, base64.StdEncoding.EncodeToString(c.Raw))
		}
		answer(map[string]any{"key": map[string]any{"status": "enabled"}, "cert": map[string]any{"status": "valid", "certificates": all}, "multisign": 1})
	case "credentials/authorize":
		if !own || in.Num != 1 || len(in.Hashes) != 1 || hash == 0 || len(in.Hashes[0]) != hash.Size() {
			fail(400, "invalid_request", "authorize")
			return
		}
		s.asks++
		handle := rand.Text()
		s.handles[handle] = in.Hashes[0]
		answer(map[string]any{"handle": handle, "expiresIn": 300})
	case "credentials/authorizeCheck":
		digest, ok := s.handles[in.Handle]
		switch {
		case !ok:
			fail(400, "invalid_request", "handle")
		case s.refused:
			fail(400, "access_denied", "Chủ chứng thư từ chối")
		case !s.agreed:
			fail(400, "authorization_pending", "chờ xác nhận")
		default:
			sad := rand.Text()
			s.sads[sad] = digest
			answer(map[string]any{"SAD": sad, "expiresIn": 300})
		}
	case "signatures/signHash":
		digest, ok := s.sads[in.SAD]
		if !ok || !own || len(in.Hashes) != 1 || string(in.Hashes[0]) != string(digest) || hash == 0 {
			fail(400, "invalid_request", "SAD")
			return
		}
		delete(s.sads, in.SAD) // for one use
		value, err := s.sign(in.SignAlgo, in.Params, hash, digest)
		if err != nil {
			fail(400, "invalid_request", err.Error())
			return
		}
		if s.delay {
			id := rand.Text()
			s.responses[id] = value
			answer(map[string]any{"responseID": id})
			return
		}
		answer(map[string]any{"signatures": [][]byte{value}})
	case "signatures/signPolling":
		value, ok := s.responses[in.ResponseID]
		s.polled[in.ResponseID]++
		switch {
		case !ok:
			fail(400, "invalid_request", "responseID")
		case s.polled[in.ResponseID] < 2:
			w.WriteHeader(http.StatusAccepted)
		default:
			answer(map[string]any{"signatures": [][]byte{value}})
		}
	default:
		fail(404, "invalid_request", method)
	}
}

func (s *CSC) sign(algorithm string, params []byte, hash crypto.Hash, digest []byte) ([]byte, error) {
	i := map[crypto.Hash]int{crypto.SHA256: 1, crypto.SHA384: 2, crypto.SHA512: 3}[hash]
	switch s.key.Public().(type) {
	case *ecdsa.PublicKey:
		if algorithm != fmt.Sprintf("1.2.840.10045.4.3.%d", i+1) || params != nil {
			return nil, fmt.Errorf("algorithm %s", algorithm)
		}
	case *rsa.PublicKey:
		if algorithm == "1.2.840.113549.1.1.10" && len(params) > 0 {
			return s.key.Sign(rand.Reader, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash})
		}
		if algorithm != fmt.Sprintf("1.2.840.113549.1.1.%d", 10+i) || params != nil {
			return nil, fmt.Errorf("algorithm %s", algorithm)
		}
	}
	return s.key.Sign(rand.Reader, digest, hash)
}
