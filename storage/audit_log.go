package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// logAudit rebuilds the log of one journal from its entries as they are read,
// and compares what is stored of it.
type logAudit struct {
	journal string
	hashes  []tlog.Hash // stored hashes, of the entries read so far
	size    uint64
	broken  bool // an entry was not readable: the log ends there

	checkpoints map[uint64]string // key by size
	stamps      map[uint64]string
	tiles       map[string]bool
}

// logKey sorts a key below logs/ to its journal; false means that nothing of
// ours has such a key.
func (a *auditor) logKey(key string) bool {
	journal, rest, ok := strings.Cut(strings.TrimPrefix(key, logFolder), "/")
	if !ok || checkJournal(journal) != nil {
		return false
	}
	l := a.log(journal)
	if _, err := ParseTile(rest); err == nil {
		l.tiles[key] = true
		return true
	}
	_, number, _ := strings.Cut(rest, "/")
	size, err := strconv.ParseUint(number, 10, 64)
	switch {
	case err != nil || size == 0:
		return false
	case key == checkpointKey(journal, size):
		l.checkpoints[size] = key
	case key == stampKey(journal, size):
		l.stamps[size] = key
	default:
		return false
	}
	return true
}

func (a *auditor) log(journal string) *logAudit {
	l, ok := a.logs[journal]
	if !ok {
		l = &logAudit{journal: journal, checkpoints: map[uint64]string{}, stamps: map[uint64]string{}, tiles: map[string]bool{}}
		a.logs[journal] = l
	}
	return l
}

// ReadHashes serves the log as rebuilt.
func (l *logAudit) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(l.hashes)) {
			return nil, noTile("")
		}
		out[i] = l.hashes[x]
	}
	return out, nil
}

// entry adds the next entry; nil for one that is missing or damaged.
func (l *logAudit) entry(raw []byte) {
	if l.broken || raw == nil {
		l.broken = true
		return
	}
	more, err := tlog.StoredHashes(int64(l.size), raw, l)
	if err != nil {
		l.broken = true
		return
	}
	l.size++
	l.hashes = append(l.hashes, more...)
}

// finish compares what is stored of the log with the log rebuilt.
func (l *logAudit) finish(ctx context.Context, a *auditor) error {
	sizes := keysOfAny(l.checkpoints)
	slices.Sort(sizes)
	needed := map[string]bool{}
	last := uint64(0)
	for _, size := range sizes {
		key := l.checkpoints[size]
		b, ok := a.read(ctx, key)
		if err := a.stopped(); err != nil {
			return err
		}
		if ok {
			l.checkpoint(a, key, size, b)
			l.stamp(ctx, a, size, b)
		}
		for _, t := range tlog.NewTiles(tileHeight, int64(last), int64(size)) {
			needed[logPrefix(l.journal)+tilePath(t)] = true
			if t.L == 0 && t.W == tileEntries {
				needed[entriesKey(l.journal, uint64(t.N))] = true
			}
		}
		last = size
	}
	for size, key := range l.stamps {
		if _, ok := l.checkpoints[size]; !ok {
			a.problem(key, "extra", "Dấu thời gian của một điểm chốt không có")
		}
	}
	for key := range needed {
		if !l.tiles[key] {
			a.problem(key, "missing", "Thiếu một ô của nhật ký Merkle đã chốt")
		}
	}
	tiles := keysOf(l.tiles)
	slices.Sort(tiles)
	for _, key := range tiles {
		b, ok := a.read(ctx, key)
		if err := a.stopped(); err != nil {
			return err
		}
		if ok {
			l.tile(ctx, a, key, b)
		}
	}
	return nil
}

func (l *logAudit) checkpoint(a *auditor, key string, size uint64, b []byte) {
	c, err := Checkpoint{}, error(nil)
	if s := a.options.Checkpoints; s != nil {
		text := ""
		if text, err = s.Open(Origin(l.journal), b); err == nil {
			c, err = ParseCheckpoint(text)
		}
	} else {
		c, err = unverified(b)
	}
	if err != nil || c.Journal != l.journal || c.Size != size {
		a.problem(key, "damaged", "Điểm chốt không đúng chữ ký hoặc không đúng chỗ: %v", err)
		return
	}
	if size > l.size {
		if !l.broken {
			a.problem(entryKey(l.journal, l.size+1), "missing", "Đã chốt %d mục nhưng nhật ký chỉ còn %d", size, l.size)
		}
		return
	}
	if root, err := tlog.TreeHash(int64(size), l); err != nil || root != c.Root {
		a.problem(key, "contradicted", "Nhật ký %s không còn là nhật ký đã chốt ở mục %d", l.journal, size)
	}
}

