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
	mu  *sync.Mutex
	m   map[string]cached
}

type cached struct {
	at      time.Time
	session Session
	account Account
}

func newCache(now func() time.Time) cache {
	return cache{now: now, mu: new(sync.Mutex), m: map[string]cached{}}
}

func (c cache) get(key string) (cached, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, ok := c.m[key]
	return x, ok && c.now().Sub(x.at) < freshFor
}

func (c cache) put(key string, x cached) {
	x.at = c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.m[key]; ok && x.at.Sub(old.at) < freshFor {
		x.at = old.at // using it does not make it newer
	}
	if len(c.m) >= maxCached {
		clear(c.m)
	}
	c.m[key] = x
}

func (c cache) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, key)
}

func (c cache) session(key string) (Session, bool) {
	x, ok := c.get(key)
	return x.session, ok
}

func (c cache) putSession(key string, s Session) { c.put(key, cached{session: s}) }

// cachedAccount is Account for who asks with every request; an account that is
// gone is ErrNoSession.
func (d *Directory) cachedAccount(ctx context.Context, id string) (Account, error) {
	if x, ok := d.known.get(id); ok {
		return x.account, nil
	}
	a, err := d.Account(ctx, id)
	if record.KindOf(err) == record.NotFound {
		return a, errors.Join(ErrNoSession, err)
	}
	if err == nil {
		d.known.put(id, cached{account: a})
	}
	return a, err
}
