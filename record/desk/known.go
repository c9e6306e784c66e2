package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
)

// Known is what the archive knows of a file.
type Known struct {
	Known bool `json:"known"` // byte for byte
	// Extended says that only the beginning of the file is the archive's:
	// something was added behind it outside.
	Extended     bool          `json:"extended,omitempty"`
	Document     string        `json:"document,omitempty"`
	Organization string        `json:"organization,omitempty"`
	Version      int           `json:"version,omitempty"`
	Current      bool          `json:"current"` // the document has no newer version
	Issued       bool          `json:"issued"`  // the version is one of the issued document
	State        record.Status `json:"state,omitempty"`
	Reason       string        `json:"reason,omitempty"` // of a recall
	Symbol       string        `json:"symbol,omitempty"`
	Date         record.Date   `json:"date,omitempty"`
	Copy         string        `json:"copy,omitempty"`        // symbol of the certified copy that it is
	ReplacedBy   string        `json:"replaced_by,omitempty"` // symbol of what replaces the document
	CorrectedBy  []string      `json:"corrected_by,omitempty"`
}

// KnowPDF looks for a file by its digest and those of its earlier saved states,
// the oldest first.
func (d *Desk) KnowPDF(ctx context.Context, whole record.Digest, states []string) (Known, error) {
	digests := []record.Digest{whole}
	for _, x := range slices.Backward(states) {
		digests = append(digests, record.Digest(x))
	}
	doc, which, found, err := d.FindPDF(ctx, digests...)
	if record.CodeOf(err) == "pdf-unknown" {
		return Known{}, nil
	}
	if err != nil {
		return Known{}, err
	}
	k := Known{Known: found == whole, Extended: found != whole, Document: doc.ID, Organization: doc.Journal, Version: which.Version,
		Current: which.Version == doc.Version, State: doc.State, Symbol: doc.Symbol, Date: doc.Date}
	v, _, err := d.Version(ctx, doc, which.Version)
	if err != nil {
		return k, err
	}
	k.Issued = v.State.Out()
	if which.Copy > 0 {
		k.Copy = doc.Copies[which.Copy-1].Symbol
	}
	if doc.State == record.Recalled {
		k.Reason = doc.Reason
	}
	for _, id := range doc.Linked {
		other, err := d.Document(ctx, Ref{Journal: doc.Journal, ID: id})
		if err != nil {
			return k, err
		}
		if id == doc.ReplacedBy() {
			k.ReplacedBy = other.Symbol
		} else {
			k.CorrectedBy = append(k.CorrectedBy, other.Symbol)
		}
	}
	return k, nil
}

// Out says whether the document ever went out.
func (k Known) Out() bool { return k.State.Out() }

// InForce says whether the file is, byte for byte, an issued version of a
// document, or a certified copy of one, that was neither recalled nor replaced.
func (k Known) InForce() bool { return k.Known && k.Issued && k.State == record.Issued }

// Text is what a person reads, in Vietnamese; the state of the document comes
// first when it is no longer in force.
func (k Known) Text() string {
	if !k.Known && !k.Extended {
		return "Kho lưu trữ không có tệp nào giống từng byte với tệp này."
	}
	var b strings.Builder
	name := k.Symbol
	if name == "" {
		name = k.Document
	}
	switch k.State {
	case record.Recalled:
		fmt.Fprintf(&b, "VĂN BẢN ĐÃ BỊ THU HỒI: %s. ", k.Reason)
	case record.Superseded:
		fmt.Fprintf(&b, "VĂN BẢN ĐÃ ĐƯỢC THAY THẾ bởi %s. ", k.ReplacedBy)
	case record.Voided:
		b.WriteString("SỐ CỦA VĂN BẢN ĐÃ BỊ BỎ. ")
	case record.Issued:
	default:
		b.WriteString("VĂN BẢN CHƯA PHÁT HÀNH. ")
	}
	switch {
	case k.Extended:
		fmt.Fprintf(&b, "Phần đầu của tệp đúng từng byte với phiên bản %d của văn bản %s", k.Version, name)
	case k.Copy != "":
		fmt.Fprintf(&b, "Đúng từng byte với bản sao %s của văn bản %s", k.Copy, name)
	default:
		fmt.Fprintf(&b, "Đúng từng byte với phiên bản %d của văn bản %s", k.Version, name)
	}
	if k.Date != "" {
		b.WriteString(" ngày " + k.Date.Vietnamese())
	}
	switch {
	case k.Extended:
		b.WriteString("; phần thêm vào phía sau không có trong kho")
	case !k.Current && k.Issued && k.Out():
		b.WriteString("; kho còn có phiên bản mới hơn, bổ sung bằng chứng xác thực")
	case !k.Current:
		b.WriteString("; văn bản đã có phiên bản mới hơn")
	}
	if len(k.CorrectedBy) > 0 {
		b.WriteString("; được đính chính bởi " + strings.Join(k.CorrectedBy, ", "))
	}
	return b.String() + "."
}
