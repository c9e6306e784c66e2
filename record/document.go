package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Digest is a SHA-256 in lower-case hexadecimal, 64 characters; "" is none.
type Digest string

// DigestOf is the SHA-256 of b.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest(hex.EncodeToString(sum[:]))
}

// Valid says whether d has the form of a digest.
func (d Digest) Valid() bool {
	if len(d) != 64 {
		return false
	}
	return strings.Trim(string(d), "0123456789abcdef") == ""
}

// Document is what commands need to know of a document: the fold of its
// entries.
type Document struct {
	ID       string `json:"id"`
	Journal  string `json:"journal"` // the issuing organisation
	State    Status `json:"state"`
	Version  int    `json:"version"`
	Manifest Digest `json:"manifest"` // of the current version
	PDF      Digest `json:"pdf,omitempty"`
	Type     string `json:"type"` // code: "KH"
	Wanted   Date   `json:"date_wanted,omitempty"`
	Whole    bool   `json:"whole,omitempty"` // to be taken to issue without waiting for people
	Request  string `json:"request,omitempty"`

	// Fixed by submit, as they are printed in the signed text.
	Series    string `json:"series,omitempty"`
	Year      int    `json:"year,omitempty"`
	Digits    int    `json:"digits,omitempty"` // width of the number slot
	Signatory string `json:"signatory,omitempty"`
	// Cosigners sign after the signatory, in this order (joint documents), each
	// by PersonKey; Signed is how many have signed.
	Cosigners []string `json:"cosigners,omitempty"`
	Signed    int      `json:"signed,omitempty"`

	// Fixed by number.
	Number int    `json:"number,omitempty"`
	Symbol string `json:"symbol,omitempty"` // "46/KH-UBND"
	Date   Date   `json:"date,omitempty"`

	Reason   string   `json:"reason,omitempty"`   // of the last return, unsign, void, recall
	Linked   []string `json:"linked,omitempty"`   // documents that replace or correct this one
	Replaces []string `json:"replaces,omitempty"` // documents that this one replaces or corrects
	// Deliveries are to the recipients it was sent to, the newest last; Dispatched
	// and Received count them.
	Deliveries []Delivery `json:"deliveries,omitempty"`
	Dispatched int        `json:"dispatched,omitempty"`
	Received   int        `json:"received,omitempty"`
	Copies     []Copied   `json:"copies,omitempty"`
	// Evidence is what the current version carries to be verified later; nil
	// before anybody has looked.
	Evidence *Evidence `json:"evidence,omitempty"`

	Booked *Booked `json:"booked,omitempty"` // of a line written by hand

	// Hold is why the document may not be disposed of, whatever its retention; ""
	// for no legal hold.
	Hold  string `json:"hold,omitempty"`
	Holds int    `json:"holds,omitempty"` // how often it was put on hold

	// Consultations asked for opinions on the draft, the oldest first.
	Consultations []Consultation `json:"consultations,omitempty"`

	Entries []uint64 `json:"entries"` // of its journal, that concern it, in order
}

// Seq is the journal entry that last changed the document: equal Seq, equal
// document.
func (d Document) Seq() uint64 {
	if len(d.Entries) == 0 {
		return 0
	}
	return d.Entries[len(d.Entries)-1]
}

// Turn is whose signature the document waits for, by PersonKey; "" when nobody's.
func (d Document) Turn() string {
	switch {
	case d.State != Submitted:
		return ""
	case d.Signed == 0:
		return d.Signatory
	case d.Signed <= len(d.Cosigners):
		return d.Cosigners[d.Signed-1]
	}
	return ""
}

// Version is the manifest of one version: everything about the document at
// that point, with its files by digest. Its JSON is stored under its own
// SHA-256.
type Version struct {
	Document    string         `json:"document"`
	Version     int            `json:"version"`
	Predecessor Digest         `json:"predecessor,omitempty"` // manifest of version-1
	State       Status         `json:"state"`
	Created     time.Time      `json:"created"`
	Issuer      OrganizationOn `json:"organization"`
	Type        DocumentType   `json:"type"`
	Number      int            `json:"number,omitempty"`
	Symbol      string         `json:"symbol"`         // with the number once there is one: "46/KH-UBND", before "/KH-UBND"
	Date        Date           `json:"date,omitempty"` // once numbered
	Subject     string         `json:"subject"`        // plain text, one line
	Signatory   Signatory      `json:"signatory"`
	// Cosignatories sign after the signatory, in this order (joint documents).
	Cosignatories []Signatory      `json:"cosignatories,omitempty"`
	List          DistributionList `json:"distribution_list"`
	Retention     Retention        `json:"retention"`
	Template      TemplateRef      `json:"template"`
	Files         []File           `json:"files"`
	Signatures    []SignatureFact  `json:"signatures,omitempty"`
	Attachments   []Attachment     `json:"attachments,omitempty"`
	Evidence      *Evidence        `json:"evidence,omitempty"`
	// Link is the address, as a form may print it, where anybody can ask about the
	// document; "" when the service had none.
	Link string `json:"link,omitempty"`
}

