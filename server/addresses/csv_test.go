package addresses

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vanthu/record"
)

// A file as a spreadsheet in Vietnamese saves it.
const sheet = bom + "Tên nơi nhận;Mã định danh;Cách gửi;Thư điện tử;Mục đích;Dùng từ ngày\r\n" +
	"UBND tỉnh;H06;Đường dẫn;;\"Để báo cáo; biết\";1/7/2025\r\n" +
	"\r\n" +
	"Sở Văn hoá;;;vanthu@so.vn;phối hợp;\r\n" +
	"\"Chi cục \"\"A\"\"\";;bản giấy;;;2025-01-31\r\n"

func TestImport(t *testing.T) {
	b := newBooks(t)
	done, err := b.Import(t.Context(), office, []byte(sheet))
	if err != nil || done != (Imported{Added: 3}) {
		t.Fatal(done, err)
	}
	want := []Entry{
		{Name: `Chi cục "A"`, Channel: "paper", Period: record.Period{ValidFrom: "2025-01-31"}},
		{Name: "Sở Văn hoá", Channel: "email", Email: "vanthu@so.vn", Purposes: []string{"coordinate"}},
		{Name: "UBND tỉnh", Code: "H06", Channel: "portal", Purposes: []string{"report", "inform"}, Period: record.Period{ValidFrom: "2025-07-01"}},
	}
	if d := cmp.Diff(want, b.must(t).Entries, cmpopts.IgnoreFields(Entry{}, "ID", "Revision")); d != "" {
		t.Error(d)
	}
	// The same again is the same; what the file does not have stays.
	if done, err = b.Import(t.Context(), office, []byte(sheet)); err != nil || done != (Imported{Same: 3}) || b.must(t).Revision != 1 {
		t.Error(done, err)
	}
	before := b.must(t)
	done, err = b.Import(t.Context(), office, []byte("code,name,note\nh06,UBND Thành phố,mới\n,Sở Văn hoá,\n,Nơi mới,\n"))
	if err != nil || done != (Imported{Added: 1, Changed: 1, Same: 1}) {
		t.Error(done, err)
	}
	after := b.must(t)
	e := after.Entries[after.index(before.Entries[2].ID)]
	if e.Name != "UBND Thành phố" || e.Note != "mới" || e.Channel != "portal" || e.ValidFrom != "2025-07-01" || len(after.Entries) != 4 {
		t.Errorf("%+v", after)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	b := newBooks(t)
	for _, e := range []Entry{
		{Name: "=HYPERLINK(\"http://x\";\"y\")", Channel: "email", Email: "a@b.vn", PostalAddress: "1, Lê Lợi; Vũng Tàu", Note: "'đã dặn"},
		{Name: "@Sở", Code: "H06.1", Channel: "portal", Purposes: Purposes, Note: "+84 254 123", Period: record.Period{ValidFrom: "2024-01-02", ValidTo: "2025-12-31"}},
		{Name: "@Sở", Channel: "paper", Note: "-\"x\"", Period: record.Period{ValidFrom: "2026-01-01"}},
	} {
		b.mustAdd(t, e)
	}
	book := b.must(t)
	file, err := book.CSV()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimPrefix(string(file), bom), "\r\n") {
		for cell := range strings.SplitSeq(line, ",") {
			if c := strings.TrimLeft(cell, `"`); c != "" && strings.ContainsRune("=+-@", rune(c[0])) {
				t.Errorf("a spreadsheet would calculate %s", cell)
			}
		}
	}
	if done, err := b.Import(t.Context(), office, file); err != nil || done != (Imported{Same: 3}) {
		t.Errorf("%+v %v", done, err)
	}
	other := newBooks(t)
	var without strings.Builder // another book has none of the ids
	for line := range strings.SplitSeq(strings.TrimSuffix(string(file), "\r\n"), "\r\n") {
		without.WriteString(line[:strings.LastIndexByte(line, ',')] + "\r\n")
	}
	if done, err := other.Import(t.Context(), office, []byte(without.String())); err != nil || done != (Imported{Added: 3}) {
		t.Errorf("%+v %v", done, err)
	}
	if d := cmp.Diff(book.Entries, other.must(t).Entries, cmpopts.IgnoreFields(Entry{}, "ID", "Revision")); d != "" {
		t.Error(d)
	}
}

