package storage

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// seeded is an archive of the five example plans and of papers in which what is
// easily mixed up stands side by side.
func seeded(t testing.TB) *Index {
	t.Helper()
	o := newOffice(t, openTestFS(t))
	files, err := filepath.Glob("../templates/testdata/seeds/*.json")
	if err != nil || len(files) != 5 {
		t.Fatal(files, err)
	}
	plan, decision := record.DocumentType{Code: "KH", Abbreviation: "KH", Name: "Kế hoạch"}, record.DocumentType{Code: "QĐ", Abbreviation: "QĐ", Name: "Quyết định"}
	report, notice := record.DocumentType{Code: "BC", Abbreviation: "BC", Name: "Báo cáo"}, record.DocumentType{Code: "TB", Abbreviation: "TB", Name: "Thông báo"}
	for i, p := range []paper{
		{id: "vt", issuer: "UBND thành phố Vũng Tàu", signatory: "Nguyễn Thị Thu Hương", kind: plan, number: 46},
		{id: "brvt", journal: "ubnd-tinh-br-vt", issuer: "UBND tỉnh Bà Rịa - Vũng Tàu", signatory: "Trần Thị Yến", kind: plan, number: 31},
		{id: "tthc", issuer: "UBND thành phố Vũng Tàu", signatory: "Nguyễn Thị Thu Hương", kind: decision, tail: "/QĐ-UBND", number: 212},
		{id: "cualo", journal: "ubnd-thi-xa-cua-lo", issuer: "UBND thị xã Cửa Lò", signatory: "Hoàng Văn Phúc", kind: plan, number: 15},
		{id: "donghoa", journal: "ubnd-thi-xa-dong-hoa", issuer: "UBND thị xã Đông Hòa", signatory: "Nguyễn Văn Tịnh", kind: plan, number: 246},
	} {
		raw, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		var e record.Envelope
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		p.subject, p.date, p.content, p.filing, p.series = strings.Join(strings.Fields(e.Subject), " "), e.Date, e.Content, e.Filing, "so-"+p.id
		for _, r := range e.Recipients {
			p.recipients = append(p.recipients, r.Name)
		}
		o.issue(p)
	}
	health := "so-y-te-dak-lak"
	text := func(s string) any { return map[string]any{"text": s} }
	for _, p := range []paper{
		{id: "duong", journal: health, issuer: "UBND tỉnh Đắk Lắk", kind: report, tail: "/BC-UBND", number: 5, series: "so-1", date: "2023-06-01", signatory: "Trần Thị Uỷ",
			subject: norm.NFD.String("Nâng cấp đường bộ trên địa bàn tỉnh Đắk Lắk"), filing: record.Filing{Unit: "KT"},
			recipients: []string{"Bộ Giao thông vận tải", "Sở Nội vụ tỉnh Đắk Lắk"}, content: text(norm.NFD.String("Quốc lộ 14 qua Buôn Hồ dài 3.500 m."))},
		{id: "dap", journal: health, issuer: "UBND tỉnh Đắk Lắk", kind: notice, tail: "/TB-UBND", number: 7, series: "so-2", date: "2023-09-12", signatory: "Lê Văn Dương",
			subject: "Sửa đập thủy lợi Buôn Triết", filing: record.Filing{Unit: "NĐ"}, recipients: []string{"UBND xã Buôn Triết"}, urgency: record.Express,
			content: text("Bán đấu giá vật tư dư; bạn hàng nộp hồ sơ trước ngày 30/9."), attached: "Phụ lục I: Danh mục vật tư"},
		{id: "ban", journal: health, issuer: "UBND tỉnh Đắk Lắk", kind: notice, tail: "/TB-UBND", number: 107, series: "so-3", date: "2024-12-31", signatory: "Lê Văn Dương",
			subject: "Bàn giao trụ sở Uỷ ban nhân dân xã", filing: record.Filing{Unit: "VP"}, recipients: []string{"Sở Tài chính", "Lưu trữ lịch sử tỉnh"}, rule: "van-ban-di-khac",
			content: text("Hoà giải viên dự họp. Kế hoạch di dời hoàn thành trong quý IV.")},
		{id: "thao", journal: health, issuer: "UBND tỉnh Đắk Lắk", kind: report, tail: "/BC-UBND", date: "2025-01-02", signatory: "Trần Thị Uỷ",
			subject: "Thuỷ lợi phí năm 2024 (dự thảo)", content: text("Chưa có số."), until: record.Draft, recipients: []string{"Sở Tài chính"}},
	} {
		o.issue(p)
	}
	for _, e := range []record.Entry{{Command: record.CmdRecall, Document: "dap", Reason: "sai thẩm quyền"}, {Command: record.CmdHold, Document: "ban", Reason: "thanh tra"}} {
		e.Actor = "clerk"
		o.update(health, func(*record.State) (*record.Entry, error) { return &e, nil })
	}
	x := o.openIndex(o.states)
	o.catchUp(x)
	return x
}

