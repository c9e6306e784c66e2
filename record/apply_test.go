package record_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vanthu/record"
)

// office drives Apply as a store would: entries are encoded, kept, and applied
// under their digest.
type office struct {
	state   *record.State
	entries [][]byte
}

func newOffice() *office { return &office{state: record.NewState("co-quan")} }

func (o *office) try(e record.Entry) error {
	e.Journal, e.Seq, e.Previous = o.state.Journal, o.state.Seq+1, o.state.Head
	stored, digest, err := e.Encode()
	if err != nil {
		return err
	}
	if err := record.Apply(o.state, e, digest); err != nil {
		return err
	}
	o.entries = append(o.entries, stored)
	return nil
}

func snapshot(t interface{ Fatal(...any) }, s *record.State) string {
	j, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(j)
}

func digestOf(format string, args ...any) record.Digest {
	return record.DigestOf(fmt.Appendf(nil, format, args...))
}

var commands = []record.Command{
	record.CmdDraft, record.CmdRevise, record.CmdDiscard, record.CmdSubmit, record.CmdWithdraw, record.CmdReturn,
	record.CmdSign, record.CmdUnsign, record.CmdNumber, record.CmdSeal, record.CmdVoid, record.CmdDispatch,
	record.CmdReceipt, record.CmdRecall, record.CmdSupersede, record.CmdCorrect,
	record.CmdSent, record.CmdUndelivered, record.CmdTold, record.CmdVisit, record.CmdRegister, record.CmdClose,
	record.CmdConsult, record.CmdOpinion, record.CmdEndConsult,
}

// or is the state after a command: "" leaves it as it was.
func or(to, was record.Status) record.Status {
	if to == "" {
		return was
	}
	return to
}