// unverified reads a checkpoint whoever has signed it.
func unverified(b []byte) (Checkpoint, error) {
	text, _, _ := strings.Cut(string(b), "\n\n")
	return ParseCheckpoint(text + "\n")
}

func (l *logAudit) stamp(ctx context.Context, a *auditor, size uint64, note []byte) {
	key, ok := l.stamps[size]
	if !ok {
		return
	}
	b, ok := a.read(ctx, key)
	if !ok || a.options.CheckStamp == nil {
		return
	}
	sum := sha256.Sum256(note)
	if err := a.options.CheckStamp(b, sum[:]); err != nil {
		a.problem(key, "damaged", "Dấu thời gian không phải của điểm chốt: %v", err)
	}
}

// tile compares a tile with the log rebuilt. One that lies beyond it was
// written before a checkpoint that never came.
func (l *logAudit) tile(ctx context.Context, a *auditor, key string, b []byte) {
	t, err := ParseTile(strings.TrimPrefix(key, logPrefix(l.journal)))
	if err != nil {
		return
	}
	var want []byte
	if t.L >= 0 {
		want, err = tlog.ReadTileData(t, l)
	} else {
		want, err = l.entries(ctx, a, t)
	}
	switch {
	case err != nil && l.broken: // an entry is damaged and noted: nothing to compare with
		if t.L >= 0 && len(b) != t.W*tlog.HashSize {
			a.problem(key, "damaged", "Ô nhật ký dài %d byte", len(b))
		}
		if _, err := unbundle(b); t.L < 0 && err != nil {
			a.problem(key, "damaged", "Gói mục nhật ký không đọc được: %v", err)
		}
	case err != nil:
		a.problem(key, "extra", "Ô nhật ký nằm ngoài nhật ký")
	case !bytes.Equal(want, b):
		a.problem(key, "damaged", "Ô nhật ký không khớp với các mục nhật ký")
	}
}

// entries is a bundle made of the entries themselves.
func (l *logAudit) entries(ctx context.Context, a *auditor, t tlog.Tile) ([]byte, error) {
	first := uint64(t.N)*tileEntries + 1
	if first+uint64(t.W)-1 > l.size {
		return nil, noTile("")
	}
	var out []byte
	for seq := first; seq < first+uint64(t.W); seq++ {
		r, err := a.archive.Entry(ctx, l.journal, seq)
		if err != nil {
			return nil, err
		}
		out = bundled(out, r.raw)
	}
	return out, nil
}

// second compares the checkpoints in the second place: whoever rewrites journal
// and checkpoints here cannot reach those.
func (l *logAudit) second(ctx context.Context, a *auditor) error {
	prefix := logPrefix(l.journal) + "checkpoints/"
	for key, err := range a.archive.Second.List(ctx, prefix) {
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(strings.TrimPrefix(key, prefix), 10, 64)
		if err != nil {
			continue
		}
		b, err := a.archive.Second.Get(ctx, key)
		if err != nil {
			return err
		}
		if _, here := l.checkpoints[size]; !here {
			a.problem(key, "missing", "Điểm chốt này chỉ còn ở nơi thứ hai")
		}
		c, err := unverified(b)
		if err != nil || c.Size != size {
			continue // of the second place's own audit
		}
		if size <= l.size {
			if root, err := tlog.TreeHash(int64(size), l); err != nil || root != c.Root {
				a.problem(entryKey(l.journal, min(size, l.size)), "contradicted", "Nhật ký %s khác với điểm chốt %d giữ ở nơi thứ hai", l.journal, size)
			}
		} else if !l.broken {
			a.problem(entryKey(l.journal, l.size+1), "missing", "Nơi thứ hai giữ điểm chốt %d mục nhưng nhật ký chỉ còn %d", size, l.size)
		}
	}
	return nil
}

func keysOfAny[K comparable, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// reportNote checks a signed report.
func (a *auditor) reportNote(key string, b []byte) {
	if a.options.Checkpoints == nil {
		return
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(key, reportFolder), "/")
	if _, err := a.options.Checkpoints.Open(reportName(kind), b); err != nil {
		a.problem(key, "damaged", "Biên bản không đúng chữ ký: %v", err)
	}
}
