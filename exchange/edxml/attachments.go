package edxml

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vanthu/exchange/internal/unzip"
	"vanthu/exchange/internal/xmlin"
	"vanthu/record"
)

// maxRatio is how much larger than its ZIP an attachment may be; text and
// spreadsheets stay below.
const maxRatio = 200

// attachments are the encoded files with what the manifest says of them, in the
// manifest's order.
func attachments(manifest, encoded *xmlin.Node, l Limits) ([]Attachment, []record.Fault, error) {
	all := encoded.Children("Attachment")
	if len(all) > l.Attachments {
		return nil, nil, refused(fmt.Sprintf("có %d tệp, quá %d", len(all), l.Attachments))
	}
	var out []Attachment
	var warnings faults
	files := map[string]*xmlin.Node{}
	for _, a := range all {
		id := strings.TrimPrefix(a.Value("ContentId"), "cid:")
		if files[id] != nil {
			return nil, nil, refused(fmt.Sprintf("hai tệp cùng mã %.60q", id))
		}
		files[id] = a
	}
	left := l.Unzipped
	take := func(a Attachment, node *xmlin.Node) error {
		if !plainName(a.Name) {
			return refused(fmt.Sprintf("tên %.60q không an toàn", a.Name))
		}
		encoded := node.Child("ContentTransferEncoded")
		content, err := decoded(textOf(encoded), a.Name, left)
		if err != nil {
			return err
		}
		if encoded != nil {
			encoded.Text = "" // may be most of the memory
		}
		left -= int64(len(content))
		a.Content = content
		out = append(out, a)
		return nil
	}
	for i, r := range manifest.Children("Reference") {
		a := described(r)
		node := files[a.ContentID]
		if node == nil {
			warnings.add(fmt.Sprintf("/edXMLManifest/Reference/%d", i), "attachment-missing", "Không có nội dung của tệp "+a.Name)
			continue
		}
		delete(files, a.ContentID)
		if err := take(a, node); err != nil {
			return nil, nil, err
		}
	}
	for i, node := range all {
		a := described(node)
		if files[a.ContentID] == nil {
			continue
		}
		delete(files, a.ContentID)
		warnings.add(fmt.Sprintf("/AttachmentEncoded/Attachment/%d", i), "attachment-unlisted", "Tệp không có trong bản kê: "+a.Name)
		if err := take(a, node); err != nil {
			return nil, nil, err
		}
	}
	return out, warnings, nil
}

func described(n *xmlin.Node) Attachment {
	id := n.Value("ContentId")
	if id == "" {
		id = n.Attribute(xlink, "href")
	}
	return Attachment{ContentID: strings.TrimPrefix(id, "cid:"), Name: norm.NFC.String(n.Value("AttachmentName")),
		ContentType: n.Value("ContentType"), Description: n.Value("Description")}
}

// decoded is the file behind base64, out of its ZIP. A ZIP that is the file
// itself stays as it is: one with several entries, or with one of another name
// under a name that says ZIP.
func decoded(text, name string, left int64) ([]byte, error) {
	var decoded bytes.Buffer
	decoded.Grow(int(min(int64(base64.StdEncoding.DecodedLen(len(text))), left)) + bytes.MinRead)
	_, err := decoded.ReadFrom(io.LimitReader(base64.NewDecoder(base64.StdEncoding, &unspaced{text}), left+1))
	raw := decoded.Bytes()
	if err != nil {
		return nil, record.Because(err, record.Invalid, "edxml-attachment", fmt.Sprintf("Tệp %.60q không phải base64", name))
	}
	if int64(len(raw)) > left {
		return nil, refused("nội dung quá lớn")
	}
	if !bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return raw, nil
	}
	a, err := unzip.Open(bytes.NewReader(raw), int64(len(raw)), unzip.Limits{Files: 10000, Total: left, Ratio: maxRatio})
	if err != nil {
		return nil, err
	}
	if len(a.Files) != 1 || norm.NFC.String(path.Base(a.Files[0].Name)) != name && container(name) {
		return raw, nil
	}
	return a.Files[0].Bytes(left)
}

// container says of a name that its file is itself a ZIP.
func container(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp":
		return true
	}
	return false
}

// unspaced drops the white space that some systems break base64 with.
type unspaced struct{ rest string }

func (u *unspaced) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		u.rest = strings.TrimLeft(u.rest, " \t\r\n")
		if u.rest == "" {
			if n == 0 {
				return 0, io.EOF
			}
			break
		}
		run := u.rest[:min(len(u.rest), len(p)-n)] // looking further at each call would take quadratic time
		if i := strings.IndexAny(run, " \t\r\n"); i >= 0 {
			run = run[:i]
		}
		k := copy(p[n:], run)
		u.rest, n = u.rest[k:], n+k
	}
	return n, nil
}

func refused(why string) error {
	return record.E(record.Invalid, "edxml-attachment", "Tệp kèm theo thông điệp không nhận được: "+why)
}
