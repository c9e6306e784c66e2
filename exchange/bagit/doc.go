// Package bagit writes and checks bags: a folder of any files, with their
// digests and who sent them, that can be moved on any carrier and checked on the
// other side without knowing what the files are (RFC 8493, version 1.0).
//
// A Writer streams one bag into a ZIP file, the payload under data/ and digests
// by SHA-256; equal calls give equal bytes. Check reads the bag of anybody, in a
// ZIP file, within Limits, and lists all that is wrong with it.
package bagit

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// Names within a bag (RFC 8493, 2.1 and 2.2).
const (
	declaration     = "bagit.txt"
	infoFile        = "bag-info.txt"
	fetchFile       = "fetch.txt"
	payload         = "data/"
	manifestFile    = "manifest-sha256.txt"
	tagManifestFile = "tagmanifest-sha256.txt"
)

// Paths that every usual file system takes.
const (
	maxSegment = 255  // bytes between two slashes
	maxPath    = 1024 // bytes
)

// Tag is one line of bag-info.txt.
type Tag struct{ Label, Value string }

// Info is what bag-info.txt says of the bag (RFC 8493, 2.2.2). Payload-Oxum is
// counted by the Writer.
type Info struct {
	Organization string      // Source-Organization, required
	Address      string      // Organization-Address
	Contact      string      // Contact-Name
	Phone        string      // Contact-Phone
	Email        string      // Contact-Email
	Description  string      // External-Description
	Identifier   string      // External-Identifier
	Date         record.Date // Bagging-Date, required
	More         []Tag       // of the sender's own, in this order
}

func (i Info) tags() []Tag {
	all := []Tag{
		{"Source-Organization", i.Organization}, {"Organization-Address", i.Address}, {"Contact-Name", i.Contact},
		{"Contact-Phone", i.Phone}, {"Contact-Email", i.Email}, {"External-Description", i.Description},
		{"Bagging-Date", string(i.Date)}, {"External-Identifier", i.Identifier},
	}
	out := make([]Tag, 0, len(all)+len(i.More)+1)
	for _, t := range all {
		if t.Value != "" {
			out = append(out, t)
		}
	}
	return append(out, i.More...)
}

func (i Info) faults() []record.Fault {
	var faults []record.Fault
	for _, r := range []struct{ label, value string }{{"Source-Organization", i.Organization}, {"Bagging-Date", string(i.Date)}} {
		if strings.TrimSpace(r.value) == "" {
			faults = append(faults, record.Fault{Pointer: "/" + r.label, Code: "required", Message: "Chưa có " + r.label})
		}
	}
	if _, err := record.ParseDate(string(i.Date)); i.Date != "" && err != nil {
		faults = append(faults, record.Fault{Pointer: "/Bagging-Date", Code: "date", Message: "Bagging-Date phải là ngày YYYY-MM-DD"})
	}
	for _, t := range i.tags() {
		if t.Label == "" || strings.TrimSpace(t.Label) != t.Label || strings.ContainsAny(t.Label, ":\r\n") || !utf8.ValidString(t.Label) {
			faults = append(faults, record.Fault{Pointer: "/" + pointed(t.Label), Code: "bagit-label", Message: fmt.Sprintf("Tên mục %q không hợp lệ", t.Label)})
		}
		if strings.ContainsAny(t.Value, "\r\n") || !utf8.ValidString(t.Value) || strings.TrimSpace(t.Value) != t.Value || t.Value == "" {
			faults = append(faults, record.Fault{Pointer: "/" + pointed(t.Label), Code: "bagit-value", Message: fmt.Sprintf("Giá trị của %s phải là một dòng chữ UTF-8, không có khoảng trắng ở hai đầu", t.Label)})
		}
		if strings.EqualFold(t.Label, "Payload-Oxum") {
			faults = append(faults, record.Fault{Pointer: "/Payload-Oxum", Code: "bagit-label", Message: "Payload-Oxum do gói tự tính"})
		}
	}
	return faults
}

// pathFault says why a path cannot go into a bag; "" when it can.
func pathFault(path string) string {
	switch {
	case path == "" || !utf8.ValidString(path):
		return "Đường dẫn trống hoặc không phải UTF-8"
	case len(path) > maxPath:
		return fmt.Sprintf("Đường dẫn dài %d byte, quá %d", len(path), maxPath)
	case strings.ContainsAny(path, `\`) || len(path) > 1 && path[1] == ':' || path[0] == '~':
		return `Đường dẫn có "\", "~" ở đầu hoặc tên ổ đĩa`
	}
	for _, r := range path {
		if r < ' ' && r != '\n' && r != '\r' || r == 0x7f {
			return "Đường dẫn có ký tự điều khiển"
		}
	}
	for s := range strings.SplitSeq(path, "/") {
		if s == "" || s == "." || s == ".." {
			return `Đường dẫn phải tương đối, không có "." và ".."`
		}
		if len(s) > maxSegment {
			return fmt.Sprintf("Tên dài %d byte, quá %d", len(s), maxSegment)
		}
	}
	return ""
}

// alike is equal for paths that some file system takes for one (RFC 8493, 6.1.1
// and 6.1.2).
func alike(path string) string { return strings.ToLower(norm.NFC.String(path)) }

var (
	encode = strings.NewReplacer("%", "%25", "\n", "%0A", "\r", "%0D")
	decode = strings.NewReplacer("%25", "%", "%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r")
)

func pointed(label string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(cmp.Or(label, "?"))
}
