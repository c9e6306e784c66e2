package templates

import (
	"strings"
	"unicode/utf8"

	"vanthu/record"
	"vanthu/templates/filter"
)

// What a paragraph of the result is written from: runs of one look, and signs
// that are no text.

// add appends text, to the last run where the look is the same.
func (o *outParagraph) add(props *runProps, variant int, t outText) {
	if n := len(o.runs) - 1; n >= 0 && o.runs[n].raw == nil && o.runs[n].props == props && o.runs[n].variant == variant && len(o.runs[n].parts) < maxParts {
		o.runs[n].parts = append(o.runs[n].parts, t)
		return
	}
	o.runs = append(o.runs, outRun{props: props, variant: variant, parts: []outText{t}})
}

// put appends a value: its bold and italic spans, its line breaks and tabs.
func (o *outParagraph) put(props *runProps, v *value) {
	spans := v.spans()
	if v.rich {
		spans = unbroken(spans)
	}
	o.spans(props, 0, spans)
}

// spans appends text in the weights of its spans and of variant.
func (o *outParagraph) spans(props *runProps, variant int, spans []record.Span) {
	for _, s := range spans {
		weight := variant
		if s.Bold {
			weight |= 1
		}
		if s.Italic {
			weight |= 2
		}
		o.text(props, weight, s.Text)
	}
}

// signs are what is no text in a w:t.
var signs = map[rune]string{'\n': "<w:br/>", '\t': "<w:tab/>", filter.NoBreakHyphen: "<w:noBreakHyphen/>"}

const signSet = "\n\t" + string(filter.NoBreakHyphen)

func (o *outParagraph) text(props *runProps, variant int, rest string) {
	for rest != "" {
		i := strings.IndexAny(rest, signSet)
		if i < 0 {
			o.add(props, variant, outText{rest, true})
			return
		}
		if i > 0 {
			o.add(props, variant, outText{rest[:i], true})
		}
		sign, size := utf8.DecodeRuneInString(rest[i:])
		o.runs = append(o.runs, signRun(props, variant, sign))
		rest = rest[i+size:]
	}
}

func signRun(props *runProps, variant int, sign rune) outRun {
	return outRun{props: props, variant: variant, sign: sign,
		raw: []chunk{static("<w:r>" + props.xml[variant] + signs[sign] + "</w:r>")}}
}