// draw makes an entry that is mostly right and sometimes wrong in one place.
func draw(t *rapid.T, o *office, step int) record.Entry {
	if rapid.IntRange(0, 2).Draw(t, "about dossiers") == 0 {
		return drawFiling(t, o, step)
	}
	doc := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "document")
	have := o.state.Documents[doc]
	// Weighed towards commands that the state allows, so that runs get far.
	c := rapid.SampledFrom(commands).Draw(t, "command")
	if rapid.IntRange(0, 3).Draw(t, "allowed") > 0 {
		var fit []record.Command
		for _, x := range commands {
			tr := record.Transitions[x]
			if (have.ID == "" && tr.From == nil) || slices.Contains(tr.From, have.State) {
				fit = append(fit, x)
			}
		}
		if len(fit) > 0 {
			c = rapid.SampledFrom(fit).Draw(t, "fitting")
		}
	}
	tr := record.Transitions[c]
	e := record.Entry{Time: time.Unix(int64(step), 0).UTC(), Actor: "x", Command: c, Document: doc}
	if tr.NewVersion {
		e.Version = have.Version + 1
		e.Manifest, e.PDF = digestOf("m%d", step), digestOf("p%d", step)
	}
	if tr.Reason && rapid.IntRange(0, 9).Draw(t, "reason") > 0 {
		e.Reason = "lý do"
	}
	series := rapid.SampledFrom([]string{"s1", "s2"}).Draw(t, "series")
	year := rapid.SampledFrom([]int{2024, 2025}).Draw(t, "year")
	switch c {
	case record.CmdDraft, record.CmdRevise:
		e.Draft = &record.DraftFacts{Type: "KH"}
	case record.CmdSubmit:
		e.Submitted = &record.SubmitFacts{Series: series, Year: year, Digits: 3, Signatory: "p"}
	case record.CmdSign:
		e.Read = have.PDF
		if rapid.IntRange(0, 9).Draw(t, "stale") == 0 {
			e.Read = digestOf("other")
		}
	case record.CmdNumber:
		if rapid.IntRange(0, 9).Draw(t, "right series") > 0 {
			series, year = have.Series, have.Year
		}
		next := o.state.Counters[record.CounterKey(series, year)].Last + 1
		n := next + rapid.SampledFrom([]int{0, 0, 0, 0, 1, -1}).Draw(t, "off")
		date := record.Date(fmt.Sprintf("%04d-%02d-10", max(year, 2024), rapid.IntRange(1, 12).Draw(t, "month")))
		e.Numbering = &record.Numbering{Series: series, Year: year, Number: n, Symbol: record.NumberText(n) + "/KH-UBND", Date: date}
	case record.CmdRegister:
		next := o.state.Counters[record.CounterKey(series, year)].Last + 1
		n := next + rapid.SampledFrom([]int{0, 0, 0, 1, -1}).Draw(t, "off")
		date := record.Date(fmt.Sprintf("%04d-%02d-10", year, rapid.IntRange(1, 12).Draw(t, "month")))
		e.Draft, e.Booked, e.PDF = &record.DraftFacts{Type: "CV"}, &record.Booked{Void: rapid.IntRange(0, 3).Draw(t, "void") == 0}, ""
		e.Numbering = &record.Numbering{Series: series, Year: year, Number: n, Symbol: record.NumberText(n) + "/UBND", Date: date}
		if rapid.Bool().Draw(t, "explained") {
			e.Reason = "ghi nhầm"
		}
	case record.CmdClose:
		e.Document, e.Time = "", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		through := record.Date(fmt.Sprintf("%04d-%02d-28", year, rapid.IntRange(1, 12).Draw(t, "through")))
		x, _ := o.state.Closable(series, year, through, record.DateOf(e.Time))
		x.PDF, x.Signature.Signer = digestOf("c%d", step), "UBND"
		x.Last += rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "last")
		e.Closing = &x
	case record.CmdDispatch:
		e.Recipient = rapid.SampledFrom([]string{"r", "q"}).Draw(t, "recipient")
		e.Handing = &record.Handing{Channel: rapid.SampledFrom(append(record.Channels, "pigeon")).Draw(t, "channel"), Mail: rapid.Bool().Draw(t, "mail"), PDF: have.PDF}
		if rapid.Bool().Draw(t, "link") {
			e.Handing.Link, e.Handing.Expires = digestOf("l%d", step), e.Time.Add(time.Hour)
		}
	case record.CmdReceipt, record.CmdSent, record.CmdUndelivered, record.CmdTold, record.CmdVisit:
		e.Recipient = rapid.SampledFrom([]string{"r", "q", ""}).Draw(t, "recipient")
		e.Handing = &record.Handing{Outcome: record.Opened, Answer: "250 OK"}
	case record.CmdConsult:
		e.Consulting = &record.Consulting{Units: []string{"u"}, Accounts: []string{"x"}, Question: "?", Deadline: rapid.SampledFrom([]record.Date{"1970-01-01", "1970-01-02", "1969-12-31"}).Draw(t, "deadline"), Version: have.Version}
	case record.CmdOpinion, record.CmdEndConsult:
		e.Time = e.Time.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "days")) * 24 * time.Hour)
		e.Consulting = &record.Consulting{Number: rapid.IntRange(0, len(have.Consultations)).Draw(t, "which"), Unit: rapid.SampledFrom([]string{"u", "", "w"}).Draw(t, "unit"),
			Stance: rapid.SampledFrom(append(record.Stances, "perhaps")).Draw(t, "stance"), Text: "ý kiến", Version: have.Version - rapid.IntRange(0, 1).Draw(t, "older")}
	case record.CmdSupersede, record.CmdCorrect:
		e.Linked = rapid.SampledFrom([]string{"a", "b", "z"}).Draw(t, "linked")
	}
	return e
}

