// Package exchangetest makes issued versions of the five example plans, with the
// example organisations as they stood on each plan's day, for the tests of the
// room.
package exchangetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

// Issued is a version with the files of its manifest by digest.
type Issued struct {
	record.Version
	Envelope record.Envelope
	Files    map[record.Digest][]byte
}

// Open gives a file, as an archive would.
func (i Issued) Open(_ context.Context, f record.File) (io.ReadCloser, error) {
	b, ok := i.Files[f.SHA256]
	if !ok {
		return nil, record.E(record.NotFound, "blob", fmt.Sprintf("no file %s", f.SHA256))
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// types are the forms that the example plans use.
var types = map[string]string{"ke-hoach": "KH", "ke-hoach-kem-theo": "QĐ"}

// Seeds are the plans in the order of their files, numbered 46, 47 and so on;
// root is the way to the module's folder.
func Seeds(t testing.TB, root string) []Issued {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "templates/testdata/seeds/*.json"))
	if err != nil || len(paths) != 5 {
		t.Fatalf("%d seeds: %v", len(paths), err)
	}
	var out []Issued
	for i, path := range paths {
		var e record.Envelope
		read(t, path, &e)
		out = append(out, issued(t, root, e, 46+i))
	}
	return out
}

func issued(t testing.TB, root string, e record.Envelope, number int) Issued {
	t.Helper()
	var o record.Organization
	read(t, filepath.Join(root, "demo/organizations", e.Organization+".json"), &o)
	on, err := o.On(e.Date)
	must(t, err)
	kind, err := record.TypeOn(types[e.Template], e.Date)
	must(t, err)
	signatory, err := on.Resolve(e.Signatory, kind.Code)
	must(t, err)
	retention, err := record.RetentionOn(e.Retention, kind.Code, e.Date)
	must(t, err)
	made := e.Date.Time().Add(9 * time.Hour)
	v := Issued{Envelope: e, Files: map[record.Digest][]byte{}, Version: record.Version{
		Document: fmt.Sprintf("%s-%d", e.Organization, number), Version: 4, State: record.Issued, Created: made, Issuer: on, Type: kind,
		Number: number, Symbol: record.NumberText(number) + record.SymbolOf(kind, on, e.Filing.Unit), Date: e.Date, Subject: strings.Join(strings.Fields(e.Subject), " "),
		Signatory: signatory, List: e.List(), Retention: retention,
		Signatures: []record.SignatureFact{
			{Kind: "personal", Signer: signatory.Name, Certificate: record.DigestOf([]byte(signatory.Name)), Time: made.Add(-time.Hour), Stamped: made.Add(-time.Hour + time.Minute), Revocation: "good"},
			{Kind: "seal", Signer: on.Name, Certificate: record.DigestOf([]byte(on.Name)), Time: made},
		},
		Attachments: []record.Attachment{{File: "attachment-1.pdf", Title: "Phụ lục I: Danh mục nhiệm vụ"}},
	}}
	v.add(record.InputFile, e.Content)
	v.add(record.PDFFile, append([]byte("%PDF-1.7\n"), e.Content...))
	v.add("attachment-1.pdf", []byte("%PDF-1.7\nPhụ lục "+v.Symbol))
	return v
}

func (i *Issued) add(name string, b []byte) {
	f := record.File{Name: name, SHA256: record.DigestOf(b), Size: len(b)}
	i.Version.Files, i.Files[f.SHA256] = append(i.Version.Files, f), b
}

func read(t testing.TB, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, json.Unmarshal(b, into))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
