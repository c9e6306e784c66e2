package record_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vanthu/record"
)

// dossierWays are the commands about a dossier: the states that they are for
// ("" for none yet) and lead to.
var dossierWays = map[record.Command]struct {
	from []record.DossierState
	to   record.DossierState
}{
	record.CmdDossier:         {[]record.DossierState{"", record.DossierOpen}, record.DossierOpen},
	record.CmdDossierChange:   {[]record.DossierState{record.DossierOpen}, record.DossierOpen},
	record.CmdDossierAdd:      {[]record.DossierState{record.DossierOpen}, record.DossierOpen},
	record.CmdDossierRemove:   {[]record.DossierState{record.DossierOpen}, record.DossierOpen},
	record.CmdDossierEnd:      {[]record.DossierState{record.DossierOpen}, record.DossierEnded},
	record.CmdDossierReopen:   {[]record.DossierState{record.DossierEnded}, record.DossierOpen},
	record.CmdDossierTransfer: {[]record.DossierState{record.DossierEnded}, record.DossierTransferred},
}

// drawFiling makes an entry about a dossier or a list of them, mostly one that
// their states allow.
func drawFiling(t *rapid.T, o *office, step int) record.Entry {
	e := record.Entry{Actor: "x", Time: time.Date(rapid.SampledFrom([]int{2024, 2024, 2030}).Draw(t, "in"), 6, 1, 0, 0, step, 0, record.Office), Reason: rapid.SampledFrom([]string{"lý do", "lý do", "lý do", " "}).Draw(t, "why")}
	listable := false
	for _, d := range o.state.Dossiers {
		listable = listable || d.State == record.DossierTransferred || d.State == record.DossierProposed
	}
	if rapid.IntRange(0, 5).Draw(t, "of lists") == 0 || listable && rapid.IntRange(0, 3).Draw(t, "of these") > 0 {
		e.Time = e.Time.AddDate(6, 0, 0)
		e.Command, e.Disposal = record.CmdDisposalPropose, &record.Disposal{ID: fmt.Sprint(step)}
		for _, key := range slices.Sorted(maps.Keys(o.state.Dossiers)) {
			if o.state.Dossiers[key].State == record.DossierTransferred || rapid.IntRange(0, 9).Draw(t, "any") == 0 {
				e.Disposal.Keys = append(e.Disposal.Keys, key)
			}
		}
		if lists := slices.Sorted(maps.Keys(o.state.Disposals)); len(lists) > 0 && rapid.Bool().Draw(t, "decide") {
			e.Command, e.Disposal = record.CmdDisposalDecide, &record.Disposal{ID: rapid.SampledFrom(lists).Draw(t, "list"), Approved: rapid.Bool().Draw(t, "approved")}
		}
		return e
	}
	code := rapid.SampledFrom([]string{"01", "02"}).Draw(t, "code")
	e.Filed = &record.Filed{Key: record.DossierKey(2024, code), Document: rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "document")}
	have := o.state.Dossiers[e.Filed.Key]
	var fit, all []record.Command
	for _, c := range slices.Sorted(maps.Keys(dossierWays)) {
		if all = append(all, c); slices.Contains(dossierWays[c].from, have.State) {
			fit = append(fit, c)
		}
	}
	if on := []record.Command{record.CmdDossierEnd, record.CmdDossierTransfer}; len(have.Items) > 0 { // so that runs get far
		fit = append(fit, slices.DeleteFunc(on, func(c record.Command) bool { return !slices.Contains(dossierWays[c].from, have.State) })...)
	}
	e.Command = rapid.SampledFrom(append(all, slices.Repeat(fit, 4)...)).Draw(t, "filing")
	switch e.Command {
	case record.CmdDossier, record.CmdDossierChange:
		e.Filed.Dossier = &record.Dossier{Code: code, Year: 2024, Title: fmt.Sprintf("Hồ sơ %d", step), Keeper: "VHTT", Started: "2024-01-02", Retention: record.Retention{Rule: "r", Years: rapid.IntRange(0, 4).Draw(t, "years")}}
	case record.CmdDossierEnd:
		e.Filed.Ended = rapid.SampledFrom([]record.Date{"2024-03-30", "2024-03-30", "2024-01-01", "2031-01-01", ""}).Draw(t, "ended")
	case record.CmdDossierTransfer:
		e.Filed.Minutes = rapid.SampledFrom([]string{"01/BB", "01/BB", ""}).Draw(t, "minutes")
	}
	return e
}

