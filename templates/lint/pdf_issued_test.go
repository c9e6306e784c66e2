package lint

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/templates/officetest"
)

// imprint is what issuing puts on the good plan's PDF: number, day and month in
// form fields, the official's picture and the seal's in signatures.
type imprint struct {
	number, day, month string
	personal, seal     *mark
	also               func(u *pdf.Update, last pdf.Page) // anything else
}

// mark is a signature that covers the file up to a byte and shows a picture.
type mark struct {
	rect    pdf.Rect
	r, g, b byte
	opaque  bool
	blank   bool // shows nothing
	covers  int
}

const sealMM = 36

// goodImprint is as the signer makes it: the picture between title and name,
// the seal over its left third.
func goodImprint() imprint {
	const middle, top, height, width = 429.45, 650.0, 50.0, 120.0
	own := pdf.Rect{Left: middle - width/2, Right: middle + width/2, Bottom: top - height, Top: top}
	right, size := own.Left+width/3, sealMM*pointsPerMM
	return imprint{"46", "15", "01",
		&mark{rect: own, r: 16, g: 42, b: 158, covers: 1000},
		&mark{rect: pdf.Rect{Left: right - size, Right: right, Bottom: top - height/2 - size/2, Top: top - height/2 + size/2}, r: 218, g: 37, b: 29, covers: 2000}, nil}
}

func (m *mark) picture(u *pdf.Update) *pdf.Stream {
	const side = 40
	image := pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": pdf.Integer(side), "Height": pdf.Integer(side), "BitsPerComponent": pdf.Integer(8)}
	colours := image.Clone()
	colours["ColorSpace"] = pdf.Name("DeviceRGB")
	if !m.opaque {
		alpha := image.Clone()
		alpha["ColorSpace"] = pdf.Name("DeviceGray")
		colours["SMask"] = u.Add(pdf.Flate(alpha, bytes.Repeat([]byte{0, 255, 128, 0}, side*side/4)))
	}
	ref := u.Add(pdf.Flate(colours, bytes.Repeat([]byte{m.r, m.g, m.b}, side*side)))
	content := fmt.Sprintf("q %.3f 0 0 %.3f 0 0 cm /I Do Q", m.rect.Width(), m.rect.Height())
	if m.blank {
		content = ""
	}
	return &pdf.Stream{Raw: []byte(content), Dict: pdf.Dict{"Subtype": pdf.Name("Form"), "BBox": pdf.Rect{Right: m.rect.Width(), Top: m.rect.Height()}.Array(),
		"Resources": pdf.Dict{"XObject": pdf.Dict{"I": ref}}}}
}

// issue puts the imprint on a draft.
func issue(t testing.TB, draft []byte, in imprint) []byte {
	t.Helper()
	f, err := pdf.Open(draft)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	dests, err := f.Destinations()
	if err != nil {
		t.Fatal(err)
	}
	font, err := pdf.ParseFont(readFile(t, filepath.Join("..", "..", "pdf", "testdata", "digits.ttf")))
	if err != nil {
		t.Fatal(err)
	}
	u := pdf.NewUpdate(f)
	widgets := map[pdf.Ref]pdf.Array{}
	add := func(p pdf.Page, r pdf.Rect, d pdf.Dict, appearance *pdf.Stream) {
		d["Type"], d["Subtype"], d["Rect"], d["F"] = pdf.Name("Annot"), pdf.Name("Widget"), r.Array(), pdf.Integer(4)
		d["AP"] = pdf.Dict{"N": u.Add(appearance)}
		widgets[p.Ref] = append(widgets[p.Ref], u.Add(d))
	}
	for name, text := range map[string]string{"vtNumber": in.number, "vtDay": in.day, "vtMonth": in.month} {
		if text == "" {
			continue
		}
		face := "LiberationSerif-Italic"
		if name == "vtNumber" {
			face = "LiberationSerif"
		}
		embedded, err := font.Embed(face, []rune("0123456789"), nil, u.Add)
		if err != nil {
			t.Fatal(err)
		}
		a, b := dests[name+"A"], dests[name+"B"]
		const baseline = 730.489
		r := pdf.Rect{Left: a.Left, Right: b.Left, Bottom: baseline - 3, Top: baseline + 12}
		content := fmt.Sprintf("BT /F 13 Tf 0 3 Td (%s) Tj ET", text)
		add(pages[0], r, pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.TextString(name), "V": pdf.TextString(text)},
			&pdf.Stream{Raw: []byte(content), Dict: pdf.Dict{"Subtype": pdf.Name("Form"), "BBox": pdf.Rect{Right: r.Width(), Top: r.Height()}.Array(),
				"Resources": pdf.Dict{"Font": pdf.Dict{"F": u.Add(embedded)}}}})
	}
	last := pages[len(pages)-1]
	for _, m := range []*mark{in.personal, in.seal} {
		if m != nil {
			value := u.Add(pdf.Dict{"Type": pdf.Name("Sig"), "ByteRange": pdf.Array{pdf.Integer(0), pdf.Integer(10), pdf.Integer(20), pdf.Integer(m.covers - 20)}})
			add(last, m.rect, pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.TextString(fmt.Sprint("sig", m.covers)), "V": value}, m.picture(u))
		}
	}
	if in.also != nil {
		in.also(u, last)
	}
	for ref, all := range widgets {
		d, err := u.Dict(ref)
		if err != nil {
			t.Fatal(err)
		}
		d["Annots"] = all
		u.Set(ref, d)
	}
	out, err := u.Write()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// planPDF is the good plan's draft as PDF.
