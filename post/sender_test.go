package post_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vanthu/post"
	"vanthu/post/posttest"
	"vanthu/record"
)

const (
	office    = "vanthu@vungtau.vanthu.test"
	recipient = "tiep-nhan@so-vhtt.vanthu.test"
)

func config(s *posttest.Server) post.Config {
	return post.Config{Address: s.Address, CAFile: s.CAFile, From: office, FromName: "Văn thư UBND thành phố Vũng Tàu", Timeout: 20 * time.Second}
}

func sender(t testing.TB, c post.Config) *post.Sender {
	t.Helper()
	s, err := post.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func letter() post.Letter {
	return post.Letter{
		MessageID: "vb-0001.1@vungtau.vanthu.test", Date: time.Date(2026, 11, 27, 8, 30, 0, 0, record.Office),
		To: recipient, ToName: "Sở Văn hoá, Thể thao và Du lịch",
		Subject: "Kế hoạch số 15/KH-UBND ngày 27/11/2026 về việc tổ chức các hoạt động kỷ niệm “Ngày Di sản văn hoá Việt Nam”",
		Text:    "Kính gửi quý cơ quan,\n\n.một dòng bắt đầu bằng dấu chấm\n.\nTrân trọng.\n",
		HTML:    "<p>Kính gửi <b>quý cơ quan</b>,</p>\n",
		Headers: map[string]string{"X-Vanthu-Document": "vb-0001", "Auto-Submitted": "auto-generated"},
		Attachments: []post.Attachment{
			{Name: "Kế hoạch số 15-KH-UBND (đã ký).pdf", Media: "application/pdf", Content: bytes.Repeat([]byte("%PDF-\x00\xff\r\n.\r\n"), 5000)},
			{Name: `danh-sach "A"; b=c.csv`, Media: "text/csv", Content: []byte("a,b\n.\n")},
			{Name: strings.Repeat("Đ", 90) + ".txt", Media: "application/octet-stream", Content: nil},
		},
	}
}

// seen is what a reader finds in a message.
type seen struct {
	Subject string      `json:"subject"`
	From    [][2]string `json:"from"`
	To      [][2]string `json:"to"`
	ID      string      `json:"id"`
	Headers []string    `json:"headers"`
	Text    string      `json:"text"`
	HTML    string      `json:"html"`
	Files   [][3]string `json:"files"`
	Defects []string    `json:"defects"`
}

func read(t testing.TB, raw []byte) seen {
	t.Helper()
	python := exec.Command("python3", "testdata/read.py")
	python.Stdin, python.Stderr = bytes.NewReader(raw), os.Stderr
	out, err := python.Output()
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func want(l post.Letter) seen {
	s := seen{Subject: l.Subject, From: [][2]string{{"Văn thư UBND thành phố Vũng Tàu", office}}, To: [][2]string{{l.ToName, l.To}},
		ID: "<" + l.MessageID + ">", Text: l.Text, HTML: l.HTML, Files: [][3]string{}, Defects: []string{}}
	for _, a := range l.Attachments {
		sum := sha256.Sum256(a.Content)
		s.Files = append(s.Files, [3]string{a.Name, a.Media, hex.EncodeToString(sum[:])})
	}
	return s
}

func TestALetterArrivesWhole(t *testing.T) {
	s := posttest.Start(t)
	l := letter()
	receipt, err := sender(t, config(s)).Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Answer.Code != 250 || !strings.Contains(receipt.Answer.Text, "OK id=") || !strings.HasPrefix(receipt.TLS, "TLS 1.3") || time.Since(receipt.Time) > time.Minute {
		t.Errorf("receipt %+v", receipt)
	}
	box := s.Mailbox(recipient)
	if len(box) != 1 {
		t.Fatalf("%d letters in the box\n%s", len(box), s.Log())
	}
	got := read(t, box[0])
	headers := got.Headers
	got.Headers = nil
	if d := cmp.Diff(want(l), got); d != "" {
		t.Error(d)
	}
	for _, name := range []string{"Return-path", "Date", "X-Vanthu-Document", "Auto-Submitted"} {
		if !strings.Contains(strings.Join(headers, " "), name) {
			t.Errorf("no %s among %v", name, headers)
		}
	}
	// A second reader, which shares nothing with the first.
	m, err := mail.ReadMessage(bytes.NewReader(box[0]))
	if err != nil {
		t.Fatal(err)
	}
	if when, err := m.Header.Date(); err != nil || !when.Equal(l.Date) {
		t.Errorf("date %v, %v", when, err)
	}
	if got := m.Header.Get("Return-Path"); got != "<"+office+">" {
		t.Errorf("envelope from %s", got)
	}
	for line := range strings.SplitSeq(string(box[0]), "\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d octets", len(line))
		}
	}
	if !bytes.Contains(box[0], []byte("Content-Transfer-Encoding: 8bit")) || !bytes.Contains(box[0], []byte("một dòng bắt đầu")) {
		t.Error("the text was not sent as it is")
	}
}

