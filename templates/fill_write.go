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

// writeChunks writes a rendered part.
func writeChunks(out *bytes.Buffer, all []chunk) error {
	for _, c := range all {
		switch x := c.(type) {
		case static:
			out.WriteString(string(x))
		case *outMark:
			if !x.dead {
				out.WriteString(x.xml)
			}
		case *outCell:
			out.WriteString(x.from.open)
			out.WriteString(x.from.props[x.merge])
		case *outParagraph:
			if err := x.write(out); err != nil {
				return fmt.Errorf("%s, paragraph %d: %w", x.from.site.part, x.from.site.paragraph, err)
			}
		}
	}
	return nil
}

// maxBatch is how many values go to go-docx at a time: its time grows with
// their square.
const maxBatch = 64

func (o *outParagraph) write(out *bytes.Buffer) error {
	out.WriteString(o.from.open)
	out.WriteString(o.properties())
	var body strings.Builder
	var values []string
	flush := func() error {
		filled := []byte(body.String())
		if len(values) > 0 {
			var err error
			if filled, err = substitute(filled, values); err != nil {
				return err
			}
		}
		out.Write(filled)
		body.Reset()
		values = values[:0]
		return nil
	}
	for _, run := range o.runs {
		if run.raw != nil || len(values)+len(run.parts) > maxBatch {
			if err := flush(); err != nil {
				return err
			}
		}
		if run.raw != nil { // go-docx sees texts only
			if err := writeChunks(out, run.raw); err != nil {
				return err
			}
			continue
		}
		body.WriteString("<w:r>")
		body.WriteString(run.props.xml[run.variant])
		body.WriteString(`<w:t xml:space="preserve">`)
		for _, t := range run.parts {
			if !t.value {
				body.WriteString(escapeText(t.text))
				continue
			}
			body.WriteString("{" + strconv.Itoa(len(values)) + "}")
			values = append(values, t.text)
		}
		body.WriteString("</w:t></w:r>")
	}
	if err := flush(); err != nil {
		return err
	}
	out.WriteString("</w:p>")
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
