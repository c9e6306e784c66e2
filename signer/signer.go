package signer

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/keys"
	"vanthu/signer/verify"
)

// KeyRing finds the keys of people and organisations.
type KeyRing interface {
	Personal(ctx context.Context, org, person string) (keys.Identity, error)
	Seal(ctx context.Context, org, seal string) (keys.Identity, error)
}

// Signer prepares, signs and seals. It may be used by several goroutines.
type Signer struct {
	keys   KeyRing
	fonts  *fonts
	images *images
}

// New is a signer with keys from ring and the fonts that fontconfig knows.
func New(ring KeyRing) *Signer {
	return &Signer{keys: ring, fonts: newFonts(), images: newImages()}
}

// Names of the form fields. The verifier tells by them which signature is
// which and what may change after it.
const (
	NumberField   = "vtNumber"
	DayField      = "vtDay"
	MonthField    = "vtMonth"
	PersonalField = "vtPersonal"
	SealField     = "vtSeal"
)

// Kinds of record.SignatureFact.
const (
	Personal = "personal"
	Seal     = "seal"
)

// Sign puts the official's signature into a prepared PDF, its blue image
// centred between title and name, and settles where the seal will stand.
// Errors: Conflict not-prepared, already-signed; Damaged pdf-damaged;
// Unavailable for keys and certificates that cannot be used at s.Time.
func (s *Signer) Sign(ctx context.Context, b []byte, in record.Signing) ([]byte, record.SignatureFact, error) {
	var none record.SignatureFact
	f, fields, err := open(b)
	if err != nil {
		return nil, none, err
	}
	if fields[PersonalField].Dict["V"] != nil || fields[SealField].Dict["V"] != nil {
		return nil, none, record.E(record.Conflict, "already-signed", "Văn bản đã được ký")
	}
	id, picture, err := s.official(ctx, in.Issuer, in.Signatory.Person, in.Time)
	if err != nil {
		return nil, none, err
	}
	diameter, err := diameterOf(in.Issuer.Seal)
	if err != nil {
		return nil, none, err
	}
	area, err := f.Rect(fields[PersonalField].Dict["Rect"])
	if err != nil {
		return nil, none, damaged(err)
	}
	sealArea, err := f.Rect(fields[SealField].Dict["Rect"])
	if err != nil {
		return nil, none, damaged(err)
	}
	u := pdf.NewUpdate(f)
	own := picture.within(area)
	// The seal's place follows from the image, so it is settled before the
	// signature that protects it.
	page, err := pageOf(f, fields[SealField].Dict)
	if err != nil {
		return nil, none, err
	}
	seal := fields[SealField].Dict.Clone()
	seal["Rect"] = sealRect(own, sealArea, diameter, page).Array()
	u.Set(fields[SealField].Ref, seal)
	if err := announceSignatures(f, u); err != nil {
		return nil, none, damaged(err)
	}
	return finish(ctx, u, signature{
		kind: Personal, field: fields[PersonalField], rect: own, picture: picture, identity: id, time: in.Time,
		place:  in.Issuer.Place,
		reason: "Ký ban hành văn bản",
	})
}

// Seal fills number, day and month into a signed PDF and puts the
// organisation's signature under them, its red image over the left third of
// the personal one. Errors: Conflict not-prepared, not-signed, already-sealed,
// number-too-wide; Damaged signature-broken, pdf-damaged; Unavailable for keys
// and certificates that cannot be used at in.Time.
func (s *Signer) Seal(ctx context.Context, b []byte, in record.Sealing) ([]byte, record.SignatureFact, error) {
	var none record.SignatureFact
	f, fields, err := open(b)
	if err != nil {
		return nil, none, err
	}
	if fields[PersonalField].Dict["V"] == nil {
		return nil, none, record.E(record.Conflict, "not-signed", "Văn bản chưa có chữ ký của người có thẩm quyền, không thể đóng dấu")
	}
	if fields[SealField].Dict["V"] != nil {
		return nil, none, record.E(record.Conflict, "already-sealed", "Văn bản đã có chữ ký của cơ quan")
	}
	if err := verify.Intact(b, PersonalField); err != nil {
		return nil, none, record.Because(err, record.Damaged, "signature-broken", "Chữ ký của người có thẩm quyền không còn nguyên vẹn, không thể đóng dấu")
	}
	id, picture, err := s.organization(ctx, in.Issuer, in.Time)
	if err != nil {
		return nil, none, err
	}
	u := pdf.NewUpdate(f)
	for _, v := range []struct{ field, text string }{
		{NumberField, in.Number}, {DayField, in.Date.DayText()}, {MonthField, in.Date.MonthText()},
	} {
		if err := fill(f, u, fields[v.field], v.text); err != nil {
			return nil, none, err
		}
	}
	rect, err := f.Rect(fields[SealField].Dict["Rect"])
	if err != nil {
		return nil, none, damaged(err)
	}
	return finish(ctx, u, signature{
		kind: Seal, field: fields[SealField], rect: rect, picture: picture, identity: id, time: in.Time,
		place:  in.Issuer.Place,
		reason: fmt.Sprintf("Phát hành văn bản số %s ngày %s", in.Number, in.Date.Vietnamese()),
	})
}

