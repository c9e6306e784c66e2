package record

import (
	"slices"
	"testing"
)

// The newest grant of an account in an organisation holds, one without roles
// takes it back, and one that breaks a rule changes nothing.
func TestGrants(t *testing.T) {
	s := NewState(SystemJournal)
	put := func(e Entry) error {
		e.Journal, e.Seq, e.Previous = SystemJournal, s.Seq+1, s.Head
		_, d, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return Apply(s, e, d)
	}
	grant := func(g Grant) error { return put(Entry{Command: CmdGrant, Actor: "admin", Grant: &g}) }
	for _, id := range []string{"ubnd", "so"} {
		if err := put(Entry{Command: CmdPublishOrganization, Actor: "admin", Published: &Published{ID: id, SHA256: DigestOf([]byte(id))}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, g := range []Grant{
		{Account: "a", Organization: "ubnd", Roles: []Role{Secretary}},
		{Account: "a", Organization: "so", Roles: []Role{Official}, Persons: []string{"nguoi-ky"}},
		{Account: "b", Organization: "ubnd", Roles: []Role{Clerk, Archivist}},
		{Account: "a", Organization: "ubnd", Roles: []Role{Clerk}},
	} {
		if err := grant(g); err != nil {
			t.Fatal(err)
		}
	}
	kept := s.GrantsOf("a")
	if len(kept) != 2 || !kept["ubnd"].Has(Clerk) || kept["ubnd"].Has(Secretary) || !slices.Equal(kept["so"].Persons, []string{"nguoi-ky"}) {
		t.Errorf("a holds %+v", kept)
	}
	for _, bad := range []Grant{
		{Organization: "ubnd", Roles: []Role{Clerk}}, {Account: "a", Roles: []Role{Clerk}},
		{Account: "a", Organization: "khong-co", Roles: []Role{Clerk}},
		{Account: "a", Organization: "ubnd", Roles: []Role{"boss"}}, {Account: "a", Organization: "ubnd", Roles: []Role{Clerk, Clerk}},
		{Account: "a", Organization: "ubnd", Roles: []Role{Clerk}, Persons: []string{"nguoi-ky"}},
	} {
		if seq := s.Seq; grant(bad) == nil || s.Seq != seq {
			t.Errorf("%+v was taken", bad)
		}
	}
	if err := grant(Grant{Account: "a", Organization: "ubnd"}); err != nil {
		t.Fatal(err)
	}
	if now := s.GrantsOf("a"); len(now) != 1 || len(kept) != 2 || len(s.GrantsOf("b")) != 1 || s.GrantsOf("nobody") == nil {
		t.Errorf("after taking back: %+v, kept %+v", now, kept)
	}
}