func planPDF(t testing.TB) []byte {
	t.Helper()
	dir := officetest.Convert(t, officetest.ToPDF, map[string][]byte{"plan": changed(t, goodPlan(t))})
	return readFile(t, filepath.Join(dir, "plan.pdf"))
}

// Faults of issuing: each is found by its rule and no other.
func TestPDFIssuedFaults(t *testing.T) {
	draft := planPDF(t)
	shift := func(m *mark, x, y float64) {
		m.rect = pdf.Rect{Left: m.rect.Left + x, Right: m.rect.Right + x, Bottom: m.rect.Bottom + y, Top: m.rect.Top + y}
	}
	unmapped := func(u *pdf.Update, last pdf.Page) {
		fonts := last.Resources["Font"]
		all, err := u.Dict(fonts)
		if err != nil {
			t.Fatal(err)
		}
		keys := make([]string, 0, len(all))
		for k := range all {
			keys = append(keys, string(k))
		}
		slices.Sort(keys)
		ref := all[pdf.Name(keys[len(keys)-1])].(pdf.Ref)
		d, err := u.Dict(ref)
		if err != nil {
			t.Fatal(err)
		}
		delete(d, "ToUnicode")
		u.Set(ref, d)
	}
	for _, c := range []struct {
		name, rule, says string
		change           func(*imprint)
	}{
		{"as the signer makes it", "", "", func(*imprint) {}},
		{"two digits more", "", "", func(in *imprint) { in.number = "123" }},
		{"the seal at the far end of what is allowed", "", "", func(in *imprint) { shift(in.seal, 0.06*in.personal.rect.Width(), 0) }},

		{"no number", "R20", "mà số còn để trống", func(in *imprint) { in.number = "" }},
		{"no day", "R20", "ngày, tháng còn để trống", func(in *imprint) { in.day = "" }},
		{"a number without its zero", "R8", "Số văn bản viết không đúng", func(in *imprint) { in.number = "6" }},
		{"a day without its zero", "R9", "Ngày viết không đúng", func(in *imprint) { in.day = "5" }},
		{"no such day", "R9", "không có trong lịch", func(in *imprint) { in.day, in.month = "31", "02" }},
		{"letters that nobody can copy", "R4", "ToUnicode", func(in *imprint) { in.also = unmapped }},

		{"nothing is signed", "R19", "không có chữ ký số", func(in *imprint) { in.personal, in.seal = nil, nil }},
		{"no official", "R19", "Không có chữ ký số của người có thẩm quyền", func(in *imprint) { in.personal = nil }},
		{"no seal", "R19", "Không có chữ ký số của cơ quan", func(in *imprint) { in.seal = nil }},
		{"the seal first", "R19", "Cơ quan ký số trước", func(in *imprint) { in.seal.covers = 500 }},
		{"no picture", "R19", "không hiện hình chữ ký", func(in *imprint) { in.personal.blank = true }},
		{"no picture of the seal", "R19", "không hiện hình con dấu", func(in *imprint) { in.seal.blank = true }},
		{"a picture on white", "R19", "Hình chữ ký không có nền trong suốt", func(in *imprint) { in.personal.opaque = true }},
		{"a seal on white", "R19", "Hình con dấu không có nền trong suốt", func(in *imprint) { in.seal.opaque = true }},
		{"a black signature", "R19", "Hình chữ ký không phải màu xanh", func(in *imprint) { in.personal.r, in.personal.g, in.personal.b = 0, 0, 0 }},
		{"a black seal", "R19", "Hình con dấu không phải màu đỏ", func(in *imprint) { in.seal.r, in.seal.g, in.seal.b = 0, 0, 0 }},
		{"a picture over the name", "R19", "không nằm giữa chức vụ và họ tên", func(in *imprint) { shift(in.personal, 0, -60); shift(in.seal, 0, -60) }},
		{"a picture to one side", "R19", "không canh giữa theo họ tên", func(in *imprint) { shift(in.personal, 20, 0); shift(in.seal, 20, 0) }},
		{"too small a seal", "R19", "không bằng kích thước thật", func(in *imprint) {
			in.seal.rect.Left, in.seal.rect.Bottom = in.seal.rect.Left+12, in.seal.rect.Bottom+12
		}},
		{"a seal beside the picture", "R19", "trùm lên hình chữ ký không đúng", func(in *imprint) { shift(in.seal, -30, 0) }},
		{"a seal over all of it", "R19", "trùm lên hình chữ ký không đúng", func(in *imprint) { shift(in.seal, 20, 0) }},
		{"a seal at the right", "R19", "không trùm lên bên trái", func(in *imprint) { shift(in.seal, 100, 0) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := goodImprint()
			c.change(&in)
			known := &record.Version{}
			known.Issuer.Seal.DiameterMM = sealMM
			known.Type = record.DocumentType{Code: "KH", Abbreviation: "KH", Name: "Kế hoạch"}
			r, err := PDF(t.Context(), issue(t, draft, in), About{Stage: StageIssued, Document: known})
			if err != nil {
				t.Fatal(err)
			}
			if c.rule != "" && !slices.ContainsFunc(r.Findings, func(f record.Finding) bool { return strings.Contains(show(f), c.says) }) {
				t.Errorf("not found: %q", c.says)
			}
			for _, f := range r.Findings {
				if f.Rule != c.rule && f.Rule != RuleSet {
					t.Errorf("also %s", show(f))
				}
			}
		})
	}
}