// Signer is the signatory in a slot, counted from 0.
func (v Version) Signer(slot int) (Signatory, bool) {
	if slot == 0 {
		return v.Signatory, true
	}
	if slot < 0 || slot > len(v.Cosignatories) {
		return Signatory{}, false
	}
	return v.Cosignatories[slot-1], true
}

// Fileless says whether the version is of a line of the register that was written
// by hand: of a paper document or an old book, whose content is not here.
func (v Version) Fileless() bool {
	return v.Version == 1 && (v.State == Registered || v.State == Voided)
}

// Attachment is a separate file that belongs to the document: the seal puts
// number, symbol, time and the organisation's signature on it too (NĐ 30/2020,
// PL I, II.8).
type Attachment struct {
	File  string `json:"file"`  // among the version's files: "attachment-1.pdf"
	Title string `json:"title"` // "Phụ lục I: Danh mục nhiệm vụ"
}

// File is one file of a version. Names: "input.json", "document.docx",
// "document.pdf", "attachment-1.pdf".
type File struct {
	Name   string `json:"name"`
	SHA256 Digest `json:"sha256"`
	Size   int    `json:"size"`
}

const (
	InputFile = "input.json"
	DOCXFile  = "document.docx"
	PDFFile   = "document.pdf"
)

// File finds a file of the version by name.
func (v Version) File(name string) (File, bool) {
	for _, f := range v.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// TemplateRef names the exact template that made a version.
type TemplateRef struct {
	ID     string `json:"id"`
	SHA256 Digest `json:"sha256"`
}

// SignatureFact is one signature of the version's PDF as it was made.
type SignatureFact struct {
	Kind        string    `json:"kind"`           // "personal", "seal", "attachment", "copy"
	File        string    `json:"file,omitempty"` // of an attachment: which
	Signer      string    `json:"signer"`
	Certificate Digest    `json:"certificate"` // SHA-256 of the DER
	Time        time.Time `json:"time"`        // claimed, from /M
	// Stamped is the time of the signature's own timestamp; zero without one.
	Stamped time.Time `json:"stamped,omitzero"`
	// Revocation is what was known of the certificate when it signed: "good", or
	// why nothing was; "" when nobody was to be asked.
	Revocation string `json:"revocation,omitempty"`
}

// NumberText is a register number as printed: below 10 with one leading zero
// (NĐ 30/2020, PL I, II.3).
func NumberText(n int) string { return fmt.Sprintf("%02d", n) }

// Status is where a document stands on its way.
type Status string

const (
	Draft      Status = "draft"
	Submitted  Status = "submitted"
	Returned   Status = "returned"
	Discarded  Status = "discarded"
	Signed     Status = "signed"
	Numbered   Status = "numbered"
	Issued     Status = "issued"
	Voided     Status = "voided"
	Recalled   Status = "recalled"
	Superseded Status = "superseded"
	Registered Status = "registered" // a line of the register without a file here: on paper, or of an old book
)

// Command is what someone does to a document or, in the system journal, to the
// office's own data.
type Command string

const (
	CmdDraft    Command = "draft"
	CmdRevise   Command = "revise"
	CmdDiscard  Command = "discard"
	CmdSubmit   Command = "submit"
	CmdWithdraw Command = "withdraw"
	CmdReturn   Command = "return"
	CmdSign     Command = "sign"
	CmdUnsign   Command = "unsign"
	CmdNumber   Command = "number"
	CmdSeal     Command = "seal"
	CmdVoid     Command = "void"
	CmdDispatch Command = "dispatch"
	CmdReceipt  Command = "receipt"
	CmdRecall   Command = "recall"
	// What became of a delivery: the mail server took the message or refused it,
	// the recipient was told of a recall, somebody followed a link.
	CmdSent        Command = "sent"
	CmdUndelivered Command = "undelivered"
	CmdTold        Command = "told"
	CmdVisit       Command = "visit"
	CmdSupersede   Command = "supersede"
	CmdCorrect     Command = "correct"
	CmdAttach      Command = "attach"
	CmdDetach      Command = "detach"
	CmdCopy        Command = "copy"
	CmdEvidence    Command = "evidence"
	CmdHold        Command = "hold"
	CmdRelease     Command = "release"
	CmdRegister    Command = "register"    // a paper document, or a line of an old register
	CmdConsult     Command = "consult"     // ask for opinions on a draft
	CmdOpinion     Command = "opinion"     // give one
	CmdEndConsult  Command = "end-consult" // take no more
	CmdClose       Command = "close"       // of the journal: a period of a register

	CmdPublishOrganization Command = "publish-organization"
	CmdPublishTemplate     Command = "publish-template"
	CmdRetireTemplate      Command = "retire-template"
	CmdGrant               Command = "grant"
	CmdRepair              Command = "repair"
)

// Role is a part a person plays in one organisation.
type Role string

const (
	Secretary     Role = "secretary"
	Official      Role = "signatory"
	Clerk         Role = "clerk"
	Archivist     Role = "archivist"
	Administrator Role = "administrator"
)

// Transition is one line of the table of commands.
type Transition struct {
	Role Role     // "": any; who may is decided by the document
	From []Status // none: the document does not exist yet
	To   Status   // "": as it was
	// Reason is required; NewVersion: the command makes new bytes.
	Reason, NewVersion bool
}

// Transitions is the whole way of a document; Apply and the edges follow it.
var Transitions = map[Command]Transition{
	CmdDraft:       {Role: Secretary, To: Draft, NewVersion: true},
	CmdRevise:      {Role: Secretary, From: []Status{Draft, Returned}, To: Draft, NewVersion: true},
	CmdDiscard:     {Role: Secretary, From: []Status{Draft, Returned}, To: Discarded, Reason: true},
	CmdSubmit:      {Role: Secretary, From: []Status{Draft}, To: Submitted, NewVersion: true},
	CmdWithdraw:    {Role: Secretary, From: []Status{Submitted}, To: Draft},
	CmdReturn:      {Role: Official, From: []Status{Submitted}, To: Returned, Reason: true},
	CmdSign:        {Role: Official, From: []Status{Submitted}, To: Signed, NewVersion: true},
	CmdUnsign:      {Role: Clerk, From: []Status{Signed}, To: Returned, Reason: true},
	CmdNumber:      {Role: Clerk, From: []Status{Signed}, To: Numbered},
	CmdSeal:        {Role: Clerk, From: []Status{Numbered}, To: Issued, NewVersion: true},
	CmdRegister:    {Role: Clerk, NewVersion: true}, // to Registered, or Voided
	CmdVoid:        {Role: Clerk, From: []Status{Numbered}, To: Voided, Reason: true},
	CmdDispatch:    {Role: Clerk, From: InForce},
	CmdReceipt:     {Role: Clerk, From: everOut},
	CmdSent:        {Role: Clerk, From: everIssued},
	CmdUndelivered: {Role: Clerk, From: everIssued, Reason: true},
	CmdTold:        {Role: Clerk, From: everIssued},
	CmdVisit:       {Role: Clerk, From: everIssued},
	CmdRecall:      {Role: Clerk, From: InForce, To: Recalled, Reason: true},
	CmdSupersede:   {Role: Clerk, From: InForce, To: Superseded},
	CmdCorrect:     {Role: Clerk, From: InForce},
	CmdAttach:      {Role: Secretary, From: []Status{Draft, Returned}, To: Draft, NewVersion: true},
	CmdDetach:      {Role: Secretary, From: []Status{Draft, Returned}, To: Draft, NewVersion: true},
	CmdCopy:        {Role: Clerk, From: []Status{Issued}, To: Issued},
	CmdEvidence:    {Role: Archivist, From: everIssued, NewVersion: true},
	CmdHold:        {Role: Archivist, From: everOut, Reason: true},
	CmdRelease:     {Role: Archivist, From: everOut, Reason: true},
	CmdConsult:     {Role: Secretary, From: []Status{Draft, Returned}},
	CmdOpinion:     {From: consultable}, // who was asked
	CmdEndConsult:  {Role: Secretary, From: consultable, Reason: true},
}

var (
	// everIssued are the states of a document that went out from here; everOut those
	// of one that went out on paper too.
	everIssued = []Status{Issued, Recalled, Superseded}
	everOut    = append([]Status{Registered}, everIssued...)
	// InForce are the states of a document that binds: it was neither recalled nor
	// replaced.
	InForce = []Status{Issued, Registered}
)

// Out says whether a document in this state ever went out, made here or on paper.
func (s Status) Out() bool { return slices.Contains(everOut, s) }

// InForce says whether a document in this state binds.
func (s Status) InForce() bool { return slices.Contains(InForce, s) }

// Issued says whether the document was ever issued here: it has a file.
func (d Document) Issued() bool { return d.Booked == nil && slices.Contains(everIssued, d.State) }
