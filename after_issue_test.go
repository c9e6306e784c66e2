package main

import (
	"context"
	"log/slog"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

// What happens to a document after it is issued: only to recipients of its own
// list, only by issued documents of the same organisation.
func TestAfterIssue(t *testing.T) {
	ctx := context.Background()
	dir := realOffice(t, 0, "Nguyễn Văn Nghĩa", "Hà Tĩnh")
	o, err := (&stateFlags{Data: dir}).open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	d, clerk := o.desk, o.cast.Clerk
	in := desk.Input{Template: "ke-hoach", Raw: plan(t, nil)}
	var refs []desk.Ref
	for range 2 {
		doc, err := d.Issue(ctx, o.cast, in)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, desk.Ref{Journal: doc.Journal, ID: doc.ID})
	}
	draft, err := d.Draft(ctx, o.cast.Secretary, in)
	if err != nil {
		t.Fatal(err)
	}
	one, two := refs[0], refs[1]
	for _, c := range []struct {
		name string
		do   func() (record.Document, error)
		code string
		then func(record.Document) bool
	}{
		{"dispatch", func() (record.Document, error) {
			return d.Dispatch(ctx, clerk, one, desk.Sending{Recipient: "Các phòng, đơn vị"})
		}, "", func(x record.Document) bool { return x.Dispatched == 1 }},
		{"dispatch to a stranger", func() (record.Document, error) {
			return d.Dispatch(ctx, clerk, one, desk.Sending{Recipient: "Ai đó"})
		}, "dispatch-invalid", nil},
		{"receipt of what was not sent", func() (record.Document, error) { return d.Receipt(ctx, clerk, one, "UBND tỉnh (b/c)") }, "not-dispatched", nil},
		{"receipt", func() (record.Document, error) { return d.Receipt(ctx, clerk, one, "Các phòng, đơn vị") }, "", func(x record.Document) bool { return x.Received == 1 }},
		{"correct by a draft", func() (record.Document, error) { return d.Correct(ctx, clerk, one, draft.ID) }, "linked-document", nil},
		{"correct", func() (record.Document, error) { return d.Correct(ctx, clerk, one, two.ID) }, "", func(x record.Document) bool { return x.State == record.Issued && len(x.Linked) == 1 }},
		{"supersede by itself", func() (record.Document, error) { return d.Supersede(ctx, clerk, one, one.ID) }, "entry-incomplete", nil},
		{"supersede", func() (record.Document, error) { return d.Supersede(ctx, clerk, one, two.ID) }, "", func(x record.Document) bool { return x.State == record.Superseded }},
		{"dispatch what is superseded", func() (record.Document, error) { return d.Dispatch(ctx, clerk, one, desk.Sending{}) }, "state", nil},
		{"recall", func() (record.Document, error) { return d.Recall(ctx, clerk, two, "Sai căn cứ") }, "", func(x record.Document) bool { return x.State == record.Recalled }},
		{"discard", func() (record.Document, error) {
			return d.Discard(ctx, clerk, desk.Ref{Journal: draft.Journal, ID: draft.ID}, "Không cần nữa")
		}, "", func(x record.Document) bool { return x.State == record.Discarded }},
	} {
		doc, err := c.do()
		if c.code != "" {
			if record.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
			continue
		}
		if err != nil || !c.then(doc) {
			t.Errorf("%s: %+v %v", c.name, doc, err)
		}
	}
	good(t, nil, "audit", "--data", dir)
}
