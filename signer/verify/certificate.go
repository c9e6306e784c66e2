package verify

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"vanthu/signer/cms"
)

// clockSkew is how far the claimed time may run ahead of our clock.
const clockSkew = 5 * time.Minute

func (s *Signature) describe(c *x509.Certificate) {
	s.Signer, s.Authority = c.Subject.CommonName, c.Issuer.CommonName
	if len(c.Subject.Organization) > 0 {
		s.Organization = c.Subject.Organization[0]
	}
	if s.Authority == "" && len(c.Issuer.Organization) > 0 {
		s.Authority = c.Issuer.Organization[0]
	}
	s.Certificate = &Certificate{Subject: c.Subject.String(), Issuer: c.Issuer.String(), Serial: fmt.Sprintf("%x", c.SerialNumber),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, SHA256: fingerprint(c.Raw)}
}

func algorithm(s *cms.SignedData) string {
	switch k := s.Signer.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d, %v", k.N.BitLen(), s.Hash)
	case *ecdsa.PublicKey:
		return fmt.Sprintf("ECDSA %s, %v", k.Curve.Params().Name, s.Hash)
	}
	return s.Hash.String()
}

// checkCertificate answers what can be said of the certificate alone: usage,
// validity at the claimed time, and a path to a trusted root at that time.
func (s *Signature) checkCertificate(signed *cms.SignedData, o Options) {
	c := signed.Signer
	s.KeyUsage = ok("Chứng thư được phép dùng để ký")
	if c.IsCA {
		s.KeyUsage = invalid("key-usage", "Chứng thư của nơi cấp không được dùng để ký văn bản")
	} else if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		s.KeyUsage = invalid("key-usage", "Chứng thư không được phép dùng để ký")
	}
	if s.ClaimedTime == nil {
		s.AtSigning = unknown("time-missing", "Chữ ký không ghi thời điểm ký")
		s.Chain = unknown("time-missing", "Chưa xác định được đường dẫn tin cậy vì không biết thời điểm ký")
		return
	}
	at := *s.ClaimedTime
	switch {
	case at.After(o.Now.Add(clockSkew)):
		s.AtSigning = unknown("time-in-future", "Thời điểm ký ghi trong chữ ký nằm ở tương lai")
	case at.Before(c.NotBefore):
		s.AtSigning = invalid("certificate-not-yet-valid", "Chứng thư chưa có hiệu lực vào thời điểm ký")
	case at.After(c.NotAfter):
		s.AtSigning = invalid("certificate-expired", "Chứng thư đã hết hiệu lực vào thời điểm ký")
	default:
		s.AtSigning = ok("Chứng thư có hiệu lực vào thời điểm ký")
	}
	s.Chain = chain(signed, o.Roots, at)
}

func chain(signed *cms.SignedData, roots []*x509.Certificate, at time.Time) Check {
	if len(roots) == 0 {
		return unknown("no-roots", "Chưa có chứng thư gốc tin cậy để đối chiếu")
	}
	trusted, others := x509.NewCertPool(), x509.NewCertPool()
	for _, r := range roots {
		trusted.AddCert(r)
	}
	for _, c := range signed.Certificates {
		others.AddCert(c)
	}
	paths, err := signed.Signer.Verify(x509.VerifyOptions{Roots: trusted, Intermediates: others, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err == nil {
		root := paths[0][len(paths[0])-1]
		return ok(fmt.Sprintf("Chứng thư dẫn tới nơi cấp được tin cậy %q", root.Subject.CommonName))
	}
	var reason x509.CertificateInvalidError
	if errors.As(err, &reason) && reason.Reason == x509.Expired {
		return invalid("chain-expired", "Một chứng thư trên đường dẫn không có hiệu lực vào thời điểm ký")
	}
	return unknown("chain-untrusted", "Chứng thư không dẫn tới nơi cấp nào được tin cậy")
}
