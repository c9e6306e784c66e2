package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/post/posttest"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server"
	"vanthu/server/addresses"
)

// mailing is an office with a real mail server and an address book.
type mailing struct {
	*office
	t       testing.TB
	server  *posttest.Server
	postman *postman
	now     time.Time // of the postman
}

func startMailing(t *testing.T) *mailing {
	t.Helper()
	m := &mailing{t: t, server: posttest.Start(t), now: time.Now()}
	m.office = opened(t, stateFlags{Demo: true, Data: t.TempDir(), URL: "https://vanthu.example"})
	flags := mailFlags{SMTP: m.server.Address + "?ca=" + m.server.CAFile + "&timeout=10s", MailFrom: "Văn thư <van-thu@vungtau.example>"}
	sender, cfg, err := flags.sender()
	if err != nil {
		t.Fatal(err)
	}
	m.desk.Mail = true
	m.postman = newPostman(m.office, sender, cfg)
	m.postman.log = slog.New(slog.DiscardHandler)
	m.postman.now = func() time.Time { return m.now }
	return m
}

func (m *mailing) address(name, channel, email string) {
	m.t.Helper()
	_, err := addresses.New(m.backend.Work).Add(m.t.Context(), "ubnd-tp-vung-tau", addresses.Entry{Name: name, Channel: channel, Email: email})
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *mailing) issue() record.Document {
	m.t.Helper()
	doc, err := m.desk.Issue(m.t.Context(), m.cast, desk.Input{Raw: jointPlan(m.t, func(v map[string]any) {
		v["template"] = "ke-hoach"
		delete(v, "cosignatories")
		for _, r := range v["recipients"].([]any) {
			delete(r.(map[string]any), "channel")
		}
	})})
	if err != nil {
		m.t.Fatal(err)
	}
	return doc
}

func (m *mailing) send(doc record.Document, s desk.Sending) record.Document {
	m.t.Helper()
	doc, err := m.desk.Dispatch(m.t.Context(), m.cast.Clerk, deskRef(doc), s)
	if err != nil {
		m.t.Fatal(err)
	}
	return doc
}

// pass goes through the outbox and shows how the delivery to a recipient stands.
func (m *mailing) pass(doc record.Document, recipient string) record.Delivery {
	m.t.Helper()
	if _, err := m.postman.pass(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	doc, err := m.desk.Document(m.t.Context(), deskRef(doc))
	if err != nil {
		m.t.Fatal(err)
	}
	x, _ := doc.Delivery(recipient)
	return x
}

// letter reads the one of n letters in a mailbox whose subject begins so: two of
// one second come in any order.
func (m *mailing) letter(address string, n int, begins string) (subject, text string, files map[string][]byte) {
	m.t.Helper()
	box := m.server.Mailbox(address)
	if len(box) != n {
		m.t.Fatalf("%d letters to %s, want %d", len(box), address, n)
	}
	var msg *mail.Message
	for _, raw := range box {
		one, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			m.t.Fatal(err)
		}
		if subject, err = new(mime.WordDecoder).DecodeHeader(one.Header.Get("Subject")); err != nil {
			m.t.Fatal(err)
		}
		if msg = one; strings.HasPrefix(subject, begins) {
			break
		}
	}
	files = map[string][]byte{}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		m.t.Fatal(err)
	}
	if kind == "text/plain" {
		return subject, string(decoded(m.t, msg.Header.Get("Content-Transfer-Encoding"), msg.Body)), files
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return subject, text, files
		}
		if err != nil {
			m.t.Fatal(err)
		}
		b := decoded(m.t, p.Header.Get("Content-Transfer-Encoding"), p)
		if name := p.FileName(); name != "" {
			files[name] = b
		} else {
			text += string(b)
		}
	}
}

const province = "UBND tỉnh (b/c)"

