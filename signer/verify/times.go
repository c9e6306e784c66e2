package verify

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"vanthu/signer/cms"
	"vanthu/signer/trust"
	"vanthu/signer/tsp"
)

// judge goes through a file's signatures from the last to the first, because
// what comes later proves when what came before it existed: a good document
// timestamp is a proof of existence of all bytes before it (ETSI EN 319 102-1,
// 5.6). Expiry and revocation are judged at the earliest proven time.
type judge struct {
	f          *file
	o          Options
	material   *material
	unanswered []string // by whom we asked online

	proof   *Timestamp // the nearest good document timestamp behind
	nearest *Timestamp // the same, or one whose authority is not known to be good
	poe     time.Time  // when everything up to here existed at the latest
	// stamps are the good document timestamps, the last first.
	stamps []*signedField
	before map[int]*material // what the file held at a revision
}

func (f *file) judgeTimes(ctx context.Context, signed []*signedField, out []Signature, o Options) (*judge, error) {
	j := &judge{f: f, o: o, material: &material{}, poe: o.Now, before: map[int]*material{}}
	if err := j.material.gather(f.newest); err != nil {
		return nil, err
	}
	for _, s := range signed {
		for _, c := range s.enclosed() {
			if len(j.material.certs) < maxMaterial {
				j.material.certs = append(j.material.certs, c)
			}
		}
		if s.cms != nil {
			for _, raw := range s.cms.OCSPs {
				j.material.addOCSP(raw)
			}
			for _, raw := range s.cms.CRLs {
				j.material.addCRL(raw)
			}
		}
	}
	for i := len(signed) - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s, g := signed[i], &out[i]
		switch {
		case s.token != nil:
			j.documentTimestamp(ctx, s, g)
		case s.cms != nil && s.cms.Signer != nil:
			if err := j.signature(ctx, s, g); err != nil {
				return nil, err
			}
		}
	}
	return j, ctx.Err()
}

// enclosed are the certificates that a signature or timestamp carries.
func (s *signedField) enclosed() []*x509.Certificate {
	var all []*x509.Certificate
	if s.cms != nil {
		all = append(all, s.cms.Certificates...)
		if t, err := tsp.Parse(s.cms.SignatureTimestamp); len(s.cms.SignatureTimestamp) > 0 && err == nil {
			all = append(all, t.Certificates...)
		}
	}
	if s.token != nil {
		all = append(all, s.token.Certificates...)
	}
	return all
}

// documentTimestamp judges a timestamp that is a signature of its own.
func (j *judge) documentTimestamp(ctx context.Context, s *signedField, g *Signature) {
	if s.token.Authority == nil {
		return
	}
	g.describe(s.token.Authority)
	g.Timestamp = j.stamp(ctx, s.token, "document")
	g.Chain, g.AtSigning, g.Revocation = j.authority(ctx, s.token)
	g.KeyUsage = ok("Chứng thư được cấp để cấp dấu thời gian")
	if g.Integrity.Verdict != Valid || g.Coverage.Verdict != Valid || g.Timestamp.Verdict == Invalid {
		return
	}
	j.nearest = g.Timestamp
	if g.Timestamp.Verdict == Valid {
		j.proof, j.poe = g.Timestamp, s.token.Time
		j.stamps = append(j.stamps, s)
	}
}

// authority judges the certificate of a timestamping authority: in force when
// it stamped, and still when the next proof was made.
func (j *judge) authority(ctx context.Context, t *tsp.Token) (Check, Check, Revocation) {
	var valid Check
	path, err := trust.Path(t.Authority, j.material.certs, j.o.Roots, t.Time)
	chain := chainCheck(path, err)
	none := unknown("not-established", "Chưa xác định được")
	switch a := t.Authority; {
	case t.Time.After(j.poe.Add(clockSkew)):
		valid = invalid("time-contradicted", "Dấu thời gian muộn hơn dấu thời gian đặt sau nó")
	case t.Time.Before(a.NotBefore) || t.Time.After(a.NotAfter):
		valid = invalid("certificate-expired", "Chứng thư của nơi cấp dấu thời gian không có hiệu lực khi cấp")
	case j.poe.After(a.NotAfter):
		valid = unknown("timestamp-expired", "Chứng thư của nơi cấp dấu thời gian đã hết hạn mà chưa được gia hạn bằng dấu thời gian mới")
	default:
		valid = ok("Chứng thư của nơi cấp dấu thời gian còn hiệu lực")
	}
	if err != nil {
		return chain, valid, Revocation{Check: none}
	}
	revoked, used, _ := j.revocation(ctx, path, t.Time, true)
	for i := range len(path) - 1 {
		used = append(used, j.material.answers(path[i], path[i+1])...)
	}
	for _, a := range used {
		// Whoever has a stolen key stamps any time; a key that was only laid down
		// leaves what it stamped before as it was (RFC 3161, 4.1).
		if revoked.Verdict != Invalid && a.RevokedBy(j.poe) && (a.Reason < affiliationChanged || a.Reason > cessationOfOperation) {
			revoked.Check = unknown("timestamp-revoked", fmt.Sprintf("Chứng thư của nơi cấp dấu thời gian đã bị thu hồi từ %s, trước khi có dấu thời gian mới", moment(&a.RevokedAt)))
			revoked.RevokedAt = &a.RevokedAt
		}
	}
	return chain, valid, revoked
}

