package main

import (
	"slices"
	"strings"
	"testing"
)

// The house's walls: record and pdf use nothing of ours, the four adapters at
// most record and pdf, the desk only record.
func TestWalls(t *testing.T) {
	allowed := map[string][]string{
		"record": {}, "pdf": {},
		"templates": {"record", "pdf"}, "converter": {"record", "pdf"}, "signer": {"record", "pdf"}, "storage": {"record", "pdf"},
		"sheet": {"record"}, "post": {"record"}, "exchange": {"record"},
	}
	seen := map[string]bool{}
	for _, l := range strings.Split(strings.TrimSpace(tool(t, "go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...")), "\n") {
		fields := strings.Fields(l)
		from, ours := strings.CutPrefix(fields[0], "vanthu/")
		if !ours {
			continue
		}
		room, _, _ := strings.Cut(from, "/")
		rules, walled := allowed[room]
		seen[room] = true
		for _, imported := range fields[1:] {
			to, ours := strings.CutPrefix(imported, "vanthu/")
			if !ours || !walled {
				continue
			}
			toRoom, _, _ := strings.Cut(to, "/")
			if from == "record" && toRoom == "record" {
				t.Errorf("record imports %s", to)
			}
			if toRoom != room && !slices.Contains(rules, toRoom) || to == "record/desk" {
				t.Errorf("%s imports %s", from, to)
			}
		}
	}
	for room := range allowed {
		if !seen[room] {
			t.Errorf("no package in %s", room)
		}
	}
}