func TestALongLineIsEncoded(t *testing.T) {
	s := posttest.Start(t)
	l := letter()
	l.Text, l.HTML, l.Attachments = strings.Repeat("Ủy ban ", 400)+"\n", "", nil
	if _, err := sender(t, config(s)).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	box := s.Mailbox(recipient)
	if len(box) != 1 || read(t, box[0]).Text != l.Text || !bytes.Contains(box[0], []byte("quoted-printable")) {
		t.Errorf("%d letters", len(box))
	}
}

func TestNothingInALetterBecomesAHeader(t *testing.T) {
	s := posttest.Start(t)
	l := letter()
	l.Subject = "Về việc\r\nBcc: trom@vanthu.test\r\n\r\nnội dung khác"
	l.ToName = "Sở A\nX-Vanthu-Other: 1"
	l.Text = "một\n.\r\nMAIL FROM:<a@b.vn>\n.\nhai\r.\rba\n"
	if _, err := sender(t, config(s)).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	box := s.Mailbox(recipient)
	if len(box) != 1 || len(s.Mailbox("trom@vanthu.test")) != 0 {
		t.Fatalf("%d letters", len(box))
	}
	got := read(t, box[0])
	if strings.Contains(strings.Join(got.Headers, " "), "Bcc") || strings.Contains(strings.Join(got.Headers, " "), "Other") ||
		got.Subject != "Về việc Bcc: trom@vanthu.test nội dung khác" || got.Text != "một\n.\nMAIL FROM:<a@b.vn>\n.\nhai\n.\nba\n" {
		t.Errorf("%+v", got)
	}
}

func TestEverythingWrongWithALetterIsSaidAtOnce(t *testing.T) {
	s := sender(t, post.Config{Address: "smtp://localhost:25", From: office})
	_, err := s.Send(t.Context(), post.Letter{
		MessageID: "a@b>\r\nX: y", To: "Sở A <a@b.vn>", ToName: "a\x00b", ReplyTo: "x", Subject: " \n ", HTML: "\xff",
		Headers:     map[string]string{"Bcc": "a@b.vn", "X-Vanthu-A": "a\r\nBcc: b"},
		Attachments: []post.Attachment{{Name: "../a", Media: "message/rfc822"}, {Name: "a\nb", Media: "text/plain; x"}},
	})
	var places []string
	for _, f := range record.FaultsOf(err) {
		places = append(places, f.Pointer)
	}
	all := []string{"/message_id", "/to", "/reply_to", "/to_name", "/subject", "/html", "/text", "/headers/Bcc", "/headers/X-Vanthu-A",
		"/attachments/0/name", "/attachments/0/media", "/attachments/1/name", "/attachments/1/media"}
	if d := cmp.Diff(strings.Join(all, "\n"), strings.Join(sortHeaders(places), "\n")); d != "" {
		t.Error(d)
	}
	wantCode(t, err, record.Invalid, "mail-letter")
}

// sortHeaders puts the faults of headers, which are kept in a map, in order.
func sortHeaders(places []string) []string {
	for i := 1; i < len(places); i++ {
		if strings.HasPrefix(places[i-1], "/headers/") && strings.HasPrefix(places[i], "/headers/") && places[i] < places[i-1] {
			places[i-1], places[i] = places[i], places[i-1]
		}
	}
	return places
}

// wantCode fails unless err is a *record.Error of this kind and code.
func wantCode(t testing.TB, err error, kind record.Kind, code string) {
	t.Helper()
	if err == nil || record.KindOf(err) != kind || record.CodeOf(err) != code {
		t.Errorf("error %v (%s %s), want %s %s", err, record.KindOf(err), record.CodeOf(err), kind, code)
	}
}

