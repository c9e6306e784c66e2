package templates

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"

	docx "github.com/lukasjarosch/go-docx"
)

// goDocx guards go-docx, whose counters are global to the process: two
// catalogues must not use it at once either.
var goDocx sync.Mutex

// Values go to go-docx in batches: each call costs, and so do the squares of
// many values and of long texts around them.
const (
	maxBatch   = 4   // values of one call, and what the last run has more
	maxLiteral = 100 // bytes of a form's own text that go along
)

// writer puts a rendered part together. Runs with values wait until there is a
// batch for go-docx; everything else is written as it is.
type writer struct {
	pieces  []string
	waiting []waitingRun
	values  []string
}

// waitingRun is the text of a run whose values are still {0}, {1} and so on.
type waitingRun struct {
	piece int // its place in pieces
	text  string
}

// writePart is the XML of a rendered part.
func writePart(head string, all []chunk) ([]byte, error) {
	w := &writer{pieces: []string{head}}
	if err := w.chunks(all); err != nil {
		return nil, err
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	n := 0
	for _, s := range w.pieces {
		n += len(s)
	}
	out := bytes.NewBuffer(make([]byte, 0, n))
	for _, s := range w.pieces {
		out.WriteString(s)
	}
	return out.Bytes(), nil
}

func (w *writer) put(s string) { w.pieces = append(w.pieces, s) }

func (w *writer) chunks(all []chunk) error {
	for _, c := range all {
		switch x := c.(type) {
		case static:
			w.put(string(x))
		case *outMark:
			if !x.dead {
				w.put(x.xml)
			}
		case *outCell:
			w.put(x.from.open)
			w.put(x.from.props[x.merge])
		case *outParagraph:
			if err := w.paragraph(x); err != nil {
				return fmt.Errorf("%s, paragraph %d: %w", x.from.site.part, x.from.site.paragraph, err)
			}
		}
	}
	return nil
}

func (w *writer) paragraph(p *outParagraph) error {
	w.put(p.from.open)
	w.put(p.properties())
	for _, run := range p.runs {
		if run.raw != nil {
			if err := w.chunks(run.raw); err != nil {
				return err
			}
		} else if err := w.run(run); err != nil {
			return err
		}
	}
	w.put("</w:p>")
	return nil
}

// properties is the w:pPr with what the fill decides.
func (o *outParagraph) properties() string {
	if o.props == nil && !o.keepNext && o.inset < 0 {
		return o.from.plain
	}
	e := newProps(o.from.props)
	if o.props != nil {
		e = o.props.Copy()
	}
	if o.keepNext {
		put(e, paragraphOrder, "keepNext")
	}
	if o.inset >= 0 {
		side := strconv.Itoa(o.inset)
		put(e, paragraphOrder, "ind", "w:left", side, "w:right", side, "w:firstLine", "0")
	}
	return elementXML(e)
}

// run writes text of one look: long texts of the form as they are, values and
// what little stands between them by way of go-docx.
func (w *writer) run(run outRun) error {
	if len(w.values) >= maxBatch {
		if err := w.flush(); err != nil {
			return err
		}
	}
	open := "<w:r>" + run.props.xml[run.variant] + `<w:t xml:space="preserve">`
	const end = "</w:t></w:r>"
	var text strings.Builder // of the run being built
	values := 0              // in it
	put := func() {
		if text.Len() > 0 {
			w.put(open)
			if values > 0 {
				w.waiting = append(w.waiting, waitingRun{len(w.pieces), text.String()})
			}
			w.put(text.String())
			w.put(end)
		}
		text.Reset()
		values = 0
	}
	for _, t := range run.parts {
		if !t.value {
			if values > 0 && len(t.text) > maxLiteral {
				put()
			}
			text.WriteString(escapeText(t.text))
			continue
		}
		if values == 0 && text.Len() > maxLiteral {
			put()
		}
		text.WriteString("{" + strconv.Itoa(len(w.values)) + "}")
		w.values = append(w.values, t.text)
		values++
	}
	put()
	return nil
}

// flush lets go-docx put the waiting values in place. It gets runs of text only:
// what else is in a paragraph costs it time and may mislead it.
func (w *writer) flush() error {
	if len(w.waiting) == 0 {
		return nil
	}
	const open, end = "<w:r><w:t>", "</w:t></w:r>"
	var runs strings.Builder
	for _, r := range w.waiting {
		runs.WriteString(open)
		runs.WriteString(r.text)
		runs.WriteString(end)
	}
	filled, err := substitute([]byte(runs.String()), w.values)
	if err != nil {
		return err
	}
	rest := string(filled)
	for _, r := range w.waiting {
		text, after, found := strings.Cut(rest, end) // no value has it: it is escaped
		if !found || !strings.HasPrefix(text, open) {
			return fmt.Errorf("%d runs became others", len(w.waiting))
		}
		w.pieces[r.piece], rest = text[len(open):], after
	}
	if rest != "" {
		return fmt.Errorf("%d runs became more", len(w.waiting))
	}
	w.waiting, w.values = w.waiting[:0], w.values[:0]
	return nil
}

// substitute lets go-docx put the values in place of {0}, {1} and so on. Each
// key occurs once and each value is text without line breaks, which is what
// go-docx does right.
func substitute(runs []byte, values []string) ([]byte, error) {
	goDocx.Lock()
	defer goDocx.Unlock()
	parser := docx.NewRunParser(runs)
	if err := parser.Execute(); err != nil {
		return nil, fmt.Errorf("parse runs: %w", err)
	}
	places, err := docx.ParsePlaceholders(parser.Runs(), runs)
	if err != nil {
		return nil, fmt.Errorf("parse placeholders: %w", err)
	}
	if len(places) != len(values) {
		return nil, fmt.Errorf("%d placeholders for %d values", len(places), len(values))
	}
	// One at a time from the last, so that no value is ever read as a
	// placeholder and no position behind it moves.
	replacer := docx.NewReplacer(runs, places)
	for i := len(values) - 1; i >= 0; i-- {
		if err := replacer.Replace(strconv.Itoa(i), values[i]); err != nil {
			return nil, fmt.Errorf("put value %d: %w", i, err)
		}
	}
	return replacer.Bytes(), nil
}
