package server

import (
	"context"
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
		if err := o.hire(ctx, string(r), here, []record.Role{r}, persons[here]); err != nil {
			return err
		}
		if err := o.hire(ctx, string(r)+"-elsewhere", elsewhere, []record.Role{r}, persons[elsewhere]); err != nil {
			return err
		}
		o.people[string(r)].role, o.people[string(r)+"-elsewhere"].role = r, r
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
		if err := o.hire(ctx, x.name, here, x.roles, x.persons); err != nil {
			return err
		}
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
func (o *office) hire(ctx context.Context, username, organization string, roles []record.Role, persons []string) error {
	a, err := o.cfg.Accounts.Add(ctx, accounts.NewAccount{Username: username, Name: "Người của phép thử: " + username, Password: password})
	if err != nil {
		return err
	}
	if len(roles) > 0 {
		if err := o.cfg.Desk.Grant(ctx, chief, record.Grant{Account: a.ID, Organization: organization, Roles: roles, Persons: persons}); err != nil {
			return err
		}
	}
	secret, err := o.cfg.Accounts.Begin(ctx, a)
	o.people[username] = &person{name: username, account: a, cookie: secret}
	return err
}