func wantAnswer(t testing.TB, err error, code int, text string) {
	t.Helper()
	var a *post.Answer
	if !errors.As(err, &a) || a.Code != code || a.Text != text || strings.Count(err.Error(), text) != 1 {
		t.Errorf("answer %+v in %v, want %d %s", a, err, code, text)
	}
}

func TestWhatTheServerRefuses(t *testing.T) {
	s := posttest.Start(t)
	x := sender(t, config(s))
	small := letter()
	small.Attachments = nil

	s.Refuse(recipient)
	_, err := x.Send(t.Context(), small)
	wantCode(t, err, record.Invalid, "mail-recipient-refused")
	wantAnswer(t, err, 550, "No such user here")

	s.Accept()
	s.Defer(recipient)
	_, err = x.Send(t.Context(), small)
	wantCode(t, err, record.Unavailable, "mail-deferred")
	wantAnswer(t, err, 451, "Greylisted, please come again")

	s.Accept()
	big := small
	big.Attachments = []post.Attachment{{Name: "a.bin", Media: "application/octet-stream", Content: make([]byte, posttest.MaxSize)}}
	_, err = x.Send(t.Context(), big)
	wantCode(t, err, record.Invalid, "mail-too-large")

	s.Refuse(office)
	_, err = x.Send(t.Context(), small)
	wantCode(t, err, record.Conflict, "mail-sender-refused")
	wantAnswer(t, err, 550, "Sender is not welcome")

	s.Accept()
	s.RequireAuth()
	_, err = x.Send(t.Context(), small)
	wantCode(t, err, record.Unavailable, "mail-auth-failed")
	wantAnswer(t, err, 530, "5.7.0 Authentication required")

	if n := len(s.Mailbox(recipient)); n != 0 {
		t.Errorf("%d letters arrived all the same", n)
	}
}

func TestTheSameLetterAgainIsTheSameLetter(t *testing.T) {
	s := posttest.Start(t)
	x := sender(t, config(s))
	s.Defer(recipient)
	if _, err := x.Send(t.Context(), letter()); err == nil {
		t.Fatal("it was not put off")
	}
	s.Accept()
	for range 2 {
		if _, err := x.Send(t.Context(), letter()); err != nil {
			t.Fatal(err)
		}
	}
	box := s.Mailbox(recipient)
	if len(box) != 2 || read(t, box[0]).ID != read(t, box[1]).ID {
		t.Errorf("%d letters", len(box))
	}
}

