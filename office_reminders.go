package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"vanthu/post"
	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
	"vanthu/server/addresses"
	"vanthu/storage"
)

// reminders writes to units and people of whom something is awaited: an opinion on
// a draft, the hand-over of a dossier; where the address book has an e-mail
// address under their name. That somebody was reminded is working state: whoever
// creates its object sends, so several instances send once. One that dies in
// between leaves the reminder unsent; what is awaited stays on the start page.
type reminders struct {
	*postman
	people *accounts.Directory
	book   *addresses.Books
}

const (
	reminderFolder = "reminders/"
	remindEvery    = 10 * time.Minute
)

// reminder is one letter to one party; id tells it from all others.
type reminder struct {
	journal, name string
	id            record.Digest
	subject, text string
}

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
		for _, due := range []func(context.Context, string, record.Date) ([]reminder, error){r.opinions, r.transfers} {
			letters, err := due(ctx, j, today)
			errs = append(errs, err)
			for _, x := range letters {
				done, err := r.send(ctx, x, today)
				errs = append(errs, err)
				if done {
					sent++
				}
			}
		}
	}
	return sent, errors.Join(errs...)
}

// send reminds one party, unless that was done or it has no address.
func (r *reminders) send(ctx context.Context, x reminder, today record.Date) (bool, error) {
	to, known, err := r.book.Lookup(ctx, x.journal, record.Recipient{Name: x.name}, today)
	if err != nil || !known || to.Email == "" {
		return false, err
	}
	key := reminderFolder + string(x.id)
	if _, _, err := r.work.Get(ctx, key); !errors.Is(err, storage.ErrNotFound) {
		return false, err
	}
	// The random part makes the claim its own: an equal one would look like success.
	claim := fmt.Appendf(nil, `{"at":%q,"claim":%q}`, r.now().UTC().Format(time.RFC3339), rand.Text())
	if _, err := r.work.Put(ctx, key, claim, ""); errors.Is(err, storage.ErrChanged) {
		return false, nil // another instance was faster
	} else if err != nil {
		return false, err
	}
	l := post.Letter{MessageID: string(x.id[:40]) + "@" + r.host, To: to.Email, ToName: x.name, Subject: x.subject,
		Text:    fmt.Sprintf("Kính gửi: %s\n\n%s\nThư này do hệ thống văn thư tự động gửi.\n", x.name, x.text),
		Headers: map[string]string{"Auto-Submitted": "auto-generated"}}
	if _, err = r.sender.Send(ctx, l); err == nil {
		return true, nil
	}
	if kind := record.KindOf(err); kind == record.Invalid || kind == record.Conflict {
		return false, err // refused for good: not tried again
	}
	return false, errors.Join(err, r.work.Delete(context.WithoutCancel(ctx), key))
}

// opinions are the letters about drafts. They say no more of a draft than its
// subject: who may read it logs in.
func (r *reminders) opinions(ctx context.Context, journal string, today record.Date) (out []reminder, err error) {
	all, err := r.desk.AwaitedOpinions(ctx, journal, nil)
	errs := []error{err}
	for _, x := range all {
		if kind, due := x.Reminder(today); due {
			letters, err := r.opinion(ctx, x, kind, today)
			out, errs = append(out, letters...), append(errs, err)
		}
	}
	return out, errors.Join(errs...)
}

func (r *reminders) opinion(ctx context.Context, x desk.AwaitedOpinion, kind record.Reminder, today record.Date) (out []reminder, err error) {
	v, err := r.desk.Archive.Version(ctx, x.Document.Manifest)
	if err != nil {
		return nil, err
	}
	names, err := r.parties(ctx, x, today)
	if err != nil {
		return nil, err
	}
	what, until := "[NHẮC GÓP Ý]", "Thời hạn góp ý: hết ngày "+x.Deadline.Vietnamese()+"."
	if kind == record.RemindOverdue {
		what, until = "[QUÁ HẠN GÓP Ý]", "Thời hạn góp ý đã hết ngày "+x.Deadline.Vietnamese()+"; góp ý gửi sau vẫn được nhận và ghi là muộn."
	}
	text := fmt.Sprintf("%s đang chờ ý kiến về dự thảo %s: %s.\n%s\n", v.Issuer.Name, v.Type.Name, v.Subject, until)
	if r.desk.Base != "" {
		text += fmt.Sprintf("\nĐăng nhập để đọc và góp ý: %s/van-ban/%s\n", r.desk.Base, x.Document.ID)
	}
	for party, name := range names {
		out = append(out, reminder{x.Document.Journal, name, record.DigestOf(fmt.Appendf(nil, "%q %q %d %q %q", x.Document.Journal, x.Document.ID, x.Seq, party, kind)), what + " " + v.Type.Name + ": " + v.Subject, text})
	}
	return out, nil
}

// parties are the names of who has not answered, by what tells them apart.
func (r *reminders) parties(ctx context.Context, x desk.AwaitedOpinion, today record.Date) (map[string]string, error) {
	on, err := r.desk.IssuerOf(ctx, x.Document, today)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, u := range x.Units {
		names["unit "+u] = record.UnitName(on.Units, u)
	}
	for _, id := range x.Accounts {
		a, err := r.people.Account(ctx, id)
		if err != nil && record.KindOf(err) != record.NotFound {
			return nil, err
		}
		if err == nil && !a.Disabled {
			names["account "+id] = a.Name
		}
	}
	return names, nil
}

// transfers are the letters to the keepers of dossiers that are to be handed to
// the archive within 30 days (NĐ 30/2020, PL VI, III.5.b), or are late: one for
// all of a keeper that are due on the same day, and one the day after.
func (r *reminders) transfers(ctx context.Context, journal string, today record.Date) (out []reminder, err error) {
	due, err := r.desk.DueTransfers(ctx, journal)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	o, err := r.desk.Organizations.Organization(ctx, journal)
	if err != nil {
		return nil, err
	}
	type group struct {
		keeper string
		by     record.Date
	}
	lists := map[group]string{}
	for _, d := range due {
		if d.Keeper != "" {
			lists[group{d.Keeper, d.TransferBy()}] += fmt.Sprintf("- %s: %s\n", d.Key(), d.Title)
		}
	}
	for g, list := range lists {
		kind, subject, text := record.RemindSoon, "[NHẮC NỘP LƯU] ", "Hồ sơ sau đây phải nộp vào lưu trữ cơ quan trước hết ngày "
		if g.by < today {
			kind, subject, text = record.RemindOverdue, "[QUÁ HẠN NỘP LƯU] ", "Hồ sơ sau đây chưa nộp vào lưu trữ cơ quan, hạn là hết ngày "
		}
		text += g.by.Vietnamese() + " (Nghị định 30/2020/NĐ-CP, Điều 30):\n\n" + list
		if r.desk.Base != "" {
			text += fmt.Sprintf("\nXem ở %s/ho-so\n", r.desk.Base)
		}
		out = append(out, reminder{journal, record.UnitName(o.Units, g.keeper), record.DigestOf(fmt.Appendf(nil, "%q %q %q %q", journal, g.keeper, g.by, kind)), subject + "Hồ sơ đến hạn ngày " + g.by.Vietnamese(), text})
	}
	return out, nil
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
