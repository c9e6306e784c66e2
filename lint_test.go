package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/signer"
	"vanthu/signer/keys"
	"vanthu/templates/lint"
)

// errorsOf are the rules that a file breaks, by vanthu lint --json.
func errorsOf(t *testing.T, exit int, args ...string) (lint.Report, []string) {
	t.Helper()
	o := vanthu(t, nil, append([]string{"lint", "--json"}, args...)...)
	if o.code != exit {
		t.Fatalf("exit %d, want %d: %s%s", o.code, exit, o.out, o.err)
	}
	var r lint.Report
	if err := json.Unmarshal([]byte(o.out), &r); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range r.Findings {
		if f.Level == record.LevelError {
			rules = append(rules, f.Rule+" "+f.Message+": "+f.Found)
		}
	}
	return r, rules
}

// Every form's example, issued by the office itself, keeps all layout rules: as
// DOCX and PDF of a draft, and as the signed and sealed PDF.
func TestEveryFormKeepsTheLayout(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"--demo", "--data", dir}
	var forms []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(good(t, nil, "templates", "list", "--json").out), &forms); err != nil || len(forms) == 0 {
		t.Fatalf("%d forms, %v", len(forms), err)
	}
	for _, f := range forms {
		t.Run(f.ID, func(t *testing.T) {
			example := []byte(good(t, nil, "templates", "example", f.ID).out)
			for _, ext := range []string{".docx", ".pdf"} {
				draft := filepath.Join(dir, f.ID+"-draft"+ext)
				good(t, example, "render", "-t", f.ID, "-d", "-", "-o", draft)
				if r, wrong := errorsOf(t, exitGood, draft); r.Stage != lint.StageDraft || len(wrong) > 0 {
					t.Errorf("%s: %s %q", ext, r.Stage, wrong)
				}
			}
			out := filepath.Join(dir, f.ID+".pdf")
			good(t, example, with(flags2("issue", flags), "-t", f.ID, "-d", "-", "-o", out)...)
			r, wrong := errorsOf(t, exitGood, out)
			if r.Stage != lint.StageIssued || len(wrong) > 0 {
				t.Errorf("issued: %s %q", r.Stage, wrong)
			}
			if _, wrong := errorsOf(t, exitNo, "--stage", "draft", out); !slices.ContainsFunc(wrong, func(s string) bool { return strings.HasPrefix(s, "R8 ") }) {
				t.Errorf("a draft that has its number: %q", wrong)
			}
		})
	}
}

// A layout that breaks a rule is refused before anything is stored, with every
// error and its rule; rendering it is nobody's loss.
func TestSubmitKeepsTheLayout(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"--demo", "--data", dir}
	good(t, nil, with(flags2("search", flags), "--json", "x")...)
	before := tree(t, dir)
	in := envelope(t, seeds+"000_90bb067c4e1b730f.json", func(v map[string]any) { v["subject"] = "Tuyên truyền ____ năm 2024" })
	out := filepath.Join(t.TempDir(), "out.docx")
	good(t, in, "render", "-t", "ke-hoach", "-d", "-", "-o", out)
	if o := vanthu(t, nil, "lint", out); o.code != exitNo || !strings.Contains(o.out, "Lỗi R20, ") || !strings.Contains(o.out, " 1 lỗi, ") {
		t.Errorf("exit %d: %s%s", o.code, o.out, o.err)
	}
	o := vanthu(t, in, with(flags2("issue", flags), "-t", "ke-hoach", "-d", "-", "-o", filepath.Join(dir, "no.pdf"), "--json")...)
	var p problem
	if err := json.Unmarshal([]byte(o.err), &p); err != nil || o.code != exitNo || p.Code != "lint" {
		t.Fatalf("exit %d: %s", o.code, o.err)
	}
	if len(p.Errors) != 1 || p.Errors[0].Code != "R20" || p.Errors[0].Place == "" || !strings.Contains(p.Errors[0].Message, "____") {
		t.Errorf("%+v", p.Errors)
	}
	if after := tree(t, dir); after != before {
		t.Errorf("something was stored:\n%s", after)
	}
}

func TestLintRefusesWhatItCannotRead(t *testing.T) {
	for in, code := range map[string]string{"": "not-docx", "PK\x03\x04": "docx-damaged", "%PDF-1.7 and no more": "pdf-damaged"} {
		o := vanthu(t, []byte(in), "lint", "--json", "-")
		var p problem
		if err := json.Unmarshal([]byte(o.err), &p); err != nil || o.code != exitNo || p.Code != code {
			t.Errorf("%q: exit %d %s", in, o.code, o.err)
		}
	}
	if o := vanthu(t, nil, "lint", "--stage", "signed", "x.pdf"); o.code != exitWrong {
		t.Errorf("an unknown stage: exit %d %s", o.code, o.err)
	}
}

// blackInk is a key ring whose pictures are black on white, as a copier makes
// them.
type blackInk struct{ signer.KeyRing }

func (r blackInk) Personal(ctx context.Context, org, person string) (keys.Identity, error) {
	return r.black(r.KeyRing.Personal(ctx, org, person))
}

func (r blackInk) Seal(ctx context.Context, org, seal string) (keys.Identity, error) {
	return r.black(r.KeyRing.Seal(ctx, org, seal))
}

func (r blackInk) black(id keys.Identity, err error) (keys.Identity, error) {
	if err != nil {
		return id, err
	}
	img := image.NewNRGBA(image.Rect(0, 0, 60, 40))
	for i := range 60 * 40 {
		c := color.NRGBA{255, 255, 255, 255}
		if i%3 == 0 {
			c = color.NRGBA{A: 255}
		}
		img.SetNRGBA(i%60, i/60, c)
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	id.Image = b.Bytes()
	return id, err
}

// What is wrong with a document that has its signature and number is told, in
// the log and to whoever asks; the number is not lost over it.
func TestIssuedWithWrongPictures(t *testing.T) {
	ctx := t.Context()
	var log bytes.Buffer
	f := stateFlags{Demo: true, Data: t.TempDir()}
	o, err := f.open(ctx, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	ring, err := o.demo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o.desk.Signer = signer.New(blackInk{ring}, signer.Options{})
	doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Template: "ke-hoach", Raw: read(t, seeds+"000_90bb067c4e1b730f.json")})
	if err != nil || doc.State != record.Issued || doc.Number != 1 {
		t.Fatalf("%+v, %v", doc, err)
	}
	found, err := o.desk.Findings(ctx, doc)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range found {
		got = append(got, x.Rule+" "+x.Message)
	}
	for _, want := range []string{"Hình chữ ký không phải màu xanh", "Hình chữ ký không có nền trong suốt", "Hình con dấu không phải màu đỏ", "Hình con dấu không có nền trong suốt"} {
		if !slices.Contains(got, "R19 "+want) || !strings.Contains(log.String(), want) {
			t.Errorf("%q is not told: %q\n%s", want, got, log.String())
		}
	}
	if !strings.Contains(log.String(), "document="+doc.ID) || !strings.Contains(log.String(), "rule=R19") {
		t.Errorf("the log does not say which: %s", log.String())
	}
}
