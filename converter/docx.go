package converter

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"vanthu/record"
)

// Limits of a package. Official documents stay far below them.
const (
	maxParts    = 2000
	maxInflated = 100 << 20 // bytes of all parts together
	maxRatio    = 200       // inflated to compressed, of a part over 1 MiB
	maxIndexXML = 1 << 20   // bytes of [Content_Types].xml and of _rels/.rels
	maxIndexTag = 8         // depth of either
)

// Names and types of ECMA-376 part 2 (packages) and part 1, 11.3.10 (main
// document part), in their transitional and strict forms.
const (
	typesPart = "[Content_Types].xml"
	relsPart  = "_rels/.rels"
	mainType  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)

var (
	mainRelations = [...]string{
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
		"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
	}
	mainNamespaces = [...]string{
		"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
		"http://purl.oclc.org/ooxml/wordprocessingml/main",
	}
)

// checkPackage says whether docx is a DOCX package that a worker may see: a
// whole zip within the limits whose main part is a word processing document.
// LibreOffice opens by content, so whatever is let through here as something
// else would be read as that. The error is Invalid, "not-docx" or
// "docx-too-large".
func checkPackage(docx []byte) error {
	if len(docx) > maxDocument {
		return tooLarge(fmt.Errorf("%d bytes, at most %d", len(docx), maxDocument))
	}
	switch {
	case bytes.HasPrefix(docx, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return record.E(record.Invalid, "not-docx",
			"Tệp không phải là DOCX: có thể là tệp .doc cũ hoặc tệp DOCX đặt mật khẩu; hãy lưu lại dạng .docx không mật khẩu")
	case !bytes.HasPrefix(docx, []byte("PK\x03\x04")):
		return notDOCX(errors.New("no zip header at the first byte"))
	}
	archive, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		return notDOCX(err)
	}
	parts, err := listParts(archive)
	if err != nil {
		return err
	}
	if err := inflateAll(archive); err != nil {
		return err
	}
	main, err := mainPart(parts)
	if err != nil {
		return notDOCX(err)
	}
	if err := contentType(parts[typesPart], main); err != nil {
		return notDOCX(err)
	}
	part, ok := parts[main]
	if !ok {
		return notDOCX(fmt.Errorf("main part %q is not in the package", main))
	}
	if err := documentRoot(part); err != nil {
		return notDOCX(fmt.Errorf("main part %q: %w", main, err))
	}
	return nil
}

// listParts refuses names that mean different parts to different readers.
func listParts(archive *zip.Reader) (map[string]*zip.File, error) {
	if len(archive.File) > maxParts {
		return nil, tooLarge(fmt.Errorf("%d parts, at most %d", len(archive.File), maxParts))
	}
	parts, folded := make(map[string]*zip.File, len(archive.File)), make(map[string]bool, len(archive.File))
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		fold := strings.ToLower(f.Name)
		switch {
		case f.Flags&1 != 0:
			return nil, notDOCX(fmt.Errorf("part %q is encrypted", f.Name))
		case f.Name != path.Clean(f.Name) || strings.HasPrefix(f.Name, "/") || strings.HasPrefix(f.Name, "..") || strings.Contains(f.Name, `\`):
			return nil, notDOCX(fmt.Errorf("part name %q", f.Name))
		case folded[fold]:
			return nil, notDOCX(fmt.Errorf("part %q is there twice", f.Name))
		case fold == "mimetype":
			return nil, notDOCX(errors.New("an OpenDocument or EPUB package"))
		}
		folded[fold], parts[f.Name] = true, f
	}
	return parts, nil
}

// inflateAll reads every part to its checksum: sizes written in a zip are only
// claims.
func inflateAll(archive *zip.Reader) error {
	var total int64
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			return notDOCX(fmt.Errorf("part %q: %w", f.Name, err))
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, maxInflated-total+1))
		r.Close()
		if total += n; total > maxInflated {
			return tooLarge(fmt.Errorf("more than %d bytes inflated", maxInflated))
		}
		if err != nil {
			return notDOCX(fmt.Errorf("part %q: %w", f.Name, err))
		}
		if n > 1<<20 && uint64(n) > maxRatio*f.CompressedSize64 {
			return tooLarge(fmt.Errorf("part %q inflates %d bytes to %d", f.Name, f.CompressedSize64, n))
		}
	}
	return nil
}

// mainPart follows the package's one officeDocument relationship. The part may
// have any name.
func mainPart(parts map[string]*zip.File) (string, error) {
	var targets []string
	err := eachElement(parts[relsPart], relsPart, func(e xml.StartElement) {
		if e.Name.Local == "Relationship" && slices.Contains(mainRelations[:], attribute(e, "Type")) && attribute(e, "TargetMode") != "External" {
			targets = append(targets, attribute(e, "Target"))
		}
	})
	if err != nil {
		return "", err
	}
	if len(targets) != 1 {
		return "", fmt.Errorf("%d main parts", len(targets))
	}
	return strings.TrimPrefix(path.Clean("/"+targets[0]), "/"), nil
}

// contentType finds the type of the main part: an Override of its name goes
// before the Default of its extension.
func contentType(types *zip.File, main string) error {
	var override, byDefault string
	extension := strings.TrimPrefix(path.Ext(main), ".")
	err := eachElement(types, typesPart, func(e xml.StartElement) {
		switch {
		case e.Name.Local == "Override" && strings.EqualFold(attribute(e, "PartName"), "/"+main):
			override = attribute(e, "ContentType")
		case e.Name.Local == "Default" && strings.EqualFold(attribute(e, "Extension"), extension):
			byDefault = attribute(e, "ContentType")
		}
	})
	if err != nil {
		return err
	}
	if override == "" {
		override = byDefault
	}
	if override != mainType {
		return fmt.Errorf("main part has type %q", override)
	}
	return nil
}

// documentRoot looks at the first element of the main part only.
func documentRoot(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(io.LimitReader(r, maxIndexXML))
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if e.Name.Local != "document" || !slices.Contains(mainNamespaces[:], e.Name.Space) {
				return fmt.Errorf("root element %q of %q", e.Name.Local, e.Name.Space)
			}
			return nil
		}
	}
}

// eachElement streams a small index part.
func eachElement(part *zip.File, name string, f func(xml.StartElement)) error {
	if part == nil {
		return fmt.Errorf("no part %s", name)
	}
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	limited := &io.LimitedReader{R: r, N: maxIndexXML}
	d, depth := xml.NewDecoder(limited), 0
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF && limited.N > 0:
			return nil
		case err != nil:
			return fmt.Errorf("part %s: %w", name, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxIndexTag {
				return fmt.Errorf("part %s: nested deeper than %d", name, maxIndexTag)
			}
			f(e)
		case xml.EndElement:
			depth--
		case xml.Directive:
			return fmt.Errorf("part %s: a DTD", name)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
