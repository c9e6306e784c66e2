package server

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"vanthu/record"
)

// The bound book has every number of the register, in each of its forms.
func TestBook(t *testing.T) {
	o := house.open(t)
	voided := o.standing(t, record.Voided)
	o.standing(t, record.Issued)
	address := "/api/v1/registers/" + here + "/2024/book"
	var all Register
	o.get(t, "clerk", "/api/v1/registers/"+here+"/2024?limit=1000", nil).into(t, &all)

	a := o.get(t, "clerk", address+"?format=csv", nil)
	if !a.want(t, 200, "") || a.header.Get("Content-Type") != mediaCSVUTF8 || !strings.Contains(a.header.Get("Content-Disposition"), `filename="so-van-ban-di-`+here+`-2024.csv"`) {
		t.Errorf("%v", a.header)
	}
	lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\uFEFF")))).ReadAll()
	if err != nil || len(lines) != len(all.Items)+1 || len(lines[0]) != 10 {
		t.Fatalf("%d lines of %d, %v", len(lines), len(all.Items), err)
	}
	for i, x := range all.Items {
		l := lines[i+1]
		if l[0] != x.Symbol || l[1] != string(x.Date) || l[2] != x.TypeName+": "+x.Subject || l[3] != x.Signatory || l[6] != strconv.Itoa(x.Kept+x.Copies) || l[7] != string(x.HandedOver) || l[8] != x.Receipt {
			t.Errorf("%q\n%+v", l, x)
		}
		if x.ID == voided.ID && l[9] != "Hủy số: Cấp nhầm số" {
			t.Errorf("%q", l[9])
		}
	}

	a = o.get(t, "clerk", address, nil)
	a.want(t, 200, "")
	text := strings.Join(strings.Fields(pdfText(t, a.body)), " ")
	for _, want := range []string{"SỔ ĐĂNG KÝ VĂN BẢN ĐI", "THÀNH PHỐ VŨNG TÀU", "Năm: 2024", "(10)", "Trang 2/", "Sổ này có " + strconv.Itoa(len(all.Items)) + " số, từ số 01 đến số " + record.NumberText(len(all.Items)), "NGƯỜI LẬP SỔ"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if a := o.get(t, "clerk", address+"?format=xlsx", nil); !bytes.HasPrefix(a.body, []byte("PK")) || a.header.Get("Content-Type") != mediaXLSX {
		t.Errorf("%v", a.header)
	}
	a = o.get(t, "clerk", address+"?format=csv&from=2&to=2", nil)
	if got := bytes.Count(a.body, []byte("\r\n")); got != 2 || !bytes.Contains(a.body, []byte("02/KH-UBND")) {
		t.Errorf("%s", a.body)
	}
	if a := o.get(t, "clerk", address+"?format=csv&series=khong-co", nil); bytes.Count(a.body, []byte("\r\n")) != 1 {
		t.Errorf("%s", a.body)
	}
	for _, query := range []string{"?format=doc", "?from=x", "?to=2000000", "?sort=date"} {
		o.get(t, "clerk", address+query, nil).want(t, 422, "query-invalid")
	}
	o.get(t, "clerk", "/api/v1/registers/"+here+"/x/book", nil).want(t, 404, "register-not-found")
}

// pdfText is what a PDF says.
func pdfText(t testing.TB, b []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// The book of copies has what was copied.
func TestCopyBook(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Issued)
	c := o.command(t, "clerk", doc, "copy", map[string]any{"kind": "SY"})
	c.want(t, 200, "")
	var all CopyRegister
	o.get(t, "clerk", "/api/v1/registers/"+here+"/2024/copies", nil).into(t, &all)
	if len(all.Items) == 0 {
		t.Fatalf("no copies of 2024: %s", c.body)
	}
	a := o.get(t, "clerk", "/api/v1/registers/"+here+"/2024/copies/book?format=csv", nil)
	lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\uFEFF")))).ReadAll()
	if err != nil || len(lines) != len(all.Items)+1 {
		t.Fatalf("%q, %v", lines, err)
	}
	for i, x := range all.Items {
		if l := lines[i+1]; l[0] != x.Symbol || l[3] != x.Of || !strings.HasPrefix(l[4], "Kế hoạch: ") || l[6] != string(x.PDF) {
			t.Errorf("%q\n%+v", l, x)
		}
	}
	text := pdfText(t, o.get(t, "clerk", "/api/v1/registers/"+here+"/2024/copies/book", nil).body)
	if !strings.Contains(text, "SỔ ĐĂNG KÝ BẢN SAO") || !strings.Contains(text, fmt.Sprintf("Sổ này có %d bản sao", len(all.Items))) {
		t.Error(text)
	}
}

// Reports add up to the register, whatever their lines stand for.
func TestReport(t *testing.T) {
	o := house.open(t)
	for _, s := range []record.Status{record.Issued, record.Voided, record.Recalled, record.Superseded, record.Numbered} {
		o.standing(t, s)
	}
	var all Register
	o.get(t, "clerk", "/api/v1/registers/"+here+"/2024?limit=1000", nil).into(t, &all)
	states := map[record.Status]int{}
	for _, x := range all.Items {
		states[x.State]++
	}
	address := "/api/v1/reports/" + here + "/2024"
	for _, by := range []string{"", "year", "month", "type", "unit", "signatory"} {
		var r Report
		o.get(t, "archivist", address+"?by="+by, nil).into(t, &r)
		if s := r.Total; s.Numbers != len(all.Items) || s.Issued != states[record.Issued] || s.Voided != states[record.Voided] || s.Recalled != states[record.Recalled] ||
			s.Superseded != states[record.Superseded] || s.Registered != states[record.Registered] || s.Waiting != states[record.Numbered] || len(r.Items) == 0 {
			t.Errorf("by %s: %+v, want %v", by, r, states)
		}
	}
	text := strings.Join(strings.Fields(pdfText(t, o.get(t, "clerk", address+"?by=type&format=pdf", nil).body)), " ")
	if !strings.Contains(text, "BÁO CÁO VĂN BẢN ĐI THEO LOẠI VĂN BẢN") || !strings.Contains(text, "Kế hoạch "+strconv.Itoa(len(all.Items))) || !strings.Contains(text, "NGƯỜI LẬP BÁO CÁO") {
		t.Error(text)
	}
	o.get(t, "clerk", address+"?by=day", nil).want(t, 422, "query-invalid")
	p := o.page(t, o.people["clerk"], "/so-dang-ky/"+here+"/2024/bao-cao?by=signatory")
	p.is(t, http.StatusOK, "Báo cáo văn bản đi năm 2024", "Nguyễn Thị Thu Hương", "Tổng cộng")
}
