package storage

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
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

// Signer makes checkpoints and knows those that are genuine.
type Signer struct {
	key   ed25519.PrivateKey
	known []ed25519.PublicKey
}

// NewSigner signs with key; known are further keys whose checkpoints are
// genuine: earlier ones.
func NewSigner(key ed25519.PrivateKey, known ...ed25519.PublicKey) *Signer {
	return &Signer{key, append([]ed25519.PublicKey{key.Public().(ed25519.PublicKey)}, known...)}
}

// Origin is the name of a journal's log in its checkpoints.
func Origin(journal string) string { return originPrefix + journal }

// VerifierKey is the public key of a journal's log in the form that tools for
// signed notes take.
func VerifierKey(journal string, key ed25519.PublicKey) string {
	v, err := note.NewEd25519VerifierKey(Origin(journal), key)
	if err != nil {
		panic(err) // a key of 32 bytes and a name without + or spaces
	}
	return v
}

// Public is the key that new checkpoints are verified by.
func (s *Signer) Public() ed25519.PublicKey { return s.known[0] }

// Sign makes a signed note of a text that ends with a line feed; who says what
// signs it.
func (s *Signer) Sign(name, text string) ([]byte, error) {
	public := s.Public()
	const algorithm = 1 // Ed25519, C2SP signed-note
	hash := sha256.Sum256(append([]byte(name+"\n\x01"), public...))
	secret := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, binary.BigEndian.Uint32(hash[:4]), base64.StdEncoding.EncodeToString(append([]byte{algorithm}, s.key.Seed()...)))
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, fmt.Errorf("note signer: %w", err)
	}
	return note.Sign(&note.Note{Text: text}, signer)
}

// Open verifies a signed note by any known key and returns its text.
func (s *Signer) Open(name string, msg []byte) (string, error) {
	return OpenNote(name, msg, s.known...)
}

// OpenNote verifies a signed note by any of the keys and returns its text.
func OpenNote(name string, msg []byte, keys ...ed25519.PublicKey) (string, error) {
	var verifiers []note.Verifier
	for _, k := range keys {
		text, err := note.NewEd25519VerifierKey(name, k)
		if err != nil {
			return "", err
		}
		v, err := note.NewVerifier(text)
		if err != nil {
			return "", err
		}
		verifiers = append(verifiers, v)
	}
	n, err := note.Open(msg, note.VerifierList(verifiers...))
	if err != nil {
		return "", err
	}
	return n.Text, nil
}

// Checkpoint is a signed state of a journal's log.
type Checkpoint struct {
	Journal string
	Size    uint64 // entries
	Root    tlog.Hash
	Note    []byte // as stored
	Stamp   []byte // RFC 3161 token over Note; nil for none yet
}

// tree is the checkpoint as the proofs take it.
func (c Checkpoint) tree() tlog.Tree { return tlog.Tree{N: int64(c.Size), Hash: c.Root} }

func checkpointText(journal string, size uint64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", Origin(journal), size, base64.StdEncoding.EncodeToString(root[:]))
}

// ParseCheckpoint reads the text of a checkpoint, whoever has signed it.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 {
		return Checkpoint{}, errors.New("checkpoint: not three lines")
	}
	journal, ok := strings.CutPrefix(lines[0], originPrefix)
	size, err := strconv.ParseUint(lines[1], 10, 64)
	if !ok || checkJournal(journal) != nil || err != nil || size == 0 || size > maxSeq || strconv.FormatUint(size, 10) != lines[1] {
		return Checkpoint{}, errors.New("checkpoint: origin or size")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || checkpointText(journal, size, root) != text {
		return Checkpoint{}, errors.New("checkpoint: root, or more than three lines")
	}
	return Checkpoint{Journal: journal, Size: size, Root: root}, nil
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
