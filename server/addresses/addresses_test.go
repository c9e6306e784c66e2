package addresses

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/storage"
)

const office = "ubnd-tp-vung-tau"

func newBooks(t testing.TB) *Books {
	t.Helper()
	b, err := storage.OpenFS(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return New(b.Work)
}

func (b *Books) mustAdd(t testing.TB, e Entry) Entry {
	t.Helper()
	e, err := b.Add(t.Context(), office, e)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (b *Books) must(t testing.TB) Book {
	t.Helper()
	book, err := b.Book(t.Context(), office)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func wantCode(t testing.TB, err error, kind record.Kind, code string) {
	t.Helper()
	if err == nil || record.KindOf(err) != kind || record.CodeOf(err) != code {
		t.Errorf("error %v (%s %s), want %s %s", err, record.KindOf(err), record.CodeOf(err), kind, code)
	}
}

func wantFaults(t testing.TB, err error, want ...string) {
	t.Helper()
	var got []string
	for _, f := range record.FaultsOf(err) {
		got = append(got, f.Pointer+" "+f.Code)
		if f.Message == "" {
			t.Errorf("%s without a message", f.Pointer)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestABookIsKept(t *testing.T) {
	b := newBooks(t)
	if book := b.must(t); book.Revision != 0 || len(book.Entries) != 0 {
		t.Errorf("a new book: %+v", book)
	}
	e := b.mustAdd(t, Entry{Name: "  - Sở  Văn ho\u0061\u0301;", Code: "h06.12", Channel: "email", Email: "Van-Thu@SỞ.vn", Purposes: []string{"report", "inform"}, PostalAddress: "1 Lê Lợi\nVũng Tàu"})
	want := Entry{ID: e.ID, Revision: 1, Name: "Sở Văn hoá", Code: "H06.12", Channel: "email", Email: e.Email, Purposes: []string{"report", "inform"}, PostalAddress: "1 Lê Lợi Vũng Tàu"}
	if d := cmp.Diff(want, e); d != "" || !strings.HasPrefix(e.Email, "Van-Thu@xn--") {
		t.Error(e.Email, d)
	}
	got, err := b.Entry(t.Context(), office, e.ID)
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
	got.Channel, got.Note = "paper", "Gọi trước"
	changed, err := b.Change(t.Context(), office, got, 1)
	if err != nil || changed.Revision != 2 || changed.Note != "Gọi trước" {
		t.Errorf("%+v %v", changed, err)
	}
	_, err = b.Change(t.Context(), office, got, 1)
	wantCode(t, err, record.Precondition, "address-changed")
	wantCode(t, b.Remove(t.Context(), office, e.ID, 1), record.Precondition, "address-changed")
	if err := b.Remove(t.Context(), office, e.ID, 2); err != nil {
		t.Error(err)
	}
	_, err = b.Entry(t.Context(), office, e.ID)
	wantCode(t, err, record.NotFound, "address-unknown")
	wantCode(t, b.Remove(t.Context(), office, e.ID, 0), record.NotFound, "address-unknown")
	_, err = b.Change(t.Context(), office, got, 0)
	wantCode(t, err, record.NotFound, "address-unknown")
	_, err = b.Book(t.Context(), "../accounts")
	wantCode(t, err, record.NotFound, "organization-not-found")
	if other, err := b.Book(t.Context(), "ubnd-tp-nao-do"); err != nil || other.Revision != 0 {
		t.Errorf("another's book: %+v %v", other, err)
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	b := newBooks(t)
	_, err := b.Add(t.Context(), office, Entry{Name: " ;", Code: "H06..1", Channel: "fax", Email: "Sở <a@b.vn>", PostalAddress: strings.Repeat("đ", 251), Note: "a\x00b",
		Purposes: []string{"report", "report", "x"}, Period: record.Period{ValidFrom: "2026-02-30", ValidTo: "2026"}})
	wantCode(t, err, record.Invalid, "address-invalid")
	wantFaults(t, err, "/name required", "/code pattern", "/channel enum", "/email email", "/postal_address max-length", "/note encoding", "/purposes/1 enum", "/purposes/2 enum",
		"/valid_from date", "/valid_to date", "/valid_to range")
	_, err = b.Add(t.Context(), office, Entry{Name: "Sở A", Channel: "email", Period: record.Period{ValidFrom: "2026-02-02", ValidTo: "2026-01-01"}})
	wantFaults(t, err, "/email required", "/valid_to range")
	_, err = b.Add(t.Context(), office, Entry{Name: strings.Repeat("ấ", 301), Code: strings.Repeat("A", 36), Channel: "paper"})
	wantFaults(t, err, "/name max-length", "/code max-length")
}

// On each day a name and a code stand for one entry.
func TestNamesAndCodesAreUniqueOnEachDay(t *testing.T) {
	b := newBooks(t)
	old := b.mustAdd(t, Entry{Name: "Sở Văn hoá", Code: "H06.12", Channel: "paper", Period: record.Period{ValidTo: "2025-06-30"}})
	b.mustAdd(t, Entry{Name: "Sở Văn hoá", Code: "H06.12", Channel: "portal", Period: record.Period{ValidFrom: "2025-07-01"}})
	_, err := b.Add(t.Context(), office, Entry{Name: "Sở Văn hoá", Channel: "paper", Period: record.Period{ValidFrom: "2024-01-01", ValidTo: "2025-06-30"}})
	wantFaults(t, err, "/name duplicate")
	_, err = b.Add(t.Context(), office, Entry{Name: "Sở khác", Code: "h06.12", Channel: "fax"})
	wantFaults(t, err, "/code duplicate", "/code duplicate", "/channel enum")
	old.ValidTo = "2025-07-01"
	_, err = b.Change(t.Context(), office, old, 0)
	wantFaults(t, err, "/name duplicate", "/code duplicate")
	old.ValidTo = "2025-01-01"
	if _, err = b.Change(t.Context(), office, old, 0); err != nil {
		t.Error(err)
	}
}

func TestManyWriteAtOnce(t *testing.T) {
	b := newBooks(t)
	const writers, each = 6, 5
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				e, err := b.Add(context.Background(), office, Entry{Name: fmt.Sprintf("Nơi %d.%d", w, n), Channel: "paper"})
				if err != nil {
					t.Error(err)
					return
				}
				e.Note = "đã sửa"
				if _, err := b.Change(context.Background(), office, e, e.Revision); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	book := b.must(t)
	if len(book.Entries) != writers*each || book.Revision != 2*writers*each {
		t.Errorf("%d entries, revision %d", len(book.Entries), book.Revision)
	}
	revisions := map[int]bool{}
	for _, e := range book.Entries {
		if e.Note != "đã sửa" || revisions[e.Revision] {
			t.Errorf("%+v", e)
		}
		revisions[e.Revision] = true
	}
}

func TestABookIsNotEndless(t *testing.T) {
	b := newBooks(t)
	var file strings.Builder
	file.WriteString("name\n")
	for i := range MaxEntries {
		fmt.Fprintf(&file, "Nơi nhận %d\n", i)
	}
	if done, err := b.Import(t.Context(), office, []byte(file.String())); err != nil || done.Added != MaxEntries {
		t.Fatal(done, err)
	}
	_, err := b.Add(t.Context(), office, Entry{Name: "Một nữa", Channel: "paper"})
	wantCode(t, err, record.Conflict, "addresses-full")
	_, err = b.Import(t.Context(), office, []byte("name\nMột nữa\n"))
	wantCode(t, err, record.Conflict, "addresses-full")
	file.WriteString("Một nữa\n")
	_, err = b.Import(t.Context(), office, []byte(file.String()))
	wantFaults(t, err, "/5002 max-items")
}

func TestFind(t *testing.T) {
	b := newBooks(t)
	for _, e := range []Entry{{Name: "Ủy ban nhân dân tỉnh", Code: "H06"}, {Name: "Đảng ủy phường 1", Email: "dang-uy@p1.vn"}, {Name: "Sở Nội vụ", Code: "H06.05"}} {
		e.Channel = "paper"
		b.mustAdd(t, e)
	}
	book := b.must(t)
	for words, want := range map[string]string{"": "Đảng ủy phường 1|Sở Nội vụ|Ủy ban nhân dân tỉnh", "uỷ": "Đảng ủy phường 1|Ủy ban nhân dân tỉnh", "dang uy": "Đảng ủy phường 1",
		"h06.": "Sở Nội vụ", "P1.VN": "Đảng ủy phường 1", "không có": ""} {
		var got []string
		for _, e := range book.Find(words) {
			got = append(got, e.Name)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q finds %v", words, got)
		}
	}
}

func TestLookup(t *testing.T) {
	b := newBooks(t)
	add := func(name, code string, p record.Period) string {
		return b.mustAdd(t, Entry{Name: name, Code: code, Channel: "paper", Period: p}).ID
	}
	province := add("UBND tỉnh Bà Rịa – Vũng Tàu", "H06", record.Period{ValidTo: "2025-06-30"})
	city := add("UBND Thành phố Hồ Chí Minh", "H29", record.Period{ValidFrom: "2025-07-01"})
	culture := add("Sở Văn hóa và Thể thao", "", record.Period{})
	ward1, ward2 := add("UBND phường Thắng Tam", "", record.Period{}), add("UBND phường Thăng Tam", "", record.Period{})
	chair := add("Chủ tịch (b/c)", "", record.Period{})
	for _, c := range []struct {
		id, name string
		on       record.Date
		want     string
	}{
		{"H06", "tên nào cũng được", "2024-03-22", province},
		{"h06", "", "2024-03-22", province},
		{"H06", "", "2025-07-01", ""}, // it is over
		{"", "UBND tỉnh Bà Rịa – Vũng Tàu", "2025-07-01", ""},
		{"H29", "", "2025-06-30", ""}, // not yet
		{city, "", "2026-01-01", city},
		{"", "UBND tỉnh Bà Rịa – Vũng Tàu (b/c)", "2024-03-22", province},
		{"", "UBND tỉnh Bà Rịa – Vũng Tàu (để báo cáo)", "2024-03-22", province},
		{"H41", "UBND tỉnh Bà Rịa – Vũng Tàu", "2024-03-22", ""},                // another body of that name
		{"H41", "Sở Văn hóa và Thể thao", "2024-03-22", culture},                // whose code is not known
		{"", "So\u031B\u0309 Va\u0306n hóa và Thể thao", "2024-03-22", culture}, // NFD
		{"", "sở văn hoá và thể thao (t/h)", "2024-03-22", culture},
		{"", "UBND phường Thắng Tam", "2024-03-22", ward1},
		{"", "UBND phường Thăng Tam", "2024-03-22", ward2},
		{"", "UBND phuong Thang Tam", "2024-03-22", ""}, // could be either
		{"", "Chủ tịch", "2024-03-22", chair},
		{"", "Chủ tịch (b/c)", "2024-03-22", chair},
		{"", "", "2024-03-22", ""},
		{"", "Như Điều 3", "2024-03-22", ""},
	} {
		e, found, err := b.Lookup(t.Context(), office, record.Recipient{ID: c.id, Name: c.name}, c.on)
		if err != nil || found != (c.want != "") || e.ID != c.want {
			t.Errorf("%q %q on %s: %s %v %v", c.id, c.name, c.on, e.Name, found, err)
		}
	}
}