// The mail server is away, then back: the letter waits, the page can say why,
// and it goes out once, with the very bytes that were issued.
func TestMailWaitsForTheServer(t *testing.T) {
	m := startMailing(t)
	doc := m.issue()
	if _, err := m.desk.Dispatch(t.Context(), m.cast.Clerk, deskRef(doc), desk.Sending{Recipient: province, Channel: record.ByEmail}); err == nil || !strings.Contains(err.Error(), "sổ địa chỉ") {
		t.Errorf("to an unknown address: %v", err)
	}
	m.address("UBND tỉnh", record.ByEmail, "tinh@test.example")
	m.server.Stop()
	m.send(doc, desk.Sending{Recipient: province})
	if x := m.pass(doc, province); x.State != record.Queued || !x.Mail {
		t.Fatalf("%+v", x)
	}
	now, err := m.desk.Document(t.Context(), deskRef(doc))
	if err != nil {
		t.Fatal(err)
	}
	x, _ := now.Delivery(province)
	if tries, err := m.postman.Tries(t.Context(), now, x); err != nil || tries.Attempts != 1 || tries.Why == "" || !tries.Next.After(m.now) {
		t.Errorf("%+v %v", tries, err)
	}
	m.server.Start()
	if x := m.pass(doc, province); x.State != record.Queued {
		t.Errorf("sent before it was due: %+v", x)
	}
	m.now = m.now.Add(2 * time.Minute)
	var all sync.WaitGroup
	for range 4 { // as many instances
		all.Go(func() {
			if _, err := m.postman.pass(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if x := m.pass(doc, province); x.State != record.Sent || x.Sent.IsZero() || !strings.HasPrefix(x.Answer, "250") {
		t.Errorf("%+v", x)
	}
	subject, text, files := m.letter("tinh@test.example", 1, "[01/")
	if !strings.HasPrefix(subject, "[01/KH-UBND] Kiểm tra công tác văn thư") || !strings.Contains(text, "Kính gửi: UBND tỉnh (b/c)") ||
		record.DigestOf(files["01_KH-UBND.pdf"]) != doc.PDF || len(files) != 1 {
		t.Errorf("%q\n%s\n%d files", subject, text, len(files))
	}
	// Its link leads to the document, and says so in the journal.
	f, err := m.desk.Follow(t.Context(), linkIn(t, text))
	if err != nil || f.Document.ID != doc.ID || f.Outcome != record.Opened {
		t.Errorf("%+v %v", f, err)
	}
	for key, err := range m.backend.Work.List(t.Context(), postFolder) {
		t.Error("left over: ", key, err)
	}
}

func linkIn(t testing.TB, text string) string {
	t.Helper()
	found := regexp.MustCompile(`https://vanthu\.example` + server.LinkPath + `([a-z2-7]{32})`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no link in %s", text)
	}
	return found[1]
}

// A recipient whom the server refuses is journaled with what it said, and the
// clerk sends again, to another address or another way.
func TestMailRefused(t *testing.T) {
	m := startMailing(t)
	doc := m.issue()
	m.address("UBND tỉnh", record.ByEmail, "sai@test.example")
	m.server.Refuse("sai@test.example")
	m.send(doc, desk.Sending{Recipient: province})
	x := m.pass(doc, province)
	if x.State != record.Undelivered || !strings.Contains(x.Answer, "550") {
		t.Fatalf("%+v", x)
	}
	doc = m.send(doc, desk.Sending{Recipient: province, Channel: record.ByPaper})
	if x, _ := doc.Delivery(province); x.State != record.Sent || x.Times != 2 || x.Channel != record.ByPaper {
		t.Errorf("%+v", x)
	}
	if n := len(m.server.Mailbox("sai@test.example")); n != 0 {
		t.Errorf("%d letters came", n)
	}
}

// Every recipient is told of a recall by mail; the link in the first letter then
// leads to the notice alone; a letter that had not left yet never does.
func TestMailOfARecall(t *testing.T) {
	m := startMailing(t)
	doc := m.issue()
	m.address("UBND tỉnh", record.ByPortal, "tinh@test.example")
	m.address("Các phòng, đơn vị", record.ByEmail, "phong@test.example")
	m.send(doc, desk.Sending{Recipient: province})
	if x := m.pass(doc, province); x.State != record.Sent {
		t.Fatalf("%+v", x)
	}
	_, first, files := m.letter("tinh@test.example", 1, "[01/")
	if len(files) != 0 {
		t.Error("a link does not need the file with it")
	}
	m.server.Defer("phong@test.example")
	m.send(doc, desk.Sending{Recipient: "Các phòng, đơn vị"})
	if x := m.pass(doc, "Các phòng, đơn vị"); x.State != record.Queued {
		t.Fatalf("%+v", x)
	}
	if _, err := m.desk.Recall(t.Context(), m.cast.Clerk, deskRef(doc), "Sai căn cứ pháp lý"); err != nil {
		t.Fatal(err)
	}
	m.server.Accept()
	m.now = m.now.Add(time.Hour)
	if x := m.pass(doc, province); x.Told.IsZero() {
		t.Errorf("%+v", x)
	}
	if x := m.pass(doc, "Các phòng, đơn vị"); x.State != record.Undelivered || !strings.Contains(x.Answer, "thu hồi") {
		t.Errorf("%+v", x)
	}
	if n := len(m.server.Mailbox("phong@test.example")); n != 0 {
		t.Errorf("%d letters of a recalled document came", n)
	}
	subject, text, _ := m.letter("tinh@test.example", 2, "[THU HỒI]")
	if !strings.HasPrefix(subject, "[THU HỒI] 01/KH-UBND") || !strings.Contains(text, "Sai căn cứ pháp lý") {
		t.Errorf("%q\n%s", subject, text)
	}
	if f, err := m.desk.Follow(t.Context(), linkIn(t, first)); err != nil || f.Outcome != record.LinkRecalled {
		t.Errorf("%+v %v", f, err)
	}
	if _, _, err := m.desk.Handed(t.Context(), linkIn(t, first), record.PDFFile); record.CodeOf(err) != "link-recalled" {
		t.Errorf("%v", err)
	}
	if m.pass(doc, province); len(m.server.Mailbox("tinh@test.example")) != 2 {
		t.Error("told twice")
	}
}

func decoded(t testing.TB, encoding string, r io.Reader) []byte {
	t.Helper()
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
