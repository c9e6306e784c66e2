package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/record"
	"vanthu/storage"
)

// Scope bounds what a token may be used for, within what its account may do.
type Scope string

const (
	ScopeRead  Scope = "read"  // look, search, verify
	ScopeDraft Scope = "draft" // a secretary's commands
	ScopeSign  Scope = "sign"  // a signatory's commands
	ScopeClerk Scope = "clerk" // a clerk's commands
	// ScopeAccount is for sessions alone: a token cannot make tokens.
	ScopeAccount Scope = "account"
)

// TokenScopes are those that a token may have.
var TokenScopes = []Scope{ScopeRead, ScopeDraft, ScopeSign, ScopeClerk}

// Token is what is known of a token after it was handed out.
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"` // what it is for, in its owner's words
	Scopes  []Scope   `json:"scopes"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

const (
	tokenPrefix   = "vanthu_"
	maxTokens     = 20
	maxTokenYears = 1
)

// AddToken makes a token that ends at expires, a year from now at the latest.
// secret is shown once and kept nowhere. Invalid names every fault.
func (d *Directory) AddToken(ctx context.Context, account, name string, scopes []Scope, expires time.Time) (secret string, t Token, err error) {
	var faults []record.Fault
	fault := func(pointer, code, message string) {
		faults = append(faults, record.Fault{Pointer: pointer, Code: code, Message: message})
	}
	now := d.now().UTC()
	if name = strings.TrimSpace(name); name == "" || len(name) > maxName || !utf8.ValidString(name) {
		fault("/name", "required", "Tên mã truy cập phải có và không quá 200 byte")
	}
	if len(scopes) == 0 {
		fault("/scopes", "required", "Phải nêu ít nhất một phạm vi")
	}
	for i, s := range scopes {
		if !slices.Contains(TokenScopes, s) || slices.Contains(scopes[:i], s) {
			fault(fmt.Sprintf("/scopes/%d", i), "enum", fmt.Sprintf("Phạm vi %q không có hoặc nêu hai lần; chọn trong: %v", s, TokenScopes))
		}
	}
	if !expires.After(now) || expires.After(now.AddDate(maxTokenYears, 0, 1)) {
		fault("/expires", "range", "Hạn dùng phải ở tương lai và không quá một năm")
	}
	if err := record.Faulty("token-invalid", "Yêu cầu mã truy cập chưa đúng", faults); err != nil {
		return "", t, err
	}
	if err := d.dropExpired(ctx, account, now); err != nil {
		return "", t, err
	}
	secret = tokenPrefix + rand.Text() + rand.Text()
	digest := record.DigestOf([]byte(secret))
	t = Token{ID: tokenID(digest), Name: name, Scopes: scopes, Created: now, Expires: expires.UTC()}
	if _, err := d.store.Put(ctx, tokenFolder+string(digest), []byte(account), ""); err != nil {
		return "", t, err
	}
	_, err = d.change(ctx, account, func(a *Account) error {
		a.Tokens = slices.DeleteFunc(a.Tokens, func(t Token) bool { return !t.Expires.After(now) })
		if len(a.Tokens) >= maxTokens {
			return record.E(record.Conflict, "tokens-too-many", fmt.Sprintf("Mỗi tài khoản có nhiều nhất %d mã truy cập; hãy thu hồi bớt", maxTokens))
		}
		a.Tokens = append(a.Tokens, t)
		return nil
	})
	if err != nil {
		return "", t, errors.Join(err, d.dropToken(ctx, t.ID))
	}
	return secret, t, nil
}

// tokenID is the part of a token's digest by which its owner names it.
func tokenID(digest record.Digest) string { return string(digest[:16]) }

func (d *Directory) dropExpired(ctx context.Context, account string, now time.Time) error {
	a, err := d.Account(ctx, account)
	if err != nil {
		return err
	}
	for _, t := range a.Tokens {
		if t.Expires.After(now) {
			continue
		}
		if err := d.dropToken(ctx, t.ID); err != nil {
			return err
		}
	}
	return nil
}

// dropToken removes what the store keeps for a token that is over.
func (d *Directory) dropToken(ctx context.Context, id string) error {
	if len(id) != len(tokenID(record.DigestOf(nil))) {
		return nil // not of ours: a shorter one would stand for the tokens of others
	}
	for key, err := range d.store.List(ctx, tokenFolder+id) {
		if err != nil {
			return err
		}
		if err := d.store.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// ByToken finds the account and the facts of a token; ErrNoSession when it is
// none, was revoked or has expired, or its account is disabled.
func (d *Directory) ByToken(ctx context.Context, secret string) (Account, Token, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Account{}, Token{}, ErrNoSession
	}
	digest := record.DigestOf([]byte(secret))
	key, mark := tokenFolder+string(digest), d.known.mark()
	x, known := d.known.get(key)
	s := x.session
	if !known {
		id, _, err := d.store.Get(ctx, key)
		if errors.Is(err, storage.ErrNotFound) {
			return Account{}, Token{}, ErrNoSession
		}
		if err != nil {
			return Account{}, Token{}, err
		}
		s.Account = string(id)
	}
	a, err := d.cachedAccount(ctx, s.Account)
	if err != nil {
		return Account{}, Token{}, err
	}
	i := slices.IndexFunc(a.Tokens, func(t Token) bool { return t.ID == tokenID(digest) })
	if i < 0 || a.Disabled || !a.Tokens[i].Expires.After(d.now()) {
		return Account{}, Token{}, ErrNoSession
	}
	d.known.put(key, cached{session: s}, mark)
	return a, a.Tokens[i], nil
}

// Revoke ends a token of the account; NotFound when it has none of that id.
func (d *Directory) Revoke(ctx context.Context, account, id string) error {
	_, err := d.change(ctx, account, func(a *Account) error {
		i := slices.IndexFunc(a.Tokens, func(t Token) bool { return t.ID == id })
		if i < 0 {
			return record.E(record.NotFound, "token-unknown", "Không có mã truy cập này")
		}
		a.Tokens = slices.Delete(a.Tokens, i, i+1)
		return nil
	})
	if err != nil {
		return err
	}
	return d.dropToken(ctx, id)
}
