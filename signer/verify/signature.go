package verify

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"vanthu/pdf"
	"vanthu/signer/cms"
	"vanthu/signer/tsp"
)

// Kinds of signature, told by the field they stand in.
const (
	kindPersonal  = "personal"
	kindSeal      = "seal"
	kindCopy      = "copy"
	kindMark      = "attachment"
	kindTimestamp = "timestamp"
	kindOther     = "other"
)

// Fields that the signer makes: those of several signatories and copies are
// numbered from 2 on.
const (
	PersonalField = "vtPersonal"
	SealField     = "vtSeal"
	CopyField     = "vtCopy"
	MarkField     = "vtMark"
)

const (
	subFilterCAdES     = "ETSI.CAdES.detached"
	subFilterPKCS7     = "adbe.pkcs7.detached"
	subFilterTimestamp = "ETSI.RFC3161"
)

// signedField is a signature field with its signature dictionary (ISO 32000-1,
// 12.8.1) and the byte range it names.
type signedField struct {
	name     string
	ref      pdf.Ref // of the field
	num      int     // object number of the signature dictionary, 0 when direct
	dict     pdf.Dict
	contents pdf.String
	mdp      mdp

	// From ByteRange, 0 when its shape is wrong: the signed bytes are
	// [0,gapStart) and [gapEnd,end).
	gapStart, gapEnd, end int
	shape                 error // what is wrong with the byte range
	revision              int   // signed state, from 0; -1 when unclear

	cms   *cms.SignedData // nil when it can't be read, or is a timestamp
	token *tsp.Token      // of a document timestamp
}

func readSignedField(f *pdf.File, fd field) *signedField {
	s := &signedField{name: fd.name, ref: fd.ref, revision: -1}
	d, err := pdf.As[pdf.Dict](f, fd.value)
	if err != nil || d == nil {
		s.dict, s.shape = pdf.Dict{}, errors.New("giá trị của ô không phải là chữ ký")
		return s
	}
	s.dict = d
	if r, ok := fd.value.(pdf.Ref); ok {
		s.num = r.Num
	}
	s.mdp = readMDP(f, d, fd.dict)
	s.shape = s.readRange(f)
	return s
}

// readRange checks that the byte range leaves out exactly the hexadecimal
// string of Contents, within this very signature dictionary: any other gap
// would be room for something unsigned.
func (s *signedField) readRange(f *pdf.File) error {
	var ok bool
	if s.contents, ok = s.dict["Contents"].(pdf.String); !ok || s.num == 0 {
		return errors.New("chữ ký không nằm trực tiếp trong từ điển chữ ký")
	}
	array, err := pdf.As[pdf.Array](f, s.dict["ByteRange"])
	if err != nil || len(array) != 4 {
		return errors.New("ByteRange không có đúng bốn số")
	}
	var n [4]int
	for i, o := range array {
		v, ok := o.(pdf.Integer)
		if !ok || v < 0 || int64(v) > int64(len(f.Bytes())) {
			return errors.New("ByteRange vượt ra ngoài tệp")
		}
		n[i] = int(v)
	}
	b := f.Bytes()
	if n[0] != 0 || n[1] == 0 || n[2] <= n[1] || n[2]+n[3] > len(b) {
		return errors.New("ByteRange không bắt đầu từ đầu tệp, chồng lấn hoặc vượt ra ngoài tệp")
	}
	s.gapStart, s.gapEnd, s.end = n[1], n[2], n[2]+n[3]
	start, stop, ok := f.Extent(s.num)
	if !ok || s.gapStart < start || s.gapEnd > stop {
		return errors.New("phần không được ký nằm ngoài từ điển chữ ký")
	}
	gap := b[s.gapStart:s.gapEnd]
	if gap[0] != '<' || gap[len(gap)-1] != '>' {
		return errors.New("phần không được ký không phải đúng là chuỗi Contents")
	}
	inner := gap[1 : len(gap)-1]
	value := make([]byte, hex.DecodedLen(len(inner)))
	if _, err := hex.Decode(value, inner); err != nil || string(value) != string(s.contents) {
		return errors.New("phần không được ký không phải đúng là chuỗi Contents")
	}
	if !bytes.HasSuffix(bytes.TrimRight(b[start:s.gapStart], "\x00\t\n\f\r "), []byte("/Contents")) {
		return errors.New("phần không được ký không phải đúng là chuỗi Contents")
	}
	return nil
}

