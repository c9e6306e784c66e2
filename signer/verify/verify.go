package verify

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/trust"
)

// maxSignatures is beyond the limits of package pdf.
const maxSignatures = 64

// Options of a verification.
type Options struct {
	// Roots are the CAs that are trusted; without any, the chain of every
	// signature is unknown.
	Roots []*x509.Certificate
	// Now is the present, against which a claimed time lies in the future; the
	// zero value asks the clock.
	Now time.Time
	// Revocation is asked about certificates that lead to a root and of which the
	// file itself says too little; nil asks nobody.
	Revocation *trust.Checker
	// SecondOpinion asks another implementation as well; nil does not.
	SecondOpinion *SecondOpinion
}

// Verify judges all signatures of a PDF. A bad signature is a Report, not an
// error; errors are *record.Error of kind Invalid, with code pdf-damaged,
// pdf-encrypted, pdf-limit or pdf-unsupported, and the context's.
func Verify(ctx context.Context, b []byte, o Options) (Report, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	r := Report{Size: len(b), Signatures: []Signature{}}
	f, err := openFile(b)
	if end := secondFile(b); end > 0 && (err != nil || f.revisions[0].StartXRef >= end) {
		if first, wrong := verifyFirst(ctx, b, end, o); wrong == nil {
			return first, nil
		}
	}
	if err != nil {
		r.SHA256 = fingerprint(b)
		return r, err
	}
	r.Revisions = len(f.revisions)
	signed, err := f.signed()
	if err != nil {
		r.SHA256 = fingerprint(b)
		return r, err
	}
	if err := f.hash(signed); err != nil {
		r.SHA256 = fingerprint(b)
		return r, err
	}
	r.SHA256 = f.fingerprint(len(b))
	for _, v := range f.revisions {
		r.States = append(r.States, f.fingerprint(v.End))
	}
	for _, s := range signed {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		r.Signatures = append(r.Signatures, f.examine(s))
	}
	j, err := f.judgeTimes(ctx, signed, r.Signatures, o)
	if err != nil {
		return r, err
	}
	r.Unanswered, r.material = j.unanswered, j.material
	if len(j.stamps) > 0 {
		r.EvidenceUntil = &j.stamps[0].token.Authority.NotAfter
	}
	if err := f.examineChanges(ctx, signed, r.Signatures); err != nil {
		return r, err
	}
	for i := range r.Signatures {
		r.Signatures[i].Verdict = r.Signatures[i].judge()
	}
	if r.Findings, err = f.findings(ctx, signed); err != nil {
		return r, err
	}
	r.Notes = f.notes()
	r.conclude()
	if o.SecondOpinion != nil && len(signed) > 0 {
		opinion, err := o.SecondOpinion.ask(ctx, b, o.Roots, len(signed))
		if err != nil {
			return r, err
		}
		r.SecondOpinion = opinion
	}
	return r, nil
}

// secondFile is where a signed PDF ends that another one, with a head of its
// own, was appended to; 0 when there is none.
func secondFile(b []byte) int {
	eof := []byte("%%EOF")
	for at := 0; ; {
		i := bytes.Index(b[at:], eof)
		if i < 0 {
			return 0
		}
		at += i + len(eof)
		rest := bytes.TrimLeft(b[at:], "\x00\t\n\f\r ")
		if bytes.HasPrefix(rest, []byte("%PDF-")) && bytes.Contains(b[:at], []byte("/ByteRange")) {
			return len(b) - len(rest)
		}
	}
}

// verifyFirst judges the file before another that was appended. Some programs
// show the one, some the other: whatever the signatures are worth, it is not
// what was signed.
func verifyFirst(ctx context.Context, b []byte, end int, o Options) (Report, error) {
	r, err := Verify(ctx, b[:end], o)
	if err != nil {
		return r, err
	}
	r.Size, r.SHA256 = len(b), fingerprint(b)
	for i := range r.Signatures {
		r.Signatures[i].Coverage.WholeFile = false
	}
	r.Findings = append(r.Findings, Finding{"file-appended", fmt.Sprintf("Một tệp PDF khác được nối vào sau tệp đã ký, từ byte %d", end)})
	r.conclude()
	return r, nil
}

