package lint

import (
	"strings"

	"vanthu/templates/vntext"
)

// checkTitle is R10: the type over the subject, or for a letter "V/v ..." under
// the number.
func checkTitle(d *lintDoc, f *finder) {
	z := d.zones
	if z.letter || z.text.title == nil && z.about != nil {
		checkLetterSubject(d, f)
	} else {
		checkTypeTitle(d, f, z.text, wholeText())
		if z.about != nil {
			f.breach(z.about.para.spot(), "Văn bản có tên loại mà trích yếu còn ở dưới số, ký hiệu", vntext.Clip(z.about.plain), "trích yếu ở ngay dưới tên loại")
		}
	}
	judgeType(f, titleSpot(z), z.text.name, d.about)
	for _, a := range z.annexes {
		if a.attached {
			checkTypeTitle(d, f, a.text, d.paras[a.start].spot())
		}
	}
}

func titleSpot(z *lintZones) spot {
	if z.text.title != nil {
		return z.text.title.para.spot()
	}
	return wholeText()
}

// bareTypes have no subject in their forms.
var bareTypes = map[string]bool{"GGT": true, "GNP": true, "PG": true, "PC": true, "PB": true, "GUQ": true, "GM": true, "HĐ": true}

func checkTypeTitle(d *lintDoc, f *finder, t lintText, at spot) {
	if t.title == nil {
		f.breach(at, "Không có tên loại văn bản", "", "tên loại viết hoa, in đậm, ở giữa trang; công văn thì có “Kính gửi”")
		return
	}
	at = t.title.para.spot()
	if _, whole := d.zones.typeNamed(t.name); t.kind == nil {
		f.breach(at, "Tên loại văn bản không có trong quy định", vntext.Clip(t.name), "một trong các loại của NĐ 30/2020, Điều 7")
	} else if !whole {
		f.breach(at, "Tên loại và trích yếu viết chung một dòng", vntext.Clip(t.name), strings.ToUpper(t.kind.Name)+", trích yếu ở dòng dưới")
	}
	checkLook(f, *t.title, "tên loại", 13, 14)
	if !t.title.para.centred() {
		f.breach(at, "Tên loại không ở giữa", aligned(t.title.para.format.align), "canh giữa")
	}
	if len(t.subject) == 0 {
		if t.kind != nil && !bareTypes[t.kind.Code] {
			f.breach(at, "Dưới tên loại không có trích yếu", vntext.Clip(t.name), "trích yếu in đậm, ở ngay dưới tên loại")
		}
		return
	}
	for _, l := range t.subject {
		checkLook(f, l, "trích yếu", 13, 14)
	}
	last := t.subject[len(t.subject)-1]
	if !last.para.centred() {
		f.breach(last.para.spot(), "Trích yếu không ở giữa", aligned(last.para.format.align), "canh giữa")
	}
	if head := strings.Join(plains(t.subject), " "); upper(head) {
		f.breach(last.para.spot(), "Trích yếu viết hoa toàn bộ", vntext.Clip(head), "chữ in thường")
	}
	if !carriesReference(t) {
		checkRule(d, f, "trích yếu", t.subject, 1.0/3, 1.0/2)
	}
}

// carriesReference: under the title of an attached document stands what it is
// attached to, and the rule below that.
func carriesReference(t lintText) bool { return len(t.reference) > 0 }

// checkLook is for what is upright and bold.
func checkLook(f *finder, l lintLine, name string, low, high int) {
	at := l.para.spot()
	if found, wrong := wrongSize(l.spans, low, high); wrong {
		f.breach(at, "Cỡ chữ của "+name+" không đúng", found, sizeRange(low, high))
	}
	if !every(l.spans, isBold) {
		f.breach(at, sentence(name)+" không in đậm", weight(l.spans), "kiểu chữ đứng, đậm")
	}
	if !every(l.spans, isUpright) {
		f.breach(at, sentence(name)+" in nghiêng", weight(l.spans), "kiểu chữ đứng, đậm")
	}
}

// sentence begins with a capital.
func sentence(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// judgeType compares the printed type with the one that the office has on
// record.
func judgeType(f *finder, at spot, printed string, about About) {
	if about.Document == nil {
		return
	}
	want := about.Document.Type
	switch {
	case want.Abbreviation == "" && printed != "":
		f.breach(at, "Công văn có dòng tên loại", vntext.Clip(printed), "không có tên loại; trích yếu “V/v …” dưới số, ký hiệu")
	case want.Abbreviation != "" && printed != "" && fold(printed) != fold(want.Name):
		f.breach(at, "Tên loại in trên văn bản khác loại đã đăng ký", vntext.Clip(printed), strings.ToUpper(want.Name))
	}
}

// checkLetterSubject: "V/v ..." of a letter, 12 to 13 pt, plain, six points
// below the number.
func checkLetterSubject(d *lintDoc, f *finder) {
	z := d.zones
	if z.about == nil {
		f.breach(wholeText(), "Công văn không có trích yếu dưới số, ký hiệu", "", "V/v …")
		return
	}
	at := z.about.para.spot()
	if !strings.HasPrefix(z.about.plain, "V/v ") {
		f.breach(at, "Trích yếu công văn không bắt đầu bằng “V/v”", vntext.Clip(z.about.plain), "V/v …")
	}
	if found, wrong := wrongSize(z.about.spans, 12, 13); wrong {
		f.breach(at, "Cỡ chữ của trích yếu công văn không đúng", found, sizeRange(12, 13))
	}
	if !every(z.about.spans, isPlain) || !every(z.about.spans, isUpright) {
		f.breach(at, "Trích yếu công văn in đậm hoặc nghiêng", weight(z.about.spans), "kiểu chữ đứng, không đậm")
	}
	if gap, known := gapAbove(d, z.number, z.about); known && gap < 115 {
		f.breach(at, "Trích yếu công văn quá sát số, ký hiệu", decimalPoints(gap), "cách dòng 6 pt")
	}
}

// gapAbove is the space between two lines that follow each other, in twips;
// empty paragraphs between them are enough.
func gapAbove(d *lintDoc, above, below *lintLine) (int, bool) {
	if above == nil || above.para == below.para {
		return 0, above != nil
	}
	a, b := above.para, below.para
	if a.box != b.box || b.index < a.index || a.cell != b.cell && (a.cell == nil || b.cell == nil || a.table != b.table) {
		return 0, false
	}
	for _, p := range d.paras[a.index+1 : b.index] {
		if p.cell == b.cell && p.blank() {
			return 0, false
		}
	}
	return a.format.after.n + b.format.before.n, true
}
