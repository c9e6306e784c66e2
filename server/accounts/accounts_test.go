package accounts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

func TestAddNamesEveryFault(t *testing.T) {
	h := newHouse(t)
	_, err := h.Add(t.Context(), NewAccount{ID: "_x/", Username: "Á", Name: " \t", Password: "x"})
	if got := pointers(err); !equal(got, []string{"/username", "/name", "/id", "/password"}) {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"", "a", "-ab", "Thanh", "thành", "a b", "a/b", "..", strings.Repeat("a", 64), "a\n"} {
		if _, err := h.Add(t.Context(), NewAccount{Username: name, Name: "A", Password: good}); !equal(pointers(err), []string{"/username"}) {
			t.Errorf("%q: %v", name, err)
		}
	}
	a, err := h.Add(t.Context(), NewAccount{Username: "a-.b_1", Name: "  Nguye\u0302\u0303n   Văn\tA ", Password: good})
	if err != nil || a.Name != "Nguyễn Văn A" || len(a.ID) != 26 || a.Disabled {
		t.Errorf("%+v %v", a, err)
	}
}

func TestOneNameIsOneAccount(t *testing.T) {
	h := newHouse(t)
	var made atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := h.again().Add(context.Background(), NewAccount{Username: "thanh", Name: "A", Password: good})
			if err == nil {
				made.Add(1)
			} else if record.CodeOf(err) != "username-taken" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all, err := h.All(t.Context())
	if err != nil || made.Load() != 1 || len(all) != 1 {
		t.Errorf("%d were made, %d are there: %v", made.Load(), len(all), err)
	}
	h.login("thanh", good)
	_, err = h.Add(t.Context(), NewAccount{ID: all[0].ID, Username: "khac", Name: "B", Password: good})
	wantCode(t, err, record.Conflict, "username-taken")
	if a := h.login("thanh", good); a.Name != "A" {
		t.Errorf("an account of the same id replaced it: %+v", a)
	}
}

