package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// Limits of a package from outside.
const (
	maxFiles = 2000
	maxSize  = 512 << 20 // bytes, unpacked
)

// Fault is one thing that contradicts the package's claim.
type Fault struct {
	Code    string `json:"code"`
	File    string `json:"file,omitempty"`
	Message string `json:"message"`
}

// Report is what a package proves about the archive. The PDF's signatures are
// judged apart.
type Report struct {
	Good     bool      `json:"good"`
	Faults   []Fault   `json:"faults"`
	Register *Register `json:"register,omitempty"`
	Journal  string    `json:"journal,omitempty"`
	Size     uint64    `json:"size,omitempty"` // entries, of the checkpoint
	Root     string    `json:"root,omitempty"`
	// KeyKnown says that the checkpoint is signed by a key that the reader gave,
	// not only by the package's own.
	KeyKnown bool       `json:"key_known"`
	Key      string     `json:"key,omitempty"`     // of the checkpoint, for signed-note tools
	Stamped  *time.Time `json:"stamped,omitempty"` // by a timestamping authority
	Notes    []string   `json:"notes,omitempty"`   // what the package cannot prove
}

// Options of a check.
type Options struct {
	// Keys are those of the journals that the reader trusts.
	Keys []ed25519.PublicKey
	// Stamp verifies a token over a SHA-256 and says whose time it is.
	Stamp func(token, digest []byte) (time.Time, error)
	// Enclosed is as in Sources.
	Enclosed func(ctx context.Context, pdf []byte) (certificates, ocsps, crls [][]byte, err error)
}

// names are all that a package may hold.
var names = regexp.MustCompile(`^(van-ban\.pdf|ban-ke\.json|so-dang-ky\.json|diem-chot\.t(xt|st)|chung-minh\.json|khoa-nhat-ky\.txt|index\.html|tong-hop\.sha256|nhat-ky/[0-9]{10}|kem-theo/[A-Za-z0-9._-]{1,100}|chung-thu/[0-9]{2,4}\.cer|thu-hoi/[0-9]{2,4}\.(ocsp|crl))$`)

