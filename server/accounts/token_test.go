package accounts

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/record"
)

func codeOf(err error) string { return record.CodeOf(err) }

func pointers(err error) []string {
	var e *record.Error
	if !errors.As(err, &e) {
		return nil
	}
	var out []string
	for _, f := range e.Faults {
		out = append(out, f.Pointer)
	}
	return out
}

func equal(a, b []string) bool { return slices.Equal(a, b) }

func (h *house) token(a Account, d time.Duration, scopes ...Scope) (string, Token) {
	h.t.Helper()
	secret, token, err := h.AddToken(h.t.(*testing.T).Context(), a.ID, "chương trình", scopes, h.clock.now().Add(d))
	if err != nil {
		h.t.Fatal(err)
	}
	return secret, token
}

func TestTokenHasItsScopesAndItsEnd(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	secret, token := h.token(a, time.Hour, ScopeRead, ScopeSign)
	if !regexp.MustCompile(`^vanthu_[A-Z2-7]{52}$`).MatchString(secret) || len(token.ID) != 16 || strings.Contains(secret, token.ID) {
		t.Errorf("token %q %+v", secret, token)
	}
	got, facts, err := h.ByToken(t.Context(), secret)
	if err != nil || got.ID != a.ID || !slices.Equal(facts.Scopes, []Scope{ScopeRead, ScopeSign}) || facts.Name != "chương trình" {
		t.Errorf("%v %+v %v", got.ID, facts, err)
	}
	for _, forged := range []string{"", "vanthu_", secret[len(tokenPrefix):], secret + "A", strings.ToLower(secret), "Vanthu_" + secret[7:]} {
		if _, _, err := h.ByToken(t.Context(), forged); !errors.Is(err, ErrNoSession) {
			t.Errorf("%q: %v", forged, err)
		}
	}
	if h.alive(secret) { // nor is it a cookie
		t.Error("a token is a session")
	}
	session := h.begin("thanh", good)
	if _, _, err := h.ByToken(t.Context(), session); !errors.Is(err, ErrNoSession) {
		t.Errorf("a session is a token: %v", err)
	}
	h.clock.pass(time.Hour - time.Nanosecond)
	if _, _, err := h.ByToken(t.Context(), secret); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	h.clock.pass(time.Nanosecond)
	if _, _, err := h.ByToken(t.Context(), secret); !errors.Is(err, ErrNoSession) {
		t.Errorf("after its end: %v", err)
	}
}

