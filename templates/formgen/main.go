// Command formgen writes the DOCX of the built-in forms from what they share:
// styles, the head of page one, the closing table with its slots. Run it from
// the templates directory:
//
//	go run ./formgen
//
// The result is an ordinary document. An office that wants its own wording
// opens form.docx in Word or LibreOffice, edits it and gives it to
// "vanthu templates check"; formgen is only how the forms of this repository
// are kept alike.
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	for id, body := range forms() {
		path := filepath.Join("forms", id, "form.docx")
		b, err := build(body)
		if err == nil {
			err = os.WriteFile(path, b, 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "formgen: %s: %v\n", path, err)
			os.Exit(1)
		}
		fmt.Println(path)
	}
}

// forms is the body of each form by id.
func forms() map[string]string {
	return map[string]string{"ke-hoach": planBody()}
}

// build packs the parts in a fixed order with fixed times, so that the same
// source gives the same bytes.
func build(body string) ([]byte, error) {
	parts := []struct{ name, xml string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/app.xml", appProps},
		{"docProps/core.xml", coreProps},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/document.xml", document(body)},
		{"word/fontTable.xml", fontTable},
		{"word/header1.xml", headerFirst},
		{"word/header2.xml", headerPage},
		{"word/settings.xml", settings},
		{"word/styles.xml", stylesPart()},
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(p.xml)); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