// asked is one question: what is typed, with filters, and what has to come, the
// first one first where the order is told.
type asked struct {
	q    Query
	want string // ids; "=" before them: in this very order; "..." after them: these first, then others
}

func words(s string) Query { return Query{Words: s} }

var hundred = []asked{
	// number and symbol
	{words("46/KH-UBND"), "vt"},
	{words("46/kh-ubnd"), "vt"},
	{words("46"), "vt"},
	{words("KH-UBND"), "vt brvt cualo donghoa"},
	{words("kh ubnd 2024"), "vt cualo"}, // "Kế hoạch" is not KH
	{words("212/QĐ-UBND"), "tthc"},
	{words("212/qd-ubnd"), "tthc"},
	{words("qd ubnd"), "tthc ..."},
	{words("05/BC-UBND"), "duong"},
	{words("5/BC-UBND"), "duong"},
	{words("7/TB"), "dap"},
	{words("07/TB"), "dap"},
	{words("9137/QĐ-UBND"), "vt"},
	{words("76/NQ-CP"), "cualo donghoa"},
	{Query{Symbol: "15/KH"}, "cualo"},
	{Query{Symbol: "46/KH-UB*"}, "vt"},
	{Query{Symbol: "07"}, "dap"},
	{Query{Number: 246}, "donghoa"},
	{Query{Number: 46, Year: 2021}, ""},

	// with accents and without, composed and not
	{words("cải cách hành chính"), "vt brvt tthc cualo donghoa"},
	{words("cai cach hanh chinh"), "vt brvt tthc cualo donghoa"},
	{words("CẢI CÁCH HÀNH CHÍNH"), "vt brvt tthc cualo donghoa"},
	{words(norm.NFD.String("cải cách hành chính")), "vt brvt tthc cualo donghoa"},
	{words("ke hoach tuyen truyen"), "vt brvt tthc cualo donghoa"},
	{words("Đắk Lắk"), "duong dap ban thao"},
	{words("dak lak"), "duong dap ban thao"},
	{words("đak lak"), "duong dap ban thao"},
	{words(norm.NFD.String("Đắk Lắk")), "duong dap ban thao"},
	{Query{Words: "Đắk Lắk", Title: true}, "duong"},
	{Query{Words: norm.NFD.String("đường bộ"), Title: true}, "duong"},
	{words("duong bo"), "duong ..."},
	{words("quoc lo 14"), "duong"},
	{words("buon ho"), "duong ..."},
	{words("vũng tàu"), "vt brvt tthc"},
	{words("VUNG TAU"), "vt brvt tthc"},
	{words("nghe an"), "cualo brvt"}, // where the words stand apart comes after,

	// đ and d, and accents that make another word
	{words("bán đấu giá"), "dap ..."},
	{words("ban dau gia"), "dap ..."},
	{words("bàn giao"), "ban ..."},
	{Query{Words: "bán", Exact: true}, "dap"},
	{Query{Words: "bạn", Exact: true}, "dap"},
	{Query{Words: `"bàn giao"`, Exact: true}, "ban"},
	{Query{Words: "dap", Exact: true}, ""},
	{Query{Words: "đập", Exact: true}, "dap"},
	{Query{Words: norm.NFD.String("ĐẬP"), Exact: true}, "dap"},
	{Query{Words: "dak lak", Exact: true}, ""},

	// a tone on either vowel
	{words(`"uỷ ban nhân dân"`), "brvt tthc cualo ban"},
	{words(`"Ủy ban nhân dân"`), "brvt tthc cualo ban"},
	{words(`"uy ban nhan dan"`), "brvt tthc cualo ban"},
	{Query{Words: `"uỷ ban"`, Exact: true}, "vt brvt tthc cualo ban"},
	{Query{Words: `"ủy ban"`, Exact: true}, "vt brvt tthc cualo ban"},
	{Query{Words: norm.NFD.String(`"uỷ ban"`), Exact: true}, "vt brvt tthc cualo ban"},
	{Query{Words: "Uỷ ban nhân dân", Title: true}, "ban"},
	{Query{Words: `"Ủy ban nhân dân"`, Title: true, Exact: true}, "ban"},
	{Query{Words: "thuỷ lợi", Exact: true}, "dap thao"},
	{Query{Words: "thủy lợi", Exact: true}, "dap thao"},
	{words("thuy loi"), "dap thao"},
	{Query{Words: "hóa", Exact: true}, "vt brvt tthc cualo donghoa"},
	{Query{Words: "hoá", Exact: true}, "vt brvt tthc cualo donghoa"},
	{Query{Words: `"hòa giải"`, Exact: true}, "ban"},
	{words("đông hoà"), "donghoa ..."},
	{Query{Words: "Đông Hoà", Exact: true}, "donghoa"},
	{Query{Signatory: "Trần Thị Ủy", Exact: true}, "duong thao"},

	// words in a row, beginnings, what is not wanted
	{words(`"thủ tục hành chính"`), "vt brvt tthc cualo donghoa"},
	{words(`"hành chính thủ tục"`), ""},
	{words(`"cải cách thể chế"`), "vt brvt cualo donghoa"},
	{words(`“cai cach the che”`), "vt brvt cualo donghoa"},
	{words(`"kiểm soát`), "vt tthc cualo donghoa"},
	{words("khieu*"), ""},
	{words("faceb*"), "brvt"},
	{words(`"phát than"*`), "vt brvt tthc cualo"},
	{Query{Words: "tuyê*", Title: true}, "vt brvt cualo donghoa"},
	{Query{Words: "cải cách -tuyên", Title: true}, ""},
	{Query{Words: "UBND -\"Vũng Tàu\" 2024"}, "cualo ban thao"},
	{words("cải cách -kiểm -zalo"), ""},
	{words("thủy lợi -thao"), "dap"},
	{words("thuỷ lợi -\"dự thảo\""), "dap"},
	{Query{Words: "-bán", Organizations: []string{"so-y-te-dak-lak"}}, "=thao ban duong"},
	{Query{Words: "-ban", Organizations: []string{"so-y-te-dak-lak"}}, "=thao"},
	{words(`"hội thi"`), "brvt tthc donghoa"},
	{words("facebook zalo"), "brvt"},
	{words("facebook cửa lò"), ""},

	// people, recipients, units, dates
	{words("sở nội vụ"), "vt donghoa duong ..."}, // who gets it before where it is only told of
	{words(`"sở nội vụ"`), "vt brvt donghoa duong"},
	{Query{Recipient: "sở nội vụ"}, "vt donghoa duong"},
	{Query{Recipient: "so noi vu"}, "vt donghoa duong"},
	{Query{Recipient: `"sở nội vụ tỉnh Đắk Lắk"`}, "duong"},
	{Query{Recipient: "sở -\"nội vụ\"", Year: 2024}, "cualo ban"},
	{Query{Recipient: "TT.HĐND"}, "cualo"},
	{Query{Signatory: "thu hương"}, "vt tthc"},
	{Query{Signatory: "hoang van phuc"}, "cualo"},
	{words("Lê Văn Dương"), "dap ban ..."},
	{Query{Unit: "VHTT"}, "vt tthc"},
	{words("SVHTT"), "brvt"},
	{words("22/3/2021"), "brvt"},
	{words("22/03/2021"), "brvt"},
	{Query{From: "2024-01-15", To: "2024-02-05"}, "=cualo vt tthc"},
	{Query{From: "2024-12-31"}, "=thao ban"},
	{Query{To: "2021-12-20", Sort: Oldest}, "=brvt donghoa"},
	{Query{Words: "cải cách", From: "2021-01-01", To: "2021-12-31", Sort: Newest}, "=donghoa brvt"},
	{Query{Words: "cải cách", From: "2021-03-23", To: "2024-02-04"}, "vt tthc donghoa"},

	// the other filters
	{Query{Type: "QĐ"}, "tthc"},
	{Query{Year: 2023}, "=dap duong"},
	{Query{States: []record.Status{record.Recalled}}, "dap"},
	{Query{States: []record.Status{record.Draft}, Words: "thuy"}, "thao"},
	{Query{Issuers: []string{"ubnd-thi-xa-cua-lo", "ubnd-tinh-br-vt"}}, "=cualo brvt"},
	{Query{Organizations: []string{"ubnd-thi-xa-cua-lo"}, Issuers: []string{"ubnd-tinh-br-vt"}}, ""},
	{Query{Series: "so-cualo"}, "cualo"},
	{Query{Rule: "van-ban-di-khac"}, "ban"},
	{Query{Urgency: record.Express}, "dap"},
	{Query{Held: true}, "ban"},
	{Query{Words: "danh mục vật tư"}, "dap"}, // of what is attached
	{Query{Words: `"thông báo"`, Sort: Oldest, Organizations: []string{"so-y-te-dak-lak"}}, "=dap ban"},
	{Query{Sort: Oldest, Limit: 1}, "=brvt"},
}

