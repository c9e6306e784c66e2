package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
	"vanthu/server/addresses"
)

// A unit and a person are reminded by letter three days before the deadline and
// the day after, once each, however many instances look; who has answered, or has
// no address, is not.
func TestReminders(t *testing.T) {
	m := startMailing(t)
	ctx := t.Context()
	people := accounts.New(m.backend.Work, time.Now)
	person, err := people.Add(ctx, accounts.NewAccount{Username: "nguoi-duoc-hoi", Name: "Lê Thị Được Hỏi", Password: "mật khẩu của phép thử"})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.desk.Grant(ctx, desk.Actor{ID: "chief", Roles: []record.Role{record.Administrator}}, record.Grant{Account: person.ID, Organization: "ubnd-tp-vung-tau", Roles: []record.Role{record.Archivist}}); err != nil {
		t.Fatal(err)
	}
	m.address("VHTT", "email", "vhtt@vungtau.example")
	m.address("Lê Thị Được Hỏi", "email", "hoi@vungtau.example")
	doc, err := m.desk.Draft(ctx, m.cast.Secretary, desk.Input{Template: "ke-hoach", Raw: plan(t, func(v map[string]any) {
		v["organization"], v["date"] = "ubnd-tp-vung-tau", "2024-03-22"
		v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
	})})
	if err != nil {
		t.Fatal(err)
	}
	asked := time.Now()
	r := desk.Ref{Journal: doc.Journal, ID: doc.ID}
	if _, err = m.desk.Consult(ctx, m.cast.Secretary, r, desk.Asking{Units: []string{"VHTT", "TCKH"}, Accounts: []string{person.ID}, Question: "?", Deadline: record.DateOf(asked.AddDate(0, 0, 10))}); err != nil {
		t.Fatal(err)
	}
	instance := func() *reminders { return &reminders{m.postman, people, addresses.New(m.backend.Work)} }
	var total int
	look := func(days, want int) {
		t.Helper()
		m.now = asked.AddDate(0, 0, days)
		var mu sync.Mutex
		var all sync.WaitGroup
		sent := 0
		for range 3 {
			all.Go(func() {
				n, err := instance().pass(ctx)
				mu.Lock()
				defer mu.Unlock()
				if sent += n; err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if sent != want {
			t.Errorf("after %d days: %d letters, want %d", days, sent, want)
		}
		if total += want; len(m.server.Mailbox("vhtt@vungtau.example"))+len(m.server.Mailbox("hoi@vungtau.example")) != total {
			t.Errorf("after %d days the mailboxes hold another number than %d", days, total)
		}
	}
	look(6, 0)
	look(7, 2)
	look(8, 0)
	if _, err := m.desk.Opine(ctx, desk.Actor{ID: person.ID, Roles: []record.Role{record.Archivist}}, r, desk.Answer{Number: 1, Stance: record.Agrees, Version: 1}); err != nil {
		t.Fatal(err)
	}
	look(9, 1)
	look(11, 1)
	look(30, 0)
}

// The keeper of a dossier is reminded by letter 30 days before it is to be handed
// to the archive and once more when it is late; one letter for all that are due on
// the same day. One that is handed over, or has no keeper with an address, is
// quiet.
func TestTransferReminders(t *testing.T) {
	m := startMailing(t)
	ctx, office := t.Context(), "ubnd-tp-vung-tau"
	m.desk.Now = func() time.Time { return m.now }
	m.address("VHTT", "email", "vhtt@vungtau.example")
	doc := m.issue()
	begun := m.now
	ended := record.DateOf(begun)
	file := func(roles record.Role, c record.Command, f record.Filed) {
		t.Helper()
		if _, err := m.desk.FileDossier(ctx, desk.Actor{ID: "filer", Roles: []record.Role{roles}}, office, c, f, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	keys := map[string]string{}
	for code, keeper := range map[string]string{"01.VHTT": "VHTT", "02.VHTT": "VHTT", "03.TCKH": "TCKH", "04": ""} {
		d := record.Dossier{Year: ended.Year(), Code: code, Title: "Hồ sơ " + code, Keeper: keeper, Retention: record.Retention{Rule: "van-ban-di-khac"}}
		keys[code] = d.Key()
		file(record.Secretary, record.CmdDossier, record.Filed{Dossier: &d})
		file(record.Secretary, record.CmdDossierAdd, record.Filed{Key: d.Key(), Document: doc.ID})
		file(record.Secretary, record.CmdDossierEnd, record.Filed{Key: d.Key(), Ended: ended})
	}
	due := begun.AddDate(1, 0, 0)
	r := &reminders{m.postman, accounts.New(m.backend.Work, time.Now), addresses.New(m.backend.Work)}
	look := func(days, want int) {
		t.Helper()
		m.now = due.AddDate(0, 0, days)
		if n, err := r.pass(ctx); err != nil || n != want {
			t.Errorf("%d days after it is due: %d letters, want %d: %v", days, n, want, err)
		}
	}
	look(-31, 0)
	look(-30, 1)
	subject, text, _ := m.letter("vhtt@vungtau.example", 1, "[NHẮC NỘP LƯU]")
	for _, want := range []string{keys["01.VHTT"], keys["02.VHTT"], "hết ngày " + record.DateOf(due).Vietnamese(), "https://vanthu.example/ho-so"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", subject, want, text)
		}
	}
	if strings.Contains(text, keys["03.TCKH"]) {
		t.Errorf("somebody else's dossier is told:\n%s", text)
	}
	look(-1, 0)
	look(0, 0)
	file(record.Archivist, record.CmdDossierTransfer, record.Filed{Key: keys["01.VHTT"], Minutes: "Biên bản 1"})
	look(1, 1)
	if _, text, _ := m.letter("vhtt@vungtau.example", 2, "[QUÁ HẠN NỘP LƯU]"); strings.Contains(text, keys["01.VHTT"]) || !strings.Contains(text, keys["02.VHTT"]) {
		t.Errorf("late is what was not handed over:\n%s", text)
	}
	look(40, 0)
}
