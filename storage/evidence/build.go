package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"vanthu/record"
	"vanthu/storage"
)

// Names within the package.
const (
	pdfName        = "van-ban.pdf"
	manifestName   = "ban-ke.json"
	registerName   = "so-dang-ky.json"
	checkpointName = "diem-chot.txt"
	stampName      = "diem-chot.tst"
	proofName      = "chung-minh.json"
	keyName        = "khoa-nhat-ky.txt"
	pageName       = "index.html"
	sumsName       = "tong-hop.sha256"
	entryFolder    = "nhat-ky/"
	filesFolder    = "kem-theo/"
	certFolder     = "chung-thu/"
	answerFolder   = "thu-hoi/"
)

// Register is the line of the register of outgoing documents.
type Register struct {
	Organization string                  `json:"organization"`
	Issuer       string                  `json:"issuer"`
	Series       string                  `json:"series"`
	Year         int                     `json:"year"`
	Number       int                     `json:"number"`
	Symbol       string                  `json:"symbol"`
	Date         record.Date             `json:"date"`
	Type         string                  `json:"type"`
	Subject      string                  `json:"subject"`
	Signatory    string                  `json:"signatory"`
	List         record.DistributionList `json:"distribution_list"`
	State        record.Status           `json:"state"`
	Retention    record.Retention        `json:"retention"`
	Entries      []Line                  `json:"entries"`
}

// Line is one entry about the document, for people.
type Line struct {
	Seq     uint64         `json:"seq"`
	Time    time.Time      `json:"time"`
	Command record.Command `json:"command"`
	Reason  string         `json:"reason,omitempty"`
}

// Proofs place entries in the log of the checkpoint.
type Proofs struct {
	Journal string  `json:"journal"`
	Size    uint64  `json:"size"` // entries, of the checkpoint
	Entries []Proof `json:"entries"`
}

// Proof is the audit path of one entry, leaf first, base64.
type Proof struct {
	Seq  uint64      `json:"seq"`
	Path []tlog.Hash `json:"path"`
}

// Sources are where a package comes from.
type Sources struct {
	Archive *storage.Archive
	Log     *storage.Log
	// Enclosed are certificates, OCSP answers and CRLs that a PDF carries.
	Enclosed func(ctx context.Context, pdf []byte) (certificates, ocsps, crls [][]byte, err error)
	Now      func() time.Time
}

// Build makes the package of a document that was issued. It makes a checkpoint
// where the newest does not hold all entries about the document yet. Errors:
// Conflict, not-issued; those of the archive.
func (s Sources) Build(ctx context.Context, doc record.Document) ([]byte, error) {
	if !doc.Issued() {
		return nil, record.E(record.Conflict, "not-issued", "Chỉ văn bản đã phát hành mới có gói chứng cứ")
	}
	manifest, err := s.Archive.Manifest(ctx, doc.Manifest)
	if err != nil {
		return nil, err
	}
	v, err := s.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{manifestName: manifest}
	for _, f := range v.Files {
		name := pdfName
		if slices.ContainsFunc(v.Attachments, func(a record.Attachment) bool { return a.File == f.Name }) {
			name = filesFolder + f.Name
		} else if f.Name != record.PDFFile {
			continue
		}
		if files[name], err = s.Archive.Blob(ctx, f.SHA256); err != nil {
			return nil, err
		}
	}
	certs, ocsps, crls, err := s.Enclosed(ctx, files[pdfName])
	if err != nil {
		return nil, err
	}
	for i, x := range certs {
		files[fmt.Sprintf("%s%02d.cer", certFolder, i+1)] = x
	}
	for i, x := range ocsps {
		files[fmt.Sprintf("%s%02d.ocsp", answerFolder, i+1)] = x
	}
	for i, x := range crls {
		files[fmt.Sprintf("%s%02d.crl", answerFolder, i+1)] = x
	}
	c, err := s.prove(ctx, doc, files)
	if err != nil {
		return nil, err
	}
	entries, err := entriesOf(doc.Journal, files)
	if err != nil {
		return nil, err
	}
	r := registerOf(doc.Journal, v, entries)
	if files[registerName], err = encode(r); err != nil {
		return nil, err
	}
	if files[pageName], err = page(r, c, v, s.Now()); err != nil {
		return nil, err
	}
	files[sumsName] = sums(files)
	return pack(files, s.Now())
}

