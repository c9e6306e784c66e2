package demo

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"vanthu/record"
	"vanthu/record/desk"
)

//go:embed organizations/*.json
var files embed.FS

// Organizations are the example organisations by id, without a store.
type Organizations map[string]record.Organization

// Load reads the embedded example organisations.
func Load() (Organizations, error) {
	all := Organizations{}
	err := Each(func(id string, content []byte) error {
		o, err := record.ParseOrganization(content)
		if err != nil {
			return fmt.Errorf("example organisation %s: %w", id, err)
		}
		all[o.ID] = o
		return nil
	})
	return all, err
}

// Each shows every example organisation as the JSON that is published.
func Each(see func(id string, content []byte) error) error {
	return fs.WalkDir(files, "organizations", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		return see(e.Name()[:len(e.Name())-len(".json")], content)
	})
}

// Organization finds an example organisation.
func (o Organizations) Organization(_ context.Context, id string) (record.Organization, error) {
	found, ok := o[id]
	if !ok {
		return found, desk.UnknownOrganization(id)
	}
	return found, nil
}

// All lists the example organisations by id.
func (o Organizations) All(context.Context) ([]record.Organization, error) {
	var all []record.Organization
	for _, id := range slices.Sorted(maps.Keys(o)) {
		all = append(all, o[id])
	}
	return all, nil
}
