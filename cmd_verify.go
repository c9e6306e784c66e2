package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"vanthu/record"
	"vanthu/signer/verify"
)

const maxPDF = 256 << 20 // bytes

type verifyCmd struct {
	File  string   `arg:"" help:"Tệp PDF; - đọc từ stdin."`
	Trust []string `placeholder:"CA.pem" help:"Chứng thư gốc được tin cậy (PEM); nêu được nhiều lần." type:"path"`
	Demo  bool     `help:"Tin cậy thêm chứng thư gốc mẫu trong DIR." env:"VANTHU_DEMO"`
	Data  string   `placeholder:"DIR" help:"Đối chiếu thêm với bản trong kho lưu trữ." type:"path" env:"VANTHU_DATA"`
	S3    string   `name:"s3" placeholder:"URL" help:"Kho MinIO, ví dụ http://127.0.0.1:9000/vanthu." env:"VANTHU_S3"`
	JSON  bool     `name:"json" help:"Báo cáo bằng JSON."`
}

// verified is the report of verify for programs.
type verified struct {
	verify.Report
	Archive *archived `json:"archive,omitempty"`
}

// archived says what the archive knows of a file, byte for byte.
type archived struct {
	Known    bool          `json:"known"`
	Document string        `json:"document,omitempty"`
	Journal  string        `json:"organization,omitempty"`
	Version  int           `json:"version,omitempty"`
	Current  bool          `json:"current"` // the document has no newer version
	State    record.Status `json:"state,omitempty"`
	Symbol   string        `json:"symbol,omitempty"`
	Date     record.Date   `json:"date,omitempty"`
}

func (c *verifyCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	roots, err := c.roots()
	if err != nil {
		return err
	}
	pdf, err := readInput(s, c.File, maxPDF)
	if err != nil {
		return err
	}
	r, err := verifyWith(ctx, pdf, roots)
	if err != nil {
		return err
	}
	answer := verified{Report: r}
	if c.Data != "" {
		if answer.Archive, err = c.compare(ctx, log, record.DigestOf(pdf)); err != nil {
			return err
		}
	}
	if c.JSON {
		err = writeJSON(s.out, answer)
	} else {
		_, err = io.WriteString(s.out, r.Text()+answer.Archive.text())
	}
	if err == nil && (r.Verdict != verify.Valid || answer.Archive != nil && !answer.Archive.inForce()) {
		err = errSaidNo
	}
	return err
}

func verifyWith(ctx context.Context, pdf []byte, roots []*x509.Certificate) (verify.Report, error) {
	self, err := os.Executable()
	if err != nil {
		return verify.Report{}, err
	}
	return verify.Verify(ctx, pdf, verify.Options{Roots: roots, SecondOpinion: &verify.SecondOpinion{Command: []string{self, secondOpinion}}})
}

func (c *verifyCmd) roots() ([]*x509.Certificate, error) {
	names := c.Trust
	if c.Demo {
		if c.Data == "" {
			return nil, record.E(record.Usage, "data-missing", "--demo cần --data DIR để tìm demo-ca.pem")
		}
		names = append(names, filepath.Join(c.Data, demoCA))
	}
	var roots []*x509.Certificate
	for _, name := range names {
		found, err := readRoots(name)
		if err != nil {
			return nil, err
		}
		roots = append(roots, found...)
	}
	return roots, nil
}

func readRoots(name string) ([]*x509.Certificate, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, record.Because(err, record.Usage, "trust-file", "Không đọc được chứng thư gốc "+name)
	}
	found, err := parseRoots(raw)
	if err != nil {
		return nil, record.Because(err, record.Usage, "trust-file", name+" không phải là chứng thư PEM")
	}
	return found, nil
}

// parseRoots reads every certificate of a PEM file; none is an error.
func parseRoots(raw []byte) ([]*x509.Certificate, error) {
	var roots []*x509.Certificate
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		roots = append(roots, c)
	}
	if len(roots) == 0 {
		return nil, errors.New("no certificate")
	}
	return roots, nil
}

// compare looks the file up in the archive by its digest.
func (c *verifyCmd) compare(ctx context.Context, log *slog.Logger, digest record.Digest) (*archived, error) {
	o, err := (&stateFlags{Data: c.Data, S3: c.S3}).open(ctx, log)
	if err != nil {
		return nil, err
	}
	defer o.close()
	found, v, err := o.desk.FindPDF(ctx, digest)
	if record.KindOf(err) == record.NotFound {
		return &archived{}, nil
	}
	if err != nil {
		return nil, err
	}
	return &archived{Known: true, Document: found.ID, Journal: found.Journal, Version: v, Current: found.Version == v,
		State: found.State, Symbol: found.Symbol, Date: found.Date}, nil
}

// inForce says whether the file is the issued version of a document that was
// neither recalled nor replaced.
func (a *archived) inForce() bool {
	return a.Known && a.Current && a.State == record.Issued
}

func (a *archived) text() string {
	switch {
	case a == nil:
		return ""
	case !a.Known:
		return "Kho lưu trữ: không có tệp nào giống từng byte với tệp này.\n"
	}
	where := fmt.Sprintf("Kho lưu trữ: đúng từng byte với phiên bản %d của văn bản %s (%s), trạng thái %s", a.Version, a.Document, a.Journal, a.State)
	if a.Date != "" {
		where += fmt.Sprintf(", %s ngày %s", a.Symbol, a.Date.Vietnamese())
	}
	if !a.Current {
		where += "; đã có phiên bản mới hơn"
	}
	return where + ".\n"
}
