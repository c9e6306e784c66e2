package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"vanthu/signer/verify"
	"vanthu/storage"
)

type auditCmd struct {
	stateFlags
	JSON bool `name:"json" help:"Báo cáo bằng JSON."`
}

func (c *auditCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	// The archive alone: an office whose journal is damaged does not open.
	backend, err := c.backend(ctx, log)
	if err != nil {
		return err
	}
	defer backend.Close()
	r, err := storage.NewArchive(backend.Archive).Audit(ctx, storage.AuditOptions{Signatures: checkSignatures})
	if err != nil {
		return err
	}
	if c.JSON {
		if err := writeJSON(s.out, r); err != nil {
			return err
		}
	} else {
		for _, p := range r.Problems {
			fmt.Fprintf(s.out, "%s: %s [%s]\n", p.Key, p.Message, p.Code)
		}
		for _, k := range r.Orphans {
			fmt.Fprintf(s.out, "%s: không mục nhật ký nào nhắc đến (không phải hỏng)\n", k)
		}
		fmt.Fprintf(s.out, "Đã đọc %d đối tượng (%d byte): %d nhật ký, %d mục, %d phiên bản, %d tệp nội dung; %d chỗ sai.\n",
			r.Objects, r.Bytes, r.Journals, r.Entries, r.Versions, r.Blobs, len(r.Problems))
	}
	if !r.Good() {
		return errSaidNo
	}
	return nil
}

// checkSignatures judges a PDF of the archive: all signatures that it should
// have are there, whole, and nothing was changed behind them. Whether a chain
// leads to a root that someone trusts today is a question for verify.
func checkSignatures(ctx context.Context, s storage.Signed) error {
	r, err := verify.Verify(ctx, s.PDF, verify.Options{})
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(r.Signatures, func(x verify.Signature) bool { return x.Kind == "timestamp" })
	extra := len(found) - len(s.Facts)
	if extra < 0 || extra > 0 && !s.More {
		return fmt.Errorf("có %d chữ ký, kho ghi %d", len(found), len(s.Facts))
	}
	for i, x := range found[extra:] {
		if x.Verdict == verify.Invalid {
			return fmt.Errorf("chữ ký %s không hợp lệ", x.Field)
		}
		if x.Certificate == nil || x.Certificate.SHA256 != string(s.Facts[i].Certificate) {
			return fmt.Errorf("chữ ký %s không bằng chứng thư đã ghi", x.Field)
		}
	}
	if r.Verdict == verify.Invalid && !s.More {
		return fmt.Errorf("%s", r.Message)
	}
	return nil
}
