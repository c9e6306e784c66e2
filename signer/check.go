package signer

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/keys"
	"vanthu/signer/trust"
)

// candidate is an identity that may sign now.
type candidate struct {
	keys.Identity
	picture    *picture
	revocation string // as in record.SignatureFact
}

// official is a signatory's identity, organization the issuer's.
func (s *Signer) official(ctx context.Context, in record.Signing) (candidate, error) {
	owner := in.Signatory.Organization
	if owner == "" {
		owner = in.Issuer.ID
	}
	id, err := s.keys.Personal(ctx, owner, in.Signatory.Person)
	if err != nil {
		return candidate{}, err
	}
	return s.checked(ctx, id, in.Time, func(c *x509.Certificate) error { return bound(c, in) })
}

func (s *Signer) organization(ctx context.Context, o record.OrganizationOn, t time.Time) (candidate, error) {
	if _, err := diameterOf(o.Seal); err != nil {
		return candidate{}, err
	}
	id, err := s.keys.Seal(ctx, o.ID, o.Seal.ID)
	if err != nil {
		return candidate{}, err
	}
	if id.Key == nil {
		return candidate{}, record.E(record.Unavailable, "key-elsewhere", "Khóa của cơ quan phải do máy chủ giữ (PKCS#12 hoặc PKCS#11)")
	}
	return s.checked(ctx, id, t, func(*x509.Certificate) error { return nil })
}

// checked asks everything of an identity that must hold before it signs:
// validity, usage, whose it is, the path to a root and revocation (TT
// 15/2025/TT-BKHCN). Who cannot be reached does not hinder signing: what is
// known stands in the signature's fact.
func (s *Signer) checked(ctx context.Context, id keys.Identity, t time.Time, whose func(*x509.Certificate) error) (candidate, error) {
	out := candidate{Identity: id}
	if len(id.Chain) == 0 {
		return out, record.E(record.Unavailable, "key-missing", "Chưa có khóa ký hoặc chứng thư số")
	}
	if err := usable(id.Certificate(), t); err != nil {
		return out, err
	}
	if err := whose(id.Certificate()); err != nil {
		return out, err
	}
	var err error
	if out.Chain, out.revocation, err = s.trusted(ctx, id.Chain, t); err != nil {
		return out, err
	}
	out.picture, err = s.images.get(id.Image)
	return out, err
}

func refuse(c *x509.Certificate, code, format string, args ...any) error {
	return record.E(record.Unavailable, code, fmt.Sprintf("Chứng thư số của %s %s", c.Subject.CommonName, fmt.Sprintf(format, args...)))
}

// usable says whether a certificate may sign at t (Luật Giao dịch điện tử
// 20/2023/QH15, Điều 22: in force when the signature is made).
func usable(c *x509.Certificate, t time.Time) error {
	switch {
	case t.Before(c.NotBefore):
		return refuse(c, "certificate-not-yet-valid", "chưa có hiệu lực, từ ngày %s", record.DateOf(c.NotBefore).Vietnamese())
	case t.After(c.NotAfter):
		return refuse(c, "certificate-expired", "đã hết hạn ngày %s", record.DateOf(c.NotAfter).Vietnamese())
	case c.IsCA, c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0, forMachines(c):
		return refuse(c, "certificate-usage", "không được cấp để ký số")
	}
	if err := cms.Usable(c.PublicKey); err != nil {
		return record.Because(err, record.Unavailable, "certificate-weak", fmt.Sprintf("Khóa của %s không đủ mạnh hoặc không được hỗ trợ", c.Subject.CommonName))
	}
	return nil
}

// forMachines says whether the certificate is for services alone and not for
// people or organisations who sign (RFC 5280, 4.2.1.12).
func forMachines(c *x509.Certificate) bool {
	for _, u := range c.ExtKeyUsage {
		switch u {
		case x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageCodeSigning, x509.ExtKeyUsageOCSPSigning, x509.ExtKeyUsageTimeStamping:
		default:
			return false
		}
	}
	return len(c.ExtKeyUsage) > 0 && len(c.UnknownExtKeyUsage) == 0
}

