package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// An office brings a letter of its own and a plan of its own. Each command is a
// program that starts anew and finds them in the store.
func TestTemplatesOfAnOffice(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		work := t.TempDir()
		at := func(name string) string { return filepath.Join(work, name) }
		templates := func(command string, more ...string) outcome {
			return vanthu(t, nil, with(flags2("templates", flags2(command, flags)), more...)...)
		}
		answer := func(v any, command string, more ...string) {
			t.Helper()
			o := templates(command, with(more, "--json")...)
			if err := json.Unmarshal([]byte(o.out), v); o.code != exitGood || err != nil {
				t.Fatalf("templates %s: exit %d, %v\n%s%s", command, o.code, err, o.out, o.err)
			}
		}

		write(t, at("thu.docx"), officetest.DOCX(t, officetest.Paragraphs("Kính mời {ho_ten}", "{ngay|long}"), nil))
		var letter added
		answer(&letter, "add", "giay-moi", at("thu.docx"), "--type", "GM")
		if !letter.Published || letter.Issuable || len(letter.Lacks) != 5 {
			t.Errorf("%+v", letter)
		}
		answer(&letter, "add", "giay-moi", at("thu.docx"), "--type", "GM")
		if letter.Published {
			t.Error("the same again is a new version")
		}
		example := []byte(templates("example", "giay-moi").out)
		good(t, example, with(flags2("render", flags), "-t", "giay-moi", "-d", "-", "-o", at("moi.docx"))...)
		if p, err := ooxml.Open(read(t, at("moi.docx"))); err != nil {
			t.Error(err)
		} else if body, _ := p.Part(p.Document); !bytes.Contains(body, []byte("Ho ten mẫu")) || !bytes.Contains(bytes.ReplaceAll(body, []byte("\u00a0"), []byte(" ")), []byte("ngày 05 tháng 3 năm 2024")) {
			t.Errorf("rendered: %s", body)
		}
		o := vanthu(t, example, with(flags2("issue", flags), "-t", "giay-moi", "-d", "-", "-o", at("moi.pdf"), "--json")...)
		if o.code != exitNo || !strings.Contains(o.err, `"template-not-issuable"`) || strings.Count(o.err, `"slot-missing"`) != 5 {
			t.Errorf("issued: exit %d\n%s", o.code, o.err)
		}
		if o := templates("add", "ke-hoach", at("thu.docx"), "--type", "KH"); o.code != exitNo || !strings.Contains(o.err, "có sẵn") {
			t.Errorf("a built-in id: exit %d\n%s", o.code, o.err)
		}

		// The program's plan with another title becomes the office's own.
		write(t, at("schema.json"), []byte(templates("schema", "ke-hoach", "--content").out))
		write(t, at("example.json"), bytes.Replace([]byte(templates("example", "ke-hoach").out), []byte(`"ke-hoach"`), []byte(`"ke-hoach-rieng"`), 1))
		var versions [2]added
		for i, word := range []string{"một", "hai"} {
			ownPlan(t, at("plan.docx"), word)
			answer(&versions[i], "add", "ke-hoach-rieng", at("plan.docx"), "--type", "KH", "--title", "Kế hoạch riêng", "--schema", at("schema.json"), "--example", at("example.json"))
			if !versions[i].Issuable {
				t.Fatalf("%+v", versions[i])
			}
			if i == 0 {
				good(t, read(t, at("example.json")), with(flags2("issue", flags), "-t", "ke-hoach-rieng", "-d", "-", "-o", at("out.pdf"), "--request", "r")...)
			}
		}
		var doc issued
		again := good(t, read(t, at("example.json")), with(flags2("issue", flags), "-t", "ke-hoach-rieng", "-d", "-", "-o", at("out.pdf"), "--request", "r", "--json")...)
		if err := json.Unmarshal([]byte(again.out), &doc); err != nil || doc.State != record.Issued {
			t.Fatalf("%v: %s", err, again.out)
		}
		remake := func() string {
			t.Helper()
			out := good(t, nil, with(flags2("remake", flags), doc.ID, "-o", at("again.docx"))...).out
			if !strings.Contains(out, "giống từng byte") || !strings.Contains(out, string(versions[0].SHA256)) {
				t.Errorf("made again: %s", out)
			}
			return string(record.DigestOf(read(t, at("again.docx"))))
		}
		remade := remake()
		if o := templates("retire", "ke-hoach-rieng", "--reason", "Có mẫu mới"); o.code != exitGood {
			t.Fatalf("%+v", o)
		}
		if o := vanthu(t, read(t, at("example.json")), with(flags2("issue", flags), "-t", "ke-hoach-rieng", "-d", "-", "-o", at("x.pdf"))...); o.code != exitNo || !strings.Contains(o.err, "thôi dùng") {
			t.Errorf("issued from a retired template: exit %d\n%s", o.code, o.err)
		}
		if remake() != remade {
			t.Error("once retired it is made otherwise")
		}
		var history []record.TemplateVersion
		answer(&history, "versions", "ke-hoach-rieng")
		if len(history) != 2 || history[0].SHA256 != versions[0].SHA256 || history[1].Retired == nil || history[1].Retired.Reason != "Có mẫu mới" || history[0].Actor == "" {
			t.Errorf("%+v", history)
		}
		if list := templates("list").out; !strings.Contains(list, "giay-moi") || strings.Contains(list, "ke-hoach-rieng") {
			t.Errorf("list:\n%s", list)
		}
		good(t, nil, with(flags2("templates", flags2("docx", flags)), "ke-hoach-rieng", "--version", string(versions[0].SHA256), "-o", at("first.docx"))...)
		ownPlan(t, at("plan.docx"), "một")
		if !bytes.Equal(read(t, at("first.docx")), read(t, at("plan.docx"))) {
			t.Error("the first version has another DOCX")
		}
		good(t, nil, flags2("audit", flags)...)
		if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil { // what is known comes from the archive alone
			t.Fatal(err)
		}
		if remake() != remade {
			t.Error("from the archive alone it is made otherwise")
		}
	})
}

