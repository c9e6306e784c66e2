package record

import "time"

// Signing asks for an official's own signature.
type Signing struct {
	Issuer    OrganizationOn
	Signatory Signatory
	// Slot is which of the document's signatories this is, counted from 0 in
	// the order in which they stand in the text.
	Slot int
	// Certificates are those that the account is bound to; of an account
	// without any, the certificate must name the signatory.
	Certificates []Digest
	Time         time.Time
}

// SigningResult is a signature that was made, or one that waits for its value because
// the key is not at hand: then only Pending is there.
type SigningResult struct {
	PDF     []byte
	Fact    SignatureFact
	Pending *PendingSignature
}

// PendingSignature is everything of a signature but its value. It survives a
// restart: it is kept as working state, never in the archive.
type PendingSignature struct {
	Base Digest `json:"base"` // of the PDF that is being signed
	// Attributes are the DER of the CMS signed attributes (RFC 5652, 5.4); what
	// the key signs is their digest.
	Attributes []byte `json:"attributes"`
	Digest     []byte `json:"digest"`    // of Attributes, under Hash
	Hash       string `json:"hash"`      // "SHA-256"
	Algorithm  string `json:"algorithm"` // "RSA", "RSA-PSS", "ECDSA"
	// Certificate is the signer's, DER: the value must verify with its key.
	Certificate []byte `json:"certificate"`
	// Remote says that a remote signing service is asked for the value; of any
	// other the value is handed in.
	Remote bool `json:"remote,omitempty"`
	// State is the signer's own and nobody else's.
	State []byte `json:"state"`
}

// Sealing asks for number, day and month to be filled and the organisation's
// signature to be put under them.
type Sealing struct {
	Issuer OrganizationOn
	Number string // as printed: "01", "46"
	Date   Date
	Time   time.Time
}

// Certifying asks for the organisation's signature on a PDF that has no slots
// for it, an attachment or a copy, shown as text only at the top right of page
// one (NĐ 30/2020, PL I, II.8 and Part II, I.3).
type Certifying struct {
	Issuer OrganizationOn
	Copy   bool     // a certified copy; else an attachment
	Lines  []string // what is shown before the time: number and symbol, or kind of copy and organisation
	Reason string
	Time   time.Time // shown by ISO 8601 with the office's offset
	// Pages, from 1, are what is copied, in order; none means the whole file,
	// whose signatures then stay.
	Pages []int
}

// Evidence is what a PDF carries to be verified when nobody answers any more
// (ETSI EN 319 142-1, B-LT and B-LTA).
type Evidence struct {
	Level string `json:"level"` // "B-B", "B-T", "B-LT", "B-LTA": that of the weakest signature
	// Until is when the newest timestamp's certificate ends: before it the
	// evidence has to be renewed. Zero without a timestamp.
	Until time.Time `json:"until,omitzero"`
	// Missing says in Vietnamese what could not be had, e.g. no answer from an
	// OCSP responder; none when all is there.
	Missing []string `json:"missing,omitempty"`
}
