package addresses

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/post"
	"vanthu/record"
)

// Entry is one recipient in a book. Texts are NFC and one line each.
type Entry struct {
	ID       string `json:"id"`       // opaque, of 26 a-z 0-9
	Revision int    `json:"revision"` // of the book when the entry was last changed
	// Name is as nơi nhận prints it, without dash, semicolon and purpose.
	Name string `json:"name"`
	// Code identifies the body among all agencies (mã định danh, QĐ 20/2020/QĐ-TTg:
	// at most 35 letters and digits in groups with dots); "" where it is not known.
	Code          string   `json:"code,omitempty"`
	Channel       string   `json:"channel"`         // of Channels
	Email         string   `json:"email,omitempty"` // as post.ParseAddress returns it
	PostalAddress string   `json:"postal_address,omitempty"`
	Purposes      []string `json:"purposes,omitempty"` // of Purposes, what this recipient usually gets documents for
	Note          string   `json:"note,omitempty"`
	record.Period          // in which the entry holds
}

// Channels are the ways to a recipient, as in an envelope.
var Channels = []string{"portal", "email", "paper"}

// Purposes are what a document is sent for (NĐ 30/2020, PL I, II.9): an
// envelope's, and file for who only keeps it (lưu).
var Purposes = []string{"execute", "inspect", "report", "coordinate", "inform", "file"}

// Limits of a book.
const (
	MaxEntries = 5000
	maxName    = 300 // characters, as an envelope's
	maxCode    = 35
	maxPostal  = 250
	maxNote    = 500
)

var (
	idForm           = regexp.MustCompile(`^[a-z0-9]{26}$`)
	codeForm         = regexp.MustCompile(`^[A-Z0-9]+(\.[A-Z0-9]+)*$`)
	organizationForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
)

// check puts the entry into the form in which it is kept and says all that is
// wrong with it; pointers begin with at.
func (e *Entry) check(at string) (faults []record.Fault) {
	say := func(pointer, code, format string, args ...any) {
		faults = append(faults, record.Fault{Pointer: at + pointer, Code: code, Message: fmt.Sprintf(format, args...)})
	}
	for _, x := range []struct {
		name, label string
		text        *string
		most        int
	}{{"/name", "Tên nơi nhận", &e.Name, maxName}, {"/code", "Mã định danh", &e.Code, maxCode}, {"/postal_address", "Địa chỉ bưu chính", &e.PostalAddress, maxPostal}, {"/note", "Ghi chú", &e.Note, maxNote}} {
		line, ok := oneLine(*x.text)
		*x.text = line
		switch n := utf8.RuneCountInString(line); {
		case !ok:
			say(x.name, "encoding", "%s có ký tự không được nhận", x.label)
		case n > x.most:
			say(x.name, "max-length", "%s dài %d ký tự, nhiều nhất %d", x.label, n, x.most)
		}
	}
	if e.Name = strings.TrimRight(strings.TrimLeft(e.Name, "-– "), ";. "); e.Name == "" {
		say("/name", "required", "Phải có tên nơi nhận")
	}
	if e.Code = strings.ToUpper(e.Code); e.Code != "" && !codeForm.MatchString(e.Code) {
		say("/code", "pattern", "Mã định danh gồm chữ cái và chữ số, các nhóm cách nhau bằng dấu chấm, ví dụ H06.01")
	}
	if !slices.Contains(Channels, e.Channel) {
		say("/channel", "enum", "Cách gửi phải là một trong: đường dẫn, thư điện tử, bản giấy")
	}
	if e.Email = strings.TrimSpace(e.Email); e.Email != "" {
		address, err := post.ParseAddress(e.Email)
		if err != nil {
			say("/email", "email", "%q không phải là một địa chỉ thư điện tử", clip(e.Email))
		} else {
			e.Email = address
		}
	} else if e.Channel == "email" {
		say("/email", "required", "Gửi bằng thư điện tử thì phải có địa chỉ thư điện tử")
	}
	for i, p := range e.Purposes {
		if !slices.Contains(Purposes, p) || slices.Contains(e.Purposes[:i], p) {
			say(fmt.Sprintf("/purposes/%d", i), "enum", "Mục đích %q không có hoặc nêu hai lần", clip(p))
		}
	}
	for _, x := range []struct {
		pointer string
		day     *record.Date
	}{{"/valid_from", &e.ValidFrom}, {"/valid_to", &e.ValidTo}} {
		if *x.day == "" {
			continue
		}
		if _, err := record.ParseDate(string(*x.day)); err != nil {
			say(x.pointer, "date", "%q không phải là một ngày", clip(string(*x.day)))
		}
	}
	if e.ValidFrom != "" && e.ValidTo != "" && e.ValidTo < e.ValidFrom {
		say("/valid_to", "range", "Ngày hết dùng không được trước ngày bắt đầu dùng")
	}
	return faults
}

// same says whether two entries differ in nothing that a person wrote.
func (e Entry) same(other Entry) bool {
	return e.Name == other.Name && e.Code == other.Code && e.Channel == other.Channel && e.Email == other.Email &&
		e.PostalAddress == other.PostalAddress && slices.Equal(e.Purposes, other.Purposes) && e.Note == other.Note && e.Period == other.Period
}

// clashes are the reasons why two entries cannot both be in a book: on some day a
// name or a code would stand for both.
func (e Entry) clashes(other Entry) (pointers []string) {
	if e.ID == other.ID || !overlap(e.Period, other.Period) {
		return nil
	}
	if e.Name == other.Name {
		pointers = append(pointers, "/name")
	}
	if e.Code != "" && e.Code == other.Code {
		pointers = append(pointers, "/code")
	}
	return pointers
}

func overlap(a, b record.Period) bool {
	return (a.ValidTo == "" || b.ValidFrom <= a.ValidTo) && (b.ValidTo == "" || a.ValidFrom <= b.ValidTo)
}

func oneLine(s string) (line string, ok bool) {
	line = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	return line, utf8.ValidString(s) && !strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError })
}

func clip(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
