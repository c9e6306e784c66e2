package signer

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/keys"
)

// contentsSize is the room for the CMS, in bytes: RSA-4096 with a chain of
// three fits twice. What does not fit is an error, never a second try, because
// a key may ask a person each time.
const contentsSize = 16 << 10

// signature is one signature about to be made.
type signature struct {
	kind     string
	field    field
	rect     pdf.Rect
	picture  *picture
	identity keys.Identity
	time     time.Time
	place    string
	reason   string
}

// finish puts the signature dictionary into its field, writes the update and
// fills in byte range and CMS.
func finish(ctx context.Context, u *pdf.Update, s signature) ([]byte, record.SignatureFact, error) {
	var none record.SignatureFact
	if err := ctx.Err(); err != nil {
		return nil, none, record.Because(err, record.Unavailable, "cancelled", "Việc ký đã bị hủy")
	}
	certificate := s.identity.Certificate()
	name := certificate.Subject.CommonName
	contents, byteRange := &pdf.Hole{Width: 2 + 2*contentsSize}, &pdf.Hole{Width: 48}
	moment := s.time.In(record.Office).Truncate(time.Second)
	value := pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"ByteRange": byteRange, "Contents": contents,
		"M":    pdf.String(moment.Format("D:20060102150405") + "+07'00'"),
		"Name": pdf.TextString(name), "Location": pdf.TextString(s.place), "Reason": pdf.TextString(s.reason),
		"Reference": pdf.Array{pdf.Dict{
			"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"),
			"TransformParams": transform(s.kind),
		}},
	}
	d, err := u.Dict(s.field.Ref)
	if err != nil {
		return nil, none, damaged(err)
	}
	d["V"] = u.Add(value)
	d["Rect"] = s.rect.Array()
	d["AP"] = pdf.Dict{"N": u.Add(s.picture.appearance(u, s.rect))}
	u.Set(s.field.Ref, d)
	out, err := u.Write()
	if err != nil {
		return nil, none, damaged(err)
	}
	from, to := contents.Offset, contents.Offset+contents.Width
	copy(out[byteRange.Offset:byteRange.Offset+byteRange.Width], fmt.Appendf(nil, "[0 %d %d %d]", from, to, len(out)-to))
	h := sha256.New()
	h.Write(out[:from])
	h.Write(out[to:])
	der, err := cms.Sign(rand.Reader, s.identity.Key, s.identity.Chain, cms.Scheme{Hash: crypto.SHA256}, h.Sum(nil))
	if err != nil {
		return nil, none, record.Because(err, record.Unavailable, "key-failed", fmt.Sprintf("Không ký được bằng khóa của %s", name))
	}
	if len(der) > contentsSize {
		return nil, none, record.E(record.Unavailable, "signature-too-large",
			"Chữ ký dài "+strconv.Itoa(len(der))+" byte, quá chỗ dành sẵn "+strconv.Itoa(contentsSize)+" byte; hãy bớt chứng thư trong chuỗi")
	}
	room := out[from:to]
	room[0], room[len(room)-1] = '<', '>'
	n := hex.Encode(room[1:], der)
	for i := 1 + n; i < len(room)-1; i++ {
		room[i] = '0'
	}
	return out, record.SignatureFact{Kind: s.kind, Signer: name, Certificate: digestOf(certificate), Time: moment}, nil
}

// transform is what a signature locks: the personal one all fields but those
// that are filled after it, the seal those it has just filled (12.8.2.4).
func transform(kind string) pdf.Dict {
	d := lock(kind)
	d["Type"] = pdf.Name("TransformParams")
	d["V"] = pdf.Name("1.2")
	return d
}

func lock(kind string) pdf.Dict {
	names := func(list ...string) pdf.Array {
		var out pdf.Array
		for _, n := range list {
			out = append(out, pdf.TextString(n))
		}
		return out
	}
	if kind == Personal {
		return pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Exclude"),
			"Fields": names(NumberField, DayField, MonthField, SealField)}
	}
	return pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Include"),
		"Fields": names(NumberField, DayField, MonthField)}
}
