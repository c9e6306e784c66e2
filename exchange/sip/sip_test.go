package sip_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vanthu/exchange/exchangetest"
	"vanthu/exchange/sip"
	"vanthu/record"
)

const uuid = "0190c0de-1111-4222-8333-444455556666"

// input is a dossier of the five example plans.
func input(t testing.TB) sip.Input {
	t.Helper()
	in := sip.Input{
		UUID: uuid, Created: time.Date(2025, 1, 10, 8, 30, 0, 0, record.Office), OrganID: "000.00.19.H06", Name: "UBND thành phố Vũng Tàu",
		Access: "public", Language: "vi", Software: "vanthu 1.0",
		Dossier: record.Dossier{Code: "01.VHĐT", Organization: "ubnd-tp-vung-tau", Year: 2024, Title: "Hồ sơ tuyên truyền cải cách hành chính <2021 & 2024>",
			Retention: record.Retention{Rule: "ke-hoach-hang-nam", Years: 0, Basis: "Thông tư 10/2022/TT-BNV"}, Keeper: "Phòng Văn hóa và Thông tin",
			Started: "2021-03-22", Ended: "2024-12-31", Note: "Gồm các kế hoạch của năm huyện, thị"},
	}
	seeds := exchangetest.Seeds(t, "../..")
	files := map[record.Digest]exchangetest.Issued{}
	for i, v := range seeds {
		in.Documents = append(in.Documents, sip.Document{Version: v.Version, Pages: 5 + i, Note: "Bản phát hành"})
		// The dossier's order is not the input's.
		in.Dossier.Items = append([]record.DossierItem{{Document: v.Document, Ordinal: i + 1}}, in.Dossier.Items...)
		for d := range v.Files {
			files[d] = v
		}
	}
	in.Open = func(ctx context.Context, f record.File) (io.ReadCloser, error) { return files[f.SHA256].Open(ctx, f) }
	return in
}

