// Package online asks the services around signatures over HTTP: timestamping
// authorities, OCSP responders, servers of CRLs and certificates.
//
// They may be slow, away or hostile. A question has a time limit and its answer
// a size limit; redirects stay few and within HTTP; and a host that was away
// is left alone for a while, so that people who sign do not wait for it again
// and again. The package judges no answer: who asks does.
package online

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"vanthu/record"
)

// Client asks. Its zero value works; it may be used by several goroutines.
type Client struct {
	// Timeout of one question, answer included; 10 s when zero. The context may
	// set a shorter one.
	Timeout time.Duration
	// Pause is how long a host that did not answer is not asked again; zero
	// always asks.
	Pause time.Duration

	once   sync.Once
	http   *http.Client
	mu     sync.Mutex
	failed map[string]time.Time // by host: when it last did not answer
}

const (
	maxRedirects = 3
	maxFailed    = 1000 // hosts remembered
	// fair is the time that a service must have had before it counts as away.
	fair = 50 * time.Millisecond
)

// Get fetches at most max bytes. Errors as Post.
func (c *Client) Get(ctx context.Context, address string, max int64) ([]byte, error) {
	return c.ask(ctx, http.MethodGet, address, "", nil, max)
}

// Post asks by a body of a content type for at most max bytes. Errors are
// *record.Error of kind Unavailable: service-address, service-away (with the
// cause), service-paused for an address whose host was away or out of order a
// moment ago, or service-answer for an HTTP status other than 200 and for an
// answer too large.
func (c *Client) Post(ctx context.Context, address, contentType string, body []byte, max int64) ([]byte, error) {
	return c.ask(ctx, http.MethodPost, address, contentType, body, max)
}

func (c *Client) ask(ctx context.Context, method, address, contentType string, body []byte, max int64) ([]byte, error) {
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	status, answer, err := c.Ask(ctx, method, address, header, body, max)
	if err == nil && status != http.StatusOK {
		err = record.E(record.Unavailable, "service-answer", fmt.Sprintf("Dịch vụ %s trả lời %d %s", address, status, http.StatusText(status)))
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// Ask is Post for a service whose answers with other statuses say something
// too. Errors as Post, service-answer only for one too large.
func (c *Client) Ask(ctx context.Context, method, address string, header http.Header, body []byte, max int64) (status int, answer []byte, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return 0, nil, record.E(record.Unavailable, "service-address", fmt.Sprintf("Địa chỉ dịch vụ %q không dùng được", address))
	}
	if c.paused(u.Host) {
		return 0, nil, record.E(record.Unavailable, "service-paused", fmt.Sprintf("Dịch vụ %s vừa không trả lời, chưa hỏi lại", u.Host))
	}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	began := time.Now()
	status, answer, err = c.exchange(limited, method, address, header, body, max)
	// Whoever went away, or had no time to wait from the beginning, says nothing
	// about the service.
	if hasty := ctx.Err() != nil && (errors.Is(ctx.Err(), context.Canceled) || time.Since(began) < fair); !hasty {
		c.note(u.Host, record.CodeOf(err) == "service-away" || status >= 500 || status == http.StatusTooManyRequests)
	}
	return status, answer, err
}

func (c *Client) exchange(ctx context.Context, method, address string, header http.Header, body []byte, max int64) (int, []byte, error) {
	away := func(err error) (int, []byte, error) {
		return 0, nil, record.Because(err, record.Unavailable, "service-away", fmt.Sprintf("Dịch vụ %s không trả lời", address))
	}
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return away(err)
	}
	r.Header = header
	answer, err := c.client().Do(r)
	if err != nil {
		return away(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, max+1))
	if err != nil {
		return away(err)
	}
	if int64(len(b)) > max {
		return answer.StatusCode, nil, record.E(record.Unavailable, "service-answer", fmt.Sprintf("Dịch vụ %s trả lời quá %d byte", address, max))
	}
	return answer.StatusCode, b, nil
}

func (c *Client) client() *http.Client {
	c.once.Do(func() {
		c.http = &http.Client{
			Transport: &http.Transport{
				Proxy:       http.ProxyFromEnvironment,
				DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, TLSHandshakeTimeout: 5 * time.Second,
				MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
			},
			CheckRedirect: func(r *http.Request, via []*http.Request) error {
				if len(via) > maxRedirects || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
					return errors.New("too many redirects, or away from HTTP")
				}
				return nil
			},
		}
	})
	return c.http
}

func (c *Client) paused(host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.failed[host]
	return ok && c.Pause > 0 && time.Since(at) < c.Pause
}

func (c *Client) note(host string, failed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !failed:
		delete(c.failed, host)
	case c.failed == nil || len(c.failed) >= maxFailed:
		c.failed = map[string]time.Time{host: time.Now()}
	default:
		c.failed[host] = time.Now()
	}
}
