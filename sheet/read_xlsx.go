package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// A workbook is read part by part as a stream, and not by the library that
// writes them: that one builds every cell in memory before anything can be
// counted. Names are compared without their namespaces, which differ between
// the transitional and the strict form of ECMA-376.

// workbook reads an .xlsx file.
func (r *reading) workbook(b []byte) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return damaged(err)
	}
	x := &workbookReader{reading: r, parts: map[string]*zip.File{}, left: int64(r.limits.Inflated)}
	if len(z.File) > maxParts {
		return tooLarge(fmt.Sprintf("nhiều hơn %d phần", maxParts))
	}
	for _, f := range z.File {
		name := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/")
		if _, twice := x.parts[name]; twice {
			return damaged(fmt.Errorf("part %q twice", name))
		}
		x.parts[name] = f
	}
	return x.read()
}

const (
	maxParts = 2000
	maxDepth = 64 // of XML
)

type workbookReader struct {
	*reading
	parts  map[string]*zip.File
	left   int64 // bytes that may still be inflated
	shared []string
}

func (x *workbookReader) read() error {
	main, err := x.related("_rels/.rels", "", "/officeDocument")
	if err != nil {
		return err
	}
	if len(main) != 1 {
		return damaged(fmt.Errorf("%d main parts", len(main)))
	}
	var book string
	for _, book = range main {
	}
	targets, err := x.related(relationsOf(book), path.Dir(book), "")
	if err != nil {
		return err
	}
	type named struct {
		Sheet
		part string
	}
	var sheets []named
	err = x.each(book, func(e xml.StartElement, _ decode) error {
		switch e.Name.Local {
		case "workbookPr":
			x.book.From1904 = truth(attribute(e, "date1904"))
		case "sheet":
			if len(sheets) >= x.limits.Sheets {
				return tooLarge(fmt.Sprintf("nhiều hơn %d trang tính", x.limits.Sheets))
			}
			state := attribute(e, "state")
			sheets = append(sheets, named{Sheet{Name: clean(attribute(e, "name")), Hidden: state == "hidden" || state == "veryHidden"}, targets[attribute(e, "id")]})
		}
		return nil
	})
	if err != nil {
		return err
	}
	texts, err := x.related(relationsOf(book), path.Dir(book), "/sharedStrings")
	if err != nil {
		return err
	}
	for _, part := range texts {
		if err := x.sharedStrings(part); err != nil {
			return err
		}
	}
	for _, s := range sheets {
		if s.part == "" {
			return damaged(fmt.Errorf("sheet %q has no part", s.Name))
		}
		x.book.Sheets = append(x.book.Sheets, s.Sheet)
		if err := x.sheet(s.part); err != nil {
			return err
		}
	}
	if len(sheets) == 0 {
		return damaged(errors.New("no sheet"))
	}
	return nil
}

// related are the parts that a part names, by id, of relationships whose type
// ends so.
func (x *workbookReader) related(part, folder, kind string) (map[string]string, error) {
	out := map[string]string{}
	if x.parts[part] == nil && kind != "/officeDocument" {
		return out, nil
	}
	err := x.each(part, func(e xml.StartElement, _ decode) error {
		if e.Name.Local == "Relationship" && strings.HasSuffix(attribute(e, "Type"), kind) && attribute(e, "TargetMode") != "External" {
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = folder + "/" + target
			}
			out[attribute(e, "Id")] = strings.TrimPrefix(path.Clean("/"+target), "/")
		}
		return nil
	})
	return out, err
}

