package signer

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/cms"
)

// maxTail bounds what a pending signature may append, in bytes: pictures and
// the room for the CMS.
const maxTail = 32 << 20

// pendingState is what the signer keeps of a signature that waits.
type pendingState struct {
	Tail     []byte               `json:"tail"` // behind the bytes of the file
	From     int                  `json:"from"` // the gap, in the whole file
	To       int                  `json:"to"`
	Chain    [][]byte             `json:"chain"` // DER
	PSS      bool                 `json:"pss,omitempty"`
	Fact     record.SignatureFact `json:"fact"`
	Owner    string               `json:"owner"` // whose key: organisation and person
	Person   string               `json:"person"`
	Ticket   []byte               `json:"ticket,omitempty"` // of the remote service
	BaseSize int                  `json:"base_size"`
}

// schemes by the name of their hash, as crypto.Hash writes it.
var schemes = map[string]cms.Scheme{"SHA-256": {Hash: crypto.SHA256}, "SHA-384": {Hash: crypto.SHA384}, "SHA-512": {Hash: crypto.SHA512}}

// pending takes a file that lacks its value to what can be stored.
func (s *Signer) pending(ctx context.Context, u *unsigned, by candidate, in record.Signing, base record.Digest) (*record.PendingSignature, error) {
	owner := in.Signatory.Organization
	if owner == "" {
		owner = in.Issuer.ID
	}
	state := pendingState{Tail: u.out[u.base:], From: u.from, To: u.to, PSS: u.scheme.PSS, Fact: u.fact, Owner: owner, Person: in.Signatory.Person, BaseSize: u.base}
	for _, c := range u.chain {
		state.Chain = append(state.Chain, c.Raw)
	}
	h := u.scheme.Hash.New()
	h.Write(u.attrs)
	p := &record.PendingSignature{Base: base, Attributes: u.attrs, Digest: h.Sum(nil), Hash: u.scheme.Hash.String(),
		Algorithm: algorithmOf(u.chain[0], u.scheme), Certificate: u.chain[0].Raw, Remote: by.Remote != nil}
	if by.Remote != nil {
		var err error
		if state.Ticket, err = by.Remote.Begin(ctx, p.Digest, u.scheme); err != nil {
			return nil, err
		}
	}
	var err error
	p.State, err = json.Marshal(state)
	return p, err
}

func algorithmOf(c *x509.Certificate, s cms.Scheme) string {
	switch _, ec := c.PublicKey.(*ecdsa.PublicKey); {
	case ec:
		return "ECDSA"
	case s.PSS:
		return "RSA-PSS"
	}
	return "RSA"
}

// Complete puts the value of a pending signature into the PDF it was begun for.
// The value is the raw RSA signature, or for ECDSA the DER pair or r and s side
// by side. Errors: Conflict, pdf-changed, for another PDF; Invalid,
// signature-value, for a value that another key made or over something else;
// Damaged, pending-damaged, when the stored state is not what was begun;
// Unavailable, certificate-revoked, for a certificate taken back in between.
func (s *Signer) Complete(ctx context.Context, b []byte, p record.PendingSignature, value []byte) (record.SigningResult, error) {
	u, err := resume(b, p)
	if err != nil {
		return record.SigningResult{}, err
	}
	// What was asked at the beginning may be days old.
	if _, u.fact.Revocation, err = s.trusted(ctx, u.chain, u.fact.Time); err != nil {
		return record.SigningResult{}, err
	}
	out, fact, err := s.finish(ctx, u, joined(u.chain[0], value))
	if errors.Is(err, cms.ErrSignature) || errors.Is(err, cms.ErrMalformed) {
		return record.SigningResult{}, record.Because(err, record.Invalid, "signature-value",
			fmt.Sprintf("Giá trị chữ ký không phải do khóa của %s ký lên đúng dữ liệu của văn bản này", fact.Signer))
	}
	return record.SigningResult{PDF: out, Fact: fact}, err
}

