package record

import "time"

// What the desk hands to forms and signer: defined here because both sides
// speak of it and neither may know the other.

// Form is one version of an official template.
type Form struct {
	TemplateRef
	Type    string // document type abbreviation: "KH"
	Title   string // Vietnamese name: "Kế hoạch"
	Package []byte // everything of the template in one file, as archived
}

// Filling is everything a form needs to become a DOCX.
type Filling struct {
	Envelope  Envelope
	Issuer    OrganizationOn
	Type      DocumentType
	Signatory Signatory
	Symbol    string // what follows the number: "/KH-UBND"
	Digits    int    // width of the number slot, in digits
	Year      int    // printed as signed text
}

// Signing asks for the official's own signature.
type Signing struct {
	Issuer    OrganizationOn
	Signatory Signatory
	Time      time.Time
}

// Sealing asks for number, day and month to be filled and the organisation's
// signature to be put under them.
type Sealing struct {
	Issuer OrganizationOn
	Number string // as printed: "01", "46"
	Date   Date
	Time   time.Time
}
