package signer

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/verify"
)

// TimestampField is the field of the first document timestamp.
const TimestampField = "vtTimestamp"

// renewBefore is how long before the end of the last timestamp's certificate
// Prove protects everything anew. In the last of it evidence that cannot be had
// no longer keeps the new timestamp waiting.
const (
	renewBefore = 90 * 24 * time.Hour
	lastCall    = 7 * 24 * time.Hour
)

// Prove appends what the signatures of a PDF need to be verified when nobody
// answers any more: certificates and revocation data in a document security
// store, a document timestamp over all of it, and the same data for the
// timestamp itself (ETSI EN 319 142-1, B-LTA). What the file already holds is
// neither asked for nor added again: a file that needs nothing comes back as it
// is. From 90 days before the end of the timestamp's certificate on, Prove
// protects everything anew.
//
// As long as an issuer does not answer only a timestamp is made, once: it
// proves the time, and Evidence.Missing says what is still to come. A
// certificate that leads to no trusted root is named there too, and hinders
// nothing. Only addresses of certificates with a trusted path are asked.
//
// It may take minutes; its bytes begin with b. Errors: Conflict, not-signed;
// Damaged, pdf-damaged and signature-broken; Unavailable, evidence-unconfigured
// without a timestamping authority, evidence-incomplete (Evidence.Missing says
// what, and nothing could be added), tsa-not-renewed when a new timestamp would
// last no longer, and those of tsp.Client.
func (s *Signer) Prove(ctx context.Context, b []byte) ([]byte, record.Evidence, error) {
	var none record.Evidence
	if s.options.TSA == nil || s.options.Revocation == nil {
		return nil, none, record.E(record.Unavailable, "evidence-unconfigured", "Chưa khai báo dịch vụ cấp dấu thời gian (--tsa)")
	}
	before, err := verify.Verify(ctx, b, verify.Options{Roots: s.options.Roots})
	if err != nil {
		return nil, none, err
	}
	if !slices.ContainsFunc(before.Signatures, func(g verify.Signature) bool { return g.Kind != "timestamp" }) {
		return nil, none, record.E(record.Conflict, "not-signed", "Tệp PDF chưa có chữ ký số")
	}
	f, err := pdf.Open(b)
	if err != nil {
		return nil, none, damaged(err)
	}
	now := time.Now()
	last := before.Signatures[len(before.Signatures)-1]
	stamped := last.Kind == "timestamp" && last.Timestamp != nil && last.Timestamp.Verdict != verify.Invalid
	var left time.Duration
	if stamped {
		left = last.Timestamp.Until.Sub(now)
	}
	c := &collector{signer: s, ctx: ctx, now: now, times: map[string]time.Time{}}
	proven := !stamped || left > lastCall
	for _, g := range before.Signatures {
		if g.Integrity.Verdict == verify.Invalid {
			return nil, none, record.E(record.Damaged, "signature-broken", fmt.Sprintf("Chữ ký ở ô %q không còn nguyên vẹn", g.Field))
		}
		stamp := g.Kind == "timestamp"
		proven = proven && (stamp || g.Timestamp != nil && g.Timestamp.Verdict != verify.Invalid)
		if stamp && left <= renewBefore {
			continue // it must still be good now
		}
		for _, t := range []*time.Time{g.ClaimedTime, g.ProvenTime} {
			if t != nil {
				c.times[g.Field] = *t
			}
		}
	}
	u, err := c.store(f)
	if err != nil {
		return nil, none, err
	}
	missing := slices.Concat(c.unanswered, c.untrusted)
	switch {
	case len(c.unanswered) > 0 && proven:
		return nil, record.Evidence{Missing: missing}, record.E(record.Unavailable, "evidence-incomplete", "Chưa lấy được đủ bằng chứng: "+missing[0])
	case len(c.unanswered) > 0:
		u = pdf.NewUpdate(f)
	case c.added == 0 && stamped && left > renewBefore:
		return b, evidenceOf(before, missing), nil
	}
	out, until, err := s.stampDocument(ctx, f, u)
	if err != nil {
		return nil, none, err
	}
	if len(c.unanswered) == 0 {
		var more []string
		if out, more, err = s.proveStamp(c, out); err != nil {
			return nil, none, err
		}
		missing = append(missing, more...)
	}
	after, err := verify.Verify(ctx, out, verify.Options{Roots: s.options.Roots})
	if err != nil {
		return nil, none, err
	}
	if stamped && left <= renewBefore && !until.After(last.Timestamp.Until) && !higher(before.Signatures, after.Signatures) {
		return nil, none, record.E(record.Unavailable, "tsa-not-renewed",
			"Chứng thư của dịch vụ cấp dấu thời gian chưa được thay, dấu thời gian mới không có giá trị lâu hơn")
	}
	return out, evidenceOf(after, missing), nil
}

