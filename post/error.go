package post

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"unicode"

	"vanthu/record"
)

// Answer is what the mail server said: a code of three digits (RFC 5321, 4.2) and
// its text, which is often English and not for believing.
type Answer struct {
	Code int    `json:"code"`
	Text string `json:"text,omitempty"`
}

// Error makes an Answer the cause of the error that it led to.
func (a *Answer) Error() string { return fmt.Sprintf("%d %s", a.Code, a.Text) }

const maxAnswer = 500 // bytes

// plainText is what a server said, on one line, without what could deceive a
// terminal.
func plainText(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))), " ")
	if len(s) > maxAnswer {
		s = strings.ToValidUTF8(s[:maxAnswer], "") + "…"
	}
	return s
}

func answered(err error) *Answer {
	var e *textproto.Error
	if !errors.As(err, &e) || e.Code < 100 {
		return nil
	}
	return &Answer{Code: e.Code, Text: plainText(e.Msg)}
}

// refusedAt is the error of a command that the server did not take.
func refusedAt(command, address string, err error) error {
	a := answered(err)
	switch {
	case a == nil && command == "end of data":
		return unconfirmed(err)
	case a == nil, a.Code < 400: // or what is no answer to this
		return away(err, command)
	case a.Code/100 == 4:
		return record.Because(a, record.Unavailable, "mail-deferred", "Máy chủ thư hẹn gửi lại sau")
	case command == "AUTH", a.Code == 530, a.Code == 535: // RFC 4954, 6
		return authFailed(a)
	case a.Code == 552 && command != "RCPT", strings.HasPrefix(a.Text, "5.3.4"): // RFC 1870, 6; RFC 3463
		return tooLarge(0, 0, a)
	case command == "RCPT":
		return record.Because(a, record.Invalid, "mail-recipient-refused", "Máy chủ thư không nhận thư gửi đến "+address)
	case command == "MAIL":
		return record.Because(a, record.Conflict, "mail-sender-refused", "Máy chủ thư không nhận thư gửi từ "+address)
	}
	return record.Because(a, record.Conflict, "mail-refused", "Máy chủ thư không nhận thư này")
}

func away(err error, step string) error {
	if a := answered(err); a != nil && a.Code/100 == 4 {
		return record.Because(a, record.Unavailable, "mail-deferred", "Máy chủ thư hẹn gửi lại sau")
	} else if a != nil {
		return record.Because(a, record.Unavailable, "mail-unavailable", "Máy chủ thư không phục vụ")
	}
	return record.Because(fmt.Errorf("%s: %w", step, err), record.Unavailable, "mail-unavailable", "Chưa liên lạc được với máy chủ thư")
}

func unconfirmed(err error) error {
	return record.Because(err, record.Unavailable, "mail-unconfirmed", "Đã chuyển hết thư nhưng máy chủ thư chưa xác nhận; thư có thể đến hai lần khi gửi lại")
}

func tlsFailed(err error) error {
	if a := answered(err); a != nil {
		return away(err, "STARTTLS")
	}
	return record.Because(err, record.Unavailable, "mail-tls-failed", "Không lập được kết nối TLS tin cậy với máy chủ thư; người quản trị cần kiểm tra chứng thư và cấu hình")
}

func authFailed(err error) error {
	message := "Máy chủ thư không nhận tài khoản hoặc mật khẩu đã đặt; người quản trị cần kiểm tra"
	var a *Answer
	if errors.As(err, &a) {
		return record.Because(a, record.Unavailable, "mail-auth-failed", message)
	}
	return record.Because(err, record.Unavailable, "mail-auth-failed", message)
}

func tooLarge(size, most int64, a *Answer) error {
	if a != nil {
		return record.Because(a, record.Invalid, "mail-too-large", "Thư lớn hơn mức máy chủ thư nhận")
	}
	return record.E(record.Invalid, "mail-too-large", fmt.Sprintf("Thư có %.1f MB, máy chủ thư chỉ nhận đến %.1f MB", float64(size)/(1<<20), float64(most)/(1<<20)))
}
