package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// SystemJournal keeps what belongs to no single organisation: organisations
// themselves, templates, people's roles.
const SystemJournal = "_system"

// Entry is one line of a journal: the only way anything of legal weight
// happens. It is stored under its number and never changed.
type Entry struct {
	Journal  string    `json:"journal"`
	Seq      uint64    `json:"seq"` // 1, 2, 3...
	Time     time.Time `json:"time"`
	Actor    string    `json:"actor"` // opaque id
	Command  Command   `json:"command"`
	Document string    `json:"document,omitempty"`
	Previous Digest    `json:"previous,omitempty"` // of entry Seq-1

	// Request makes a command repeatable: unique per journal and actor.
	Request       string `json:"request,omitempty"`
	RequestDigest Digest `json:"request_sha256,omitempty"` // of the body asked for

	// The new version, for commands that make one.
	Version  int    `json:"version,omitempty"`
	Manifest Digest `json:"manifest,omitempty"`
	PDF      Digest `json:"pdf,omitempty"`

	Draft     *DraftFacts  `json:"draft,omitempty"`
	Submitted *SubmitFacts `json:"submitted,omitempty"`
	Numbering *Numbering   `json:"numbering,omitempty"`
	Read      Digest       `json:"read,omitempty"` // sign: the PDF that the official read
	Reason    string       `json:"reason,omitempty"`
	Linked    string       `json:"linked,omitempty"` // supersede, correct: the other document
	Recipient string       `json:"recipient,omitempty"`
	Handing   *Handing     `json:"handing,omitempty"`
	Published *Published   `json:"published,omitempty"`
	Grant     *Grant       `json:"grant,omitempty"`
	Copied    *Copied      `json:"copied,omitempty"`
	Evidence  *Evidence    `json:"evidence,omitempty"`
	Repaired  *Repaired    `json:"repaired,omitempty"`
	Booked    *Booked      `json:"booked,omitempty"`
	Closing   *Closing     `json:"closing,omitempty"`
	Filed     *Filed       `json:"filed,omitempty"`
	Disposal  *Disposal    `json:"disposal,omitempty"`
	// Consulting is of consult, opinion and end-consult.
	Consulting *Consulting `json:"consulting,omitempty"`
}

// Repaired names an object of the archive that was damaged or gone and was put
// back from a good copy.
type Repaired struct {
	Key    string `json:"key"`
	SHA256 Digest `json:"sha256"` // of the good bytes
	From   string `json:"from"`   // version, bundle, second
}

// DraftFacts is what a draft's first entry and each revision say of it.
type DraftFacts struct {
	Type   string `json:"type"`
	Wanted Date   `json:"date,omitempty"`
	Whole  bool   `json:"whole,omitempty"`
}

// SubmitFacts is what is fixed in the text that the official will sign.
type SubmitFacts struct {
	Series    string `json:"series"`
	Year      int    `json:"year"`
	Digits    int    `json:"digits"`
	Signatory string `json:"signatory"`
	// Cosigners are the further signatories, by PersonKey, in their order.
	Cosigners []string `json:"cosigners,omitempty"`
}

// Numbering is the number and date given to a document.
type Numbering struct {
	Series  string `json:"series"`
	Year    int    `json:"year"`
	Opening int    `json:"opening,omitempty"` // last number before the journal began this series and year
	Number  int    `json:"number"`
	Symbol  string `json:"symbol"`
	Date    Date   `json:"date"`
}

// Published names office data that was put in force, or retired: an
// organisation's JSON or a template's package.
type Published struct {
	ID     string `json:"id"`
	SHA256 Digest `json:"sha256"`
	// Of a template, so that a list need not open the packages.
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

// Encode is the stored form: the SHA-256 of the JSON in hexadecimal, a line
// feed, the JSON, a line feed. The digest makes any flipped bit visible even in
// the newest entry, which no later entry names yet.
func (e Entry) Encode() ([]byte, Digest, error) {
	j, err := json.Marshal(e)
	if err != nil {
		return nil, "", fmt.Errorf("encode entry %s/%d: %w", e.Journal, e.Seq, err)
	}
	d := DigestOf(j)
	return append(append([]byte(d+"\n"), j...), '\n'), d, nil
}

// DecodeEntry reads the stored form of entry seq of a journal; anything that
// is not exactly what Encode wrote there is Damaged.
func DecodeEntry(journal string, seq uint64, b []byte) (Entry, Digest, error) {
	damaged := func(why string) (Entry, Digest, error) {
		return Entry{}, "", Because(fmt.Errorf("%s", why), Damaged, "journal-entry-damaged",
			fmt.Sprintf("Mục nhật ký %s/%d đã bị hỏng", journal, seq))
	}
	head, rest, ok := bytes.Cut(b, []byte("\n"))
	body, found := bytes.CutSuffix(rest, []byte("\n"))
	if !ok || !found {
		return damaged("not in the stored form")
	}
	d := DigestOf(body)
	if string(head) != string(d) {
		return damaged("digest line does not match")
	}
	var e Entry
	if err := json.Unmarshal(body, &e); err != nil {
		return damaged(err.Error())
	}
	if e.Journal != journal || e.Seq != seq {
		return damaged(fmt.Sprintf("says it is %s/%d", e.Journal, e.Seq))
	}
	return e, d, nil
}
