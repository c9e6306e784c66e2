package templates

import (
	"strings"

	"vanthu/templates/metric"
)

// endMark ends the body: "./." stands behind its last paragraph, in place of
// the full stop there, and that paragraph goes to the next page together with
// the signature when there is no room (a signature is never alone on a page).
func (r *renderer) endMark(f *flow, t *tag) {
	if f.last == nil {
		r.fault(nil, "", "end-mark-alone", "Không có đoạn nào trước thẻ {./.}", t)
		return
	}
	f.last.keepNext, f.tied = true, true
	for i := len(f.last.runs) - 1; i >= 0; i-- {
		run := &f.last.runs[i]
		if len(run.parts) == 0 {
			continue
		}
		end := &run.parts[len(run.parts)-1]
		s := strings.TrimRight(end.text, " \u00a0")
		if !strings.HasSuffix(s, "./.") {
			if !strings.HasSuffix(s, "..") { // an ellipsis stays
				s = strings.TrimRight(s, ".;,")
			}
			s += "./."
		}
		end.text = s
		return
	}
	f.last.add(f.last.from.firstProps(), 0, outText{text: "./."})
}

func (p *paragraph) firstProps() *runProps {
	if p.look != nil {
		return p.look
	}
	for _, x := range p.pieces {
		if x.props != nil {
			return x.props
		}
	}
	return &runProps{}
}

// inset is the distance of a rule from both sides, so that it is as long as
// the last line of the text above it, or as the part of it that the decree
// asks for.
func (r *renderer) inset(f *flow, kind ruleKind) int {
	above := r.part.styles.look(f.last.from.style)
	var text []metric.Stretch
	for _, run := range f.last.runs {
		if run.brk {
			text = append(text, metric.Stretch{Text: "\n", Look: above.metric()})
		}
		if run.props == nil {
			continue
		}
		l := above.with(run.props.direct)
		l.bold = l.bold || run.variant&1 != 0
		l.italic = l.italic || run.variant&2 != 0
		for _, t := range run.parts {
			text = append(text, metric.Stretch{Text: t.text, Look: l.metric()})
		}
	}
	length := r.widths.LastLine(text, float64(f.width))
	if kind == partRule {
		length *= rulePart
	}
	return max(0, int((float64(f.width)-length)/2))
}