// What must always hold (numbers 1..N in time order, none twice, void ones
// stay; nothing changes on a refusal; entries alone rebuild the state), over
// random sequences of right and wrong commands.
func TestApplyKeepsTheRegister(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := newOffice()
		given := map[string][]record.Numbering{} // by series and year, in order
		closings := map[string][]record.Closing{}
		for step := range rapid.IntRange(20, 120).Draw(t, "steps") {
			e := draw(t, o, step)
			was := o.state.Documents[e.Document]
			before := snapshot(t, o.state)
			dossiers := maps.Clone(o.state.Dossiers)
			err := o.try(e)
			now := o.state.Documents[e.Document]
			if err != nil {
				if after := snapshot(t, o.state); after != before {
					t.Fatalf("refused %s changed the state:\n%s", e.Command, cmp.Diff(before, after))
				}
				continue
			}
			if e.Filed != nil || e.Disposal != nil {
				keptDossiers(t, e, dossiers, o.state)
				continue
			}
			if e.Command == record.CmdClose {
				closings[record.CounterKey(e.Closing.Series, e.Closing.Year)] = append(closings[record.CounterKey(e.Closing.Series, e.Closing.Year)], *e.Closing)
				continue
			}
			if e.Command == record.CmdRegister {
				if want := map[bool]record.Status{true: record.Voided, false: record.Registered}[e.Booked.Void]; now.State != want || e.Booked.Void && now.Reason == "" {
					t.Fatalf("registered as %+v", now)
				}
				was.State = now.State
			}
			tr := record.Transitions[e.Command]
			if tr.From != nil && !slices.Contains(tr.From, was.State) || now.State != or(tr.To, was.State) {
				t.Fatalf("%s went from %q to %q", e.Command, was.State, now.State)
			}
			if was.Number != 0 && (now.Number != was.Number || now.Symbol != was.Symbol || now.Date != was.Date) {
				t.Fatalf("%s changed a given number: %+v -> %+v", e.Command, was, now)
			}
			if !tr.NewVersion && now.Version != was.Version || tr.NewVersion && now.Version != was.Version+1 {
				t.Fatalf("%s: version %d -> %d", e.Command, was.Version, now.Version)
			}
			keptOpinions(t, e, was, now)
			if e.Command == record.CmdNumber || e.Command == record.CmdRegister {
				for _, x := range closings[record.CounterKey(e.Numbering.Series, e.Numbering.Year)] {
					if e.Numbering.Date <= x.Through {
						t.Fatalf("%s is in the period closed through %s", e.Numbering.Date, x.Through)
					}
				}
				key := record.CounterKey(e.Numbering.Series, e.Numbering.Year)
				given[key] = append(given[key], *e.Numbering)
			}
		}
		for id, doc := range o.state.Documents {
			waits := false
			for _, x := range doc.Deliveries {
				waits = waits || x.State == record.Queued || doc.ToTell(x)
				if link, ok := o.state.Links[x.Link]; x.Link != "" && (!ok || link.Document != id || link.Recipient != x.Recipient) {
					t.Fatalf("the link of %s to %s leads to %+v", id, x.Recipient, link)
				}
				if doc.Booked != nil && (x.Channel != record.ByPaper || x.Mail || x.Link != "") {
					t.Fatalf("a line of the register, %s, was sent as %+v", id, x)
				}
				if x.State == record.Sent && x.Sent.IsZero() || x.State == record.Queued && !x.Mail {
					t.Fatalf("delivery %+v", x)
				}
			}
			if doc.Booked != nil && (doc.PDF != "" || doc.Evidence != nil || len(doc.Copies) > 0 || doc.Version != 1) || doc.ReplacedBy() != "" != (doc.State == record.Superseded) {
				t.Fatalf("%s is %+v", id, doc)
			}
			asked := false
			for _, c := range doc.Consultations {
				units, accounts := c.Awaited()
				asked = asked || len(units)+len(accounts) > 0 && slices.Contains([]record.Status{record.Draft, record.Returned, record.Submitted}, doc.State)
			}
			if o.state.Opinions[id] != asked {
				t.Fatalf("%s waits for opinions: %v, and is listed so: %v", id, asked, o.state.Opinions[id])
			}
			if o.state.Mail[id] != waits {
				t.Fatalf("%s waits for mail: %v, and is listed so: %v", id, waits, o.state.Mail[id])
			}
		}
		for key, numbers := range given {
			for i, n := range numbers {
				if n.Number != i+1 {
					t.Fatalf("%s: number %d at place %d", key, n.Number, i+1)
				}
				if i > 0 && n.Date < numbers[i-1].Date {
					t.Fatalf("%s: %s after %s", key, n.Date, numbers[i-1].Date)
				}
			}
			if c := o.state.Counters[key]; c.Last != len(numbers) {
				t.Fatalf("%s: counter says %d of %d", key, c.Last, len(numbers))
			}
		}
		for key, all := range closings {
			for i, x := range all {
				first := 1
				if i > 0 {
					first = all[i-1].Last + 1
				}
				if x.First != first || x.Last > o.state.Counters[key].Last {
					t.Fatalf("%s: closing %d is of %d..%d", key, i, x.First, x.Last)
				}
				voids := 0
				for _, doc := range o.state.Documents {
					if record.CounterKey(doc.Series, doc.Year) == key && doc.Number >= x.First && doc.Number <= x.Last {
						if doc.State == record.Numbered {
							t.Fatalf("%s: %s was closed over", key, doc.Symbol)
						}
						if doc.State == record.Voided {
							voids++
						}
					}
				}
				if voids != x.Voids {
					t.Fatalf("%s: %d void numbers, the closing says %d", key, voids, x.Voids)
				}
			}
		}
		again := record.NewState("co-quan")
		for i, stored := range o.entries {
			e, d, err := record.DecodeEntry("co-quan", uint64(i+1), stored)
			if err != nil {
				t.Fatal(err)
			}
			if err := record.Apply(again, e, d); err != nil {
				t.Fatalf("replay of %d: %v", i+1, err)
			}
		}
		if diff := cmp.Diff(o.state, again); diff != "" {
			t.Fatalf("replayed state differs:\n%s", diff)
		}
	})
}