// kind tells personal signature, seal and timestamp apart.
func (s *signedField) kind() string {
	switch {
	case s.dict["Type"] == pdf.Name("DocTimeStamp") || s.dict["SubFilter"] == pdf.Name(subFilterTimestamp):
		return kindTimestamp
	case numbered(s.name, PersonalField):
		return kindPersonal
	case s.name == SealField:
		return kindSeal
	case numbered(s.name, CopyField):
		return kindCopy
	case numbered(s.name, MarkField):
		return kindMark
	}
	return kindOther
}

// numbered says whether a field is base, base2, base3...
func numbered(name, base string) bool {
	number, ok := strings.CutPrefix(name, base)
	return ok && strings.Trim(number, "0123456789") == ""
}

// examine answers everything about s that its own bytes tell.
func (f *file) examine(s *signedField) Signature {
	sub, _ := s.dict["SubFilter"].(pdf.Name)
	out := Signature{Field: s.name, Kind: s.kind(), SubFilter: string(sub), Changes: []Change{},
		Reason: text(f.newest, s.dict["Reason"]), Location: text(f.newest, s.dict["Location"])}
	if t, err := parseDate(text(f.newest, s.dict["M"])); err == nil {
		out.ClaimedTime = &t
	}
	out.Coverage = f.coverage(s)
	none := unknown("not-established", "Chưa xác định được vì không đọc được chữ ký")
	out.Chain, out.AtSigning, out.KeyUsage, out.Revocation.Check = none, none, none, none
	if sub == subFilterTimestamp {
		out.Integrity = f.timestampIntegrity(s)
		if s.token != nil {
			out.ClaimedTime = &s.token.Time
		}
		return out
	}
	s.cms, out.Integrity = f.integrity(s, string(sub))
	if s.cms == nil {
		return out
	}
	if out.ClaimedTime == nil && !s.cms.SigningTime.IsZero() {
		out.ClaimedTime = &s.cms.SigningTime
	}
	if s.cms.Signer != nil {
		out.Algorithm = algorithm(s.cms)
		out.describe(s.cms.Signer)
	}
	return out
}

func (f *file) coverage(s *signedField) Coverage {
	if s.shape != nil {
		return Coverage{Check: invalid("byte-range", "Phạm vi ký sai: "+s.shape.Error())}
	}
	for i, r := range f.revisions {
		// A line end behind %%EOF may have been added by the next update.
		if s.end > r.End || s.end < r.End-2 || len(bytes.Trim(f.b[s.end:r.End], "\r\n")) > 0 {
			continue
		}
		if bytes.LastIndex(f.b[:s.end], []byte("%%EOF")) < s.end-8 {
			continue
		}
		s.revision = i
		c := Coverage{Revision: i + 1, End: s.end, WholeFile: i == len(f.revisions)-1 && len(bytes.Trim(f.b[s.end:], "\r\n")) == 0}
		c.Check = ok(fmt.Sprintf("Chữ ký bao trùm trạng thái %d/%d của tệp", i+1, len(f.revisions)))
		if c.WholeFile {
			c.Check = ok("Chữ ký bao trùm toàn bộ tệp")
		}
		return c
	}
	return Coverage{End: s.end, Check: invalid("byte-range-end", "Phạm vi ký không kết thúc ở cuối một lần lưu tệp")}
}