// Fetch asks the remote service for the value of a pending signature; next is
// what to come back with. Errors: those of keys.Remote, of the key ring, and
// Damaged, pending-damaged.
func (s *Signer) Fetch(ctx context.Context, p record.PendingSignature) (value []byte, next record.PendingSignature, err error) {
	state, err := decodeState(p)
	if err != nil {
		return nil, p, err
	}
	id, err := s.keys.Personal(ctx, state.Owner, state.Person)
	if err != nil {
		return nil, p, err
	}
	if id.Remote == nil {
		return nil, p, record.E(record.Conflict, "signature-refused", "Khóa của người ký không còn ở dịch vụ ký từ xa")
	}
	value, ticket, err := id.Remote.Fetch(ctx, state.Ticket)
	if !bytes.Equal(ticket, state.Ticket) && ticket != nil {
		state.Ticket = ticket
		raw, encodeErr := json.Marshal(state)
		if encodeErr != nil {
			return nil, p, encodeErr
		}
		p.State = raw
	}
	return value, p, err
}

func pendingDamaged(err error) error {
	return record.Because(err, record.Damaged, "pending-damaged", "Dữ liệu của chữ ký đang chờ đã bị hỏng; hãy ký lại")
}

func decodeState(p record.PendingSignature) (pendingState, error) {
	var state pendingState
	if err := json.Unmarshal(p.State, &state); err != nil {
		return state, pendingDamaged(err)
	}
	if len(state.Tail) > maxTail || len(state.Chain) == 0 || len(state.Chain) > cms.MaxCertificates {
		return state, pendingDamaged(errors.New("sizes"))
	}
	return state, nil
}

// resume builds the file again and checks that it is the one whose attributes
// were to be signed: nothing of the stored state is believed.
func resume(b []byte, p record.PendingSignature) (*unsigned, error) {
	if record.DigestOf(b) != p.Base {
		return nil, record.E(record.Conflict, "pdf-changed", "Bản PDF không phải là bản đã chuẩn bị để ký")
	}
	state, err := decodeState(p)
	if err != nil {
		return nil, err
	}
	scheme, known := schemes[p.Hash]
	if !known || state.BaseSize != len(b) || state.From <= len(b) || state.To-state.From != 2+2*contentsSize || state.To > len(b)+len(state.Tail) {
		return nil, pendingDamaged(errors.New("places"))
	}
	scheme.PSS = state.PSS
	u := &unsigned{base: len(b), out: slices.Concat(b, state.Tail), from: state.From, to: state.To, attrs: p.Attributes, scheme: scheme, fact: state.Fact}
	for _, raw := range state.Chain {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, pendingDamaged(err)
		}
		u.chain = append(u.chain, c)
	}
	want, err := cms.Attributes(u.chain[0], scheme, u.digest())
	if err != nil || !bytes.Equal(want, p.Attributes) || digestOf(u.chain[0]) != u.fact.Certificate {
		return nil, pendingDamaged(errors.Join(err, errors.New("the attributes are for another file")))
	}
	if _, err := pdf.Open(u.out); err != nil {
		return nil, pendingDamaged(err)
	}
	return u, nil
}

// joined makes the DER pair of an ECDSA value that tokens give as r and s side
// by side (PKCS #11, 6.3.1).
func joined(c *x509.Certificate, value []byte) []byte {
	key, ok := c.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		if k, ok := c.PublicKey.(*rsa.PublicKey); ok && len(value) < k.Size() { // leading zeros are lost on the way through some tokens
			return append(make([]byte, k.Size()-len(value)), value...)
		}
		return value
	}
	size := (key.Curve.Params().BitSize + 7) / 8
	if len(value) != 2*size {
		return value
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(value[:size]))
		b.AddASN1BigInt(new(big.Int).SetBytes(value[size:]))
	})
	der, err := b.Bytes()
	if err != nil {
		return value
	}
	return der
}
