package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"vanthu/record"
)

// Exit codes: 0 good, 1 a clear "no" about the file or document, 2 wrong usage
// or the environment failed.
const (
	exitGood  = 0
	exitNo    = 1
	exitWrong = 2
)

// exitOf maps a kind to the exit code; a kind that is missing here fails
// TestEveryKindHasAnExitCode.
var exitOf = map[record.Kind]int{
	record.Invalid:      exitNo,
	record.NotFound:     exitNo,
	record.Forbidden:    exitNo,
	record.Conflict:     exitNo,
	record.Precondition: exitNo,
	record.Damaged:      exitNo,
	record.Busy:         exitWrong,
	record.Unavailable:  exitWrong,
	record.Usage:        exitWrong,
	record.Internal:     exitWrong,
}

// errSaidNo ends a command whose output already is the clear "no".
var errSaidNo = errors.New("no")

func usage(err error) error {
	return record.Because(err, record.Usage, "usage", "Gọi lệnh chưa đúng (xem vanthu --help)")
}

// problem is an error for programs, in the spirit of RFC 9457.
type problem struct {
	Type   record.Kind    `json:"type"`
	Code   string         `json:"code"`
	Title  string         `json:"title"`
	Detail string         `json:"detail,omitempty"`
	Errors []record.Fault `json:"errors,omitempty"`
}

// report writes err for a person, or as JSON for a program, and returns the
// exit code.
func report(w io.Writer, asJSON bool, err error) int {
	switch {
	case err == nil:
		return exitGood
	case errors.Is(err, errSaidNo):
		return exitNo
	case errors.Is(err, context.Canceled):
		err = record.Because(err, record.Unavailable, "interrupted", "Lệnh bị ngắt")
	}
	code := exitOf[record.KindOf(err)]
	var e *record.Error
	if !errors.As(err, &e) {
		e = record.Because(err, record.Internal, "internal", "Lỗi của chương trình")
	}
	if asJSON {
		p := problem{Type: e.Kind, Code: e.Code, Title: e.Message, Errors: e.Faults}
		if e.Err != nil {
			p.Detail = e.Err.Error()
		}
		writeJSON(w, p)
		return code
	}
	fmt.Fprintf(w, "vanthu: %s", e.Message)
	if code == exitWrong && e.Err != nil { // whoever runs the program needs the cause
		fmt.Fprintf(w, ": %v", e.Err)
	}
	fmt.Fprintln(w)
	for _, f := range e.Faults {
		fmt.Fprintf(w, "  %s\n", f)
	}
	return code
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// wantsJSON says whether the chosen command was given --json.
func wantsJSON(c *kong.Context) bool {
	for _, f := range c.Flags() {
		if f.Name == "json" {
			on, _ := c.FlagValue(f).(bool)
			return on
		}
	}
	return false
}