func TestEveryFaultOfAFile(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"empty":        {"", []string{" required"}},
		"no text":      {"PK\x03\x04\x00", []string{" encoding"}},
		"not UTF-8":    {"Tên nơi nhận\nS\xe1\n", []string{" encoding"}},
		"too large":    {strings.Repeat("a", MaxCSV+1), []string{" too-large"}},
		"no head":      {"UBND tỉnh,H06\n", []string{"/1 column-unknown", "/1 column-unknown", "/1 required"}},
		"head twice":   {"name,Tên nơi nhận\na,b\n", []string{"/1 duplicate"}},
		"broken quote": {"name\na\n\"b\n\nc", []string{"/3 csv-syntax"}},
		"lines": {"name,code,channel,email,purposes,valid_from,id\n" +
			"A,H06..1,fax,a@,ăn,30/2/2026,\n" +
			"\"\n\",,,,,,x\n" +
			"B,,,,,,,thừa\n" +
			"C,,,,,,,,\n" +
			"D,H07,,,,,\n" +
			"D,,,,,1/1/2026,\n" +
			"E,H07,,,,,\n" +
			",,paper,,,,\n",
			[]string{"/2/code pattern", "/2/channel enum", "/2/email email", "/2/purposes/0 enum", "/2/valid_from date", "/3/id address-unknown",
				"/5 columns", "/7/name duplicate", "/7/code duplicate", "/8/name duplicate", "/9/code duplicate", "/10/name required"}},
	} {
		b := newBooks(t)
		_, err := b.Import(t.Context(), office, []byte(c.file))
		t.Run(name, func(t *testing.T) {
			wantCode(t, err, record.Invalid, "addresses-file")
			wantFaults(t, err, c.want...)
			if b.must(t).Revision != 0 {
				t.Error("something was taken in")
			}
		})
	}
	_, err := newBooks(t).Import(t.Context(), office, []byte("name,channel\n"+strings.Repeat("A,fax\n", MaxEntries)))
	if n := len(record.FaultsOf(err)); n != maxFaults {
		t.Errorf("%d faults", n)
	}
}

func TestWhoseLineItIs(t *testing.T) {
	b := newBooks(t)
	old := b.mustAdd(t, Entry{Name: "Sở A", Channel: "paper", Period: record.Period{ValidTo: "2025-06-30"}})
	now := b.mustAdd(t, Entry{Name: "Sở A", Channel: "paper", Period: record.Period{ValidFrom: "2025-07-01"}})
	_, err := b.Import(t.Context(), office, []byte("name,note\nSở A,x\n"))
	if err != nil { // the one from the beginning
		t.Error(err)
	}
	_, err = b.Import(t.Context(), office, []byte("name,valid_from,note\nSở A,1/7/2025,y\nSở A,2/7/2025,z\n"))
	wantFaults(t, err, "/3/name ambiguous")
	if _, err = b.Import(t.Context(), office, []byte("name,valid_from,note\nSở A,1/7/2025,y\n")); err != nil {
		t.Error(err)
	}
	_, err = b.Import(t.Context(), office, []byte("id,name\n"+now.ID+",Sở B\n"+now.ID+",Sở C\n"))
	wantFaults(t, err, "/3 duplicate")
	book := b.must(t)
	if book.Entries[book.index(old.ID)].Note != "x" || book.Entries[book.index(now.ID)].Note != "y" {
		t.Errorf("%+v", book.Entries)
	}
}

// Whatever comes in is refused or kept in a form that goes out and comes in again
// as the same.
func FuzzImport(f *testing.F) {
	f.Add(sheet)
	f.Add("name,note\n=1,'=2\n'-x,\"a\nb\"\n")
	f.Add("id\tname\tvalid_from\tvalid_to\n\tA\t1/1/2025\t31.12.2025\n\tA\t2026-01-01\t\n")
	f.Add("name,purposes,channel\nA,\"để biết,lưu\",email\n")
	f.Fuzz(func(t *testing.T, file string) {
		var book Book
		rows, given, faults := readCSV([]byte(file))
		done, more := book.take(rows, given)
		if len(faults)+len(more) > 0 {
			for _, x := range append(faults, more...) {
				if x.Message == "" || x.Code == "" {
					t.Fatalf("%+v", x)
				}
			}
			return
		}
		if done.Added != len(book.Entries) || done.Changed+done.Same != 0 {
			t.Fatalf("%+v, %d entries", done, len(book.Entries))
		}
		out, err := book.CSV()
		if err != nil {
			t.Fatal(err)
		}
		rows, given, faults = readCSV(out)
		done, more = book.take(rows, given)
		if len(faults)+len(more) > 0 || done.Same != len(book.Entries) {
			t.Fatalf("%+v %v %v: %q", done, faults, more, out)
		}
	})
}
