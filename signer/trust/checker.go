package trust

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/ocsp"

	"vanthu/record"
	"vanthu/signer/online"
)

// Checker asks whether certificates were revoked. It may be used by several
// goroutines.
type Checker struct {
	Online *online.Client
	Now    func() time.Time // nil: the clock
	// Folder keeps answers over a restart; "" keeps none. Its files may go at any
	// time.
	Folder string

	mu    sync.Mutex
	known map[string][]byte               // OCSP answers, by certificate and issuer
	lists map[string]*x509.RevocationList // by address: one list speaks of many
	above []*x509.Certificate             // issuers that Complete found
}

// What a Checker remembers at most. A list may have MaxCRL bytes.
const (
	maxKnown = 1000
	maxLists = 8
	maxAbove = 100
)

func (c *Checker) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// Status is what the issuer says about cert, from an answer that is still
// fresh or else by asking: OCSP first, then CRL. When the context has a
// deadline, each address gets an equal share of what is left, so that one who
// hangs leaves time for the next. Errors are *record.Error of kind Unavailable:
// revocation-unnamed when the certificate names nobody to ask,
// revocation-unanswered (with the causes) when nobody gave an answer that
// counts.
func (c *Checker) Status(ctx context.Context, cert, issuer *x509.Certificate) (Answer, error) {
	return c.status(ctx, cert, issuer, func(Answer) bool { return true })
}

// StatusAfter is Status by an answer that was true at or after t, if one can be
// had.
func (c *Checker) StatusAfter(ctx context.Context, cert, issuer *x509.Certificate, t time.Time) (Answer, error) {
	return c.status(ctx, cert, issuer, func(a Answer) bool { return !a.From.Before(t) })
}

// Refresh is Status by an answer that will still be fresh that much later, if
// one can be had.
func (c *Checker) Refresh(ctx context.Context, cert, issuer *x509.Certificate, ahead time.Duration) (Answer, error) {
	t := c.now().Add(ahead)
	return c.status(ctx, cert, issuer, func(a Answer) bool { return a.Fresh(t) })
}

func (c *Checker) status(ctx context.Context, cert, issuer *x509.Certificate, wanted func(Answer) bool) (Answer, error) {
	known, ok := c.recall(cert, issuer, wanted)
	if ok && wanted(known) {
		return known, nil
	}
	a, err := c.ask(ctx, cert, issuer)
	if err != nil && ok {
		return known, nil // not as new as wanted, but still said to hold
	}
	return a, err
}

// recall is a fresh answer from those remembered, if possible one as wanted.
func (c *Checker) recall(cert, issuer *x509.Certificate, wanted func(Answer) bool) (found Answer, ok bool) {
	consider := func(a Answer, err error) bool {
		if err == nil && a.Fresh(c.now()) {
			found, ok = a, true
		}
		return ok && wanted(found)
	}
	c.mu.Lock()
	raw := c.known[about(cert, issuer)]
	c.mu.Unlock()
	if raw == nil {
		raw = c.load(OCSP, about(cert, issuer), MaxOCSP)
	}
	if raw != nil && consider(JudgeOCSP(raw, cert, issuer)) {
		return found, true
	}
	for _, address := range firstOf(cert.CRLDistributionPoints) {
		c.mu.Lock()
		list := c.lists[address]
		c.mu.Unlock()
		if list == nil {
			if raw = c.load(CRL, address, MaxCRL); raw == nil {
				continue
			}
			var err error
			if list, err = ParseCRL(raw); err != nil {
				continue
			}
			c.keep(address, list)
		}
		if consider(JudgeCRL(list, cert, issuer)) {
			return found, true
		}
	}
	return found, ok
}

func (c *Checker) ask(ctx context.Context, cert, issuer *x509.Certificate) (Answer, error) {
	type question func(context.Context) (Answer, error)
	var questions []question
	for _, address := range firstOf(cert.OCSPServer) {
		questions = append(questions, func(ctx context.Context) (Answer, error) { return c.askOCSP(ctx, address, cert, issuer) })
	}
	for _, address := range firstOf(cert.CRLDistributionPoints) {
		questions = append(questions, func(ctx context.Context) (Answer, error) { return c.askCRL(ctx, address, cert, issuer) })
	}
	if len(questions) == 0 {
		return Answer{}, record.E(record.Unavailable, "revocation-unnamed", fmt.Sprintf("Chứng thư của %s không ghi nơi hỏi tình trạng thu hồi", cert.Subject.CommonName))
	}
	var why []error
	for i, q := range questions {
		part, cancel := Share(ctx, len(questions)-i)
		a, err := q(part)
		cancel()
		if err == nil && !a.Fresh(c.now()) {
			err = fmt.Errorf("trust: the answer ended %v", a.Until)
		}
		if err == nil {
			return a, nil
		}
		why = append(why, err)
	}
	return Answer{}, record.Because(errors.Join(why...), record.Unavailable, "revocation-unanswered",
		fmt.Sprintf("Không hỏi được tình trạng thu hồi của chứng thư %s", cert.Subject.CommonName))
}