func (r *Report) conclude() {
	r.Verdict = Unsigned
	for i, s := range r.Signatures {
		if i == 0 {
			r.Verdict = Valid
		}
		// A document timestamp only adds to signatures: not being able to
		// judge it takes nothing from them.
		if s.Kind != kindTimestamp || s.Verdict == Invalid {
			r.Verdict = worse(r.Verdict, s.Verdict)
		}
	}
	if len(r.Findings) > 0 {
		r.Verdict = Invalid
	}
	r.Message = map[Verdict]string{
		Valid:    "Tất cả chữ ký số đều hợp lệ; nội dung nguyên vẹn từ khi ký",
		Unknown:  "Không phát hiện sai lệch, nhưng chưa đủ căn cứ để kết luận chữ ký số hợp lệ",
		Invalid:  "Chữ ký số KHÔNG hợp lệ",
		Unsigned: "Tệp không có chữ ký số",
	}[r.Verdict]
}

// Intact checks that the signatures in these fields verify over their bytes and
// that nothing lies behind the last of them: the quick question before
// something is added. It does not ask who signed. Errors are *record.Error:
// Conflict, signature-missing; Damaged, signature-broken; else those of Verify.
func Intact(b []byte, fields ...string) error {
	f, err := openFile(b)
	if err != nil {
		return err
	}
	signed, err := f.signed()
	if err != nil {
		return err
	}
	if err := f.hash(signed); err != nil {
		return err
	}
	whole := false
	for _, field := range fields {
		i := slices.IndexFunc(signed, func(s *signedField) bool { return s.name == field })
		if i < 0 {
			return record.E(record.Conflict, "signature-missing", fmt.Sprintf("Ô %q chưa được ký", field))
		}
		s := f.examine(signed[i])
		for _, c := range []Check{s.Integrity, s.Coverage.Check} {
			if c.Verdict != Valid {
				return record.E(record.Damaged, "signature-broken", fmt.Sprintf("Chữ ký ở ô %q: %s", field, c.Message))
			}
		}
		whole = whole || s.Coverage.WholeFile
	}
	if !whole {
		return record.E(record.Damaged, "signature-broken", fmt.Sprintf("Tệp đã được ghi thêm sau chữ ký ở ô %q", fields))
	}
	return nil
}

// file is a PDF with its revisions.
type file struct {
	b         []byte
	newest    *pdf.File
	revisions []pdf.Revision
	prefixes  *prefixes
}

// maxTails is how many times its size a file may ask to be hashed behind the
// gaps of its signatures: honest ones end soon behind their gap.
const maxTails = 4

// hash prepares the digests of everything that signatures and states begin with.
func (f *file) hash(signed []*signedField) error {
	ends := []int{len(f.b)}
	for _, r := range f.revisions {
		ends = append(ends, r.End)
	}
	tails := 0
	for _, s := range signed {
		ends = append(ends, s.gapStart)
		tails += s.end - s.gapEnd
	}
	if tails > maxTails*len(f.b) {
		return record.E(record.Invalid, "pdf-limit", "Các chữ ký của tệp PDF chồng lên nhau quá nhiều lần")
	}
	f.prefixes = newPrefixes(f.b, ends)
	return nil
}

// fingerprint is the SHA-256 of the file's beginning.
func (f *file) fingerprint(end int) string {
	return hex.EncodeToString(f.prefixes.sum(crypto.SHA256, end, end, end))
}

func openFile(b []byte) (*file, error) {
	newest, err := pdf.Open(b)
	if err != nil {
		return nil, refused(err)
	}
	f := &file{b: b, newest: newest, revisions: newest.Revisions()}
	if len(f.revisions) == 0 {
		return nil, refused(pdf.ErrDamaged)
	}
	return f, nil
}

// at is the file as it was at revision i.
func (f *file) at(i int) (*pdf.File, error) {
	if i == len(f.revisions)-1 {
		return f.newest, nil
	}
	s, err := f.newest.At(i)
	if err != nil {
		return nil, refused(err)
	}
	return s, nil
}

