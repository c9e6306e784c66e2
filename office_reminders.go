package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"vanthu/post"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
	"vanthu/server/addresses"
	"vanthu/storage"
)

// reminders writes to units and people whose opinion on a draft is awaited, where
// the address book has an e-mail address under their name. That somebody was
// reminded is working state: whoever creates its object sends, so several
// instances send once. One that dies in between leaves the reminder unsent; the
// draft stays on the start page.
type reminders struct {
	*postman
	people *accounts.Directory
	book   *addresses.Books
}

const (
	reminderFolder = "reminders/"
	remindEvery    = 10 * time.Minute
)

// pass sends what is due today and says how many letters went out. The error of
// one letter keeps no other from going.
func (r *reminders) pass(ctx context.Context) (sent int, err error) {
	journals, err := r.desk.Journals.Journals(ctx)
	if err != nil {
		return 0, err
	}
	today := record.DateOf(r.now())
	var errs []error
	for _, j := range journals {
		if j == record.SystemJournal {
			continue
		}
		all, err := r.desk.AwaitedOpinions(ctx, j, nil)
		errs = append(errs, err)
		for _, x := range all {
			kind, due := x.Reminder(today)
			if !due {
				continue
			}
			n, err := r.remind(ctx, x, kind, today)
			sent += n
			errs = append(errs, err)
		}
	}
	return sent, errors.Join(errs...)
}

func (r *reminders) remind(ctx context.Context, x desk.AwaitedOpinion, kind record.Reminder, today record.Date) (sent int, err error) {
	on, err := r.desk.IssuerOf(ctx, x.Document, today)
	if err != nil {
		return 0, err
	}
	names := map[string]string{} // by what tells parties apart
	for _, u := range x.Units {
		names["unit "+u] = u
		for _, known := range on.Units {
			if known.Abbreviation == u {
				names["unit "+u] = known.Name
			}
		}
	}
	for _, id := range x.Accounts {
		a, err := r.people.Account(ctx, id)
		if err != nil && record.KindOf(err) != record.NotFound {
			return 0, err
		}
		if err == nil && !a.Disabled {
			names["account "+id] = a.Name
		}
	}
	var errs []error
	for party, name := range names {
		done, err := r.one(ctx, x, kind, party, name, today)
		errs = append(errs, err)
		if done {
			sent++
		}
	}
	return sent, errors.Join(errs...)
}

// one reminds one party, unless that was done or it has no address.
func (r *reminders) one(ctx context.Context, x desk.AwaitedOpinion, kind record.Reminder, party, name string, today record.Date) (bool, error) {
	to, known, err := r.book.Lookup(ctx, x.Document.Journal, record.Recipient{Name: name}, today)
	if err != nil || !known || to.Email == "" {
		return false, err
	}
	id := string(record.DigestOf(fmt.Appendf(nil, "%q %q %d %q %q", x.Document.Journal, x.Document.ID, x.Seq, party, kind)))
	if _, _, err := r.work.Get(ctx, reminderFolder+id); !errors.Is(err, storage.ErrNotFound) {
		return false, err
	}
	l, err := r.text(ctx, x, kind, to.Email, name)
	if err != nil {
		return false, err
	}
	l.MessageID = id[:40] + "@" + r.host
	// The random part makes the claim its own: an equal one would look like success.
	claim := fmt.Appendf(nil, `{"at":%q,"claim":%q}`, r.now().UTC().Format(time.RFC3339), rand.Text())
	if _, err := r.work.Put(ctx, reminderFolder+id, claim, ""); errors.Is(err, storage.ErrChanged) {
		return false, nil // another instance was faster
	} else if err != nil {
		return false, err
	}
	if _, err = r.sender.Send(ctx, l); err == nil {
		return true, nil
	}
	if kind := record.KindOf(err); kind == record.Invalid || kind == record.Conflict {
		return false, err // refused for good: not tried again
	}
	return false, errors.Join(err, r.work.Delete(context.WithoutCancel(ctx), reminderFolder+id))
}

// text is the letter. It says no more of the draft than its subject: who may read
// it logs in.
func (r *reminders) text(ctx context.Context, x desk.AwaitedOpinion, kind record.Reminder, email, name string) (post.Letter, error) {
	v, err := r.desk.Archive.Version(ctx, x.Document.Manifest)
	if err != nil {
		return post.Letter{}, err
	}
	what := "[NHẮC GÓP Ý]"
	until := "Thời hạn góp ý: hết ngày " + x.Deadline.Vietnamese() + "."
	if kind == record.RemindOverdue {
		what = "[QUÁ HẠN GÓP Ý]"
		until = "Thời hạn góp ý đã hết ngày " + x.Deadline.Vietnamese() + "; góp ý gửi sau vẫn được nhận và ghi là muộn."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Kính gửi: %s\n\n%s đang chờ ý kiến về dự thảo %s: %s.\n%s\n", name, v.Issuer.Name, v.Type.Name, v.Subject, until)
	if r.desk.Base != "" {
		fmt.Fprintf(&b, "\nĐăng nhập để đọc và góp ý: %s/van-ban/%s\n", r.desk.Base, x.Document.ID)
	}
	b.WriteString("\nThư này do hệ thống văn thư tự động gửi.\n")
	return post.Letter{To: email, ToName: name, Subject: what + " " + v.Type.Name + ": " + v.Subject, Text: b.String(),
		Headers: map[string]string{"Auto-Submitted": "auto-generated"}}, nil
}

// serve looks every so often until ctx ends.
func (r *reminders) serve(ctx context.Context) {
	for {
		if n, err := r.pass(ctx); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "reminders not all sent", slog.Any("error", err))
		} else if n > 0 {
			r.log.InfoContext(ctx, "done", slog.String("job", "reminders"), slog.Int("letters", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(remindEvery):
		}
	}
}
