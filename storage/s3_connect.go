package storage

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"vanthu/record"
)

// openLimit is how long OpenMinIO waits for the first sign of the store.
const openLimit = 2500 * time.Millisecond

// maxConns is how many requests are under way at once; more would only make the
// server slower, up to where it looks dead. What waits for its turn holds none.
const maxConns = 32

// connect makes the client and the guard that all its use has to pass; whoever
// gets a guard has to close it.
func (c Config) connect(ctx context.Context) (minio.Core, *guard, error) {
	transport, err := c.transport()
	if err != nil {
		return minio.Core{}, nil, err
	}
	listener := &listener{dial: transport.DialContext}
	transport.DialContext = listener.dialContext
	asking := transport.Clone() // connections of its own, which no request keeps busy
	q := question{c, &http.Client{Transport: asking, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
	if err := q.first(ctx); err != nil {
		return minio.Core{}, nil, err
	}
	g := newGuard(q.ask, func() { transport.CloseIdleConnections(); asking.CloseIdleConnections() },
		cmp.Or(c.Log, slog.New(slog.DiscardHandler)))
	listener.heard.Store(&g.heard)
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds:      credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:     c.TLS,
		Transport:  nudging{transport, g},
		Region:     c.region(), // given, it saves a question per bucket
		MaxRetries: s3Retries,
	})
	if err != nil {
		g.close()
		return minio.Core{}, nil, record.Because(err, record.Usage, "s3-url", "Địa chỉ kho lưu trữ không hợp lệ: "+c.String())
	}
	return minio.Core{Client: client}, g, nil
}

func (c Config) transport() (*http.Transport, error) {
	t := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 2 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 20 * time.Second,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   maxConns,
		MaxConnsPerHost:       maxConns,
		DisableCompression:    true,
		Proxy:                 http.ProxyFromEnvironment,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
	}
	if c.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	if err != nil || !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
		return nil, record.Because(err, record.Usage, "s3-ca", "Không đọc được chứng thư gốc "+c.CAFile)
	}
	return t, nil
}

// listener tells the guard of everything that the store sends.
type listener struct {
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	heard atomic.Pointer[atomic.Uint64]
}

func (l *listener) dialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := l.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return heardConn{c, l}, nil
}

type heardConn struct {
	net.Conn
	*listener
}

func (c heardConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if heard := c.heard.Load(); n > 0 && heard != nil {
		heard.Add(1)
	}
	return n, err
}

// nudging makes the guard look at once when a connection breaks.
type nudging struct {
	http.RoundTripper
	guard *guard
}

func (n nudging) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := n.RoundTripper.RoundTrip(r)
	if err != nil && r.Context().Err() == nil {
		n.guard.nudge()
	}
	return answer, err
}

// question is the cheapest one: MinIO answers it without touching a drive,
// other servers refuse it, and either is a sign of life.
type question struct {
	config Config
	client *http.Client
}

var errWantsTLS = errors.New("storage: the server speaks only TLS")

func (q question) ask(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, q.config.root()+"/minio/health/live", nil)
	if err != nil {
		return err
	}
	answer, err := q.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	const most = 4 << 10
	body, _ := io.ReadAll(io.LimitReader(answer.Body, most)) // read, so that the connection can be used again
	if !q.config.TLS && answer.StatusCode == http.StatusBadRequest && strings.Contains(string(body), "HTTPS") {
		return errWantsTLS
	}
	return nil
}

// first asks before there is anything to guard, and says what an administrator
// has to put right.
func (q question) first(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	err := q.ask(limited)
	var (
		untrusted *tls.CertificateVerificationError
		plain     tls.RecordHeaderError
		at        = q.config.String()
	)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &untrusted):
		return record.Because(err, record.Usage, "s3-certificate",
			"Không tin được chứng thư TLS của kho lưu trữ "+at+" ("+distrust(untrusted.Err)+")")
	case errors.As(err, &plain), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return record.Because(err, record.Usage, "s3-tls", "Kho lưu trữ "+at+" không dùng TLS; hãy ghi http:// thay cho https://")
	case errors.Is(err, errWantsTLS):
		return record.Because(err, record.Usage, "s3-tls", "Kho lưu trữ "+at+" chỉ dùng TLS; hãy ghi https:// thay cho http://")
	case limited.Err() != nil:
		return record.Because(err, record.Unavailable, codeUnreachable, "Kho lưu trữ "+at+" không trả lời")
	}
	return record.Because(err, record.Unavailable, codeUnreachable, "Không kết nối được kho lưu trữ "+at)
}

// distrust says in Vietnamese what is wrong with a certificate.
func distrust(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &unknown):
		return "không do tổ chức tin cậy cấp; hãy nêu chứng thư gốc trong VANTHU_S3_CA_FILE"
	case errors.As(err, &host):
		return "cấp cho tên máy khác"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "đã hết hạn hoặc chưa có hiệu lực"
	}
	return "không hợp lệ"
}
