package server

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/server/accounts"
)

// families are keys that are put together: each name of what they are about
// has a text.
func families(t testing.TB) map[string][]string {
	t.Helper()
	var commands, codes, roles, scopes, acts []string
	for c := range record.Transitions {
		commands = append(commands, string(c))
	}
	for c := range notices {
		codes = append(codes, c)
	}
	for _, r := range record.Roles {
		roles = append(roles, string(r))
	}
	for _, s := range accounts.TokenScopes {
		scopes = append(scopes, string(s))
	}
	for _, a := range pageActions {
		acts = append(acts, strings.TrimPrefix(button{pageAction: a, ID: a.command}.Text(), "act."))
	}
	return map[string][]string{
		"state": statusNames(), "did": commands, "notice": codes, "role": roles, "scope": scopes, "act": acts, "demo": demoAccounts,
		"copy":    {"SY", "SL", "TrS"},
		"purpose": append(enumOf(t, "purpose"), "file"), "channel": enumOf(t, "channel"),
		"address":      {"name", "code", "email", "postal_address", "valid_from", "valid_to", "note"},
		"address.help": {"name", "code", "email", "postal_address", "valid_from", "valid_to", "note"},
		"level":        {string(record.LevelError), string(record.LevelWarning), string(record.LevelInfo)},
		"kind":         {"personal", "seal", "attachment", "copy", "timestamp", "other"},
		"status":       {"401", "403", "404", "405", "409", "412", "413", "415", "421", "422", "429", "500", "503"},
		"check":        {"valid", "unknown", "invalid", "unsigned"}, "verdict": {"valid", "unknown", "invalid", "unsigned"},
		"verify":          {"integrity", "coverage", "chain", "at-signing", "key-usage", "revocation"},
		"document.reason": {"returned", "voided", "recalled", "discarded"},
		"field":           {"reason", "linked"},
		"delivery":        {string(record.Queued), string(record.Sent), string(record.Undelivered), string(record.Received)},
		"link":            {string(record.Opened), string(record.LinkExpired), string(record.LinkRecalled), string(record.LinkReplaced)},
		"stance":          stanceNames(), "read": readings(),
		"short":         {"recalled", "superseded"},
		"dossier.state": {"open", "ended", "transferred", "proposed", "disposable"},
		"dossier":       {"add", "end", "reopen", "transfer"},
		"sort":          sortNames(),
		"found":         {"symbol", "kind", "subject", "organization", "signatory", "recipients", "unit", "date"},
		"report.by":     {"year", "month", "type", "unit", "signatory"},
		"inbox":         {"interrupted", "returned", "sign", "number", "drafts", "issued", "opinions", "interrupted.none", "returned.none", "sign.none", "number.none", "drafts.none", "issued.none"},
	}
}

// readings are the ways to read a document that routes are marked with.
func readings() (out []string) {
	for _, rt := range append(apiRoutes(), pageRoutes()...) {
		if rt.reads != "" {
			out = append(out, rt.reads)
		}
	}
	return out
}

// enumOf are the values that the envelope's schema allows for a member of a
// recipient.
func enumOf(t testing.TB, name string) []string {
	t.Helper()
	var schema struct {
		Properties struct {
			Recipients struct {
				Items struct {
					Properties map[string]struct{ Enum []string }
				}
			}
		}
	}
	if err := json.Unmarshal(record.EnvelopeSchema, &schema); err != nil {
		t.Fatal(err)
	}
	found := schema.Properties.Recipients.Items.Properties[name].Enum
	if len(found) == 0 {
		t.Fatalf("the schema has no values for %s", name)
	}
	return found
}

var (
	askedInPage = regexp.MustCompile(`\bt "([^"]+)"`)
	askedInCode = regexp.MustCompile(`"((?:[a-z]+\.)?[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)"|say\(c, "([^"]+)"`)
	verbs       = regexp.MustCompile(`%[a-z]`)
)

// asked are the keys that templates and code name in full.
func asked(t testing.TB) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	err := fs.WalkDir(pageFiles, "pages", func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" {
			return err
		}
		raw, err := pageFiles.ReadFile(name)
		for _, m := range askedInPage.FindAllSubmatch(raw, -1) {
			keys[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("page*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range askedInCode.FindAllSubmatch(raw, -1) {
			keys[string(m[1])+string(m[2])] = true
		}
	}
	return keys
}

// No text is missing, in either language; none is there that nobody asks for.
func TestTextsAreWhole(t *testing.T) {
	all, err := readTexts()
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{}
	for family, names := range families(t) {
		for _, name := range names {
			wanted[family+"."+name] = true
			if _, ok := all[family+"."+name]; !ok {
				t.Errorf("no text %s.%s", family, name)
			}
		}
	}
	used := asked(t)
	for key := range used {
		if _, ok := all[key]; !ok && strings.Contains(key, ".") && knownFamily(all, key) {
			t.Errorf("a page asks for %q, which is no text", key)
		}
	}
	for key, both := range all {
		for i, text := range both {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s in %s is %q", key, languages[i], text)
			}
		}
		if a, b := verbs.FindAllString(both[0], -1), verbs.FindAllString(both[1], -1); !slices.Equal(a, b) {
			t.Errorf("%s takes %v in one language and %v in the other", key, a, b)
		}
		if vietnamese(both[1]) {
			t.Errorf("%s in English is %q", key, both[1])
		}
		if !used[key] && !wanted[key] {
			t.Errorf("nobody asks for %s", key)
		}
	}
	if len(all) < 200 || len(used) < 100 {
		t.Errorf("only %d texts and %d uses: the test reads something else", len(all), len(used))
	}
}

// knownFamily tells keys of texts from other words with dots in the sources.
func knownFamily(all texts, key string) bool {
	family, _, _ := strings.Cut(key, ".")
	for k := range all {
		if strings.HasPrefix(k, family+".") && !strings.HasSuffix(key, ".") && !strings.HasSuffix(key, ".html") {
			return true
		}
	}
	return false
}
