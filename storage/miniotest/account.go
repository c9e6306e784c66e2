package miniotest

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/minio/minio-go/v7/pkg/signer"
)

// Account makes an account on a running server without TLS that may do what the
// policy says and no more.
func (s *Server) Account(t testing.TB, policy []byte) (accessKey, secretKey string) {
	t.Helper()
	accessKey, secretKey = "account-"+rand.Text()[:8], rand.Text()
	user, err := json.Marshal(map[string]string{"secretKey": secretKey, "status": "enabled"})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal(user)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		path string
		args url.Values
		body []byte
	}{
		{"add-user", url.Values{"accessKey": {accessKey}}, sealed},
		{"add-canned-policy", url.Values{"name": {accessKey}}, policy},
		{"set-user-or-group-policy", url.Values{"policyName": {accessKey}, "userOrGroup": {accessKey}, "isGroup": {"false"}}, nil},
	} {
		if err := s.admin(t.Context(), step.path, step.args, step.body); err != nil {
			t.Fatalf("%s: %v", step.path, err)
		}
	}
	return accessKey, secretKey
}

// admin asks for something of MinIO's own that S3 does not have.
func (s *Server) admin(ctx context.Context, path string, args url.Values, body []byte) error {
	at := url.URL{Scheme: "http", Host: s.addr, Path: "/minio/admin/v3/" + path, RawQuery: args.Encode()}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, at.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
	answer, err := http.DefaultClient.Do(signer.SignV4(*r, AccessKey, SecretKey, "", ""))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // more only for the message
		return fmt.Errorf("%s: %s", answer.Status, said)
	}
	return nil
}

// seal encrypts a body of less than 16 KiB as MinIO wants secrets: salt, the
// number of the method, nonce, and one fragment of the format of sio-go.
func seal(plain []byte) ([]byte, error) {
	const (
		pbkdf2AESGCM = 2
		rounds       = 8192
		last         = 0x80
	)
	out := make([]byte, 32+1+8)
	rand.Read(out) // never fails
	out[32] = pbkdf2AESGCM
	salt, nonce := out[:32], append(out[33:len(out):len(out)], 0, 0, 0, 0) // and the fragment's number
	key, err := pbkdf2.Key(sha256.New, SecretKey, salt, rounds, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	covered := aead.Seal([]byte{last}, nonce, nil, nil)
	nonce[8] = 1
	return aead.Seal(out, nonce, plain, covered), nil
}