// keptDossiers: a dossier goes its way and no other, keeps its name, holds a
// document once under the ordinals 1..n, and is on a list exactly while that is
// not refused; what may be disposed of was kept for its time.
func keptDossiers(t *rapid.T, e record.Entry, was map[string]record.Dossier, s *record.State) {
	for key, d := range s.Dossiers {
		old := was[key]
		if d.Key() != key || d.Organization != s.Journal {
			t.Fatalf("%s is %+v", key, d)
		}
		grown := map[record.Command]int{record.CmdDossierAdd: 1, record.CmdDossierRemove: -1}[e.Command]
		switch {
		case e.Filed != nil && e.Filed.Key == key:
			if way := dossierWays[e.Command]; !slices.Contains(way.from, old.State) || d.State != way.to || !slices.Equal(d.Entries, append(slices.Clip(old.Entries), s.Seq)) {
				t.Fatalf("%s went from %q to %q, entries %v", e.Command, old.State, d.State, d.Entries)
			}
			if e.Filed.Dossier == nil && d.Title != old.Title {
				t.Fatalf("%s changed %+v to %+v", e.Command, old, d)
			}
		case e.Filed != nil && (d.State != old.State || len(d.Entries) != len(old.Entries)):
			t.Fatalf("%s of %s changed %s", e.Command, e.Filed.Key, key)
		default:
			grown = 0
		}
		if len(d.Items) != len(old.Items)+grown {
			t.Fatalf("%s: %v -> %v", e.Command, old.Items, d.Items)
		}
		for i, x := range d.Items {
			if x.Ordinal != i+1 || slices.ContainsFunc(d.Items[:i], func(y record.DossierItem) bool { return y.Document == x.Document }) || s.Documents[x.Document].Number == 0 {
				t.Fatalf("%s holds %v", key, d.Items)
			}
		}
		if ended := d.State != record.DossierOpen; ended != (d.Ended != "") || ended && (len(d.Items) == 0 || d.Ended < d.Started) {
			t.Fatalf("%s is %s and ended %q", key, d.State, d.Ended)
		}
		if after := d.State != record.DossierOpen && d.State != record.DossierEnded; after != (d.Minutes != "") || after == d.Transferred.IsZero() {
			t.Fatalf("%s is %s, handed over by %q", key, d.State, d.Minutes)
		}
		list, listed := s.Disposals[d.Disposal]
		if on := d.State == record.DossierProposed || d.State == record.DossierDisposable; on != listed || on && (!slices.Contains(list.Keys, key) || list.Approved != (d.State == record.DossierDisposable) || list.Approved == list.Decided.IsZero()) {
			t.Fatalf("%s is %s and on %+v", key, d.State, list)
		}
		if until := d.KeptUntil(); e.Disposal != nil && d.State == record.DossierDisposable && old.State != d.State && (until == 0 || until >= record.DateOf(e.Time).Year()) {
			t.Fatalf("%s is kept until %d and given up in %v", key, until, e.Time)
		}
	}
}

