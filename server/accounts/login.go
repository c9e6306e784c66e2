package accounts

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// After free wrong passwords in a row each further try has to wait twice as
// long as the one before, up to maxDelay.
const (
	free     = 5
	maxDelay = 15 * time.Minute
)

// delay is how long after the n-th failure in a row the next try is refused.
func delay(n int) time.Duration {
	if n < free {
		return 0
	}
	return min(time.Second<<min(n-free, 20), maxDelay)
}

// waiting is how much of the delay is left; a clock that was set back makes it
// no longer.
func waiting(n int, since time.Duration) time.Duration { return min(delay(n), delay(n)-since) }

// Delayed refuses a login that comes too soon after wrong ones.
type Delayed struct{ Wait time.Duration }

func (e *Delayed) Error() string {
	return fmt.Sprintf("login delayed for %s", e.Wait)
}

// ErrWrong is the one answer to a name or password that is not right.
var ErrWrong = record.E(record.Forbidden, "login-failed", "Tên đăng nhập hoặc mật khẩu không đúng")

// Login checks a password: ErrWrong, or *Delayed after too many wrong ones.
// Names that do not exist cost and answer the same as those that do.
func (d *Directory) Login(ctx context.Context, username, password string) (Account, error) {
	place, done, err := d.turns.of(ctx, username) // tries side by side may not outrun the count
	if err != nil {
		return Account{}, err
	}
	defer done()
	a, err := d.ByUsername(ctx, username)
	known := err == nil
	if !known && record.KindOf(err) != record.NotFound {
		return Account{}, err
	}
	n, last, phc := a.Failures, a.Failed, a.Password
	if !known {
		n, last = d.wrong.of(username)
		phc = d.dummy
		if err := d.pretend(ctx, place, nil); err != nil {
			return Account{}, err
		}
	}
	if wait := waiting(n, d.now().Sub(last)); wait > 0 {
		return Account{}, &Delayed{wait}
	}
	good, err := d.matches(ctx, phc, password)
	switch {
	case err != nil:
		return Account{}, err
	case good && known && !a.Disabled && a.Failures == 0:
		return a, nil
	case good && known && !a.Disabled:
		return d.change(ctx, a.ID, func(a *Account) error { a.Failures = 0; return nil })
	case known:
		_, err := d.change(ctx, a.ID, func(a *Account) error {
			a.Failures, a.Failed = a.Failures+1, d.now().UTC()
			return nil
		})
		return Account{}, cmp.Or(err, error(ErrWrong))
	}
	d.wrong.add(username, d.now())
	return Account{}, cmp.Or(d.pretend(ctx, place, func(a *Account) { a.Failures++ }), error(ErrWrong))
}

// matches is matches when there is a place to work in.
func (d *Directory) matches(ctx context.Context, phc, password string) (bool, error) {
	done, err := d.hashes.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	return len(password) <= 4*maxPassword && matches(phc, password), nil
}

// pretend does with nobody's account what a log-in does with someone's, so that
// the store's time does not tell which names exist.
func (d *Directory) pretend(ctx context.Context, place int, alter func(*Account)) error {
	key := fmt.Sprintf("%s%d", nobodyFolder, place)
	raw, tag, err := d.store.Get(ctx, key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	a := Account{ID: strings.ToLower(rand.Text()), Password: d.dummy, Created: d.now().UTC()}
	_ = json.Unmarshal(raw, &a) // what it says does not matter
	if alter == nil {
		return nil
	}
	alter(&a)
	if raw, err = json.Marshal(a); err != nil {
		return err
	}
	if _, err = d.store.Put(ctx, key, raw, tag); errors.Is(err, storage.ErrChanged) {
		return nil
	}
	return err
}

// turns lets log-ins under one name, and under some others, go one by one.
type turns struct {
	seed   maphash.Seed
	places [64]chan struct{}
}

func newTurns() *turns {
	t := &turns{seed: maphash.MakeSeed()}
	for i := range t.places {
		t.places[i] = make(chan struct{}, 1)
	}
	return t
}

// of waits for the place of a name; done gives it back.
func (t *turns) of(ctx context.Context, name string) (place int, done func(), err error) {
	place = int(maphash.String(t.seed, name) % uint64(len(t.places)))
	select {
	case t.places[place] <- struct{}{}:
		return place, func() { <-t.places[place] }, nil
	case <-ctx.Done():
		return place, nil, ctx.Err()
	}
}

// failures counts wrong logins to names that do not exist, so that they cannot
// be told from those that do. Only in memory: whoever invents names must not
// fill the store. When there are too many names the older half is forgotten.
type failures struct {
	mu           sync.Mutex
	young, older map[string]failure
}

type failure struct {
	n    int
	last time.Time
}

const maxFailures = 10_000

func newFailures() *failures { return &failures{young: map[string]failure{}} }

func (f *failures) of(name string) (int, time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.find(name)
	return x.n, x.last
}

func (f *failures) find(name string) failure {
	x, ok := f.young[name]
	if !ok {
		x = f.older[name]
	}
	return x
}

func (f *failures) add(name string, now time.Time) {
	if len(name) > 2*maxName {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.find(name)
	if len(f.young) >= maxFailures/2 {
		f.young, f.older = map[string]failure{}, f.young
	}
	f.young[name] = failure{x.n + 1, now}
}
