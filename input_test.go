package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Bad input gets one clear answer, the exit code of the command line's table,
// and leaves nothing behind.
func TestBadInputStoresNothing(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"--demo", "--data", dir}
	good(t, nil, with(flags2("search", flags), "--json", "x")...) // the demo office is set up
	before := tree(t, dir)
	seed := seeds + "000_90bb067c4e1b730f.json"
	set := func(key string, value any) []byte {
		return envelope(t, seed, func(v map[string]any) { v[key] = value })
	}
	for _, c := range []struct {
		name     string
		template string
		in       []byte
		exit     int
		codes    []string // in the JSON answer, pointer and code
	}{
		{"unknown template", "khong-co", set("template", "khong-co"), exitNo, []string{"template-unknown"}},
		{"malformed JSON", "ke-hoach", []byte(`{"template": "ke-hoach",`), exitNo, []string{"json"}},
		{"not JSON at all", "ke-hoach", []byte("PK\x03\x04"), exitNo, nil},
		{"empty", "ke-hoach", nil, exitNo, nil},
		{"wrong types", "ke-hoach", envelope(t, seed, func(v map[string]any) { v["subject"] = 5; v["recipients"] = "x" }), exitNo,
			[]string{"/subject", "/recipients", "type"}},
		{"missing values", "ke-hoach", envelope(t, seed, func(v map[string]any) {
			delete(v, "subject")
			delete(v["signatory"].(map[string]any), "person")
			delete(v["content"].(map[string]any), "sections")
		}), exitNo, []string{"required", "/subject", "/signatory/person", "/content/sections"}},
		{"organisation unknown", "ke-hoach", set("organization", "khong-co"), exitNo, []string{"/organization", "organization-unknown"}},
		{"organisation not yet or no longer there", "ke-hoach", set("date", "2025-07-01"), exitNo, []string{"organization-not-valid"}},
		{"no such day", "ke-hoach", set("date", "2024-02-30"), exitNo, []string{"/date"}},
		{"signatory unknown", "ke-hoach", set("signatory", map[string]any{"person": "ai-do", "capacity": "KT"}), exitNo, []string{"/signatory/person", "signatory-unknown"}},
		{"signatory without the capacity", "ke-hoach", set("signatory", map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "TM"}), exitNo,
			[]string{"/signatory/capacity", "signatory-without-capacity"}},
		{"retention unknown", "ke-hoach", set("retention", "mãi mãi"), exitNo, []string{"/retention", "retention-unknown"}},
		{"all at once", "ke-hoach", envelope(t, seed, func(v map[string]any) {
			v["signatory"] = map[string]any{"person": "ai-do", "capacity": "KT"}
			v["retention"] = "không có"
		}), exitNo, []string{"/signatory/person", "/retention"}},
		{"a control character", "ke-hoach", set("subject", "Kế\u0007 hoạch"), exitNo, []string{"/subject"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.pdf")
			o := vanthu(t, c.in, with(flags2("issue", flags), "-t", c.template, "-d", "-", "-o", out, "--json")...)
			if o.code != c.exit {
				t.Errorf("exit %d, want %d\n%s", o.code, c.exit, o.err)
			}
			var p problem
			if err := json.Unmarshal([]byte(o.err), &p); err != nil || p.Title == "" || p.Code == "" {
				t.Errorf("no clear answer: %v\n%s", err, o.err)
			}
			for _, want := range c.codes {
				if !strings.Contains(o.err, `"`+want) {
					t.Errorf("answer does not name %s:\n%s", want, o.err)
				}
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("an output file was written")
			}
			if after := tree(t, dir); after != before {
				t.Errorf("something was stored:\n%s", after)
			}
		})
	}
}

