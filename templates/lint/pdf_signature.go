package lint

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"vanthu/pdf"
)

// signed is a signature that stands in the file, with the picture it shows.
type signed struct {
	sheet   *sheet
	covers  int // up to which byte of the file
	picture *pdf.Picture
	ink     pdf.Ink
}

func (s signed) red() bool  { return s.ink.Known && s.ink.R > s.ink.G+0.15 && s.ink.R > s.ink.B+0.15 }
func (s signed) blue() bool { return s.ink.Known && s.ink.B > s.ink.R+0.15 && s.ink.B >= s.ink.G }

// pdfSignature is R19: the official's picture between title and name, blue on
// nothing; the seal's over its left third, red on nothing, in its real size;
// the official's signature first. Whether they are valid is for the verifier.
func pdfSignature(d *pdfDoc, f *finder) {
	if d.about.Stage != StageIssued || d.zones.attachedAlone() { // of a file attached the seal is not shown
		return
	}
	all := d.signatures()
	if len(all) == 0 {
		f.breach(wholeText(), "Văn bản phát hành mà không có chữ ký số", "", "chữ ký số của người có thẩm quyền, rồi của cơ quan")
		return
	}
	personal, seal := partsOf(all)
	if personal == nil {
		f.breach(all[0].sheet.spot(), "Không có chữ ký số của người có thẩm quyền", "", "chữ ký số của người có thẩm quyền, rồi của cơ quan")
	} else {
		d.judgePersonal(f, personal)
	}
	if seal == nil {
		f.breach(all[0].sheet.spot(), "Không có chữ ký số của cơ quan", "", "chữ ký số của người có thẩm quyền, rồi của cơ quan")
		return
	}
	d.judgeSeal(f, seal)
	if personal != nil {
		judgeOverlap(f, personal, seal)
	}
}

// signatures are those that are made, the first one first.
func (d *pdfDoc) signatures() []signed {
	var out []signed
	for _, s := range d.sheets {
		for n, w := range s.widgets {
			value, ok := w.Value.(pdf.Dict)
			if w.Type != "Sig" || !ok {
				continue
			}
			one := signed{sheet: s, covers: d.coverage(value)}
			for i, p := range s.pictures {
				if p.Widget == n+1 && (one.picture == nil || area(p) > area(*one.picture)) {
					one.picture = &s.pictures[i]
				}
			}
			if one.picture != nil {
				// A picture whose colours cannot be read has none that is wrong.
				one.ink, _ = d.file.Tint(*one.picture)
			}
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b signed) int { return cmp.Compare(a.covers, b.covers) })
	return out
}

func area(p pdf.Picture) float64 { return p.Rect.Width() * p.Rect.Height() }

// coverage is the end of a signature's byte range.
func (d *pdfDoc) coverage(value pdf.Dict) int {
	list, err := pdf.As[pdf.Array](d.file, value["ByteRange"])
	if err != nil || len(list) != 4 {
		return 0
	}
	from, err1 := d.file.Number(list[2])
	size, err2 := d.file.Number(list[3])
	if err1 != nil || err2 != nil || math.Abs(from+size) > pdf.MaxFileSize {
		return 0
	}
	return int(from + size)
}

// partsOf says which signature is whose: the seal is red; where none is, the
// last of several is the seal's.
func partsOf(all []signed) (personal, seal *signed) {
	for i := range all {
		if all[i].red() && seal == nil {
			seal = &all[i]
		} else if personal == nil {
			personal = &all[i]
		}
	}
	if seal == nil && len(all) > 1 {
		seal = &all[len(all)-1]
	}
	return personal, seal
}

func (d *pdfDoc) judgePersonal(f *finder, s *signed) {
	at := s.sheet.spot()
	if s.picture == nil {
		f.breach(at, "Chữ ký số của người có thẩm quyền không hiện hình chữ ký", "", "hình chữ ký màu xanh, nền trong suốt")
		return
	}
	if !s.picture.Alpha {
		f.breach(at, "Hình chữ ký không có nền trong suốt", "nền đục", "ảnh PNG nền trong suốt")
	}
	if s.ink.Known && !s.blue() {
		f.breach(at, "Hình chữ ký không phải màu xanh", "màu "+colourOf(s.ink), "màu xanh")
	}
	d.judgePlace(f, s)
}

