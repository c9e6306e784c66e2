package server

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are how much one account and one address may ask. The zero value of a
// member takes its default.
type Limits struct {
	AccountRate, AccountBurst int // requests per second, at once
	AddressRate, AddressBurst int
	LoginRate, LoginBurst     int // log-ins per minute and at once, from one address
}

func (l Limits) withDefaults() Limits {
	for _, x := range []struct {
		v    *int
		most int
	}{{&l.AccountRate, 100}, {&l.AccountBurst, 300}, {&l.AddressRate, 300}, {&l.AddressBurst, 900}, {&l.LoginRate, 60}, {&l.LoginBurst, 60}} {
		if *x.v <= 0 {
			*x.v = x.most
		}
	}
	return l
}

// limiter is one bucket per name. Buckets that are full again are forgotten.
type limiter struct {
	every rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

const maxBuckets = 100_000

// addressOf is what counts as one address: of IPv6 the network of one customer,
// who has 2^64 addresses.
func addressOf(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	network, err := a.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return network.Addr().String()
}

func newLimiter(perSecond float64, burst int, now func() time.Time) *limiter {
	return &limiter{every: rate.Limit(perSecond), burst: burst, now: now, buckets: map[string]*rate.Limiter{}}
}

func (l *limiter) allow(name string) bool {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[name]
	if !ok {
		if len(l.buckets) >= maxBuckets {
			for k, b := range l.buckets {
				if b.TokensAt(now) >= float64(l.burst) {
					delete(l.buckets, k)
				}
			}
			// Refusing whoever is new would let a crowd lock everyone out.
			if len(l.buckets) >= maxBuckets {
				clear(l.buckets)
			}
		}
		b = rate.NewLimiter(l.every, l.burst)
		l.buckets[name] = b
	}
	return b.AllowN(now, 1)
}

func tooMany() *problem {
	p := refusal(http.StatusTooManyRequests, "too-many-requests", "Quá nhiều yêu cầu trong thời gian ngắn; hãy đợi rồi thử lại")
	p.retry = retryBusy
	return p
}