func TestHundredQueries(t *testing.T) {
	x := seeded(t)
	if len(hundred) < 100 {
		t.Fatalf("%d questions", len(hundred))
	}
	for _, c := range hundred {
		name := mustJSON(t, c.q)
		found, err := x.Find(t.Context(), c.q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		list, ordered := strings.CutPrefix(c.want, "=")
		list, first := strings.CutSuffix(list, " ...")
		got, want := ids(found.Hits), strings.Fields(list)
		if first {
			got = got[:min(len(got), len(want))]
		}
		if !ordered {
			slices.Sort(got)
			slices.Sort(want)
		}
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if c.q.Limit == 0 && found.Total != len(found.Hits) {
			t.Errorf("%s: %d of %d", name, len(found.Hits), found.Total)
		}
		explained(t, c.q, found.Hits)
	}
}

// explained fails where a hit does not show each word that was asked for.
func explained(t *testing.T, q Query, hits []Hit) {
	t.Helper()
	s, err := q.compile()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		var marked []string
		for _, e := range h.Excerpts {
			for _, p := range e.Parts {
				if p.Hit {
					marked = append(marked, Fold(p.Text))
				}
			}
		}
		line := func(words []string) string { // without the zeros of 05
			out := ""
			for _, w := range words {
				out += " " + strings.TrimLeft(w, "0")
			}
			return out
		}
		all := line(wordsOf(strings.Join(marked, " ")))
		for _, term := range s.terms {
			if words := line(term.folded); !strings.Contains(all, words) {
				t.Errorf("%s: nothing shows %q: %+v", mustJSON(t, q), words, h.Excerpts)
			}
		}
	}
}
