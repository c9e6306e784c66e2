package tsp

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/digitorus/timestamp"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/record"
	"vanthu/signer/online"
)

// maxAnswer is room for a token with a long chain, in bytes.
const maxAnswer = 256 << 10

// skew is how far an authority's clock may differ from ours. A token from far
// away in time is wrong whatever it is signed with.
const skew = 10 * time.Minute

// Client asks one timestamping authority.
type Client struct {
	URL    string
	Policy asn1.ObjectIdentifier // asked for, and then demanded; nil for the authority's own
	Online *online.Client
	Now    func() time.Time // nil: the clock
}

// Stamp has the digest stamped. What comes back is verified: digest, nonce,
// policy, signature, the certificate's purpose and validity, and a time near
// our own. Errors are *record.Error of kind Unavailable: those of
// online.Client, tsa-refused (the authority says no, and why) and tsa-wrong
// (its answer is not what was asked for).
func (c *Client) Stamp(ctx context.Context, hash crypto.Hash, digest []byte) (*Token, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	request := timestamp.Request{HashAlgorithm: hash, HashedMessage: digest, TSAPolicyOID: c.Policy, Nonce: nonce, Certificates: true}
	body, err := request.Marshal()
	if err != nil {
		return nil, fmt.Errorf("timestamp request: %w", err)
	}
	answer, err := c.Online.Post(ctx, c.URL, "application/timestamp-query", body, maxAnswer)
	if err != nil {
		return nil, err
	}
	wrong := func(err error) error {
		return record.Because(err, record.Unavailable, "tsa-wrong", fmt.Sprintf("Dịch vụ cấp dấu thời gian %s trả lời sai", c.URL))
	}
	der, err := c.granted(answer)
	if err != nil {
		var refused *record.Error
		if errors.As(err, &refused) {
			return nil, err
		}
		return nil, wrong(err)
	}
	t, err := Parse(der)
	if err != nil {
		return nil, wrong(err)
	}
	now := time.Now()
	if c.Now != nil {
		now = c.Now()
	}
	switch {
	case t.Hash != hash:
		return nil, wrong(ErrImprint)
	case t.Nonce == nil || t.Nonce.Cmp(nonce) != 0:
		return nil, wrong(errors.New("tsp: another nonce"))
	case c.Policy != nil && !t.Policy.Equal(c.Policy):
		return nil, wrong(fmt.Errorf("tsp: policy %v", t.Policy))
	case t.Time.Before(now.Add(-skew)) || t.Time.After(now.Add(skew)):
		return nil, wrong(fmt.Errorf("tsp: time %v", t.Time))
	}
	if err := t.Verify(digest); err != nil {
		return nil, wrong(err)
	}
	if a := t.Authority; t.Time.Before(a.NotBefore) || t.Time.After(a.NotAfter) {
		return nil, wrong(errors.New("tsp: the authority's certificate is not valid"))
	}
	return t, nil
}

// granted takes the token out of a TimeStampResp (RFC 3161, 2.4.2).
func (c *Client) granted(answer []byte) ([]byte, error) {
	in := cryptobyte.String(answer)
	var response, status, text, line, token cryptobyte.String
	var code int64
	var said bool
	if !in.ReadASN1(&response, cbasn1.SEQUENCE) || !in.Empty() || !response.ReadASN1(&status, cbasn1.SEQUENCE) || !status.ReadASN1Integer(&code) {
		return nil, malformed("response")
	}
	if code != 0 && code != 1 { // granted, grantedWithMods
		why := ""
		if status.ReadOptionalASN1(&text, &said, cbasn1.SEQUENCE) && said && text.ReadASN1(&line, cbasn1.UTF8String) {
			why = ": " + string(line[:min(len(line), 200)])
		}
		return nil, record.E(record.Unavailable, "tsa-refused", fmt.Sprintf("Dịch vụ cấp dấu thời gian %s từ chối (%d)%s", c.URL, code, why))
	}
	if !response.ReadASN1Element(&token, cbasn1.SEQUENCE) || !response.Empty() {
		return nil, malformed("response without token")
	}
	return token, nil
}
