package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The command line prints the register of what it issued, reports on it, and
// says what is wrong with an old one.
func TestRegisterCommand(t *testing.T) {
	dir := t.TempDir()
	state := []string{"--demo", "--data", filepath.Join(dir, "data")}
	input := []byte(good(t, nil, "templates", "example", "ke-hoach").out)
	for _, id := range []string{"one", "two"} {
		good(t, input, with([]string{"issue", "-t", "ke-hoach", "-d", "-", "-o", filepath.Join(dir, id+".pdf"), "--request", id}, state...)...)
	}
	of := with([]string{"register", "--org", "ubnd-tp-vung-tau", "--year", "2024"}, state...)
	book := filepath.Join(dir, "so.csv")
	good(t, nil, with(of, "-o", book)...)
	lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(read(t, book), []byte("\uFEFF")))).ReadAll()
	if err != nil || len(lines) != 3 || lines[1][0] != "01/KH-UBND" || lines[2][0] != "02/KH-UBND" || lines[1][1] != "2024-01-15" {
		t.Fatalf("%q, %v", lines, err)
	}
	for _, args := range [][]string{{"-o", filepath.Join(dir, "so.pdf")}, {"--by", "unit", "-o", filepath.Join(dir, "bao-cao.pdf")}, {"--copies", "-o", filepath.Join(dir, "ban-sao.xlsx")}} {
		good(t, nil, with(of, args...)...)
		if st, err := os.Stat(args[len(args)-1]); err != nil || st.Size() == 0 {
			t.Error(args, err)
		}
	}
	if text := tool(t, "pdftotext", "-layout", filepath.Join(dir, "so.pdf"), "-"); !strings.Contains(text, "Sổ này có 2 số, từ số 01 đến số 02") || !strings.Contains(text, "THÀNH PHỐ VŨNG TÀU") {
		t.Error(text)
	}

	old := []byte("Số, ký hiệu;Ngày tháng;Tên loại và trích yếu;Người ký;Nơi nhận\n1/KH-UBND;03/01/2023;Kế hoạch a;Đức;Sở\n3/KH-UBND;04/01/2023;Kế hoạch b;Đức;Sở\n")
	check := with([]string{"register", "check", "-", "--org", "ubnd-tp-vung-tau", "--year", "2023"}, state...)
	faults := filepath.Join(dir, "loi.csv")
	if o := vanthu(t, old, with(check, "-o", faults)...); o.code != 1 || !strings.Contains(o.err, "Thiếu số 2 trước số 3") || !strings.Contains(string(read(t, faults)), "number-missing") {
		t.Errorf("%d %s", o.code, o.err)
	}
	if o := good(t, old, with(check, "--missing", "Sổ giấy bỏ trống")...); !strings.Contains(o.out, "3 số, trong đó 1 số hủy; từ ngày 03/01/2023 đến ngày 04/01/2023") {
		t.Errorf("%s", o.out)
	}
	for _, args := range [][]string{{"-o", filepath.Join(dir, "so.doc")}, {"--by", "unit", "--copies", "-o", book}, {"-o", filepath.Join(dir, "khong", "so.pdf")}} {
		if o := vanthu(t, nil, with(of, args...)...); o.code != 2 {
			t.Errorf("%v: %d %s", args, o.code, o.err)
		}
	}
}
