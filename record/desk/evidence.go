package desk

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"vanthu/record"
)

// RenewBefore is how long before the end of the newest timestamp's certificate
// evidence is renewed.
const RenewBefore = 90 * 24 * time.Hour

// Prove adds to the PDFs of an issued document what they need to be verified
// when nobody answers any more: a new version, in the state it was. A document
// that needs nothing stays as it is. It may take minutes. Errors: Conflict for
// the state, those of Signer.Prove.
func (d *Desk) Prove(ctx context.Context, a Actor, r Ref) (record.Document, error) {
	o := d.order(a, r, record.CmdEvidence, nil)
	doc, err := d.admit(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	if !doc.Issued() {
		return doc, record.E(record.Conflict, "state", "Chỉ văn bản đã phát hành mới được bổ sung bằng chứng lâu dài")
	}
	doc, v, pdf, err := d.current(ctx, o, doc.State)
	if err != nil {
		return settled(doc, err)
	}
	proven, have, err := d.Signer.Prove(ctx, pdf)
	if err != nil {
		return doc, err
	}
	changed := !bytes.Equal(proven, pdf)
	var more [][]byte
	for _, x := range v.Attachments {
		b, err := d.FileOf(ctx, v, x.File)
		if err != nil {
			return doc, err
		}
		out, of, err := d.Signer.Prove(ctx, b)
		if err != nil {
			return doc, err
		}
		have = weaker(have, of)
		if !bytes.Equal(out, b) {
			changed = true
			replaceFile(&v, x.File, out)
			more = append(more, out)
		}
	}
	if !changed {
		return doc, nil
	}
	v.Evidence, o.entry.Evidence = &have, &have
	return d.next(ctx, o, doc, v, proven, more...)
}

// levels from the weakest (ETSI EN 319 142-1).
var levels = []string{"B-B", "B-T", "B-LT", "B-LTA"}

// weaker is what two files have together.
func weaker(a, b record.Evidence) record.Evidence {
	if slices.Index(levels, b.Level) < slices.Index(levels, a.Level) {
		a.Level = b.Level
	}
	if !b.Until.IsZero() && (a.Until.IsZero() || b.Until.Before(a.Until)) {
		a.Until = b.Until
	}
	a.Missing = slices.Concat(a.Missing, b.Missing)
	return a
}

// Due is an issued document with what its evidence is worth.
type Due struct {
	Document record.Document
	// By is when something has to be done: zero for at once.
	By time.Time
}

// Evidence lists the issued documents by when their evidence has to be looked
// after, the most urgent first.
func (d *Desk) Evidence(ctx context.Context) ([]Due, error) {
	journals, err := d.Journals.Journals(ctx)
	if err != nil {
		return nil, err
	}
	var out []Due
	for _, j := range journals {
		err := d.Journals.View(ctx, j, func(s *record.State) error {
			for _, doc := range s.Documents {
				if doc.Issued() {
					out = append(out, Due{doc, lookedAfterBy(doc.Evidence)})
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b Due) int {
		return cmp.Or(a.By.Compare(b.By), strings.Compare(a.Document.ID, b.Document.ID))
	})
	return out, nil
}

func lookedAfterBy(e *record.Evidence) time.Time {
	if e == nil || len(e.Missing) > 0 || e.Until.IsZero() {
		return time.Time{}
	}
	return e.Until.Add(-RenewBefore)
}

// Keeper looks after the evidence of all documents, one after the other, and
// comes back to what could not be had with longer and longer pauses. Signing
// never waits for it.
type Keeper struct {
	Desk  *Desk
	Actor Actor // an archivist
	// Failed, where set, is told of what could not be had yet.
	Failed func(context.Context, record.Document, error)

	mu    sync.Mutex
	later map[string]pause // by document
}

type pause struct {
	version int // that was looked at
	until   time.Time
	next    time.Duration
}

// The first pause after a failure and the longest; a document that needs
// nothing more is looked at again after the longest.
const (
	firstPause   = time.Minute
	longestPause = 12 * time.Hour
)

// Pass looks after everything that is due and not paused. It reports how many
// documents have new evidence. Its error means that the journals could not be
// read, or ctx ended.
func (k *Keeper) Pass(ctx context.Context) (done int, err error) {
	due, err := k.Desk.Evidence(ctx)
	if err != nil {
		return 0, err
	}
	now := k.Desk.Now()
	for _, x := range due {
		if x.By.After(now) {
			break // the others are later
		}
		if k.paused(x.Document, now) {
			continue
		}
		doc, err := k.Desk.Prove(ctx, k.Actor, Ref{Journal: x.Document.Journal, ID: x.Document.ID})
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		nothing := doc.Version == x.Document.Version && doc.Evidence == nil // could be added, or needs to be
		complete := err == nil && (nothing || lookedAfterBy(doc.Evidence).After(now))
		if err != nil && k.Failed != nil {
			k.Failed(ctx, x.Document, err)
		}
		if err == nil && doc.Version != x.Document.Version {
			done++
		}
		k.pause(x.Document, doc, complete, now)
	}
	return done, nil
}

func (k *Keeper) paused(doc record.Document, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.later[doc.ID]
	return ok && p.version == doc.Version && p.until.After(now)
}

// pause notes when a document is looked at again.
func (k *Keeper) pause(before, after record.Document, complete bool, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.later == nil {
		k.later = map[string]pause{}
	}
	version := max(before.Version, after.Version)
	wait := longestPause
	if !complete {
		wait = firstPause
		if p, ok := k.later[before.ID]; ok {
			wait = min(max(2*p.next, firstPause), longestPause)
		}
	}
	k.later[before.ID] = pause{version, now.Add(wait), wait}
}
