package trust

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"vanthu/record"
)

// Why there is no path.
var (
	ErrNoRoots   = errors.New("trust: no trusted roots")
	ErrUntrusted = errors.New("trust: the certificate leads to no trusted root")
	ErrExpired   = errors.New("trust: a certificate of the path is not valid at that time")
)

// Path is the chain from leaf to one of the roots, both included, valid at the
// time, with issuers from others. Errors wrap ErrNoRoots, ErrUntrusted or
// ErrExpired.
func Path(leaf *x509.Certificate, others, roots []*x509.Certificate, at time.Time) ([]*x509.Certificate, error) {
	if len(roots) == 0 {
		return nil, ErrNoRoots
	}
	trusted, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range roots {
		trusted.AddCert(c)
	}
	for _, c := range others {
		between.AddCert(c)
	}
	paths, err := leaf.Verify(x509.VerifyOptions{Roots: trusted, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err == nil {
		return paths[0], nil
	}
	var reason x509.CertificateInvalidError
	if errors.As(err, &reason) && reason.Reason == x509.Expired {
		return nil, fmt.Errorf("%w: %w", ErrExpired, err)
	}
	return nil, fmt.Errorf("%w: %w", ErrUntrusted, err)
}

const maxRootFile = 1 << 20 // bytes

// LoadRoots reads every certificate of the .pem files in dir; a folder that is
// not there has none. Errors are *record.Error of kind Usage, trust-file.
func LoadRoots(dir string) ([]*x509.Certificate, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.pem"))
	if err != nil {
		return nil, err
	}
	var roots []*x509.Certificate
	for _, name := range names {
		more, err := ReadRoots(name)
		if err != nil {
			return nil, err
		}
		roots = append(roots, more...)
	}
	return roots, nil
}

// ReadRoots reads every certificate of one PEM file; one without any is an
// error, as those of LoadRoots.
func ReadRoots(name string) ([]*x509.Certificate, error) {
	refuse := func(err error, what string) error {
		return record.Because(err, record.Usage, "trust-file", fmt.Sprintf("Chứng thư gốc %s %s", name, what))
	}
	if info, err := os.Stat(name); err != nil || info.Size() > maxRootFile {
		return nil, refuse(errors.Join(err, fs.ErrInvalid), "không đọc được")
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, refuse(err, "không đọc được")
	}
	var roots []*x509.Certificate
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, refuse(err, "không phải là chứng thư PEM")
		}
		roots = append(roots, c)
	}
	if len(roots) == 0 {
		return nil, refuse(errors.New("no certificate"), "không phải là chứng thư PEM")
	}
	return roots, nil
}
