package verify

import (
	"crypto"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"hash"
	"slices"
)

// prefixes hashes the file's beginnings, each byte once per algorithm: the
// signatures of a file sign the same bytes again and again.
type prefixes struct {
	b     []byte
	ends  []int // where states are wanted, ascending
	state map[crypto.Hash]map[int]hash.Cloner
}

func newPrefixes(b []byte, ends []int) *prefixes {
	ends = slices.Clone(ends)
	slices.Sort(ends)
	return &prefixes{b: b, ends: slices.Compact(ends), state: map[crypto.Hash]map[int]hash.Cloner{}}
}

// sum is the digest of b[:end] followed by b[from:to]; end is one of those
// that were announced.
func (p *prefixes) sum(h crypto.Hash, end, from, to int) []byte {
	states := p.state[h]
	if states == nil {
		states = map[int]hash.Cloner{}
		running, at := h.New().(hash.Cloner), 0
		for _, e := range p.ends {
			running.Write(p.b[at:e])
			states[e], _ = running.Clone() // of the standard library's own, which cannot fail
			at = e
		}
		p.state[h] = states
	}
	w, _ := states[end].Clone()
	w.Write(p.b[from:to])
	return w.Sum(nil)
}
