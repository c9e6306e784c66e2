package storage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"vanthu/record"
)

// A report's lines are what one gets who reads the journal entry by entry with
// nothing of the index or of record.Apply.
func TestSummaryAgreesWithTheJournal(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	kinds := []record.DocumentType{{Code: "KH", Abbreviation: "KH", Name: "Kế hoạch"}, {Code: "QĐ", Abbreviation: "QĐ", Name: "Quyết định"}, {Code: "CV", Name: "Công văn"}}
	after := []record.Command{"", record.CmdVoid, record.CmdRecall, record.CmdSupersede, record.CmdDispatch, "", record.CmdDispatch}
	for i := range 60 {
		p := paper{id: fmt.Sprintf("d%02d", i), subject: fmt.Sprint("Việc ", i), date: record.Date(fmt.Sprintf("2024-%02d-10", 1+i/6)), kind: kinds[i%3], person: fmt.Sprint("p", i%2),
			filing: record.Filing{Unit: []string{"VHTT", "NV", ""}[i/2%3]}, recipients: []string{"Sở Y tế", "Sở Nội vụ", "UBND phường 1"}[:1+i%3]}
		if i%5 == 4 {
			p.series = "riêng"
		}
		what := after[i%len(after)]
		if what == record.CmdVoid || i == 59 {
			p.until = record.Numbered
		}
		o.issue(p)
		e := record.Entry{Time: p.date.Time().Add(10 * time.Hour), Actor: "clerk", Command: what, Document: p.id, Reason: "lý do"}
		switch what {
		case "":
			continue
		case record.CmdSupersede:
			e.Linked = "d00"
		case record.CmdDispatch:
			e.Recipient, e.Handing = "Sở Y tế", &record.Handing{Channel: record.Channels[i%3], Mail: i%3 == 1 && i%2 == 0}
		}
		if i == 59 {
			continue
		}
		o.update(journalA, func(*record.State) (*record.Entry, error) { return &e, nil })
	}
	onPaper, err := o.archive.PutVersion(t.Context(), record.Version{Document: "paper", Version: 1, State: record.Registered, Type: kinds[1], Subject: "Bản giấy", Number: 49, Symbol: "49/QĐ-UBND", Date: "2024-11-01",
		Files: []record.File{{Name: record.InputFile, SHA256: o.blob([]byte(`{}`)), Size: 2}}, Template: record.TemplateRef{ID: "so", SHA256: o.blob([]byte("mẫu"))},
		Signatory: record.Signatory{Person: "p0", Name: "Nguyễn Văn Nghĩa"}, List: record.DistributionList{Recipients: []record.Recipient{{Name: "Sở Y tế"}}}})
	if err != nil {
		t.Fatal(err)
	}
	o.update(journalA, func(s *record.State) (*record.Entry, error) {
		return &record.Entry{Actor: "clerk", Command: record.CmdRegister, Document: "paper", Version: 1, Manifest: onPaper, Draft: &record.DraftFacts{Type: "QĐ"}, Booked: &record.Booked{},
			Numbering: &record.Numbering{Series: "s", Year: 2024, Number: s.Counters[record.CounterKey("s", 2024)].Last + 1, Symbol: "49/QĐ-UBND", Date: "2024-11-01"}}, nil
	})
	o.issue(paper{id: "draft", subject: "Dự thảo", date: "2024-05-05", until: record.Signed})
	o.issue(paper{id: "next", subject: "Năm sau", date: "2025-01-02"})
	x := o.openIndex(o.states)
	o.catchUp(x)
	for _, by := range []By{ByYear, ByMonth, ByType, ByUnit, BySignatory} {
		got, err := x.Summary(t.Context(), journalA, 2024, "", by)
		if err != nil {
			t.Fatal(err)
		}
		want := o.countedByHand(t, 2024, by)
		if len(want) < 2 || mustJSON(t, got) != mustJSON(t, want) {
			t.Errorf("%s:\n%s\nwant\n%s", by, mustJSON(t, got), mustJSON(t, want))
		}
		all := Sum(got)
		if n := all.Waiting + all.Issued + all.Voided + all.Recalled + all.Superseded + all.Registered; all.Numbers != 61 || n != 61 || all.Registered != 1 || all.Email == 0 || all.Portal == 0 || all.Paper == 0 || all.Waiting != 1 {
			t.Errorf("%s: %+v", by, all)
		}
		one, err := x.Summary(t.Context(), journalA, 2024, "riêng", by)
		if want := slices.DeleteFunc(want, func(s Summary) bool { return s.Series != "riêng" }); err != nil || mustJSON(t, one) != mustJSON(t, want) {
			t.Errorf("%s of one series: %v, %s", by, err, mustJSON(t, one))
		}
	}
	if _, err := x.Summary(t.Context(), journalA, 2024, "", "day"); record.KindOf(err) != record.Invalid {
		t.Errorf("by day: %v", err)
	}
	if none, err := x.Summary(t.Context(), journalA, 2023, "", ByYear); err != nil || len(none) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
}

