package accounts

import (
	"context"
	"errors"
	"sync"
	"time"

	"vanthu/record"
)

// freshFor is how long what was read of an account or session is used again
// without asking the store: in other processes, a log-out or a lock takes so
// long to be seen.
const freshFor = 2 * time.Second

const maxCached = 10_000

// cache remembers sessions and accounts for a moment, so that a busy person's
// requests do not each read the store twice.
type cache struct {
	now func() time.Time

	mu      sync.Mutex
	m       map[string]cached
	forgets uint64
}

type cached struct {
	at      time.Time
	session Session
	account Account
}

func newCache(now func() time.Time) *cache { return &cache{now: now, m: map[string]cached{}} }

func (c *cache) get(key string) (cached, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, ok := c.m[key]
	return x, ok && c.now().Sub(x.at) < freshFor
}

// mark is to be taken before the store is asked: what was read before someone
// forgot it must not be remembered after that.
func (c *cache) mark() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forgets
}

func (c *cache) put(key string, x cached, mark uint64) {
	x.at = c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if mark != c.forgets {
		return
	}
	if old, ok := c.m[key]; ok && x.at.Sub(old.at) < freshFor {
		x.at = old.at // using it does not make it newer
	}
	if len(c.m) >= maxCached {
		clear(c.m)
	}
	c.m[key] = x
}

// forget is called after the store has changed.
func (c *cache) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgets++
	delete(c.m, key)
}

// cachedAccount is Account for who asks with every request; an account that is
// gone is ErrNoSession.
func (d *Directory) cachedAccount(ctx context.Context, id string) (Account, error) {
	if x, ok := d.known.get(id); ok {
		return x.account, nil
	}
	mark := d.known.mark()
	a, err := d.Account(ctx, id)
	if record.KindOf(err) == record.NotFound {
		return a, errors.Join(ErrNoSession, err)
	}
	if err == nil {
		d.known.put(id, cached{account: a}, mark)
	}
	return a, err
}
