package storage

import (
	"context"

	"vanthu/record"
)

// Entry reads one entry of a journal; errors are those of Archive.Entry.
func (s *States) Entry(ctx context.Context, journal string, seq uint64) (record.Entry, error) {
	r, err := s.archive.Entry(ctx, journal, seq)
	return r.Entry, err
}
