package desk

import (
	"errors"

	"vanthu/record"
)

// faultList gathers the faults of several checks, so that bad input gets one
// answer.
type faultList []record.Fault

func (l *faultList) add(pointer, code, message string) {
	*l = append(*l, record.Fault{Pointer: pointer, Code: code, Message: message})
}

// take keeps the faults of an Invalid error and returns any other error.
func (l *faultList) take(err error) error {
	var e *record.Error
	if errors.As(err, &e) && e.Kind == record.Invalid && len(e.Faults) > 0 {
		*l = append(*l, e.Faults...)
		return nil
	}
	return err
}

// with is everything gathered, err's faults included; err itself when it is of
// another kind.
func (l *faultList) with(err error) error {
	if err = l.take(err); err != nil {
		return err
	}
	return l.err()
}

func (l *faultList) err() error {
	return record.Faulty("invalid-envelope", "Dữ liệu văn bản chưa đúng", *l)
}
