// Package metric knows how wide a text is printed in Times New Roman: rules
// under texts are as long as the text or a part of it, for who draws them and
// for who checks them.
package metric

import (
	_ "embed"
	"encoding/json"
	"strings"
	"unicode"
)

// Look is what the width of a text hangs on.
type Look struct {
	Size         int // half points
	Bold, Italic bool
	Caps         bool
}

// Faces are the widths of the letters of Times New Roman, which Liberation
// Serif has too, in thousandths of the size: for each of the four faces, runs of
// consecutive characters. metricgen writes them.
type Faces struct {
	Faces [4][]struct {
		First rune  `json:"first"`
		Width []int `json:"width"`
	} `json:"faces"` // regular, bold, italic, bold italic
}

//go:embed advances.json
var advances []byte

// Read reads the faces; the error is a defect of the program.
func Read() (*Faces, error) {
	var f Faces
	return &f, json.Unmarshal(advances, &f)
}

// Width is the printed width of s in twentieths of a point.
func (f *Faces) Width(s string, l Look) float64 {
	face := 0
	if l.Bold {
		face |= 1
	}
	if l.Italic {
		face |= 2
	}
	total := 0
	for _, r := range s {
		if l.Caps {
			r = unicode.ToUpper(r)
		}
		total += f.advance(face, r)
	}
	return float64(total) / 1000 * float64(l.Size) * 10
}

func (f *Faces) advance(face int, r rune) int {
	for _, run := range f.Faces[face] {
		if i := int(r - run.First); i >= 0 && i < len(run.Width) {
			return run.Width[i]
		}
	}
	return 600
}

// Stretch is a text of one look within a line; "\n" in it breaks the line.
type Stretch struct {
	Text string
	Look Look
}

// LastLine is the width of the last line when the text is broken into lines of
// at most width, in twentieths of a point.
func (f *Faces) LastLine(text []Stretch, width float64) float64 {
	line, word, blank := 0.0, 0.0, 0.0
	flush := func() {
		if line > 0 && line+blank+word > width {
			line, blank = 0, 0
		}
		line += blank + word
		word, blank = 0, 0
	}
	for _, s := range text {
		for i, w := range strings.SplitAfter(s.Text, "\n") {
			if i > 0 {
				flush()
				line, blank = 0, 0
			}
			for _, x := range strings.SplitAfter(strings.TrimSuffix(w, "\n"), " ") {
				solid := strings.TrimRight(x, " ")
				word += f.Width(solid, s.Look)
				if len(solid) < len(x) {
					flush()
					blank = f.Width(x[len(solid):], s.Look)
				}
			}
		}
	}
	flush()
	return min(line, width)
}
