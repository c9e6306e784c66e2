package csc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/csc"
	"vanthu/signer/online"
	"vanthu/signer/pkitest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func service(t testing.TB, key crypto.Signer) (*pkitest.CSC, *csc.Client) {
	t.Helper()
	s := pkitest.NewCSC(t, pkitest.New(t).Chain(t, pkix.Name{CommonName: "Nguyễn Văn Nghĩa"}, key.Public()), key)
	return s, &csc.Client{URL: s.URL, Credential: s.Credential, ClientID: s.ClientID, Secret: s.ClientSecret, Public: key.Public(), Online: &online.Client{}}
}

var digest = sha256.Sum256([]byte("thuộc tính được ký"))

func TestSignatureComesWhenItsOwnerHasAgreed(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	for name, c := range map[string]struct {
		key    crypto.Signer
		scheme cms.Scheme
		poll   bool
	}{"RSA": {rsaKey, cms.Scheme{Hash: crypto.SHA256}, false}, "PSS, polled": {rsaKey, cms.Scheme{Hash: crypto.SHA256, PSS: true}, true}, "ECDSA": {ecKey, cms.Scheme{Hash: crypto.SHA256}, true}} {
		t.Run(name, func(t *testing.T) {
			s, client := service(t, c.key)
			if c.poll {
				s.Poll()
			}
			ticket, err := client.Begin(t.Context(), digest[:], c.scheme)
			must(t, err)
			for range 3 {
				var value []byte
				if value, ticket, err = client.Fetch(t.Context(), ticket); record.CodeOf(err) != "signature-waiting" || record.KindOf(err) != record.Busy || value != nil {
					t.Fatalf("before the owner agreed: %v", err)
				}
			}
			s.Confirm()
			var value []byte
			for n := 0; value == nil; n++ {
				// A restart in between: another client with the same ticket.
				again := *client
				if value, ticket, err = again.Fetch(t.Context(), ticket); err != nil && record.CodeOf(err) != "signature-waiting" || n > 5 {
					t.Fatal(err)
				}
			}
			if s.Asked() != 1 {
				t.Errorf("the telephone rang %d times", s.Asked())
			}
			if c.poll != slices.Contains(s.Calls(), "signatures/signPolling") {
				t.Errorf("calls %v", s.Calls())
			}
			chain, err := client.Certificates(t.Context())
			if err != nil || len(chain) != 3 || chain[0].Subject.CommonName != "Nguyễn Văn Nghĩa" {
				t.Errorf("%v, %v", chain, err)
			}
		})
	}
}

func TestServiceThatWillNotOrCannotSign(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	scheme := cms.Scheme{Hash: crypto.SHA256}
	t.Run("refused", func(t *testing.T) {
		s, client := service(t, key)
		ticket, err := client.Begin(t.Context(), digest[:], scheme)
		must(t, err)
		s.Refuse()
		if _, _, err := client.Fetch(t.Context(), ticket); record.CodeOf(err) != "signature-refused" || record.KindOf(err) != record.Conflict {
			t.Errorf("%v", err)
		}
	})
	t.Run("another secret", func(t *testing.T) {
		_, client := service(t, key)
		client.Secret = "đoán"
		_, err := client.Begin(t.Context(), digest[:], scheme)
		if record.CodeOf(err) != "csc-access" || strings.Contains(err.Error(), "đoán") {
			t.Errorf("%v", err)
		}
	})
	t.Run("ticket of nobody", func(t *testing.T) {
		_, client := service(t, key)
		for _, ticket := range [][]byte{nil, []byte("{"), []byte(`{"handle":"x"}`)} {
			if _, _, err := client.Fetch(t.Context(), ticket); record.CodeOf(err) != "signature-refused" {
				t.Errorf("%s: %v", ticket, err)
			}
		}
	})
	t.Run("not by HTTPS", func(t *testing.T) {
		_, client := service(t, key)
		client.URL = "http://ky.example/csc/v2"
		if _, err := client.Begin(t.Context(), digest[:], scheme); record.CodeOf(err) != "service-address" {
			t.Errorf("%v", err)
		}
	})
	for name, body := range map[string]string{"garbage": "<html>", "empty": "{}", "two": `{"signatures":["AAAA","AAAA"]}`, "huge": strings.Repeat("x", 1<<20), "wrong value": `{"signatures":["AAAA"]}`} {
		t.Run(name, func(t *testing.T) {
			s, client := service(t, key)
			ticket, err := client.Begin(t.Context(), digest[:], scheme)
			must(t, err)
			s.Confirm()
			s.Answer = func(method string) (int, string, bool) { return 200, body, method == "signatures/signHash" }
			value, _, err := client.Fetch(t.Context(), ticket)
			if value != nil || record.KindOf(err) != record.Unavailable {
				t.Errorf("%x, %v", value, err)
			}
		})
	}
	t.Run("hangs", func(t *testing.T) {
		stop := make(chan struct{})
		h := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-stop:
			}
		}))
		defer h.Close()
		defer close(stop)
		client := &csc.Client{URL: h.URL, Secret: "t", Public: key.Public(), Online: &online.Client{Timeout: 200 * time.Millisecond}}
		if _, err := client.Begin(t.Context(), digest[:], scheme); record.CodeOf(err) != "service-away" {
			t.Errorf("%v", err)
		}
	})
}

// Whatever a service answers, nothing but a value that verifies comes out.
func FuzzAnswers(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	var body []byte
	var status int
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); w.Write(body) }))
	defer h.Close()
	client := &csc.Client{URL: h.URL, Secret: "t", Credential: "c", Public: key.Public(), Online: &online.Client{Timeout: 2 * time.Second}}
	for _, s := range []string{`{"SAD":"a","expiresIn":1}`, `{"handle":"h"}`, `{"signatures":["AAAA"]}`, `{"responseID":"r"}`, `{"error":"authorization_pending"}`,
		`{"error":"access_denied","error_description":"không"}`, `{"access_token":"x"}`, `{"cert":{"certificates":["AAAA"]}}`, `[`, `null`, `{"signatures":[null]}`} {
		for _, code := range []int{200, 202, 400, 401, 500} {
			f.Add(code, []byte(s), []byte(`{"digest":"AAAA","hash":"2.16.840.1.101.3.4.2.1","algorithm":"x","handle":"h","sad":"s"}`))
		}
	}
	f.Fuzz(func(t *testing.T, code int, answer, ticket []byte) {
		if code < 200 || code > 599 || len(answer) > 300<<10 {
			return
		}
		status, body = code, answer
		if raw, err := client.Begin(t.Context(), digest[:], cms.Scheme{Hash: crypto.SHA256}); err == nil && !json.Valid(raw) {
			t.Errorf("ticket %q", raw)
		}
		value, next, err := client.Fetch(t.Context(), ticket)
		if err == nil && len(value) != 64 && !ecdsa.VerifyASN1(&key.PublicKey, digest[:], value) {
			t.Errorf("value %x", value)
		}
		if err != nil && (value != nil || next != nil && !json.Valid(next)) {
			t.Errorf("%x and %q with %v", value, next, err)
		}
		_, _ = client.Certificates(t.Context())
	})
}