// countedByHand reads a journal's entries and adds up.
func (o *office) countedByHand(t *testing.T, year int, by By) []Summary {
	t.Helper()
	type fact struct {
		kind, person string
		number       *record.Numbering
		manifest     record.Digest
		last         record.Command
		sent         map[string]string
	}
	facts := map[string]*fact{}
	for r, err := range o.archive.Entries(t.Context(), journalA, 1) {
		if err != nil {
			t.Fatal(err)
		}
		e := r.Entry
		f := facts[e.Document]
		if f == nil {
			f = &fact{sent: map[string]string{}}
			facts[e.Document] = f
		}
		f.manifest = cmp.Or(e.Manifest, f.manifest)
		switch e.Command {
		case record.CmdDraft:
			f.kind = e.Draft.Type
		case record.CmdSubmit:
			f.person = e.Submitted.Signatory
		case record.CmdNumber:
			f.number = e.Numbering
		case record.CmdRegister:
			f.number, f.kind, f.person = e.Numbering, e.Draft.Type, "p0"
		case record.CmdDispatch:
			if !e.Handing.Mail { // a mail is sent when the server has it
				f.sent[e.Recipient] = e.Handing.Channel
			}
			continue
		}
		f.last = e.Command
	}
	lines := map[string]*Summary{}
	for _, f := range facts {
		if f.number == nil || f.number.Year != year {
			continue
		}
		v, err := o.archive.Version(t.Context(), f.manifest)
		if err != nil {
			t.Fatal(err)
		}
		names := map[By][2]string{ByYear: {fmt.Sprint(year), fmt.Sprint(year)}, ByMonth: {string(f.number.Date[5:7]), string(f.number.Date[5:7])}, ByType: {f.kind, v.Type.Name},
			ByUnit: {v.List.Filing.Unit, v.List.Filing.Unit}, BySignatory: {f.person, v.Signatory.Name}}
		at := f.number.Series + "\x00" + names[by][0]
		s := lines[at]
		if s == nil {
			s = &Summary{Series: f.number.Series, Key: names[by][0], Name: names[by][1], First: f.number.Number}
			lines[at] = s
		}
		s.Numbers++
		s.First, s.Last = min(s.First, f.number.Number), max(s.Last, f.number.Number)
		s.Recipients += len(v.List.Recipients)
		switch f.last {
		case record.CmdNumber:
			s.Waiting++
			s.Recipients -= len(v.List.Recipients)
		case record.CmdVoid:
			s.Voided++
			s.Recipients -= len(v.List.Recipients)
		case record.CmdSeal:
			s.Issued++
		case record.CmdRecall:
			s.Recalled++
		case record.CmdSupersede:
			s.Superseded++
		case record.CmdRegister:
			s.Registered++
		default:
			t.Fatalf("last %s", f.last)
		}
		for _, channel := range f.sent {
			switch channel {
			case record.ByPortal:
				s.Portal++
			case record.ByEmail:
				s.Email++
			case record.ByPaper:
				s.Paper++
			}
		}
	}
	var out []Summary
	for _, at := range slices.Sorted(maps.Keys(lines)) {
		out = append(out, *lines[at])
	}
	return out
}

// What was delivered, replaced and corrected stands in the register's last
// columns.
func TestRegisterOfDeliveries(t *testing.T) {
	o := newOffice(t, openTestFS(t))
	o.issue(paper{id: "a", subject: "Một", date: "2024-01-05", recipients: []string{"Sở Y tế", "Sở Nội vụ", "UBND tỉnh"}})
	o.issue(paper{id: "b", subject: "Hai", date: "2024-01-06"})
	o.issue(paper{id: "c", subject: "Ba", date: "2024-01-07"})
	put := func(day record.Date, e record.Entry) {
		t.Helper()
		e.Time, e.Actor = day.Time().Add(20*time.Hour), "clerk" // 20:00 there is 13:00 elsewhere: the office's day counts
		o.update(journalA, func(*record.State) (*record.Entry, error) { return &e, nil })
	}
	send := func(day record.Date, to, channel string) {
		t.Helper()
		put(day, record.Entry{Command: record.CmdDispatch, Document: "a", Recipient: to, Handing: &record.Handing{Channel: channel, Mail: channel == record.ByEmail}})
	}
	send("2024-01-08", "Sở Y tế", record.ByPaper)
	send("2024-01-09", "Sở Nội vụ", record.ByPortal)
	send("2024-01-12", "UBND tỉnh", record.ByEmail) // waits for the mail server
	put("2024-01-10", record.Entry{Command: record.CmdReceipt, Document: "a", Recipient: "Sở Y tế"})
	put("2024-01-11", record.Entry{Command: record.CmdSupersede, Document: "b", Linked: "a"})
	put("2024-01-11", record.Entry{Command: record.CmdCorrect, Document: "c", Linked: "a"})
	x := o.openIndex(o.states)
	o.catchUp(x)
	lines, err := x.Register(t.Context(), journalA, 2024, "", "", 0)
	if err != nil || len(lines) != 3 {
		t.Fatal(lines, err)
	}
	if a := lines[0]; a.HandedOver != "2024-01-09" || a.Receipt != "1/2 nơi đã nhận, 10/01/2024" {
		t.Errorf("%s, %s", a.HandedOver, a.Receipt)
	}
	found, err := x.Registered(t.Context(), journalA, []string{"c", "nobody", "a"})
	if err != nil || len(found) != 2 || found["c"].Symbol != lines[2].Symbol || found["a"].Receipt != lines[0].Receipt {
		t.Errorf("%+v, %v", found, err)
	}
	if b, c := lines[1], lines[2]; b.Note != "Được thay thế bằng văn bản số 01/KH-UBND" || c.Note != "Được đính chính bằng văn bản số 01/KH-UBND" || b.HandedOver != "" || b.Receipt != "" {
		t.Errorf("%q, %q", b.Note, c.Note)
	}
}