func config(t testing.TB) sip.Config {
	t.Helper()
	c, err := sip.DefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func made(t testing.TB, in sip.Input) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sip.Write(context.Background(), &b, in, config(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type structure struct {
	Fields map[string]map[string]any
	Events [][]any
	Names  []string
}

// independent checks the package by rules that share no code with it.
func independent(t testing.TB, b []byte) (string, structure) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sip.zip")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("python3", "testdata/structure.py", path).Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || len(exit.Stderr) > 0) {
		if exit != nil {
			return string(exit.Stderr), structure{}
		}
		t.Fatal(err)
	}
	at := bytes.LastIndexByte(bytes.TrimSpace(out), '\n') + 1
	var s structure
	if err := json.Unmarshal(out[at:], &s); err != nil {
		t.Fatal(err)
	}
	return string(out[:at]), s
}

func checked(t testing.TB, b []byte) sip.Report {
	t.Helper()
	r, err := sip.Check(bytes.NewReader(b), int64(len(b)), sip.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPackage(t *testing.T) {
	in := input(t)
	b := made(t, in)
	if !bytes.Equal(b, made(t, in)) {
		t.Error("two packages of the same differ")
	}
	faults, s := independent(t, b)
	if faults != "" {
		t.Fatal("by the rules: ", faults)
	}
	r := checked(t, b)
	if diff := cmp.Diff(sip.Report{UUID: uuid, Fonds: "000.00.19.H06", Title: in.Dossier.Title, Code: "01.VHĐT", Files: 20, Documents: 5, Bytes: r.Bytes}, r); diff != "" || r.Bytes < 20000 {
		t.Error(diff)
	}
	const code = "representations/rep1/data/000.00.19.H06.2024.01.VHĐT."
	for _, name := range []string{code + "001.pdf", code + "001-1.pdf", code + "005.pdf"} {
		if !slices.Contains(s.Names, name) {
			t.Errorf("no %s among %q", name, s.Names)
		}
	}
	one := func(code, name string) any {
		if code == "" {
			return []any{[]any{name}}
		}
		return []any{[]any{code, name}}
	}
	want := map[string]any{"OrganId": "000.00.19.H06", "FileCatalog": "2024", "FileNotation": "01.VHĐT", "Title": in.Dossier.Title, "StartDate": "2021-03-22", "EndDate": "2024-12-31",
		"Creator": "Phòng Văn hóa và Thông tin", "OrganName": "UBND thành phố Vũng Tàu", "Language": "Tiếng Việt", "DocTotal": "5", "PageTotal": "35",
		"Maintenance": one("01", "Vĩnh viễn"), "Rights": one("01", "Công khai"), "Description": one("", in.Dossier.Note)}
	if diff := cmp.Diff(want, s.Fields["metadata/descriptive/EAD.xml"]); diff != "" {
		t.Error(diff)
	}
	plan := in.Documents[0].Version
	var to []any
	for _, x := range plan.List.Recipients {
		to = append(to, []any{x.Name})
	}
	want = map[string]any{"FileCode.OrganId": "000.00.19.H06", "FileCatalog": "2024", "FileNotation": "01.VHĐT", "DocOrdinal": "1", "CodeNumber": "46", "CodeNotation": "KH-UBND",
		"IssuedDate": "2024-01-15", "Subject": "Tuyên truyền cải cách hành chính trên địa bàn thành phố Vũng Tàu năm 2024", "OrganName": "UBND thành phố Vũng Tàu", "Language": "Tiếng Việt",
		"PageAmount": "5", "TypeName": one("10", "Kế hoạch"), "SignerInfo.Position": one("", "PHÓ CHỦ TỊCH"), "SignerInfo.FullName": "Nguyễn Thị Thu Hương",
		"Description": one("", "Bản phát hành"), "To": to}
	if diff := cmp.Diff(want, s.Fields["representations/rep1/metadata/descriptive/EAD_doc_001.xml"]); diff != "" {
		t.Error(diff)
	}
	signature := []any{"digital signature generation", "2024-01-15T08:00:00+07:00", "Nguyễn Thị Thu Hương", "person", []any{"file-001"}}
	if !slices.ContainsFunc(s.Events, func(e []any) bool { return cmp.Equal(e, signature) }) || len(s.Events) != 2+5*4 {
		t.Errorf("%d events: %v", len(s.Events), s.Events)
	}
}

func TestEverythingThatDoesNotFit(t *testing.T) {
	in := input(t)
	long := strings.Repeat("ệ", 501)
	in.UUID, in.OrganID, in.Access, in.Language, in.Software = "x", "H06.12.01.02.03", "open", "en", ""
	in.Dossier.Code, in.Dossier.Title, in.Dossier.Keeper, in.Dossier.Ended = "01/VH", long, long, ""
	in.Dossier.Retention.Years = 10
	in.Dossier.Items[0].Document = "khac"
	in.Dossier.Items[1].Ordinal = in.Dossier.Items[2].Ordinal
	v := &in.Documents[0].Version
	v.Subject, v.Signatory.Name, v.State, v.Symbol, in.Documents[0].Pages = long, strings.Repeat("x", 51), record.Draft, "/KH-UBND", 1000
	in.Documents[1].Version.Files = in.Documents[1].Version.Files[:1]
	in.Documents[1].Version.Signatory.Title = "a\x00b"
	var b bytes.Buffer
	err := sip.Write(context.Background(), &b, in, config(t))
	var got []string
	for _, f := range record.FaultsOf(err) {
		got = append(got, f.Pointer+" "+f.Code)
	}
	want := []string{"/access unknown", "/documents/0/pages range", "/documents/0/version/signatory/name too-long", "/documents/0/version/state not-issued",
		"/documents/0/version/subject too-long", "/documents/0/version/symbol required", "/documents/1/version/files missing", "/documents/1/version/files missing",
		"/documents/1/version/signatory/title character", "/documents/4 unlisted", "/dossier/code pattern", "/dossier/ended date", "/dossier/items/0/document missing",
		"/dossier/items/2/ordinal double", "/dossier/keeper too-long", "/dossier/retention too-short", "/dossier/retention too-short", "/dossier/retention too-short",
		"/dossier/retention too-short", "/dossier/title too-long", "/language unknown", "/organ_id too-long", "/software required", "/uuid uuid"}
	if diff := cmp.Diff(want, got); diff != "" || b.Len() > 0 || record.CodeOf(err) != "sip-invalid" {
		t.Errorf("%d bytes written; %s", b.Len(), diff)
	}
	// The same code fits where the archive takes 35 characters.
	c := config(t)
	c.OrganIDLength.Value = 35
	in = input(t)
	in.OrganID = "H06.12.01.02.03"
	if err := sip.Write(context.Background(), io.Discard, in, c); err != nil {
		t.Error(err)
	}
}

func TestDamagedContentIsNeverHandedOver(t *testing.T) {
	in := input(t)
	open := in.Open
	for _, tail := range []string{"x", ""} {
		in.Open = func(ctx context.Context, f record.File) (io.ReadCloser, error) {
			rc, err := open(ctx, f)
			if err != nil || f.Name != "attachment-1.pdf" {
				return rc, err
			}
			b, err := io.ReadAll(rc)
			return io.NopCloser(strings.NewReader(string(b[:len(b)-1]) + tail)), err
		}
		if err := sip.Write(context.Background(), io.Discard, in, config(t)); record.KindOf(err) != record.Damaged {
			t.Errorf("%q: %v", tail, err)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := sip.Write(ended, io.Discard, input(t), config(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

// changed is the package with one file rewritten; nil drops it.
func changed(t testing.TB, b []byte, name string, change func(string) []byte) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		w, err := zw.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	met := false
	for _, f := range zr.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			met = true
			if content = change(string(content)); content == nil {
				continue
			}
		}
		put(f.Name, content)
	}
	if !met {
		put(name, change(""))
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatIsWrongWithAPackage(t *testing.T) {
	good := made(t, input(t))
	replace := func(pairs ...string) func(string) []byte {
		return func(s string) []byte {
			out := strings.NewReplacer(pairs...).Replace(s)
			if out == s {
				t.Fatalf("nothing of %q there", pairs)
			}
			return []byte(out)
		}
	}
	const (
		top  = "uuid-" + uuid + "/"
		rep  = top + "representations/rep1/"
		data = rep + "data/000.00.19.H06.2024.01.VHĐT.001.pdf"
	)
	for i, c := range []struct {
		name, file string
		change     func(string) []byte
		code       string
	}{
		{"one byte", data, replace("%PDF-1.7", "%PDF-1.6"), "sip-digest"},
		{"longer", data, replace("%PDF-1.7", "%PDF-1.7 "), "sip-size"},
		{"document missing", data, func(string) []byte { return nil }, "sip-missing"},
		{"stray file", rep + "data/x.pdf", func(string) []byte { return []byte("x") }, "sip-unlisted"},
		{"file beside", "x", func(string) []byte { return []byte("x") }, "sip-structure"},
		{"description changed", top + "metadata/descriptive/EAD.xml", replace("Vĩnh viễn", "10 năm"), "sip-digest"},
		{"no METS", top + "METS.xml", func(string) []byte { return nil }, "sip-structure"},
		{"other UUID", top + "METS.xml", replace(uuid, "1"+uuid[1:]), "sip-objid"},
		{"no OBJID", top + "METS.xml", replace("OBJID=", "LABELS="), "sip-mets"},
		{"AIP", top + "METS.xml", replace(`"SIP"`, `"AIP"`), "sip-mets"},
		{"DMDID leads nowhere", top + "METS.xml", replace(`DMDID="dmd-dossier"`, `DMDID="dmd"`), "sip-reference"},
		{"ADMID to a file", rep + "METS.xml", replace(`ADMID="digiprov-rep1"`, `ADMID="file-001"`), "sip-reference"},
		{"ID twice", rep + "METS.xml", replace(`ID="div-file-001"`, `ID="div-file-002"`), "sip-reference"},
		{"no place", rep + "METS.xml", replace(`<mets:fptr FILEID="file-001-1"></mets:fptr>`, ""), "sip-reference"},
		{"file twice", rep + "METS.xml", replace("VH%C4%90T.002.pdf", "VH%C4%90T.001.pdf"), "sip-reference"},
		{"file very often", rep + "METS.xml", func(s string) []byte {
			at, end := strings.Index(s, "   <mets:file "), strings.Index(s, "</mets:file>")+len("</mets:file>")
			return []byte(s[:end] + strings.Repeat(s[at:end], 5000) + s[end:])
		}, "sip-reference"},
		{"climbs", rep + "METS.xml", replace("data/000", "../../../data/000"), "sip-mets"},
		{"absolute", rep + "METS.xml", replace("data/000", "file:///data/000"), "sip-mets"},
		{"no SHA-256", rep + "METS.xml", replace(`"SHA-256"`, `"MD5"`), "sip-digest"},
		{"no struct map", top + "METS.xml", replace("structMap", "structLink"), "sip-mets"},
		{"PREMIS differs", rep + "metadata/preservation/PREMIS_rep1.xml", replace("<premis:size>", "<premis:size>1"), "sip-premis"},
		{"PREMIS of another file", rep + "metadata/preservation/PREMIS_rep1.xml", replace("<premis:objectIdentifierValue>file-001<", "<premis:objectIdentifierValue>file-009<"), "sip-premis"},
		{"agent gone", rep + "metadata/preservation/PREMIS_rep1.xml", replace("<premis:agentIdentifierValue>agent-1<", "<premis:agentIdentifierValue>x<"), "sip-reference"},
		{"field gone", rep + "metadata/descriptive/EAD_doc_001.xml", replace("CodeNotation", "Other"), "sip-ead"},
		{"not EAD", top + "metadata/descriptive/EAD.xml", replace("urn:isbn:1-931666-22-9", "urn:x"), "sip-ead"},
	} {
		t.Run(fmt.Sprint(i, " ", c.name), func(t *testing.T) {
			b := changed(t, good, c.file, c.change)
			r := checked(t, b)
			if !slices.ContainsFunc(r.Faults, func(f record.Fault) bool { return f.Code == c.code }) {
				t.Errorf("no %s among %v", c.code, r.Faults)
			}
			if faults, _ := independent(t, b); faults == "" {
				t.Error("the rules find nothing wrong: the case is none")
			}
		})
	}
	for name, change := range map[string]func(string) []byte{
		"xml-dtd": func(s string) []byte { return []byte(`<!DOCTYPE mets [<!ENTITY a "b">]>` + s) }, "xml-damaged": func(s string) []byte { return []byte(s[:len(s)/2]) },
	} {
		b := changed(t, good, top+"METS.xml", change)
		if _, err := sip.Check(bytes.NewReader(b), int64(len(b)), sip.DefaultLimits()); record.CodeOf(err) != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfig(t *testing.T) {
	c := config(t)
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var items map[string]sip.Item[any]
	if err := json.Unmarshal(raw, &items); err != nil {
		t.Fatal(err)
	}
	for name, i := range items {
		if i.Certainty == "" || i.Note == "" {
			t.Errorf("%s does not say how sure it is", name)
		}
	}
	_, err = sip.ParseConfig([]byte(`{"organ_id_length": {"value": 0}}`))
	if got := len(record.FaultsOf(err)); got != 12 {
		t.Errorf("%d faults: %v", got, err)
	}
	if _, err = sip.ParseConfig([]byte(`{"profil": {}}`)); record.CodeOf(err) != "sip-config" {
		t.Error(err)
	}
	seen := map[string]bool{}
	for range 100 {
		id := sip.NewUUID()
		if seen[id] {
			t.Error("a UUID twice")
		}
		seen[id] = true
	}
	in := input(t)
	in.UUID = sip.NewUUID()
	if err := sip.Write(context.Background(), io.Discard, in, c); err != nil {
		t.Error(err)
	}
}

// A dossier of as many documents as its ordinals count, 200 KB each.
func BenchmarkLargest(b *testing.B) {
	in := input(b)
	one := in.Documents[0]
	content := make([]byte, 200<<10)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	one.Version.Files = []record.File{{Name: record.PDFFile, SHA256: record.DigestOf(content), Size: len(content)}}
	one.Version.Attachments = nil
	in.Documents, in.Dossier.Items = nil, nil
	for i := range 999 {
		one.Version.Document = fmt.Sprint(i)
		in.Documents = append(in.Documents, one)
		in.Dossier.Items = append(in.Dossier.Items, record.DossierItem{Document: one.Version.Document, Ordinal: i + 1})
	}
	in.Open = func(context.Context, record.File) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}
	for b.Loop() {
		start := time.Now()
		zip := made(b, in)
		b.ReportMetric(time.Since(start).Seconds(), "s-written")
		start = time.Now()
		if r := checked(b, zip); !r.Valid() || r.Documents != 999 {
			b.Fatalf("%+v", r)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s-checked")
		b.ReportMetric(float64(len(zip))/(1<<20), "MB")
	}
}

// The XML files of a package by themselves: mutations of a ZIP hardly get that
// far.
func FuzzCheck(f *testing.F) {
	good := made(f, input(f))
	const top = "uuid-" + uuid + "/"
	text := func(name string) string {
		var out string
		changed(f, good, top+name, func(s string) []byte { out = s; return nil })
		return out
	}
	f.Add(text("METS.xml"), text("metadata/descriptive/EAD.xml"), text("metadata/preservation/PREMIS.xml"))
	f.Add(text("representations/rep1/METS.xml"), text("representations/rep1/metadata/descriptive/EAD_doc_001.xml"), text("representations/rep1/metadata/preservation/PREMIS_rep1.xml"))
	f.Add(`<mets xmlns="http://www.loc.gov/METS/" xmlns:x="http://www.w3.org/1999/xlink"><mptr x:href="METS.xml"/><mptr x:href="../x"/></mets>`, "<ead/>", "<premis/>")
	f.Fuzz(func(t *testing.T, mets, ead, premis string) {
		var out bytes.Buffer
		zw := zip.NewWriter(&out)
		for _, x := range []struct{ name, text string }{{"METS.xml", mets}, {"metadata/descriptive/EAD.xml", ead}, {"metadata/preservation/PREMIS.xml", premis}} {
			w, err := zw.CreateHeader(&zip.FileHeader{Name: top + x.name})
			if err == nil {
				_, err = io.WriteString(w, x.text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := zw.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := sip.Check(bytes.NewReader(out.Bytes()), int64(out.Len()), sip.DefaultLimits())
		if err != nil && record.KindOf(err) != record.Invalid {
			t.Error(err)
		}
		if err == nil && r.Valid() {
			t.Error("a package without a document is valid")
		}
	})
}
