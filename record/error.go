package record

import (
	"errors"
	"strings"
)

// Kind classes an Error by what the caller can do about it. The edges (command
// line, HTTP) turn a Kind into an exit code or a status; nothing else does.
type Kind string

const (
	Invalid      Kind = "invalid"      // the input breaks a rule; Faults says where
	NotFound     Kind = "not-found"    // no such document, template, organisation
	Forbidden    Kind = "forbidden"    // this actor may not do this
	Conflict     Kind = "conflict"     // the state does not allow the command
	Precondition Kind = "precondition" // the caller read something that has changed since
	Busy         Kind = "busy"         // try again later: a queue is full
	Unavailable  Kind = "unavailable"  // store, converter or key out of reach
	Damaged      Kind = "damaged"      // stored content is not what was stored
	Usage        Kind = "usage"        // the program was called or set up wrongly
	Internal     Kind = "internal"     // a defect of ours
)

// Fault is one thing wrong with an input, with its place.
type Fault struct {
	Pointer string `json:"pointer"`         // RFC 6901 pointer into the input, "" for the whole
	Code    string `json:"code"`            // stable, for programs: "required", "type", ...
	Message string `json:"message"`         // Vietnamese, for people
	Tag     string `json:"tag,omitempty"`   // the template tag that asked for the value
	Part    string `json:"part,omitempty"`  // the package part, e.g. "word/document.xml"
	Place   string `json:"place,omitempty"` // where in the part, e.g. "đoạn 12"
	Near    string `json:"near,omitempty"`  // text around the place
}

// Error is the one error type of the domain. Code is stable for programs,
// Message is Vietnamese for people; Err is the cause, for the log.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Faults  []Fault
	Err     error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Faults {
		b.WriteString("\n  ")
		b.WriteString(f.String())
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// String is the fault on one line: place, message, code.
func (f Fault) String() string {
	var place []string
	if f.Pointer != "" {
		place = append(place, f.Pointer)
	}
	for _, s := range []string{f.Part, f.Place} {
		if s != "" {
			place = append(place, s)
		}
	}
	if f.Tag != "" {
		place = append(place, "{"+f.Tag+"}")
	}
	line := f.Message + " [" + f.Code + "]"
	if f.Near != "" {
		line += " (gần “" + f.Near + "”)"
	}
	if len(place) == 0 {
		return line
	}
	return strings.Join(place, ", ") + ": " + line
}

// E is an error without a cause.
func E(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// Because is E with the cause that the log should show.
func Because(err error, kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message, Err: err}
}

// Faulty makes one Invalid error of all faults, nil when there are none.
func Faulty(code, message string, faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: code, Message: message, Faults: faults}
}

// FaultsOf are the faults of the first *Error in err's chain.
func FaultsOf(err error) []Fault {
	var e *Error
	if errors.As(err, &e) {
		return e.Faults
	}
	return nil
}

// KindOf is the kind of the first *Error in err's chain, Internal for a
// foreign error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf is the code of the first *Error in err's chain, "internal" for a
// foreign error.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}
