// Package xmlout writes XML whose prefixes are the reader's business:
// encoding/xml chooses its own, and some receivers look for theirs.
package xmlout

import (
	"encoding/xml"
	"io"
)

// Writer writes one XML 1.0 document in UTF-8, indented by one space. The first
// error stays and is what Close gives.
type Writer struct {
	out  io.Writer
	enc  *xml.Encoder
	open []string
	err  error
}

// New begins a document.
func New(out io.Writer) *Writer {
	w := &Writer{out: out}
	_, w.err = io.WriteString(out, xml.Header)
	w.enc = xml.NewEncoder(out)
	w.enc.Indent("", " ")
	return w
}

// Open starts an element; attributes are pairs of a name and a value, of which
// those without a value are left out.
func (w *Writer) Open(name string, attributes ...string) {
	start := xml.StartElement{Name: xml.Name{Local: name}}
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: attributes[i]}, Value: attributes[i+1]})
		}
	}
	w.token(start)
	w.open = append(w.open, name)
}

// End closes the innermost element.
func (w *Writer) End() {
	last := len(w.open) - 1
	w.token(xml.EndElement{Name: xml.Name{Local: w.open[last]}})
	w.open = w.open[:last]
}

// Text is an element with text alone.
func (w *Writer) Text(name, text string, attributes ...string) {
	w.Open(name, attributes...)
	if text != "" {
		w.token(xml.CharData(text))
	}
	w.End()
}

// Some is Text, or nothing without a text.
func (w *Writer) Some(name, text string, attributes ...string) {
	if text != "" {
		w.Text(name, text, attributes...)
	}
}

// Raw lets f write into the open element what needs no escaping, such as
// Base64.
func (w *Writer) Raw(f func(io.Writer) error) {
	w.token(xml.CharData("")) // ends the start tag
	if w.err == nil {
		w.err = w.enc.Flush()
	}
	if w.err == nil {
		w.err = f(w.out)
	}
}

// Close ends what is open and gives the first error.
func (w *Writer) Close() error {
	for len(w.open) > 0 {
		w.End()
	}
	if w.err == nil {
		w.err = w.enc.Close()
	}
	if w.err == nil {
		_, w.err = io.WriteString(w.out, "\n")
	}
	return w.err
}

func (w *Writer) token(t xml.Token) {
	if w.err == nil {
		w.err = w.enc.EncodeToken(t)
	}
}

// Valid says whether XML 1.0 can carry the text at all: valid UTF-8 without
// control characters other than tab and line breaks.
func Valid(text string) bool {
	for _, r := range text {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFD' || r == '\uFFFE' || r == '\uFFFF' {
			return false
		}
	}
	return true
}
