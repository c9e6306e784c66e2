package desk

import (
	"context"

	"vanthu/record"
)

// NoteRepair journals that an object of the archive was put back from a good
// copy.
func (d *Desk) NoteRepair(ctx context.Context, a Actor, r record.Repaired) error {
	if err := needs(a, record.Archivist); err != nil {
		return err
	}
	_, err := d.Journals.Update(ctx, record.SystemJournal, func(*record.State) (*record.Entry, error) {
		return &record.Entry{Time: d.Now().UTC(), Actor: a.ID, Command: record.CmdRepair, Repaired: &r}, nil
	})
	return err
}
