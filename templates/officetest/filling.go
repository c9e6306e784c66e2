package officetest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"vanthu/record"
)

// Forms is what a filling is made with: the catalogue of templates.
type Forms interface {
	Decode(ctx context.Context, template string, raw []byte) (record.Decoded, error)
	Form(ctx context.Context, id string) (record.Form, error)
}

// Form is a template in force.
func Form(t testing.TB, forms Forms, id string) record.Form {
	t.Helper()
	f, err := forms.Form(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Filling is what the desk makes of an envelope for a form: everything that it
// refers to resolved on its date, from the example organisations.
func Filling(t testing.TB, forms Forms, envelope []byte) record.Filling {
	t.Helper()
	got, err := forms.Decode(t.Context(), "", envelope)
	if err != nil {
		t.Fatal(err)
	}
	e, form := got.Envelope, got.Form
	kind, err := record.TypeOn(form.Type, e.Date)
	if err != nil {
		t.Fatal(err)
	}
	organization, err := record.ParseOrganization(read(t, "..", "demo", "organizations", e.Organization+".json"))
	if err != nil {
		t.Fatal(err)
	}
	f := record.Filling{Template: form.TemplateRef, Envelope: e, Type: kind, Digits: 3, Year: e.Date.Year()}
	if f.Issuer, err = organization.On(e.Date); err != nil {
		t.Fatal(err)
	}
	if f.Signatory, err = f.Issuer.Resolve(e.Signatory, form.Type); err != nil {
		t.Fatal(err)
	}
	f.Symbol = record.SymbolOf(f.Type, f.Issuer, e.Filing.Unit)
	return f
}

// Seed is the envelope of an example document by the first digits of its name:
// "000".
func Seed(t testing.TB, digits string) []byte {
	t.Helper()
	all := Seeds(t)
	for name, b := range all {
		if strings.HasPrefix(name, digits+"_") {
			return b
		}
	}
	t.Fatalf("no seed %s", digits)
	return nil
}

// Seeds are the envelopes of all example documents, by their names.
func Seeds(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(here(), "testdata", "seeds", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(b) {
			t.Fatalf("%s is no JSON", f)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".json")] = b
	}
	return all
}

// here is the folder templates.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(file))
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{here()}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
