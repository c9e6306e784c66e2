package verify

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/trust"
)

// maxMaterial bounds certificates, OCSP answers and CRLs, each.
const maxMaterial = 256

// material is what a file encloses to judge certificates by: its document
// security store (ISO 32000-2, 12.8.4.3) and what its signatures carry.
type material struct {
	certs []*x509.Certificate
	ocsps [][]byte
	crls  []*x509.RevocationList
	known map[[32]byte][]trust.Answer // by certificate and issuer
}

// gather reads the store of one state of the file. What is damaged there is
// left out: it proves nothing, and takes nothing away.
func (m *material) gather(f *pdf.File) error {
	catalog, err := f.Catalog()
	if err != nil {
		return refused(err)
	}
	store, _ := pdf.As[pdf.Dict](f, catalog["DSS"])
	for key, add := range map[pdf.Name]func([]byte){"Certs": m.addCert, "OCSPs": m.addOCSP, "CRLs": m.addCRL} {
		list, _ := pdf.As[pdf.Array](f, store[key])
		for _, o := range list[:min(len(list), maxMaterial)] {
			s, err := pdf.As[*pdf.Stream](f, o)
			if err != nil || s == nil {
				continue
			}
			if b, err := f.Data(s); err == nil {
				add(b)
			}
		}
	}
	return nil
}

func (m *material) addCert(der []byte) {
	if c, err := x509.ParseCertificate(der); err == nil && len(m.certs) < maxMaterial {
		m.certs = append(m.certs, c)
	}
}

func (m *material) addOCSP(der []byte) {
	if len(m.ocsps) < maxMaterial {
		m.ocsps = append(m.ocsps, der)
	}
}

func (m *material) addCRL(der []byte) {
	if list, err := trust.ParseCRL(der); err == nil && len(m.crls) < maxMaterial {
		m.crls = append(m.crls, list)
	}
}

// answers are all that the material says about a certificate.
func (m *material) answers(cert, issuer *x509.Certificate) []trust.Answer {
	key := sha256.Sum256(append(append([]byte{}, cert.Raw...), issuer.Raw...))
	if found, done := m.known[key]; done {
		return found
	}
	var found []trust.Answer
	for _, raw := range m.ocsps {
		if a, err := trust.JudgeOCSP(raw, cert, issuer); err == nil {
			found = append(found, a)
		}
	}
	for _, list := range m.crls {
		if a, err := trust.JudgeCRL(list, cert, issuer); err == nil {
			found = append(found, a)
		}
	}
	if m.known == nil {
		m.known = map[[32]byte][]trust.Answer{}
	}
	m.known[key] = found
	return found
}

// holds says whether the material encloses the answer itself.
func (m *material) holds(a trust.Answer) bool {
	for _, raw := range m.ocsps {
		if string(raw) == string(a.Raw) {
			return true
		}
	}
	for _, list := range m.crls {
		if string(list.Raw) == string(a.Raw) {
			return true
		}
	}
	return false
}

// revocation judges a path, leaf first and root last, at a time. proven says
// that the time is more than a claim: then what was revoked later was good.
// The answers relied on come back; enclosed only when all are the file's own.
func (j *judge) revocation(ctx context.Context, path []*x509.Certificate, at time.Time, proven bool) (Revocation, []trust.Answer, bool) {
	var used []trust.Answer
	enclosed := true
	out := Revocation{Check: ok("Chứng thư không bị thu hồi")}
	for i := range len(path) - 1 {
		cert, issuer := path[i], path[i+1]
		a, own, found := j.answer(ctx, cert, issuer, at, proven)
		who := cert.Subject.CommonName
		switch {
		case found && a.RevokedBy(at):
			out.Check = invalid("certificate-revoked", fmt.Sprintf("Chứng thư %q đã bị thu hồi từ %s", who, moment(&a.RevokedAt)))
			out.Source, out.AsOf, out.RevokedAt = string(a.Source), &a.From, &a.RevokedAt
			return out, used, false
		case found && a.Revoked && !proven:
			out.Check = unknown("revoked-since", fmt.Sprintf("Chứng thư %q đã bị thu hồi từ %s; không có dấu thời gian chứng minh đã ký trước đó", who, moment(&a.RevokedAt)))
			out.Source, out.AsOf, out.RevokedAt = string(a.Source), &a.From, &a.RevokedAt
			return out, used, false
		case found:
			used, enclosed = append(used, a), enclosed && own
			if i == 0 {
				out.Source, out.AsOf = string(a.Source), &a.From
				out.Message = fmt.Sprintf("Chứng thư không bị thu hồi (%s lúc %s)", map[trust.Source]string{trust.OCSP: "OCSP", trust.CRL: "CRL"}[a.Source], moment(&a.From))
			}
		case len(cert.OCSPServer)+len(cert.CRLDistributionPoints) > 0:
			out.Check = unknown("no-revocation-answer", fmt.Sprintf("Không có câu trả lời OCSP hoặc CRL về chứng thư %q vào thời điểm ký", who))
			enclosed = false
		case i == 0:
			out.Check = unknown("revocation-unnamed", "Chứng thư không ghi nơi hỏi tình trạng thu hồi (OCSP, CRL)")
			enclosed = false
		}
	}
	return out, used, enclosed
}

// answer is the one that tells most about a certificate at a time: that it was
// taken back, or an answer that covers the time.
func (j *judge) answer(ctx context.Context, cert, issuer *x509.Certificate, at time.Time, proven bool) (a trust.Answer, own, found bool) {
	for _, x := range j.material.answers(cert, issuer) {
		if x.RevokedBy(at) || x.Revoked && !proven {
			return x, true, true
		}
		if x.Covers(at) && (!found || x.From.Before(a.From) == a.From.After(at)) {
			a, found = x, true
		}
	}
	if found {
		return a, true, true
	}
	if j.o.Revocation == nil {
		return a, false, false
	}
	x, err := j.o.Revocation.StatusAfter(ctx, cert, issuer, at)
	if err != nil || !x.Covers(at) && !x.Revoked {
		if err != nil && record.KindOf(err) == record.Unavailable {
			j.unanswered = append(j.unanswered, err.Error())
		}
		return a, false, false
	}
	return x, false, true
}
