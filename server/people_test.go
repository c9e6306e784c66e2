package server

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/server/accounts"
)

// person is who sends a request: a cookie, a token or nobody.
type person struct {
	name    string
	account accounts.Account
	role    record.Role // the one, for those who have one
	scope   accounts.Scope
	cookie  string
	token   string
}

const password = "mật khẩu của phép thử"

var (
	everyRole = []record.Role{record.Secretary, record.Official, record.Clerk, record.Archivist, record.Administrator}
	// nobody has no cookie at all.
	nobody = &person{name: "nobody"}
)

// employ makes everyone who appears in the tests:
//
//	secretary ... administrator     one role each, here
//	secretary-elsewhere ...         one role each, elsewhere
//	other-official                  signs here, but is not before whom documents are put
//	all, token-read ...             every role here; a session and a token of each single scope
//	disabled, expired, revoked      whom nothing is left but an old cookie or token
//	idle                            an account without any role
func (o *office) employ(ctx context.Context) error {
	for _, r := range everyRole {
		persons := map[string][]string{}
		if r == record.Official {
			persons[here], persons[elsewhere] = []string{official}, []string{"y-thuong-nie"}
		}
		for name, place := range map[string]string{string(r): here, string(r) + "-elsewhere": elsewhere} {
			p, err := o.hire(ctx, name, place, []record.Role{r}, persons[place])
			if err != nil {
				return err
			}
			p.role, o.people[name] = r, p
		}
	}
	for _, x := range []struct {
		name    string
		roles   []record.Role
		persons []string
	}{
		{"other-official", []record.Role{record.Official}, []string{"tran-van-duc"}},
		{"all", everyRole, []string{official}},
		{"disabled", everyRole, []string{official}},
		{"expired", everyRole, []string{official}},
		{"idle", nil, nil},
	} {
		p, err := o.hire(ctx, x.name, here, x.roles, x.persons)
		if err != nil {
			return err
		}
		o.people[x.name] = p
	}
	all := o.people["all"].account
	for _, s := range accounts.TokenScopes {
		secret, _, err := o.cfg.Accounts.AddToken(ctx, all.ID, "phép thử", []accounts.Scope{s}, time.Now().Add(time.Hour))
		if err != nil {
			return err
		}
		o.people["token-"+string(s)] = &person{name: "token-" + string(s), account: all, scope: s, token: secret}
	}
	return o.turnAway(ctx, all)
}

// turnAway makes those who were let in once.
func (o *office) turnAway(ctx context.Context, all accounts.Account) error {
	secret, token, err := o.cfg.Accounts.AddToken(ctx, all.ID, "sẽ bị thu hồi", accounts.TokenScopes, time.Now().Add(time.Hour))
	if err != nil {
		return err
	}
	if err := o.cfg.Accounts.Revoke(ctx, all.ID, token.ID); err != nil {
		return err
	}
	o.people["revoked"] = &person{name: "revoked", account: all, token: secret}
	if err := o.cfg.Accounts.SetDisabled(ctx, o.people["disabled"].account.ID, true); err != nil {
		return err
	}
	// Its session was begun yesterday.
	yesterday := accounts.New(o.backend.Work, func() time.Time { return time.Now().Add(-24 * time.Hour) })
	o.people["expired"].cookie, err = yesterday.Begin(ctx, o.people["expired"].account)
	return err
}

// hire makes an account with roles in one organisation and a session.
func (o *office) hire(ctx context.Context, username, organization string, roles []record.Role, persons []string) (*person, error) {
	a, err := o.cfg.Accounts.Add(ctx, accounts.NewAccount{Username: username, Name: "Người của phép thử: " + username, Password: password})
	if err != nil {
		return nil, err
	}
	if len(roles) > 0 {
		if err := o.cfg.Desk.Grant(ctx, chief, record.Grant{Account: a.ID, Organization: organization, Roles: roles, Persons: persons}); err != nil {
			return nil, err
		}
	}
	secret, err := o.cfg.Accounts.Begin(ctx, a)
	return &person{name: username, account: a, cookie: secret}, err
}

// newcomer is a new person with roles here, for a test that changes who it uses.
func (o *office) newcomer(t testing.TB, roles ...record.Role) *person {
	t.Helper()
	name := "moi-" + strings.ToLower(rand.Text())
	var persons []string
	if slices.Contains(roles, record.Official) {
		persons = []string{official}
	}
	p, err := o.hire(t.Context(), name, here, roles, persons)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
