package accounts

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"vanthu/storage"
)

func (h *house) alive(secret string) bool {
	h.t.Helper()
	a, err := h.Resume(context.Background(), secret)
	if err != nil && !errors.Is(err, ErrNoSession) {
		h.t.Fatal(err)
	}
	if err == nil && a.ID == "" {
		h.t.Error("a session of nobody")
	}
	return err == nil
}

func TestSessionEndsWhenIdle(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	secret := h.begin("thanh", good)
	for range 5 { // used now and then, it goes on
		h.clock.pass(IdleLimit - touchEvery)
		if !h.alive(secret) {
			t.Fatal("over although it was used")
		}
	}
	h.clock.pass(IdleLimit)
	if h.alive(secret) {
		t.Error("alive although nobody used it")
	}
	h.clock.pass(-time.Hour) // it does not come back
	if h.alive(secret) {
		t.Error("a session came back")
	}
	if n := len(h.keys(sessionFolder)); n != 0 {
		t.Errorf("%d sessions are kept", n)
	}
}

func TestSessionEndsAfterItsDay(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	secret, begun := h.begin("thanh", good), h.clock.now()
	for h.clock.now().Sub(begun) < AbsoluteLimit-10*time.Minute {
		if !h.alive(secret) {
			t.Fatalf("over after %s", h.clock.now().Sub(begun))
		}
		h.clock.pass(10 * time.Minute)
	}
	if !h.alive(secret) {
		t.Fatal("over before its time")
	}
	h.clock.pass(10 * time.Minute)
	if h.alive(secret) {
		t.Error("alive after the absolute limit")
	}
}

// Every log-in has a session of its own, which ends alone.
func TestEachLoginIsAnew(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	one, two := h.begin("thanh", good), h.begin("thanh", good)
	if one == two || len(one) < 52 {
		t.Fatalf("sessions %q and %q", one, two)
	}
	if err := h.End(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if h.alive(one) || !h.alive(two) {
		t.Error("the wrong session ended")
	}
	if err := h.End(t.Context(), one); err != nil {
		t.Errorf("ending it again: %v", err)
	}
	for _, forged := range []string{"", "x", two + "x", two[:len(two)-1], "../" + two} {
		if h.alive(forged) {
			t.Errorf("%q is a session", forged)
		}
	}
}

// A log-out holds at once, also for a request that is under way.
func TestLogOutIsNotOutlivedByWhatWasRead(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	secret := h.begin("thanh", good)
	h.store.before = func(what, key string) error {
		if !strings.HasPrefix(key, accountFolder) { // the session was read just now
			return nil
		}
		h.store.before = nil
		return h.End(context.Background(), secret)
	}
	h.alive(secret) // whichever way it goes
	if h.store.before != nil {
		t.Fatal("the session did not end in between")
	}
	if h.alive(secret) {
		t.Error("the session is remembered after its end")
	}
	if n := len(h.keys(sessionFolder)); n != 0 {
		t.Errorf("%d sessions are kept", n)
	}
}

// A request that notes its use after the log-out brings nothing back.
func TestUseAfterLogOutDoesNotRevive(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	secret := h.begin("thanh", good)
	h.clock.pass(2 * touchEvery)
	h.store.before = func(what, key string) error {
		if what == "put" && key == sessionKey(secret) {
			h.store.before = nil
			return h.End(context.Background(), secret)
		}
		return nil
	}
	h.alive(secret)
	if h.alive(secret) || len(h.keys(sessionFolder)) > 0 {
		t.Error("noting its use brought the session back")
	}
}

func TestWhatEndsAllSessions(t *testing.T) {
	for name, end := range map[string]func(*house, Account) error{
		"new password": func(h *house, a Account) error { return h.SetPassword(t.Context(), a.ID, "mật khẩu mới hơn") },
		"own change": func(h *house, a Account) error {
			_, err := h.ChangePassword(t.Context(), a.ID, good, "mật khẩu mới hơn")
			return err
		},
		"disabled": func(h *house, a Account) error { return h.SetDisabled(t.Context(), a.ID, true) },
		"disabled and enabled": func(h *house, a Account) error {
			return errors.Join(h.SetDisabled(t.Context(), a.ID, true), h.SetDisabled(t.Context(), a.ID, false))
		},
		"erased": func(h *house, a Account) error {
			return errors.Join(h.store.Delete(t.Context(), accountFolder+a.ID), func() error { h.clock.pass(freshFor); return nil }())
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			a, other := h.add("thanh", good), h.add("khac", good)
			// Not a moment passes: nothing may hang on the clock.
			one, two, others := h.begin("thanh", good), h.begin("thanh", good), h.begin("khac", good)
			if !h.alive(one) || !h.alive(two) {
				t.Fatal("sessions that never were")
			}
			late := h.login("thanh", good) // its password was checked before
			if err := end(h, a); err != nil {
				t.Fatal(err)
			}
			secret, err := h.Begin(t.Context(), late)
			if err != nil {
				t.Fatal(err)
			}
			if h.alive(one) || h.alive(two) || h.alive(secret) {
				t.Error("a session is alive")
			}
			if !h.alive(others) {
				t.Errorf("the session of %s ended as well", other.Username)
			}
		})
	}
}

