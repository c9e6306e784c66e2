package lint

import (
	"testing"

	"vanthu/record"
	"vanthu/templates"
	"vanthu/templates/officetest"
)

func catalogue(t testing.TB) *templates.Catalogue {
	t.Helper()
	c, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fillings are what the service makes documents of: the examples of all forms
// and all example documents, by name.
func fillings(t testing.TB, c *templates.Catalogue) map[string]record.Filling {
	t.Helper()
	all := map[string]record.Filling{}
	for _, id := range c.IDs() {
		all[id] = officetest.Filling(t, c, officetest.Form(t, c, id).Example)
	}
	for name, b := range officetest.Seeds(t) {
		all[name[:3]] = officetest.Filling(t, c, b)
	}
	return all
}
