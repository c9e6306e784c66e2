package csc

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/online"
)

// Client asks one service for signatures of one credential. It may be used by
// several goroutines.
type Client struct {
	URL        string // base address: "https://.../csc/v2"
	Credential string // credentialID
	// ClientID and Secret get an access token by OAuth 2.0 client credentials
	// (8.3); without a ClientID the Secret is an access token itself.
	ClientID, Secret string
	Public           crypto.PublicKey // the credential's: values must verify by it
	Online           *online.Client
}

const (
	maxAnswer  = 256 << 10 // bytes
	maxTicket  = 64 << 10
	maxCertify = 10 // certificates of one credential
)

// Safe says whether secrets may go to an address: HTTPS, or this machine itself.
func Safe(u *url.URL) bool {
	if u.Scheme == "https" && u.Host != "" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// ticket is how far a signature has come.
type ticket struct {
	Digest    []byte `json:"digest"`
	Hash      string `json:"hash"` // OID
	Algorithm string `json:"algorithm"`
	Params    []byte `json:"params,omitempty"`
	PSS       bool   `json:"pss,omitempty"`
	Handle    string `json:"handle,omitempty"`   // of an authorization that its owner has not given yet
	SAD       string `json:"sad,omitempty"`      // signature activation data: given
	Response  string `json:"response,omitempty"` // of a signature that is being made
}

// Begin asks for the owner's agreement to sign a digest. Errors are of kind
// Unavailable: those of online.Client, csc-answer for an answer that is not what
// was asked for; Conflict, signature-refused when the service says no.
func (c *Client) Begin(ctx context.Context, digest []byte, scheme cms.Scheme) ([]byte, error) {
	t := ticket{Digest: digest, PSS: scheme.PSS}
	var err error
	if t.Hash, t.Algorithm, t.Params, err = algorithms(c.Public, scheme); err != nil {
		return nil, err
	}
	if err := c.authorize(ctx, &t, "credentials/authorize", map[string]any{"credentialID": c.Credential, "numSignatures": 1,
		"hashes": [][]byte{digest}, "hashAlgorithmOID": t.Hash}); err != nil {
		return nil, err
	}
	return json.Marshal(t)
}

// Fetch goes on from a ticket: the value, or Busy, signature-waiting, with the
// ticket to come back with. Errors as Begin; a ticket that is not one is
// Conflict, signature-refused.
func (c *Client) Fetch(ctx context.Context, raw []byte) (value, next []byte, err error) {
	var t ticket
	if len(raw) > maxTicket || json.Unmarshal(raw, &t) != nil || len(t.Digest) == 0 {
		return nil, nil, refused("phiếu ký bị hỏng")
	}
	value, err = c.step(ctx, &t)
	if err == nil {
		return value, nil, nil
	}
	next, encode := json.Marshal(t)
	return nil, next, errors.Join(err, encode)
}

func (c *Client) step(ctx context.Context, t *ticket) ([]byte, error) {
	if t.SAD == "" {
		if t.Handle == "" {
			return nil, refused("dịch vụ không cho biết cách hỏi lại")
		}
		if err := c.authorize(ctx, t, "credentials/authorizeCheck", map[string]any{"handle": t.Handle}); err != nil {
			return nil, err
		}
		if t.SAD == "" {
			return nil, waiting()
		}
	}
	var out struct {
		Signatures [][]byte `json:"signatures"`
		ResponseID string   `json:"responseID"`
	}
	path, in := "signatures/signPolling", map[string]any{"responseID": t.Response}
	if t.Response == "" {
		path, in = "signatures/signHash", map[string]any{"credentialID": c.Credential, "SAD": t.SAD, "hashes": [][]byte{t.Digest},
			"hashAlgorithmOID": t.Hash, "signAlgo": t.Algorithm}
		if t.Params != nil {
			in["signAlgoParams"] = t.Params
		}
	}
	if err := c.call(ctx, path, in, &out); err != nil {
		return nil, err
	}
	switch {
	case len(out.Signatures) == 1:
		if !c.verifies(t, out.Signatures[0]) {
			return nil, wrong(errors.New("the value does not verify by the credential's key"))
		}
		return out.Signatures[0], nil
	case len(out.Signatures) > 1:
		return nil, wrong(fmt.Errorf("%d signatures for one digest", len(out.Signatures)))
	case out.ResponseID != "":
		t.Response = out.ResponseID
	case t.Response == "":
		return nil, wrong(errors.New("neither a signature nor a way to ask for it"))
	}
	return nil, waiting()
}

// authorize takes what the service says about the owner's agreement.
func (c *Client) authorize(ctx context.Context, t *ticket, path string, in map[string]any) error {
	var out struct {
		SAD    string `json:"SAD"`
		Handle string `json:"handle"`
	}
	if err := c.call(ctx, path, in, &out); err != nil {
		return err
	}
	t.SAD = out.SAD
	if out.Handle != "" {
		t.Handle = out.Handle
	}
	if t.SAD == "" && t.Handle == "" {
		return wrong(errors.New("neither SAD nor handle"))
	}
	return nil
}

// Certificates are the credential's, the signer's first (credentials/info).
func (c *Client) Certificates(ctx context.Context) ([]*x509.Certificate, error) {
	var out struct {
		Cert struct {
			Certificates [][]byte `json:"certificates"`
		} `json:"cert"`
	}
	if err := c.call(ctx, "credentials/info", map[string]any{"credentialID": c.Credential, "certificates": "chain"}, &out); err != nil {
		return nil, err
	}
	var chain []*x509.Certificate
	for _, der := range out.Cert.Certificates {
		x, err := x509.ParseCertificate(der)
		if err != nil || len(chain) == maxCertify {
			return nil, wrong(errors.Join(err, errors.New("certificates")))
		}
		chain = append(chain, x)
	}
	if len(chain) == 0 {
		return nil, wrong(errors.New("no certificate"))
	}
	return chain, nil
}

// call asks one method with an access token.
func (c *Client) call(ctx context.Context, path string, in map[string]any, out any) error {
	token, err := c.token(ctx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.post(ctx, path, http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}, body, out)
}

// token is an access token for the service.
func (c *Client) token(ctx context.Context) (string, error) {
	if c.ClientID == "" {
		return c.Secret, nil
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.Secret}, "scope": {"service"}}
	var out struct {
		AccessToken string `json:"access_token"`
	}
	err := c.post(ctx, "oauth2/token", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode()), &out)
	if err == nil && out.AccessToken == "" {
		err = wrong(errors.New("no access token"))
	}
	return out.AccessToken, err
}

