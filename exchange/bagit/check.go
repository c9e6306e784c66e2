package bagit

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vanthu/exchange/internal/unzip"
	"vanthu/record"
)

// Limits of a bag from outside.
type Limits struct {
	Files int   // entries of the ZIP file, folders included
	Bytes int64 // all files together, inflated
	Ratio int64 // inflated to zipped, over the whole file
}

// DefaultLimits take a large dossier: 20,000 files, 20 GB, 200 times.
func DefaultLimits() Limits { return Limits{Files: 20000, Bytes: 20 << 30, Ratio: 200} }

// Bytes of a tag file that Check reads into memory, and faults it lists.
const (
	maxTagFile = 32 << 20
	maxFaults  = 200
)

// Report is what Check found.
type Report struct {
	Name       string         `json:"name"` // of the bag's folder
	Version    string         `json:"version"`
	Info       []Tag          `json:"info"`  // of bag-info.txt, in its order
	Files      int            `json:"files"` // payload
	Bytes      int64          `json:"bytes"` // payload
	Algorithms []string       `json:"algorithms"`
	Faults     []record.Fault `json:"faults"` // why the bag is not valid; the first 200
	Warnings   []record.Fault `json:"warnings"`
}

// Valid says whether the bag is complete and every digest right (RFC 8493, 3).
func (r Report) Valid() bool { return len(r.Faults) == 0 }

// Check reads a bag out of a ZIP file of size bytes, one folder with the bag in
// it. What is wrong with the bag is in the report; an error, always
// record.Invalid, is about the ZIP file: unreadable, unsafe or over a limit.
// Files that fetch.txt names are not fetched: the bag is then incomplete.
func Check(zip io.ReaderAt, size int64, l Limits) (Report, error) {
	a, err := unzip.Open(zip, size, unzip.Limits{Files: l.Files, Total: l.Bytes, Ratio: l.Ratio})
	if err != nil {
		return Report{}, err
	}
	c := checker{files: map[string]unzip.File{}, nfc: map[string]string{}}
	hasPayload := false
	for _, f := range a.Folders {
		top, rest, _ := strings.Cut(f, "/")
		c.top(top)
		hasPayload = hasPayload || rest == payload
	}
	for _, f := range a.Files {
		top, rest, inside := strings.Cut(f.Name, "/")
		if !inside {
			c.fault("bagit-structure", f.Name, "Tệp nằm ngoài thư mục của gói")
			continue
		}
		c.top(top)
		c.files[rest] = f
		c.nfc[norm.NFC.String(rest)] = rest
		hasPayload = hasPayload || strings.HasPrefix(rest, payload)
	}
	if !hasPayload {
		c.fault("bagit-structure", payload, "Gói không có thư mục data")
	}
	if err := c.read(); err != nil {
		return Report{}, err
	}
	return c.report, nil
}

type checker struct {
	report Report
	files  map[string]unzip.File // by path from the bag's folder
	nfc    map[string]string     // path by its NFC
	// manifests by name: digest by path.
	manifests map[string]map[string]string
}

func (c *checker) fault(code, place, message string) {
	if len(c.report.Faults) < maxFaults {
		c.report.Faults = append(c.report.Faults, record.Fault{Code: code, Place: place, Message: message})
	}
}

func (c *checker) warn(code, place, message string) {
	if len(c.report.Warnings) < maxFaults {
		c.report.Warnings = append(c.report.Warnings, record.Fault{Code: code, Place: place, Message: message})
	}
}

func (c *checker) top(name string) {
	if c.report.Name == "" {
		c.report.Name = name
	} else if c.report.Name != name {
		c.fault("bagit-structure", name, "Gói phải nằm trong đúng một thư mục")
	}
}

// read goes through the bag: its declaration, what the manifests list, every
// file once.
func (c *checker) read() error {
	if err := c.declaration(); err != nil {
		return err
	}
	if err := c.readManifests(); err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		if err := c.file(path); err != nil {
			return err
		}
	}
	c.listed()
	return c.info()
}

var versionLine = regexp.MustCompile(`^BagIt-Version: ([0-9]+\.[0-9]+)$`)

func (c *checker) declaration() error {
	if _, ok := c.files[declaration]; !ok {
		c.fault("bagit-declaration", declaration, "Gói không có bagit.txt")
		return nil
	}
	lines, err := c.lines(declaration)
	if err != nil {
		return err
	}
	if len(lines) != 2 || versionLine.FindStringSubmatch(lines[0]) == nil {
		c.fault("bagit-declaration", declaration, "bagit.txt phải có đúng hai dòng BagIt-Version và Tag-File-Character-Encoding")
		return nil
	}
	c.report.Version = versionLine.FindStringSubmatch(lines[0])[1]
	if !slices.Contains([]string{"0.97", "1.0"}, c.report.Version) {
		c.fault("bagit-version", declaration, "Chưa hỗ trợ BagIt "+c.report.Version)
	}
	if encoding, ok := strings.CutPrefix(lines[1], "Tag-File-Character-Encoding: "); !ok || !strings.EqualFold(encoding, "UTF-8") {
		c.fault("bagit-encoding", declaration, "Tệp mô tả phải là UTF-8")
	}
	return nil
}