// keptOpinions: opinions only ever grow, each by its own command, of who was
// asked, about a version that there was, marked late by the day alone.
func keptOpinions(t *rapid.T, e record.Entry, was, now record.Document) {
	count := func(d record.Document) (n int) {
		for _, c := range d.Consultations {
			n += 1 + len(c.Opinions)
		}
		return n
	}
	grown := 0
	if e.Command == record.CmdConsult || e.Command == record.CmdOpinion {
		grown = 1
	}
	if count(now) != count(was)+grown {
		t.Fatalf("%s: %+v -> %+v", e.Command, was.Consultations, now.Consultations)
	}
	for i, c := range now.Consultations {
		if i < len(was.Consultations) {
			old := was.Consultations[i]
			if !slices.Equal(old.Opinions, c.Opinions[:len(old.Opinions)]) || !old.Open() && (c.Open() || len(c.Opinions) != len(old.Opinions)) {
				t.Fatalf("%s changed what was said: %+v -> %+v", e.Command, old, c)
			}
		}
		for _, x := range c.Opinions {
			asked := x.Unit != "" && slices.Contains(c.Units, x.Unit) || x.Unit == "" && slices.Contains(c.Accounts, x.Account)
			if !asked || x.Version < c.Version || x.Version > now.Version || x.Late != (record.DateOf(x.Time) > c.Deadline) || !slices.Contains(record.Stances, x.Stance) {
				t.Fatalf("an opinion %+v in %+v", x, c)
			}
		}
	}
}

