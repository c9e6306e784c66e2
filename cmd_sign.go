package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/server"
	"vanthu/signer/cms"
	"vanthu/signer/csc"
	"vanthu/signer/keys"
)

// signCmd is the program at the official's own machine: it signs a document of
// a service with a key that never leaves this machine or the token in it.
type signCmd struct {
	Document string `arg:"" help:"Mã văn bản đang trình ký."`
	File     string `arg:"" help:"Tệp PDF đã đọc: chỉ ký đúng bản này."`
	Server   string `required:"" placeholder:"URL" help:"Địa chỉ của dịch vụ." env:"VANTHU_SERVER"`
	Token    string `name:"token-file" required:"" placeholder:"FILE" type:"path" help:"Tệp có mã truy cập phạm vi read và sign, quyền 0600." env:"VANTHU_TOKEN_FILE"`
	Key      string `required:"" placeholder:"TỆP" type:"path" help:"Khóa ở máy này: tên tệp .p12 hoặc .json (pkcs11), bên cạnh có .pin." env:"VANTHU_KEY"`
}

// Run asks for the signature, makes its value with the own key, and hands it in.
func (c *signCmd) Run(ctx context.Context, s streams) error {
	u, err := url.Parse(c.Server)
	if err != nil || !csc.Safe(u) {
		return record.E(record.Usage, "server", "--server phải là https://, hoặc http:// ở chính máy này")
	}
	pdf, err := readInput(s, c.File, maxPDF)
	if err != nil {
		return err
	}
	token, err := keys.ReadSecret(c.Token)
	if err != nil {
		return err
	}
	ring := keys.NewFolder("")
	defer ring.Close()
	id, err := ring.Open(ctx, c.Key)
	if err != nil {
		return err
	}
	if id.Key == nil {
		return record.E(record.Usage, "key", "Khóa phải ở máy này: .p12 hoặc pkcs11")
	}
	client := signClient{base: strings.TrimSuffix(c.Server, "/"), token: token}
	var doc server.Document
	tag, err := client.ask(ctx, "GET", "/api/v1/documents/"+url.PathEscape(c.Document), "", nil, &doc)
	if err != nil {
		return err
	}
	if own := record.DigestOf(pdf); own != doc.PDF {
		return record.E(record.Precondition, "pdf-changed", "Tệp đã đọc không phải là bản đang trình ký; hãy tải lại và đọc lại")
	}
	if _, err := client.ask(ctx, "POST", "/api/v1/documents/"+doc.ID+"/sign", tag, map[string]any{"pdf_sha256": doc.PDF}, &doc); err != nil {
		return err
	}
	if w := doc.Waiting; w != nil {
		value, err := valueOf(id, w)
		if err != nil {
			return err
		}
		if _, err := client.ask(ctx, "POST", "/api/v1/signatures/"+w.ID, "", map[string]any{"value": base64.StdEncoding.EncodeToString(value)}, &doc); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.out, "Đã ký văn bản %s (%s).\n", doc.ID, doc.Subject)
	return err
}

// valueOf makes the value of a waiting signature. What is signed is what stands
// there, by the certificate that the service names: another key is no use.
func valueOf(id keys.Identity, w *server.Waiting) ([]byte, error) {
	if !bytes.Equal(id.Certificate().Raw, w.Certificate) {
		return nil, record.E(record.Conflict, "certificate-foreign", "Dịch vụ chờ chữ ký của chứng thư khác với chứng thư ở máy này")
	}
	hash, known := map[string]crypto.Hash{"SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512}[w.Hash]
	if !known || w.Remote {
		return nil, record.E(record.Conflict, "signature-waiting", "Chữ ký này không ký bằng khóa ở máy này")
	}
	return cms.SignAttributes(rand.Reader, id.Key, cms.Scheme{Hash: hash, PSS: w.Algorithm == "RSA-PSS"}, w.Attributes)
}

type signClient struct{ base, token string }

// ask sends one request and reads the answer; a refusal becomes an error in the
// service's own words.
func (c signClient) ask(ctx context.Context, method, path, tag string, body, into any) (etag string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return "", err
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return "", record.Because(err, record.Usage, "server", "Địa chỉ dịch vụ không hợp lệ")
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if tag != "" {
		r.Header.Set("If-Match", tag)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", record.Because(err, record.Unavailable, "not-running", "Dịch vụ không trả lời ở "+c.base)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 4<<20))
	if err != nil {
		return "", record.Because(err, record.Unavailable, "not-running", "Dịch vụ trả lời dở dang")
	}
	if answer.StatusCode >= 300 {
		var p struct{ Code, Title string }
		_ = json.Unmarshal(raw, &p) // without it the status speaks
		kind := record.Conflict
		if answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests {
			kind = record.Unavailable
		}
		if p.Title == "" {
			p.Code, p.Title = "service-answer", answer.Status
		}
		return "", record.E(kind, p.Code, p.Title)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return "", record.Because(err, record.Unavailable, "service-answer", "Dịch vụ trả lời không đọc được")
	}
	return answer.Header.Get("ETag"), nil
}
