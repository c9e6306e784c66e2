package templates

import (
	"slices"
	"strings"

	"vanthu/templates/filter"
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
// asks for. The text's lines are ended where they were measured to end.
func (r *renderer) inset(f *flow, kind ruleKind) int {
	f.last.endLines(r.stretches(f.last), r.widths, float64(f.width))
	length := r.widths.LastLine(r.stretches(f.last), float64(f.width))
	if kind == partRule {
		length *= rulePart
	}
	return max(0, int((float64(f.width)-length)/2))
}

// stretches is what a paragraph prints, one stretch for each part of its runs.
func (r *renderer) stretches(o *outParagraph) []metric.Stretch {
	above := r.part.styles.look(o.from.style)
	var text []metric.Stretch
	for _, run := range o.runs {
		l := above
		if run.props != nil {
			l = above.with(run.props.direct)
		}
		l.bold = l.bold || run.variant&1 != 0
		l.italic = l.italic || run.variant&2 != 0
		switch {
		case run.sign == filter.NoBreakHyphen:
			text = append(text, metric.Stretch{Text: "-", Look: l.metric()})
		case run.sign == '\n':
			text = append(text, metric.Stretch{Text: "\n", Look: l.metric()})
		case run.raw != nil:
			text = append(text, metric.Stretch{Look: l.metric()})
		}
		for _, t := range run.parts {
			text = append(text, metric.Stretch{Text: t.text, Look: l.metric()})
		}
	}
	return text
}

// endLines breaks lines that are too long for width, as evenly as they can be:
// a rule as long as the last line must not hang on how a program that sets the
// text kerns it. text is that of o's runs, see stretches.
func (o *outParagraph) endLines(text []metric.Stretch, widths *metric.Faces, width float64) {
	ends := widths.Ends(text, width)
	for _, e := range slices.Backward(ends) {
		n := e.Stretch
		for i := range o.runs {
			parts := max(1, len(o.runs[i].parts))
			if n >= parts {
				n -= parts
				continue
			}
			run := o.runs[i]
			left, right := run, run
			left.parts, right.parts = slices.Clone(run.parts[:n+1]), slices.Clone(run.parts[n:])
			left.parts[n].text = run.parts[n].text[:e.At]
			right.parts[0].text = run.parts[n].text[e.At+1:]
			o.runs = slices.Replace(o.runs, i, i+1, left, signRun(run.props, run.variant, '\n'), right)
			break
		}
	}
}