// judgePlace: between the last title and the name, in their middle.
func (d *pdfDoc) judgePlace(f *finder, s *signed) {
	const slack = 3 * pointsPerMM
	var title, name *run
	for i := range d.zones.signer {
		r := d.lineAt(&d.zones.signer[i])
		if upper(r.plain) {
			title = r
		} else {
			name = r
		}
	}
	if title == nil || name == nil {
		return // R15 says so
	}
	at, box := s.sheet.spot(), s.picture.Rect
	const want = "ở giữa, dưới chức vụ và trên họ tên"
	switch {
	case title.sheet != s.sheet || name.sheet != s.sheet:
		f.breach(at, "Hình chữ ký không ở trang của chức vụ và họ tên", fmt.Sprintf("trang %d", s.sheet.number), want)
	case box.Top > title.y+slack || box.Bottom < name.y-slack:
		f.breach(at, "Hình chữ ký không nằm giữa chức vụ và họ tên", fmt.Sprintf("từ %s đến %s từ mép dưới giấy", mmText(box.Bottom), mmText(box.Top)), want)
	case math.Abs((box.Left+box.Right)/2-name.middle()) > slack:
		f.breach(at, "Hình chữ ký không canh giữa theo họ tên", "lệch "+mmText(math.Abs((box.Left+box.Right)/2-name.middle())), want)
	}
}

func (d *pdfDoc) judgeSeal(f *finder, s *signed) {
	at := s.sheet.spot()
	if s.picture == nil {
		f.breach(at, "Chữ ký số của cơ quan không hiện hình con dấu", "", "hình con dấu màu đỏ, nền trong suốt")
		return
	}
	if !s.picture.Alpha {
		f.breach(at, "Hình con dấu không có nền trong suốt", "nền đục", "ảnh PNG nền trong suốt")
	}
	if s.ink.Known && !s.red() {
		f.breach(at, "Hình con dấu không phải màu đỏ", "màu "+colourOf(s.ink), "màu đỏ")
	}
	if d.about.Document == nil || d.about.Document.Issuer.Seal.DiameterMM == 0 {
		return
	}
	const slack = 1 // mm
	want := d.about.Document.Issuer.Seal.DiameterMM
	if got := max(s.picture.Rect.Width(), s.picture.Rect.Height()) / pointsPerMM; math.Abs(got-want) > slack {
		f.breach(at, "Hình con dấu không bằng kích thước thật", mmText(got*pointsPerMM), mmText(want*pointsPerMM))
	}
}

// judgeOverlap: the seal covers about a third of the picture, at its left, and
// came after it.
func judgeOverlap(f *finder, personal, seal *signed) {
	const (
		low, high = 0.25, 0.40
		rounding  = 0.005
		want      = "trùm khoảng 1/3 hình chữ ký, về phía bên trái"
	)
	at := seal.sheet.spot()
	if seal.covers < personal.covers {
		f.breach(at, "Cơ quan ký số trước người có thẩm quyền", "", "người có thẩm quyền ký trước, cơ quan ký sau")
	}
	if personal.picture == nil || seal.picture == nil {
		return
	}
	p, s := personal.picture.Rect, seal.picture.Rect
	share := (s.Right - p.Left) / max(p.Width(), 1)
	switch {
	case personal.sheet != seal.sheet, s.Bottom > p.Top || s.Top < p.Bottom, s.Left > p.Left:
		f.breach(at, "Hình con dấu không trùm lên bên trái hình chữ ký", "", want)
	case share < low-rounding || share > high+rounding:
		f.breach(at, "Hình con dấu trùm lên hình chữ ký không đúng", strings.ReplaceAll(fmt.Sprintf("%.2f chiều ngang hình chữ ký", share), ".", ","), want)
	}
}