// A program killed between the two objects of an account makes it when it is
// started again: the example accounts have ids known beforehand.
func TestAddCanBeCutOff(t *testing.T) {
	h := newHouse(t)
	n := NewAccount{ID: "clerk", Username: "clerk", Name: "Văn thư", Password: good}
	cut := errors.New("cut off")
	h.store.before = func(what, key string) error {
		if what == "put" && strings.HasPrefix(key, loginFolder) {
			return cut
		}
		return nil
	}
	if _, err := h.Add(t.Context(), n); !errors.Is(err, cut) {
		t.Fatal(err)
	}
	h.store.before = nil
	if _, err := h.Add(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	h.login("clerk", good)
	_, err := h.Add(t.Context(), n)
	wantCode(t, err, record.Conflict, "username-taken")
}

// Changes side by side, from several processes, are all kept.
func TestChangesSideBySideAreAllKept(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			_, _, err := h.again().AddToken(context.Background(), a.ID, fmt.Sprint(i), []Scope{ScopeRead}, h.clock.now().Add(time.Hour))
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, err := h.Account(t.Context(), a.ID); err != nil || len(got.Tokens) != 6 {
		t.Errorf("%d tokens: %v", len(got.Tokens), err)
	}
	// Whoever never gets through is told so.
	h.store.before = func(what, key string) error {
		if what == "put" && key == accountFolder+a.ID {
			return storage.ErrChanged
		}
		return nil
	}
	wantCode(t, h.SetDisabled(t.Context(), a.ID, true), record.Busy, "account-busy")
}

// Two who know the old password do not both set a new one.
func TestTwoPasswordChangesAtOnce(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	stepped := false
	h.store.before = func(what, key string) error {
		if what == "put" && key == accountFolder+a.ID && !stepped {
			stepped = true
			_, err := h.again().ChangePassword(context.Background(), a.ID, good, "của người thứ hai")
			return err
		}
		return nil
	}
	_, err := h.ChangePassword(t.Context(), a.ID, good, "của người thứ nhất")
	wantCode(t, err, record.Conflict, "password-changed")
	h.login("thanh", "của người thứ hai")
}

// Nothing that opens a door lies in the store.
func TestNoSecretIsStored(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	session := h.begin("thanh", good)
	token, _ := h.token(a, time.Hour, ScopeRead)
	const typed = "gõ nhầm mật khẩu này"
	_, _ = h.Login(t.Context(), "thanh", typed)
	_, _ = h.Login(t.Context(), "khong-co", typed)
	if _, err := h.ChangePassword(t.Context(), a.ID, good, "mật khẩu thứ hai"); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(h.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for _, secret := range []string{good, "mật khẩu thứ hai", typed, session, session[:26], session[26:], token, token[7:33]} {
			if bytes.Contains(content, []byte(secret)) || strings.Contains(path, secret) {
				t.Errorf("%s holds a secret", path)
			}
		}
		if info, err := e.Info(); err == nil && info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s may be read by anyone: %v", path, info.Mode())
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files: %v", files, err)
	}
}

// Whatever someone put into the store lets nobody in and breaks nothing else.
func TestHostileStoredData(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	session := h.begin("thanh", good)
	token, _ := h.token(a, time.Hour, ScopeRead)
	h.add("khac", good)
	whole, _, err := h.store.Get(t.Context(), accountFolder+a.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "null", "{", string(whole[:len(whole)/2]), "[]", `{"id":5}`, `{"password_hash":"$argon2id$v=19$m=4000000,t=999,p=99$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"}`, strings.Repeat("[", 100_000)} {
		h.overwrite(accountFolder+a.ID, content)
		if got, err := h.Login(t.Context(), "thanh", good); err == nil {
			t.Errorf("%.40q: logged in as %+v", content, got)
		}
		if got, _, err := h.ByToken(t.Context(), token); err == nil {
			t.Errorf("%.40q: a token of %+v", content, got)
		}
		if got, err := h.Resume(t.Context(), session); err == nil && got.ID != a.ID {
			t.Errorf("%.40q: a session of %+v", content, got)
		}
		h.login("khac", good)
	}
	h.overwrite(accountFolder+a.ID, "{")
	_, err = h.Account(t.Context(), a.ID)
	wantCode(t, err, record.Damaged, "account-damaged")
	h.overwrite(accountFolder+a.ID, string(whole))
	h.login("thanh", good)

	for _, content := range []string{"", "../sessions", "nobody", strings.Repeat("a", 1000), "a/b", "\x00"} {
		h.overwrite(loginFolder+"thanh", content)
		if got, err := h.Login(t.Context(), "thanh", good); !errors.Is(err, ErrWrong) {
			t.Errorf("log-in name %q: %+v %v", content, got, err)
		}
	}
	for _, content := range []string{"", "null", "{}", "{", `{"account":"` + a.ID + `"}`, `{"account":"../x","begun":"2026-03-02T08:00:00+07:00","used":"2026-03-02T08:00:00+07:00"}`} {
		h.overwrite(sessionKey(session), content)
		if h.alive(session) {
			t.Errorf("session %q is one", content)
		}
	}
	for _, content := range []string{"", "khac", "../" + a.ID, "\x00"} {
		h.overwrite(tokenFolder+string(record.DigestOf([]byte(token))), content)
		if got, _, err := h.ByToken(t.Context(), token); !errors.Is(err, ErrNoSession) {
			t.Errorf("token of %q: %+v %v", content, got, err)
		}
	}
}

// An account read by programs has no member that nobody meant to show.
func TestAccountJSON(t *testing.T) {
	raw, err := json.Marshal(Account{})
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"id", "username", "name", "password_hash", "created", "epoch"} {
		if _, ok := members[name]; !ok {
			t.Errorf("no %q in %s", name, raw)
		}
		delete(members, name)
	}
	if len(members) > 0 {
		t.Errorf("also %v", members)
	}
}
