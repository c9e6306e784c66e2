package templates

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

var slotNames = []string{"vtDayA", "vtDayB", "vtMonthA", "vtMonthB", "vtNumberA", "vtNumberB", "vtSealA", "vtSealB", "vtSignA", "vtSignB"}

type destination struct{ page, x, y int }

// destinations are the named destinations of a PDF, in points.
func destinations(t *testing.T, pdf string) map[string]destination {
	t.Helper()
	found := map[string]destination{}
	for _, m := range regexp.MustCompile(`(?m)^\s*(\d+) \[ XYZ\s+(\d+)\s+(\d+) .*"(\w+)"$`).FindAllStringSubmatch(output(t, "pdfinfo", "-dests", pdf), -1) {
		var n [3]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		found[m[4]] = destination{n[0], n[1], n[2]}
	}
	return found
}

func pages(t *testing.T, pdf string) []string {
	t.Helper()
	all := strings.Split(output(t, "pdftotext", "-layout", pdf, "-"), "\f")
	return all[:len(all)-1]
}

// The pages that LibreOffice makes of every input: number of pages, place of
// the slots, lines that must not wrap.
func TestFormPages(t *testing.T) {
	c := catalogue(t)
	files := map[string][]byte{}
	for name, in := range inputs(t, c) {
		in.Digits = 2 + len(files)
		b, err := c.Fill(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	dir := officetest.Convert(t, officetest.ToPDF, files)
	for name, want := range map[string]struct {
		least, most int
		lines       []string
	}{
		"000": {5, 9, []string{`THÀNH PHỐ VŨNG TÀU +Độc lập - Tự do - Hạnh phúc`, `Số: +/KH-UBND +Vũng Tàu, ngày +tháng +năm 2024`}},
		"004": {5, 9, []string{`Số: +/KH-UBND +Đông Hòa, ngày +tháng +năm 2021`}},
		// 13 pt italic of the longest place name of a province's capital.
		"hostile": {2, 5, []string{`Số: +/KH-UBND +Thành phố Hồ Chí Minh, ngày +tháng +năm 2024`}},
	} {
		t.Run(name, func(t *testing.T) {
			pdf := filepath.Join(dir, name+".pdf")
			text := pages(t, pdf)
			if n := len(text); n < want.least || n > want.most {
				t.Errorf("%d pages", n)
			}
			for _, l := range want.lines {
				if !regexp.MustCompile(l).MatchString(text[0]) {
					t.Errorf("no line %q on page 1:\n%.1500s", l, text[0])
				}
			}
			for i, page := range text {
				first := strings.TrimSpace(strings.SplitN(page, "\n", 2)[0])
				if (first == strconv.Itoa(i+1)) != (i > 0) {
					t.Errorf("page %d begins with %q", i+1, first)
				}
			}
			d := destinations(t, pdf)
			for _, n := range slotNames {
				if _, ok := d[n]; !ok {
					t.Fatalf("no destination %s in %v", n, d)
				}
			}
			if d["vtNumberA"].y != d["vtDayA"].y || d["vtNumberA"].page != 1 || d["vtNumberB"].x <= d["vtNumberA"].x || d["vtDayB"].x <= d["vtDayA"].x || d["vtMonthB"].x <= d["vtMonthA"].x {
				t.Errorf("blanks of number and date are not on one line of page 1: %v", d)
			}
			// 13 pt: a blank of two digits is 13 pt wide.
			if w := d["vtDayB"].x - d["vtDayA"].x; w < 12 || w > 18 {
				t.Errorf("the blank for the day is %d pt wide", w)
			}
			a, b := d["vtSignA"], d["vtSignB"]
			if a.page != len(text) || b.page != len(text) || a.y-b.y < 80 || a.y-b.y > 100 {
				t.Errorf("place for the signature on page %d: from %v to %v", len(text), a, b)
			}
		})
	}
}

// The signature block takes the end of the text along to its page, wherever
// the page ends.
func TestSignatureNeverAlone(t *testing.T) {
	c := catalogue(t)
	files := map[string][]byte{}
	for _, note := range []bool{false, true} {
		for n := 8; n <= 16; n++ {
			in := inputs(t, c)["example"]
			dashes := make([]map[string]string, n)
			for i := range dashes {
				dashes[i] = map[string]string{"dash": "Một việc."}
			}
			content := map[string]any{"opening": []string{"Mở đầu."}, "sections": []any{map[string]any{"title": "Việc", "body": dashes}},
				"closing": []string{"Đoạn cuối cùng của văn bản " + strings.Repeat("có nhiều chữ ", 20)}}
			if note {
				content["note"] = "(Đính kèm: Phụ lục)"
			}
			var err error
			if in.Envelope.Content, err = json.Marshal(content); err != nil {
				t.Fatal(err)
			}
			b, err := c.Fill(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			files[fmt.Sprintf("%v-%d", note, n)] = b
		}
	}
	dir := officetest.Convert(t, officetest.ToPDF, files)
	lengths := map[int]bool{}
	for name := range files {
		all := pages(t, filepath.Join(dir, name+".pdf"))
		lengths[len(all)] = true
		last := all[len(all)-1]
		body := strings.Index(last, "có nhiều chữ")
		if end := strings.Index(last, "Nơi nhận:"); end < 0 || body < 0 || body > end || !strings.Contains(last, "Nguyễn Thị Thu Hương") {
			t.Errorf("%s: the signature block is torn or alone on the last page:\n%s", name, last)
		}
	}
	if len(lengths) < 2 {
		t.Fatalf("all had %v pages: the border of a page was never met", lengths)
	}
}

// A clerk opens a form, saves it and goes on using it. LibreOffice rewrites a
// file far more than Word does.
func TestFormsSurviveAnEditor(t *testing.T) {
	c := catalogue(t)
	sources, all := map[string][]byte{}, map[string]record.Filling{"ke-hoach": inputs(t, c)["000"]}
	for _, id := range c.IDs() {
		source, err := builtIn.ReadFile("forms/" + id + "/form.docx")
		if err != nil {
			t.Fatal(err)
		}
		sources[id] = source
		if _, other := all[id]; !other {
			all[id] = officetest.Filling(t, c, more(t, officetest.Form(t, c, id).Example))
		}
	}
	dir := officetest.Convert(t, "docx", sources)
	filled := map[string][]byte{}
	for id, in := range all {
		saved, err := os.ReadFile(filepath.Join(dir, id+".docx"))
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := ooxml.Open(saved)
		if err != nil {
			t.Fatal(err)
		}
		data, err := dataOf(in)
		if err != nil {
			t.Fatal(err)
		}
		if filled[id], err = edited(t, id, pkg).fill(t.Context(), data, c.widths); err != nil {
			t.Fatal(err)
		}
		before, err := c.Fill(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		blank := func(line string) bool { return line == "" } // a break may lose its empty paragraph
		want, got := slices.DeleteFunc(plainLines(t, before), blank), slices.DeleteFunc(plainLines(t, filled[id]), blank)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s", id, cmp.Diff(want, got))
		}
	}
	dir = officetest.Convert(t, officetest.ToPDF, filled)
	for id := range filled {
		found := destinations(t, filepath.Join(dir, id+".pdf"))
		for _, n := range slotNames {
			if _, ok := found[n]; !ok {
				t.Errorf("%s: no destination %s: %v", id, n, found)
			}
		}
	}
}

// A list of recipients longer than a page: none is lost, the signature stays
// with the text, and the list breaks over the pages.
func TestManyRecipients(t *testing.T) {
	c := catalogue(t)
	files := map[string][]byte{}
	for _, n := range []int{13, 14, 30, 200} {
		in := inputs(t, c)["example"]
		in.Envelope.Recipients = nil
		for i := range n {
			in.Envelope.Recipients = append(in.Envelope.Recipients, record.Recipient{Name: fmt.Sprintf("UBND phường %d", i+1)})
		}
		in.Envelope.Filing.Drafter = "NVA"
		b, err := c.Fill(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		files[strconv.Itoa(n)] = b
	}
	officetest.Valid(t, files)
	dir := officetest.Convert(t, officetest.ToPDF, files)
	for name := range files {
		all := pages(t, filepath.Join(dir, name+".pdf"))
		text := strings.Join(all, "\n")
		n, _ := strconv.Atoi(name)
		for i := range n {
			if !strings.Contains(text, fmt.Sprintf("- UBND phường %d;", i+1)) {
				t.Errorf("of %d recipients, number %d is not on the pages", n, i+1)
			}
		}
		if !strings.Contains(text, "- Lưu: VT, VHTT.") || !strings.Contains(text, "NVA") {
			t.Errorf("%s: the last line of the list is not on the pages", name)
		}
		for _, page := range all {
			if strings.Contains(page, "Nguyễn Thị Thu Hương") && (!strings.Contains(page, "giải quyết./.") || !strings.Contains(page, "TM. ỦY BAN")) {
				t.Errorf("%s: the signature is not with the text:\n%s", name, page)
			}
		}
		if last := all[len(all)-1]; len(strings.Fields(last)) < 3 {
			t.Errorf("%s: the last page is empty", name)
		}
	}
}
