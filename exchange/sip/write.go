package sip

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"vanthu/record"
)

// Write makes the package as a ZIP file. Errors: Invalid, sip-invalid with
// everything of the input that does not fit, before a byte is written; Damaged,
// sip-content, when a file is not what its manifest says; those of Open and out.
func Write(ctx context.Context, out io.Writer, in Input, c Config) error {
	d, err := prepared(in, c)
	if err != nil {
		return err
	}
	parts, err := d.parts()
	if err != nil {
		return fmt.Errorf("describe the dossier: %w", err)
	}
	w := writer{zip: zip.NewWriter(out), folder: "uuid-" + d.UUID + "/"}
	for _, p := range parts {
		e, err := w.create(p.path)
		if err == nil {
			_, err = e.Write(p.bytes)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", p.path, err)
		}
	}
	for _, doc := range d.documents {
		for _, f := range doc.files {
			if err := w.file(ctx, d, f); err != nil {
				return err
			}
		}
	}
	if err := w.zip.Close(); err != nil {
		return fmt.Errorf("end the package: %w", err)
	}
	return nil
}

// parts are all metadata files, the ones that name others first.
func (d dossier) parts() ([]part, error) {
	var eads, written []part
	for _, doc := range d.documents {
		b, err := d.describeDocument(doc)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("metadata/descriptive/EAD_doc_%03d.xml", doc.ordinal)
		eads = append(eads, part{fmt.Sprintf("dmd-%03d", doc.ordinal), name, b})
		written = append(written, part{path: repFolder + name, bytes: b})
	}
	b, err := d.filesPREMIS()
	if err != nil {
		return nil, err
	}
	filesPREMIS := part{"digiprov-" + representation, "metadata/preservation/PREMIS_" + representation + ".xml", b}
	if b, err = d.filesMETS(eads, filesPREMIS); err != nil {
		return nil, err
	}
	rep := part{"mets-" + representation, repFolder + "METS.xml", b}
	if b, err = d.describe(); err != nil {
		return nil, err
	}
	ead := part{"dmd-dossier", "metadata/descriptive/EAD.xml", b}
	if b, err = d.packagePREMIS(); err != nil {
		return nil, err
	}
	premis := part{"digiprov-dossier", "metadata/preservation/PREMIS.xml", b}
	if b, err = d.packageMETS(ead, premis, rep); err != nil {
		return nil, err
	}
	first := []part{{path: "METS.xml", bytes: b}, ead, premis, rep, {path: repFolder + filesPREMIS.path, bytes: filesPREMIS.bytes}}
	return append(first, written...), nil
}

type writer struct {
	zip    *zip.Writer
	folder string
}

func (w writer) create(path string) (io.Writer, error) {
	return w.zip.CreateHeader(&zip.FileHeader{Name: w.folder + path, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
}

func (w writer) file(ctx context.Context, d dossier, f file) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rc, err := d.Open(ctx, f.File)
	if err != nil {
		return err
	}
	defer rc.Close()
	e, err := w.create(repFolder + "data/" + f.name)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(e, sum), io.LimitReader(rc, int64(f.Size)+1))
	if err != nil {
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	if n != int64(f.Size) || hex.EncodeToString(sum.Sum(nil)) != string(f.SHA256) {
		return record.E(record.Damaged, "sip-content", fmt.Sprintf("Tệp %s không khớp mã SHA-256 đã ghi", f.name))
	}
	return nil
}
