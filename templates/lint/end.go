package lint

import (
	"strings"

	"vanthu/templates/vntext"
)

// checkEndMark is R14: the text ends with ./. once; after it come only
// recipients, signature and annexes, and perhaps a note in brackets.
func checkEndMark(d *lintDoc, f *finder) {
	z := d.zones
	if len(z.marks) == 0 {
		at := wholeText()
		if n := len(z.text.body); n > 0 {
			at = z.text.body[n-1].spot()
		}
		const message = "Không có dấu kết thúc văn bản"
		if endMarked(z) {
			f.breach(at, message, "", "./.")
		} else {
			f.warn(at, message, "", "./.")
		}
		return
	}
	total := 0
	for _, p := range z.marks {
		n := strings.Count(p.plain, "./.")
		if total += n; total > n || n > 1 {
			f.breach(p.spot(), "Dấu kết thúc văn bản có nhiều hơn một lần", "./.", "chỉ ở cuối văn bản")
		}
	}
	last := z.marks[len(z.marks)-1]
	if !strings.HasSuffix(last.plain, "./.") {
		_, rest, _ := strings.Cut(last.plain, "./.")
		f.breach(last.spot(), "Sau dấu kết thúc văn bản còn chữ", strings.TrimSpace(rest), "./. là những chữ cuối cùng")
	}
	checkAfterEnd(d, f, last)
	for _, a := range z.annexes {
		checkAttachedEnd(d, f, a)
	}
}

// checkAttachedEnd: what a decision issues ends as the decree's form of it does.
func checkAttachedEnd(d *lintDoc, f *finder, a lintAnnex) {
	if !a.attached || len(a.text.body) == 0 {
		return
	}
	marks := 0
	for _, p := range d.paras[a.start:a.end] {
		marks += strings.Count(p.plain, "./.")
	}
	switch last := a.text.body[len(a.text.body)-1]; {
	case marks == 0:
		f.warn(last.spot(), "Không có dấu kết thúc ở văn bản kèm theo", "", "./.")
	case marks > 1:
		f.breach(last.spot(), "Dấu kết thúc văn bản có nhiều hơn một lần", "./.", "chỉ ở cuối văn bản kèm theo")
	}
}

func checkAfterEnd(d *lintDoc, f *finder, last *lintPara) {
	z := d.zones
	closing := (*lintTable)(nil) // with recipients and signature
	if z.label != nil {
		if t := z.label.para.root().table; t != nil {
			closing = t.outer
		}
	}
	for _, p := range d.paras[lastOf(d, last)+1 : max(lastOf(d, last)+1, z.annex)] {
		if z.label != nil && closing == nil && p.index >= z.label.para.index {
			return
		}
		switch {
		case p.blank(), p.box != 0, p.signing():
		case p.table != nil:
			if closing == nil {
				closing = p.table.outer
			}
			if p.table.outer != closing {
				f.breach(p.spot(), "Sau dấu kết thúc văn bản còn bảng", vntext.Clip(p.plain), "chỉ còn nơi nhận, chữ ký và phụ lục")
			}
		case strings.HasPrefix(p.plain, "(") && strings.Contains(p.plain, ")"):
			f.warn(p.spot(), "Sau dấu kết thúc văn bản còn lời ghi chú; nên đưa lên trước", vntext.Clip(p.plain), "chỉ còn nơi nhận, chữ ký và phụ lục")
		default:
			f.breach(p.spot(), "Sau dấu kết thúc văn bản còn chữ", vntext.Clip(p.plain), "chỉ còn nơi nhận, chữ ký và phụ lục")
		}
	}
}

// endMarked says whether the type is one whose forms all end with ./. in the
// decree: letters, plans, reports, decisions, notices, proposals.
func endMarked(z *lintZones) bool { return z.is("CV", "KH", "BC", "QĐ", "TB", "TTr") }
