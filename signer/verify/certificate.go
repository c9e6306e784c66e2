package verify

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"vanthu/signer/cms"
	"vanthu/signer/trust"
)

// clockSkew is how far the claimed time may run ahead of another clock.
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
		kind := "RSA"
		if s.PSS() {
			kind = "RSA-PSS"
		}
		return fmt.Sprintf("%s-%d, %v", kind, k.N.BitLen(), s.Hash)
	case *ecdsa.PublicKey:
		return fmt.Sprintf("ECDSA %s, %v", k.Curve.Params().Name, s.Hash)
	}
	return s.Hash.String()
}

// checkCertificate answers what can be said of the signer's certificate alone:
// usage, and validity when it signed. A time that is only claimed is believed
// while the certificate lasts; afterwards anybody could claim it.
func (s *Signature) checkCertificate(c *x509.Certificate, now time.Time) {
	s.KeyUsage = ok("Chứng thư được phép dùng để ký")
	if c.IsCA {
		s.KeyUsage = invalid("key-usage", "Chứng thư của nơi cấp không được dùng để ký văn bản")
	} else if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		s.KeyUsage = invalid("key-usage", "Chứng thư không được phép dùng để ký")
	}
	claimed, proven := s.ClaimedTime, s.ProvenTime
	if claimed == nil && proven == nil {
		s.AtSigning = unknown("time-missing", "Chữ ký không ghi thời điểm ký")
		return
	}
	if claimed == nil {
		claimed = proven
	}
	until := now // until when the signature is known to have existed at the latest
	if proven != nil {
		until = *proven
	}
	switch at := *claimed; {
	case proven != nil && at.After(proven.Add(clockSkew)):
		s.AtSigning = invalid("time-contradicted", "Thời điểm ký tự khai muộn hơn dấu thời gian")
	case at.After(now.Add(clockSkew)):
		s.AtSigning = unknown("time-in-future", "Thời điểm ký ghi trong chữ ký nằm ở tương lai")
	case at.Before(c.NotBefore):
		s.AtSigning = invalid("certificate-not-yet-valid", "Chứng thư chưa có hiệu lực vào thời điểm ký")
	case at.After(c.NotAfter):
		s.AtSigning = invalid("certificate-expired", "Chứng thư đã hết hiệu lực vào thời điểm ký")
	case until.After(c.NotAfter):
		s.AtSigning = unknown("time-not-proven", "Chứng thư đã hết hạn và không có dấu thời gian chứng minh đã ký trước đó")
	case proven != nil:
		s.AtSigning = ok("Chứng thư có hiệu lực vào thời điểm ký (có dấu thời gian chứng minh)")
	default:
		s.AtSigning = ok("Chứng thư có hiệu lực vào thời điểm ký")
	}
}

func chainCheck(path []*x509.Certificate, err error) Check {
	switch {
	case errors.Is(err, trust.ErrNoRoots):
		return unknown("no-roots", "Chưa có chứng thư gốc tin cậy để đối chiếu")
	case errors.Is(err, trust.ErrExpired):
		return invalid("chain-expired", "Một chứng thư trên đường dẫn không có hiệu lực vào thời điểm ký")
	case err != nil:
		return unknown("chain-untrusted", "Chứng thư không dẫn tới nơi cấp nào được tin cậy")
	}
	return ok(fmt.Sprintf("Chứng thư dẫn tới nơi cấp được tin cậy %q", path[len(path)-1].Subject.CommonName))
}
