package storage

import (
	"bytes"
	"encoding/pem"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7/pkg/signer"

	"vanthu/record"
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

// only has its way with one of the two buckets.
func only(suffix string, do twist) twist {
	return func(good http.Handler) http.Handler {
		other := do(good)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if bucket, _, _ := strings.Cut(r.URL.Path[1:], "/"); strings.HasSuffix(bucket, suffix) {
				other.ServeHTTP(w, r)
			} else {
				good.ServeHTTP(w, r)
			}
		})
	}
}

// isRead says whether a request reads an object of the probe, isList whether it
// lists some.
func isRead(r *http.Request) bool {
	_, key, _ := strings.Cut(r.URL.Path[1:], "/")
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && key != "" && key != probeKey
}

func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Query().Has("prefix")
}

// cached answers a question for ever as it was answered first.
func cached(what func(*http.Request) bool) twist {
	return func(good http.Handler) http.Handler {
		var (
			mu      sync.Mutex
			answers = map[string]*httptest.ResponseRecorder{}
		)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !what(r) {
				good.ServeHTTP(w, r)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			question := r.Method + " " + r.URL.String()
			if answers[question] == nil {
				answers[question] = httptest.NewRecorder()
				good.ServeHTTP(answers[question], r)
			}
			replay(w, answers[question], answers[question].Body.Bytes())
		})
	}
}

func replay(w http.ResponseWriter, answer *httptest.ResponseRecorder, body []byte) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	w.Write(body)
}

// bypassing deletes what is locked.
func bypassing(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			r.Header.Set("X-Amz-Bypass-Governance-Retention", "true")
		}
		good.ServeHTTP(w, r)
	})
}

// newestRead reads the newest version whichever is asked for.
func newestRead(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); isRead(r) && !q.Has("retention") {
			q.Del("versionId")
			r.URL.RawQuery = q.Encode()
		}
		good.ServeHTTP(w, r)
	})
}

var version = regexp.MustCompile(`(?s)<Version>.*?</Version>`)

// newestListed lists nothing but the newest versions.
func newestListed(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isList(r) {
			good.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		good.ServeHTTP(answer, r)
		answer.Header().Del("Content-Length")
		replay(w, answer, version.ReplaceAllFunc(answer.Body.Bytes(), func(b []byte) []byte {
			if bytes.Contains(b, []byte("<IsLatest>false</IsLatest>")) {
				return nil
			}
			return b
		}))
	})
}

// Servers that keep the contract but for one thing are refused, and told which.
func TestMinIOProbeRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		do   twist
		why  string // "" for a server that is fit
	}{
		{"nothing", func(good http.Handler) http.Handler { return good }, ""},
		{"If-None-Match ignored", only("-archive", without("If-None-Match")), "lần tạo đồng thời cùng thành công"},
		{"If-None-Match ignored for the working store", only("-work", without("If-None-Match")), "ghi đè được nội dung đã thay đổi"},
		{"If-Match ignored", without("If-Match"), "ghi đè được nội dung đã thay đổi"},
		{"wrong checksum accepted", without("X-Amz-Checksum-Sha256"), "mã kiểm tra sai"},
		{"locked version deleted", bypassing, "xóa được nội dung đã khóa"},
		{"retention ignored", dropping("X-Amz-Object-Lock-"), "không giữ thời hạn khóa"},
		{"old answers from the archive", only("-archive", cached(isRead)), "đọc lại không thấy nội dung vừa ghi"},
		{"old answers from the working store", only("-work", cached(isRead)), "đọc lại khác với nội dung vừa ghi đè"},
		{"old lists of the archive", only("-archive", cached(isList)), "danh sách thiếu"},
		{"old lists of the working store", only("-work", cached(isList)), "danh sách không theo kịp"},
		{"newest version read", newestRead, "phiên bản đầu"},
		{"newest version listed", newestListed, "phiên bản đầu"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := configOf(t, &shared)
			b, err := OpenMinIO(t.Context(), twisted(t, config, c.do))
			if err == nil {
				b.Close()
			}
			if c.why == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if record.CodeOf(err) != "store-unfit" || record.KindOf(err) != record.Usage || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%v, want %q", err, c.why)
			}
			// It is not remembered as fit, and the good server is.
			if b := openMinIO(t, config); b.Ping(t.Context()) != nil {
				t.Error("the good server is refused afterwards")
			}
		})
	}
}

// dropping ignores all headers whose names begin so.
func dropping(prefix string) twist {
	return func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			maps.DeleteFunc(r.Header, func(name string, _ []string) bool { return strings.HasPrefix(name, prefix) })
			good.ServeHTTP(w, r)
		})
	}
}

// A server of the kind that developers start for lack of a real one.
func TestMinIORefusesGofakes3(t *testing.T) {
	const versioning = `<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`
	const lock = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>` +
		`<Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>`
	for _, c := range []struct {
		name  string
		boast bool // claims to have versions and object lock
		why   string
	}{
		{"as it is", false, "khóa nội dung (object lock)"},
		{"claiming to have it", true, "mã kiểm tra sai"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := gofakes3.New(s3mem.New(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch q := r.URL.Query(); {
				case c.boast && q.Has("object-lock"):
					io.WriteString(w, lock)
				case c.boast && q.Has("versioning"):
					io.WriteString(w, versioning)
				default:
					fake.ServeHTTP(w, r)
				}
			}))
			t.Cleanup(server.Close)
			_, err := OpenMinIO(t.Context(), Config{Endpoint: server.Listener.Addr().String(), Bucket: "office", AccessKey: "a", SecretKey: "secret"})
			if record.CodeOf(err) != "store-unfit" || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%v, want %q", err, c.why)
			}
		})
	}
}
