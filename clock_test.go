package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
)

// signsAt lets something happen right after the official has signed.
type signsAt struct {
	desk.Signer
	after func()
}

func (s signsAt) Sign(ctx context.Context, pdf []byte, in record.Signing) (record.SigningResult, error) {
	r, err := s.Signer.Sign(ctx, pdf, in)
	s.after()
	return r, err
}

// The year is part of the signed text. When the new year begins between
// signature and number, the number is refused, the signature set aside, and
// the document made and signed anew: it is the first of its year.
func TestNewYearBetweenSignatureAndNumber(t *testing.T) {
	ctx := context.Background()
	dir := realOffice(t, 45, "Nguyễn Văn Nghĩa", "Hà Tĩnh")
	o, err := (&stateFlags{Data: dir}).open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	year := time.Now().In(record.Office).Year()
	now := time.Date(year, 12, 31, 23, 59, 0, 0, record.Office)
	o.desk.Now = func() time.Time { return now }
	midnight := sync.OnceFunc(func() { now = time.Date(year+1, 1, 1, 0, 1, 0, 0, record.Office) })
	o.desk.Signer = signsAt{o.desk.Signer, midnight}
	doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Template: "ke-hoach", Raw: plan(t, nil)})
	if err != nil {
		t.Fatal(err)
	}
	if doc.State != record.Issued || doc.Number != 1 || doc.Date != record.DateOf(now) || doc.Version != 7 {
		t.Errorf("%+v", doc)
	}
	pdf, err := o.desk.File(ctx, doc, record.PDFFile)
	if err != nil {
		t.Fatal(err)
	}
	layout := tool(t, "pdftotext", "-layout", write(t, filepath.Join(dir, "o.pdf"), pdf), "-")
	if want := "ngày 01 tháng 01 năm " + now.Format("2006"); !strings.Contains(layout, want) || !strings.Contains(layout, "Số: 01/KH-SNV") {
		t.Errorf("the page does not read %q:\n%s", want, firstLines(layout, 8))
	}

	// A clock behind the last date gives no number, and nothing is stored.
	before := tree(t, dir)
	now = now.AddDate(0, 0, 5)
	if _, err := o.desk.Issue(ctx, o.cast, desk.Input{Template: "ke-hoach", Raw: plan(t, nil)}); err != nil {
		t.Fatal(err)
	}
	between := tree(t, dir)
	now = now.AddDate(0, 0, -1)
	_, err = o.desk.Issue(ctx, o.cast, desk.Input{Template: "ke-hoach", Raw: plan(t, nil)})
	if record.CodeOf(err) != "date-backwards" {
		t.Errorf("clock moved back: %v", err)
	}
	if before == between || tree(t, dir) != between {
		t.Error("the refused document left something behind")
	}
}
