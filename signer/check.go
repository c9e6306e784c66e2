package signer

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
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
	if out.revocation, err = s.trusted(ctx, id.Chain, t); err != nil {
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
	case c.IsCA, c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return refuse(c, "certificate-usage", "không được cấp để ký số")
	}
	if err := cms.Usable(c.PublicKey); err != nil {
		return record.Because(err, record.Unavailable, "certificate-weak", fmt.Sprintf("Khóa của %s không đủ mạnh hoặc không được hỗ trợ", c.Subject.CommonName))
	}
	return nil
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

// trusted asks about path and revocation. It answers within Options.Wait.
func (s *Signer) trusted(ctx context.Context, chain []*x509.Certificate, t time.Time) (revocation string, err error) {
	if len(s.options.Roots) == 0 {
		return "", nil
	}
	c := chain[0]
	path, err := trust.Path(c, chain, s.options.Roots, t)
	switch {
	case errors.Is(err, trust.ErrExpired):
		return "", record.Because(err, record.Unavailable, "certificate-expired", fmt.Sprintf("Nơi cấp chứng thư số của %s không còn hiệu lực", c.Subject.CommonName))
	case err != nil:
		return "", record.Because(err, record.Unavailable, "certificate-untrusted", fmt.Sprintf("Chứng thư số của %s không dẫn tới nơi cấp nào được tin cậy", c.Subject.CommonName))
	case s.options.Revocation == nil:
		return "", nil
	}
	limited, cancel := context.WithTimeout(ctx, s.options.wait())
	defer cancel()
	revocation = "good"
	for i := range len(path) - 1 {
		a, err := s.options.Revocation.Status(limited, path[i], path[i+1])
		switch code := record.CodeOf(err); {
		case err == nil && a.RevokedBy(t):
			return "", refuse(path[i], "certificate-revoked", "đã bị thu hồi từ %s", a.RevokedAt.In(record.Office).Format("15:04 02/01/2006"))
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
	return revocation, ctx.Err()
}

// Warm asks about the certificates of the keys at hand, so that whoever signs
// next finds fresh answers. It is for a background task and asks nobody twice
// while an answer is fresh.
func (s *Signer) Warm(ctx context.Context, chain []*x509.Certificate) {
	if s.options.Revocation == nil || len(chain) == 0 {
		return
	}
	path, err := trust.Path(chain[0], chain, s.options.Roots, time.Now())
	for i := 0; err == nil && i < len(path)-1 && ctx.Err() == nil; i++ {
		s.options.Revocation.Status(ctx, path[i], path[i+1]) // what it could not say, signing asks again
	}
}
