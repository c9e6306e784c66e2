package signer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/verify"
)

// MarkField and CopyField are the fields of the organisation's signature on a
// separate attachment and on a certified copy; later ones are numbered.
const (
	MarkField = verify.MarkField
	CopyField = verify.CopyField
)

// Certify puts the organisation's signature on a PDF that has no slots for it,
// shown as text at the top right of page one: the lines asked for, and the time
// by ISO 8601. An attachment is any PDF; where nobody has signed it and no
// place is bare, the mark stands over what is there, as on a scan. A copy is the
// whole of a signed file, whose signatures stay valid and keep covering nothing
// but themselves; or with Pages a new file of those pages, without signatures
// other than this, showing what they showed.
//
// Errors: those of Certifiable, and Unavailable for keys and certificates that
// cannot be used at in.Time.
func (s *Signer) Certify(ctx context.Context, b []byte, in record.Certifying) ([]byte, record.SignatureFact, error) {
	var none record.SignatureFact
	f, m, err := s.certifiable(b, in)
	if err != nil {
		return nil, none, err
	}
	by, err := s.organization(ctx, in.Issuer, in.Time)
	if err != nil {
		return nil, none, err
	}
	kind, base, label := Attachment, MarkField, "Chữ ký của cơ quan trên tệp kèm theo"
	if in.Copy {
		kind, base, label = Copy, CopyField, "Chữ ký của cơ quan trên bản sao"
	}
	name, err := freeName(f, base)
	if err != nil {
		return nil, none, damaged(err)
	}
	u := pdf.NewUpdate(f)
	field, err := addField(f, u, m.page, pdf.Dict{"T": pdf.TextString(name), "TU": pdf.TextString(label), "Rect": m.rect.Array()})
	if err != nil {
		return nil, none, damaged(err)
	}
	show, err := m.appearance(u)
	if err != nil {
		return nil, none, err
	}
	made, err := begin(u, len(f.Bytes()), signature{kind: kind, field: field, rect: m.rect, show: show, by: by, time: in.Time,
		place: in.Issuer.Place, reason: in.Reason})
	if err != nil {
		return nil, none, err
	}
	out, fact, err := s.sign(ctx, made, by)
	if err != nil {
		return nil, none, err
	}
	if _, err := whole(out); err != nil { // what was signed before must hold as before
		return nil, none, record.Because(err, record.Conflict, "pdf-certified", "Người ký tệp PDF không cho phép thêm gì vào tệp")
	}
	return out, fact, nil
}

// Certifiable says why a PDF could not be certified: Invalid, pdf-damaged,
// pdf-encrypted or pdf-limit, for a file that cannot be read or extended;
// Conflict, pdf-certified, for one whose author forbids every change,
// signature-broken for one whose signatures are not whole, mark-no-room when the
// mark finds no place; Invalid, mark-text and copy-pages; Unavailable,
// font-missing.
func (s *Signer) Certifiable(b []byte, in record.Certifying) error {
	_, _, err := s.certifiable(b, in)
	return err
}

func (s *Signer) certifiable(b []byte, in record.Certifying) (*pdf.File, mark, error) {
	var none mark
	f, err := openForeign(b)
	if err != nil {
		return nil, none, err
	}
	signed, err := whole(b)
	if err != nil {
		return nil, none, err
	}
	if len(in.Pages) > 0 {
		pages := make([]int, len(in.Pages))
		for i, n := range in.Pages {
			pages[i] = n - 1
		}
		all, err := f.Pages()
		if err != nil {
			return nil, none, foreign(err)
		}
		if i := slices.IndexFunc(in.Pages, func(n int) bool { return n < 1 || n > len(all) }); i >= 0 {
			return nil, none, record.Faulty("copy-pages", "Chưa trích sao được", []record.Fault{{Pointer: "/pages", Code: "copy-pages",
				Message: fmt.Sprintf("Văn bản có %d trang, không có trang %d", len(all), in.Pages[i])}})
		}
		if b, err = f.Extract(pages); err == nil {
			f, err = pdf.Open(b)
		}
		if err != nil {
			return nil, none, foreign(err)
		}
		signed = false
	}
	if signed {
		locked, err := certified(f)
		if err != nil {
			return nil, none, foreign(err)
		}
		if locked {
			return nil, none, record.E(record.Conflict, "pdf-certified", "Người ký tệp PDF không cho phép thêm gì vào tệp")
		}
	}
	lines := append(slices.Clone(in.Lines), in.Time.In(record.Office).Format("2006-01-02T15:04:05-07:00"))
	m, err := s.layMark(f, lines, signed)
	return f, m, err
}

// openForeign reads a PDF from outside.
func openForeign(b []byte) (*pdf.File, error) {
	f, err := pdf.Open(b)
	if err != nil {
		return nil, foreign(err)
	}
	if _, err := f.Catalog(); err != nil {
		return nil, foreign(err)
	}
	return f, nil
}

// foreign is what is wrong with a file from outside.
func foreign(err error) error {
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return record.Because(err, record.Invalid, "pdf-encrypted", "Tệp PDF có mật khẩu hoặc bị mã hóa")
	case errors.Is(err, pdf.ErrLimit):
		return record.Because(err, record.Invalid, "pdf-limit", "Tệp PDF quá lớn hoặc quá phức tạp")
	}
	return record.Because(err, record.Invalid, "pdf-damaged", "Không phải tệp PDF, hoặc tệp bị hỏng")
}

// whole says whether a file is signed; one with a signature that does not hold
// is refused.
func whole(b []byte) (signed bool, err error) {
	r, err := verify.Verify(context.Background(), b, verify.Options{})
	if err != nil {
		return false, err
	}
	if i := slices.IndexFunc(r.Signatures, func(x verify.Signature) bool { return x.Verdict == verify.Invalid }); i >= 0 {
		return true, record.E(record.Conflict, "signature-broken", fmt.Sprintf("Chữ ký số ở ô %q của tệp PDF không còn nguyên vẹn", r.Signatures[i].Field))
	}
	return len(r.Signatures) > 0, nil
}

// certified says whether a signature allows no change at all (ISO 32000-1,
// 12.8.2.2, P of 1), by its reference or its field's lock.
func certified(f *pdf.File) (bool, error) {
	fields, err := topFields(f)
	if err != nil {
		return false, err
	}
	for _, x := range fields {
		sig, err := pdf.As[pdf.Dict](f, x.Dict["V"])
		if err != nil || sig == nil {
			continue // a text, or no signature
		}
		lock, err := pdf.As[pdf.Dict](f, x.Dict["Lock"])
		if err != nil {
			return false, err
		}
		if lock["P"] == pdf.Integer(1) {
			return true, nil
		}
		list, err := pdf.As[pdf.Array](f, sig["Reference"])
		if err != nil {
			return false, err
		}
		for _, o := range list {
			ref, err := pdf.As[pdf.Dict](f, o)
			if err != nil {
				return false, err
			}
			params, err := pdf.As[pdf.Dict](f, ref["TransformParams"])
			if err != nil {
				return false, err
			}
			if ref["TransformMethod"] == pdf.Name("DocMDP") && params["P"] == pdf.Integer(1) {
				return true, nil
			}
		}
	}
	return false, nil
}
