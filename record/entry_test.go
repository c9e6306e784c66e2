package record_test

import (
	"testing"
	"time"

	"vanthu/record"
)

func TestEveryFlippedBitOfAnEntryIsSeen(t *testing.T) {
	e := record.Entry{Journal: "co-quan", Seq: 7, Time: time.Unix(1700000000, 0).UTC(), Actor: "văn thư", Command: record.CmdVoid, Document: "a", Reason: "Nhầm số"}
	stored, digest, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, d, err := record.DecodeEntry("co-quan", 7, stored); err != nil || d != digest || got.Reason != e.Reason {
		t.Fatalf("round trip: %+v %s %v", got, d, err)
	}
	for i := range stored {
		for bit := range 8 {
			bad := append([]byte(nil), stored...)
			bad[i] ^= 1 << bit
			if _, _, err := record.DecodeEntry("co-quan", 7, bad); record.KindOf(err) != record.Damaged {
				t.Fatalf("byte %d bit %d: %v", i, bit, err)
			}
		}
	}
	if _, _, err := record.DecodeEntry("co-quan", 8, stored); record.KindOf(err) != record.Damaged {
		t.Fatalf("entry under another number: %v", err)
	}
}

func FuzzDecodeEntry(f *testing.F) {
	stored, _, err := record.Entry{Journal: "j", Seq: 1, Command: record.CmdDraft}.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stored)
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, d, err := record.DecodeEntry("j", 1, b)
		if err != nil {
			return
		}
		if e.Journal != "j" || e.Seq != 1 || !d.Valid() {
			t.Fatalf("accepted %+v %s", e, d)
		}
	})
}
