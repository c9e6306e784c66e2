package addresses

import (
	"context"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/storage"
)

// Find are the entries that have the words in their name, code or e-mail address,
// with or without accents; all of them for "".
func (b Book) Find(words string) []Entry {
	words = storage.Fold(strings.Join(strings.Fields(words), " "))
	out := []Entry{}
	for _, e := range b.Entries {
		if strings.Contains(storage.Fold(e.Name), words) || strings.Contains(strings.ToLower(e.Code), words) || strings.Contains(strings.ToLower(e.Email), words) {
			out = append(out, e)
		}
	}
	return out
}

// Lookup finds the entry of a recipient of a document in the organisation's book
// as Book.Lookup does. Who looks up many reads the Book once.
func (b *Books) Lookup(ctx context.Context, organization string, recipient record.Recipient, on record.Date) (Entry, bool, error) {
	book, err := b.Book(ctx, organization)
	if err != nil {
		return Entry{}, false, err
	}
	e, found := book.Lookup(recipient, on)
	return e, found, nil
}

// Address is how the desk asks for a recipient's entry.
func (b *Books) Address(ctx context.Context, organization string, r record.Recipient, on record.Date) (record.Address, bool, error) {
	e, known, err := b.Lookup(ctx, organization, r, on)
	return record.Address{Channel: e.Channel, Email: e.Email, Code: e.Code}, known, err
}

// Lookup finds the entry, valid on that day, to which a line of nơi nhận belongs:
// by the recipient's id, as an entry's ID or Code; else by its exact name, with
// and without a purpose in brackets behind it; else by its folded name, where only
// one entry has it. An entry that has another code than the recipient is another
// body, however it is called.
func (b Book) Lookup(recipient record.Recipient, on record.Date) (Entry, bool) {
	id, code := strings.TrimSpace(recipient.ID), strings.ToUpper(strings.TrimSpace(recipient.ID))
	var valid []Entry
	for _, e := range b.Entries {
		switch {
		case !e.Holds(on):
		case id != "" && (e.ID == id || e.Code == code):
			return e, true
		case id == "" || e.Code == "":
			valid = append(valid, e)
		}
	}
	name := strings.Join(strings.Fields(norm.NFC.String(recipient.Name)), " ")
	for _, form := range []func(string) string{
		func(s string) string { return s },
		func(s string) string { return withoutPurpose.ReplaceAllString(s, "") },
		storage.Fold,
		func(s string) string { return storage.Fold(withoutPurpose.ReplaceAllString(s, "")) },
	} {
		want, n := form(name), 0
		var found Entry
		for _, e := range valid {
			if form(e.Name) == want && want != "" {
				found = e
				n++
			}
		}
		if n == 1 {
			return found, true
		}
	}
	return Entry{}, false
}

// withoutPurpose is what offices put behind a name to say why it gets the
// document: (b/c), (để b/c), (t/h), (p/h), (để biết). It is practice, no rule of
// the decree.
var withoutPurpose = regexp.MustCompile(`(?i)\s*\(\s*(để\s+)?(b/c|báo cáo|t/h|thực hiện|p/h|phối hợp|k/t|kiểm tra|giám sát|biết|lưu)\s*\)$`)