// ownPlan is the program's plan with a word in its title.
func ownPlan(t *testing.T, file, word string) {
	t.Helper()
	p, err := ooxml.Open(read(t, "templates/forms/ke-hoach/form.docx"))
	if err != nil {
		t.Fatal(err)
	}
	const properties = "docProps/core.xml"
	was, _ := p.Part(properties)
	p.Set(properties, bytes.Replace(was, []byte("{subject}"), []byte("{subject} "+word), 1))
	docx, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, docx)
}

// A check of a file says what it asks for, as a schema to go on with.
func TestTemplatesCheckDerives(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "a.docx"), officetest.DOCX(t, officetest.Paragraphs("{subject} {ho_ten} {#con}{ten}{/con}"), nil))
	var r struct {
		Issuable bool
		Tags     []struct{ Tag string }
		Warnings []record.Fault
		Schema   struct {
			ID         string `json:"$id"`
			Required   []string
			Properties map[string]struct{ Type string }
		}
	}
	if err := json.Unmarshal([]byte(good(t, nil, "templates", "check", file, "--json").out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Issuable || len(r.Tags) != 5 || len(r.Warnings) != 1 || r.Warnings[0].Code != "name-of-service" || r.Warnings[0].Tag != "subject" ||
		strings.Join(r.Schema.Required, " ") != "ho_ten con" || r.Schema.Properties["con"].Type != "array" {
		t.Errorf("%+v", r)
	}
	schema := good(t, nil, "templates", "check", file, "--schema").out
	if err := json.Unmarshal([]byte(schema), &r.Schema); err != nil || r.Schema.ID == "" {
		t.Errorf("%v: %s", err, schema)
	}
	bad := write(t, file, officetest.DOCX(t, officetest.Paragraphs("{a}", "{a.b}"), nil))
	if o := vanthu(t, nil, "templates", "check", bad, "--json"); o.code != exitNo || !strings.Contains(o.err, `"name-used-two-ways"`) || !strings.Contains(o.err, "đoạn 2") {
		t.Errorf("exit %d\n%s", o.code, o.err)
	}
}

// The template of a draft is in the archive with it, and not first when it is
// submitted: an audit misses nothing.
func TestDraftKeepsItsTemplate(t *testing.T) {
	dir := t.TempDir()
	f := &stateFlags{Demo: true, Data: dir}
	o, err := f.open(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := o.desk.Draft(t.Context(), o.cast.Secretary, desk.Input{Raw: read(t, seeds+"000_90bb067c4e1b730f.json")})
	if err == nil {
		_, err = o.desk.Remake(t.Context(), doc, 1)
	}
	o.close()
	if err != nil {
		t.Fatal(err)
	}
	good(t, nil, "audit", "--demo", "--data", dir)
	if out := good(t, nil, "remake", doc.ID, "--demo", "--data", dir).out; !strings.Contains(out, "dự thảo") {
		t.Errorf("remake: %s", out)
	}
}