func TestChangePassword(t *testing.T) {
	h := newHouse(t)
	a := h.add("thanh", good)
	const fresh = "mật khẩu mới hơn"
	for _, x := range []struct {
		current, password, code string
		pointers                []string
	}{
		{"sai", fresh, "password-wrong", []string{"/current"}},
		{good, "ngắn", "account-invalid", []string{"/password"}},
		{"sai", "ngắn", "password-wrong", []string{"/password", "/current"}},
	} {
		_, err := h.ChangePassword(t.Context(), a.ID, x.current, x.password)
		if got := pointers(err); !equal(got, x.pointers) || codeOf(err) != x.code {
			t.Errorf("%+v: %v", x, err)
		}
	}
	changed, err := h.ChangePassword(t.Context(), a.ID, good, fresh)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := h.Begin(t.Context(), changed)
	if err != nil || !h.alive(secret) {
		t.Errorf("the session that follows a change: %v", err)
	}
	h.login("thanh", fresh)
	if _, err := h.Login(t.Context(), "thanh", good); !errors.Is(err, ErrWrong) {
		t.Errorf("the old password: %v", err)
	}
	var delayed *Delayed
	for range free { // the current password is no place to guess either
		_, err = h.ChangePassword(t.Context(), a.ID, "sai", fresh)
	}
	if _, err = h.ChangePassword(t.Context(), a.ID, "sai", fresh); !errors.As(err, &delayed) {
		t.Errorf("guessing: %v", err)
	}
}

func TestSweepKeepsWhatIsAlive(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	for range 3 {
		h.begin("thanh", good)
	}
	h.clock.pass(IdleLimit)
	alive := h.begin("thanh", good)
	h.overwrite(sessionFolder+"0000", "{not JSON")
	n, err := h.Sweep(t.Context())
	if err != nil || n != 4 {
		t.Errorf("%d swept, %v", n, err)
	}
	if got := h.keys(sessionFolder); len(got) != 1 || got[0] != sessionKey(alive) || !h.alive(alive) {
		t.Errorf("left %v", got)
	}
}

// Reading what another process wrote: a log-out there is seen here within
// moments.
func TestOtherProcessesSeeALogOut(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	secret := h.begin("thanh", good)
	other := h.again()
	if _, err := other.Resume(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	if err := h.End(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(freshFor)
	if _, err := other.Resume(t.Context(), secret); !errors.Is(err, ErrNoSession) {
		t.Errorf("%v", err)
	}
}

// While the store is away nobody is taken for logged out.
func TestStoreAwayIsNoLogOut(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	secret := h.begin("thanh", good)
	away := errors.New("away")
	h.store.before = func(string, string) error { return away }
	h.Directory = h.again()
	if _, err := h.Resume(t.Context(), secret); !errors.Is(err, away) || errors.Is(err, ErrNoSession) {
		t.Errorf("%v", err)
	}
	if _, err := h.Login(t.Context(), "thanh", good); !errors.Is(err, away) || errors.Is(err, ErrWrong) {
		t.Errorf("%v", err)
	}
	h.store.before = nil
	if !h.alive(secret) {
		t.Error("the session is over")
	}
	if _, _, err := h.store.Get(t.Context(), sessionKey(secret)); errors.Is(err, storage.ErrNotFound) {
		t.Error("the session was removed")
	}
}
