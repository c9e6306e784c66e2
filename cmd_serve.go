package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/net/netutil"

	"vanthu/record"
	"vanthu/server"
	"vanthu/server/accounts"
	"vanthu/server/addresses"
	"vanthu/server/reads"
	"vanthu/signer/trust"
	"vanthu/signer/verify"
	"vanthu/storage"
)

type serveCmd struct {
	stateFlags
	Listen        string        `default:"127.0.0.1:8080" help:"Địa chỉ lắng nghe." env:"VANTHU_LISTEN"`
	TLSCert       string        `name:"tls-cert" placeholder:"CERT.pem" type:"path" help:"Chứng thư của máy chủ; cùng --tls-key thì tự nói TLS." env:"VANTHU_TLS_CERT"`
	TLSKey        string        `name:"tls-key" placeholder:"KEY.pem" type:"path" help:"Khóa của máy chủ." env:"VANTHU_TLS_KEY"`
	Proxy         []string      `placeholder:"CIDR" help:"Proxy được tin về X-Forwarded-For." env:"VANTHU_PROXY"`
	Trust         []string      `placeholder:"CA.pem" help:"Chứng thư gốc được tin cậy khi kiểm tra chữ ký (PEM)." type:"path" env:"VANTHU_TRUST"`
	DemoContainer bool          `help:"Cho phép --demo lắng nghe ngoài loopback, trong một container chỉ mở ra loopback." env:"VANTHU_DEMO_CONTAINER"`
	Grace         time.Duration `default:"30s" help:"Khi tắt, đợi các yêu cầu đang làm bao lâu." env:"VANTHU_GRACE"`
	Log           string        `placeholder:"FILE" help:"Ghi nhật ký vào tệp này thay vì stderr." type:"path" env:"VANTHU_LOG"`
	Keep          keepFlags     `embed:""`
	Post          mailFlags     `embed:""`
	Limits        limitFlags    `embed:"" prefix:"limit-" envprefix:"VANTHU_LIMIT_"`
}

// keepFlags are what a running service does by itself for the archive; 0 leaves
// it out. Of several instances one does it.
type keepFlags struct {
	CheckpointEvery time.Duration `default:"24h" help:"Bao lâu chốt nhật ký một lần, rồi sao lưu ra nơi thứ hai (--second)." env:"VANTHU_CHECKPOINT_EVERY"`
	AuditEvery      time.Duration `default:"24h" help:"Bao lâu kiểm tra toàn bộ kho một lần." env:"VANTHU_AUDIT_EVERY"`
	AuditRate       int           `default:"200" help:"Số đối tượng đọc mỗi giây khi kiểm tra và sao lưu." env:"VANTHU_AUDIT_RATE"`
	AccessKeep      time.Duration `default:"87600h" help:"Giữ lịch sử truy cập văn bản bao lâu (10 năm); 0 giữ mãi." env:"VANTHU_ACCESS_KEEP"`
	DrillEvery      time.Duration `default:"168h" help:"Bao lâu diễn tập phục hồi từ nơi thứ hai một lần." env:"VANTHU_DRILL_EVERY"`
}

type limitFlags struct {
	Account int `placeholder:"N" help:"Yêu cầu mỗi giây của một tài khoản (100)." env:"ACCOUNT"`
	Address int `placeholder:"N" help:"Yêu cầu mỗi giây của một địa chỉ (300)." env:"ADDRESS"`
	Login   int `placeholder:"N" help:"Lần đăng nhập mỗi phút của một địa chỉ (60)." env:"LOGIN"`
}

func (l limitFlags) limits() server.Limits {
	return server.Limits{AccountRate: l.Account, AccountBurst: 3 * l.Account, AddressRate: l.Address, AddressBurst: 3 * l.Address, LoginRate: l.Login, LoginBurst: l.Login}
}

