package post

import (
	"bytes"
	"encoding/base64"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever is put into a letter is refused, or comes out where it was put and
// nowhere else.
func FuzzLetter(f *testing.F) {
	f.Add("Kế hoạch\r\nBcc: a@b.vn", "Sở A\n", "một\n.\r\nhai", "Kế hoạch.pdf", []byte("%PDF"), true)
	f.Add("=?utf-8?q?x?=", `"A" <a@b.vn>`, strings.Repeat("ấ", 400), `a"; x=y.txt`, []byte{0, '\r', '\n', '.'}, true)
	f.Add(strings.Repeat("a ", 400), "", "\r.\r", "a", []byte{}, false)
	f.Add("--", "\u202e", "--x\n\nContent-Type: text/html\n", "%00'*.pdf", []byte("--"), false)
	f.Fuzz(func(t *testing.T, subject, name, text, file string, content []byte, eightBit bool) {
		l, err := Letter{MessageID: "a@b", To: "a@b.vn", ToName: name, Subject: subject, Text: text, Attachments: []Attachment{{Name: file, Media: "application/pdf", Content: content}}}.clean()
		if err != nil {
			return
		}
		raw, err := compose(l, mail.Address{Name: "Văn thư", Address: "c@d.vn"}, eightBit, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > maxLine || strings.ContainsAny(line, "\r\n") || !eightBit && strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
				t.Fatalf("a line that no server has to take: %q", line)
			}
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v: %q", err, raw)
		}
		if got := slices.Sorted(maps.Keys(m.Header)); !slices.Equal(got, []string{"Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}) {
			t.Fatalf("headers %v", got)
		}
		if got := decoded(t, m.Header.Get("Subject")); got != l.Subject {
			t.Fatalf("subject %q, want %q", got, l.Subject)
		}
		to, err := m.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != l.To || to[0].Name != l.ToName {
			t.Fatalf("to %v %v, want %q", to, err, l.ToName)
		}
		_, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts := multipart.NewReader(m.Body, parameters["boundary"])
		body, got := part(t, parts)
		if want := l.Text; got != want && got != want+"\r\n" {
			t.Fatalf("text %q, want %q", got, want)
		}
		if body.Header.Get("Content-Disposition") != "" {
			t.Fatal("the text is a file")
		}
		attached, got := part(t, parts)
		if attached.FileName() != l.Attachments[0].Name || got != string(content) {
			t.Fatalf("file %q with %q, want %q with %q", attached.FileName(), got, l.Attachments[0].Name, content)
		}
		if _, err := parts.NextRawPart(); err != io.EOF {
			t.Fatalf("one part more: %v", err)
		}
	})
}

// part is the next one, with its content.
func part(t *testing.T, parts *multipart.Reader) (*multipart.Part, string) {
	t.Helper()
	p, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = p
	switch p.Header.Get("Content-Transfer-Encoding") {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return p, string(b)
}

func decoded(t *testing.T, header string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