// bound says whether the certificate is the signatory's own: one that their
// account is bound to or, for an account bound to none, one in their name.
func bound(c *x509.Certificate, in record.Signing) error {
	if len(in.Certificates) > 0 {
		if !slices.Contains(in.Certificates, digestOf(c)) {
			return refuse(c, "certificate-foreign", "không phải là chứng thư đã gắn với tài khoản của người ký")
		}
		return nil
	}
	if folded(c.Subject.CommonName) != folded(in.Signatory.Name) {
		return refuse(c, "certificate-foreign", "không mang tên người ký %s", in.Signatory.Name)
	}
	return nil
}

// folded is a name without what people write differently: form of Unicode,
// case, blanks.
func folded(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(name))), " ")
}

// trusted asks about path and revocation, and gives back the chain with the
// issuers that it lacked. It answers within Options.Wait.
func (s *Signer) trusted(ctx context.Context, chain []*x509.Certificate, t time.Time) (complete []*x509.Certificate, revocation string, err error) {
	if len(s.options.Roots) == 0 {
		s.options.log().InfoContext(ctx, "no trusted roots: path and revocation not checked", "certificate", chain[0].Subject.CommonName)
		return chain, "", nil
	}
	limited, cancel := context.WithTimeout(ctx, s.options.wait())
	defer cancel()
	c := chain[0]
	path, err := trust.Path(c, chain, s.options.Roots, t)
	if errors.Is(err, trust.ErrUntrusted) && s.options.Revocation != nil {
		part, done := trust.Share(limited, 2)
		chain = s.options.Revocation.Complete(part, chain, s.options.Roots)
		done()
		path, err = trust.Path(c, chain, s.options.Roots, t)
	}
	switch {
	case errors.Is(err, trust.ErrExpired):
		return nil, "", record.Because(err, record.Unavailable, "certificate-expired", fmt.Sprintf("Nơi cấp chứng thư số của %s không còn hiệu lực", c.Subject.CommonName))
	case err != nil:
		return nil, "", record.Because(err, record.Unavailable, "certificate-untrusted", fmt.Sprintf("Chứng thư số của %s không dẫn tới nơi cấp nào được tin cậy", c.Subject.CommonName))
	case s.options.Revocation == nil:
		return chain, "", nil
	}
	s.remember(path)
	revocation = "good"
	for i := range len(path) - 1 {
		part, done := trust.Share(limited, len(path)-1-i)
		a, err := s.options.Revocation.Status(part, path[i], path[i+1])
		done()
		switch code := record.CodeOf(err); {
		case err == nil && a.Revoked:
			return nil, "", refuse(path[i], "certificate-revoked", "đã bị thu hồi từ %s", a.RevokedAt.In(record.Office).Format("15:04 02/01/2006"))
		case err == nil:
		case code == "revocation-unnamed":
			if i == 0 {
				revocation = ""
			}
		default:
			s.options.log().WarnContext(ctx, "revocation not known at signing", "certificate", path[i].Subject.CommonName, "error", err)
			revocation = code
		}
	}
	return chain, revocation, ctx.Err()
}

const (
	maxPaths = 1000 // that Warm looks after
	// ahead is how long before its end an answer is asked for anew.
	ahead = 30 * time.Minute
)

func (s *Signer) remember(path []*x509.Certificate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paths == nil || len(s.paths) >= maxPaths {
		s.paths = map[record.Digest][]*x509.Certificate{}
	}
	s.paths[digestOf(path[0])] = path
}

// Warm asks anew about every certificate that was asked about by Ready, Sign or
// Seal and whose answer is missing or ends within half an hour, so that whoever
// signs next finds a fresh one and waits for nobody. It is for a background
// task that calls it every few minutes.
func (s *Signer) Warm(ctx context.Context) {
	s.mu.Lock()
	paths := slices.Collect(maps.Values(s.paths))
	s.mu.Unlock()
	for _, path := range paths {
		for i := 0; i < len(path)-1 && ctx.Err() == nil; i++ {
			s.options.Revocation.Refresh(ctx, path[i], path[i+1], ahead) // what it could not say, signing asks again
		}
	}
}
