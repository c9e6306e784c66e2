package main

import (
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/signer/online"
	"vanthu/signer/trust"
	"vanthu/signer/verify"
	"vanthu/storage/evidence"
)

const maxPDF = 256 << 20 // bytes

type verifyCmd struct {
	File   string   `arg:"" help:"Tệp PDF hoặc gói chứng cứ (ZIP); - đọc từ stdin."`
	Trust  []string `placeholder:"CA.pem" help:"Chứng thư gốc được tin cậy (PEM); nêu được nhiều lần." type:"path"`
	Demo   bool     `help:"Tin cậy thêm chứng thư gốc mẫu trong DIR." env:"VANTHU_DEMO"`
	Data   string   `placeholder:"DIR" help:"Đối chiếu thêm với bản trong kho lưu trữ." type:"path" env:"VANTHU_DATA"`
	S3     string   `name:"s3" placeholder:"URL" help:"Kho MinIO, ví dụ http://127.0.0.1:9000/vanthu." env:"VANTHU_S3"`
	LogKey []string `name:"log-key" placeholder:"FILE" type:"path" help:"Khóa công khai của nhật ký, để tin điểm chốt trong gói chứng cứ; nêu được nhiều lần."`
	Online bool     `help:"Hỏi OCSP và CRL của nơi cấp chứng thư khi tệp không tự mang đủ bằng chứng."`
	JSON   bool     `name:"json" help:"Báo cáo bằng JSON."`
}

// verified is the report of verify for programs.
type verified struct {
	verify.Report
	Archive *desk.Known      `json:"archive,omitempty"`
	Package *evidence.Report `json:"package,omitempty"`
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
	var enclosing *evidence.Report
	if evidence.IsPackage(pdf) {
		if enclosing, pdf, err = c.unpack(ctx, pdf); err != nil {
			return err
		}
	}
	var asked *trust.Checker
	if c.Online {
		asked = &trust.Checker{Online: &online.Client{}}
	}
	r, err := verifyWith(ctx, pdf, roots, asked)
	if err != nil {
		return err
	}
	answer := verified{Report: r, Package: enclosing}
	if c.Data != "" {
		if answer.Archive, err = c.compare(ctx, log, r); err != nil {
			return err
		}
	}
	if c.JSON {
		err = writeJSON(s.out, answer)
	} else {
		text := r.Text()
		if answer.Archive != nil {
			text = "Kho lưu trữ: " + answer.Archive.Text() + "\n" + text // that it was recalled comes first
		}
		if answer.Package != nil {
			text = answer.Package.Text() + "\n" + text
		}
		_, err = io.WriteString(s.out, text)
	}
	if err == nil && answer.Package != nil && !answer.Package.InForce() {
		err = errSaidNo
	}
	if err == nil && (r.Verdict != verify.Valid || answer.Archive != nil && !answer.Archive.InForce()) {
		err = errSaidNo
	}
	return err
}

// unpack checks an evidence package and returns its PDF.
func (c *verifyCmd) unpack(ctx context.Context, b []byte) (*evidence.Report, []byte, error) {
	keys, err := logKeys(c.LogKey)
	if err != nil {
		return nil, nil, err
	}
	r, pdf, err := evidence.Check(ctx, b, evidence.Options{Keys: keys, Stamp: stampTime, Enclosed: enclosed})
	return &r, pdf, err
}

// verifyWith judges a PDF; asked, where set, is asked about revocation.
func verifyWith(ctx context.Context, pdf []byte, roots []*x509.Certificate, asked *trust.Checker) (verify.Report, error) {
	self, err := os.Executable()
	if err != nil {
		return verify.Report{}, err
	}
	return verify.Verify(ctx, pdf, verify.Options{Roots: roots, Revocation: asked, SecondOpinion: &verify.SecondOpinion{Command: []string{self, secondOpinion}}})
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
	if c.Data != "" {
		own, err := trust.LoadRoots(filepath.Join(c.Data, "keys", rootsFolder))
		if err != nil {
			return nil, err
		}
		roots = own
	}
	for _, name := range names {
		found, err := trust.ReadRoots(name)
		if err != nil {
			return nil, err
		}
		roots = append(roots, found...)
	}
	return roots, nil
}

// compare looks the file up in the archive by the digests of it and its saved
// states.
func (c *verifyCmd) compare(ctx context.Context, log *slog.Logger, r verify.Report) (*desk.Known, error) {
	o, err := (&stateFlags{Data: c.Data, S3: c.S3}).open(ctx, log)
	if err != nil {
		return nil, err
	}
	defer o.close()
	known, err := o.desk.KnowPDF(ctx, record.Digest(r.SHA256), r.States)
	return &known, err
}
