package templates

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/templates/metric"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// manyTags is a document of pages full of text with so many tags, and its data.
func manyTags(t testing.TB, pages, tags int) (docx []byte, data string) {
	t.Helper()
	sentence := strings.Repeat("Ủy ban nhân dân thành phố yêu cầu các phòng, ban, đơn vị nghiêm túc triển khai thực hiện kế hoạch này. ", 5)
	paragraphs := pages * 5
	values := map[string]string{}
	var body strings.Builder
	done := 0
	for i := range paragraphs {
		runs := []string{sentence[:len(sentence)/2], sentence[len(sentence)/2:]}
		for ; done < (i+1)*tags/paragraphs; done++ {
			name := "truong_" + strconv.Itoa(done)
			values[name] = fmt.Sprintf("Giá trị %d của Sở Nội vụ & Phòng VHTT", done)
			runs = append(runs, "{", name, "} và ")
		}
		body.WriteString(officetest.Runs(runs...))
	}
	b, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return officetest.DOCX(t, body.String()+page, nil), string(b)
}

// BenchmarkFillBesideDocxtemplater fills the same document with both, in turn:
// unzip, compile, render, zip. "ratio" is our time over docxtemplater's; "ratio-compiled"
// counts only what a service does, whose forms are compiled once; docxtemplater
// has no such thing, it compiles for every fill. Both write compressed files.
func BenchmarkFillBesideDocxtemplater(b *testing.B) {
	for _, size := range []struct{ pages, tags, times int }{{10, 50, 40}, {214, 1500, 8}} {
		b.Run(fmt.Sprintf("%d-tags", size.tags), func(b *testing.B) {
			docx, data := manyTags(b, size.pages, size.tags)
			widths, err := metric.Read()
			if err != nil {
				b.Fatal(err)
			}
			content, err := contentOf([]byte(data))
			if err != nil {
				b.Fatal(err)
			}
			fill := func() (whole, compiled time.Duration) {
				began := time.Now()
				pkg, err := ooxml.Open(docx)
				if err != nil {
					b.Fatal(err)
				}
				parts, faults := compile(pkg)
				if len(faults) > 0 {
					b.Fatal(faults)
				}
				middle := time.Now()
				out, err := (&form{docx: pkg, parts: parts}).fill(b.Context(), content, widths)
				if err != nil || len(out) == 0 {
					b.Fatal(err)
				}
				return time.Since(began), time.Since(middle)
			}
			input, err := json.Marshal(map[string]any{"docx": base64.StdEncoding.EncodeToString(docx), "data": json.RawMessage(data)})
			if err != nil {
				b.Fatal(err)
			}
			var ours, compiled, theirs []float64
			for b.Loop() { // a few of each, in turn: the machine is never equally busy
				for range size.times {
					whole, rest := fill()
					ours = append(ours, float64(whole.Microseconds())/1000)
					compiled = append(compiled, float64(rest.Microseconds())/1000)
				}
				for _, line := range strings.Fields(string(oracle(b, input, "bench", strconv.Itoa(size.times)))) {
					ms, err := strconv.ParseFloat(line, 64)
					if err != nil {
						b.Fatal(err)
					}
					theirs = append(theirs, ms)
				}
			}
			b.ReportMetric(quickest(ours), "ms-ours")
			b.ReportMetric(quickest(theirs), "ms-docxtemplater")
			b.ReportMetric(quickest(ours)/quickest(theirs), "ratio")
			b.ReportMetric(quickest(compiled)/quickest(theirs), "ratio-compiled")
			b.ReportMetric(0, "ns/op") // most of it is the start of node
		})
	}
}

// quickest is what a program can do; a busy machine only adds to it.
func quickest(all []float64) float64 { return slices.Min(all) }