// A key that cannot be used stops the document before it sets out.
func TestUnusableKeyStoresNothing(t *testing.T) {
	for _, c := range []struct {
		name, code string
		spoil      func(t *testing.T, p12 string)
	}{
		{"missing", "key-missing", func(t *testing.T, p12 string) { remove(t, p12) }},
		{"wrong PIN", "key-pin", func(t *testing.T, p12 string) { write(t, strings.TrimSuffix(p12, ".p12")+".pin", []byte("sai\n")) }},
		{"readable by others", "key-permissions", func(t *testing.T, p12 string) {
			if err := os.Chmod(p12, 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"damaged", "key-damaged", func(t *testing.T, p12 string) { write(t, p12, []byte("không phải PKCS#12")) }},
	} {
		for _, key := range []string{"people/so-mau/nguoi-ky.p12", "seals/so-mau/dau.p12"} {
			t.Run(c.name+" "+filepath.Dir(key), func(t *testing.T) {
				dir := realOffice(t, 0, "Nguyễn Văn Nghĩa", "Hà Tĩnh")
				before := tree(t, dir)
				c.spoil(t, filepath.Join(dir, "keys", key))
				o := vanthu(t, plan(t, nil), "issue", "--data", dir, "-t", "ke-hoach", "-d", "-", "-o", filepath.Join(dir, "o.pdf"), "--json")
				if o.code != exitWrong || !strings.Contains(o.err, c.code) {
					t.Errorf("exit %d, want code %s\n%s", o.code, c.code, o.err)
				}
				if tree(t, dir) != before {
					t.Error("something was stored")
				}
			})
		}
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// tree lists what a store holds: archive and work, not the disposable index.
func tree(t testing.TB, dir string) string {
	t.Helper()
	var names []string
	for _, part := range []string{"archive", "work"} {
		err := filepath.WalkDir(filepath.Join(dir, part), func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				names = append(names, path)
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return strings.Join(names, "\n")
}

func TestWrongUsage(t *testing.T) {
	dir := t.TempDir()
	seed := seeds + "000_90bb067c4e1b730f.json"
	for name, c := range map[string]struct {
		args []string
		exit int
	}{
		"no command":             {nil, exitWrong},
		"unknown flag":           {[]string{"issue", "--nope"}, exitWrong},
		"no data folder":         {[]string{"issue", "--demo", "-t", "ke-hoach", "-d", seed, "-o", filepath.Join(dir, "o.pdf")}, exitWrong},
		"no such input":          {[]string{"issue", "--demo", "--data", dir, "-t", "ke-hoach", "-d", "không-có.json", "-o", filepath.Join(dir, "o.pdf")}, exitWrong},
		"no such output folder":  {[]string{"issue", "--demo", "--data", dir, "-t", "ke-hoach", "-d", seed, "-o", filepath.Join(dir, "x", "o.pdf")}, exitWrong},
		"output of another kind": {[]string{"render", "-t", "ke-hoach", "-d", seed, "-o", filepath.Join(dir, "o.odt")}, exitWrong},
		"store out of reach":     {[]string{"search", "--data", dir, "--s3", "http://127.0.0.1:1/vanthu", "x"}, exitWrong},
		"not a store address":    {[]string{"search", "--data", dir, "--s3", "ftp://x", "x"}, exitWrong},
		"verify: no such file":   {[]string{"verify", "không-có.pdf"}, exitWrong},
		"verify: no such root":   {[]string{"verify", "--trust", "không-có.pem", seed}, exitWrong},
		"verify: not a PDF":      {[]string{"verify", seed}, exitNo},
		"date without --demo":    {[]string{"issue", "--data", filepath.Join(dir, "b"), "-t", "ke-hoach", "-d", seed, "-o", filepath.Join(dir, "o.pdf")}, exitNo},
		"a JSON file as DOCX":    {[]string{"templates", "check", seed}, exitNo},
		"schema of no template":  {[]string{"templates", "schema", "khong-co"}, exitNo},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("VANTHU_S3_ACCESS_KEY", "a")
			t.Setenv("VANTHU_S3_SECRET_KEY", "bbbbbbbb")
			o := vanthu(t, nil, c.args...)
			if o.code != c.exit || strings.TrimSpace(o.err) == "" {
				t.Errorf("exit %d, want %d\n%s%s", o.code, c.exit, o.out, o.err)
			}
		})
	}
}
