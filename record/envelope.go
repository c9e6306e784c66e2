package record

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// EnvelopeSchema is the JSON Schema (2020-12) of Envelope, with Vietnamese
// titles and descriptions. Content is checked by the template's own schema.
//
//go:embed envelope.schema.json
var EnvelopeSchema []byte

// Envelope is what a secretary hands in: the same JSON for the API and the
// command line. All texts are NFC when it comes out of intake.
type Envelope struct {
	Template     string          `json:"template"`
	Organization string          `json:"organization"`
	Subject      string          `json:"subject"`        // trích yếu; inline markup allowed, one line or more
	Date         Date            `json:"date,omitempty"` // honoured only in demo mode and by an import
	Signatory    SignatoryChoice `json:"signatory"`
	// Cosignatories sign after the signatory, in this order, where the template
	// has places for them (joint documents).
	Cosignatories []Cosignatory   `json:"cosignatories,omitempty"`
	Addressees    []Recipient     `json:"addressees,omitempty"` // kính gửi
	Recipients    []Recipient     `json:"recipients"`
	Filing        Filing          `json:"filing"`
	Urgency       Urgency         `json:"urgency,omitempty"`
	Scope         Scope           `json:"scope,omitempty"`
	Retention     string          `json:"retention,omitempty"` // id of a retention rule; "" takes the type's default
	Content       json.RawMessage `json:"content"`
}

// SignatoryChoice names who is to sign and in what capacity.
type SignatoryChoice struct {
	Person   string   `json:"person"` // person id, or the full name as the organisation's data has it
	Capacity Capacity `json:"capacity"`
}

// Cosignatory is a further signatory, of the issuer or of another organisation.
type Cosignatory struct {
	Organization string `json:"organization,omitempty"` // "" for the issuer
	SignatoryChoice
}

// Recipient is one line of the distribution list (nơi nhận).
type Recipient struct {
	ID      string `json:"id,omitempty"`      // identifier code of the body, where known
	Name    string `json:"name"`              // as printed, without dash and semicolon
	Purpose string `json:"purpose,omitempty"` // execute, report, coordinate, inform, inspect
	Channel string `json:"channel,omitempty"` // portal, email, paper
	Copies  int    `json:"copies,omitempty"`  // on paper
}

// Filing is the last line of the distribution list: "Lưu: VT, <unit>".
type Filing struct {
	Unit    string `json:"unit"`              // abbreviation of the drafting unit
	Drafter string `json:"drafter,omitempty"` // initials of the drafter
	Copies  int    `json:"copies,omitempty"`  // copies kept
}

// DistributionList is who gets the document, the addressees first, together
// with the copy kept.
type DistributionList struct {
	Recipients []Recipient `json:"recipients"`
	Filing     Filing      `json:"filing"`
}

// List is the distribution list that the envelope asks for.
func (e Envelope) List() DistributionList {
	return DistributionList{Recipients: slices.Concat(e.Addressees, e.Recipients), Filing: e.Filing}
}

// Urgency is how fast a document is to be carried out, "" for the ordinary
// (NĐ 30/2020, PL I, III.2.b).
type Urgency string

const (
	Urgent     Urgency = "urgent"
	VeryUrgent Urgency = "very-urgent"
	Express    Urgency = "express"
)

// Mark is what the stamp says, "" for none.
func (u Urgency) Mark() string {
	switch u {
	case Urgent:
		return "KHẨN"
	case VeryUrgent:
		return "THƯỢNG KHẨN"
	case Express:
		return "HOẢ TỐC"
	}
	return ""
}

// Scope limits how far a document may go round, "" for no limit (NĐ 30/2020,
// PL I, III.2.c).
type Scope string

const (
	ScopeReturn   Scope = "return"
	ScopeInternal Scope = "internal"
)

// Mark is what the stamp says, "" for none.
func (s Scope) Mark() string {
	switch s {
	case ScopeReturn:
		return "XEM XONG TRẢ LẠI"
	case ScopeInternal:
		return "LƯU HÀNH NỘI BỘ"
	}
	return ""
}

// Capacity is the power in which an official signs (NĐ 30/2020, PL I, II.7).
type Capacity string

const (
	TM   Capacity = "TM"   // thay mặt: for the collective, by its head
	KT   Capacity = "KT"   // ký thay: a deputy for the head
	TL   Capacity = "TL"   // thừa lệnh: by order of the head
	TUQ  Capacity = "TUQ"  // thừa ủy quyền: by delegation
	Q    Capacity = "Q"    // quyền: acting head
	Head Capacity = "HEAD" // the head in person
)
