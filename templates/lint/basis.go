package lint

import (
	"regexp"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

var basisBegin = regexp.MustCompile(`^(?i:căn cứ|xét|theo đề nghị|xét đề nghị)\s`)

// checkBasis is R11: lines that say what a document rests on are in italics,
// each ends with a semicolon and the last with a full stop; a decision has
// them, and names who decides, "QUYẾT ĐỊNH:" and its articles.
func checkBasis(d *lintDoc, f *finder) {
	z := d.zones
	level := record.LevelWarning
	if z.is("QĐ") {
		level = record.LevelError
		checkDecision(d, f)
	}
	lines := basisLines(z.text.body)
	for i, p := range lines {
		at := p.spot()
		if !p.italic() {
			f.report(level, at, "Căn cứ ban hành không in nghiêng", weight(p.spans), "kiểu chữ nghiêng")
		}
		sign, want := ";", "dấu chấm phẩy ở cuối"
		if i == len(lines)-1 {
			sign, want = ".", "dấu chấm ở cuối căn cứ cuối cùng"
		}
		if !strings.HasSuffix(p.plain, sign) {
			f.report(level, at, "Dấu ở cuối căn cứ không đúng", tail(p.plain), want)
		}
	}
}

func (p *lintPara) italic() bool { return every(p.spans, isItalic) }

// basisLines are the paragraphs that the body begins with as long as they say
// a basis. Prose that begins so and goes on to what is ordered is no such line.
func basisLines(body []*lintPara) []*lintPara {
	var out []*lintPara
	for _, p := range body {
		if !basisBegin.MatchString(p.plain) || prose(p) {
			return out
		}
		out = append(out, p)
	}
	return out
}

// prose says whether a sentence that begins like a basis orders something
// itself: it leads to the text with a colon, or is upright and says so.
func prose(p *lintPara) bool {
	s := strings.ToLower(p.plain)
	return strings.HasSuffix(s, ":") || !p.italic() && (strings.Contains(s, " ban hành ") || strings.Contains(s, " xây dựng ") || strings.Contains(s, " báo cáo ") || strings.Contains(s, " đề nghị "))
}

func tail(s string) string {
	r := []rune(s)
	if len(r) > 30 {
		return "…" + string(r[len(r)-30:])
	}
	return s
}

// checkDecision: what Mẫu 1.2 and 1.3 of PL III have and other types do not.
func checkDecision(d *lintDoc, f *finder) {
	z := d.zones
	at := titleSpot(z)
	body := z.text.body
	if len(basisLines(body)) == 0 {
		f.breach(at, "Quyết định không có căn cứ ban hành", "", "các dòng “Căn cứ …;” sau dòng thẩm quyền ban hành")
	}
	if len(z.text.authority) == 0 {
		f.breach(at, "Quyết định không có dòng thẩm quyền ban hành", "", "chức vụ của người đứng đầu hoặc tên cơ quan, viết hoa, in đậm, dưới trích yếu")
	}
	for _, l := range z.text.authority {
		checkLook(f, l, "dòng thẩm quyền ban hành", 13, 14)
	}
	resolved, article := false, false
	for _, p := range body {
		if resolves(p.plain) {
			resolved = true
			checkResolved(f, p)
		}
		article = article || resolved && labelOf(p.plain).kind == labelArticle
	}
	switch {
	case !resolved:
		f.breach(at, "Quyết định không có dòng “QUYẾT ĐỊNH:”", "", "QUYẾT ĐỊNH:")
	case !article:
		f.breach(at, "Quyết định không có điều nào", "", "Điều 1. …")
	}
}

func checkResolved(f *finder, p *lintPara) {
	at := p.spot()
	if p.plain != "QUYẾT ĐỊNH:" {
		f.breach(at, "Dòng “QUYẾT ĐỊNH:” viết không đúng", vntext.Clip(p.plain), "QUYẾT ĐỊNH:")
	}
	if !p.bold() || !p.centred() {
		f.breach(at, "Dòng “QUYẾT ĐỊNH:” không in đậm ở giữa", weight(p.spans)+", "+aligned(p.format.align), "in đậm, canh giữa")
	}
}
