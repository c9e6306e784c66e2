package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"vanthu/post"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server"
	"vanthu/storage"
)

// mailFlags say which server takes the office's letters.
type mailFlags struct {
	SMTP         string        `name:"smtp" placeholder:"URL" help:"Máy chủ thư nhận thư của cơ quan: smtp[s]://[TÀI-KHOẢN@]MÁY[:CỔNG][?starttls=must|offered|never&ca=TỆP&timeout=30s]." env:"VANTHU_SMTP"`
	SMTPPassword string        `name:"smtp-password-file" placeholder:"FILE" type:"path" help:"Tệp có mật khẩu của tài khoản thư ở dòng đầu." env:"VANTHU_SMTP_PASSWORD_FILE"`
	MailFrom     string        `name:"mail-from" placeholder:"ADDRESS" help:"Người gửi: van-thu@coquan.vn, hoặc 'Văn thư <van-thu@coquan.vn>'." env:"VANTHU_MAIL_FROM"`
	MailEvery    time.Duration `default:"10s" help:"Bao lâu xem một lần có thư chờ gửi." env:"VANTHU_MAIL_EVERY"`
}

// sender is nil where no mail server is configured.
func (f mailFlags) sender() (*post.Sender, post.Config, error) {
	if f.SMTP == "" {
		return nil, post.Config{}, nil
	}
	cfg, err := post.ParseConfig(f.SMTP, f.SMTPPassword, f.MailFrom)
	if err != nil {
		return nil, cfg, err
	}
	s, err := post.New(cfg)
	return s, cfg, err
}

// postman sends what waits in the desk's outbox. What becomes of a letter in the
// end is journaled; how often it was tried is working state. Several instances
// may do the same: one of them claims each letter.
type postman struct {
	desk   *desk.Desk
	work   storage.WorkStore
	sender interface {
		Send(context.Context, post.Letter) (post.Receipt, error)
	}
	host    string        // behind the @ of message ids
	timeout time.Duration // of sending one letter
	now     func() time.Time
	log     *slog.Logger
}

const (
	postFolder = "post/"
	// claimSlack is how much longer than sending may take a claim holds.
	claimSlack = time.Minute
)

func newPostman(o *office, s *post.Sender, cfg post.Config) *postman {
	host := "vanthu.invalid"
	if a, err := mail.ParseAddress(cfg.From); err == nil {
		host = a.Address[strings.LastIndexByte(a.Address, '@')+1:]
	}
	return &postman{desk: o.desk, work: o.backend.Work, sender: s, host: host, timeout: cmp.Or(cfg.Timeout, post.DefaultTimeout), now: time.Now, log: o.log}
}

// tries is how sending one letter went so far.
type tries struct {
	server.Tries
	Claimed time.Time `json:"claimed,omitzero"` // until when somebody is at it
	// Claim makes each claim its own: who writes what is there already is told
	// that it is written.
	Claim string `json:"claim,omitempty"`
}

// letterKey names a letter: the same one, however often it is tried.
func letterKey(m desk.Outgoing) string {
	return string(record.DigestOf(fmt.Appendf(nil, "%q %q %q %d %v", m.Document.Journal, m.Document.ID, m.Delivery.Recipient, m.Delivery.Times, m.Notice)))
}

// Tries tells how sending to a recipient goes, for the document's page.
func (p *postman) Tries(ctx context.Context, doc record.Document, x record.Delivery) (server.Tries, error) {
	t, _, err := p.load(ctx, letterKey(desk.Outgoing{Document: doc, Delivery: x, Notice: x.State != record.Queued}))
	return t.Tries, err
}

func (p *postman) load(ctx context.Context, key string) (t tries, tag string, err error) {
	b, tag, err := p.work.Get(ctx, postFolder+key)
	if errors.Is(err, storage.ErrNotFound) {
		return t, "", nil
	}
	if err == nil {
		err = json.Unmarshal(b, &t)
	}
	return t, tag, err
}

func (p *postman) save(ctx context.Context, key string, t tries, tag string) (string, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return p.work.Put(ctx, postFolder+key, b, tag)
}

