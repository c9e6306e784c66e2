package storage

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/minio/minio-go/v7/pkg/signer"
)

// twist makes a server out of a good one.
type twist func(good http.Handler) http.Handler

// twisted is a server that is MinIO but for what the twist does.
func twisted(t *testing.T, c Config, do twist) Config {
	t.Helper()
	target := &url.URL{Scheme: "http", Host: c.Endpoint}
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: maxConns}
	quiet := log.New(io.Discard, "", 0)
	good := &httputil.ReverseProxy{Transport: transport, ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Header.Del("Authorization")
		if r.Out.Header.Get("X-Amz-Content-Sha256") == "" { // the guard's question
			return
		}
		r.Out = signer.SignV4(*r.Out, c.AccessKey, c.SecretKey, "", c.region())
	}}
	// By TLS, where the client signs requests as a whole and not chunk by chunk.
	server := httptest.NewUnstartedServer(do(good))
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	c.Endpoint, c.TLS, c.CAFile = server.Listener.Addr().String(), true, filepath.Join(t.TempDir(), "ca.pem")
	err := os.WriteFile(c.CAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// without ignores a header of the requests.
func without(name string) twist {
	return func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del(name)
			good.ServeHTTP(w, r)
		})
	}
}

// encryptedOtherwise encrypts with the server's own keys instead of the named one.
func encryptedOtherwise(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Server-Side-Encryption") != "" {
			r.Header.Set("X-Amz-Server-Side-Encryption", "AES256")
			r.Header.Del("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id")
		}
		good.ServeHTTP(w, r)
	})
}
