package storage

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"vanthu/record"
)

// AuditResult is an audit that a service has run, for all instances to show.
type AuditResult struct {
	Begun    time.Time     `json:"begun"`
	Took     time.Duration `json:"took"` // nanoseconds
	Report   AuditReport   `json:"report"`
	Repaired []string      `json:"repaired"` // keys
}

// Audits keeps the result of the last audit in the working store.
type Audits struct{ Work WorkStore }

const lastAudit = "audits/last"

// maxShown is how many problems and orphans are kept of an audit.
const maxShown = 1000

// Save keeps a result in the place of the one before.
func (a *Audits) Save(ctx context.Context, r AuditResult) error {
	r.Report.Problems = r.Report.Problems[:min(len(r.Report.Problems), maxShown)]
	r.Report.Orphans = r.Report.Orphans[:min(len(r.Report.Orphans), maxShown)]
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	for {
		_, tag, err := a.Work.Get(ctx, lastAudit)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if _, err = a.Work.Put(ctx, lastAudit, b, tag); !errors.Is(err, ErrChanged) {
			return err
		}
	}
}

// Last is the last result; NotFound, audit-none, when there was none.
func (a *Audits) Last(ctx context.Context) (AuditResult, error) {
	var r AuditResult
	b, _, err := a.Work.Get(ctx, lastAudit)
	if errors.Is(err, ErrNotFound) {
		return r, record.E(record.NotFound, "audit-none", "Kho chưa được kiểm tra lần nào; chạy vanthu audit, hoặc đợi lần kiểm tra hằng ngày")
	}
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	return r, err
}