func TestWhatEndsATokenAtOnce(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	secret, token := h.token(a, time.Hour, ScopeRead)
	other, _ := h.token(a, time.Hour, ScopeRead)
	works := func(secret string) bool {
		_, _, err := h.ByToken(t.Context(), secret)
		if err != nil && !errors.Is(err, ErrNoSession) {
			t.Fatal(err)
		}
		return err == nil
	}
	if !works(secret) || !works(other) {
		t.Fatal("new tokens do not work")
	}
	if err := h.SetDisabled(t.Context(), a.ID, true); err != nil {
		t.Fatal(err)
	}
	if works(secret) {
		t.Error("the token of a disabled account works")
	}
	if err := h.SetDisabled(t.Context(), a.ID, false); err != nil {
		t.Fatal(err)
	}
	if !works(secret) {
		t.Error("the token of an account enabled again does not work")
	}
	if err := h.Revoke(t.Context(), a.ID, token.ID); err != nil {
		t.Fatal(err)
	}
	if works(secret) || !works(other) {
		t.Error("revoking one token did something else")
	}
	if n := len(h.keys(tokenFolder)); n != 1 {
		t.Errorf("%d tokens are kept", n)
	}
	b := h.add("khac", good)
	theirs, facts := h.token(b, time.Hour, ScopeRead)
	for _, id := range []string{token.ID, "", "x", facts.ID, "../" + facts.ID} {
		wantCode(t, h.Revoke(t.Context(), a.ID, id), record.NotFound, "token-unknown")
	}
	if !works(theirs) {
		t.Error("someone else's token was revoked")
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	h := newHouse(t)
	a, now := h.add("thanh", good), h.clock.now()
	for _, x := range []struct {
		name    string
		scopes  []Scope
		expires time.Time
		want    []string
	}{
		{"", []Scope{ScopeRead}, now.Add(time.Hour), []string{"/name"}},
		{strings.Repeat("x", maxName+1), []Scope{ScopeRead}, now.Add(time.Hour), []string{"/name"}},
		{"a\xff", []Scope{ScopeRead}, now.Add(time.Hour), []string{"/name"}},
		{"a", nil, now.Add(time.Hour), []string{"/scopes"}},
		{"a", []Scope{"admin"}, now.Add(time.Hour), []string{"/scopes/0"}},
		{"a", []Scope{ScopeRead, ScopeAccount}, now.Add(time.Hour), []string{"/scopes/1"}},
		{"a", []Scope{ScopeRead, ScopeRead}, now.Add(time.Hour), []string{"/scopes/1"}},
		{"a", []Scope{ScopeRead}, now, []string{"/expires"}},
		{"a", []Scope{ScopeRead}, now.AddDate(1, 0, 2), []string{"/expires"}},
		{" ", []Scope{"x"}, now.Add(-time.Hour), []string{"/name", "/scopes/0", "/expires"}},
	} {
		secret, _, err := h.AddToken(t.Context(), a.ID, x.name, x.scopes, x.expires)
		if secret != "" || !equal(pointers(err), x.want) {
			t.Errorf("%q %v: %q %v", x.name, x.scopes, secret, err)
		}
	}
	if _, _, err := h.AddToken(t.Context(), "nobody-at-all", "a", []Scope{ScopeRead}, now.Add(time.Hour)); record.KindOf(err) != record.NotFound {
		t.Errorf("for nobody: %v", err)
	}
	if n := len(h.keys(tokenFolder)); n != 0 {
		t.Errorf("%d tokens were made", n)
	}
}

// One account has so many tokens; asking for more leaves nothing behind, and
// those that have run out make room.
func TestTokensAreLimited(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	for i := range maxTokens {
		h.token(a, time.Duration(i+1)*time.Hour, ScopeRead)
	}
	for range 5 {
		secret, _, err := h.AddToken(t.Context(), a.ID, "a", []Scope{ScopeRead}, h.clock.now().Add(time.Hour))
		wantCode(t, err, record.Conflict, "tokens-too-many")
		if secret != "" {
			t.Error("a secret came with a refusal")
		}
	}
	if n := len(h.keys(tokenFolder)); n != maxTokens {
		t.Errorf("%d tokens are kept", n)
	}
	h.clock.pass(90 * time.Minute)
	h.token(a, time.Hour, ScopeRead)
	if n := len(h.keys(tokenFolder)); n != maxTokens {
		t.Errorf("%d tokens are kept after one ran out", n)
	}
	if got, err := h.Account(t.Context(), a.ID); err != nil || len(got.Tokens) != maxTokens {
		t.Errorf("%d %v", len(got.Tokens), err)
	}
}

// A hand-made account whose token names nothing must not stand for all.
func TestHostileTokenIDsRemoveNothing(t *testing.T) {
	h := newHouse(t)
	a, b := h.add("thanh", good), h.add("khac", good)
	theirs, _ := h.token(b, 2*time.Hour, ScopeRead)
	h.overwrite(accountFolder+a.ID, fmt.Sprintf(`{"id":%q,"username":"thanh","tokens":[{"id":"","scopes":null,"expires":"2020-01-01T00:00:00Z"},{"id":"../accounts","expires":"2020-01-01T00:00:00Z"}]}`, a.ID))
	h.token(a, time.Hour, ScopeRead)
	if err := h.Revoke(t.Context(), a.ID, ""); record.KindOf(err) != record.NotFound {
		t.Errorf("%v", err)
	}
	if _, _, err := h.ByToken(t.Context(), theirs); err != nil {
		t.Errorf("someone else's token: %v", err)
	}
}