// algorithm of a manifest by its name, "" for a file that is none.
func algorithm(path string) (string, bool) {
	for _, prefix := range []string{"manifest-", "tagmanifest-"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok && !strings.Contains(path, "/") {
			if name, ok := strings.CutSuffix(rest, ".txt"); ok {
				return name, prefix == "tagmanifest-"
			}
		}
	}
	return "", false
}

func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "sha256":
		return sha256.New()
	case "sha512":
		return sha512.New()
	}
	return nil
}

func (c *checker) readManifests() error {
	c.manifests = map[string]map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		name, _ := algorithm(path)
		if name == "" {
			continue
		}
		if newHash(name) == nil {
			c.warn("bagit-algorithm", path, "Không kiểm tra theo thuật toán "+name)
			continue
		}
		if err := c.manifest(path); err != nil {
			return err
		}
	}
	for path := range c.manifests {
		if name, tags := algorithm(path); !tags {
			c.report.Algorithms = append(c.report.Algorithms, name)
		}
	}
	slices.Sort(c.report.Algorithms)
	if len(c.report.Algorithms) == 0 {
		c.fault("bagit-manifest", "manifest-sha256.txt", "Gói không có bản kê dữ liệu theo SHA-256 hoặc SHA-512")
	}
	return nil
}

func (c *checker) manifest(path string) error {
	lines, err := c.lines(path)
	if err != nil {
		return err
	}
	name, tags := algorithm(path)
	entries := make(map[string]string, len(lines))
	for i, line := range lines {
		place := fmt.Sprintf("%s, dòng %d", path, i+1)
		at := strings.IndexAny(line, " \t")
		if at < 0 {
			c.fault("bagit-manifest", place, "Dòng không có dạng “mã đường-dẫn”")
			continue
		}
		sum, written := strings.ToLower(line[:at]), strings.TrimLeft(line[at:], " \t")
		listed := decode.Replace(strings.TrimPrefix(written, "*"))
		if b, err := hex.DecodeString(sum); err != nil || len(b) != newHash(name).Size() {
			c.fault("bagit-manifest", place, "Mã không phải "+name)
			continue
		}
		if strings.HasPrefix(listed, payload) == tags {
			c.fault("bagit-manifest", place, "Bản kê này không được kê "+listed)
			continue
		}
		found, ok := c.find(listed)
		switch {
		case !ok:
			c.fault("bagit-missing", listed, "Có trong "+path+" mà không có trong gói")
			continue
		case found != listed:
			c.warn("bagit-normalization", listed, "Tên trong bản kê ghép dấu khác tên trong gói")
		}
		if _, twice := entries[found]; twice {
			c.fault("bagit-manifest", place, "Kê hai lần: "+listed)
		}
		if other, isTags := algorithm(found); other != "" && isTags {
			c.fault("bagit-manifest", place, "Bản kê không được kê tagmanifest")
		}
		entries[found] = sum
	}
	c.manifests[path] = entries
	return nil
}

// find is the file of a listed path; one whose name composes its marks
// otherwise will do (RFC 8493, 6.1.1).
func (c *checker) find(listed string) (string, bool) {
	if _, ok := c.files[listed]; ok {
		return listed, true
	}
	found, ok := c.nfc[norm.NFC.String(listed)]
	return found, ok
}

// file compares one file with every manifest that lists it.
func (c *checker) file(path string) error {
	isPayload := strings.HasPrefix(path, payload)
	if isPayload {
		c.report.Files++
		c.report.Bytes += c.files[path].Size
	}
	sums := map[string]hash.Hash{}
	var all []io.Writer
	for m, entries := range c.manifests {
		if _, ok := entries[path]; ok {
			name, _ := algorithm(m)
			if sums[name] == nil {
				sums[name] = newHash(name)
				all = append(all, sums[name])
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	if err := c.files[path].CopyTo(io.MultiWriter(all...)); err != nil {
		return err
	}
	for _, m := range slices.Sorted(maps.Keys(c.manifests)) {
		want, ok := c.manifests[m][path]
		name, _ := algorithm(m)
		if ok && want != hex.EncodeToString(sums[name].Sum(nil)) {
			c.fault("bagit-digest", path, "Nội dung không khớp mã trong "+m)
		}
	}
	return nil
}

// listed: every payload file in every payload manifest; every payload manifest
// in every tag manifest.
func (c *checker) listed() {
	for _, m := range slices.Sorted(maps.Keys(c.manifests)) {
		_, tags := algorithm(m)
		for _, path := range slices.Sorted(maps.Keys(c.files)) {
			name, isTags := algorithm(path)
			_, ok := c.manifests[m][path]
			switch {
			case ok || strings.HasPrefix(path, payload) == tags || name != "" && isTags:
			case !tags && strings.HasPrefix(path, payload):
				c.fault("bagit-unlisted", path, "Không có trong "+m)
			case tags && name != "":
				c.fault("bagit-unlisted", path, "Không có trong "+m)
			case tags:
				c.warn("bagit-unlisted", path, "Không có trong "+m)
			}
		}
	}
}
