package lint

import (
	"fmt"
	"strings"

	"vanthu/templates/ooxml"
)

// Limits of fields: Word nests 20, and what an instruction does shows in its
// first words.
const (
	maxFields      = 64
	maxInstruction = 400
)

// maxSpan bounds the text that is put together from runs of one look.
const maxSpan = 1 << 10

// openField is a field whose end was not met yet. Fields may hold each other
// and end paragraphs later.
type openField struct {
	code   string
	name   string // upper case: "PAGE"
	result bool   // what is read now is its result
	look   runFormat
}

func (r *lintReader) openField(look runFormat) {
	if len(r.fields) >= maxFields {
		r.err = ooxml.BadXML(r.pkg.Document, fmt.Sprintf("trường (field) lồng nhau quá %d tầng", maxFields), nil)
		return
	}
	r.fields = append(r.fields, &openField{look: look})
}

func (r *lintReader) instruction(look runFormat, text string) {
	n := len(r.fields)
	if n == 0 || r.fields[n-1].result {
		return
	}
	open := r.fields[n-1]
	if len(open.code)+len(text) <= maxInstruction {
		open.code, open.look = open.code+text, look
	}
}

// resultBegins notes the field where its result stands.
func (r *lintReader) resultBegins(p *lintPara) {
	n := len(r.fields)
	if n == 0 || r.fields[n-1].result {
		return
	}
	open := r.fields[n-1]
	open.result = true
	if words := strings.Fields(open.code); len(words) > 0 {
		open.name = strings.ToUpper(words[0])
	}
	p.spans = append(p.spans, lintSpan{look: open.look, field: open.name, code: open.code})
}

func (r *lintReader) closeField() {
	if n := len(r.fields); n > 0 {
		r.fields = r.fields[:n-1]
	}
}

// text adds what is printed: nothing hidden, no instruction of a field. Runs
// of one look join, to a bound that keeps the joining linear.
func (r *lintReader) text(p *lintPara, f runFormat, text string) {
	field := ""
	for _, open := range r.fields {
		if !open.result {
			return
		}
		field = open.name
	}
	if text == "" || f.hidden == on {
		return
	}
	if r.letters += len(text); r.letters > maxLintText {
		r.err = ooxml.TooLarge("có hơn %d MB chữ", maxLintText>>20)
		return
	}
	if n := len(p.spans) - 1; n >= 0 && p.spans[n].look == f && p.spans[n].field == field && p.spans[n].code == "" && len(p.spans[n].text) < maxSpan {
		p.spans[n].text += text
		return
	}
	p.spans = append(p.spans, lintSpan{text: text, look: f, field: field})
}