// Pages without text are named, and what they may hold is not missed.
func TestPDFScans(t *testing.T) {
	draft := planPDF(t)
	scan := func(content string, pages ...int) []byte {
		f, err := pdf.Open(draft)
		if err != nil {
			t.Fatal(err)
		}
		all, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		u := pdf.NewUpdate(f)
		picture := u.Add((&mark{opaque: true, r: 250, g: 250, b: 250}).picture(u).Dict["Resources"].(pdf.Dict)["XObject"].(pdf.Dict)["I"])
		for _, n := range pages {
			d, err := u.Dict(all[n].Ref)
			if err != nil {
				t.Fatal(err)
			}
			resources := all[n].Resources.Clone()
			resources["XObject"] = pdf.Dict{"Scan": picture}
			d["Resources"], d["Contents"] = resources, u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("q 595 0 0 842 0 0 cm /Scan Do Q " + content)})
			u.Set(all[n].Ref, d)
		}
		out, err := u.Write()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		name string
		file []byte
		want []string // of all findings
	}{
		{"all", scan("", 0, 1), []string{"info ND30-2020: Không kiểm tra được: trang là ảnh chụp, không có chữ | chỗ: trang 1, 2"}},
		{"with a text layer", scan("BT 3 Tr /F1 12 Tf 99 99 Td <0102> Tj ET", 0, 1), []string{"info ND30-2020: Không kiểm tra được: trang là ảnh chụp, chữ bên dưới do máy nhận dạng | chỗ: trang 1, 2"}},
		{"the first page", scan("", 0), []string{"info ND30-2020: Không kiểm tra được: trang là ảnh chụp, không có chữ | chỗ: trang 1"}},
		{"the last page", scan("", 1), []string{"info ND30-2020: Không kiểm tra được: trang là ảnh chụp, không có chữ | chỗ: trang 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range lintPDF(t, c.file, StageDraft) {
				line, _, _ := strings.Cut(show(f), " | cần:")
				got = append(got, line)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}
