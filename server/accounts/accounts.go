package accounts

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/storage"
)

// Account is a person or program that may log in.
type Account struct {
	ID       string    `json:"id"` // opaque; what the journals name
	Username string    `json:"username"`
	Name     string    `json:"name"` // as shown to others
	Password string    `json:"password_hash"`
	Disabled bool      `json:"disabled,omitempty"`
	Created  time.Time `json:"created"`
	Tokens   []Token   `json:"tokens,omitempty"`
	// Failures are the wrong passwords since the last right one.
	Failures int       `json:"failures,omitempty"`
	Failed   time.Time `json:"failed,omitzero"`
	// Epoch counts how often the sessions of the account were ended all at once:
	// those of an earlier one are over. Not a time, for clocks differ.
	Epoch int `json:"epoch"`
}

// Directory keeps accounts, sessions and tokens in a working store. Its methods
// may be called from many goroutines and processes.
type Directory struct {
	store  storage.WorkStore
	now    func() time.Time
	hashes hasher
	turns  *turns
	dummy  string // a hash that costs as much as a real one
	wrong  *failures
	known  *cache
}

// New is the directory kept in store.
func New(store storage.WorkStore, now func() time.Time) *Directory {
	return &Directory{store: store, now: now, hashes: newHasher(), turns: newTurns(), dummy: hash(rand.Text()), wrong: newFailures(), known: newCache(now)}
}

const (
	accountFolder = "accounts/"
	loginFolder   = "logins/"
	sessionFolder = "sessions/"
	tokenFolder   = "tokens/"
	nobodyFolder  = "nobody/"
)

var (
	usernameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,62}$`)
	idForm       = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
)

const maxName = 200 // bytes

// NewAccount is what an account is made from.
type NewAccount struct {
	ID       string // "" makes one; a given one is for accounts that others know beforehand
	Username string // 2 to 63 of a-z 0-9 . _ -
	Name     string
	Password string
}

// Add makes an account. Invalid names every fault at once; Conflict
// "username-taken" when there is one of that name.
func (d *Directory) Add(ctx context.Context, n NewAccount) (Account, error) {
	n.Name = strings.Join(strings.Fields(norm.NFC.String(n.Name)), " ")
	var faults []record.Fault
	if !usernameForm.MatchString(n.Username) {
		faults = append(faults, record.Fault{Pointer: "/username", Code: "pattern", Message: "Tên đăng nhập gồm 2 đến 63 ký tự a-z, 0-9, dấu chấm, gạch dưới, gạch nối"})
	}
	if n.Name == "" || len(n.Name) > maxName {
		faults = append(faults, record.Fault{Pointer: "/name", Code: "required", Message: "Họ và tên phải có và không quá 200 byte"})
	}
	if n.ID == "" {
		n.ID = strings.ToLower(rand.Text())
	} else if !idForm.MatchString(n.ID) {
		faults = append(faults, record.Fault{Pointer: "/id", Code: "pattern", Message: "Mã tài khoản chỉ gồm a-z, 0-9 và -"})
	}
	faults = append(faults, checkPassword("/password", n.Username, n.Password)...)
	if err := record.Faulty("account-invalid", "Dữ liệu tài khoản chưa đúng", faults); err != nil {
		return Account{}, err
	}
	done, err := d.hashes.turn(ctx)
	if err != nil {
		return Account{}, err
	}
	now := d.now().UTC()
	a := Account{ID: n.ID, Username: n.Username, Name: n.Name, Password: hash(n.Password), Created: now}
	done()
	taken := record.E(record.Conflict, "username-taken", fmt.Sprintf("Đã có tài khoản %q", n.Username))
	if _, err := d.ByUsername(ctx, n.Username); record.KindOf(err) != record.NotFound {
		if err == nil {
			err = taken
		}
		return Account{}, err
	}
	// An Add that was cut off has left the account of this id without a log-in
	// name: nobody has used it, and it is made anew.
	tag := ""
	if old, found, err := d.get(ctx, n.ID); err == nil && old.Username == n.Username {
		tag = found
	}
	if err := d.put(ctx, a, tag); err != nil {
		if errors.Is(err, storage.ErrChanged) {
			err = taken
		}
		return Account{}, err
	}
	_, err = d.store.Put(ctx, loginFolder+a.Username, []byte(a.ID), "")
	if errors.Is(err, storage.ErrChanged) { // someone else was faster
		return Account{}, errors.Join(taken, d.store.Delete(ctx, accountFolder+a.ID))
	}
	return a, err
}

// Account finds an account by its id; NotFound "account-unknown".
func (d *Directory) Account(ctx context.Context, id string) (Account, error) {
	a, _, err := d.get(ctx, id)
	return a, err
}

// ByUsername finds an account by what its owner types; NotFound
// "account-unknown".
func (d *Directory) ByUsername(ctx context.Context, username string) (Account, error) {
	if !usernameForm.MatchString(username) {
		return Account{}, unknownAccount(username)
	}
	id, _, err := d.store.Get(ctx, loginFolder+username)
	if errors.Is(err, storage.ErrNotFound) {
		return Account{}, unknownAccount(username)
	}
	if err != nil {
		return Account{}, err
	}
	return d.Account(ctx, string(id))
}

// All lists the accounts by id.
func (d *Directory) All(ctx context.Context) ([]Account, error) {
	var all []Account
	for key, err := range d.store.List(ctx, accountFolder) {
		if err != nil {
			return nil, err
		}
		a, _, err := d.get(ctx, strings.TrimPrefix(key, accountFolder))
		if record.KindOf(err) == record.NotFound { // removed meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// SetDisabled locks an account out or lets it in again; locking ends its
// sessions and keeps its tokens from working.
func (d *Directory) SetDisabled(ctx context.Context, id string, disabled bool) error {
	_, err := d.change(ctx, id, func(a *Account) error {
		if a.Disabled = disabled; disabled {
			a.Epoch++
		}
		return nil
	})
	return err
}

func unknownAccount(name string) error {
	return record.E(record.NotFound, "account-unknown", fmt.Sprintf("Không có tài khoản %q", name))
}

func (d *Directory) get(ctx context.Context, id string) (Account, string, error) {
	if !idForm.MatchString(id) {
		return Account{}, "", unknownAccount(id)
	}
	raw, tag, err := d.store.Get(ctx, accountFolder+id)
	if errors.Is(err, storage.ErrNotFound) {
		return Account{}, "", unknownAccount(id)
	}
	if err != nil {
		return Account{}, "", err
	}
	var a Account
	if err := json.Unmarshal(raw, &a); err != nil || a.ID != id {
		return Account{}, "", record.Because(err, record.Damaged, "account-damaged", fmt.Sprintf("Dữ liệu tài khoản %q không đọc được", id))
	}
	return a, tag, nil
}

func (d *Directory) put(ctx context.Context, a Account, tag string) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = d.store.Put(ctx, accountFolder+a.ID, raw, tag)
	return err
}

// change alters an account by compare-and-swap and returns it as it is then.
func (d *Directory) change(ctx context.Context, id string, alter func(*Account) error) (Account, error) {
	const tries = 20
	for range tries {
		a, tag, err := d.get(ctx, id)
		if err != nil {
			return a, err
		}
		if err := alter(&a); err != nil {
			return a, err
		}
		err = d.put(ctx, a, tag)
		if errors.Is(err, storage.ErrChanged) {
			continue
		}
		d.known.forget(id)
		return a, err
	}
	return Account{}, record.E(record.Busy, "account-busy", "Tài khoản đang được nhiều nơi sửa cùng lúc; hãy thử lại")
}
