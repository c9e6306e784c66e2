package signer

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/trust"
	"vanthu/signer/tsp"
)

// contentsSize is the room for the CMS, in bytes: RSA-4096 with a chain of
// three and a timestamp fits twice. What does not fit is an error, never a
// second try, because a key may ask a person each time.
const contentsSize = 16 << 10

// signature is one signature about to be made.
type signature struct {
	kind   string
	field  pdf.Ref
	lock   pdf.Dict // FieldMDP; nil locks nothing
	rect   pdf.Rect
	show   *pdf.Stream // appearance
	by     candidate
	time   time.Time
	place  string
	reason string
}

// unsigned is a file with everything of a signature but its value.
type unsigned struct {
	base     int    // bytes of the file that is being signed
	out      []byte // the whole file, the gap empty
	from, to int    // the gap
	attrs    []byte
	chain    []*x509.Certificate
	scheme   cms.Scheme
	fact     record.SignatureFact
}

// begin puts the signature dictionary into its field, writes the update and
// fills in the byte range.
func begin(u *pdf.Update, base int, s signature) (*unsigned, error) {
	certificate := s.by.Certificate()
	name := certificate.Subject.CommonName
	contents, byteRange := &pdf.Hole{Width: 2 + 2*contentsSize}, &pdf.Hole{Width: 48}
	moment := s.time.In(record.Office).Truncate(time.Second)
	value := pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"ByteRange": byteRange, "Contents": contents,
		"M":    pdf.String(moment.Format("D:20060102150405") + "+07'00'"),
		"Name": pdf.TextString(name), "Location": pdf.TextString(s.place), "Reason": pdf.TextString(s.reason),
	}
	if s.lock != nil {
		params := s.lock.Clone()
		params["Type"], params["V"] = pdf.Name("TransformParams"), pdf.Name("1.2")
		value["Reference"] = pdf.Array{pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"), "TransformParams": params}}
	}
	d, err := u.Dict(s.field)
	if err != nil {
		return nil, damaged(err)
	}
	d["V"] = u.Add(value)
	d["Rect"] = s.rect.Array()
	d["AP"] = pdf.Dict{"N": u.Add(s.show)}
	u.Set(s.field, d)
	out := &unsigned{base: base, chain: s.by.Chain, scheme: s.by.SignsBy(), fact: record.SignatureFact{Kind: s.kind, Signer: name,
		Certificate: digestOf(certificate), Time: moment, Revocation: s.by.revocation}}
	if out.out, err = u.Write(); err != nil {
		return nil, damaged(err)
	}
	out.from, out.to = contents.Offset, contents.Offset+contents.Width
	setRange(out.out, byteRange, contents)
	if out.attrs, err = cms.Attributes(certificate, out.scheme, out.digest()); err != nil {
		return nil, keyFailed(err, name)
	}
	return out, nil
}

// setRange writes the byte range that leaves out contents.
func setRange(b []byte, byteRange, contents *pdf.Hole) {
	from, to := contents.Offset, contents.Offset+contents.Width
	copy(b[byteRange.Offset:byteRange.Offset+byteRange.Width], fmt.Appendf(nil, "[0 %d %d %d]", from, to, len(b)-to))
}

// digest is that of the signed bytes.
func (u *unsigned) digest() []byte {
	h := u.scheme.Hash.New()
	h.Write(u.out[:u.from])
	h.Write(u.out[u.to:])
	return h.Sum(nil)
}

func keyFailed(err error, name string) error {
	return record.Because(err, record.Unavailable, "key-failed", fmt.Sprintf("Không ký được bằng khóa của %s", name))
}

// sign has a key at hand make the value.
func (s *Signer) sign(ctx context.Context, u *unsigned, by candidate) ([]byte, record.SignatureFact, error) {
	if err := ctx.Err(); err != nil {
		return nil, u.fact, record.Because(err, record.Unavailable, "cancelled", "Việc ký đã bị hủy")
	}
	value, err := cms.SignAttributes(rand.Reader, by.Key, u.scheme, u.attrs)
	if err != nil {
		var known *record.Error
		if errors.As(err, &known) {
			return nil, u.fact, err // a token says itself what is wrong with it
		}
		return nil, u.fact, keyFailed(err, u.fact.Signer)
	}
	return s.finish(ctx, u, value)
}

// finish checks the value, has it stamped, and fills the gap.
func (s *Signer) finish(ctx context.Context, u *unsigned, value []byte) ([]byte, record.SignatureFact, error) {
	der, err := cms.Assemble(u.chain, u.scheme, u.attrs, value, nil)
	if err != nil {
		return nil, u.fact, keyFailed(err, u.fact.Signer)
	}
	if stamped, at := s.stamp(ctx, u, value); stamped != nil {
		der, u.fact.Stamped = stamped, at
	}
	if len(der) > contentsSize {
		return nil, u.fact, record.E(record.Unavailable, "signature-too-large",
			"Chữ ký dài "+strconv.Itoa(len(der))+" byte, quá chỗ dành sẵn "+strconv.Itoa(contentsSize)+" byte; hãy bớt chứng thư trong chuỗi")
	}
	fillGap(u.out[u.from:u.to], der)
	return u.out, u.fact, nil
}

// fillGap writes der as a hexadecimal string that fills room.
func fillGap(room, der []byte) {
	room[0], room[len(room)-1] = '<', '>'
	n := hex.Encode(room[1:], der)
	copy(room[1+n:len(room)-1], bytes.Repeat([]byte("0"), len(room)-2-n))
}

// stamp is the SignedData with a signature timestamp (ETSI EN 319 142-1, B-T),
// nil when there is no authority, it does not answer in time, or its token does
// not fit: a document timestamp proves the time later.
func (s *Signer) stamp(ctx context.Context, u *unsigned, value []byte) ([]byte, time.Time) {
	if s.options.TSA == nil {
		return nil, time.Time{}
	}
	limited, cancel := context.WithTimeout(ctx, s.options.wait())
	defer cancel()
	h := u.scheme.Hash.New()
	h.Write(value)
	token, err := s.options.TSA.Stamp(limited, u.scheme.Hash, h.Sum(nil))
	var der []byte
	if err == nil {
		der, err = cms.Assemble(s.withIssuers(limited, u.chain, token), u.scheme, u.attrs, value, token.Raw)
	}
	if err == nil && len(der) > contentsSize {
		err = fmt.Errorf("timestamped signature of %d bytes", len(der))
	}
	if err != nil {
		s.options.log().WarnContext(ctx, "signature without timestamp", "error", err)
		return nil, time.Time{}
	}
	return der, token.Time
}

// withIssuers is a chain with the issuers of a timestamp's authority that the
// token does not enclose: nobody may be there to give them later.
func (s *Signer) withIssuers(ctx context.Context, chain []*x509.Certificate, token *tsp.Token) []*x509.Certificate {
	known := slices.Concat(chain, token.Certificates)
	if _, err := trust.Path(token.Authority, known, s.options.Roots, token.Time); err == nil || s.options.Revocation == nil {
		return chain
	}
	issuers := s.options.Revocation.Complete(ctx, []*x509.Certificate{token.Authority}, slices.Concat(known, s.options.Roots))[1:]
	return slices.Concat(chain, issuers)
}
