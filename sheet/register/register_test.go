package register_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/sheet"
	"vanthu/sheet/register"
)

var options = register.Options{Year: 2023, Agencies: []string{"UBND"}}

const head = "Số, ký hiệu;Ngày tháng;Tên loại và trích yếu;Người ký;Nơi nhận;Đơn vị, người nhận bản lưu;Số lượng bản;Ngày chuyển;Ký nhận;Ghi chú\n"

func parse(t *testing.T, text string, o register.Options) register.Parsed {
	t.Helper()
	p, err := register.Parse(t.Context(), []byte(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// faults are what is wrong with a register, as "row/field code".
func faults(t *testing.T, text string, o register.Options) []string {
	t.Helper()
	p, err := register.Parse(t.Context(), []byte(text), o)
	if err == nil {
		t.Fatalf("no fault; %d lines", len(p.Lines))
	}
	if record.KindOf(err) != record.Invalid || record.CodeOf(err) != "register-invalid" || p.Lines != nil {
		t.Fatalf("%+v, %v", p, err)
	}
	var out []string
	for _, f := range record.FaultsOf(err) {
		if f.Message == "" || f.Pointer != "/rows" && !strings.HasPrefix(f.Place, "hàng ") {
			t.Errorf("%+v", f)
		}
		out = append(out, strings.TrimPrefix(f.Pointer, "/rows/")+" "+f.Code)
	}
	return out
}

func TestParse(t *testing.T) {
	p := parse(t, `SỔ ĐĂNG KÝ VĂN BẢN ĐI NĂM 2023;;;
`+head+`(1);(2);(3);(4);(5);(6);(7);(8);(9);(10)
Tháng 1
01/KH-UBND;03/01/2023;Kế hoạch tuyên truyền cải cách hành chính;Trần Văn Đức;"- Sở Nội vụ; - Phòng VH&TT, Phòng Tư pháp.";VT, VHTT;12;03/1;Lan;
Số: 2 / UBND - VX;4/1/2023;V/v báo cáo tháng;Nguyễn Thị Thu Hương;UBND tỉnh;Lưu: VT;2;4/1/2023;;
;;;;;;;;;
3/QÐ-UBND;4-1-2023;Quyết định: Về việc bổ nhiệm;Trần Văn Đức;Ông Lê Văn Tám;VT.;;;;Hủy bỏ Quyết định số 12
04;4/1/2023;;;;;;;;Hủy số: trùng nội dung
05/KH-UBND;;;;;;;;;Không sử dụng
06/2023/QĐ-UBND;05.01.2023;về thu phí;Trần Văn Đức;HĐND;VT;3 bản;;;
07-BC/TU;06/01/2023;Báo cáo quý;Trần Văn Đức;Tỉnh ủy;;;;;
Người lập sổ;;;Trưởng phòng
`, options)
	want := []record.Imported{
		{Row: 5, Number: 1, Symbol: "01/KH-UBND", Date: "2023-01-03", Type: "KH", TypeName: "Kế hoạch", Subject: "tuyên truyền cải cách hành chính", Signatory: "Trần Văn Đức",
			Recipients: []record.Recipient{{Name: "Sở Nội vụ"}, {Name: "Phòng VH&TT, Phòng Tư pháp"}}, Unit: "VHTT", Copies: 12, HandedOver: "2023-01-03", Receipt: "Lan"},
		{Row: 6, Number: 2, Symbol: "02/UBND-VX", Date: "2023-01-04", Type: "CV", TypeName: "Công văn", Subject: "V/v báo cáo tháng", Signatory: "Nguyễn Thị Thu Hương",
			Recipients: []record.Recipient{{Name: "UBND tỉnh"}}, Copies: 2, HandedOver: "2023-01-04"},
		{Row: 8, Number: 3, Symbol: "03/QĐ-UBND", Date: "2023-01-04", Type: "QĐ", TypeName: "Quyết định", Subject: "Về việc bổ nhiệm", Signatory: "Trần Văn Đức",
			Recipients: []record.Recipient{{Name: "Ông Lê Văn Tám"}}, Note: "Hủy bỏ Quyết định số 12"},
		{Row: 9, Number: 4, Date: "2023-01-04", Void: true, Note: "Hủy số: trùng nội dung"},
		{Row: 10, Number: 5, Symbol: "05/KH-UBND", Date: "2023-01-04", Void: true, Note: "Không sử dụng"},
		{Row: 11, Number: 6, Symbol: "06/2023/QĐ-UBND", Date: "2023-01-05", Type: "QĐ", TypeName: "Quyết định", Subject: "về thu phí", Signatory: "Trần Văn Đức",
			Recipients: []record.Recipient{{Name: "HĐND"}}, Copies: 3},
		{Row: 12, Number: 7, Symbol: "07-BC/TU", Date: "2023-01-06", Type: "BC", TypeName: "Báo cáo", Subject: "quý", Signatory: "Trần Văn Đức", Recipients: []record.Recipient{{Name: "Tỉnh ủy"}}},
	}
	for i, w := range want {
		if i >= len(p.Lines) || fmt.Sprintf("%+v", p.Lines[i]) != fmt.Sprintf("%+v", w) {
			t.Errorf("%+v\nwant %+v", p.Lines[min(i, len(p.Lines)-1)], w)
		}
	}
	if len(p.Lines) != len(want) {
		t.Errorf("%d lines", len(p.Lines))
	}
}

// The titles may be spelt and ordered as they are.
func TestColumns(t *testing.T) {
	const row = "1/KH-UBND;3/1/2023;Kế hoạch năm;Đức;Sở\n"
	for _, titles := range []string{
		"Số, ký hiệu;Ngày tháng;Tên loại và trích yếu;Người ký;Nơi nhận", "SỐ KÝ HIỆU VĂN BẢN;NGÀY THÁNG VĂN BẢN;TÊN LOẠI VÀ TRÍCH YẾU NỘI DUNG VĂN BẢN;NGƯỜI KÝ;NƠI NHẬN VĂN BẢN",
		"so ky hieu;ngay thang nam;trich yeu;nguoi ky;noi nhan", "Số/Ký hiệu VB;Ngày ban hành;Nội dung;Họ tên người ký;Nơi gửi", "Số hiệu;Ngày;Trích yếu nội dung;Người ký văn bản;Đơn vị nhận",
		"So\u0302\u0301, ky\u0301 hie\u0323\u0302u;Ngày VB;Trích yếu;Người ký;Nơi nhận",
	} {
		if p := parse(t, titles+"\n"+row, options); len(p.Lines) != 1 || p.Lines[0].Signatory != "Đức" || p.Lines[0].Recipients[0].Name != "Sở" {
			t.Errorf("%s: %+v", titles, p.Lines)
		}
	}
	for name, text := range map[string]string{
		"another order":   "Ghi chú;Nơi nhận;Ngày;Số;Ký hiệu;Loại;Trích yếu;Người ký\nx;Sở;3/1/2023;1;KH-UBND;Kế hoạch;năm;Đức\n",
		"two rows":        "Văn bản;;;;Người ký;Nơi nhận\nSố;Ký hiệu;Ngày tháng;Trích yếu;;\n1;/KH-UBND;3/1/2023;Kế hoạch năm;Đức;Sở\n",
		"a date by Excel": "STT;Số;Ký hiệu;Ngày tháng;Trích yếu;Người ký;Nơi nhận\n9;01;1/KH-UBND;44929;năm;Đức;Sở\n",
	} {
		p := parse(t, text, options)
		if x := p.Lines[0]; len(p.Lines) != 1 || x.Number != 1 || x.Symbol != "01/KH-UBND" || x.Date != "2023-01-03" || x.Type != "KH" || x.Subject != "năm" || x.Signatory != "Đức" || len(x.Recipients) != 1 {
			t.Errorf("%s: %+v", name, p.Lines)
		}
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	got := faults(t, head+`1/KH-UBND;03/01/2023;Kế hoạch;Đức;Sở;VT;x;02/01/2023;;
3/KH-UBND;32/01/2023;Kế hoạch b;Đức;Sở;VT;1;;;
3/KH-UBND;05/01/2023;Kế hoạch c;Đức;Sở;VT;1;;;
4a/KH-UBND;05/01/2023;Kế hoạch d;Đức;Sở;VT;1;;;
5/KH-UBND;02/01/2023;;;;VT;1;;;
6/ABC-UBND;05/01/2022;`+strings.Repeat("dài ", 200)+`;Đức;Sở;VT;1;;;
KH;05/01/2023;Kế hoạch g;Đức;Sở;VT;1;;;
10/;06/01/2023;Kế hoạch h;Đức;Sở;VT;1;;;
`, options)
	want := []string{"2/copies number-invalid", "2/handed_over date-backwards", "3/date date-invalid", "5/symbol number-invalid", "6/subject required", "6/signatory required", "6/recipients required",
		"7/subject too-long", "7/date date-year", "7/symbol type-unknown", "8/symbol number-invalid", "9/symbol number-invalid",
		"3/symbol number-missing", "4/symbol number-twice", "6/symbol number-missing", "6/date date-backwards", "7/date date-backwards"}
	if !slices.Equal(got, want) {
		t.Errorf("\n%q\nwant\n%q", got, want)
	}
}

func TestFaults(t *testing.T) {
	const good = "1/KH-UBND;03/01/2023;Kế hoạch a;Đức;Sở;VT;1;;;\n"
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"no register":    {"a;b\n1;2\n", "/rows columns-missing"},
		"nothing":        {"", "/rows columns-missing"},
		"no line":        {head, "/rows empty"},
		"columns":        {"Số;Ngày;Trích yếu\n1/KH-UBND;3/1/2023;Kế hoạch a\n", "1 column-missing,1 column-missing"},
		"a column twice": {strings.TrimSpace(head) + ";Ghi chú\n" + good, "1 column-twice"},
		"two numbers":    {"Số;Ký hiệu;Ngày;Trích yếu;Người ký;Nơi nhận\n2;1/KH-UBND;3/1/2023;Kế hoạch a;Đức;Sở\n", "2/symbol number-symbol"},
		"type by column": {"Số, ký hiệu;Loại;Ngày;Trích yếu;Người ký;Nơi nhận\n1/KH-UBND;Quyết định;3/1/2023;a;Đức;Sở\n", "2/type type-symbol"},
		"no such type":   {"Số, ký hiệu;Loại;Ngày;Trích yếu;Người ký;Nơi nhận\n1/KH-UBND;Giấy khen;3/1/2023;a;Đức;Sở\n", "2/type type-unknown"},
		"from 2":         {head + strings.ReplaceAll(good, "1/KH", "2/KH"), "2/symbol number-missing"},
		"number 0":       {head + strings.ReplaceAll(good, "1/KH", "0/KH"), "2/symbol number-invalid"},
		"a long symbol":  {head + strings.ReplaceAll(good, "KH-UBND", "KH-"+strings.Repeat("U", 28)), "2/symbol too-long"},
	} {
		if got := strings.Join(faults(t, c.text, options), ","); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if _, err := register.Parse(t.Context(), []byte("PK\x03\x04"), options); record.CodeOf(err) != "spreadsheet-damaged" {
		t.Error(err)
	}
	many := head
	for i := range 700 {
		many += fmt.Sprintf("%d;03/01/2023;a;;Sở\n", i+1)
	}
	if got := faults(t, many, options); len(got) != 501 || got[500] != "/rows more-faults" {
		t.Errorf("%d, %s", len(got), got[len(got)-1])
	}
}

// Numbers that the book leaves out go in as void when the office says why.
func TestMissingNumbers(t *testing.T) {
	o := options
	o.Missing = "Sổ giấy bỏ trống"
	p := parse(t, head+"3/KH-UBND;05/01/2023;Kế hoạch a;Đức;Sở\n6/KH-UBND;07/01/2023;Kế hoạch b;Đức;Sở\n", o)
	var got []string
	for _, x := range p.Lines {
		got = append(got, fmt.Sprintf("%d %v %s %d", x.Number, x.Void, x.Date, x.Row))
	}
	if want := []string{"1 true 2023-01-05 0", "2 true 2023-01-05 0", "3 false 2023-01-05 2", "4 true 2023-01-05 0", "5 true 2023-01-05 0", "6 false 2023-01-07 3"}; !slices.Equal(got, want) || p.Lines[0].Note != o.Missing {
		t.Errorf("%q", got)
	}
}

// A workbook that another program made, a sheet for each month, reads as its CSV.
func TestWorkbookOfLibreOffice(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join("testdata", "so-2023.csv")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	want := parse(t, string(text), options)
	out, err := exec.Command("soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--infilter=CSV:59,34,76,1,,1066,false,true", "--convert-to", "xlsx", "--outdir", dir, source).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "so-2023.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := register.Parse(t.Context(), b, options)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Lines) != 40 || fmt.Sprintf("%+v", got.Lines) != fmt.Sprintf("%+v", want.Lines) {
		t.Errorf("%d lines\n%+v\nwant\n%+v", len(want.Lines), got.Lines, want.Lines)
	}
}

// Whether a number is void is read from the words that clerks use for it, and not
// from those of a document that repeals another.
func TestVoidNumbers(t *testing.T) {
	for text, want := range map[string]bool{"Hủy": true, "huỷ số": true, "Đã hủy": true, "Số hủy": true, "Bỏ số này": true, "Hủy bỏ số": true, "Hủy do in sai": true, "Hủy số (in sai)": true, "Không sử dụng": true,
		"Số không dùng": true, "Không ban hành": true, "số trống": true, "Hủy bỏ Quyết định số 12": false, "Thay thế QĐ 5": false, "Bổ sung": false, "": false, "Đã gửi": false, "Hủy hoại tài sản": false, "không dấu": false} {
		row := "1/QĐ-UBND;03/01/2023;Quyết định a;Đức;Sở;VT;1;;;" + text + "\n"
		if p := parse(t, head+row, options); p.Lines[0].Void != want {
			t.Errorf("%q: %+v", text, p.Lines[0])
		}
	}
}

func TestFaultTable(t *testing.T) {
	var b bytes.Buffer
	err := register.FaultTable([]record.Fault{{Part: "T1", Place: "hàng 2, cột B", Near: "=x", Message: "Sai", Code: "date-invalid"}}).WriteCSV(&b)
	if want := "T1,\"hàng 2, cột B\",'=x,Sai,date-invalid\r\n"; err != nil || !strings.HasSuffix(b.String(), want) {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(head+"01/KH-UBND;03/01/2023;Kế hoạch a;Đức;Sở;VT;1;3/1;;\n", "")
	f.Add("Số;Ký hiệu;Ngày;Trích yếu;Người ký;Nơi nhận\n9;KH-UBND;44929;V/v a;;\n", "bỏ")
	f.Add(head+"7-BC/TU;x;;;;;;;;hủy số\n", "x")
	f.Fuzz(func(t *testing.T, text, missing string) {
		o := options
		o.Missing, o.Limits = missing, sheet.Limits{Rows: 300}
		p, err := register.Parse(t.Context(), []byte(text), o)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatal(err)
			}
			return
		}
		last := record.Date("")
		for i, x := range p.Lines {
			if x.Number != i+1 || x.Date < last || !x.Void && (x.Type == "" || x.Subject == "" || x.Symbol == "" || x.Date.Year() != 2023) {
				t.Fatalf("line %d: %+v", i, x)
			}
			last = x.Date
		}
	})
}