// proveStamp adds the evidence of the last timestamp, which can only come after
// it and needs no protection until it is renewed: its issuers sign it
// themselves. What cannot be had now is had then, or when Prove is called
// again.
func (s *Signer) proveStamp(c *collector, b []byte) ([]byte, []string, error) {
	f, err := pdf.Open(b)
	if err != nil {
		return nil, nil, damaged(err)
	}
	stamp := &collector{signer: s, ctx: c.ctx, now: c.now, times: c.times}
	u, err := stamp.store(f)
	missing := slices.Concat(stamp.unanswered, stamp.untrusted)
	if err != nil || stamp.added == 0 || len(stamp.unanswered) > 0 {
		return b, missing, err
	}
	out, err := u.Extend()
	if err != nil {
		return nil, nil, damaged(err)
	}
	return out, missing, nil
}

// rank orders the levels.
func rank(level string) int {
	return slices.Index([]string{"", "B-B", "B-T", "B-LT", "B-LTA"}, level)
}

// higher says whether a signature has reached a higher level.
func higher(before, after []verify.Signature) bool {
	for i, g := range before {
		if rank(after[i].Level) > rank(g.Level) {
			return true
		}
	}
	return false
}

// evidenceOf is what a report says of the evidence.
func evidenceOf(r verify.Report, missing []string) record.Evidence {
	slices.Sort(missing)
	e := record.Evidence{Level: "B-LTA", Missing: slices.Compact(missing)}
	for _, g := range r.Signatures {
		if g.Kind != "timestamp" && rank(g.Level) < rank(e.Level) {
			e.Level = g.Level
		}
	}
	if r.EvidenceUntil != nil {
		e.Until = *r.EvidenceUntil
	}
	return e
}

// stampDocument writes u with a document timestamp at its end (ISO 32000-2,
// 12.8.5): an invisible field on page one. until is when its certificate ends.
func (s *Signer) stampDocument(ctx context.Context, f *pdf.File, u *pdf.Update) (out []byte, until time.Time, err error) {
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return nil, until, damaged(err)
	}
	name, err := freeName(f, TimestampField)
	if err != nil {
		return nil, until, damaged(err)
	}
	contents, byteRange := &pdf.Hole{Width: 2 + 2*contentsSize}, &pdf.Hole{Width: 48}
	value := u.Add(pdf.Dict{"Type": pdf.Name("DocTimeStamp"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.RFC3161"),
		"ByteRange": byteRange, "Contents": contents})
	if _, err := addField(f, u, pages[0], pdf.Dict{"T": pdf.TextString(name), "TU": pdf.TextString("Dấu thời gian của văn bản"), "Rect": pdf.Rect{}.Array(), "V": value}); err != nil {
		return nil, until, damaged(err)
	}
	if out, err = u.Write(); err != nil {
		return nil, until, damaged(err)
	}
	setRange(out, byteRange, contents)
	h := sha256.New()
	h.Write(out[:contents.Offset])
	h.Write(out[contents.Offset+contents.Width:])
	token, err := s.options.TSA.Stamp(ctx, crypto.SHA256, h.Sum(nil))
	if err != nil {
		return nil, until, err
	}
	if len(token.Raw) > contentsSize {
		return nil, until, record.E(record.Unavailable, "tsa-wrong", fmt.Sprintf("Dấu thời gian dài %d byte, quá chỗ dành sẵn", len(token.Raw)))
	}
	fillGap(out[contents.Offset:contents.Offset+contents.Width], token.Raw)
	// Its issuers may be asked for: the authority is ours.
	s.options.Revocation.Complete(ctx, []*x509.Certificate{token.Authority}, slices.Concat(token.Certificates, s.options.Roots))
	return out, token.Authority.NotAfter, nil
}
