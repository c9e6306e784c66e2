package signer

import (
	"crypto/x509"
	"log/slog"
	"time"

	"vanthu/signer/trust"
	"vanthu/signer/tsp"
)

// Options are the services around signatures. The zero value asks nobody.
type Options struct {
	// Roots are the CAs that a certificate must lead to before it signs; with
	// none the chain is not asked about.
	Roots []*x509.Certificate
	// Revocation is asked before a certificate signs and for evidence; nil asks
	// nobody.
	Revocation *trust.Checker
	// TSA stamps signatures and documents; nil: no timestamps.
	TSA *tsp.Client
	// Wait is how long someone who signs waits for the answers about their
	// certificate, and then for a timestamp; 700 ms each when zero. What nobody
	// has said by then is fetched as evidence later.
	Wait time.Duration
	Log  *slog.Logger // nil: the default
}

func (o Options) wait() time.Duration {
	if o.Wait == 0 {
		return 700 * time.Millisecond
	}
	return o.Wait
}

func (o Options) log() *slog.Logger {
	if o.Log == nil {
		return slog.Default()
	}
	return o.Log
}