// What the property relies on being refused, each at the field that it is about.
func TestFilingRefuses(t *testing.T) {
	day := func(d record.Date) time.Time { return d.Time().Add(9 * time.Hour) }
	filed := func(c record.Command, on record.Date, f record.Filed, reason string) record.Entry {
		f.Key = cmp.Or(f.Key, "2024/01")
		return record.Entry{Actor: "s", Command: c, Time: day(on), Filed: &f, Reason: reason}
	}
	facts := func(c record.Command, title string) record.Entry {
		return filed(c, "2024-02-01", record.Filed{Dossier: &record.Dossier{Code: "01", Year: 2024, Title: title, Started: "2024-01-02", Retention: record.Retention{Rule: "r", Years: 1}}}, "")
	}
	paper := func(id string, n int) record.Entry {
		return record.Entry{Actor: "c", Command: record.CmdRegister, Document: id, Version: 1, Manifest: digestOf("m"), Draft: &record.DraftFacts{Type: "CV"}, Booked: &record.Booked{},
			Numbering: &record.Numbering{Series: "s", Year: 2024, Number: n, Symbol: fmt.Sprintf("%02d/UBND", n), Date: "2024-01-10"}}
	}
	disposal := func(c record.Command, on record.Date, x record.Disposal, reason string) record.Entry {
		return record.Entry{Actor: "a", Command: c, Time: day(on), Disposal: &x, Reason: reason}
	}
	way := []record.Entry{
		facts(record.CmdDossier, "Hồ sơ"), paper("a", 1), filed(record.CmdDossierAdd, "2024-02-01", record.Filed{Document: "a"}, ""),
		filed(record.CmdDossierEnd, "2024-03-31", record.Filed{Ended: "2024-03-30"}, ""), filed(record.CmdDossierTransfer, "2024-04-30", record.Filed{Minutes: "01/BB"}, ""),
		disposal(record.CmdDisposalPropose, "2026-01-01", record.Disposal{ID: "l", Keys: []string{"2024/01"}}, "Hết hạn"),
		disposal(record.CmdDisposalDecide, "2026-01-02", record.Disposal{ID: "l", Approved: true}, "Đồng ý"),
	}
	draft := record.Entry{Actor: "s", Command: record.CmdDraft, Document: "b", Version: 1, Manifest: digestOf("m"), Draft: &record.DraftFacts{Type: "KH"}}
	for _, c := range []struct {
		name    string
		after   int
		entries []record.Entry // the last is refused
		code    string
		at      string // pointer of its fault; "-" for none
	}{
		{"no such dossier", 0, []record.Entry{way[2]}, "dossier-not-found", "-"},
		{"changed before it is opened", 0, []record.Entry{facts(record.CmdDossierChange, "x")}, "dossier-not-found", "-"},
		{"without a title", 0, []record.Entry{facts(record.CmdDossier, "")}, "entry-incomplete", "-"},
		{"changed after its end", 4, []record.Entry{facts(record.CmdDossierChange, "x")}, "dossier-state", "-"},
		{"no such document", 1, []record.Entry{way[2]}, "document-not-found", "/document"},
		{"a draft", 1, []record.Entry{draft, filed(record.CmdDossierAdd, "2024-02-01", record.Filed{Document: "b"}, "")}, "document-not-issued", "/document"},
		{"a document twice", 3, []record.Entry{way[2]}, "filed-already", "/document"},
		{"taken out, and not in", 2, []record.Entry{filed(record.CmdDossierRemove, "2024-02-01", record.Filed{Document: "a"}, "nhầm")}, "not-filed", "/document"},
		{"taken out for no reason", 3, []record.Entry{filed(record.CmdDossierRemove, "2024-02-01", record.Filed{Document: "a"}, "")}, "reason-missing", "/reason"},
		{"ended empty", 2, []record.Entry{way[3]}, "dossier-empty", "-"},
		{"ended in the future", 3, []record.Entry{filed(record.CmdDossierEnd, "2024-03-31", record.Filed{Ended: "2024-04-01"}, "")}, "dossier-ended", "/ended"},
		{"ended before it began", 3, []record.Entry{filed(record.CmdDossierEnd, "2024-03-31", record.Filed{Ended: "2024-01-01"}, "")}, "dossier-ended", "/ended"},
		{"ended on no day", 3, []record.Entry{filed(record.CmdDossierEnd, "2024-03-31", record.Filed{}, "")}, "dossier-ended", "/ended"},
		{"reopened for no reason", 4, []record.Entry{filed(record.CmdDossierReopen, "2024-04-01", record.Filed{}, " ")}, "reason-missing", "/reason"},
		{"handed over without minutes", 4, []record.Entry{filed(record.CmdDossierTransfer, "2024-04-01", record.Filed{}, "")}, "minutes-missing", "/minutes"},
		{"handed over while open", 3, []record.Entry{way[4]}, "dossier-state", "-"},
		{"a list of nothing", 5, []record.Entry{disposal(record.CmdDisposalPropose, "2026-01-01", record.Disposal{ID: "l"}, "x")}, "disposal-list", "/dossiers"},
		{"a list for no reason", 5, []record.Entry{disposal(record.CmdDisposalPropose, "2026-01-01", record.Disposal{ID: "l", Keys: []string{"2024/01"}}, "")}, "reason-missing", "/reason"},
		{"still kept", 5, []record.Entry{disposal(record.CmdDisposalPropose, "2025-12-31", record.Disposal{ID: "l", Keys: []string{"2024/01"}}, "x")}, "dossier-kept", "/dossiers/0"},
		{"on a list twice", 5, []record.Entry{disposal(record.CmdDisposalPropose, "2026-01-01", record.Disposal{ID: "l", Keys: []string{"2024/01", "2024/01"}}, "x")}, "dossier-state", "/dossiers/1"},
		{"never handed over", 4, []record.Entry{way[5]}, "dossier-state", "/dossiers/0"},
		{"decided twice", 7, []record.Entry{way[6]}, "disposal-list", "-"},
		{"decided for no reason", 6, []record.Entry{disposal(record.CmdDisposalDecide, "2026-01-02", record.Disposal{ID: "l"}, "")}, "reason-missing", "/reason"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice()
			var err error
			for _, e := range append(way[:c.after:c.after], c.entries...) {
				if err != nil {
					t.Fatal(err)
				}
				err = o.try(e)
			}
			at := "-"
			if faults := record.FaultsOf(err); len(faults) > 0 {
				at = faults[0].Pointer
			}
			if record.CodeOf(err) != c.code || at != c.at {
				t.Fatalf("%v at %s, want %s at %s", err, at, c.code, c.at)
			}
		})
	}
	o := newOffice()
	for _, e := range way {
		if err := o.try(e); err != nil {
			t.Fatal(err)
		}
	}
	// An old journal changed a dossier by opening it again.
	o = newOffice()
	for _, e := range []record.Entry{way[0], facts(record.CmdDossier, "Hồ sơ, sửa"), way[1], way[2], facts(record.CmdDossierChange, "Hồ sơ, sửa lại")} {
		if err := o.try(e); err != nil {
			t.Fatal(err)
		}
	}
	if d := o.state.Dossiers["2024/01"]; d.Title != "Hồ sơ, sửa lại" || len(d.Items) != 1 || len(d.Entries) != 4 {
		t.Errorf("%+v", d)
	}
}
