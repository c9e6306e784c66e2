package reads

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

const (
	keyTime  = "20060102T150405Z" // of the newest line of a batch, in UTC
	maxBatch = 8 << 20            // bytes: maxHeld lines are far from it
)

func encode(all []Read) ([]byte, error) {
	var b bytes.Buffer
	for _, r := range all {
		line, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes(), nil
}

// decode reads a batch; Damaged, access-damaged, for what encode did not write.
func decode(key string, data []byte) (out []Read, err error) {
	damaged := func(why error) ([]Read, error) {
		return nil, record.Because(why, record.Damaged, "access-damaged", "Lịch sử truy cập đã lưu bị hỏng: "+path.Base(key))
	}
	if len(data) > maxBatch {
		return damaged(fmt.Errorf("%d bytes", len(data)))
	}
	for line := range bytes.Lines(data) {
		var r Read
		if err := json.Unmarshal(line, &r); err != nil {
			return damaged(err)
		}
		if r.Time.IsZero() || r.How == "" {
			return damaged(errors.New("a line without time or way"))
		}
		if _, err := r.Time.MarshalJSON(); err != nil {
			return damaged(err) // what encode could not have written
		}
		out = append(out, r)
	}
	return out, nil
}

// History is who read a document, the newest first; with most > 0 that many
// lines at most. What this instance has not written yet is there too. A batch
// that is damaged does not hide the others: they come with the error.
func (l *Log) History(ctx context.Context, of Of, most int) ([]Read, error) {
	l.mu.Lock()
	all := slices.Clone(l.held[of])
	l.mu.Unlock()
	var keys []string
	for key, err := range l.store.List(ctx, folder+of.Organization+"/"+of.Document+"/") {
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	slices.Sort(keys) // by time
	var bad error
	for _, key := range slices.Backward(keys) {
		// A batch holds what was read within seconds of its name: later ones hold
		// nothing older. Repetitions shorten the list, so a few more are read.
		if most > 0 && len(all) >= 2*most {
			break
		}
		data, _, err := l.store.Get(ctx, key)
		if errors.Is(err, storage.ErrNotFound) {
			continue // swept since
		}
		if err != nil {
			return nil, err
		}
		batch, err := decode(key, data)
		if err != nil {
			bad = err
			continue
		}
		all = append(all, batch...)
	}
	out := once(all)
	if most > 0 && len(out) > most {
		out = out[:most]
	}
	return out, bad
}

// once is the reads, newest first, without those that repeat an earlier one.
func once(all []Read) (out []Read) {
	slices.SortStableFunc(all, func(a, b Read) int { return a.Time.Compare(b.Time) })
	seen := map[Read]bool{}
	for _, r := range all {
		if key := r.same(); !seen[key] {
			seen[key] = true
			out = append(out, r)
		}
	}
	slices.Reverse(out)
	return out
}

// Sweep removes the batches whose newest line is older than the day, and says
// how many.
func (l *Log) Sweep(ctx context.Context, before time.Time) (n int, err error) {
	var old []string
	for key, err := range l.store.List(ctx, folder) {
		if err != nil {
			return 0, err
		}
		stamp, _, _ := strings.Cut(path.Base(key), "-")
		if t, err := time.Parse(keyTime, stamp); err == nil && t.Before(before) {
			old = append(old, key)
		}
	}
	for _, key := range old {
		if err := l.store.Delete(ctx, key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
