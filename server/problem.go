package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"vanthu/record"
	"vanthu/server/accounts"
)

// problem is an answer that is not the one asked for (RFC 9457). Its type and
// code are stable; title and messages are Vietnamese, for people.
type problem struct {
	Type      string         `json:"type" doc:"urn:vanthu:problem: and the code"`
	Title     string         `json:"title" doc:"What is wrong, in Vietnamese"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable, for programs"`
	Instance  string         `json:"instance,omitempty" doc:"The request: urn:vanthu:request: and its id"`
	Errors    []record.Fault `json:"errors,omitempty" doc:"Every fault of the input, with its place"`
	retry     int            // seconds; Retry-After
	cause     error          // for the log
	challenge bool           // WWW-Authenticate
}

func (p *problem) Error() string { return p.Code + ": " + p.Title }
func (p *problem) Unwrap() error { return p.cause }

const problemType = "urn:vanthu:problem:"

func refusal(status int, code, title string) *problem {
	return &problem{Type: problemType + code, Title: title, Status: status, Code: code}
}

// statusOf maps kinds to statuses; a kind that is missing here fails
// TestEveryKindHasAStatus.
var statusOf = map[record.Kind]int{
	record.Invalid:      http.StatusUnprocessableEntity,
	record.NotFound:     http.StatusNotFound,
	record.Forbidden:    http.StatusForbidden,
	record.Conflict:     http.StatusConflict,
	record.Precondition: http.StatusPreconditionFailed,
	record.Busy:         http.StatusTooManyRequests,
	record.Unavailable:  http.StatusServiceUnavailable,
	record.Damaged:      http.StatusInternalServerError,
	record.Usage:        http.StatusInternalServerError,
	record.Internal:     http.StatusInternalServerError,
}

// Seconds after which asking again makes sense.
const (
	retryBusy = 2
	retryAway = 5
)

// statusClientGone is what is logged when nobody waits for the answer.
const statusClientGone = 499

// problemOf is the one place where an error becomes an answer.
func problemOf(err error) *problem {
	var (
		p       *problem
		e       *record.Error
		tooBig  *http.MaxBytesError
		delayed *accounts.Delayed
	)
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &tooBig):
		return refusal(http.StatusRequestEntityTooLarge, "body-too-large", "Nội dung gửi lên quá lớn")
	case errors.As(err, &delayed):
		p = refusal(http.StatusTooManyRequests, "login-delayed", "Đăng nhập sai nhiều lần; hãy đợi rồi thử lại")
		p.retry = int(delayed.Wait.Seconds()) + 1
		return p
	case errors.Is(err, accounts.ErrWrong):
		p = refusal(http.StatusUnauthorized, accounts.ErrWrong.Code, accounts.ErrWrong.Message)
		return p
	case errors.As(err, &e):
		p = refusal(statusOf[e.Kind], e.Code, titleOf(e))
		p.Errors, p.cause = e.Faults, err
		if e.Code == contentGone {
			p.Status, p.Title = http.StatusInternalServerError, damagedTitle
		}
	case errors.Is(err, context.Canceled):
		return refusal(statusClientGone, "client-gone", "Bên gọi đã ngắt")
	case errors.Is(err, context.DeadlineExceeded):
		p = refusal(http.StatusServiceUnavailable, "timeout", "Máy chủ không kịp trả lời; hãy thử lại")
		p.cause = err
	default:
		p = refusal(http.StatusInternalServerError, "internal", internalTitle)
		p.cause = err
	}
	switch p.Status {
	case http.StatusTooManyRequests:
		p.retry = retryBusy
	case http.StatusServiceUnavailable:
		p.retry = retryAway
	}
	return p
}

const (
	internalTitle = "Máy chủ gặp lỗi; yêu cầu chưa được thực hiện"
	damagedTitle  = "Nội dung trong kho lưu trữ bị hỏng hoặc bị mất nên không được giao ra; hãy báo người quản trị"
	storeTitle    = "Kho lưu trữ chưa dùng được; hãy thử lại sau ít phút"
	fullTitle     = "Kho lưu trữ đã hết chỗ nên chưa ghi được; hãy báo người quản trị" // waiting alone does not help
	// contentGone is the archive's word for content that it does not hold. All
	// that is asked for here is named by a journal or a manifest, and should be.
	contentGone = "archive-not-found"
)

// titleOf is what a person may read of an error: how the store names its parts
// and where it is are for the log.
func titleOf(e *record.Error) string {
	switch {
	case e.Kind == record.Damaged:
		return damagedTitle
	case e.Kind == record.Internal, e.Kind == record.Usage:
		return internalTitle
	case e.Kind == record.Unavailable && e.Code == "store-full":
		return fullTitle
	case e.Kind == record.Unavailable && strings.HasPrefix(e.Code, "store-"):
		return storeTitle
	}
	return e.Message
}

func unauthenticated() *problem {
	p := refusal(http.StatusUnauthorized, "not-logged-in", "Chưa đăng nhập, hoặc phiên làm việc đã hết hạn")
	p.challenge = true
	return p
}
