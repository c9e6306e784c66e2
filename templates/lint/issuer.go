package lint

import (
	"regexp"
	"slices"
	"strings"

	"vanthu/record"
)

// checkIssuer is R7: superior and issuing body beside Quốc hiệu, in capitals,
// only the issuing body bold, with its rule; as the register of organisations
// has them.
func checkIssuer(d *lintDoc, f *finder) {
	for _, h := range d.zones.heads() {
		checkIssuerOf(d, f, h)
	}
}

func checkIssuerOf(d *lintDoc, f *finder, h lintHead) {
	z := d.zones
	if len(h.issuer) == 0 {
		home := h.nation
		if home == nil {
			home = h.motto
		}
		// Beside a text box the issuing body may be in one too, whose place on
		// the page is not told.
		if home == nil && z.number == nil && !z.attachedAlone() || home != nil && home.para.box == 0 {
			f.breach(wholeText(), "Không có tên cơ quan ban hành", "", "tên cơ quan ban hành ở bên trái Quốc hiệu")
		}
		return
	}
	var bold []lintLine
	for _, l := range h.issuer {
		at := l.para.spot()
		if found, wrong := wrongSize(l.spans, 12, 13); wrong {
			f.breach(at, "Cỡ chữ của tên cơ quan không đúng", found, sizeRange(12, 13))
		}
		if !upper(l.plain) {
			f.breach(at, "Tên cơ quan không viết hoa", l.plain, strings.ToUpper(l.plain))
		}
		if !every(l.spans, isUpright) {
			f.breach(at, "Tên cơ quan in nghiêng", "chữ nghiêng", "kiểu chữ đứng")
		}
		if every(l.spans, isBold) {
			bold = append(bold, l)
		}
	}
	last := h.issuer[len(h.issuer)-1]
	switch {
	case !every(last.spans, isBold):
		f.breach(last.para.spot(), "Tên cơ quan ban hành không in đậm", weight(last.spans), "kiểu chữ đứng, đậm")
	default:
		checkSuperior(d, f, bold)
	}
	checkRule(d, f, "tên cơ quan ban hành", []lintLine{last}, 1.0/3, 1.0/2)
	judgeIssuer(f, last.para.spot(), plains(h.issuer), d.about)
}

// ownUnit begins the names of bodies that stand under another one.
var ownUnit = regexp.MustCompile(`^(SỞ|PHÒNG|CỤC|CHI CỤC|TỔNG CỤC|VỤ|TRUNG TÂM|TRƯỜNG|VIỆN|BỆNH VIỆN|VĂN PHÒNG|THANH TRA|BAN QUẢN LÝ|HỌC VIỆN)\s`)

// checkSuperior: the lines in bold are one name, the issuing body's.
func checkSuperior(d *lintDoc, f *finder, bold []lintLine) {
	if about := d.about.Document; about != nil {
		issuer := about.Issuer
		if issuer.Superior != "" && len(bold) > 0 && strings.HasPrefix(folded(plains(bold)), fold(issuer.Superior)) && len(bold) > len(issuer.Lines) {
			f.breach(bold[0].para.spot(), "Tên cơ quan chủ quản in đậm", bold[0].plain, "kiểu chữ đứng, không đậm")
		}
		return
	}
	for i, l := range bold {
		if i > 0 && ownUnit.MatchString(l.plain) && !ownUnit.MatchString(bold[0].plain) {
			f.breach(bold[0].para.spot(), "Tên cơ quan chủ quản in đậm", bold[0].plain, "kiểu chữ đứng, không đậm")
			return
		}
	}
}

// judgeIssuer compares the lines with the register: what the body is called on
// the document's day.
func judgeIssuer(f *finder, at spot, lines []string, about About) {
	if about.Document == nil || about.Document.Issuer.Lines == nil {
		return
	}
	on := about.Document.Issuer
	want := registered(on)
	if folded(lines) != folded(want) {
		f.breach(at, "Tên cơ quan không đúng như trong dữ liệu cơ quan vào ngày văn bản", strings.Join(lines, " / "), strings.Join(want, " / "))
	}
}

// registered are the lines of the head by the register.
func registered(on record.OrganizationOn) []string {
	var want []string
	if on.Superior != "" {
		want = append(want, on.Superior)
	}
	return slices.Concat(want, on.Lines)
}

// folded is fold of lines put together.
func folded(lines []string) string { return fold(strings.Join(lines, " ")) }

func plains(lines []lintLine) []string {
	var out []string
	for _, l := range lines {
		out = append(out, l.plain)
	}
	return out
}
