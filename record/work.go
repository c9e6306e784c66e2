package record

// What the desk hands to forms and signer: defined here because both sides
// speak of it and neither may know the other.

// Form is one version of an official template. Its contents are shared: nobody
// changes them.
type Form struct {
	TemplateRef
	Type        string // document type code: "KH"
	Title       string // Vietnamese name: "Kế hoạch"
	Package     []byte // everything of the template in one file, as archived
	DOCX        []byte // the form itself, with its tags
	Schema      []byte // JSON Schema (2020-12) of an envelope with the template's content
	Content     []byte // JSON Schema of the content alone, as it was handed in or derived
	Example     []byte // an envelope of the template
	Signatories int    // how many sign, by the places for signatures
	// Lacks are the slots that issuing needs and the form does not have.
	Lacks    []Fault
	Warnings []Fault // what whoever makes the form should know
	Retired  bool    // no new documents are made from it
	BuiltIn  bool    // comes with the program
}

// Decoded is an envelope that intake has checked; of one that it refused, only
// the canonical JSON and the envelope's organisation may be there.
type Decoded struct {
	Envelope  Envelope
	Canonical []byte // the same as canonical JSON: equal data, equal bytes
	Form      Form   // in force, whose schema it was checked against
}

// Filling is everything a form needs to become a DOCX.
type Filling struct {
	Template      TemplateRef // without a digest: the one in force under the envelope's id
	Envelope      Envelope
	Issuer        OrganizationOn
	Type          DocumentType
	Signatory     Signatory
	Cosignatories []Signatory
	Symbol        string // what follows the number: "/KH-UBND"
	Digits        int    // width of the number slot, in digits
	Year          int    // printed as signed text
	Link          string // address where anybody can ask about the document; "" for none
}

// Finding is one thing that a check of the layout rules found in a document
// (NĐ 30/2020, PL I; the rules are numbered as in the rule set).
type Finding struct {
	Rule     string `json:"rule"` // "R2"
	Level    Level  `json:"level"`
	Place    string `json:"place,omitempty"`    // Vietnamese: "đoạn 12", "trang 2", "phần 1"
	Message  string `json:"message"`            // Vietnamese, for people
	Found    string `json:"found,omitempty"`    // "lề trái 24 mm"
	Expected string `json:"expected,omitempty"` // "30–35 mm"
	Source   string `json:"source"`             // the article: "NĐ 30/2020, PL I, I.2"
}

// Level is how much a finding weighs: an error must not be issued, a warning
// may be meant, an info is for who wants to know.
type Level string

const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
	LevelInfo    Level = "info"
)
