package sip

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"vanthu/exchange/internal/unzip"
	"vanthu/exchange/internal/xmlin"
	"vanthu/record"
)

// Limits of a package from outside.
type Limits struct {
	Files int   // entries of the ZIP file
	Bytes int64 // all files together, inflated
	Ratio int64 // inflated to zipped, over the whole file
}

// DefaultLimits take the largest dossier that the fields permit: 9,999 files of
// documents with their descriptions, 20 GB, 200 times.
func DefaultLimits() Limits { return Limits{Files: 40000, Bytes: 20 << 30, Ratio: 200} }

// A metadata file names at most every file of a dossier, and the package holds
// METS files of a few representations.
const (
	maxXML    = 32 << 20 // bytes
	maxMETS   = 20
	maxFaults = 200
)

func xmlLimits() xmlin.Limits { return xmlin.Limits{Bytes: maxXML, Depth: 30, Nodes: 1000000} }

// Report is what Check found.
type Report struct {
	UUID      string         `json:"uuid"`
	Fonds     string         `json:"fonds"`
	Title     string         `json:"title"`
	Code      string         `json:"code"`  // FileNotation
	Files     int            `json:"files"` // all of the package
	Documents int            `json:"documents"`
	Bytes     int64          `json:"bytes"`
	Faults    []record.Fault `json:"faults"` // the first 200
}

// Valid says whether nothing is wrong.
func (r Report) Valid() bool { return len(r.Faults) == 0 }

// Check reads a package out of a ZIP file of size bytes. It counts every digest
// and size again and resolves every reference of METS and PREMIS. What is wrong
// with the package is in the report; an error, always record.Invalid, is about
// the ZIP or an XML file in it: unreadable, unsafe or over a limit.
func Check(zip io.ReaderAt, size int64, l Limits) (Report, error) {
	a, err := unzip.Open(zip, size, unzip.Limits{Files: l.Files, Total: l.Bytes, Ratio: l.Ratio})
	if err != nil {
		return Report{}, err
	}
	c := checker{files: map[string]unzip.File{}, named: map[string]string{}}
	folder := ""
	for _, f := range a.Files {
		top, rest, inside := strings.Cut(f.Name, "/")
		if folder == "" {
			folder = top
		}
		if !inside || top != folder {
			c.fault("sip-structure", f.Name, "Gói phải nằm trong đúng một thư mục")
			continue
		}
		c.files[rest] = f
		c.report.Files++
		c.report.Bytes += f.Size
	}
	if err := c.read(folder); err != nil {
		return Report{}, err
	}
	return c.report, nil
}

// fact is a file as METS says it is; id is that of its mets:file, "" for a
// metadata file.
type fact struct{ id, path, digest, size string }

type checker struct {
	report Report
	files  map[string]unzip.File // by path from the package's folder
	named  map[string]string     // path: METS file that names it
	facts  []fact                // in the order of the METS files
	others []metadata            // EAD and PREMIS that METS names
}

type metadata struct{ kind, path string }

func (c *checker) fault(code, place, format string, values ...any) {
	if len(c.report.Faults) < maxFaults {
		c.report.Faults = append(c.report.Faults, record.Fault{Code: code, Place: place, Message: fmt.Sprintf(format, values...)})
	}
}

var objidForm = regexp.MustCompile(`^urn:([^:]+):uuid:([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`)

func (c *checker) read(folder string) error {
	if _, ok := c.files["METS.xml"]; !ok {
		c.fault("sip-structure", "METS.xml", "Gói không có METS.xml")
		return nil
	}
	c.named["METS.xml"] = "METS.xml"
	root, err := c.tree("METS.xml")
	if err != nil {
		return err
	}
	c.report.Title = root.Attribute("", "LABEL")
	if m := objidForm.FindStringSubmatch(root.Attribute("", "OBJID")); m == nil {
		c.fault("sip-objid", "METS.xml", "OBJID %.100q không có dạng urn:{mã phông}:uuid:{UUID}", root.Attribute("", "OBJID"))
	} else {
		c.report.Fonds, c.report.UUID = m[1], strings.ToLower(m[2])
		if !strings.EqualFold(folder, "uuid-"+m[2]) {
			c.fault("sip-objid", folder, "Thư mục của gói không mang UUID của OBJID")
		}
	}
	queue := []string{"METS.xml"}
	for i := 0; i < len(queue); i++ {
		if i >= maxMETS {
			return record.E(record.Invalid, "sip-too-large", fmt.Sprintf("Gói có hơn %d tệp METS", maxMETS))
		}
		if i > 0 {
			if root, err = c.tree(queue[i]); err != nil {
				return err
			}
		}
		for _, next := range c.mets(queue[i], root) {
			if !slices.Contains(queue, next) {
				queue = append(queue, next)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		if c.named[path] == "" {
			c.fault("sip-unlisted", path, "Tệp không có trong METS nào")
		}
	}
	if err := c.content(); err != nil {
		return err
	}
	return c.meanings()
}

func (c *checker) tree(path string) (*xmlin.Node, error) {
	b, err := c.files[path].Bytes(maxXML)
	if err != nil {
		return nil, err
	}
	return xmlin.Parse(bytes.NewReader(b), xmlLimits())
}

// content counts digest and size of everything that METS names.
func (c *checker) content() error {
	for _, f := range c.facts {
		got, ok := c.files[f.path]
		if !ok {
			continue // said already
		}
		if f.size != fmt.Sprint(got.Size) {
			c.fault("sip-size", f.path, "Dài %d byte, METS ghi %.20q", got.Size, f.size)
		}
		sum, err := digest(got)
		if err != nil {
			return err
		}
		if !strings.EqualFold(f.digest, sum) {
			c.fault("sip-digest", f.path, "Nội dung không khớp mã SHA-256 trong METS")
		}
	}
	return nil
}
