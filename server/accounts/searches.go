package accounts

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/storage"
)

// Search is a question that an account keeps to ask again.
type Search struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Query   string    `json:"query"` // as in an address: "q=cai+cach&type=KH"
	Created time.Time `json:"created"`
}

const (
	searchFolder   = "searches/"
	maxSearches    = 50
	maxSearchName  = 100  // characters
	maxSearchQuery = 2000 // bytes
)

// Searches are those that an account keeps, by name.
func (d *Directory) Searches(ctx context.Context, account string) ([]Search, error) {
	all, _, err := d.searches(ctx, account)
	return all, err
}

func (d *Directory) searches(ctx context.Context, account string) ([]Search, string, error) {
	raw, tag, err := d.store.Get(ctx, searchFolder+account)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	var all []Search
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, "", record.Because(err, record.Damaged, "searches-damaged", "Các câu tìm đã lưu của tài khoản không đọc được")
	}
	return all, tag, nil
}

// AddSearch keeps a question under a name that the account does not use yet.
// Invalid names every fault; Conflict "search-name-taken", "searches-too-many".
func (d *Directory) AddSearch(ctx context.Context, account, name, query string) (Search, error) {
	var faults []record.Fault
	fault := func(pointer, code, message string) {
		faults = append(faults, record.Fault{Pointer: pointer, Code: code, Message: message})
	}
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	if name == "" || utf8.RuneCountInString(name) > maxSearchName || !utf8.ValidString(name) {
		fault("/name", "required", fmt.Sprintf("Tên của câu tìm phải có và không quá %d chữ", maxSearchName))
	}
	if query == "" || len(query) > maxSearchQuery || !utf8.ValidString(query) {
		fault("/query", "required", fmt.Sprintf("Câu tìm phải có điều kiện và không quá %d byte", maxSearchQuery))
	}
	if err := record.Faulty("search-invalid", "Câu tìm cần lưu chưa đúng", faults); err != nil {
		return Search{}, err
	}
	s := Search{ID: strings.ToLower(rand.Text())[:16], Name: name, Query: query, Created: d.now().UTC()}
	return s, d.changeSearches(ctx, account, func(all []Search) ([]Search, error) {
		if slices.ContainsFunc(all, func(x Search) bool { return x.Name == name }) {
			return nil, record.E(record.Conflict, "search-name-taken", fmt.Sprintf("Đã lưu một câu tìm tên %q; hãy xóa câu cũ hoặc đặt tên khác", name))
		}
		if len(all) >= maxSearches {
			return nil, record.E(record.Conflict, "searches-too-many", fmt.Sprintf("Mỗi tài khoản lưu nhiều nhất %d câu tìm; hãy xóa bớt", maxSearches))
		}
		all = append(all, s)
		slices.SortFunc(all, func(a, b Search) int { return strings.Compare(storage.Fold(a.Name), storage.Fold(b.Name)) })
		return all, nil
	})
}

// DropSearch forgets a question; NotFound when the account has none of that id.
func (d *Directory) DropSearch(ctx context.Context, account, id string) error {
	return d.changeSearches(ctx, account, func(all []Search) ([]Search, error) {
		i := slices.IndexFunc(all, func(x Search) bool { return x.ID == id })
		if i < 0 {
			return nil, record.E(record.NotFound, "search-unknown", "Không có câu tìm đã lưu này")
		}
		return slices.Delete(all, i, i+1), nil
	})
}

// changeSearches alters an account's questions by compare-and-swap.
func (d *Directory) changeSearches(ctx context.Context, account string, alter func([]Search) ([]Search, error)) error {
	const tries = 20
	for range tries {
		all, tag, err := d.searches(ctx, account)
		if err == nil {
			all, err = alter(all)
		}
		if err != nil {
			return err
		}
		raw, err := json.Marshal(all)
		if err != nil {
			return err
		}
		if _, err = d.store.Put(ctx, searchFolder+account, raw, tag); !errors.Is(err, storage.ErrChanged) {
			return err
		}
	}
	return record.E(record.Busy, "account-busy", "Tài khoản đang được nhiều nơi sửa cùng lúc; hãy thử lại")
}
