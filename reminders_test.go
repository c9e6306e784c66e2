package main

import (
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
