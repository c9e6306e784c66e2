package signer

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"sync"

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
	keys    KeyRing
	options Options
	fonts   *fonts
	images  *images

	mu    sync.Mutex
	paths map[record.Digest][]*x509.Certificate // of who signs here, by their certificate
}

// New is a signer with keys from ring and the fonts that fontconfig knows.
func New(ring KeyRing, o Options) *Signer {
	return &Signer{keys: ring, options: o, fonts: newFonts(), images: newImages()}
}

// Names of the form fields. The verifier tells by them which signature is
// which and what may change after it. The personal field of a second signatory
// is vtPersonal2, and so on: see PersonalFieldOf.
const (
	NumberField   = "vtNumber"
	DayField      = "vtDay"
	MonthField    = "vtMonth"
	PersonalField = "vtPersonal"
	SealField     = "vtSeal"
)

// Kinds of record.SignatureFact.
const (
	Personal   = "personal"
	Seal       = "seal"
	Attachment = "attachment"
	Copy       = "copy"
)

// MaxSignatories of one document.
const MaxSignatories = 9

// PersonalFieldOf is the field of the signatory in a slot, counted from 0.
func PersonalFieldOf(slot int) string {
	if slot == 0 {
		return PersonalField
	}
	return PersonalField + strconv.Itoa(slot+1)
}

// Sign puts an official's signature into a prepared PDF, its blue image centred
// between title and name; the first signatory's also settles where the seal
// will stand, so it is the first to be made. When the key is not at hand, what
// comes back is pending. Errors: Conflict not-prepared, already-signed,
// not-signed for the first signatory; Damaged pdf-damaged,
// signature-broken; Unavailable for keys and certificates that cannot be used
// at in.Time, Conflict or Unavailable of a remote service.
func (s *Signer) Sign(ctx context.Context, b []byte, in record.Signing) (record.SigningResult, error) {
	var none record.SigningResult
	f, fields, err := open(b)
	if err != nil {
		return none, err
	}
	own, there := fields[PersonalFieldOf(in.Slot)]
	if !there {
		return none, record.E(record.Conflict, "not-prepared", fmt.Sprintf("Tệp PDF không có ô chữ ký cho người ký thứ %d", in.Slot+1))
	}
	if own.Dict["V"] != nil || fields[SealField].Dict["V"] != nil {
		return none, record.E(record.Conflict, "already-signed", "Văn bản đã được ký")
	}
	open, signed := personal(fields)
	if len(signed) > 0 {
		if err := intact(b, signed); err != nil {
			return none, err
		}
	}
	by, err := s.official(ctx, in)
	if err != nil {
		return none, err
	}
	area, err := f.Rect(own.Dict["Rect"])
	if err != nil {
		return none, damaged(err)
	}
	u := pdf.NewUpdate(f)
	if in.Slot == 0 {
		if err := settleSeal(f, u, fields[SealField], by.picture.within(area), in.Issuer.Seal); err != nil {
			return none, err
		}
	} else if fields[PersonalField].Dict["V"] == nil {
		return none, record.E(record.Conflict, "not-signed", "Người ký thứ nhất phải ký trước: vị trí con dấu theo chữ ký đó")
	}
	if err := announceSignatures(f, u); err != nil {
		return none, damaged(err)
	}
	open = slices.DeleteFunc(open, func(name string) bool { return name == PersonalFieldOf(in.Slot) })
	made, err := begin(u, len(b), signature{
		kind: Personal, field: own.Ref, lock: personalLock(open), rect: area, show: by.picture.appearance(u, area), by: by, time: in.Time,
		place:  in.Issuer.Place,
		reason: "Ký ban hành văn bản",
	})
	if err != nil {
		return none, err
	}
	if by.Key == nil {
		p, err := s.pending(ctx, made, by, in, record.DigestOf(b))
		return record.SigningResult{Pending: p}, err
	}
	out, fact, err := s.sign(ctx, made, by)
	return record.SigningResult{PDF: out, Fact: fact}, err
}

// settleSeal moves the seal to where it stands beside the first signatory's
// image, before the signature that protects the place.
func settleSeal(f *pdf.File, u *pdf.Update, field field, personal pdf.Rect, seal record.Seal) error {
	diameter, err := diameterOf(seal)
	if err != nil {
		return err
	}
	area, err := f.Rect(field.Dict["Rect"])
	if err != nil {
		return damaged(err)
	}
	page, err := pageOf(f, field.Dict)
	if err != nil {
		return err
	}
	d := field.Dict.Clone()
	d["Rect"] = sealRect(personal, area, diameter, page).Array()
	u.Set(field.Ref, d)
	return nil
}

func intact(b []byte, fields []string) error {
	if err := verify.Intact(b, fields...); err != nil {
		return record.Because(err, record.Damaged, "signature-broken", "Chữ ký của người có thẩm quyền không còn nguyên vẹn, không thể ký tiếp hay đóng dấu")
	}
	return nil
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
	unsigned, signed := personal(fields)
	if len(unsigned) > 0 {
		return nil, none, record.E(record.Conflict, "not-signed", "Văn bản chưa có đủ chữ ký của người có thẩm quyền, không thể đóng dấu")
	}
	if fields[SealField].Dict["V"] != nil {
		return nil, none, record.E(record.Conflict, "already-sealed", "Văn bản đã có chữ ký của cơ quan")
	}
	if err := intact(b, signed); err != nil {
		return nil, none, err
	}
	by, err := s.organization(ctx, in.Issuer, in.Time)
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
	made, err := begin(u, len(b), signature{
		kind: Seal, field: fields[SealField].Ref, lock: sealLock(), rect: rect, show: by.picture.appearance(u, rect), by: by, time: in.Time,
		place:  in.Issuer.Place,
		reason: fmt.Sprintf("Phát hành văn bản số %s ngày %s", in.Number, in.Date.Vietnamese()),
	})
	if err != nil {
		return nil, none, err
	}
	return s.sign(ctx, made, by)
}

// Ready says whether the keys that a document will need, the official's and the
// organisation's, are there and may sign at in.Time: the question before a
// document sets out. Errors are those that Sign and Seal would give.
func (s *Signer) Ready(ctx context.Context, in record.Signing) error {
	if _, err := s.official(ctx, in); err != nil {
		return err
	}
	_, err := s.organization(ctx, in.Issuer, in.Time)
	return err
}

// personalLock is what a personal signature locks: all fields but those that
// are filled and signed after it; sealLock those that the seal has just filled
// (ISO 32000-1, 12.8.2.4).
func personalLock(open []string) pdf.Dict {
	return lock("Exclude", append([]string{NumberField, DayField, MonthField, SealField}, open...))
}

func sealLock() pdf.Dict { return lock("Include", []string{NumberField, DayField, MonthField}) }

func lock(action pdf.Name, fields []string) pdf.Dict {
	var names pdf.Array
	for _, n := range fields {
		names = append(names, pdf.TextString(n))
	}
	return pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": action, "Fields": names}
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