// refused turns an error of package pdf into the domain's.
func refused(err error) error {
	var known *record.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, pdf.ErrEncrypted):
		return record.Because(err, record.Invalid, "pdf-encrypted", "Tệp PDF bị mã hóa, không kiểm tra được")
	case errors.Is(err, pdf.ErrLimit):
		return record.Because(err, record.Invalid, "pdf-limit", "Tệp PDF vượt giới hạn xử lý")
	case errors.Is(err, pdf.ErrUnsupported):
		return record.Because(err, record.Invalid, "pdf-unsupported", "Tệp PDF dùng tính năng không được hỗ trợ")
	}
	return record.Because(err, record.Invalid, "pdf-damaged", "Tệp không phải là PDF hoặc đã hỏng")
}

// signed lists the signed fields of the newest state in the order in which
// they were made.
func (f *file) signed() ([]*signedField, error) {
	form, err := readForm(f.newest)
	if err != nil {
		return nil, refused(err)
	}
	var out []*signedField
	for _, fd := range form.fields {
		if fd.kind != "Sig" || fd.value == nil {
			continue
		}
		if len(out) == maxSignatures {
			return nil, record.E(record.Invalid, "pdf-limit", "Tệp PDF có quá nhiều chữ ký")
		}
		out = append(out, readSignedField(f.newest, fd))
	}
	if certified, named := f.permissions()["DocMDP"].(pdf.Ref); named {
		for _, s := range out {
			if s.num == certified.Num && s.mdp.level == 0 {
				s.mdp.level = 2 // of a certification that says no more (12.8.2.2)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *signedField) int { return cmp.Compare(a.end, b.end) })
	return out, nil
}

// permissions are those of the catalogue (ISO 32000-1, 12.8.4).
func (f *file) permissions() pdf.Dict {
	catalog, err := f.newest.Catalog()
	if err != nil {
		return nil
	}
	d, _ := pdf.As[pdf.Dict](f.newest, catalog["Perms"])
	return d
}

// notes are what people may want to know.
func (f *file) notes() []Finding {
	var out []Finding
	for k := range f.permissions() {
		if strings.HasPrefix(string(k), "UR") {
			out = append(out, Finding{"usage-rights", "Tệp có chữ ký quyền sử dụng của phần mềm (UR3), không phải chữ ký của người hay cơ quan; không xét đến"})
			break
		}
	}
	return out
}

// findings are about the file as a whole: signatures that an earlier state had
// and the newest has not, and bytes that belong to no revision.
func (f *file) findings(ctx context.Context, signed []*signedField) ([]Finding, error) {
	var out []Finding
	now := map[int]bool{}
	for _, s := range signed {
		now[s.gapStart] = true
	}
	reported := map[int]bool{}
	for i := range f.revisions[:len(f.revisions)-1] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		state, err := f.at(i)
		if err != nil {
			return nil, err
		}
		form, err := readForm(state)
		if err != nil {
			return nil, refused(err)
		}
		for _, fd := range form.fields {
			if fd.kind != "Sig" || fd.value == nil {
				continue
			}
			if s := readSignedField(state, fd); !now[s.gapStart] && !reported[s.gapStart] {
				reported[s.gapStart] = true
				out = append(out, Finding{"signature-removed", fmt.Sprintf("Chữ ký ở ô %q (trạng thái %d của tệp) đã bị gỡ bỏ hoặc thay thế", s.name, i+1)})
			}
		}
	}
	if certified, named := f.permissions()["DocMDP"].(pdf.Ref); named && !slices.ContainsFunc(signed, func(s *signedField) bool { return s.num == certified.Num }) {
		out = append(out, Finding{"certification-hidden", "Chữ ký chứng nhận tài liệu (DocMDP) không nằm trong ô chữ ký nào"})
	}
	if len(signed) == 0 && len(out) == 0 && bytes.Contains(f.b, []byte("/ByteRange")) {
		out = append(out, Finding{"signature-hidden", "Tệp chứa dấu vết chữ ký số nhưng không còn ô chữ ký nào"})
	}
	if end := f.revisions[len(f.revisions)-1].End; len(signed) > 0 && len(bytes.Trim(f.b[min(end, len(f.b)):], "\x00\t\n\f\r ")) > 0 {
		out = append(out, Finding{"trailing-bytes", "Có dữ liệu lạ ở cuối tệp, sau phần PDF"})
	}
	return out, nil
}
