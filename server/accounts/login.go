package accounts

import (
	"context"
	"fmt"
	"sync"
	"time"

	"vanthu/record"
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
	done, err := d.hashes.turn(ctx) // before looking: tries side by side may not outrun the count
	if err != nil {
		return Account{}, err
	}
	defer done()
	a, err := d.ByUsername(ctx, username)
	known := err == nil
	if !known && record.KindOf(err) != record.NotFound {
		return Account{}, err
	}
	n, last := a.Failures, a.Failed
	if !known {
		n, last = d.wrong.of(username)
	}
	if wait := delay(n) - d.now().Sub(last); wait > 0 && n > 0 {
		return Account{}, &Delayed{wait}
	}
	phc := d.dummy
	if known {
		phc = a.Password
	}
	good := len(password) <= 4*maxPassword && matches(phc, password) && known && !a.Disabled
	switch {
	case good && a.Failures == 0:
		return a, nil
	case good:
		return a, d.change(ctx, a.ID, func(a *Account) error { a.Failures = 0; return nil })
	case known:
		err := d.change(ctx, a.ID, func(a *Account) error {
			a.Failures, a.Failed = a.Failures+1, d.now().UTC()
			return nil
		})
		if err != nil {
			return Account{}, err
		}
	default:
		d.wrong.add(username, d.now())
	}
	return Account{}, ErrWrong
}

// failures counts wrong logins to names that do not exist, so that they cannot
// be told from those that do. Only in memory: whoever invents names must not
// fill the store.
type failures struct {
	mu     *sync.Mutex
	counts map[string]failure
}

type failure struct {
	n    int
	last time.Time
}

const maxFailures = 10_000

func newFailures() failures { return failures{new(sync.Mutex), map[string]failure{}} }

func (f failures) of(name string) (int, time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.counts[name]
	return x.n, x.last
}

func (f failures) add(name string, now time.Time) {
	if len(name) > 2*maxName {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.counts) >= maxFailures {
		for k, x := range f.counts { // whatever is old; else any
			if now.Sub(x.last) > maxDelay || len(f.counts) >= maxFailures {
				delete(f.counts, k)
			}
		}
	}
	x := f.counts[name]
	f.counts[name] = failure{x.n + 1, now}
}
