package addresses

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/storage"
)

// Books are the address books in a working store. Its methods may be called from
// many goroutines and processes.
type Books struct{ store storage.WorkStore }

// New are the books kept in store.
func New(store storage.WorkStore) *Books { return &Books{store} }

// Book is one organisation's address book as it was when it was read.
type Book struct {
	Revision int     `json:"revision"` // counts the changes; 0 for a book that nobody has begun
	Entries  []Entry `json:"entries"`  // by folded name
}

// maxBook is more bytes than MaxEntries of the longest texts are.
const maxBook = 64 << 20

// Book reads the organisation's book; one that nobody has begun is empty.
func (b *Books) Book(ctx context.Context, organization string) (Book, error) {
	book, _, err := b.read(ctx, organization)
	return book, err
}

// Entry finds an entry; NotFound "address-unknown".
func (b *Books) Entry(ctx context.Context, organization, id string) (Entry, error) {
	book, err := b.Book(ctx, organization)
	if err != nil {
		return Entry{}, err
	}
	i := book.index(id)
	if i < 0 {
		return Entry{}, unknown()
	}
	return book.Entries[i], nil
}

// Add puts a new entry into the book and returns it with its id. Invalid
// "address-invalid" names every fault, also a name or code that the book has
// already for some of the same days; Conflict "addresses-full".
func (b *Books) Add(ctx context.Context, organization string, e Entry) (Entry, error) {
	e.ID = newID()
	faults := e.check("")
	err := b.change(ctx, organization, func(book *Book) error {
		if len(book.Entries) >= MaxEntries {
			return full()
		}
		e.Revision = book.Revision
		return book.put(e, faults)
	})
	return e, err
}

// Change replaces the entry of e.ID, as Add makes one. Precondition
// "address-changed" when it is no longer of the revision that was seen; 0 is any.
func (b *Books) Change(ctx context.Context, organization string, e Entry, seen int) (Entry, error) {
	faults := e.check("")
	err := b.change(ctx, organization, func(book *Book) error {
		if err := book.seen(e.ID, seen); err != nil {
			return err
		}
		e.Revision = book.Revision
		return book.put(e, faults)
	})
	return e, err
}

// Remove takes an entry out of the book, with nothing left of it; seen is as for
// Change.
func (b *Books) Remove(ctx context.Context, organization, id string, seen int) error {
	return b.change(ctx, organization, func(book *Book) error {
		if err := book.seen(id, seen); err != nil {
			return err
		}
		i := book.index(id)
		book.Entries = slices.Delete(book.Entries, i, i+1)
		return nil
	})
}

func (b Book) index(id string) int {
	return slices.IndexFunc(b.Entries, func(e Entry) bool { return e.ID == id })
}

func (b Book) seen(id string, revision int) error {
	i := b.index(id)
	if i < 0 {
		return unknown()
	}
	if revision != 0 && b.Entries[i].Revision != revision {
		return record.E(record.Precondition, "address-changed", "Địa chỉ này đã được sửa từ lúc bạn mở; hãy xem lại rồi thực hiện")
	}
	return nil
}

// put adds the entry or replaces the one of its id, unless it has faults or
// clashes with another one.
func (b *Book) put(e Entry, faults []record.Fault) error {
	faults = slices.Clone(faults)
	for _, other := range b.Entries {
		for _, pointer := range e.clashes(other) {
			faults = append(faults, taken(pointer, other))
		}
	}
	if err := record.Faulty("address-invalid", "Địa chỉ chưa đúng", faults); err != nil {
		return err
	}
	if i := b.index(e.ID); i >= 0 {
		b.Entries[i] = e
	} else {
		b.Entries = append(b.Entries, e)
	}
	return nil
}

func taken(pointer string, other Entry) record.Fault {
	what := map[string]string{"/name": "Tên", "/code": "Mã định danh"}[pointer]
	return record.Fault{Pointer: pointer, Code: "duplicate", Message: fmt.Sprintf("%s đã có ở địa chỉ khác của sổ, dùng trong cùng thời gian: %s", what, other.Name)}
}

func unknown() error {
	return record.E(record.NotFound, "address-unknown", "Sổ không có địa chỉ này")
}

func full() error {
	return record.E(record.Conflict, "addresses-full", fmt.Sprintf("Sổ địa chỉ có nhiều nhất %d mục; hãy bỏ bớt mục không dùng", MaxEntries))
}

func newID() string { return strings.ToLower(rand.Text()) }

func key(organization string) (string, error) {
	if !organizationForm.MatchString(organization) {
		return "", record.E(record.NotFound, "organization-not-found", "Không có cơ quan này")
	}
	return "addresses/" + organization + ".json", nil
}

func (b *Books) read(ctx context.Context, organization string) (book Book, tag string, err error) {
	at, err := key(organization)
	if err != nil {
		return Book{}, "", err
	}
	raw, tag, err := b.store.Get(ctx, at)
	if errors.Is(err, storage.ErrNotFound) {
		return Book{Entries: []Entry{}}, "", nil
	}
	if err != nil {
		return Book{}, "", err
	}
	if err := json.Unmarshal(raw, &book); err != nil || len(raw) > maxBook || book.Revision < 1 {
		return Book{}, "", record.Because(err, record.Damaged, "addresses-damaged", fmt.Sprintf("Sổ địa chỉ của %q không đọc được", organization))
	}
	return book, tag, nil
}

// errSame leaves the book as it is.
var errSame = errors.New("nothing changes")

// change alters a book by compare-and-swap: alter is called again upon what
// someone else has written meanwhile, with the revision that is to be.
func (b *Books) change(ctx context.Context, organization string, alter func(*Book) error) error {
	at, err := key(organization)
	if err != nil {
		return err
	}
	const tries = 50
	for range tries {
		book, tag, err := b.read(ctx, organization)
		if err != nil {
			return err
		}
		book.Revision++
		if err := alter(&book); errors.Is(err, errSame) {
			return nil
		} else if err != nil {
			return err
		}
		slices.SortFunc(book.Entries, order)
		raw, err := json.Marshal(book)
		if err != nil {
			return err
		}
		if _, err = b.store.Put(ctx, at, raw, tag); !errors.Is(err, storage.ErrChanged) {
			return err
		}
	}
	return record.E(record.Busy, "addresses-busy", "Sổ địa chỉ đang được nhiều nơi sửa cùng lúc; hãy thử lại")
}

func order(a, b Entry) int {
	return cmp.Or(strings.Compare(storage.Fold(a.Name), storage.Fold(b.Name)), strings.Compare(a.Name, b.Name),
		strings.Compare(string(a.ValidFrom), string(b.ValidFrom)), strings.Compare(a.ID, b.ID))
}
