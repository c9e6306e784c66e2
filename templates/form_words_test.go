package templates

import (
	"encoding/xml"
	"math"
	"strings"
	"testing"
)

// word is a word of a PDF page with its place in points from the upper left.
type word struct {
	Left   float64 `xml:"xMin,attr"`
	Top    float64 `xml:"yMin,attr"`
	Right  float64 `xml:"xMax,attr"`
	Bottom float64 `xml:"yMax,attr"`
	Text   string  `xml:",chardata"`
}

type sheet struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []word  `xml:"word"`
}

// sheets are the pages of a PDF with the place of every word.
func sheets(t *testing.T, pdf string) []sheet {
	t.Helper()
	var doc struct {
		Pages []sheet `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal([]byte(output(t, "pdftotext", "-bbox", pdf, "-")), &doc); err != nil || len(doc.Pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	return doc.Pages
}

// find is the stretch of words that says text, as one word.
func (s sheet) find(text string) (word, bool) {
	want := strings.Fields(text)
	for i := 0; i+len(want) <= len(s.Words); i++ {
		found := s.Words[i]
		for j, w := range want {
			x := s.Words[i+j]
			if x.Text != w {
				found.Text = ""
				break
			}
			found.Left, found.Right, found.Bottom = min(found.Left, x.Left), max(found.Right, x.Right), max(found.Bottom, x.Bottom)
		}
		if found.Text != "" {
			found.Text = text
			return found, true
		}
	}
	return word{}, false
}

func (s sheet) must(t *testing.T, text string) word {
	t.Helper()
	w, ok := s.find(text)
	if !ok {
		t.Fatalf("no %q on the page", text)
	}
	return w
}

func (w word) middle() float64 { return (w.Left + w.Right) / 2 }

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// The text block of a page in points: A4 less the margins 30, 15, 20, 20 mm.
const (
	paperWidth, paperHeight = 595.3, 841.9
	textLeft, textRight     = 85.05, 552.75
	textTop, textBottom     = 56.7, 785.2
)
