package desk

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"vanthu/record"
)

// Journals is the append-only truth of the office.
type Journals interface {
	// View shows the newest state of a journal; it must not be changed or kept.
	View(ctx context.Context, journal string, see func(*record.State) error) error
	// Update lets decide make the next entry from the newest state, gives it its
	// number and previous digest, checks it by record.Check and appends it
	// durably; when another writer was faster it asks decide again. An error of
	// decide ends it and is returned as it is.
	Update(ctx context.Context, journal string, decide func(*record.State) (*record.Entry, error)) (record.Entry, error)
	// Journals lists the journals that have entries.
	Journals(ctx context.Context) ([]string, error)
	// Entry reads one entry of a journal.
	Entry(ctx context.Context, journal string, seq uint64) (record.Entry, error)
}

// Archive keeps content under its own digest, durably when Put returns, and
// never delivers anything that does not match.
type Archive interface {
	PutBlob(ctx context.Context, content []byte) (record.Digest, error)
	Blob(ctx context.Context, d record.Digest) ([]byte, error)
	PutVersion(ctx context.Context, v record.Version) (record.Digest, error)
	Version(ctx context.Context, d record.Digest) (record.Version, error)
}

// Forms are the official templates: those of the program and those that the
// office has published.
type Forms interface {
	// Form is the newest version of a template, retired or not.
	Form(ctx context.Context, id string) (record.Form, error)
	// Compose makes a template of what was handed in, or names every fault.
	Compose(ctx context.Context, in record.TemplateSource) (record.Form, error)
	// Decode checks an envelope against the schemas of the template in force and
	// names every fault.
	Decode(ctx context.Context, template string, raw []byte) (record.Decoded, error)
	Fill(ctx context.Context, f record.Filling) ([]byte, error)
}

// Linter checks documents against the layout rules of the decree.
type Linter interface {
	// Lint checks a file of a version, its DOCX or its PDF, against the layout
	// rules and what the registers say of it. Of the PDF of a numbered version
	// it asks what only an issued document must have as well.
	Lint(ctx context.Context, file []byte, v record.Version) ([]record.Finding, error)
}

// Converter makes PDF/A-2b of a DOCX.
type Converter interface {
	Convert(ctx context.Context, docx []byte) ([]byte, error)
}

// Signer prepares, signs and seals a PDF; each result begins with the bytes it
// was given.
type Signer interface {
	// Ready says whether the keys for signing and sealing could be used now.
	Ready(ctx context.Context, s record.Signing) error
	// Prepare adds what is signed and filled in later; digits is how wide a
	// number must fit, signatories how many sign.
	Prepare(pdf []byte, digits, signatories int) ([]byte, error)
	// Sign answers with a pending signature when the key is not at hand.
	Sign(ctx context.Context, pdf []byte, s record.Signing) (record.SigningResult, error)
	// Complete puts in the value of a pending signature; Fetch asks a remote
	// service for that value: Busy, signature-waiting, while its owner has not
	// agreed.
	Complete(ctx context.Context, pdf []byte, p record.PendingSignature, value []byte) (record.SigningResult, error)
	Fetch(ctx context.Context, p record.PendingSignature) (value []byte, next record.PendingSignature, err error)
	Seal(ctx context.Context, pdf []byte, s record.Sealing) ([]byte, record.SignatureFact, error)
	// Certify puts the organisation's signature on a file without slots for it.
	// Certifiable says beforehand why it could not.
	Certify(ctx context.Context, pdf []byte, c record.Certifying) ([]byte, record.SignatureFact, error)
	Certifiable(pdf []byte, c record.Certifying) error
	// Prove adds what a PDF needs to be verified later; the same bytes come back
	// when there is nothing to add.
	Prove(ctx context.Context, pdf []byte) ([]byte, record.Evidence, error)
}

// Waiting keeps signatures that wait for their value: working state, under
// opaque keys. Tags stand for the content.
type Waiting interface {
	// Get reads one; NotFound.
	Get(ctx context.Context, key string) (content []byte, tag string, err error)
	// Put replaces the one that has this tag, or makes it where tag is "";
	// Conflict, changed, when another is there.
	Put(ctx context.Context, key string, content []byte, tag string) error
	Delete(ctx context.Context, key string) error
	Keys(ctx context.Context) ([]string, error)
}

