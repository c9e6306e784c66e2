package storage

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

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
