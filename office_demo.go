package main

import (
	"context"

	"vanthu/demo"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
)

// demoPeople are the example accounts: the password of each is "demo-" and its
// name, its id is its name.
var demoPeople = []struct {
	username, name string
	role           record.Role
}{
	{"secretary", "Chuyên viên soạn thảo", record.Secretary},
	{"signatory", "Người có thẩm quyền ký", record.Official},
	{"clerk", "Văn thư", record.Clerk},
	{"archivist", "Lưu trữ viên", record.Archivist},
	{"admin", "Quản trị viên", record.Administrator},
}

// demoAccounts makes the example accounts where they are missing and gives
// each its role in every example organisation; the signatory is each of the
// organisation's officials.
func (o *office) demoAccounts(ctx context.Context, people *accounts.Directory) error {
	organizations, err := demo.Load()
	if err != nil {
		return err
	}
	all, err := organizations.All(ctx)
	if err != nil {
		return err
	}
	for _, p := range demoPeople {
		_, err := people.Add(ctx, accounts.NewAccount{ID: p.username, Username: p.username, Name: p.name, Password: "demo-" + p.username})
		if err != nil && record.CodeOf(err) != "username-taken" {
			return err
		}
		for _, organization := range all {
			g := record.Grant{Account: p.username, Organization: organization.ID, Roles: []record.Role{p.role}}
			if p.role == record.Official {
				for _, a := range organization.Appointments {
					g.Persons = append(g.Persons, a.Person)
				}
			}
			if err := o.desk.Grant(ctx, desk.Actor{ID: "demo", Roles: []record.Role{record.Administrator}}, g); err != nil {
				return err
			}
		}
	}
	return nil
}