// IsPackage says whether a file is a ZIP at all.
func IsPackage(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

// open unpacks within the limits. Errors are *record.Error of kind Invalid.
func open(b []byte) (map[string][]byte, error) {
	bad := func(format string, args ...any) (map[string][]byte, error) {
		return nil, record.E(record.Invalid, "package-damaged", "Tệp không phải là gói chứng cứ hoặc đã hỏng: "+fmt.Sprintf(format, args...))
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return bad("%v", err)
	}
	if len(z.File) > maxFiles {
		return bad("có %d tệp", len(z.File))
	}
	files := map[string][]byte{}
	left := int64(maxSize)
	for _, f := range z.File {
		if !names.MatchString(f.Name) {
			return bad("có tệp lạ %q", f.Name)
		}
		if _, twice := files[f.Name]; twice {
			return bad("tệp %s có hai lần", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			return bad("%s: %v", f.Name, err)
		}
		content, err := io.ReadAll(io.LimitReader(r, left+1))
		r.Close()
		if err != nil {
			return bad("%s: %v", f.Name, err)
		}
		if left -= int64(len(content)); left < 0 {
			return bad("lớn hơn %d MB", maxSize>>20)
		}
		files[f.Name] = content
	}
	for _, name := range []string{pdfName, manifestName, registerName, checkpointName, proofName, keyName, sumsName} {
		if _, ok := files[name]; !ok {
			return bad("thiếu %s", name)
		}
	}
	return files, nil
}

// Check judges a package and returns its PDF. A package that contradicts itself
// is a Report with faults; errors are for what is no package.
func Check(ctx context.Context, b []byte, o Options) (Report, []byte, error) {
	files, err := open(b)
	if err != nil {
		return Report{}, nil, err
	}
	c := checker{files: files, options: o, report: Report{Faults: []Fault{}}}
	c.run(ctx)
	c.report.Good = len(c.report.Faults) == 0
	return c.report, files[pdfName], nil
}

type checker struct {
	files   map[string][]byte
	options Options
	report  Report
}

func (c *checker) fault(code, file, format string, args ...any) {
	c.report.Faults = append(c.report.Faults, Fault{code, file, fmt.Sprintf(format, args...)})
}

func (c *checker) run(ctx context.Context) {
	if !bytes.Equal(sums(c.files), c.files[sumsName]) {
		c.fault("sums", sumsName, "Mã SHA-256 của các tệp không khớp với bảng tổng hợp")
	}
	cp, ok := c.checkpoint()
	if !ok {
		return
	}
	entries, ok := c.entries(cp)
	if !ok {
		return
	}
	v, ok := c.manifest(entries)
	if !ok {
		return
	}
	r := registerOf(cp.Journal, v, entries)
	if want, err := encode(r); err != nil || !bytes.Equal(want, c.files[registerName]) {
		c.fault("register", registerName, "Trích sổ đăng ký không phải là điều mà nhật ký và bản kê nói")
	}
	c.report.Register = &r
	c.enclosed(ctx)
}

// checkpoint verifies what was signed and stamped.
func (c *checker) checkpoint() (storage.Checkpoint, bool) {
	note := c.files[checkpointName]
	text, _, _ := strings.Cut(string(note), "\n\n")
	cp, err := storage.ParseCheckpoint(text + "\n")
	if err != nil {
		c.fault("checkpoint", checkpointName, "Điểm chốt không đọc được: %v", err)
		return cp, false
	}
	c.report.Journal, c.report.Size, c.report.Root = cp.Journal, cp.Size, cp.Root.String()
	c.report.Key = strings.TrimSpace(string(c.files[keyName]))
	own, err := ParseKey(c.report.Key)
	if err != nil {
		c.fault("log-key", keyName, "Khóa của nhật ký không đọc được: %v", err)
		return cp, false
	}
	name := storage.Origin(cp.Journal)
	if _, err := storage.OpenNote(name, note, own); err != nil {
		c.fault("checkpoint", checkpointName, "Chữ ký của điểm chốt không đúng: %v", err)
	}
	switch _, err := storage.OpenNote(name, note, c.options.Keys...); {
	case len(c.options.Keys) == 0:
		c.report.Notes = append(c.report.Notes, "Chưa biết khóa nhật ký trong gói có phải của cơ quan không: hãy so với khóa cơ quan công bố và nêu bằng --log-key")
	case err != nil:
		c.fault("log-key-foreign", keyName, "Điểm chốt không do khóa được tin ký")
	default:
		c.report.KeyKnown = true
	}
	token, ok := c.files[stampName]
	if !ok {
		c.report.Notes = append(c.report.Notes, "Điểm chốt không có dấu thời gian: không có bên thứ ba chứng minh thời điểm")
		return cp, true
	}
	sum := sha256.Sum256(note)
	at, err := c.options.Stamp(token, sum[:])
	if err != nil {
		c.fault("stamp", stampName, "Dấu thời gian không phải của điểm chốt: %v", err)
		return cp, true
	}
	c.report.Stamped = &at
	return cp, true
}

// entries proves each entry's place in the log.
func (c *checker) entries(cp storage.Checkpoint) ([]record.Entry, bool) {
	entries, err := entriesOf(cp.Journal, c.files)
	if err != nil || len(entries) == 0 {
		c.fault("entries", entryFolder, "Mục nhật ký không đọc được: %v", err)
		return nil, false
	}
	var proofs Proofs
	if err := json.Unmarshal(c.files[proofName], &proofs); err != nil || proofs.Journal != cp.Journal || proofs.Size != cp.Size || len(proofs.Entries) != len(entries) {
		c.fault("proof", proofName, "Chứng minh không phải của điểm chốt và các mục trong gói")
		return nil, false
	}
	for i, e := range entries {
		name := entryName(e.Seq)
		if e.Document != entries[0].Document {
			c.fault("entries", name, "Mục nhật ký của văn bản khác")
		}
		if p := proofs.Entries[i]; p.Seq != e.Seq || storage.CheckInclusion(cp, e.Seq, c.files[name], p.Path) != nil {
			c.fault("proof", name, "Mục %d không được chứng minh là nằm trong nhật ký đã chốt", e.Seq)
		}
	}
	return entries, true
}

// manifest ties manifest, files and entries together.
func (c *checker) manifest(entries []record.Entry) (record.Version, bool) {
	var v record.Version
	var last *record.Entry
	var number *record.Numbering
	sealed := false
	for i, e := range entries {
		if e.Manifest != "" {
			last = &entries[i]
		}
		if e.Numbering != nil {
			number = e.Numbering
		}
		sealed = sealed || e.Command == record.CmdSeal
	}
	if err := json.Unmarshal(c.files[manifestName], &v); err != nil || last == nil || record.DigestOf(c.files[manifestName]) != last.Manifest ||
		v.Document != last.Document || v.Version != last.Version {
		c.fault("manifest", manifestName, "Bản kê không phải là bản mà mục nhật ký sau cùng nêu")
		return v, false
	}
	switch {
	case !sealed:
		c.fault("not-issued", entryFolder, "Không có mục nhật ký nào ghi việc phát hành")
	case number == nil || number.Number != v.Number || number.Symbol != v.Symbol || number.Date != v.Date:
		c.fault("number", manifestName, "Số, ký hiệu hoặc ngày trong bản kê không phải là số đã cấp trong nhật ký")
	}
	pdf, _ := v.File(record.PDFFile)
	if pdf.SHA256 != record.DigestOf(c.files[pdfName]) || last.PDF != pdf.SHA256 {
		c.fault("pdf", pdfName, "Tệp PDF không phải là tệp mà nhật ký và bản kê nêu")
	}
	attached := map[string]bool{}
	for _, a := range v.Attachments {
		attached[filesFolder+a.File] = true
		f, _ := v.File(a.File)
		if b, ok := c.files[filesFolder+a.File]; !ok || record.DigestOf(b) != f.SHA256 {
			c.fault("attachment", filesFolder+a.File, "Tệp kèm theo thiếu hoặc không phải là tệp trong bản kê")
		}
	}
	for name := range c.files {
		if strings.HasPrefix(name, filesFolder) && !attached[name] {
			c.fault("attachment", name, "Tệp kèm theo không có trong bản kê")
		}
	}
	return v, true
}

// enclosed compares the certificates and answers laid beside the PDF with those
// in it.
func (c *checker) enclosed(ctx context.Context) {
	if c.options.Enclosed == nil {
		return
	}
	certs, ocsps, crls, err := c.options.Enclosed(ctx, c.files[pdfName])
	if err != nil {
		c.fault("pdf", pdfName, "Tệp PDF không đọc được: %v", err)
		return
	}
	of := map[string][][]byte{".cer": certs, ".ocsp": ocsps, ".crl": crls}
	for _, name := range sorted(c.files) {
		if !strings.HasPrefix(name, certFolder) && !strings.HasPrefix(name, answerFolder) {
			continue
		}
		ext := name[strings.LastIndexByte(name, '.'):]
		if !slices.ContainsFunc(of[ext], func(b []byte) bool { return bytes.Equal(b, c.files[name]) }) {
			c.fault("enclosed", name, "Không phải là thứ mà tệp PDF mang theo")
		}
	}
}

// ParseKey reads a log's public key in the form of signed-note tools:
// name+hash+key.
func ParseKey(text string) (ed25519.PublicKey, error) {
	parts := strings.Split(strings.TrimSpace(text), "+")
	if len(parts) < 3 {
		return nil, fmt.Errorf("not a verifier key")
	}
	// The key itself may hold a plus.
	b, err := base64.StdEncoding.DecodeString(strings.Join(parts[2:], "+"))
	if err != nil || len(b) != 1+ed25519.PublicKeySize || b[0] != 1 {
		return nil, fmt.Errorf("not an Ed25519 verifier key")
	}
	return ed25519.PublicKey(b[1:]), nil
}

// InForce says that the package is right and the document was in force when it
// was made.
func (r Report) InForce() bool {
	return r.Good && r.Register != nil && r.Register.State == record.Issued
}

// Text is the report for people, in Vietnamese.
func (r Report) Text() string {
	var b strings.Builder
	if r.Good {
		fmt.Fprintf(&b, "GÓI CHỨNG CỨ: khớp với nhật ký %s đã chốt ở mục %d\n", r.Journal, r.Size)
	} else {
		fmt.Fprintf(&b, "GÓI CHỨNG CỨ: KHÔNG đúng\n")
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "  [SAI] %s: %s [%s]\n", f.File, f.Message, f.Code)
	}
	if x := r.Register; x != nil {
		fmt.Fprintf(&b, "  Sổ đăng ký: %s, %s, %s; người ký %s\n", x.Symbol, x.Date.Vietnamese(), x.Subject, x.Signatory)
		switch x.State {
		case record.Recalled:
			fmt.Fprintf(&b, "  VĂN BẢN ĐÃ BỊ THU HỒI\n")
		case record.Superseded:
			fmt.Fprintf(&b, "  VĂN BẢN ĐÃ BỊ THAY THẾ\n")
		}
	}
	if r.Stamped != nil {
		fmt.Fprintf(&b, "  Dấu thời gian của điểm chốt: %s\n", moment(*r.Stamped))
	}
	if r.KeyKnown {
		fmt.Fprintf(&b, "  Điểm chốt do khóa được tin ký\n")
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  Lưu ý: %s\n", n)
	}
	return b.String()
}
