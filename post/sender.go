package post

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"vanthu/record"
)

// Sender sends letters to one mail server. Its methods may be called from many
// goroutines; each letter has a connection of its own.
type Sender struct {
	server             endpoint
	starttls           STARTTLS
	tls                *tls.Config
	username, password string
	from               mail.Address
	timeout            time.Duration
}

// Receipt is the server's word that it has taken a letter over and answers for
// it from then on (RFC 5321, 6.1). That is not yet the recipient's.
type Receipt struct {
	Answer Answer    `json:"answer"` // to the whole letter; with many servers it has the id of their queue
	Time   time.Time `json:"time"`   // when it came, UTC
	TLS    string    `json:"tls,omitempty"`
}

// Send sends a letter and waits for the server's answer, no longer than the
// configuration's timeout and ctx allow. Errors are *record.Error:
//
//	mail-letter             Invalid      the letter cannot be sent as it is; faults say why
//	mail-recipient-refused  Invalid      the server does not take mail for the recipient (5xx)
//	mail-too-large          Invalid      larger than the server takes
//	mail-sender-refused     Conflict     the server does not take mail from the office (5xx)
//	mail-refused            Conflict     the server does not take this content (5xx)
//	mail-deferred           Unavailable  the server asks to come again (4xx)
//	mail-unavailable        Unavailable  the server is away, hangs or talks nonsense; ctx ended
//	mail-unconfirmed        Unavailable  the whole letter was sent, the answer did not come: it
//	                                     may arrive twice when it is sent again
//	mail-tls-failed         Unavailable  no TLS, or a certificate that is not trusted
//	mail-auth-failed        Unavailable  the account or its password is refused
//
// The last two stay until an administrator acts. Of what the server said there
// is an *Answer in the chain.
func (s *Sender) Send(ctx context.Context, l Letter) (Receipt, error) {
	l, err := l.clean()
	if err != nil {
		return Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	c, err := s.connect(ctx)
	if err != nil {
		return Receipt{}, interrupted(ctx, err)
	}
	defer c.close()
	receipt, err := c.deliver(l, s.from)
	return receipt, interrupted(ctx, err)
}

// session is one connection.
type session struct {
	*smtp.Client
	conn net.Conn
	stop func() bool // watching ctx
	step string      // what the server was last asked, for the log
}

// maxReplies is more than a server has to say: whoever says more is no mail
// server.
const maxReplies = 1 << 20 // bytes, those of TLS with them

// goodbye is how long the server may take to say it.
const goodbye = 2 * time.Second

// bounded is a connection that reads no more than so many bytes.
type bounded struct {
	net.Conn
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the server does not stop talking")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// connect makes a connection over which letters may be sent.
func (s *Sender) connect(ctx context.Context) (*session, error) {
	var dialer net.Dialer
	raw, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.server.host, s.server.port))
	if err != nil {
		return nil, away(err, "connect")
	}
	c := &session{conn: raw}
	c.stop = context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) }) // whatever waits ends
	if err := s.greet(ctx, c, &bounded{Conn: raw, left: maxReplies}); err != nil {
		c.stop()
		_ = raw.Close()
		return nil, err
	}
	return c, nil
}

func (s *Sender) greet(ctx context.Context, c *session, conn net.Conn) (err error) {
	if s.server.implicit {
		secure := tls.Client(conn, s.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return tlsFailed(err)
		}
		conn = secure
	}
	if c.Client, err = smtp.NewClient(conn, s.server.host); err != nil {
		return away(err, "greeting")
	}
	name, _ := os.Hostname() // without one the address will do
	ip, _, _ := net.SplitHostPort(c.conn.LocalAddr().String())
	if err := c.Hello(heloName(name, ip)); err != nil {
		return away(err, "EHLO")
	}
	if !s.server.implicit && s.starttls != STARTTLSNever {
		offered, _ := c.Extension("STARTTLS")
		switch {
		case offered:
			if err := c.StartTLS(s.tls); err != nil {
				return tlsFailed(err)
			}
		case s.starttls == STARTTLSMust:
			return tlsFailed(errors.New("the server does not offer STARTTLS"))
		}
	}
	return s.authenticate(c)
}