// Ready says whether the keys that a document will need, the official's and the
// organisation's, are there and may sign at in.Time: the question before a
// document sets out. Errors are those that Sign and Seal would give.
func (s *Signer) Ready(ctx context.Context, in record.Signing) error {
	if _, _, err := s.official(ctx, in.Issuer, in.Signatory.Person, in.Time); err != nil {
		return err
	}
	_, _, err := s.organization(ctx, in.Issuer, in.Time)
	return err
}

// official is a person's identity and image, organization the issuer's.
func (s *Signer) official(ctx context.Context, o record.OrganizationOn, person string, t time.Time) (keys.Identity, *picture, error) {
	id, err := s.keys.Personal(ctx, o.ID, person)
	return s.checked(id, err, t)
}

func (s *Signer) organization(ctx context.Context, o record.OrganizationOn, t time.Time) (keys.Identity, *picture, error) {
	if _, err := diameterOf(o.Seal); err != nil {
		return keys.Identity{}, nil, err
	}
	id, err := s.keys.Seal(ctx, o.ID, o.Seal.ID)
	return s.checked(id, err, t)
}

func (s *Signer) checked(id keys.Identity, err error, t time.Time) (keys.Identity, *picture, error) {
	if err == nil {
		err = usable(id, t)
	}
	if err != nil {
		return id, nil, err
	}
	p, err := s.images.get(id.Image)
	return id, p, err
}

// usable says whether a certificate may sign at t (Luật Giao dịch điện tử
// 20/2023/QH15, Điều 22: in force when the signature is made).
func usable(id keys.Identity, t time.Time) error {
	if id.Key == nil || len(id.Chain) == 0 {
		return record.E(record.Unavailable, "key-missing", "Chưa có khóa ký hoặc chứng thư số")
	}
	c := id.Certificate()
	refuse := func(code, what string) error {
		return record.E(record.Unavailable, code, fmt.Sprintf("Chứng thư số của %s %s", c.Subject.CommonName, what))
	}
	switch {
	case t.Before(c.NotBefore):
		return refuse("certificate-not-yet-valid", "chưa có hiệu lực, từ ngày "+record.DateOf(c.NotBefore).Vietnamese())
	case t.After(c.NotAfter):
		return refuse("certificate-expired", "đã hết hạn ngày "+record.DateOf(c.NotAfter).Vietnamese())
	case c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return refuse("certificate-usage", "không được cấp để ký số")
	}
	return nil
}

func diameterOf(s record.Seal) (points float64, err error) {
	if s.ID == "" || s.DiameterMM < 10 || s.DiameterMM > 60 {
		return 0, record.E(record.Conflict, "seal-unknown", fmt.Sprintf("Dữ liệu cơ quan không có con dấu hợp lệ (mã %q, đường kính %g mm)", s.ID, s.DiameterMM))
	}
	return s.DiameterMM * millimetre, nil
}

func damaged(err error) error {
	return record.Because(err, record.Damaged, "pdf-damaged", "Tệp PDF bị hỏng hoặc không đúng cấu trúc")
}

func digestOf(c *x509.Certificate) record.Digest {
	sum := sha256.Sum256(c.Raw)
	return record.Digest(hex.EncodeToString(sum[:]))
}