func relationsOf(part string) string {
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

// decode reads the rest of an element.
type decode func(into any) error

// each streams a part's elements; the handler may have one whole.
func (x *workbookReader) each(name string, handle func(xml.StartElement, decode) error) error {
	part := x.parts[name]
	if part == nil {
		return damaged(fmt.Errorf("no part %q", name))
	}
	in, err := part.Open()
	if err != nil {
		return damaged(err)
	}
	defer in.Close()
	limited := &io.LimitedReader{R: in, N: x.left}
	defer func() { x.left = limited.N }()
	d, depth := xml.NewDecoder(limited), 0
	for n := 0; ; n++ {
		if n%4096 == 0 && x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		token, err := d.Token()
		if limited.N <= 0 {
			return tooLarge(fmt.Sprintf("nội dung giải nén lớn hơn %d MB", x.limits.Inflated>>20))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged(fmt.Errorf("part %q: %w", name, err))
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return damaged(fmt.Errorf("part %q: nested deeper than %d", name, maxDepth))
			}
			err := handle(e, func(into any) error {
				depth--
				return d.DecodeElement(into, &e)
			})
			if err != nil {
				return err
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			return damaged(fmt.Errorf("part %q: a DTD", name))
		}
	}
}

// richText is a text of runs (18.4.8, 18.3.1.53), without how to pronounce it.
type richText struct {
	Text string   `xml:"t"`
	Runs []string `xml:"r>t"`
}

func (t richText) String() string { return unescaped(t.Text + strings.Join(t.Runs, "")) }

// unescaped undoes how a workbook writes what XML cannot: "_x000D_" (22.9.2.19).
func unescaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		at := strings.Index(s, "_x")
		if at < 0 || len(s) < at+7 {
			return b.String() + s
		}
		n, err := strconv.ParseUint(s[at+2:at+6], 16, 16)
		if err != nil || s[at+6] != '_' {
			b.WriteString(s[:at+2])
			s = s[at+2:]
			continue
		}
		b.WriteString(s[:at])
		b.WriteRune(rune(n))
		s = s[at+7:]
	}
}

func (x *workbookReader) sharedStrings(part string) error {
	size := 0
	return x.each(part, func(e xml.StartElement, d decode) error {
		if e.Name.Local != "si" {
			return nil
		}
		var t richText
		if err := d(&t); err != nil {
			return damaged(err)
		}
		s := t.String()
		if size += len(s) + 16; len(x.shared) >= x.limits.Cells || size > x.limits.Inflated {
			return tooLarge("quá nhiều chuỗi")
		}
		x.shared = append(x.shared, s)
		return nil
	})
}

// written is a cell of a sheet (18.3.1.4).
type written struct {
	At     string   `xml:"r,attr"`
	Type   string   `xml:"t,attr"`
	Value  string   `xml:"v"`
	Inline richText `xml:"is"`
}

// sheet reads the rows of a sheet. A row and a cell may leave out where they
// stand: then they follow the one before.
func (x *workbookReader) sheet(part string) error {
	number, cells := 0, []string(nil)
	flush := func() error {
		if number == 0 {
			return nil
		}
		err := x.row(number, cells)
		cells = cells[:0]
		return err
	}
	err := x.each(part, func(e xml.StartElement, d decode) error {
		switch e.Name.Local {
		case "row":
			if err := flush(); err != nil {
				return err
			}
			next := number + 1
			if r := attribute(e, "r"); r != "" {
				n, err := strconv.Atoi(r)
				if err != nil || n < next || n > lastRow {
					return damaged(fmt.Errorf("part %q: row %q after %d", part, r, number))
				}
				next = n
			}
			number = next
		case "c":
			var c written
			if err := d(&c); err != nil {
				return damaged(err)
			}
			if number == 0 {
				return damaged(fmt.Errorf("part %q: a cell outside of rows", part))
			}
			text, err := x.value(c)
			if err != nil {
				return err
			}
			at := len(cells)
			if c.At != "" {
				if at = column(c.At); at < len(cells) {
					return damaged(fmt.Errorf("part %q: cell %q after column %d", part, c.At, len(cells)))
				}
			}
			if at >= x.limits.Columns {
				if text == "" { // formatted to the edge of the sheet, as some programs do
					return nil
				}
				return tooLarge(fmt.Sprintf("nhiều hơn %d cột", x.limits.Columns))
			}
			for len(cells) < at {
				cells = append(cells, "")
			}
			cells = append(cells, text)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// value is a cell's text; of a formula that is the value it had last.
func (x *workbookReader) value(c written) (string, error) {
	switch c.Type {
	case "s":
		i, err := strconv.Atoi(c.Value)
		if c.Value == "" {
			return "", nil
		}
		if err != nil || i < 0 || i >= len(x.shared) {
			return "", damaged(fmt.Errorf("no shared string %q", c.Value))
		}
		return x.shared[i], nil
	case "inlineStr":
		return c.Inline.String(), nil
	case "str":
		return unescaped(c.Value), nil
	case "b", "e", "d":
		return c.Value, nil
	}
	return plain(c.Value), nil
}

// plain is a number without the exponent and the last digits that only binary
// fractions have: "1.2E1" is "12".
func plain(v string) string {
	if !strings.ContainsAny(v, ".eE") {
		return v
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return v
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// column is the column of a cell's name, "B7" for 1; -1 for no such name.
func column(name string) int {
	n := 0
	for i := 0; i < len(name) && i < 4; i++ {
		c := name[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

func truth(s string) bool { return s == "1" || s == "true" }

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