func (c *Client) post(ctx context.Context, path string, header http.Header, body []byte, out any) error {
	u, err := url.Parse(c.URL)
	if err != nil || !Safe(u) {
		return record.E(record.Unavailable, "service-address", "Địa chỉ dịch vụ ký từ xa phải là https://")
	}
	header.Set("Accept", "application/json")
	status, answer, err := c.Online.Ask(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/"+path, header, body, maxAnswer)
	if err != nil {
		return err
	}
	return read(status, answer, out)
}

// read judges an answer: what was asked for, not yet, no, or nonsense.
func read(status int, answer []byte, out any) error {
	switch {
	case status == http.StatusAccepted || status == http.StatusNoContent:
		return waiting()
	case status == http.StatusOK:
		d := json.NewDecoder(bytes.NewReader(answer))
		if err := d.Decode(out); err != nil || d.More() {
			return wrong(fmt.Errorf("not JSON: %w", err))
		}
		return nil
	}
	var problem struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(answer, &problem) != nil || problem.Error == "" {
		return record.E(record.Unavailable, "csc-answer", fmt.Sprintf("Dịch vụ ký từ xa trả lời %d", status))
	}
	switch problem.Error {
	case "authorization_pending", "signature_pending", "slow_down":
		return waiting()
	case "invalid_client", "unauthorized_client", "invalid_token":
		return record.E(record.Unavailable, "csc-access", "Dịch vụ ký từ xa không nhận tài khoản của văn thư: "+clip(problem.Description))
	}
	if status >= 500 {
		return record.E(record.Unavailable, "csc-answer", fmt.Sprintf("Dịch vụ ký từ xa gặp lỗi: %s", clip(problem.Error)))
	}
	return refused(clip(problem.Error + ": " + problem.Description))
}

// clip keeps a foreign text short and on one line.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return s
}

func waiting() error {
	return record.E(record.Busy, "signature-waiting", "Người ký chưa xác nhận trên dịch vụ ký từ xa")
}

func refused(why string) error {
	return record.E(record.Conflict, "signature-refused", "Dịch vụ ký từ xa không ký: "+why)
}

func wrong(err error) error {
	return record.Because(err, record.Unavailable, "csc-answer", "Dịch vụ ký từ xa trả lời sai")
}

// algorithms are the OIDs of a scheme and, for RSASSA-PSS, its parameters in DER
// (RFC 4055, 3.1).
func algorithms(public crypto.PublicKey, s cms.Scheme) (hash, algorithm string, params []byte, err error) {
	i := map[crypto.Hash]int{crypto.SHA256: 1, crypto.SHA384: 2, crypto.SHA512: 3}[s.Hash]
	if i == 0 {
		return "", "", nil, wrong(fmt.Errorf("hash %v", s.Hash))
	}
	hash = fmt.Sprintf("2.16.840.1.101.3.4.2.%d", i)
	switch public.(type) {
	case *ecdsa.PublicKey:
		return hash, fmt.Sprintf("1.2.840.10045.4.3.%d", i+1), nil, nil
	case *rsa.PublicKey:
		if !s.PSS {
			return hash, fmt.Sprintf("1.2.840.113549.1.1.%d", 10+i), nil, nil
		}
		digest := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, i}, Parameters: asn1.NullRawValue}
		type mask struct {
			OID  asn1.ObjectIdentifier
			Hash pkix.AlgorithmIdentifier
		}
		params, err = asn1.Marshal(struct {
			Hash pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
			MGF  mask                     `asn1:"explicit,tag:1"`
			Salt int                      `asn1:"explicit,tag:2"`
		}{digest, mask{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}, digest}, s.Hash.Size()})
		return hash, "1.2.840.113549.1.1.10", params, err
	}
	return "", "", nil, wrong(fmt.Errorf("key of type %T", public))
}

// verifies says whether a value is a signature of the ticket's digest.
func (c *Client) verifies(t *ticket, value []byte) bool {
	hash := map[string]crypto.Hash{"2.16.840.1.101.3.4.2.1": crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512}[t.Hash]
	switch k := c.Public.(type) {
	case *rsa.PublicKey:
		if t.PSS {
			return hash != 0 && rsa.VerifyPSS(k, hash, t.Digest, value, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return hash != 0 && rsa.VerifyPKCS1v15(k, hash, t.Digest, value) == nil
	case *ecdsa.PublicKey:
		raw := 2 * ((k.Curve.Params().BitSize + 7) / 8) // r and s side by side are for the signer to join and to judge
		return len(value) == raw || ecdsa.VerifyASN1(k, t.Digest, value)
	}
	return false
}
