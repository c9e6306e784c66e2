package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"vanthu/record"
)

// Limits on the separate files of a document.
const (
	MaxAttachments    = 20
	MaxAttachmentSize = 64 << 20 // bytes
	maxTitle          = 300      // letters
)

// Attach adds a separate PDF to a draft. Everything that would keep the seal
// from being put on it is refused now. The draft is as before otherwise. Errors:
// Invalid with the fault at /title or /file.
func (d *Desk) Attach(ctx context.Context, a Actor, r Ref, title string, pdf []byte) (record.Document, error) {
	o := d.order(a, r, record.CmdAttach, nil)
	o.identify(title, string(record.DigestOf(pdf)))
	doc, v, err := d.redraft(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	var faults faultList
	if title = oneLine(title); title == "" || utf8.RuneCountInString(title) > maxTitle {
		faults.add("/title", "length", fmt.Sprintf("Tên tệp kèm theo phải có từ 1 đến %d chữ", maxTitle))
	}
	if len(v.Attachments) >= MaxAttachments {
		faults.add("/file", "too-many", fmt.Sprintf("Không quá %d tệp kèm theo", MaxAttachments))
	}
	if len(pdf) > MaxAttachmentSize {
		faults.add("/file", "too-large", fmt.Sprintf("Tệp kèm theo lớn hơn %d MB", MaxAttachmentSize>>20))
	} else if err := d.Signer.Certifiable(pdf, record.Certifying{Issuer: v.Issuer, Lines: []string{"Số: 00000" + v.Symbol}, Time: d.Now()}); err != nil {
		faults.add("/file", record.CodeOf(err), err.Error())
	}
	if err := record.Faulty("attachment-invalid", "Chưa kèm được tệp này", faults); err != nil {
		return doc, err
	}
	n := 1
	for _, has := v.File(attachmentName(n)); has; _, has = v.File(attachmentName(n)) {
		n++
	}
	v.Attachments = append(v.Attachments, record.Attachment{File: attachmentName(n), Title: title})
	replaceFile(&v, attachmentName(n), pdf)
	return d.commitDraft(ctx, o, v, pdf)
}

// Detach takes a separate file off a draft; earlier versions keep it.
func (d *Desk) Detach(ctx context.Context, a Actor, r Ref, file string) (record.Document, error) {
	o := d.order(a, r, record.CmdDetach, nil)
	o.identify(file)
	doc, v, err := d.redraft(ctx, o)
	if err != nil {
		return settled(doc, err)
	}
	i := slices.IndexFunc(v.Attachments, func(x record.Attachment) bool { return x.File == file })
	if i < 0 {
		return doc, record.Faulty("attachment-unknown", "Văn bản không có tệp kèm theo này", []record.Fault{{
			Pointer: "/file", Code: "attachment-unknown", Message: fmt.Sprintf("Văn bản không có tệp kèm theo %q", file)}})
	}
	v.Attachments = slices.Delete(v.Attachments, i, i+1)
	v.Files = slices.DeleteFunc(v.Files, func(f record.File) bool { return f.Name == file })
	return d.commitDraft(ctx, o, v)
}

func attachmentName(n int) string { return fmt.Sprintf("attachment-%d.pdf", n) }

// redraft is the next version of a draft or a returned document, without what
// submit had made of it.
func (d *Desk) redraft(ctx context.Context, o order) (record.Document, record.Version, error) {
	doc, err := d.admit(ctx, o)
	if err != nil {
		return doc, record.Version{}, err
	}
	if !slices.Contains(record.Transitions[o.entry.Command].From, doc.State) {
		return doc, record.Version{}, record.E(record.Conflict, "state", fmt.Sprintf("Văn bản đang ở trạng thái %s, không còn là dự thảo", doc.State))
	}
	v, err := d.Archive.Version(ctx, doc.Manifest)
	if err != nil {
		return doc, v, err
	}
	v.Predecessor, v.Version, v.State, v.Created, v.Signatures = doc.Manifest, doc.Version+1, record.Draft, d.Now().UTC(), nil
	v.Attachments = slices.Clone(v.Attachments)
	v.Files = slices.DeleteFunc(slices.Clone(v.Files), func(f record.File) bool { return f.Name == record.DOCXFile || f.Name == record.PDFFile })
	return doc, v, nil
}

func (d *Desk) commitDraft(ctx context.Context, o order, v record.Version, contents ...[]byte) (record.Document, error) {
	manifest, err := d.store(ctx, v, contents...)
	if err != nil {
		return record.Document{}, err
	}
	return d.carryOut(ctx, o, func(_ *record.State, e *record.Entry) error {
		e.Version, e.Manifest = v.Version, manifest
		return nil
	})
}

// carryAttachments takes the separate files of the version before over into v.
func (d *Desk) carryAttachments(ctx context.Context, v *record.Version) error {
	before, err := d.Archive.Version(ctx, v.Predecessor)
	if err != nil {
		return err
	}
	v.Attachments = before.Attachments
	for _, x := range before.Attachments {
		f, ok := before.File(x.File)
		if !ok {
			return record.E(record.Damaged, "attachment-missing", fmt.Sprintf("Bản kê không có tệp kèm theo %s", x.File))
		}
		v.Files = append(v.Files, f)
	}
	return nil
}

// markAttachments puts number, symbol, time and the organisation's signature on
// each separate file of a version being sealed (NĐ 30/2020, PL I, II.8), and
// returns the new files.
func (d *Desk) markAttachments(ctx context.Context, v *record.Version) ([][]byte, error) {
	var made [][]byte
	for _, x := range v.Attachments {
		b, err := d.FileOf(ctx, *v, x.File)
		if err != nil {
			return nil, err
		}
		marked, fact, err := d.Signer.Certify(ctx, b, record.Certifying{Issuer: v.Issuer, Lines: []string{"Số: " + v.Symbol},
			Reason: strings.TrimSpace("Tệp kèm theo văn bản số " + v.Symbol), Time: d.Now()})
		if err != nil {
			return nil, err
		}
		fact.File = x.File
		v.Signatures = append(v.Signatures, fact)
		replaceFile(v, x.File, marked)
		made = append(made, marked)
	}
	return made, nil
}