// integrity checks digest and signature value. The SignedData is returned even
// when they are wrong, nil when it can't be read.
func (f *file) integrity(s *signedField, sub string) (*cms.SignedData, Check) {
	if s.shape != nil {
		return nil, invalid("byte-range", "Không xác định được dữ liệu đã ký: "+s.shape.Error())
	}
	signed, err := cms.Parse([]byte(s.contents))
	if sub != subFilterCAdES && sub != subFilterPKCS7 {
		// The name may be what was changed.
		if err == nil && errors.Is(signed.Verify(f.digest(s, signed.Hash)), cms.ErrDigest) {
			return nil, cmsCheck(cms.ErrDigest)
		}
		return nil, unknown("sub-filter", fmt.Sprintf("Loại chữ ký %q không được hỗ trợ", sub))
	}
	if err != nil {
		return nil, cmsCheck(err)
	}
	if err := signed.Verify(f.digest(s, signed.Hash)); err != nil {
		return signed, cmsCheck(err)
	}
	if sub == subFilterCAdES && !signed.SigningCertificate {
		return signed, unknown("not-cades", "Chữ ký ghi là CAdES nhưng thiếu thuộc tính signing-certificate")
	}
	return signed, ok("Nội dung được ký còn nguyên vẹn")
}

// digest is that of the signed bytes.
func (f *file) digest(s *signedField, h crypto.Hash) []byte {
	return f.prefixes.sum(h, s.gapStart, s.gapEnd, s.end)
}

// timestampIntegrity checks a document timestamp over its bytes.
func (f *file) timestampIntegrity(s *signedField) Check {
	if s.shape != nil {
		return invalid("byte-range", "Không xác định được dữ liệu đã ký: "+s.shape.Error())
	}
	t, err := tsp.Parse([]byte(s.contents))
	if err != nil {
		return cmsCheck(err)
	}
	s.token = t
	if err := t.Verify(f.digest(s, t.Hash)); err != nil {
		return cmsCheck(err)
	}
	return ok("Nội dung có dấu thời gian còn nguyên vẹn")
}

func cmsCheck(err error) Check {
	switch {
	case errors.Is(err, tsp.ErrImprint):
		return invalid("content-changed", "Nội dung đã bị thay đổi sau khi cấp dấu thời gian")
	case errors.Is(err, tsp.ErrPurpose):
		return invalid("key-usage", "Chứng thư không được cấp để cấp dấu thời gian")
	case errors.Is(err, cms.ErrDigest):
		return invalid("content-changed", "Nội dung đã bị thay đổi sau khi ký")
	case errors.Is(err, cms.ErrSignature):
		return invalid("signature-value", "Giá trị chữ ký không khớp với chứng thư")
	case errors.Is(err, cms.ErrCertificate):
		return invalid("signing-certificate", "Chứng thư kèm theo không phải chứng thư đã dùng để ký")
	case errors.Is(err, cms.ErrNoSigner):
		return unknown("certificate-missing", "Chữ ký không kèm chứng thư của người ký")
	case errors.Is(err, cms.ErrWeak):
		return unknown("algorithm-weak", "Thuật toán hoặc khóa quá yếu, không còn giá trị chứng minh")
	case errors.Is(err, cms.ErrUnsupported):
		return unknown("algorithm-unsupported", "Dạng chữ ký không được hỗ trợ")
	}
	return invalid("signature-malformed", "Không đọc được chữ ký")
}

// parseDate reads a PDF date, D:YYYYMMDDHHmmSSOHH'mm' (ISO 32000-1, 7.9.4).
// One without a zone is refused: nobody knows when that was.
func parseDate(s string) (time.Time, error) {
	s = strings.TrimPrefix(s, "D:")
	s = strings.ReplaceAll(s, "'", "")
	if strings.HasSuffix(s, "Z0000") {
		s = strings.TrimSuffix(s, "0000")
	}
	return time.Parse("20060102150405Z0700", s)
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
