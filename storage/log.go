package storage

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"vanthu/record"
)

// Every journal is a Merkle log (RFC 6962): leaf n is the stored form of entry
// n+1. Its tiles and signed checkpoints lie beside the journal as C2SP
// tlog-tiles lays them out, but that checkpoints are many, each created once:
//
//	logs/<journal>/tile/<level>/<index>[.p/<width>]   hashes
//	logs/<journal>/tile/entries/<index>               256 entries, a second copy of them
//	logs/<journal>/checkpoints/<size, 10 digits>      signed note (C2SP tlog-checkpoint)
//	logs/<journal>/stamps/<size, 10 digits>           RFC 3161 token over that note
const (
	logFolder    = "logs/"
	tileHeight   = 8 // C2SP tlog-tiles
	tileEntries  = 1 << tileHeight
	maxLogEntry  = 1<<16 - 1 // bytes: an entry bundle gives each its length in two
	originPrefix = "vanthu/"
)

func logPrefix(journal string) string { return logFolder + journal + "/" }

func checkpointKey(journal string, size uint64) string {
	return fmt.Sprintf("%scheckpoints/%0*d", logPrefix(journal), seqDigits, size)
}

func stampKey(journal string, size uint64) string {
	return fmt.Sprintf("%sstamps/%0*d", logPrefix(journal), seqDigits, size)
}

// tilePath is the path of a tile as C2SP tlog-tiles writes it; level -1 stands
// for entries.
func tilePath(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", t.H))
	if rest, ok := strings.CutPrefix(p, "data/"); ok {
		p = "entries/" + rest
	}
	return "tile/" + p
}