func TestLoggingIn(t *testing.T) {
	s := posttest.Start(t)
	s.RequireAuth()
	wrong := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(wrong, []byte("sai\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{s.Address, s.TLSAddress} {
		c := config(s)
		c.Address, c.Username, c.PasswordFile = address, posttest.Username, s.PasswordFile
		if _, err := sender(t, c).Send(t.Context(), letter()); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		c.PasswordFile = wrong
		_, err := sender(t, c).Send(t.Context(), letter())
		wantCode(t, err, record.Unavailable, "mail-auth-failed")
		wantAnswer(t, err, 535, "Incorrect authentication data")
	}
	if n := len(s.Mailbox(recipient)); n != 2 {
		t.Errorf("%d letters arrived", n)
	}
}

func TestTLS(t *testing.T) {
	s := posttest.Start(t)
	for name, c := range map[string]struct {
		address string
		policy  post.STARTTLS
		ca      string
		tls     bool
		code    string
	}{
		"must":                {s.Address, "", s.CAFile, true, ""},
		"offered":             {s.Address, post.STARTTLSOffered, s.CAFile, true, ""},
		"never":               {s.Address, post.STARTTLSNever, s.CAFile, false, ""},
		"from the start":      {s.TLSAddress, "", s.CAFile, true, ""},
		"strange":             {s.Address, "", s.StrangeCA, true, "mail-tls-failed"},
		"strange but offered": {s.Address, post.STARTTLSOffered, s.StrangeCA, true, "mail-tls-failed"},
		"strange from start":  {s.TLSAddress, "", s.StrangeCA, true, "mail-tls-failed"},
		"the system's":        {s.Address, "", "", true, "mail-tls-failed"},
		"TLS where none is":   {"smtps" + strings.TrimPrefix(s.Address, "smtp"), "", s.CAFile, true, "mail-tls-failed"},
		"none where TLS is":   {"smtp" + strings.TrimPrefix(s.TLSAddress, "smtps"), post.STARTTLSNever, "", false, "mail-unavailable"},
		"a name not its own":  {strings.Replace(s.Address, "127.0.0.1", "127.0.0.2", 1), "", s.CAFile, true, "mail-tls-failed"},
	} {
		t.Run(name, func(t *testing.T) {
			x := config(s)
			x.Address, x.STARTTLS, x.CAFile = c.address, c.policy, c.ca
			if c.code == "mail-unavailable" { // both wait for the other to begin
				x.Timeout = 2 * time.Second
			}
			receipt, err := sender(t, x).Send(t.Context(), letter())
			if c.code != "" {
				wantCode(t, err, record.Unavailable, c.code)
			} else if err != nil || (receipt.TLS != "") != c.tls {
				t.Errorf("TLS %q, %v", receipt.TLS, err)
			}
		})
	}
}

func TestTheServerIsAway(t *testing.T) {
	s := posttest.Start(t)
	c := config(s)
	c.Timeout = 2 * time.Second
	x := sender(t, c)
	s.Stop()
	_, err := x.Send(t.Context(), letter())
	wantCode(t, err, record.Unavailable, "mail-unavailable")

	s.Start()
	s.Pause() // takes connections and says nothing
	begin := time.Now()
	_, err = x.Send(t.Context(), letter())
	wantCode(t, err, record.Unavailable, "mail-unavailable")
	if took := time.Since(begin); took < c.Timeout || took > 2*c.Timeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("gave up after %v: %v", took, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	begin = time.Now()
	_, err = x.Send(ctx, letter())
	wantCode(t, err, record.Unavailable, "mail-unavailable")
	if took := time.Since(begin); took > c.Timeout || !errors.Is(err, context.Canceled) {
		t.Errorf("gave up after %v: %v", took, err)
	}
	s.Continue()
	if _, err := x.Send(t.Context(), letter()); err != nil {
		t.Error(err)
	}
}

func TestTheServerDiesWithTheLetterInItsHands(t *testing.T) {
	s := posttest.Start(t)
	s.Slow()
	done := make(chan error, 1)
	go func() {
		_, err := sender(t, config(s)).Send(t.Context(), letter())
		done <- err
	}()
	for begin := time.Now(); s.Held() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("the letter does not come in")
		}
	}
	s.Stop()
	wantCode(t, <-done, record.Unavailable, "mail-unconfirmed")
	s.Accept()
	s.Start()
	if n := len(s.Mailbox(recipient)); n != 0 {
		t.Errorf("%d letters arrived all the same", n)
	}
}

// What no good server does: a peer that says anything.
func TestAServerThatIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		says string
		code string
	}{
		"refuses service":    {"554 no service here\r\n", "mail-unavailable"},
		"asks to come again": {"421 too busy\r\n", "mail-deferred"},
		"speaks HTTP":        {"HTTP/1.1 400 Bad Request\r\n\r\n", "mail-unavailable"},
		"answers nonsense":   {"220 x\r\n250-x\r\n250 SIZE many\r\n220 go\r\n250 OK\r\n250 OK\r\n250 OK\r\n", "mail-unavailable"},
		"never stops":        {"", "mail-unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			sent := make(chan int, 1)
			go func() {
				n := 0
				defer func() { sent <- n }()
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				if c.says != "" {
					n, _ = conn.Write([]byte(c.says))
					_, _ = conn.Read(make([]byte, 100)) // until the other side goes
					return
				}
				for { // one line without an end
					m, err := conn.Write(bytes.Repeat([]byte("220-x"), 1000))
					if n += m; err != nil {
						return
					}
				}
			}()
			x := sender(t, post.Config{Address: "smtp://" + l.Addr().String(), STARTTLS: post.STARTTLSOffered, From: office, Timeout: 10 * time.Second})
			_, err = x.Send(t.Context(), letter())
			wantCode(t, err, record.Unavailable, c.code)
			if errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("it waited: %v", err)
			}
			if n := <-sent; n > 16<<20 {
				t.Errorf("%d bytes were taken in", n)
			}
		})
	}
}