// prove adds the entries about the document with their places in the log.
func (s Sources) prove(ctx context.Context, doc record.Document, files map[string][]byte) (storage.Checkpoint, error) {
	c, err := s.Log.Latest(ctx, doc.Journal)
	if err == nil && c.Size < doc.Seq() || record.CodeOf(err) == "log-empty" {
		c, err = s.Log.Checkpoint(ctx, doc.Journal)
	}
	if err != nil {
		return c, err
	}
	p := Proofs{Journal: doc.Journal, Size: c.Size}
	for _, seq := range doc.Entries {
		e, err := s.Archive.Entry(ctx, doc.Journal, seq)
		if err != nil {
			return c, err
		}
		files[entryName(seq)] = e.Raw()
		path, err := s.Log.Inclusion(ctx, c, seq)
		if err != nil {
			return c, err
		}
		p.Entries = append(p.Entries, Proof{seq, path})
	}
	files[checkpointName] = c.Note
	if c.Stamp != nil {
		files[stampName] = c.Stamp
	}
	files[keyName] = []byte(storage.VerifierKey(doc.Journal, s.Log.Signer.Public()) + "\n")
	files[proofName], err = encode(p)
	return c, err
}

func entryName(seq uint64) string { return fmt.Sprintf("%s%010d", entryFolder, seq) }

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// registerOf is the register's line as manifest and entries say it.
func registerOf(journal string, v record.Version, entries []record.Entry) Register {
	r := Register{Organization: journal, Issuer: v.Issuer.Name, Number: v.Number, Symbol: v.Symbol, Date: v.Date, Type: v.Type.Abbreviation,
		Subject: v.Subject, Signatory: v.Signatory.Name, List: v.List, State: record.Issued, Retention: v.Retention}
	for _, e := range entries {
		r.Entries = append(r.Entries, Line{e.Seq, e.Time, e.Command, e.Reason})
		if e.Numbering != nil {
			r.Series, r.Year = e.Numbering.Series, e.Numbering.Year
		}
		switch e.Command {
		case record.CmdRecall:
			r.State = record.Recalled
		case record.CmdSupersede:
			r.State = record.Superseded
		}
	}
	return r
}

// sums is what sha256sum would write.
func sums(files map[string][]byte) []byte {
	var b bytes.Buffer
	for _, name := range sorted(files) {
		if name != sumsName {
			fmt.Fprintf(&b, "%s  %s\n", record.DigestOf(files[name]), name)
		}
	}
	return b.Bytes()
}

func sorted(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func pack(files map[string][]byte, now time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range sorted(files) {
		method := zip.Deflate
		if path.Ext(name) == ".pdf" {
			method = zip.Store // compressed already
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: now.UTC().Truncate(2 * time.Second)})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page explains the package.
func page(r Register, c storage.Checkpoint, v record.Version, now time.Time) ([]byte, error) {
	commands := map[record.Command]string{
		record.CmdDraft: "Lập dự thảo", record.CmdRevise: "Sửa dự thảo", record.CmdSubmit: "Trình ký", record.CmdWithdraw: "Rút lại", record.CmdReturn: "Trả lại",
		record.CmdSign: "Ký", record.CmdUnsign: "Bỏ chữ ký", record.CmdNumber: "Cấp số, ngày", record.CmdSeal: "Đóng dấu, phát hành", record.CmdDispatch: "Gửi",
		record.CmdReceipt: "Nơi nhận xác nhận", record.CmdRecall: "Thu hồi", record.CmdSupersede: "Bị thay thế", record.CmdCorrect: "Được đính chính", record.CmdAttach: "Kèm tệp",
		record.CmdDetach: "Bỏ tệp kèm", record.CmdCopy: "Sao", record.CmdEvidence: "Bổ sung bằng chứng", record.CmdHold: "Giữ lại", record.CmdRelease: "Bỏ giữ lại",
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{
		"Register": r, "Date": r.Date.Vietnamese(), "State": map[record.Status]string{record.Issued: "Có hiệu lực", record.Recalled: "ĐÃ BỊ THU HỒI", record.Superseded: "ĐÃ BỊ THAY THẾ"}[r.State],
		"InForce": r.State == record.Issued, "Checkpoint": c, "Root": c.Root.String(), "Stamped": c.Stamp != nil, "PDF": fileDigest(v), "Made": moment(now),
		"Origin": storage.Origin(r.Organization), "Moment": moment, "Command": func(c record.Command) string { return commands[c] },
	})
	return b.Bytes(), err
}

func fileDigest(v record.Version) record.Digest {
	f, _ := v.File(record.PDFFile)
	return f.SHA256
}

func moment(t time.Time) string {
	return t.In(record.Office).Format("15:04:05 ngày 02/01/2006")
}

// entriesOf reads the entries among the files, in their order.
func entriesOf(journal string, files map[string][]byte) ([]record.Entry, error) {
	var out []record.Entry
	for _, name := range sorted(files) {
		number, ok := strings.CutPrefix(name, entryFolder)
		if !ok {
			continue
		}
		var seq uint64
		if _, err := fmt.Sscanf(number, "%d", &seq); err != nil || entryName(seq) != name {
			return nil, fmt.Errorf("%s: not a sequence", name)
		}
		e, _, err := record.DecodeEntry(journal, seq, files[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, e)
	}
	return out, nil
}
