package verify

import (
	"bytes"
	"slices"
	"time"
)

// Verdict is what a check, a signature or a whole file came to.
type Verdict string

const (
	Valid    Verdict = "valid"
	Unknown  Verdict = "unknown"  // nothing wrong found, but not everything could be established
	Invalid  Verdict = "invalid"  // something is wrong
	Unsigned Verdict = "unsigned" // only of a whole file: there is no signature
)

// Report is everything found about a file. Its keys, codes and verdicts are
// stable; messages are Vietnamese and may change.
type Report struct {
	Verdict    Verdict     `json:"verdict"`
	Message    string      `json:"message"`
	Size       int         `json:"size"`
	SHA256     string      `json:"sha256"`
	Revisions  int         `json:"revisions"` // saved states of the file: the original and each update
	Signatures []Signature `json:"signatures"`
	Findings   []Finding   `json:"findings,omitempty"` // wrong with the file, not one signature
	Notes      []Finding   `json:"notes,omitempty"`    // worth knowing, and decide nothing
	// EvidenceUntil is when the certificate of the last good document timestamp
	// ends: before it the evidence has to be renewed.
	EvidenceUntil *time.Time `json:"evidence_until,omitempty"`
	// Unanswered are the questions about revocation that nobody answered.
	Unanswered []string `json:"unanswered,omitempty"`
	// States are the SHA-256 of each saved state, the file as it was after that
	// many revisions: what a longer file began as.
	States        []string `json:"states"`
	SecondOpinion *Opinion `json:"second_opinion,omitempty"`

	material *material
}

// Enclosed are the DER forms of what the file carries to be judged by:
// certificates, OCSP answers and CRLs, each once, in a stable order.
func (r Report) Enclosed() (certificates, ocsps, crls [][]byte) {
	if r.material == nil {
		return nil, nil, nil
	}
	once := func(of [][]byte) [][]byte {
		slices.SortFunc(of, bytes.Compare)
		return slices.CompactFunc(of, bytes.Equal)
	}
	for _, c := range r.material.certs {
		certificates = append(certificates, c.Raw)
	}
	for _, c := range r.material.crls {
		crls = append(crls, c.Raw)
	}
	return once(certificates), once(slices.Clone(r.material.ocsps)), once(crls)
}

// Signature is one signed field, in the order in which they were made. The
// items are those that TT 15/2025/TT-BKHCN asks a verifier to show.
type Signature struct {
	Field        string       `json:"field"`
	Kind         string       `json:"kind"` // "personal", "seal", "attachment", "copy", "timestamp", "other"
	Verdict      Verdict      `json:"verdict"`
	Signer       string       `json:"signer"`
	Organization string       `json:"organization,omitempty"`
	Authority    string       `json:"authority"` // the CA's name
	ClaimedTime  *time.Time   `json:"claimed_time,omitempty"`
	Reason       string       `json:"reason,omitempty"`
	Location     string       `json:"location,omitempty"`
	SubFilter    string       `json:"sub_filter"`
	Algorithm    string       `json:"algorithm,omitempty"`
	Certificate  *Certificate `json:"certificate,omitempty"`
	Integrity    Check        `json:"integrity"`        // signed bytes and signature value
	Coverage     Coverage     `json:"coverage"`         // which bytes those are
	Chain        Check        `json:"chain"`            // leads to a given root
	AtSigning    Check        `json:"valid_at_signing"` // certificate validity at the claimed time
	KeyUsage     Check        `json:"key_usage"`
	Revocation   Revocation   `json:"revocation"`
	// Level is B-B, B-T, B-LT or B-LTA (ETSI EN 319 142-1); "" for a signature
	// that is not of the baseline, and for timestamps.
	Level string `json:"level,omitempty"`
	// Timestamp is what proves the time: the signature's own, or the first good
	// document timestamp behind it.
	Timestamp  *Timestamp `json:"timestamp,omitempty"`
	ProvenTime *time.Time `json:"proven_time,omitempty"` // it existed then
	Changes    []Change   `json:"changes"`               // by later updates
}

// Certificate is the signer's.
type Certificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"` // hexadecimal
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	SHA256    string    `json:"sha256"` // of the DER, hexadecimal
}

// Check is one question with its answer; Code is "ok" when Verdict is Valid.
type Check struct {
	Verdict Verdict `json:"verdict"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
}

// Revocation says whether the certificates were taken back, by which source of
// what time.
type Revocation struct {
	Check
	Source    string     `json:"source,omitempty"` // "ocsp", "crl"
	AsOf      *time.Time `json:"as_of,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// Timestamp is an RFC 3161 token as proof that something existed.
type Timestamp struct {
	Kind      string    `json:"kind"` // "signature": in the signature itself; "document": over the file
	Time      time.Time `json:"time"`
	Authority string    `json:"authority"`
	Until     time.Time `json:"until,omitzero"` // its certificate's end
	Check
}

// Coverage says how far the signed bytes reach.
type Coverage struct {
	Check
	Revision  int  `json:"revision"`   // the state that was signed, from 1; 0 when unclear
	End       int  `json:"end"`        // signed up to this byte of the file
	WholeFile bool `json:"whole_file"` // nothing was added behind it
}

// Change is one thing that an update behind the signature did.
type Change struct {
	Revision int    `json:"revision"` // from 1
	Code     string `json:"code"`
	Field    string `json:"field,omitempty"`
	Page     int    `json:"page,omitempty"`  // from 1
	Value    string `json:"value,omitempty"` // of the field, as it then is
	Allowed  bool   `json:"allowed"`
	Message  string `json:"message"`
}

// Finding is one thing about the file as a whole.
type Finding struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func ok(message string) Check            { return Check{Valid, "ok", message} }
func unknown(code, message string) Check { return Check{Unknown, code, message} }
func invalid(code, message string) Check { return Check{Invalid, code, message} }

// counts: a certificate that names nobody to ask about revocation cannot be
// asked about, which is told and decides nothing.
func (c Check) counts() bool { return c.Code != "revocation-unnamed" }

// worse is the verdict that prevails when both are held.
func worse(a, b Verdict) Verdict {
	rank := map[Verdict]int{Valid: 0, Unknown: 1, Unsigned: 2, Invalid: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// judge is the verdict that follows from the signature's checks and changes.
func (s *Signature) judge() Verdict {
	v := Valid
	for _, c := range []Check{s.Integrity, s.Coverage.Check, s.Chain, s.AtSigning, s.KeyUsage, s.Revocation.Check} {
		if c.counts() {
			v = worse(v, c.Verdict)
		}
	}
	if s.Timestamp != nil && s.Timestamp.Verdict == Invalid {
		v = Invalid
	}
	for _, c := range s.Changes {
		if !c.Allowed {
			v = Invalid
		}
	}
	return v
}
