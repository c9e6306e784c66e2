// Command formgen writes the built-in forms from what they share: styles, the
// head of page one, the blocks of a body, the closing table with its slots, the
// schema of all that. Run it from the templates directory:
//
//	go run ./formgen
//
// It writes form.docx, schema.json and form.json of every form; example.json is
// written by hand. The results are ordinary files. An office that wants its own
// wording opens form.docx in Word or LibreOffice, edits it and gives it to
// "vanthu templates check"; formgen is only how the forms of this repository
// are kept alike.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	for _, f := range forms {
		if err := write(f); err != nil {
			fmt.Fprintf(os.Stderr, "formgen: %s: %v\n", f.id, err)
			os.Exit(1)
		}
	}
}

func write(f form) error {
	files, err := f.files()
	if err != nil {
		return err
	}
	dir := filepath.Join("forms", f.id)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	fmt.Println(dir)
	return nil
}

// files are what formgen makes of a form; equal source gives equal bytes.
func (f form) files() (map[string][]byte, error) {
	docx, err := build(f)
	if err != nil {
		return nil, err
	}
	schema, err := f.schema()
	if err != nil {
		return nil, err
	}
	about := fmt.Sprintf("{\n  \"type\": %q,\n  \"title\": %q\n}\n", f.type_, f.title)
	return map[string][]byte{"form.docx": docx, "schema.json": schema, "form.json": []byte(about)}, nil
}
