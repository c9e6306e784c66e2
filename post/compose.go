package post

import (
	"bytes"
	"cmp"
	"mime"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"vanthu/record"
)

// maxLine is the longest line of a message in octets, without its end (RFC 5322,
// 2.1.1).
const maxLine = 998

// compose makes the message of a clean letter: texts as they are where the
// server takes 8-bit mail (RFC 6152) and no line is too long, otherwise
// quoted-printable; files in base64; what is not ASCII in headers by RFC 2047, in
// file names by RFC 2231.
func compose(l Letter, from mail.Address, eightBit bool, now time.Time) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingB64)) // of headers: shortest for Vietnamese
	m.SetMessageIDWithValue(l.MessageID)
	date := l.Date
	if date.IsZero() {
		date = now
	}
	m.SetDateWithValue(date.In(record.Office))
	m.FromMailAddress(&from)
	m.ToMailAddress(l.recipient())
	if l.ReplyTo != "" {
		m.ReplyToMailAddress(&mail.Address{Address: l.ReplyTo})
	}
	m.Subject(l.Subject)
	for name, value := range l.Headers {
		m.SetGenHeader(gomail.Header(name), value)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text, gomail.WithPartEncoding(bodyEncoding(l.Text, eightBit)))
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML, gomail.WithPartEncoding(bodyEncoding(l.HTML, eightBit)))
	}
	for _, a := range l.Attachments {
		disposition := mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})
		m.AttachReadSeeker(a.Name, bytes.NewReader(a.Content), func(f *gomail.File) {
			f.Header.Set("Content-Type", a.Media)
			f.Header.Set("Content-Disposition", disposition)
		})
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, record.Because(err, record.Internal, "mail-compose", "Không soạn được thư")
	}
	return b.Bytes(), nil
}

func bodyEncoding(text string, eightBit bool) gomail.Encoding {
	longest := 0
	for line := range strings.SplitSeq(text, "\r\n") {
		longest = max(longest, len(line))
	}
	if eightBit && longest <= maxLine {
		return gomail.NoEncoding
	}
	return gomail.EncodingQP
}

// heloName is what the client calls itself: its name where it has a whole one,
// otherwise its address (RFC 5321, 4.1.4).
func heloName(host, address string) string {
	if domainForm.MatchString(strings.ToLower(host)) {
		return host
	}
	if strings.Contains(address, ":") {
		return "[IPv6:" + address + "]"
	}
	return "[" + cmp.Or(address, "127.0.0.1") + "]"
}
