package books

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"vanthu/record"
	"vanthu/sheet"
)

// Table is what there is to write.
type Table = sheet.Table

// Format is a kind of file, by its extension.
type Format string

const (
	PDF  Format = "pdf"
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// Formats are all there are.
var Formats = []Format{PDF, XLSX, CSV}

// MaxPrinted is how many lines go into one PDF: a worker's LibreOffice took 63 s
// for 2,000 on a busy machine and ran out of its processor time with 4,000. A
// longer book is printed in volumes.
const MaxPrinted = 2000

// within is how long that may take where the machine has other work: less than
// whoever asks by HTTP waits.
const within = 4 * time.Minute

// Converter makes PDF/A of DOCX. One that lets itself be given more time than
// usual has ConvertWithin as well.
type Converter interface {
	Convert(ctx context.Context, docx []byte) ([]byte, error)
}

type patient interface {
	ConvertWithin(ctx context.Context, docx []byte, limit time.Duration) ([]byte, error)
}

// Write makes the file. Errors: Invalid book-too-long; the converter's.
func Write(ctx context.Context, t *sheet.Table, f Format, c Converter) ([]byte, error) {
	var b bytes.Buffer
	switch f {
	case XLSX:
		err := t.WriteXLSX(&b)
		if errors.Is(err, sheet.ErrTooLong) {
			return nil, tooLong(1 << 20)
		}
		return b.Bytes(), err
	case CSV:
		err := t.WriteCSV(&b)
		return b.Bytes(), err
	}
	n := 0
	for row := range t.Rows {
		if row.Group != "" {
			continue
		}
		if n++; n > MaxPrinted {
			return nil, tooLong(MaxPrinted)
		}
	}
	if err := t.WriteDOCX(&b); err != nil {
		return nil, err
	}
	if p, ok := c.(patient); ok {
		return p.ConvertWithin(ctx, b.Bytes(), within)
	}
	return c.Convert(ctx, b.Bytes())
}

func tooLong(most int) error {
	return record.Faulty("book-too-long", "Sổ quá dài để in một lần", []record.Fault{{Pointer: "/to", Code: "book-too-long",
		Message: fmt.Sprintf("Một quyển có nhiều nhất %d dòng; hãy in từng quyển, nêu số đầu và số cuối (from, to)", most)}})
}
