package storage

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"vanthu/record"
)

// hashes are those of the log that the checkpoint signs, each verified against
// its root.
func (l *Log) hashes(ctx context.Context, c Checkpoint) tlog.HashReader {
	return tlog.TileHashReader(c.tree(), &tiles{ctx, l.Archive, c.Journal})
}

// Inclusion proves that the entry is in the log of the checkpoint.
func (l *Log) Inclusion(ctx context.Context, c Checkpoint, seq uint64) (tlog.RecordProof, error) {
	if seq == 0 || seq > c.Size {
		return nil, record.E(record.NotFound, "log-entry-not-found", fmt.Sprintf("Điểm chốt %d của nhật ký %s không có mục %d", c.Size, c.Journal, seq))
	}
	p, err := tlog.ProveRecord(int64(c.Size), int64(seq)-1, l.hashes(ctx, c))
	return p, l.tileError(c, err)
}

// Consistency proves that the log of the checkpoint begins with the log of the
// first entries.
func (l *Log) Consistency(ctx context.Context, c Checkpoint, first uint64) (tlog.TreeProof, error) {
	if first == 0 || first > c.Size {
		return nil, record.E(record.NotFound, "log-entry-not-found", fmt.Sprintf("Điểm chốt %d của nhật ký %s không có mục %d", c.Size, c.Journal, first))
	}
	p, err := tlog.ProveTree(int64(c.Size), int64(first), l.hashes(ctx, c))
	return p, l.tileError(c, err)
}

// Tile is the data of a tile of the log of the checkpoint: hashes, or a bundle
// of entries.
func (l *Log) Tile(ctx context.Context, c Checkpoint, t tlog.Tile) ([]byte, error) {
	last := t.N<<(tileHeight*max(t.L+1, 1)) + int64(t.W)<<(tileHeight*max(t.L, 0))
	if last > int64(c.Size) {
		return nil, noTile(tilePath(t))
	}
	if t.L >= 0 {
		b, err := tlog.ReadTileData(t, l.hashes(ctx, c))
		return b, l.tileError(c, err)
	}
	var bundle []byte
	first := uint64(t.N)<<tileHeight + 1
	for r, err := range l.Archive.Entries(ctx, c.Journal, first) {
		if err != nil {
			return nil, err
		}
		bundle = bundled(bundle, r.raw)
		if r.Entry.Seq == first+uint64(t.W)-1 {
			return bundle, nil
		}
	}
	return nil, noTile(tilePath(t))
}

// tileError tells hashes that do not lead to the root from a store out of
// reach.
func (l *Log) tileError(c Checkpoint, err error) error {
	if err == nil || record.KindOf(err) == record.Unavailable || record.KindOf(err) == record.Damaged || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return damaged(logPrefix(c.Journal)+"tile", err.Error())
}

// CheckInclusion verifies that an entry in its stored form is in the log with
// this root.
func CheckInclusion(c Checkpoint, seq uint64, entry []byte, proof tlog.RecordProof) error {
	if seq == 0 || seq > c.Size {
		return errors.New("entry is not in the tree")
	}
	return tlog.CheckRecord(proof, int64(c.Size), c.Root, int64(seq)-1, tlog.RecordHash(entry))
}

// CheckConsistency verifies that the log of a later checkpoint begins with that
// of an earlier one.
func CheckConsistency(later, earlier Checkpoint, proof tlog.TreeProof) error {
	if later.Journal != earlier.Journal || later.Size < earlier.Size {
		return errors.New("not of one log, or in the wrong order")
	}
	return tlog.CheckTree(proof, int64(later.Size), later.Root, int64(earlier.Size), earlier.Root)
}

// tiles reads the tiles of one journal; what they hold is verified by its user.
type tiles struct {
	ctx     context.Context
	archive *Archive
	journal string
}

func (t *tiles) Height() int { return tileHeight }

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(wanted))
	errs := make([]error, len(wanted))
	var wg sync.WaitGroup
	for i, x := range wanted {
		wg.Go(func() { out[i], errs[i] = t.read(x) })
	}
	wg.Wait()
	return out, errors.Join(errs...)
}

func (t *tiles) read(x tlog.Tile) ([]byte, error) {
	key := logPrefix(t.journal) + tilePath(x)
	b, err := t.archive.store.Get(t.ctx, key)
	if err == nil && len(b) == x.W*tlog.HashSize {
		return b, nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	return nil, damaged(key, "missing or of the wrong length")
}