func (c *serveCmd) Run(ctx context.Context, s streams) error {
	public, err := c.check()
	if err != nil {
		return err
	}
	log, closeLog, err := c.log(s)
	if err != nil {
		return err
	}
	defer closeLog()
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	index, err := o.openIndex(ctx)
	if err != nil {
		return err
	}
	sender, mailing, err := c.Post.sender()
	if err != nil {
		return err
	}
	var letters *postman
	var waits func(context.Context, record.Document, record.Delivery) (server.Tries, error)
	if sender != nil {
		letters = newPostman(o, sender, mailing)
		o.desk.Mail, waits = true, letters.Tries
	}
	people := accounts.New(o.backend.Work, time.Now)
	history := reads.New(o.backend.Work, time.Now, log)
	if c.Demo {
		if err := o.demoAccounts(ctx, people); err != nil {
			return err
		}
	}
	handler, err := server.New(server.Config{
		Desk: o.desk, States: o.states, Index: index, Accounts: people, Addresses: addresses.New(o.backend.Work), Forms: o.forms,
		Verify: c.verifier(o), Store: o.backend.Ping, Converter: o.pool.Probe,
		Logs: o.logs, Packages: o.packages(), Audits: o.audits(), Reads: history,
		Version: programVersion(), URL: public, TLS: c.TLSCert != "", Hosts: c.hosts(), Proxies: c.Proxy, Limits: c.Limits.limits(), Demo: c.Demo, Proves: c.TSA != "", Tries: waits, Log: log, Now: time.Now,
	})
	if err != nil {
		return record.Because(err, record.Usage, "serve-config", "Cấu hình dịch vụ chưa đúng")
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return record.Because(err, record.Usage, "listen", "Không lắng nghe được ở "+c.Listen)
	}
	if host, _, _ := net.SplitHostPort(l.Addr().String()); o.desk.Base == "" && !net.ParseIP(host).IsUnspecified() {
		o.desk.Base = map[bool]string{true: "https://", false: "http://"}[c.TLSCert != ""] + l.Addr().String()
	}
	go sweep(ctx, people, log)
	go history.Serve(ctx, 0)
	defer closeReads(ctx, history, log)
	go sweepReads(ctx, history, &storage.Jobs{Work: o.backend.Work, Now: time.Now}, c.Keep.AccessKeep, log)
	go o.upkeep(ctx, people, c.TSA != "", c.Keep)
	if letters != nil {
		go letters.serve(ctx, c.Post.MailEvery)
		go (&reminders{letters, people, addresses.New(o.backend.Work)}).serve(ctx)
	}
	c.announce(s, l.Addr(), public)
	return c.serve(ctx, l, handler, log)
}

// log is where requests and events are written down, one JSON object a line.
func (c *serveCmd) log(s streams) (*slog.Logger, func() error, error) {
	out, end := s.err, func() error { return nil }
	if c.Log != "" {
		if err := os.MkdirAll(filepath.Dir(c.Log), 0o700); err != nil {
			return nil, nil, record.Because(err, record.Usage, "log", "Không ghi được nhật ký vào "+c.Log)
		}
		f, err := os.OpenFile(c.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, nil, record.Because(err, record.Usage, "log", "Không ghi được nhật ký vào "+c.Log)
		}
		out, end = f, f.Close
	}
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelInfo})), end, nil
}

// maxConnections is how many are served at once; more wait to be accepted.
const maxConnections = 2000

// serve answers until ctx ends, then finishes what is under way.
func (c *serveCmd) serve(ctx context.Context, l net.Listener, handler *server.Server, log *slog.Logger) error {
	h := &http.Server{
		Handler: handler, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		BaseContext:    func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	l = netutil.LimitListener(l, maxConnections)
	ended := make(chan error, 1)
	go func() {
		if c.TLSCert != "" {
			ended <- h.ServeTLS(l, c.TLSCert, c.TLSKey)
			return
		}
		ended <- h.Serve(l)
	}()
	select {
	case err := <-ended:
		return record.Because(err, record.Usage, "serve", "Dịch vụ dừng")
	case <-ctx.Done():
	}
	log.Info("closing", slog.Duration("grace", c.Grace))
	handler.Closing()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Grace)
	defer cancel()
	if err := h.Shutdown(grace); err != nil {
		log.Warn("requests were cut off", slog.Any("error", err))
		return errors.Join(h.Close(), record.Because(err, record.Unavailable, "shutdown", "Có yêu cầu chưa xong khi tắt"))
	}
	log.Info("closed")
	return nil
}

