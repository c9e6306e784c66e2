package main

import (
	"cmp"
	"context"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
	"vanthu/signer/keys"
)

// realOffice sets up an office that is no demo, as an administrator would: its
// organisation imported, its keys put into the folder. The register goes on
// after `last`, which was given on paper.
func realOffice(t testing.TB, last int, person, place string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	year := time.Now().In(record.Office).Year()
	o := record.Organization{ID: "so-mau",
		Names:        []record.OrganizationName{{Lines: []string{"SỞ NỘI VỤ"}, Superior: "ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH", Name: "Sở Nội vụ", Abbreviation: "SNV", HeadTitle: "GIÁM ĐỐC", Place: place}},
		Appointments: []record.Appointment{{Person: "nguoi-ky", Name: person, Title: "GIÁM ĐỐC", Capacities: []record.Capacity{record.Head}, Decision: "Quyết định bổ nhiệm số 1"}},
		Series:       []record.Series{{ID: "hanh-chinh", Opening: map[int]int{year: last}}},
		Seals:        []record.Seal{{ID: "dau", DiameterMM: 36}}}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	good(t, raw, "organizations", "import", "--data", dir, "-")
	ca, err := keys.NewAuthority(pkix.Name{CommonName: "Test CA"}, time.Now().AddDate(-1, 0, 0), time.Now().AddDate(5, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, demoCA), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate.Raw}))
	folder := keys.NewFolder(filepath.Join(dir, "keys"))
	ctx := context.Background()
	_, err = folder.CreatePersonal(ctx, "so-mau", "nguoi-ky", func() (keys.Identity, error) {
		return ca.NewIdentity(pkix.Name{CommonName: person}, read(t, "testdata/chu-ky.png"))
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = folder.CreateSeal(ctx, "so-mau", "dau", func() (keys.Identity, error) {
		return ca.NewIdentity(pkix.Name{CommonName: "Sở Nội vụ tỉnh Hà Tĩnh"}, read(t, "testdata/con-dau.png"))
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// plan is a short plan of realOffice's organisation.
func plan(t testing.TB, change func(map[string]any)) []byte {
	return envelope(t, "testdata/ke-hoach-ngan.json", change)
}

// Numbers of two to five digits stand on the line like set type: one space,
// same font and baseline, no gap wider than a digit more than a space.
func TestNumberReadsAsOneLine(t *testing.T) {
	now := record.DateOf(time.Now())
	for _, last := range []int{0, 8, 45, 98, 99, 998, 999, 9998, 45678} {
		t.Run(strconv.Itoa(last+1), func(t *testing.T) {
			dir := realOffice(t, last, "Nguyễn Văn Nghĩa", "Hà Tĩnh")
			out := filepath.Join(dir, "out.pdf")
			good(t, plan(t, nil), "issue", "--data", dir, "-t", "ke-hoach", "-d", "-", "-o", out)
			layout := tool(t, "pdftotext", "-layout", out, "-")
			number := record.NumberText(last + 1)
			for _, want := range []string{"Số: " + number + "/KH-SNV",
				fmt.Sprintf("Hà Tĩnh, ngày %s tháng %s năm %d", now.DayText(), now.MonthText(), now.Year())} {
				if !strings.Contains(layout, want) {
					t.Errorf("the page does not read %q:\n%s", want, firstLines(layout, 10))
				}
			}
			checkLine(t, out, "Số:", number, "/KH-SNV")
			checkLine(t, out, "ngày", now.DayText(), "tháng", now.MonthText(), "năm")
			checkOutside(t, out, filepath.Join(dir, demoCA), 2)
		})
	}
}

// glyph is one character as mutool sees it on the page.
type glyph struct {
	c              rune
	font           string
	size, x, right float64
	baseline       float64
}

var (
	fontTag = regexp.MustCompile(`<font name="([^"]*)" size="([^"]*)"`)
	charTag = regexp.MustCompile(`<char quad="([^"]*)" x="([^"]*)" y="([^"]*)"[^>]* c="([^"]*)"`)
)

// glyphs are the characters of page 1, in no promised order, without blanks.
func glyphs(t testing.TB, file string) []glyph {
	t.Helper()
	var out []glyph
	var font string
	var size float64
	for _, l := range strings.Split(tool(t, "mutool", "draw", "-F", "stext", file, "1"), "\n") {
		if m := fontTag.FindStringSubmatch(l); m != nil {
			font = regexp.MustCompile(`^[A-Z]{6}\+`).ReplaceAllString(m[1], "")
			size = number(t, m[2])
		}
		if m := charTag.FindStringSubmatch(l); m != nil {
			quad := strings.Fields(m[1])
			c := []rune(html.UnescapeString(m[4]))
			if len(c) == 1 && strings.TrimSpace(string(c)) != "" {
				out = append(out, glyph{c[0], font, size, number(t, m[2]), number(t, quad[2]), number(t, m[3])})
			}
		}
	}
	return out
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// checkLine finds the words one after the other on one line of page 1 and
// compares fonts, baselines and gaps.
func checkLine(t testing.TB, file string, words ...string) {
	t.Helper()
	all := glyphs(t, file)
	want := strings.Join(words, "")
	for _, start := range all {
		var line []glyph
		for _, g := range all {
			if math.Abs(g.baseline-start.baseline) < 3 && g.x >= start.x {
				line = append(line, g)
			}
		}
		slices.SortFunc(line, func(a, b glyph) int { return cmp.Compare(a.x, b.x) })
		var text strings.Builder
		for _, g := range line {
			text.WriteRune(g.c)
		}
		if !strings.HasPrefix(norm.NFC.String(text.String()), want) {
			continue
		}
		line = line[:len([]rune(want))]
		for i, g := range line {
			if math.Abs(g.baseline-line[0].baseline) > 0.1 || g.font != line[0].font || math.Abs(g.size-line[0].size) > 0.1 {
				t.Errorf("%q in %q: font %s %.2f baseline %.2f, the line has %s %.2f %.2f", g.c, want, g.font, g.size, g.baseline, line[0].font, line[0].size, line[0].baseline)
			}
			if i > 0 {
				if gap := g.x - line[i-1].right; gap > 0.75*g.size+0.05 || gap < -0.5 {
					t.Errorf("gap of %.2f pt before %q in %q", gap, g.c, want)
				}
			}
		}
		return
	}
	t.Errorf("no line reads %q", want)
}

// Every Vietnamese letter, and signs that mean something to XML, PDF or the
// template language, come out as they went in: on the page, in the signature
// dictionary, in the search.
func TestEveryLetterSurvives(t *testing.T) {
	person := "Nguyễn Văn Nghĩa (Tĩnh) \\ Đắk"
	dir := realOffice(t, 45, person, "Hà Tĩnh")
	letters := vietnameseLetters()
	hostile := `Ông A & Bà B <Đắk Lắk> "kép" 'đơn' 100% \ / [x] (y) $z`
	out := filepath.Join(dir, "out.pdf")
	in := plan(t, func(v map[string]any) {
		v["subject"] = "Chữ viết Nghĩa Tĩnh Đắk Lắk"
		v["content"].(map[string]any)["opening"] = []string{letters, hostile, norm.NFD.String("Dạng tách rời: Nguyễn Văn Tĩnh, Đắk Lắk")}
		v["recipients"] = []map[string]any{{"name": "UBND tỉnh Đắk Lắk & <Sở Nội vụ>"}}
	})
	var doc issued
	if err := json.Unmarshal([]byte(good(t, in, "issue", "--data", dir, "-t", "ke-hoach", "-d", "-", "-o", out, "--json").out), &doc); err != nil {
		t.Fatal(err)
	}
	checkOutside(t, out, filepath.Join(dir, demoCA), 2)
	text := strings.Join(strings.Fields(tool(t, "pdftotext", out, "-")), " ")
	for _, want := range []string{letters, hostile, "Dạng tách rời: Nguyễn Văn Tĩnh, Đắk Lắk", "UBND tỉnh Đắk Lắk & <Sở Nội vụ>;", person} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %q:\n%s", want, text)
		}
	}
	dictionary := tool(t, "qpdf", "--json=2", "--json-key=qpdf", out)
	for _, want := range []string{"u:" + person, "u:Hà Tĩnh"} {
		quoted, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(dictionary, string(quoted)) {
			t.Errorf("no signature dictionary says %s", quoted)
		}
	}
	// Braces come out too; only, no document is issued that looks as if a tag
	// were left in it.
	const braced = "Dấu {ngoặc} và {#mở} của {{mẫu}}"
	draft := plan(t, func(v map[string]any) { v["content"].(map[string]any)["opening"] = []string{braced} })
	good(t, draft, "render", "--data", dir, "-t", "ke-hoach", "-d", "-", "-o", out)
	if shown := tool(t, "pdftotext", out, "-"); !strings.Contains(shown, braced) {
		t.Errorf("the draft does not show %q:\n%s", braced, shown)
	}
	if o := vanthu(t, draft, "issue", "--data", dir, "-t", "ke-hoach", "-d", "-", "-o", out, "--json"); o.code != exitNo || !strings.Contains(o.err, `"code": "R20"`) {
		t.Errorf("issued with tags left: exit %d %s", o.code, o.err)
	}
	for _, words := range []string{"chữ viết nghĩa tĩnh", "chu viet nghia tinh", norm.NFD.String("Đắk Lắk"), "dak lak", "46/KH-SNV", "ubnd tinh dak lak"} {
		o := good(t, nil, "search", "--data", dir, "--json", words)
		if !strings.Contains(o.out, doc.ID) {
			t.Errorf("search %q does not find it: %s", words, o.out)
		}
	}
}

// vietnameseLetters are all precomposed Vietnamese letters, both cases, each in
// a word: a text extractor takes single letters for one spaced-out word.
func vietnameseLetters() string {
	var words []string
	for _, base := range "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"} {
			words = append(words, "t"+norm.NFC.String(string(base)+tone)+"ng")
		}
	}
	return strings.Join(append(words, "đang", "Đang"), " ")
}

// The same request gives the same document, byte for byte; another body under
// the same id is refused.
func TestRequestIsRepeatable(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		out := filepath.Join(dir, "out.pdf")
		seed := read(t, seeds+"000_90bb067c4e1b730f.json")
		args := with(flags2("issue", flags), "-t", "ke-hoach", "-d", "-", "-o", out, "--request", "yêu-cầu-1", "--json")
		first := good(t, seed, args...).out
		pdf := read(t, out)
		if err := os.Remove(out); err != nil {
			t.Fatal(err)
		}
		if again := good(t, seed, args...).out; again != first || string(read(t, out)) != string(pdf) {
			t.Errorf("the same request gave %s, before %s", again, first)
		}
		other := envelope(t, seeds+"000_90bb067c4e1b730f.json", func(v map[string]any) { v["subject"] = "Khác" })
		if o := vanthu(t, other, args...); o.code != exitNo || !strings.Contains(o.err, "request-reused") {
			t.Errorf("another body: exit %d %s", o.code, o.err)
		}
		// The index is disposable; the document is found again by words without
		// marks, by number, by recipient.
		if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
			t.Fatal(err)
		}
		for _, query := range [][]string{{"tuyen truyen cai cach hanh chinh vung tau"}, {"--number", "1"}, {"--symbol", "01/KH-UBND"}, {"--recipient", "so noi vu"}, {"01/KH-UBND"}} {
			o := good(t, nil, with(with(flags2("search", flags), "--json"), query...)...)
			if !strings.Contains(o.out, "01/KH-UBND") {
				t.Errorf("search %q: %s", query, o.out)
			}
		}
	})
}
