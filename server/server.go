package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
	"vanthu/server/addresses"
	"vanthu/server/reads"
	"vanthu/signer/verify"
	"vanthu/storage"
	"vanthu/storage/evidence"
	"vanthu/templates"
)

// Config is what the service is made of. All members but those said otherwise
// are required.
type Config struct {
	Desk     *desk.Desk
	States   *storage.States
	Index    *storage.Index
	Accounts *accounts.Directory
	// Addresses are who the organisations' documents go to.
	Addresses *addresses.Books
	Forms     *templates.Catalogue
	// Verify judges a PDF; its second opinion and roots are the caller's choice.
	Verify func(ctx context.Context, pdf []byte) (verify.Report, error)
	// Store and Converter say by a real round trip and a real conversion whether
	// they work.
	Store, Converter func(ctx context.Context) error

	// Logs, Packages and Audits keep the archive provable and say how it is.
	Logs     *storage.Log
	Packages evidence.Sources
	Audits   *storage.Audits

	// Reads takes down who read which document; nil takes down nothing.
	Reads *reads.Log

	Version string
	URL     *url.URL // as browsers see the service; nil when it is where it listens
	TLS     bool     // it speaks TLS itself
	Proxies []string // whose X-Forwarded-For is believed; none by default
	// Hosts are the only names, without ports, by which the service may be asked;
	// nil takes any. Where anyone's browser may reach a service without TLS, a
	// foreign site must not be able to give it a name of its own (DNS rebinding).
	Hosts  []string
	Limits Limits
	// Tries tells how sending a letter goes; nil where no mail is sent.
	Tries  func(context.Context, record.Document, record.Delivery) (Tries, error)
	Proves bool // evidence can be had: a timestamping authority is configured
	Demo   bool // shows the example accounts on the log-in page
	Log    *slog.Logger
	Now    func() time.Time
}

// Server is the service as an http.Handler.
type Server struct {
	cfg       Config
	engine    *gin.Engine
	routes    []*route
	origin    *http.CrossOriginProtection
	addresses *limiter
	people    *limiter
	logins    *limiter
	metrics   *metrics
	health    health
	verifying chan struct{} // one place per verification that runs
	uploads   chan struct{} // one place per PDF that is here to be verified
	strangers chan struct{} // the same for who has no account
	previews  *previews
	pages     *pages
	spec      func() []byte
	closing   atomic.Bool
}

const (
	verifications = 2 // at once: each holds a whole PDF several times over
	strangers     = 1 // fewer than verifications: people with accounts never wait for them alone
	uploads       = 4 // PDFs in memory that are being sent or wait
)

var quietGin = sync.OnceFunc(func() { gin.SetMode(gin.ReleaseMode) })

// New makes the service.
func New(cfg Config) (*Server, error) {
	quietGin()
	l := cfg.Limits.withDefaults()
	s := &Server{
		cfg: cfg, engine: gin.New(), origin: http.NewCrossOriginProtection(), metrics: newMetrics(),
		addresses: newLimiter(float64(l.AddressRate), l.AddressBurst, cfg.Now),
		people:    newLimiter(float64(l.AccountRate), l.AccountBurst, cfg.Now),
		logins:    newLimiter(float64(l.LoginRate)/60, l.LoginBurst, cfg.Now),
		verifying: make(chan struct{}, verifications),
		uploads:   make(chan struct{}, uploads),
		strangers: make(chan struct{}, strangers),
		previews:  newPreviews(),
	}
	if cfg.URL != nil {
		if err := s.origin.AddTrustedOrigin(cfg.URL.Scheme + "://" + cfg.URL.Host); err != nil {
			return nil, err
		}
	}
	var err error
	if s.pages, err = loadPages(cfg); err != nil {
		return nil, err
	}
	e := s.engine
	e.RedirectTrailingSlash, e.HandleMethodNotAllowed = false, true
	e.RemoteIPHeaders = []string{"X-Forwarded-For"} // proxies pass other headers on as they come
	if err := e.SetTrustedProxies(cfg.Proxies); err != nil {
		return nil, err
	}
	e.Use(s.identify, s.observe, s.protect, s.recover)
	s.routes = append(apiRoutes(), pageRoutes()...)
	for _, rt := range s.routes {
		s.mount(rt)
	}
	s.spec = sync.OnceValue(s.openAPI)
	e.NoRoute(s.unrouted(http.StatusNotFound, "route-unknown", "Không có địa chỉ này"))
	e.NoMethod(s.unrouted(http.StatusMethodNotAllowed, "method-not-allowed", "Địa chỉ này không nhận phương thức đã dùng"))
	return s, nil
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }

// Closing makes /readyz red, so that a proxy sends nobody here any more.
func (s *Server) Closing() { s.closing.Store(true) }

// secure says whether browsers reach the service by TLS.
func (s *Server) secure() bool { return s.cfg.TLS || s.cfg.URL != nil && s.cfg.URL.Scheme == "https" }

func (s *Server) unrouted(status int, code, title string) gin.HandlerFunc {
	return func(g *gin.Context) {
		c := &call{Context: g, ctx: g.Request.Context(), route: &route{page: wantsPage(g.Request)}}
		if !s.addresses.allow(addressOf(c.ClientIP())) {
			s.fail(c, tooMany())
			return
		}
		s.fail(c, refusal(status, code, title))
	}
}