// Addresses is the address book of each organisation.
type Addresses interface {
	// Address finds where a recipient is reached on a day.
	Address(ctx context.Context, organization string, r record.Recipient, on record.Date) (record.Address, bool, error)
}

// Books prints registers.
type Books interface {
	// Extract is what a closing closes, as PDF/A: the register's lines with their
	// ten columns (NĐ 30/2020, PL IV) and what the closing says.
	Extract(ctx context.Context, issuer record.OrganizationOn, c record.Closing, lines []record.Imported) ([]byte, error)
}

// Organizations finds issuing bodies.
type Organizations interface {
	Organization(ctx context.Context, id string) (record.Organization, error)
	All(ctx context.Context) ([]record.Organization, error)
}

// Desk carries out commands. The fields up to Organizations and
// Now are required.
type Desk struct {
	Journals      Journals
	Archive       Archive
	Forms         Forms
	Linter        Linter
	Converter     Converter
	Signer        Signer
	Organizations Organizations
	Waiting       Waiting   // nil: only keys at hand can sign
	Addresses     Addresses // nil: nobody's address is known
	Books         Books     // nil: no register can be closed
	// Mail says that messages can be sent.
	Mail bool
	// Base is the service's public address, "https://vanthu.example", "" for none.
	Base string
	// LinkKey makes the secrets of links, 32 bytes; nil makes no links.
	LinkKey []byte
	// Printed says of a PDF which texts it shows, whatever spaces and line breaks
	// they have.
	Printed func(pdf []byte) (func(text string) bool, error)
	// Sound refuses a PDF that must not leave the office; nil lets all go.
	Sound     func(ctx context.Context, pdf []byte) error
	Now       func() time.Time
	AllowDate bool // envelopes may say their own date (demo, import)
	// Flawed is told what the layout rules hold against a document that was
	// just issued.
	Flawed func(context.Context, record.Document, []record.Finding)
}

// Actor is who gives a command, with what they may do in the organisation
// concerned.
type Actor struct {
	ID      string // opaque
	Roles   []record.Role
	Persons []string // for signatories: whose keys are theirs, by record.PersonKey
	// Certificates are those that the account is bound to.
	Certificates []record.Digest
}

// Ref names a document, ids being unique within a journal, for one command.
type Ref struct {
	Journal, ID string
	// Seen is the Seq of the document that the actor looked at: the command is
	// refused, as Precondition, when it has changed since. 0 does not ask.
	Seen uint64
	// Request makes the command repeatable, unique per journal and actor: asked
	// for the same again it only answers; something else under it is Invalid.
	Request string
}

// newID is a document id: 26 random characters, 130 bits.
func newID() string { return strings.ToLower(rand.Text()) }

func (d *Desk) may(a Actor, c record.Command) error {
	t, known := record.Transitions[c]
	need := t.Role
	for _, r := range a.Roles {
		if r == need || known && need == "" {
			return nil
		}
	}
	return record.E(record.Forbidden, "role", "Lệnh này cần vai trò "+string(need))
}

// Document is a document's present state.
func (d *Desk) Document(ctx context.Context, r Ref) (record.Document, error) {
	var doc record.Document
	err := d.Journals.View(ctx, r.Journal, func(s *record.State) error {
		var ok bool
		if doc, ok = s.Documents[r.ID]; !ok {
			return record.E(record.NotFound, "document-not-found", "Không có văn bản "+r.ID)
		}
		return nil
	})
	return doc, err
}

// FindPDF finds the document, and which of its versions or copies, whose PDF
// has one of these digests, the first that is known; NotFound when no version
// of any document has it.
func (d *Desk) FindPDF(ctx context.Context, pdfs ...record.Digest) (record.Document, record.Edition, record.Digest, error) {
	journals, err := d.Journals.Journals(ctx)
	if err != nil {
		return record.Document{}, record.Edition{}, "", err
	}
	for _, pdf := range pdfs {
		for _, j := range journals {
			var found record.Document
			var which record.Edition
			err := d.Journals.View(ctx, j, func(s *record.State) error {
				if of, ok := s.PDFs[pdf]; ok {
					found, which = s.Documents[of.Document], of
				}
				return nil
			})
			if err != nil || which.Document != "" {
				return found, which, pdf, err
			}
		}
	}
	return record.Document{}, record.Edition{}, "", record.E(record.NotFound, "pdf-unknown", "Không văn bản nào có tệp PDF này")
}