// authenticate logs in where there is an account. Without TLS a password goes to
// this machine alone.
func (s *Sender) authenticate(c *session) error {
	if s.username == "" {
		return nil
	}
	_, secure := c.TLSConnectionState()
	if !secure && !s.server.loopback() {
		return tlsFailed(errors.New("a password is not sent without TLS"))
	}
	_, offered := c.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	var auth smtp.Auth
	for _, m := range mechanisms {
		switch {
		case m == "PLAIN": // RFC 4616
			auth = smtp.PlainAuth("", s.username, s.password, s.server.host, true)
		case m == "LOGIN" && auth == nil: // all that some servers have
			auth = smtp.LoginAuth(s.username, s.password, s.server.host, true)
		}
	}
	if auth == nil {
		return authFailed(errors.New("the server offers neither AUTH PLAIN nor LOGIN"))
	}
	if err := c.Auth(auth); err != nil {
		return refusedAt("AUTH", "", err)
	}
	return nil
}

// deliver hands the letter over. What the server extends is asked for only where
// it offers it; SMTPUTF8 never, for no address or header needs it, and a relay
// without it would send the letter back (RFC 6531, 3.5).
func (c *session) deliver(l Letter, from mail.Address) (Receipt, error) {
	eightBit, _ := c.Extension("8BITMIME")
	message, err := compose(l, from, eightBit, time.Now())
	if err != nil {
		return Receipt{}, err
	}
	parameters := ""
	if sized, most := c.Extension("SIZE"); sized { // RFC 1870
		if n, err := strconv.ParseInt(most, 10, 64); err == nil && n > 0 && int64(len(message)) > n {
			return Receipt{}, tooLarge(int64(len(message)), n, nil)
		}
		parameters = " SIZE=" + strconv.Itoa(len(message))
	}
	if eightBit {
		parameters += " BODY=8BITMIME"
	}
	if _, err := c.ask(2, "MAIL FROM:<"+from.Address+">"+parameters); err != nil {
		return Receipt{}, refusedAt("MAIL", from.Address, err)
	}
	if _, err := c.ask(2, "RCPT TO:<"+l.To+">"); err != nil {
		return Receipt{}, refusedAt("RCPT", l.To, err)
	}
	if _, err := c.ask(3, "DATA"); err != nil {
		return Receipt{}, refusedAt("DATA", "", err)
	}
	w := c.Text.DotWriter()
	if _, err := w.Write(message); err != nil {
		return Receipt{}, away(err, "DATA")
	}
	if err := w.Close(); err != nil {
		return Receipt{}, unconfirmed(err)
	}
	code, text, err := c.Text.ReadResponse(2)
	if err != nil {
		return Receipt{}, refusedAt("end of data", "", err)
	}
	r := Receipt{Answer: Answer{Code: code, Text: plainText(text)}, Time: time.Now().UTC()}
	if state, secure := c.TLSConnectionState(); secure {
		r.TLS = tls.VersionName(state.Version) + ", " + tls.CipherSuiteName(state.CipherSuite)
	}
	return r, nil
}

// ask gives a command and reads its answer, which has to begin with the digit
// (RFC 5321, 4.2.1: what the others say is for reading).
func (c *session) ask(want int, command string) (Answer, error) {
	id, err := c.Text.Cmd("%s", command)
	if err != nil {
		return Answer{}, err
	}
	c.Text.StartResponse(id)
	defer c.Text.EndResponse(id)
	code, text, err := c.Text.ReadResponse(want)
	return Answer{Code: code, Text: text}, err
}

// close says goodbye as it is polite to; whether the server hears it changes
// nothing any more.
func (c *session) close() {
	if c.stop() {
		_ = c.conn.SetDeadline(time.Now().Add(goodbye))
		_ = c.Quit()
	}
	_ = c.conn.Close()
}

// interrupted says of what failed since ctx ended that it did.
func interrupted(ctx context.Context, err error) error {
	var e *record.Error
	if ctx.Err() == nil || !errors.As(err, &e) || e.Kind != record.Unavailable {
		return err
	}
	e.Err = errors.Join(ctx.Err(), e.Err)
	return e
}