// pass looks once through the outbox and says how many letters were settled.
func (p *postman) pass(ctx context.Context) (int, error) {
	all, err := p.desk.Outbox(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, m := range all {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		settled, err := p.deliver(ctx, m)
		if err != nil { // of this letter; the others go on
			p.log.WarnContext(ctx, "letter not settled", slog.String("document", m.Document.ID), slog.String("recipient", m.Delivery.Recipient), slog.Any("error", err))
		}
		if settled {
			n++
		}
	}
	return n, nil
}

// deliver tries one letter if it is due.
func (p *postman) deliver(ctx context.Context, m desk.Outgoing) (settled bool, err error) {
	key := letterKey(m)
	t, tag, err := p.load(ctx, key)
	if err != nil || p.now().Before(t.Next) || p.now().Before(t.Claimed) {
		return false, err
	}
	t.Claimed, t.Claim = p.now().Add(p.timeout+claimSlack), rand.Text()
	if tag, err = p.save(ctx, key, t, tag); errors.Is(err, storage.ErrChanged) {
		return false, nil // another instance was faster
	} else if err != nil {
		return false, err
	}
	// Whoever settled it removed its claim with it.
	if waits, err := p.desk.StillWaits(ctx, m); err != nil || !waits {
		return false, errors.Join(err, p.work.Delete(ctx, postFolder+key))
	}
	l, err := p.letter(ctx, key, m)
	var r post.Receipt
	if err == nil {
		r, err = p.sender.Send(ctx, l)
	}
	switch record.KindOf(err) {
	case record.Invalid, record.Conflict:
		err = p.desk.Unposted(ctx, m, lineOf(err))
	default:
		if err == nil {
			err = p.desk.Posted(ctx, m, r.Answer.Error())
			break
		}
		if ctx.Err() != nil {
			err = ctx.Err() // the service ends: the claim runs out, the letter stays
			return false, err
		}
		t.Attempts++
		wait, again := post.Delay(t.Attempts)
		if !again {
			err = p.desk.Unposted(ctx, m, fmt.Sprintf("Đã thử %d lần; lần cuối: %s", t.Attempts, lineOf(err)))
			break
		}
		t.Next, t.Why, t.Claimed, t.Claim = p.now().Add(wait), lineOf(err), time.Time{}, ""
		_, err = p.save(context.WithoutCancel(ctx), key, t, tag)
		return false, err
	}
	if err != nil {
		return false, err
	}
	return true, p.work.Delete(ctx, postFolder+key)
}

// lineOf is an error in one line, for the journal.
func lineOf(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// letter writes what goes to a recipient; Conflict says why nothing can.
func (p *postman) letter(ctx context.Context, key string, m desk.Outgoing) (post.Letter, error) {
	if !m.Notice && m.Document.State != record.Issued {
		return post.Letter{}, record.E(record.Conflict, "no-longer-issued", "Văn bản đã bị thu hồi hoặc thay thế trước khi thư được gửi")
	}
	if m.Email == "" {
		return post.Letter{}, record.E(record.Conflict, "email-missing", "Sổ địa chỉ không còn thư điện tử của nơi nhận")
	}
	v := m.Version
	name := fmt.Sprintf("%s số %s ngày %s của %s", v.Type.Name, v.Symbol, v.Date.Vietnamese(), v.Issuer.Name)
	l := post.Letter{MessageID: key[:40] + "@" + p.host, To: m.Email, ToName: m.To.Name, Headers: map[string]string{"Auto-Submitted": "auto-generated"}}
	var b strings.Builder
	fmt.Fprintf(&b, "Kính gửi: %s\n\n", m.To.Name)
	link := ""
	if m.Secret != "" && p.desk.Base != "" {
		link = p.desk.Base + server.LinkPath + m.Secret
	}
	switch {
	case m.Notice && m.Document.State == record.Recalled:
		l.Subject = fmt.Sprintf("[THU HỒI] %s %s", v.Symbol, v.Subject)
		fmt.Fprintf(&b, "%s (%s) đã bị THU HỒI.\nLý do: %s\n\nĐề nghị không sử dụng, hủy văn bản trên hệ thống của mình và báo lại cho cơ quan ban hành (Nghị định 30/2020/NĐ-CP, Điều 18); bản giấy xin gửi trả lại.\n", name, v.Subject, m.Document.Reason)
	case m.Notice:
		l.Subject = fmt.Sprintf("[THAY THẾ] %s %s", v.Symbol, v.Subject)
		fmt.Fprintf(&b, "%s (%s) đã được THAY THẾ bởi văn bản số %s.\n", name, v.Subject, m.Replaced)
	default:
		l.Subject = fmt.Sprintf("[%s] %s", v.Symbol, v.Subject)
		fmt.Fprintf(&b, "%s gửi %s số %s ngày %s: %s.\n", v.Issuer.Name, v.Type.Name, v.Symbol, v.Date.Vietnamese(), v.Subject)
		if m.Delivery.Channel == record.ByEmail {
			var err error
			if l.Attachments, err = p.attachments(ctx, m); err != nil {
				return l, err
			}
			b.WriteString("\nVăn bản ở tệp PDF kèm theo thư.\n")
		}
	}
	if link != "" {
		what := "Xem, tải văn bản và xác nhận đã nhận"
		if m.Notice {
			what = "Xác nhận đã biết"
		}
		fmt.Fprintf(&b, "\n%s: %s\n(đường dẫn dùng được đến %s)\n", what, link, m.Delivery.Expires.In(record.Office).Format("15:04 02/01/2006"))
	}
	if p.desk.Base != "" {
		fmt.Fprintf(&b, "\nKiểm tra văn bản và chữ ký: %s\n", p.desk.ShortLink(m.Document.ID))
	}
	b.WriteString("\nThư này do hệ thống văn thư tự động gửi.\n")
	l.Text = b.String()
	return l, nil
}

// attachments are the PDF that went out by the journal, and the separate files.
func (p *postman) attachments(ctx context.Context, m desk.Outgoing) ([]post.Attachment, error) {
	pdf, err := p.desk.Archive.Blob(ctx, m.Delivery.PDF)
	if err != nil {
		return nil, err
	}
	out := []post.Attachment{{Name: strings.ReplaceAll(m.Version.Symbol, "/", "_") + ".pdf", Media: "application/pdf", Content: pdf}}
	for _, a := range m.Version.Attachments {
		b, err := p.desk.FileOf(ctx, m.Version, a.File)
		if err != nil {
			return nil, err
		}
		out = append(out, post.Attachment{Name: strings.ReplaceAll(m.Version.Symbol, "/", "_") + "_" + a.File, Media: "application/pdf", Content: b})
	}
	return out, nil
}

// serve goes through the outbox every so often until ctx ends.
func (p *postman) serve(ctx context.Context, every time.Duration) {
	for {
		if n, err := p.pass(ctx); err != nil && ctx.Err() == nil {
			p.log.WarnContext(ctx, "outbox not read", slog.Any("error", err))
		} else if n > 0 {
			p.log.InfoContext(ctx, "done", slog.String("job", "post"), slog.Int("letters", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(every, time.Second)):
		}
	}
}
