package templates

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/ooxml"
)

var formFiles = [...]string{"example.json", "form.docx", "form.json", "schema.json"}

const (
	maxFormFile = 24 << 20 // bytes of one file of a package: more than any DOCX may have
	maxPackage  = 32 << 20
)

// reading is a DOCX opened and compiled: all that a form has but its schema.
type reading struct {
	docx        *ooxml.Package
	parts       []*part
	outline     []tagNode
	service     *shape   // of what the service gives
	own         []string // names of the service that mean something else here
	lacks       []record.Fault
	signatories int      // places for signatures
	asks        *deriver // what the tags ask of the content

	warnings []record.Fault
}

// read opens and compiles a DOCX. The error is that of ooxml.Open, or
// record.Invalid, "template-refused", with every tag that is wrong.
func read(docx []byte) (*reading, error) {
	p, err := ooxml.Open(docx)
	if err != nil {
		return nil, err
	}
	content, err := ooxml.Inspect(p)
	if err != nil {
		return nil, err
	}
	parts, faults, uses := scan(p)
	if len(faults) > 0 {
		return nil, refused(faults)
	}
	_, left, err := strays(p, uses)
	if err != nil {
		return nil, err
	}
	r := &reading{docx: p, parts: parts, outline: outline(parts), lacks: lacks(content), signatories: signatories(content)}
	if r.service, err = serviceShape(); err != nil {
		return nil, err
	}
	r.asks, r.own = asksOf(r.outline, r.service)
	r.warnings = bound(slices.Concat(content.Warnings, left, r.asks.warnings()))
	return r, nil
}

// form is one version of one template, ready to be filled.
type form struct {
	record record.Form
	docx   *ooxml.Package
	parts  []*part
	own    []string // names of the service that mean something else here
	check  *checker // of an envelope
}

// formInfo is form.json: what the desk must know of a form.
type formInfo struct {
	Type  string `json:"type"`  // code of the document type
	Title string `json:"title"` // Vietnamese
}

// newForm reads and compiles the files of a form; archive is their package.
func newForm(id string, files map[string][]byte, archive []byte) (*form, error) {
	r, err := read(files["form.docx"])
	if err != nil {
		return nil, err
	}
	return r.form(id, files, archive)
}

// form makes the form with the other files of its package.
func (r *reading) form(id string, files map[string][]byte, archive []byte) (*form, error) {
	var info formInfo
	if err := json.Unmarshal(files["form.json"], &info); err != nil {
		return nil, fmt.Errorf("form.json: %w", err)
	}
	schema, err := envelopeSchema(id, files["schema.json"], r.signatories)
	if err != nil {
		return nil, err
	}
	check, err := newChecker(id, schema)
	if err != nil {
		return nil, err
	}
	if check.free, err = freeTexts(files["schema.json"]); err != nil {
		return nil, err
	}
	names, err := rootShape(files["schema.json"], r.own...)
	if err != nil {
		return nil, err
	}
	if faults := checkNames(r.parts, names); len(faults) > 0 {
		return nil, refused(faults)
	}
	return &form{docx: r.docx, parts: r.parts, own: r.own, check: check, record: record.Form{
		TemplateRef: record.TemplateRef{ID: id, SHA256: record.DigestOf(archive)},
		Type:        info.Type, Title: info.Title, Package: archive,
		DOCX: files["form.docx"], Schema: schema, Content: files["schema.json"], Example: files["example.json"],
		Signatories: r.signatories, Lacks: r.lacks, Warnings: r.warnings,
	}}, nil
}

// signatories counts the places for signatures: vtSign, and as far as they go on
// vtSign2, vtSign3 and so on.
func signatories(content *ooxml.Inspection) int {
	n := 1
	for n < maxSignatories && content.Bookmarks[fmt.Sprintf("vtSign%dA", n+1)] == 1 && content.Bookmarks[fmt.Sprintf("vtSign%dB", n+1)] == 1 {
		n++
	}
	return n
}

// lacks tells the slots that later stages write at and that the form does not
// have, or has twice: one fault for each.
func lacks(content *ooxml.Inspection) []record.Fault {
	var faults []record.Fault
	slots := slotMeanings()
	for i := 0; i+1 < len(slots); i += 2 {
		begin, end := slots[i].Bookmark, slots[i+1].Bookmark
		if content.Bookmarks[begin] != 1 || content.Bookmarks[end] != 1 {
			faults = append(faults, record.Fault{Pointer: "/template", Code: "slot-missing",
				Message: fmt.Sprintf("Mẫu thiếu %s: dấu trang (bookmark) %s và %s phải có đúng một lần", strings.TrimPrefix(slots[i].Meaning, "đầu "), begin, end)})
		}
	}
	return faults
}

// pack puts the files of a form into one ZIP, stored without compression: its
// digest names the template in the archive for ever and must not hang on the
// version of a compressor.
func pack(files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range formFiles {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: ooxml.Epoch()})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return out.Bytes(), nil
}

// unpack is the inverse of pack, for what pack made and nothing else.
func unpack(archive []byte) (map[string][]byte, error) {
	if len(archive) > maxPackage {
		return nil, fmt.Errorf("package of %d bytes", len(archive))
	}
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("package: %w", err)
	}
	if len(z.File) != len(formFiles) {
		return nil, fmt.Errorf("package of %d files", len(z.File))
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		if !slices.Contains(formFiles[:], f.Name) || files[f.Name] != nil || f.Method != zip.Store || f.UncompressedSize64 > maxFormFile {
			return nil, fmt.Errorf("package has a strange file %.40q", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("package: %s: %w", f.Name, err)
		}
		files[f.Name], err = io.ReadAll(io.LimitReader(r, maxFormFile))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("package: %s: %w", f.Name, err)
		}
	}
	return files, nil
}
