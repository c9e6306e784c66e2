package trust

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
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

	mu    sync.Mutex
	known map[[32]byte]Answer // by certificate
}

const maxKnown = 1000 // answers remembered

func (c *Checker) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// Status is what the issuer says about cert, from an answer that is still
// fresh or else by asking: OCSP first, then CRL. Errors are *record.Error of
// kind Unavailable: revocation-unnamed when the certificate names nobody to
// ask, revocation-unanswered (with the causes) when nobody gave an answer that
// counts.
func (c *Checker) Status(ctx context.Context, cert, issuer *x509.Certificate) (Answer, error) {
	return c.status(ctx, cert, issuer, time.Time{})
}

// StatusAfter is Status by an answer that was true at or after t.
func (c *Checker) StatusAfter(ctx context.Context, cert, issuer *x509.Certificate, t time.Time) (Answer, error) {
	return c.status(ctx, cert, issuer, t)
}

func (c *Checker) status(ctx context.Context, cert, issuer *x509.Certificate, after time.Time) (Answer, error) {
	key := sha256.Sum256(cert.Raw)
	c.mu.Lock()
	known, ok := c.known[key]
	c.mu.Unlock()
	if ok && known.Fresh(c.now()) && !known.From.Before(after) {
		return known, nil
	}
	if len(cert.OCSPServer)+len(cert.CRLDistributionPoints) == 0 {
		return Answer{}, record.E(record.Unavailable, "revocation-unnamed", fmt.Sprintf("Chứng thư của %s không ghi nơi hỏi tình trạng thu hồi", cert.Subject.CommonName))
	}
	var why []string
	for _, ask := range []struct {
		addresses []string
		one       func(context.Context, string, *x509.Certificate, *x509.Certificate) (Answer, error)
	}{{cert.OCSPServer, c.askOCSP}, {cert.CRLDistributionPoints, c.askCRL}} {
		for _, address := range ask.addresses[:min(len(ask.addresses), 3)] {
			a, err := ask.one(ctx, address, cert, issuer)
			if err == nil && !a.Fresh(c.now()) {
				err = fmt.Errorf("trust: answer of %s ended %v", address, a.Until)
			}
			if err != nil {
				why = append(why, err.Error())
				continue
			}
			c.remember(key, a)
			return a, nil
		}
	}
	if ok && known.Fresh(c.now()) {
		return known, nil // not as new as wanted, but still said to hold
	}
	return Answer{}, record.Because(fmt.Errorf("%s", strings.Join(why, "; ")), record.Unavailable, "revocation-unanswered",
		fmt.Sprintf("Không hỏi được tình trạng thu hồi của chứng thư %s", cert.Subject.CommonName))
}

func (c *Checker) remember(key [32]byte, a Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxKnown {
		c.known = map[[32]byte]Answer{}
	}
	c.known[key] = a
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
	return JudgeOCSP(raw, cert, issuer)
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
	return JudgeCRL(list, cert, issuer)
}

// maxIssuers bounds how far a chain is completed.
const maxIssuers = 4

// Complete adds the issuers that chain lacks, from where its last certificate
// says they are (RFC 5280, 4.2.2.1), until one is self-signed or among roots.
// What cannot be had is left out.
func (c *Checker) Complete(ctx context.Context, chain, roots []*x509.Certificate) []*x509.Certificate {
	out := append([]*x509.Certificate{}, chain...)
	for range maxIssuers {
		last := out[len(out)-1]
		if bytes.Equal(last.RawIssuer, last.RawSubject) {
			break
		}
		next := issuerAmong(last, roots)
		for _, address := range last.IssuingCertificateURL[:min(len(last.IssuingCertificateURL), 3)] {
			if next != nil {
				break
			}
			raw, err := c.Online.Get(ctx, address, 64<<10)
			if err != nil {
				continue
			}
			if got, err := x509.ParseCertificate(raw); err == nil {
				next = issuerAmong(last, []*x509.Certificate{got})
			}
		}
		if next == nil {
			break
		}
		out = append(out, next)
	}
	return out
}

func issuerAmong(c *x509.Certificate, all []*x509.Certificate) *x509.Certificate {
	for _, i := range all {
		if bytes.Equal(i.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(i) == nil {
			return i
		}
	}
	return nil
}
