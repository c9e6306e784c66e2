package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

// Random commands by random people on real parts: what must always hold,
// after every one of them. The seed of a failing run is printed.
func TestRandomCommandsOnRealParts(t *testing.T) {
	ctx := context.Background()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	f := stateFlags{Demo: true, Data: t.TempDir()}
	o, err := f.open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	d := o.desk
	in := desk.Input{Template: "ke-hoach", Raw: plan(t, func(v map[string]any) {
		v["organization"] = "ubnd-tp-vung-tau"
		v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
		v["date"] = "2024-03-22"
	})}
	official := o.cast.Signatory
	official.Persons = []string{"nguyen-thi-thu-huong"}
	stranger := desk.Actor{ID: "stranger", Roles: []record.Role{record.Archivist}}
	const journal = "ubnd-tp-vung-tau"
	state := func() (seq uint64, docs []record.Document, counter int) {
		err := d.Journals.View(ctx, journal, func(s *record.State) error {
			seq, counter = s.Seq, s.Counters[record.CounterKey("van-ban-hanh-chinh", 2024)].Last
			for _, doc := range s.Documents {
				docs = append(docs, doc)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(docs, func(a, b record.Document) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
		return seq, docs, counter
	}
	reason := func() string { return []string{"Sai số liệu", "Sai số liệu", ""}[rnd.IntN(3)] }
	commands := map[record.Command]func(a desk.Actor, doc record.Document) (record.Document, error){
		record.CmdDraft: func(a desk.Actor, _ record.Document) (record.Document, error) { return d.Draft(ctx, a, in) },
		record.CmdRevise: func(a desk.Actor, doc record.Document) (record.Document, error) {
			return d.Revise(ctx, a, desk.Ref{Journal: journal, ID: doc.ID}, in)
		},
		record.CmdSign: func(a desk.Actor, doc record.Document) (record.Document, error) {
			read := doc.PDF
			if rnd.IntN(5) == 0 {
				read = record.DigestOf([]byte("một bản khác"))
			}
			return d.Sign(ctx, a, desk.Ref{Journal: journal, ID: doc.ID}, read)
		},
	}
	simple := func(c record.Command, f func(context.Context, desk.Actor, desk.Ref) (record.Document, error)) {
		commands[c] = func(a desk.Actor, doc record.Document) (record.Document, error) {
			return f(ctx, a, desk.Ref{Journal: journal, ID: doc.ID})
		}
	}
	because := func(c record.Command, f func(context.Context, desk.Actor, desk.Ref, string) (record.Document, error)) {
		simple(c, func(ctx context.Context, a desk.Actor, r desk.Ref) (record.Document, error) {
			return f(ctx, a, r, reason())
		})
	}
	simple(record.CmdSubmit, d.Submit)
	simple(record.CmdWithdraw, d.Withdraw)
	simple(record.CmdNumber, d.Number)
	simple(record.CmdSeal, d.Seal)
	because(record.CmdDiscard, d.Discard)
	because(record.CmdReturn, d.Return)
	because(record.CmdUnsign, d.Unsign)
	because(record.CmdVoid, d.Void)
	because(record.CmdRecall, d.Recall)
	names := make([]record.Command, 0, len(commands))
	for c := range commands {
		names = append(names, c)
	}
	slices.Sort(names)
	actors := map[record.Role]desk.Actor{record.Secretary: o.cast.Secretary, record.Official: official, record.Clerk: o.cast.Clerk}
	done := map[record.Command]int{}
	for step := range 400 {
		seq, docs, last := state()
		doc, c := choose(rnd, docs, names)
		tr := record.Transitions[c]
		actor, wrong := actors[tr.Role], rnd.IntN(12) == 0
		if wrong {
			actor = stranger
		}
		next, err := commands[c](actor, doc)
		where := fmt.Sprintf("step %d: %s by %s on %s", step, c, actor.ID, doc.State)
		seqNow, _, lastNow := state()
		if err != nil {
			if k := record.KindOf(err); k == record.Internal || k == record.Damaged || k == record.Unavailable {
				t.Fatalf("%s: %v", where, err)
			}
			if seqNow != seq || lastNow != last {
				t.Fatalf("%s was refused (%v) and left an entry", where, err)
			}
			continue
		}
		done[c]++
		if wrong || tr.From != nil && !slices.Contains(tr.From, doc.State) || next.State != tr.To || seqNow != seq+1 {
			t.Fatalf("%s gave %s", where, next.State)
		}
		if (c == record.CmdNumber) != (lastNow == last+1) || c == record.CmdNumber && next.Number != lastNow {
			t.Fatalf("%s: counter %d -> %d, number %d", where, last, lastNow, next.Number)
		}
		if c == record.CmdSign || c == record.CmdSeal {
			before, after := blob(t, o, doc.PDF), blob(t, o, next.PDF)
			if !bytes.HasPrefix(after, before) || len(after) == len(before) {
				t.Fatalf("%s changed signed bytes", where)
			}
		}
	}
	t.Log(done)
	for _, c := range names {
		if done[c] == 0 {
			t.Errorf("the run never did %s", c)
		}
	}
}

// choose picks the next command: half the time the one that leads towards
// issue, so that long ways are walked, else one that the state allows, and
// sometimes any.
func choose(rnd *rand.Rand, docs []record.Document, commands []record.Command) (record.Document, record.Command) {
	var open []record.Document
	for _, doc := range docs {
		if slices.Contains([]record.Status{record.Draft, record.Returned, record.Submitted, record.Signed, record.Numbered}, doc.State) {
			open = append(open, doc)
		}
	}
	if len(open) < 4 {
		return record.Document{}, record.CmdDraft
	}
	doc := open[rnd.IntN(len(open))]
	switch rnd.IntN(12) {
	case 0:
		return docs[rnd.IntN(len(docs))], commands[rnd.IntN(len(commands))]
	case 1:
		for _, x := range docs {
			if x.State == record.Issued {
				return x, record.CmdRecall
			}
		}
	}
	if rnd.IntN(2) == 0 {
		return doc, map[record.Status]record.Command{record.Draft: record.CmdSubmit, record.Returned: record.CmdRevise,
			record.Submitted: record.CmdSign, record.Signed: record.CmdNumber, record.Numbered: record.CmdSeal}[doc.State]
	}
	var allowed []record.Command
	for _, c := range commands {
		if slices.Contains(record.Transitions[c].From, doc.State) {
			allowed = append(allowed, c)
		}
	}
	return doc, allowed[rnd.IntN(len(allowed))]
}

func blob(t *testing.T, o *office, d record.Digest) []byte {
	t.Helper()
	b, err := o.archive.Blob(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