// The property above must be able to fail: these single wrong entries are the
// kinds it relies on Apply to refuse.
func TestApplyRefuses(t *testing.T) {
	m, p := digestOf("m"), digestOf("p")
	way := []record.Entry{
		{Actor: "s", Command: record.CmdDraft, Document: "a", Version: 1, Manifest: m, Draft: &record.DraftFacts{Type: "KH"}, Request: "r1", RequestDigest: p},
		{Actor: "s", Command: record.CmdSubmit, Document: "a", Version: 2, Manifest: m, PDF: p, Submitted: &record.SubmitFacts{Series: "s", Year: 2024, Digits: 3, Signatory: "p"}},
		{Actor: "o", Command: record.CmdSign, Document: "a", Version: 3, Manifest: m, PDF: p, Read: p},
		{Actor: "c", Command: record.CmdNumber, Document: "a", Numbering: &record.Numbering{Series: "s", Year: 2024, Opening: 45, Number: 46, Symbol: "46/KH-UBND", Date: "2024-03-22"}},
		{Actor: "c", Command: record.CmdSeal, Document: "a", Version: 4, Manifest: m, PDF: p},
	}
	numbering := func(change func(*record.Numbering)) record.Entry {
		n := *way[3].Numbering
		change(&n)
		return record.Entry{Actor: "c", Command: record.CmdNumber, Document: "a", Numbering: &n}
	}
	for _, c := range []struct {
		name  string
		after int // entries of the way applied first
		entry record.Entry
		code  string
	}{
		{"no such document", 0, way[1], "document-not-found"},
		{"draft twice", 1, record.Entry{Actor: "s", Command: record.CmdDraft, Document: "a", Version: 1, Manifest: m, Draft: &record.DraftFacts{Type: "KH"}}, "document-exists"},
		{"request twice", 1, record.Entry{Actor: "s", Command: record.CmdDraft, Document: "b", Version: 1, Manifest: m, Draft: &record.DraftFacts{Type: "KH"}, Request: "r1"}, "request-repeated"},
		{"sign a draft", 1, way[2], "state"},
		{"sign what was not read", 2, record.Entry{Actor: "o", Command: record.CmdSign, Document: "a", Version: 3, Manifest: m, PDF: p, Read: m}, "pdf-changed"},
		{"version skipped", 2, record.Entry{Actor: "o", Command: record.CmdSign, Document: "a", Version: 4, Manifest: m, PDF: p, Read: p}, "version"},
		{"number before signature", 2, way[3], "state"},
		{"number skipped", 3, numbering(func(n *record.Numbering) { n.Number = 47 }), "number-order"},
		{"number too wide", 3, numbering(func(n *record.Numbering) { n.Opening, n.Number = 999, 1000 }), "number-too-wide"},
		{"another year", 3, numbering(func(n *record.Numbering) { n.Date = "2025-01-02" }), "year-changed"},
		{"another series", 3, numbering(func(n *record.Numbering) { n.Series = "t" }), "year-changed"},
		{"void without reason", 4, record.Entry{Actor: "c", Command: record.CmdVoid, Document: "a"}, "reason-missing"},
		{"seal twice", 5, way[4], "state"},
		{"unsign after number", 4, record.Entry{Actor: "c", Command: record.CmdUnsign, Document: "a", Reason: "x"}, "state"},
		{"supersede by itself", 5, record.Entry{Actor: "c", Command: record.CmdSupersede, Document: "a", Linked: "a"}, "entry-incomplete"},
		{"unknown command", 1, record.Entry{Actor: "c", Command: "burn", Document: "a"}, "command-unknown"},
		{"system command here", 1, record.Entry{Actor: "c", Command: record.CmdPublishTemplate, Document: "a"}, "command-unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice()
			for _, e := range way[:c.after] {
				if err := o.try(e); err != nil {
					t.Fatal(err)
				}
			}
			if err := o.try(c.entry); record.CodeOf(err) != c.code {
				t.Fatalf("got %v, want code %s", err, c.code)
			}
		})
	}
	o := newOffice()
	for _, e := range way {
		if err := o.try(e); err != nil {
			t.Fatal(err)
		}
	}
	if doc := o.state.Documents["a"]; doc.State != record.Issued || doc.Symbol != "46/KH-UBND" || doc.Version != 4 {
		t.Fatalf("after the whole way: %+v", doc)
	}
}

// Dates of one series never run backwards, over several documents.
func TestDatesNeverRunBackwards(t *testing.T) {
	o := newOffice()
	m, p := digestOf("m"), digestOf("p")
	for i, c := range []struct {
		date record.Date
		code string
	}{{"2024-03-22", "internal"}, {"2024-03-22", "internal"}, {"2024-03-21", "date-backwards"}} {
		id := fmt.Sprint(i)
		for _, e := range []record.Entry{
			{Actor: "s", Command: record.CmdDraft, Document: id, Version: 1, Manifest: m, Draft: &record.DraftFacts{Type: "KH"}},
			{Actor: "s", Command: record.CmdSubmit, Document: id, Version: 2, Manifest: m, PDF: p, Submitted: &record.SubmitFacts{Series: "s", Year: 2024, Digits: 3, Signatory: "p"}},
			{Actor: "o", Command: record.CmdSign, Document: id, Version: 3, Manifest: m, PDF: p, Read: p},
		} {
			if err := o.try(e); err != nil {
				t.Fatal(err)
			}
		}
		n := o.state.Counters["s/2024"].Last + 1
		err := o.try(record.Entry{Actor: "c", Command: record.CmdNumber, Document: id,
			Numbering: &record.Numbering{Series: "s", Year: 2024, Number: n, Symbol: "x", Date: c.date}})
		if (err == nil) != (c.code == "internal") || err != nil && record.CodeOf(err) != c.code {
			t.Fatalf("document %d on %s: %v, want %s", i, c.date, err, c.code)
		}
	}
}