// The reasons between which a revoked key was not in other hands (RFC 5280, 5.3.1).
const affiliationChanged, cessationOfOperation = 3, 5

// stamp is a token, which has been verified over its data, as proof of time.
func (j *judge) stamp(ctx context.Context, t *tsp.Token, kind string) *Timestamp {
	out := &Timestamp{Kind: kind, Time: t.Time, Authority: t.Authority.Subject.CommonName, Until: t.Authority.NotAfter,
		Check: ok(fmt.Sprintf("Dấu thời gian của %q", t.Authority.Subject.CommonName))}
	chain, valid, revoked := j.authority(ctx, t)
	for _, c := range []Check{chain, valid, revoked.Check} {
		if c.counts() && worse(out.Verdict, c.Verdict) != out.Verdict {
			out.Check = c
		}
	}
	return out
}

// signature judges a personal signature or a seal.
func (j *judge) signature(ctx context.Context, s *signedField, g *Signature) error {
	signed := s.cms
	if len(signed.SignatureTimestamp) > 0 {
		g.Timestamp = j.signatureTimestamp(ctx, signed)
	}
	if g.Timestamp == nil || g.Timestamp.Verdict == Unknown {
		for _, t := range []*Timestamp{j.nearest, j.proof} {
			if t != nil && (g.Timestamp == nil || t.Verdict == Valid) {
				g.Timestamp = t
			}
		}
	}
	at, proven := g.ClaimedTime, false
	if g.Timestamp != nil && g.Timestamp.Verdict == Valid {
		at, proven = &g.Timestamp.Time, true
		g.ProvenTime = at
	}
	g.checkCertificate(signed.Signer, j.o.Now)
	if at == nil {
		g.Chain = unknown("time-missing", "Chưa xác định được đường dẫn tin cậy vì không biết thời điểm ký")
		return nil
	}
	path, err := trust.Path(signed.Signer, j.material.certs, j.o.Roots, *at)
	g.Chain = chainCheck(path, err)
	if err != nil {
		g.Level = j.level(s, g, nil, false)
		return nil
	}
	revoked, used, enclosed := j.revocation(ctx, path, *at, proven)
	g.Revocation = revoked
	complete := enclosed && revoked.Verdict == Valid
	if complete {
		protected, err := j.protected(s, used)
		if err != nil {
			return err
		}
		g.Level = j.level(s, g, &protected, true)
		return nil
	}
	g.Level = j.level(s, g, nil, false)
	return nil
}

func (j *judge) signatureTimestamp(ctx context.Context, signed *cms.SignedData) *Timestamp {
	wrong := func(err error) *Timestamp {
		code := "timestamp-wrong"
		if errors.Is(err, cms.ErrUnsupported) || errors.Is(err, cms.ErrWeak) {
			return &Timestamp{Kind: "signature", Check: unknown("timestamp-unsupported", "Dấu thời gian thuộc dạng không được hỗ trợ")}
		}
		return &Timestamp{Kind: "signature", Check: invalid(code, "Dấu thời gian trong chữ ký không phải của chữ ký này")}
	}
	t, err := tsp.Parse(signed.SignatureTimestamp)
	if err != nil {
		return wrong(err)
	}
	h := t.Hash.New()
	h.Write(signed.Value)
	if err := t.Verify(h.Sum(nil)); err != nil {
		return wrong(err)
	}
	return j.stamp(ctx, t, "signature")
}

// protected says whether the answers relied on were already in the file when
// one of its good document timestamps was made.
func (j *judge) protected(s *signedField, used []trust.Answer) (bool, error) {
	for _, stamp := range j.stamps {
		if stamp.revision <= s.revision {
			continue
		}
		m := j.before[stamp.revision]
		if m == nil {
			state, err := j.f.at(stamp.revision)
			if err != nil {
				return false, err
			}
			m = &material{}
			if err := m.gather(state); err != nil {
				return false, err
			}
			j.before[stamp.revision] = m
		}
		own := &material{ocsps: s.cms.OCSPs}
		for _, raw := range s.cms.CRLs {
			own.addCRL(raw)
		}
		if !slices.ContainsFunc(used, func(a trust.Answer) bool { return !m.holds(a) && !own.holds(a) }) {
			return true, nil
		}
	}
	return false, nil
}

// level is that of ETSI EN 319 142-1, 6: "" for a signature that is not of the
// baseline at all.
func (j *judge) level(s *signedField, g *Signature, protected *bool, complete bool) string {
	switch {
	case g.SubFilter != subFilterCAdES || !s.cms.SigningCertificate || !s.cms.SigningTime.IsZero():
		return ""
	case g.Timestamp == nil || g.Timestamp.Verdict == Invalid:
		return "B-B"
	case !complete:
		return "B-T"
	case protected == nil || !*protected:
		return "B-LT"
	}
	return "B-LTA"
}
