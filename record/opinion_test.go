package record_test

import (
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

// consulted is an office with document "a" as a draft, about which unit VHTT and
// account "b" were asked until 2026-03-10.
func consulted(t *testing.T) *office {
	t.Helper()
	o := newOffice()
	for _, e := range []record.Entry{
		{Actor: "s", Command: record.CmdDraft, Document: "a", Version: 1, Manifest: digestOf("m"), Draft: &record.DraftFacts{Type: "KH"}},
		{Actor: "s", Command: record.CmdConsult, Document: "a", Time: day(5), Consulting: &record.Consulting{Units: []string{"VHTT"}, Accounts: []string{"b"},
			Question: "Cho ý kiến về mục II.", Deadline: "2026-03-10", Version: 1}},
	} {
		if err := o.try(e); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func day(n int) time.Time { return time.Date(2026, 3, n, 2, 0, 0, 0, time.UTC) }

func opinion(actor, unit string, on int, change func(*record.Consulting)) record.Entry {
	x := record.Consulting{Number: 1, Unit: unit, Stance: record.Disagrees, Text: "Bỏ điểm b.", Version: 1}
	if change != nil {
		change(&x)
	}
	return record.Entry{Actor: actor, Command: record.CmdOpinion, Document: "a", Time: day(on), Consulting: &x}
}

func TestOpinions(t *testing.T) {
	o := consulted(t)
	revise := record.Entry{Actor: "s", Command: record.CmdRevise, Document: "a", Version: 2, Manifest: digestOf("n"), Draft: &record.DraftFacts{Type: "KH"}}
	for _, e := range []record.Entry{opinion("c", "VHTT", 10, nil), revise,
		opinion("b", "", 11, func(x *record.Consulting) { x.Stance, x.Text, x.Version = record.Agrees, "", 2 })} {
		if !o.state.Opinions["a"] {
			t.Fatal("nobody waits for the opinions")
		}
		if err := o.try(e); err != nil {
			t.Fatal(err)
		}
	}
	doc := o.state.Documents["a"]
	got := doc.Consultations[0].Opinions
	if len(got) != 2 || got[0].Late || !got[1].Late || got[0].Version != 1 || got[1].Version != 2 || doc.State != record.Draft || doc.Version != 2 {
		t.Fatalf("%+v", doc)
	}
	if o.state.Opinions["a"] {
		t.Error("all have answered, and somebody still waits")
	}
	// Who changes their mind leaves both behind.
	if err := o.try(opinion("d", "VHTT", 12, func(x *record.Consulting) { x.Stance = record.WithChanges })); err != nil {
		t.Fatal(err)
	}
	c := o.state.Documents["a"].Consultations[0]
	if last, _ := c.Answered("VHTT", ""); len(c.Opinions) != 3 || last.Stance != record.WithChanges || last.Account != "d" {
		t.Fatalf("%+v", c)
	}
}

func TestOpinionsRefused(t *testing.T) {
	ask := func(change func(*record.Consulting)) record.Entry {
		x := record.Consulting{Units: []string{"VHTT"}, Question: "?", Deadline: "2026-03-10", Version: 1}
		change(&x)
		return record.Entry{Actor: "s", Command: record.CmdConsult, Document: "a", Time: day(5), Consulting: &x}
	}
	end := record.Entry{Actor: "s", Command: record.CmdEndConsult, Document: "a", Time: day(6), Reason: "Đủ ý kiến", Consulting: &record.Consulting{Number: 1}}
	for name, c := range map[string]struct {
		entry  record.Entry
		code   string
		faults int
		first  *record.Entry
	}{
		"a stranger":          {entry: opinion("x", "", 6, nil), code: "not-asked"},
		"another unit":        {entry: opinion("b", "TCKH", 6, nil), code: "not-asked"},
		"no such one":         {entry: opinion("b", "", 6, func(x *record.Consulting) { x.Number = 2 }), code: "consultation-unknown"},
		"a version to come":   {entry: opinion("b", "", 6, func(x *record.Consulting) { x.Version = 2 }), code: "version"},
		"no version":          {entry: opinion("b", "", 6, func(x *record.Consulting) { x.Version = 0 }), code: "version"},
		"silent no":           {entry: opinion("b", "", 6, func(x *record.Consulting) { x.Text = " \n" }), code: "consultation-invalid", faults: 1},
		"no stance, too much": {entry: opinion("b", "", 6, func(x *record.Consulting) { x.Stance, x.Text = "", strings.Repeat("ý", record.MaxOpinion+1) }), code: "consultation-invalid", faults: 2},
		"a trick":             {entry: opinion("b", "", 6, func(x *record.Consulting) { x.Text = "Đồng\u202e ý" }), code: "consultation-invalid", faults: 1},
		"ended":               {entry: opinion("b", "", 6, nil), code: "consultation-ended", first: &end},
		"ended twice":         {entry: end, code: "consultation-ended", first: &end},
		"nobody, nothing":     {entry: ask(func(x *record.Consulting) { x.Units, x.Question, x.Deadline = nil, "", "2026-03-04" }), code: "consultation-invalid", faults: 3},
		"no such day":         {entry: ask(func(x *record.Consulting) { x.Deadline = "2026-02-30" }), code: "consultation-invalid", faults: 1},
		"twice":               {entry: ask(func(x *record.Consulting) { x.Units = []string{"VHTT", "VHTT"} }), code: "consultation-invalid", faults: 1},
		"an old version":      {entry: ask(func(x *record.Consulting) { x.Version = 2 }), code: "version"},
	} {
		t.Run(name, func(t *testing.T) {
			o := consulted(t)
			if c.first != nil {
				if err := o.try(*c.first); err != nil {
					t.Fatal(err)
				}
			}
			err := o.try(c.entry)
			if record.CodeOf(err) != c.code || len(record.FaultsOf(err)) != c.faults {
				t.Fatalf("got %v with %v, want %s", err, record.FaultsOf(err), c.code)
			}
		})
	}
	o := consulted(t)
	end.Reason = ""
	if err := o.try(end); record.CodeOf(err) != "reason-missing" {
		t.Error(err)
	}
}

func TestReminders(t *testing.T) {
	asked := func(day int) record.Consultation {
		return record.Consultation{Asked: time.Date(2026, 2, day, 2, 0, 0, 0, time.UTC), Deadline: "2026-03-02"}
	}
	for _, c := range []struct {
		asked int // of February
		on    record.Date
		want  record.Reminder
	}{
		{10, "2026-02-26", ""}, {10, "2026-02-27", record.RemindSoon}, {10, "2026-02-28", record.RemindSoon}, {10, "2026-03-01", record.RemindTomorrow},
		{10, "2026-03-02", record.RemindTomorrow}, {10, "2026-03-03", record.RemindOverdue}, {10, "2026-04-03", record.RemindOverdue},
		{27, "2026-02-27", ""}, {28, "2026-02-28", ""}, {28, "2026-03-01", record.RemindTomorrow},
	} {
		got, due := asked(c.asked).Reminder(c.on)
		if due != (c.want != "") || due && got != c.want {
			t.Errorf("asked %d/2, on %s: %q %v, want %q", c.asked, c.on, got, due, c.want)
		}
	}
	over := asked(10)
	over.Ended = over.Asked
	if _, due := over.Reminder("2026-03-03"); due {
		t.Error("an ended consultation reminds")
	}
}
