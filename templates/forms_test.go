package templates

import (
	"encoding/json"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// fillings are every form as its example asks for it, and once more with all
// that a document may carry besides: stamps, several addressees, annexes, a
// drafter, copies.
func fillings(t *testing.T, c *Catalogue) map[string]record.Filling {
	t.Helper()
	all := map[string]record.Filling{}
	for _, id := range c.IDs() {
		example := officetest.Form(t, c, id).Example
		all[id] = officetest.Filling(t, c, example)
		all[id+"-more"] = officetest.Filling(t, c, more(t, example))
	}
	all["002"] = officetest.Filling(t, c, officetest.Seed(t, "002"))
	return all
}

func more(t *testing.T, example []byte) []byte {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal(example, &e); err != nil {
		t.Fatal(err)
	}
	e["urgency"], e["scope"] = "express", "internal"
	if all, ok := e["addressees"].([]any); ok { // one becomes two, several become one
		if len(all) == 1 {
			e["addressees"] = append(all, map[string]any{"name": "Sở Tài chính"})
		} else {
			e["addressees"] = all[:1]
		}
	}
	e["filing"] = map[string]any{"unit": e["filing"].(map[string]any)["unit"], "drafter": "NVA", "copies": 2}
	content := e["content"].(map[string]any)
	content["annexes"] = []any{
		map[string]any{"title": "Danh mục thứ nhất", "body": []any{map[string]any{"text": strings.Repeat("Một đoạn dài của phụ lục. ", 150)}}},
		map[string]any{"title": "Danh mục thứ hai", "sections": []any{map[string]any{"title": "Mục của phụ lục", "body": []any{map[string]any{"dash": "Một ý."}}}}},
	}
	const mention = " (chi tiết tại Phụ lục I, Phụ lục II)" // an annex that no text names is a fault (PL I, III.1)
	if all, ok := content["opening"].([]any); ok {
		all[0] = strings.TrimSuffix(all[0].(string), ":") + mention + ":"
	} else {
		first := content["articles"].([]any)[0].(map[string]any)
		first["text"] = first["text"].(string) + mention
	}
	for _, r := range e["recipients"].([]any) {
		r.(map[string]any)["copies"] = 1
	}
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func filled(t *testing.T, c *Catalogue) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, in := range fillings(t, c) {
		b, err := c.Fill(t.Context(), in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[name] = b
	}
	return files
}

// The words of every form, paragraph by paragraph.
func TestFormsText(t *testing.T) {
	for name, b := range filled(t, catalogue(t)) {
		path := filepath.Join("testdata", "fill", "form-"+name+".txt")
		got := strings.Join(linesOf(t, b), "\n") + "\n"
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestFormsAreValidForOffice(t *testing.T) {
	officetest.Valid(t, filled(t, catalogue(t)))
}

// Every form on paper, by numbers (NĐ 30/2020, PL I): what stands where, on
// which page, and nothing outside the margins but what belongs there.
func TestFormsOnPaper(t *testing.T) {
	c := catalogue(t)
	dir := officetest.Convert(t, officetest.ToPDF, filled(t, c))
	for name, in := range fillings(t, c) {
		t.Run(name, func(t *testing.T) {
			pdf := filepath.Join(dir, name+".pdf")
			all := sheets(t, pdf)
			checkMargins(t, all)
			checkHead(t, all[0], in)
			checkNumbers(t, all)
			signed := checkSlots(t, pdf)
			if _, ok := all[signed-1].find(in.Signatory.Name); !ok {
				t.Errorf("the name is not on page %d", signed)
			}
			if page := said(all[signed-1]); !strings.Contains(page, "./.") || !strings.Contains(page, "Nơi nhận:") {
				t.Errorf("the signature on page %d is without the end of the text", signed)
			}
			if in.Type.Code == "CV" {
				checkLetter(t, all, in)
			} else if _, ok := all[0].find("Địa chỉ:"); ok {
				t.Error("an address on a document that is no letter")
			}
			checkAddressees(t, all[0], in)
			if strings.HasSuffix(name, "-more") {
				checkStamps(t, pdf, all[0])
				checkAnnexes(t, all, in)
			}
		})
	}
}

func said(s sheet) string {
	var b strings.Builder
	for _, w := range s.Words {
		b.WriteString(w.Text + " ")
	}
	return b.String()
}

func checkMargins(t *testing.T, all []sheet) {
	t.Helper()
	for i, s := range all {
		if !near(s.Width, paperWidth, 1) || !near(s.Height, paperHeight, 1) {
			t.Errorf("page %d is %.0f × %.0f pt", i+1, s.Width, s.Height)
		}
		for _, w := range s.Words {
			number := w.Bottom < textTop+1
			foot := w.Top > textBottom-1
			if w.Left < textLeft-1 || w.Right > textRight+1 || number && i == 0 && w.Left < s.Width/2 || foot && i > 0 {
				t.Errorf("page %d: %q at %.0f, %.0f is in a margin", i+1, w.Text, w.Left, w.Top)
			}
		}
	}
}

// checkHead: nation to the right over the date, agency to the left over the
// number, both lines at one height; type and subject in the middle.
func checkHead(t *testing.T, s sheet, in record.Filling) {
	t.Helper()
	nation, motto := s.must(t, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), s.must(t, "Độc lập - Tự do - Hạnh phúc")
	number, date := s.must(t, "Số:"), s.must(t, in.Issuer.Place+", ngày")
	symbol, end := s.must(t, in.Symbol), s.must(t, "năm "+strconv.Itoa(in.Year))
	issuer := s.must(t, in.Issuer.Lines[len(in.Issuer.Lines)-1])
	dateMiddle := (date.Left + end.Right) / 2
	if !near(nation.middle(), motto.middle(), 1) || !near(dateMiddle, motto.middle(), 3) {
		t.Errorf("nation %.1f, motto %.1f, date %.1f are not centred under each other", nation.middle(), motto.middle(), dateMiddle)
	}
	if !near(issuer.middle(), (number.Left+symbol.Right)/2, 3) || issuer.Right > nation.Left {
		t.Errorf("agency %.1f and number %.1f are not centred under each other", issuer.middle(), (number.Left+symbol.Right)/2)
	}
	if !near(number.Bottom, date.Bottom, 2) {
		t.Errorf("number at %.1f, date at %.1f", number.Bottom, date.Bottom)
	}
	if in.Type.Code == "CV" {
		return
	}
	kind := s.must(t, strings.ToUpper(in.Type.Name))
	if !near(kind.middle(), (textLeft+textRight)/2, 1) || kind.Top < number.Bottom {
		t.Errorf("type in the middle of %.1f", kind.middle())
	}
}

// checkNumbers: pages of each section count from 1; the first shows no number,
// the others show it in the middle of the top margin (PL I, I.7).
func checkNumbers(t *testing.T, all []sheet) {
	t.Helper()
	last := 0
	for i, s := range all {
		shown := ""
		for _, w := range s.Words {
			if _, err := strconv.Atoi(w.Text); err == nil && w.Bottom < textTop && near(w.middle(), (textLeft+textRight)/2, 2) {
				shown = w.Text
			}
		}
		switch {
		case shown == "": // a section begins
			last = 1
		case shown != strconv.Itoa(last+1):
			t.Errorf("page %d is numbered %s after %d", i+1, shown, last)
		default:
			last++
		}
	}
	for _, s := range all[:1] {
		if s.Words[0].Text == "1" {
			t.Error("page one is numbered")
		}
	}
}

// checkSlots returns the page of the signature.
func checkSlots(t *testing.T, pdf string) int {
	t.Helper()
	d := destinations(t, pdf)
	for _, n := range slotNames {
		if _, ok := d[n]; !ok {
			t.Fatalf("no destination %s in %v", n, d)
		}
	}
	a, b := d["vtSignA"], d["vtSignB"]
	if d["vtNumberA"].page != 1 || d["vtNumberA"].y != d["vtDayA"].y || a.page != b.page || a.y-b.y < 80 || a.y-b.y > 100 {
		t.Errorf("slots %v", d)
	}
	return a.page
}

// checkLetter: subject under the number, no type, the address at the foot of
// page one alone (PL I, II.5.b and III.4).
func checkLetter(t *testing.T, all []sheet, in record.Filling) {
	t.Helper()
	s := all[0]
	subject := s.must(t, "V/v")
	if number := s.must(t, "Số:"); subject.Top < number.Bottom || subject.Top-number.Bottom > 14 || subject.Left > s.Width/2 {
		t.Errorf("V/v at %.0f, %.0f; number at %.0f", subject.Left, subject.Top, number.Bottom)
	}
	if _, ok := s.find("CÔNG VĂN"); ok {
		t.Error("a letter shows its type")
	}
	for i, s := range all {
		address, ok := s.find("Địa chỉ:")
		if ok != (i == 0 && len(in.Issuer.Contacts) > 0) || ok && address.Top < textBottom-20 {
			t.Errorf("page %d: address %v at %.0f", i+1, ok, address.Top)
		}
	}
}

// checkAddressees: one on the line of "Kính gửi:", without a full stop; several
// below it, their dashes under the colon (PL I, II.9.a).
func checkAddressees(t *testing.T, s sheet, in record.Filling) {
	t.Helper()
	label, ok := s.find("Kính gửi:")
	all := in.Envelope.Addressees
	if ok != (len(all) > 0) {
		t.Fatalf("%d addressees, label %v", len(all), ok)
	}
	if len(all) == 1 {
		if one := s.must(t, "Kính gửi: "+all[0].Name); !near(one.middle(), (textLeft+textRight)/2, 2) {
			t.Errorf("the addressee stands in the middle of %.0f", one.middle())
		}
		return
	}
	for i, a := range all {
		end := ";"
		if i == len(all)-1 {
			end = "."
		}
		item := s.must(t, "- "+a.Name+end)
		if item.Top < label.Top+10 || !near(item.Left, label.Right-4, 3) {
			t.Errorf("%q begins at %.1f, the colon ends at %.1f", a.Name, item.Left, label.Right)
		}
	}
}

// checkStamps: HOẢ TỐC in a red box of 30 × 8 mm below the number; the mark of
// who may read it in the top margin on the right (PL I, III.2).
func checkStamps(t *testing.T, pdf string, s sheet) {
	t.Helper()
	urgency, scope, number := s.must(t, "HOẢ TỐC"), s.must(t, "LƯU HÀNH NỘI BỘ"), s.must(t, "Số:")
	if urgency.Top < number.Bottom || urgency.Right > s.Width/2 {
		t.Errorf("urgency at %.0f, %.0f", urgency.Left, urgency.Top)
	}
	if scope.Bottom > textTop || scope.Left < s.Width/2 || scope.Right > textRight {
		t.Errorf("scope at %.0f, %.0f", scope.Left, scope.Top)
	}
	const dpi = 200
	image := strings.TrimSuffix(pdf, ".pdf")
	output(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-f", "1", "-l", "1", "-singlefile", "-png", pdf, image)
	f, err := os.Open(image + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	left, top, right, bottom := img.Bounds().Max.X, img.Bounds().Max.Y, 0, 0
	for y := range img.Bounds().Max.Y {
		for x := range img.Bounds().Max.X {
			if r, g, b, _ := img.At(x, y).RGBA(); r > 0xC000 && g < 0x6000 && b < 0x6000 {
				left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
			}
		}
	}
	mm := func(n int) float64 { return float64(n+1) / dpi * 25.4 }
	if w, h := mm(right-left), mm(bottom-top); !near(w, 30, 0.8) || !near(h, 8, 0.8) {
		t.Errorf("the red box is %.1f × %.1f mm", w, h)
	}
}

// checkAnnexes: each on a page of its own, with its number, its title and the
// document it belongs to (PL I, III.1).
func checkAnnexes(t *testing.T, all []sheet, in record.Filling) {
	t.Helper()
	found := 0
	for _, s := range all {
		for i, title := range []string{"DANH MỤC THỨ NHẤT", "DANH MỤC THỨ HAI"} {
			w, ok := s.find(title)
			if !ok {
				continue
			}
			found++
			label := s.must(t, "Phụ lục "+record.Roman(i+1))
			reference := s.must(t, "(Kèm theo "+in.Type.Name+" số "+in.Symbol+" ngày tháng")
			if label.Top > textTop+20 || !near(label.middle(), w.middle(), 1) || reference.Left < textLeft || reference.Top < w.Top+10 {
				t.Errorf("annex: label %+v, title %+v, reference %+v", label, w, reference)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d annexes on the pages", found)
	}
}