// ParseTile reads the path of a tile as C2SP tlog-tiles writes it.
func ParseTile(path string) (tlog.Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok {
		return tlog.Tile{}, noTile(path)
	}
	if entries, ok := strings.CutPrefix(rest, "entries/"); ok {
		rest = "data/" + entries
	} else if strings.HasPrefix(rest, "data/") {
		return tlog.Tile{}, noTile(path)
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
	if err != nil || t.L > 8 || t.N > maxSeq {
		return tlog.Tile{}, noTile(path)
	}
	return t, nil
}

func noTile(path string) error {
	return record.E(record.NotFound, "tile-not-found", fmt.Sprintf("Không có ô %q trong nhật ký Merkle", path))
}

// Log keeps the Merkle logs of the journals.
type Log struct {
	Archive *Archive
	Signer  *Signer
	// Stamp has a SHA-256 stamped by a timestamping authority; nil for none.
	Stamp func(ctx context.Context, digest []byte) ([]byte, error)
	// CheckStamp verifies a token over a SHA-256; needed where there are tokens.
	CheckStamp func(token, digest []byte) error

	mu sync.Mutex // one checkpoint at a time
}

// Checkpoint signs the journal as it is now and returns the newest checkpoint:
// the one before where nothing has been added since. Where the timestamping
// authority is away the checkpoint stands without its token, which the next
// call asks for again. Errors: NotFound, log-empty, for a journal without
// entries; Damaged, log-contradicted, when the journal is no longer the one
// that was signed.
func (l *Log) Checkpoint(ctx context.Context, journal string) (Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, err := l.Latest(ctx, journal)
	if err != nil && record.CodeOf(err) != "log-empty" {
		return c, err
	}
	grown, err := l.grow(ctx, journal, c)
	if err != nil {
		return c, err
	}
	return l.stamped(ctx, grown)
}

// grow writes tiles and a checkpoint over what has been added after c.
func (l *Log) grow(ctx context.Context, journal string, c Checkpoint) (Checkpoint, error) {
	w := &treeWriter{archive: l.Archive, journal: journal, old: c}
	for r, err := range l.Archive.Entries(ctx, journal, max(c.Size, 1)) {
		if err == nil {
			err = w.add(ctx, r)
		}
		if err != nil {
			return c, err
		}
	}
	switch {
	case w.size == 0:
		return c, noLog(journal)
	case w.size < c.Size:
		return c, contradicted(journal, c.Size, "entries are missing")
	case w.size == c.Size:
		return c, nil
	}
	root, err := w.finish(ctx)
	if err != nil {
		return c, err
	}
	made := Checkpoint{Journal: journal, Size: w.size, Root: root}
	if made.Note, err = l.Signer.Sign(Origin(journal), checkpointText(journal, made.Size, root)); err != nil {
		return c, err
	}
	err = l.Archive.store.Create(ctx, checkpointKey(journal, made.Size), made.Note)
	if errors.Is(err, ErrExists) { // another instance was here
		return l.read(ctx, journal, made.Size)
	}
	return made, err
}

// stamped sees to the token of a checkpoint.
func (l *Log) stamped(ctx context.Context, c Checkpoint) (Checkpoint, error) {
	if c.Stamp != nil || l.Stamp == nil {
		return c, nil
	}
	sum := sha256.Sum256(c.Note)
	token, err := l.Stamp(ctx, sum[:])
	if err != nil {
		if record.KindOf(err) == record.Unavailable {
			return c, nil // asked for again the next time
		}
		return c, err
	}
	err = l.Archive.store.Create(ctx, stampKey(c.Journal, c.Size), token)
	if errors.Is(err, ErrExists) {
		return l.read(ctx, c.Journal, c.Size)
	}
	c.Stamp = token
	return c, err
}

func noLog(journal string) error {
	return record.E(record.NotFound, "log-empty", "Nhật ký "+journal+" chưa có điểm chốt nào")
}

func contradicted(journal string, size uint64, why string) error {
	return record.Because(errors.New(why), record.Damaged, "log-contradicted",
		fmt.Sprintf("Nhật ký %s không còn là nhật ký đã chốt ở mục %d", journal, size))
}

// Latest is the newest checkpoint, verified; NotFound, log-empty, when there is
// none.
func (l *Log) Latest(ctx context.Context, journal string) (Checkpoint, error) {
	if err := checkJournal(journal); err != nil {
		return Checkpoint{}, err
	}
	sizes, err := l.Sizes(ctx, journal)
	if err != nil {
		return Checkpoint{}, err
	}
	if len(sizes) == 0 {
		return Checkpoint{}, noLog(journal)
	}
	return l.read(ctx, journal, sizes[len(sizes)-1])
}

// At is the checkpoint of this size, verified; NotFound, log-empty, when there
// is none.
func (l *Log) At(ctx context.Context, journal string, size uint64) (Checkpoint, error) {
	if err := checkJournal(journal); err != nil {
		return Checkpoint{}, err
	}
	return l.read(ctx, journal, size)
}

// Sizes are the sizes of all checkpoints, rising.
func (l *Log) Sizes(ctx context.Context, journal string) ([]uint64, error) {
	var sizes []uint64
	prefix := logPrefix(journal) + "checkpoints/"
	for key, err := range l.Archive.store.List(ctx, prefix) {
		if err != nil {
			return nil, err
		}
		if n, err := strconv.ParseUint(strings.TrimPrefix(key, prefix), 10, 64); err == nil && checkpointKey(journal, n) == key {
			sizes = append(sizes, n)
		}
	}
	return sizes, nil
}

// read is a stored checkpoint with its token, both verified.
func (l *Log) read(ctx context.Context, journal string, size uint64) (Checkpoint, error) {
	key := checkpointKey(journal, size)
	msg, err := l.Archive.object(ctx, key, func(b []byte) bool { _, err := l.open(journal, size, b); return err == nil })
	if errors.Is(err, ErrNotFound) {
		return Checkpoint{}, noLog(journal)
	}
	if err != nil {
		var stranger *note.UnverifiedNoteError
		if _, why := l.open(journal, size, msg); errors.As(why, &stranger) {
			err = record.Because(why, record.Usage, "log-key-unknown", "Điểm chốt của nhật ký "+journal+
				" do khóa khác ký: chép keys/log.key của dịch vụ về, hoặc đặt khóa công khai cũ vào keys/log-*.pub")
		}
		return Checkpoint{}, err
	}
	c, err := l.open(journal, size, msg)
	if err != nil {
		return c, err
	}
	key = stampKey(journal, size)
	c.Stamp, err = l.Archive.object(ctx, key, func(b []byte) bool { return l.checkStamp(b, c.Note) == nil })
	if errors.Is(err, ErrNotFound) {
		return c, nil
	}
	return c, err
}

// open verifies a checkpoint of this journal and size.
func (l *Log) open(journal string, size uint64, msg []byte) (Checkpoint, error) {
	text, err := l.Signer.Open(Origin(journal), msg)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := ParseCheckpoint(text)
	if err == nil && (c.Journal != journal || c.Size != size) {
		err = errors.New("checkpoint: of another place")
	}
	c.Note = msg
	return c, err
}

func (l *Log) checkStamp(token, msg []byte) error {
	if l.CheckStamp == nil {
		return errors.New("nobody to verify timestamps")
	}
	sum := sha256.Sum256(msg)
	return l.CheckStamp(token, sum[:])
}
