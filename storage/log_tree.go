package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"vanthu/record"
)

// treeWriter adds entries to a log.
type treeWriter struct {
	archive *Archive
	journal string
	old     Checkpoint

	size   uint64
	head   record.Digest
	hashes []tlog.Hash // stored hashes after those of old
	bundle []byte      // entries since the last multiple of 256
}

// ReadHashes serves the log under construction.
func (w *treeWriter) reader(ctx context.Context) tlog.HashReader {
	var (
		first = tlog.StoredHashCount(int64(w.old.Size))
		old   = tlog.TileHashReader(w.old.tree(), &tiles{ctx, w.archive, w.journal})
	)
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		var before []int64
		for i, x := range indexes {
			if x < first {
				before = append(before, x)
			} else if x-first < int64(len(w.hashes)) {
				out[i] = w.hashes[x-first]
			} else {
				return nil, fmt.Errorf("hash %d is not there yet", x)
			}
		}
		if len(before) == 0 {
			return out, nil
		}
		found, err := old.ReadHashes(before)
		if err != nil {
			return nil, err
		}
		for i, x := range indexes {
			if x < first {
				out[i], found = found[0], found[1:]
			}
		}
		return out, nil
	})
}

func (w *treeWriter) add(ctx context.Context, r Recorded) error {
	if w.size > 0 && r.Entry.Previous != w.head {
		return damaged(entryKey(w.journal, r.Entry.Seq), "does not follow from the entry before")
	}
	w.size, w.head = r.Entry.Seq, r.Digest
	if w.size <= w.old.Size { // the last one that was signed
		leaf, err := w.reader(ctx).ReadHashes([]int64{tlog.StoredHashIndex(0, int64(w.size)-1)})
		if err != nil {
			return err
		}
		if leaf[0] != tlog.RecordHash(r.raw) {
			return contradicted(w.journal, w.old.Size, "the last entry is another")
		}
		return w.reopen(ctx)
	}
	more, err := tlog.StoredHashes(int64(w.size)-1, r.raw, w.reader(ctx))
	if err != nil {
		return err
	}
	w.hashes = append(w.hashes, more...)
	w.bundle = bundled(w.bundle, r.raw)
	if w.size%tileEntries != 0 {
		return nil
	}
	defer func() { w.bundle = nil }()
	return w.archive.put(ctx, entriesKey(w.journal, w.size/tileEntries-1), w.bundle)
}

// reopen reads again the entries that the next bundle begins with.
func (w *treeWriter) reopen(ctx context.Context) error {
	for seq := w.size - w.size%tileEntries + 1; seq <= w.size; seq++ {
		r, err := w.archive.Entry(ctx, w.journal, seq)
		if err != nil {
			return err
		}
		w.bundle = bundled(w.bundle, r.raw)
	}
	return nil
}

// finish writes the tiles that are new and returns the root.
func (w *treeWriter) finish(ctx context.Context) (tlog.Hash, error) {
	reader := w.reader(ctx)
	for _, t := range tlog.NewTiles(tileHeight, int64(w.old.Size), int64(w.size)) {
		b, err := tlog.ReadTileData(t, reader)
		if err == nil {
			err = w.archive.put(ctx, logPrefix(w.journal)+tilePath(t), b)
		}
		if err != nil {
			return tlog.Hash{}, err
		}
	}
	return tlog.TreeHash(int64(w.size), reader)
}

func entriesKey(journal string, index uint64) string {
	return logPrefix(journal) + tilePath(tlog.Tile{H: tileHeight, L: -1, N: int64(index), W: tileEntries})
}

// bundled appends an entry to a bundle (C2SP tlog-tiles, log entries).
func bundled(bundle, entry []byte) []byte {
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
}

// unbundle takes a bundle apart.
func unbundle(b []byte) ([][]byte, error) {
	var entries [][]byte
	for len(b) > 0 {
		if len(b) < 2 {
			return nil, errors.New("bundle: cut off")
		}
		n := int(binary.BigEndian.Uint16(b))
		if len(b) < 2+n || len(entries) == tileEntries {
			return nil, errors.New("bundle: cut off or too long")
		}
		entries, b = append(entries, b[2:2+n]), b[2+n:]
	}
	return entries, nil
}
