package sheet_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// What a bound register takes through LibreOffice.
func BenchmarkConvert(b *testing.B) {
	pool := newPool(b)
	for _, n := range []int{200, 1000, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				var docx bytes.Buffer
				if err := bookOf(n).WriteDOCX(&docx); err != nil {
					b.Fatal(err)
				}
				pdf, err := pool.ConvertWithin(b.Context(), docx.Bytes(), 10*time.Minute)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(docx.Len()), "docx-bytes")
				b.ReportMetric(float64(len(pdf)), "pdf-bytes")
			}
		})
	}
}
