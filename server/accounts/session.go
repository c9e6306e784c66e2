package accounts

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// How long a session lasts.
const (
	IdleLimit     = 30 * time.Minute // without a request
	AbsoluteLimit = 12 * time.Hour   // in all
	// touchEvery is how exactly the last use is kept, so that reading does not
	// write each time.
	touchEvery = time.Minute
)

// Session is one log-in of a browser.
type Session struct {
	Account string    `json:"account"`
	Epoch   int       `json:"epoch"` // the account's, when its password was given
	Begun   time.Time `json:"begun"`
	Used    time.Time `json:"used"`
}

func (s Session) alive(now time.Time) bool {
	return now.Sub(s.Used) < IdleLimit && now.Sub(s.Begun) < AbsoluteLimit
}

// ErrNoSession: the cookie or token does not, or no longer, stand for anyone.
var ErrNoSession = errors.New("accounts: no such session")

// Begin starts a session of the account as Login found it; secret goes into the
// cookie and is kept nowhere.
func (d *Directory) Begin(ctx context.Context, a Account) (secret string, err error) {
	secret = rand.Text() + rand.Text()
	now := d.now().UTC()
	raw, err := json.Marshal(Session{Account: a.ID, Epoch: a.Epoch, Begun: now, Used: now})
	if err != nil {
		return "", err
	}
	_, err = d.store.Put(ctx, sessionKey(secret), raw, "")
	return secret, err
}

func sessionKey(secret string) string {
	return sessionFolder + string(record.DigestOf([]byte(secret)))
}

// Resume finds whose session a cookie stands for, and notes that it was used.
func (d *Directory) Resume(ctx context.Context, secret string) (Account, error) {
	key, now, mark := sessionKey(secret), d.now(), d.known.mark()
	x, known := d.known.get(key)
	s, tag := x.session, ""
	if !known || now.Sub(s.Used) >= touchEvery {
		var raw []byte
		var err error
		if raw, tag, err = d.store.Get(ctx, key); errors.Is(err, storage.ErrNotFound) {
			return Account{}, ErrNoSession
		} else if err != nil {
			return Account{}, err
		}
		if json.Unmarshal(raw, &s) != nil {
			return Account{}, ErrNoSession
		}
	}
	if !s.alive(now) {
		return Account{}, errors.Join(ErrNoSession, d.End(ctx, secret))
	}
	if now.Sub(s.Used) >= touchEvery {
		s.Used = now.UTC()
		raw, err := json.Marshal(s)
		if err == nil {
			_, err = d.store.Put(ctx, key, raw, tag)
		}
		// Another request has noted the same, or the session was just ended: the
		// next request will see.
		if err != nil && !errors.Is(err, storage.ErrChanged) {
			return Account{}, err
		}
	}
	a, err := d.cachedAccount(ctx, s.Account)
	if err != nil {
		return Account{}, err
	}
	if a.Disabled || s.Epoch != a.Epoch {
		return Account{}, ErrNoSession
	}
	d.known.put(key, cached{session: s}, mark)
	return a, nil
}

// End ends a session; one that is not there is no error.
func (d *Directory) End(ctx context.Context, secret string) error {
	err := d.store.Delete(ctx, sessionKey(secret))
	d.known.forget(sessionKey(secret))
	return err
}

// Sweep removes the sessions that have run out and returns how many.
func (d *Directory) Sweep(ctx context.Context) (int, error) {
	n := 0
	for key, err := range d.store.List(ctx, sessionFolder) {
		if err != nil {
			return n, err
		}
		raw, _, err := d.store.Get(ctx, key)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return n, err
		}
		var s Session
		if json.Unmarshal(raw, &s) == nil && s.alive(d.now()) {
			continue
		}
		if err := d.store.Delete(ctx, key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