// firstOf bounds how many addresses of one kind are asked.
func firstOf(addresses []string) []string { return addresses[:min(len(addresses), 3)] }

// Share is a context with one of n equal parts of the time that ctx has left.
func Share(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	end, limited := ctx.Deadline()
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(end)/time.Duration(n))
}

func (c *Checker) askOCSP(ctx context.Context, address string, cert, issuer *x509.Certificate) (Answer, error) {
	request, err := ocsp.CreateRequest(cert, issuer, nil) // SHA-1 of names is what all responders know (RFC 5019, 2.1.1)
	if err != nil {
		return Answer{}, err
	}
	raw, err := c.Online.Post(ctx, address, "application/ocsp-request", request, MaxOCSP)
	if err != nil {
		return Answer{}, err
	}
	a, err := JudgeOCSP(raw, cert, issuer)
	if err == nil && a.Fresh(c.now()) {
		c.mu.Lock()
		if c.known == nil || len(c.known) >= maxKnown {
			c.known = map[string][]byte{}
		}
		c.known[about(cert, issuer)] = raw
		c.mu.Unlock()
		c.save(OCSP, about(cert, issuer), raw)
	}
	return a, err
}

func (c *Checker) askCRL(ctx context.Context, address string, cert, issuer *x509.Certificate) (Answer, error) {
	raw, err := c.Online.Get(ctx, address, MaxCRL)
	if err != nil {
		return Answer{}, err
	}
	list, err := ParseCRL(raw)
	if err != nil {
		return Answer{}, err
	}
	a, err := JudgeCRL(list, cert, issuer)
	if err == nil && a.Fresh(c.now()) {
		c.keep(address, list)
		c.save(CRL, address, raw)
	}
	return a, err
}

func (c *Checker) keep(address string, list *x509.RevocationList) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lists == nil || len(c.lists) >= maxLists {
		c.lists = map[string]*x509.RevocationList{}
	}
	c.lists[address] = list
}

// maxIssuers bounds how far a chain is completed.
const maxIssuers = 4

// Complete adds the issuers that chain lacks, from those found before, roots,
// or where its last certificate says they are (RFC 5280, 4.2.2.1), until one is
// self-signed or among roots. What cannot be had is left out. It is for
// certificates of our own keys and services: whoever they name is asked before
// any path is known.
func (c *Checker) Complete(ctx context.Context, chain, roots []*x509.Certificate) []*x509.Certificate {
	out := slices.Clone(chain)
	for range maxIssuers {
		last := out[len(out)-1]
		if bytes.Equal(last.RawIssuer, last.RawSubject) || issuerAmong(last, roots) != nil {
			break
		}
		next := issuerAmong(last, c.Issuers())
		addresses := firstOf(last.IssuingCertificateURL)
		for i := 0; i < len(addresses) && next == nil; i++ {
			part, cancel := Share(ctx, len(addresses)-i)
			raw, err := c.Online.Get(part, addresses[i], 64<<10)
			cancel()
			if err != nil {
				continue
			}
			got, err := x509.ParseCertificate(raw)
			if err != nil {
				continue
			}
			if next = issuerAmong(last, []*x509.Certificate{got}); next != nil {
				c.learn(next)
			}
		}
		if next == nil {
			break
		}
		out = append(out, next)
	}
	return out
}

// Issuers are those that Complete has found so far.
func (c *Checker) Issuers() []*x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.above)
}

func (c *Checker) learn(issuer *x509.Certificate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.above) < maxAbove && !slices.ContainsFunc(c.above, issuer.Equal) {
		c.above = append(c.above, issuer)
	}
}

func issuerAmong(c *x509.Certificate, all []*x509.Certificate) *x509.Certificate {
	for _, i := range all {
		if bytes.Equal(i.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(i) == nil {
			return i
		}
	}
	return nil
}
