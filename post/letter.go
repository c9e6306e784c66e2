package post

import (
	"fmt"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// Letter is one e-mail to one recipient. Texts are UTF-8; where a line is
// expected (names, subject) line breaks and repeated spaces become one space.
type Letter struct {
	// MessageID is without angle brackets, "left@right" (RFC 5322, 3.6.4). The same
	// letter has to have the same one each time it is sent, so that a recipient
	// who gets it twice, and whose server did not notice, can tell.
	MessageID string
	Date      time.Time // of the header; zero for now
	To        string    // as ParseAddress takes it
	ToName    string
	ReplyTo   string // "" for the sender
	Subject   string // at most 900 characters
	Text      string // plain
	HTML      string // the same in HTML; "" for none
	// Headers are further ones: In-Reply-To, References, Importance,
	// Auto-Submitted, and any that begins with X-Vanthu-; printable ASCII.
	Headers     map[string]string
	Attachments []Attachment
}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name    string // without folders, in any letters; at most 200 bytes
	Media   string // "application/pdf"
	Content []byte
}

const (
	maxName        = 200      // bytes
	maxSubject     = 900      // characters; of ASCII without a space one line (RFC 5322, 2.1.1)
	maxText        = 1 << 20  // bytes
	maxAttachments = 20       // files
	maxContent     = 40 << 20 // bytes of all attachments
	maxHeaders     = 10
	maxHeader      = 900 // bytes, below the longest line (RFC 5322, 2.1.1)
)

var (
	messageIDForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}@[A-Za-z0-9.-]{1,120}$")
	headerForm    = regexp.MustCompile(`^(In-Reply-To|References|Importance|Auto-Submitted|X-Vanthu-[A-Za-z0-9-]{1,40})$`)
	valueForm     = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?$`)
	mediaForm     = regexp.MustCompile(`^(application|audio|font|image|model|text|video)/[A-Za-z0-9!#$&^_.+-]{1,127}$`)
)

// clean is the letter as it is sent, or all that is wrong with it, "mail-letter".
func (l Letter) clean() (Letter, error) {
	var faults []record.Fault
	say := func(pointer, code, format string, args ...any) {
		faults = append(faults, fault(pointer, code, fmt.Sprintf(format, args...)))
	}
	if !messageIDForm.MatchString(l.MessageID) {
		say("/message_id", "pattern", "Mã thư phải có dạng trái@phải, không có dấu cách")
	}
	to, err := ParseAddress(l.To)
	if err != nil {
		say("/to", "address", "%q không phải là địa chỉ thư điện tử", clip(l.To))
	}
	if l.ReplyTo != "" {
		if l.ReplyTo, err = ParseAddress(l.ReplyTo); err != nil {
			say("/reply_to", "address", "Địa chỉ trả lời không phải là địa chỉ thư điện tử")
		}
	}
	l.To = to
	var ok bool
	if l.ToName, ok = oneLine(l.ToName); !ok || len(l.ToName) > maxName {
		say("/to_name", "text", "Tên nơi nhận có ký tự không được nhận hoặc dài quá %d byte", maxName)
	}
	if l.Subject, ok = oneLine(l.Subject); !ok || l.Subject == "" || utf8.RuneCountInString(l.Subject) > maxSubject {
		say("/subject", "text", "Tiêu đề để trống, dài quá %d ký tự hoặc có ký tự không được nhận", maxSubject)
	}
	for _, x := range []struct {
		pointer string
		text    *string
	}{{"/text", &l.Text}, {"/html", &l.HTML}} {
		if *x.text, ok = lines(*x.text); !ok || len(*x.text) > maxText {
			say(x.pointer, "text", "Nội dung có ký tự không được nhận hoặc dài quá %d KB", maxText>>10)
		}
	}
	if l.Text == "" {
		say("/text", "required", "Thư phải có nội dung")
	}
	if len(l.Headers) > maxHeaders {
		say("/headers", "max-items", "Nhiều nhất %d dòng đầu thư thêm", maxHeaders)
	}
	for name, value := range l.Headers {
		if !headerForm.MatchString(name) || !valueForm.MatchString(value) || len(value) > maxHeader {
			say("/headers/"+clip(name), "header", "Dòng đầu thư %q không được nhận", clip(name))
		}
	}
	faults = append(faults, attachmentFaults(l.Attachments)...)
	return l, record.Faulty("mail-letter", "Thư không gửi được như đã soạn", faults)
}

func attachmentFaults(all []Attachment) (faults []record.Fault) {
	if len(all) > maxAttachments {
		faults = append(faults, fault("/attachments", "max-items", fmt.Sprintf("Nhiều nhất %d tệp kèm theo", maxAttachments)))
	}
	total := 0
	for i, a := range all {
		total += len(a.Content)
		at := fmt.Sprintf("/attachments/%d", i)
		line, ok := oneLine(a.Name)
		if !ok || line != a.Name || a.Name == "" || len(a.Name) > maxName || a.Name[0] == '.' || strings.ContainsAny(a.Name, `/\`) {
			faults = append(faults, fault(at+"/name", "file-name", fmt.Sprintf("Tên tệp %q không được nhận", clip(a.Name))))
		}
		// Of message/* and multipart/* the content must not be encoded (RFC 2045, 6.4).
		if media, _, err := mime.ParseMediaType(a.Media); err != nil || media != a.Media || !mediaForm.MatchString(media) {
			faults = append(faults, fault(at+"/media", "media-type", fmt.Sprintf("Loại tệp %q không được nhận", clip(a.Media))))
		}
	}
	if total > maxContent {
		faults = append(faults, fault("/attachments", "too-large", fmt.Sprintf("Các tệp kèm theo lớn hơn %d MB", maxContent>>20)))
	}
	return faults
}

// oneLine is a text with each run of white space as one space, in NFC; ok is
// false when it has characters that no line may have, or looks like an encoded
// word (RFC 2047), which readers would show as something else.
func oneLine(s string) (line string, ok bool) {
	line = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	return line, utf8.ValidString(s) && !strings.ContainsFunc(line, unicode.IsControl) && !strings.Contains(line, "=?")
}

// lines is a text with the line ends of mail.
func lines(s string) (text string, ok bool) {
	text = strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(s)
	return text, utf8.ValidString(s) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\r' && r != '\n' && r != '\t'
	})
}

func clip(s string) string {
	const most = 100
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

func (l Letter) recipient() *mail.Address { return &mail.Address{Name: l.ToName, Address: l.To} }
