package accounts

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A name that nobody has answers, and works the store and the processor, as one
// that exists.
func TestNamesThatDoNotExistCannotBeTold(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	mine, ok1 := parsePHC(hash(good))
	dummy, ok2 := parsePHC(h.dummy)
	if !ok1 || !ok2 || mine.memory != dummy.memory || mine.time != dummy.time || mine.lanes != dummy.lanes || len(mine.key) != len(dummy.key) {
		t.Errorf("checking nobody's password costs %+v, somebody's %+v", dummy, mine)
	}
	seen := map[string][]string{}
	for _, name := range []string{"thanh", "khong-co"} {
		for range free + 2 {
			asked := h.store.since(func() {
				_, err := h.Login(t.Context(), name, "mật khẩu sai rồi")
				seen[name] = append(seen[name], fmt.Sprint(err))
			})
			seen[name] = append(seen[name], asked...)
		}
	}
	if !slices.Equal(seen["thanh"], seen["khong-co"]) {
		t.Errorf("a name that exists:\n%q\none that does not:\n%q", seen["thanh"], seen["khong-co"])
	}
	if n := len(h.keys(nobodyFolder)); n != 1 {
		t.Errorf("%d objects for one name", n)
	}
	for i := range 200 { // as many names as one likes fill nothing
		place, done, err := h.turns.of(t.Context(), fmt.Sprint(i))
		if err == nil {
			done()
			err = h.pretend(t.Context(), place, func(a *Account) { a.Failures++ })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := len(h.keys("")); n > 2+64 {
		t.Errorf("inventing names left %d objects", n)
	}
}

func TestWrongNamesAndPasswords(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	h.add("khoa", good)
	a, err := h.ByUsername(t.Context(), "khoa")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SetDisabled(t.Context(), a.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, x := range [][2]string{
		{"thanh", "mật khẩu khác"}, {"thanh", ""}, {"thanh", good + "\x00"}, {"thanh", string(make([]byte, 1<<20))},
		{"", good}, {"THANH", good}, {"thanh ", good}, {"../accounts/thanh", good}, {"thanh\x00", good}, {a.ID, good}, {"ți", good},
		{"khoa", good}, // disabled: the right password says no more than a wrong one
	} {
		if got, err := h.Login(t.Context(), x[0], x[1]); !errors.Is(err, ErrWrong) || got.ID != "" {
			t.Errorf("%.20q %.20q: %v %v", x[0], x[1], got.ID, err)
		}
	}
	if a := h.login("thanh", good); a.Failures != 0 {
		t.Errorf("%d failures after a good log-in", a.Failures)
	}
}

// After five wrong passwords each further one costs twice the wait, up to a
// quarter of an hour, and a restart forgives nothing.
func TestDelaysGrowAndSurviveARestart(t *testing.T) {
	for _, name := range []string{"thanh", "khong-co"} {
		h := newHouse(t)
		h.add("thanh", good)
		for range free {
			if _, err := h.Login(t.Context(), name, "sai"); !errors.Is(err, ErrWrong) {
				t.Fatalf("a free try: %v", err)
			}
		}
		want := time.Second
		for range 13 {
			var delayed *Delayed
			if _, err := h.Login(t.Context(), name, good); !errors.As(err, &delayed) || delayed.Wait != want {
				t.Fatalf("%s: %v, want a delay of %s", name, err, want)
			}
			if name == "thanh" {
				h.Directory = h.again()
			}
			h.clock.pass(want - time.Nanosecond)
			if _, err := h.Login(t.Context(), name, good); !errors.As(err, &delayed) || delayed.Wait != time.Nanosecond {
				t.Fatalf("%s: %v just before the wait is over", name, err)
			}
			h.clock.pass(time.Nanosecond)
			if _, err := h.Login(t.Context(), name, "sai"); !errors.Is(err, ErrWrong) {
				t.Fatalf("%s: %v after the wait", name, err)
			}
			want = min(2*want, maxDelay)
		}
		if want != maxDelay {
			t.Errorf("the delay stopped at %s", want)
		}
		h.clock.pass(-24 * time.Hour) // a clock set back
		var delayed *Delayed
		if _, err := h.Login(t.Context(), name, good); !errors.As(err, &delayed) || delayed.Wait != maxDelay {
			t.Errorf("%s: %v with the clock set back", name, err)
		}
	}
	h := newHouse(t)
	h.add("thanh", good)
	for range free {
		_, _ = h.Login(t.Context(), "thanh", "sai")
	}
	h.clock.pass(time.Second)
	h.login("thanh", good)
	for range free { // forgiven
		if _, err := h.Login(t.Context(), "thanh", "sai"); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
}

// Guesses side by side get no more tries than one after the other.
func TestParallelGuessingDoesNotOutrunTheCount(t *testing.T) {
	for _, name := range []string{"thanh", "khong-co"} {
		h := newHouse(t)
		h.add("thanh", good)
		var judged, delayed atomic.Int64
		var wg sync.WaitGroup
		for range 48 {
			wg.Go(func() {
				_, err := h.Login(t.Context(), name, "sai")
				var d *Delayed
				switch {
				case errors.Is(err, ErrWrong):
					judged.Add(1)
				case errors.As(err, &d):
					delayed.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if judged.Load() != free || delayed.Load() != 48-free {
			t.Errorf("%s: %d guesses were judged and %d delayed, want %d and %d", name, judged.Load(), delayed.Load(), free, 48-free)
		}
	}
}

// Many at once with the right password all get in.
func TestParallelLoginsOfOnePerson(t *testing.T) {
	h := newHouse(t)
	h.add("thanh", good)
	_, _ = h.Login(t.Context(), "thanh", "sai")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := h.Login(t.Context(), "thanh", good); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestFailuresOfInventedNamesAreBounded(t *testing.T) {
	f, now := newFailures(), time.Now()
	for i := range 3 * maxFailures {
		f.add(fmt.Sprint(i), now.Add(time.Duration(i)*time.Millisecond))
	}
	f.add(string(make([]byte, 3*maxName)), now)
	if n := len(f.young) + len(f.older); n > maxFailures || n < maxFailures/2 {
		t.Errorf("%d names are kept", n)
	}
	f.add("x", now)
	f.add("x", now.Add(time.Second))
	for i := range maxFailures / 2 { // the newest half is never forgotten
		f.add(fmt.Sprint("other", i), now)
	}
	if n, last := f.of("x"); n != 2 || !last.Equal(now.Add(time.Second)) {
		t.Errorf("%d %s", n, last)
	}
}
