package templates

import (
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/ooxml"
)

// CheckReport is what a DOCX is as a template.
type CheckReport struct {
	Tags     []CheckedTag   `json:"tags"`     // in the order of the text, each place once
	Slots    []CheckedSlot  `json:"slots"`    // the ten that issuing needs
	Issuable bool           `json:"issuable"` // every slot is there, once
	Verdict  string         `json:"verdict"`  // Vietnamese
	Warnings []record.Fault `json:"warnings"` // what will not print as it looks in Word
}

// CheckedTag is a tag and where it stands; paragraphs count from 1 in the part.
type CheckedTag struct {
	Tag       string `json:"tag"`
	Part      string `json:"part"`
	Paragraph int    `json:"paragraph,omitempty"`
}

// CheckedSlot is a bookmark that later stages write at.
type CheckedSlot struct {
	Bookmark string `json:"bookmark"` // "vtNumberA"
	Meaning  string `json:"meaning"`  // Vietnamese
	Present  bool   `json:"present"`
}

// slotMeanings are the bookmarks that issuing needs, each slot as a pair: its
// begin and end, or its top and bottom.
func slotMeanings() []CheckedSlot {
	var all []CheckedSlot
	for _, s := range [][2]string{{"vtNumber", "số văn bản"}, {"vtDay", "ngày"}, {"vtMonth", "tháng"}, {"vtSign", "chữ ký của người ký"}, {"vtSeal", "chữ ký số (con dấu) của cơ quan"}} {
		all = append(all, CheckedSlot{Bookmark: s[0] + "A", Meaning: "đầu chỗ " + s[1]}, CheckedSlot{Bookmark: s[0] + "B", Meaning: "cuối chỗ " + s[1]})
	}
	return all
}

// Check examines a DOCX from outside that is to become a template. What must
// not come in is an error, all of it at once: record.Invalid with the codes of
// openPackage for files that are no safe package, "template-refused" with
// faults (part, paragraph, near) for active or linked content, fonts from
// before Unicode, and tags that are wrong. A file that is merely unfit for
// issuing is no error; the report says so.
func Check(docx []byte) (CheckReport, error) {
	p, err := ooxml.Open(docx)
	if err != nil {
		return CheckReport{}, err
	}
	content, err := ooxml.Inspect(p)
	if err != nil {
		return CheckReport{}, err
	}
	_, tagFaults, uses := scan(p)
	outside, left, err := strays(p, uses)
	if err != nil {
		return CheckReport{}, err
	}
	for _, f := range outside {
		// Where the spelling is wrong, that it is not filled says nothing new.
		if !slices.ContainsFunc(tagFaults, func(g record.Fault) bool { return g.Part == f.Part && g.Place == f.Place }) {
			tagFaults = append(tagFaults, f)
		}
	}
	// One slip repeated in a paragraph is told once.
	faults := bound(slices.Compact(append(content.Faults, tagFaults...)))
	if err := record.Faulty("template-refused", fmt.Sprintf("Không nhận được tệp này làm mẫu: %d chỗ cần sửa", len(faults)), faults); err != nil {
		return CheckReport{}, err
	}
	r := CheckReport{Tags: []CheckedTag{}, Slots: slotMeanings(), Issuable: true, Warnings: append(append([]record.Fault{}, content.Warnings...), left...)}
	for _, u := range uses {
		r.Tags = append(r.Tags, CheckedTag(u))
	}
	r.Tags = slices.Compact(r.Tags)
	var missing []string
	for i, s := range r.Slots {
		r.Slots[i].Present = content.Bookmarks[s.Bookmark] == 1
		if !r.Slots[i].Present {
			missing = append(missing, s.Bookmark)
		}
	}
	r.Issuable = len(missing) == 0
	r.Verdict = "Dùng để phát hành được"
	if !r.Issuable {
		r.Verdict = "Chỉ để trình bày, chưa dùng để phát hành được: các dấu trang (bookmark) này phải có đúng một lần: " + strings.Join(missing, ", ")
	}
	return r, nil
}

// Text is the report for a terminal.
func (r CheckReport) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nThẻ (%d):\n", r.Verdict, len(r.Tags))
	for _, t := range r.Tags {
		place := t.Part
		if t.Paragraph > 0 { // properties of the file have none
			place += fmt.Sprintf(", đoạn %d", t.Paragraph)
		}
		fmt.Fprintf(&b, "  {%s}  %s\n", t.Tag, place)
	}
	b.WriteString("\nChỗ để điền sau khi ký:\n")
	for _, s := range r.Slots {
		state := "có"
		if !s.Present {
			state = "THIẾU"
		}
		fmt.Fprintf(&b, "  %-10s %-5s %s\n", s.Bookmark, state, s.Meaning)
	}
	if len(r.Warnings) > 0 {
		b.WriteString("\nCảnh báo:\n")
		for _, w := range r.Warnings {
			fmt.Fprintf(&b, "  %s\n", w)
		}
	}
	return b.String()
}