// check refuses what would put passwords on the wire in the clear, or the
// example accounts within reach of others.
func (c *serveCmd) check() (*url.URL, error) {
	usage := func(code, message string) (*url.URL, error) { return nil, record.E(record.Usage, code, message) }
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return usage("tls", "--tls-cert và --tls-key phải đi cùng nhau")
	}
	public, err := c.public()
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return usage("listen", "--listen phải có dạng ĐỊA-CHỈ:CỔNG")
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case c.DemoContainer && !c.Demo:
		return usage("demo-container", "--demo-container chỉ dùng cùng --demo")
	case loopback || c.DemoContainer:
	case c.Demo:
		return usage("demo-loopback", "--demo có mật khẩu ai cũng biết nên chỉ lắng nghe ở 127.0.0.1 (trong container: --demo-container)")
	case c.TLSCert == "" && (public == nil || public.Scheme != "https"):
		return usage("tls", "Ngoài 127.0.0.1 phải có --tls-cert và --tls-key, hoặc --url https://... khi đứng sau proxy TLS")
	}
	return public, nil
}

// hosts are the names of a service that only its own machine reaches; with TLS
// the certificate says the name.
func (c *serveCmd) hosts() []string {
	if c.TLSCert != "" || c.URL != "" {
		return nil
	}
	return []string{"127.0.0.1", "localhost", "::1"}
}

// verifier judges PDFs against the roots as they are on disk at that moment.
func (c *serveCmd) verifier(o *office) func(context.Context, []byte) (verify.Report, error) {
	v := verifyCmd{Trust: c.Trust, Data: c.Data}
	return func(ctx context.Context, pdf []byte) (verify.Report, error) {
		roots, err := v.roots()
		if err != nil {
			return verify.Report{}, err
		}
		if c.Demo { // made with the first key
			own, err := trust.ReadRoots(filepath.Join(c.Data, demoCA))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return verify.Report{}, err
			}
			roots = append(roots, own...)
		}
		return verifyWith(ctx, pdf, roots, o.checker)
	}
}

func (c *serveCmd) announce(s streams, at net.Addr, public *url.URL) {
	where := "http://" + at.String()
	switch {
	case public != nil:
		where = public.String()
	case c.TLSCert != "":
		where = "https://" + at.String()
	}
	fmt.Fprintf(s.out, "vanthu đang chạy: %s\n", where)
	if c.Demo {
		fmt.Fprintln(s.out, "Tài khoản mẫu (tên / mật khẩu):")
		for _, a := range demoPeople {
			fmt.Fprintf(s.out, "  %-10s demo-%-10s %s\n", a.username, a.username, a.name)
		}
	}
	fmt.Fprintln(s.out, "Dừng bằng Ctrl+C.")
}

// sweep removes sessions that have run out, now and every hour.
func sweep(ctx context.Context, people *accounts.Directory, log *slog.Logger) {
	for {
		if n, err := people.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Warn("sessions not swept", slog.Any("error", err))
		} else if n > 0 {
			log.Info("sessions swept", slog.Int("count", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Hour):
		}
	}
}

// programVersion is the revision that the program was built from.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return info.Main.Version
}

type readyCmd struct {
	URL string `name:"url" default:"http://127.0.0.1:8080" help:"Địa chỉ của dịch vụ." env:"VANTHU_READY_URL"`
}

// Run asks a running service, for health checks of containers.
func (c *readyCmd) Run(ctx context.Context, s streams) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/readyz", nil)
	if err != nil {
		return record.Because(err, record.Usage, "url", "Địa chỉ không hợp lệ")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return record.Because(err, record.Unavailable, "not-running", "Dịch vụ không trả lời ở "+c.URL)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		fmt.Fprintln(s.out, "Chưa sẵn sàng.")
		return errSaidNo
	}
	_, err = fmt.Fprintln(s.out, "Sẵn sàng.")
	return err
}
