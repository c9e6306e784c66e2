package metric

import "strings"

// End is where a line ends: at a blank in a stretch, by its byte.
type End struct{ Stretch, At int }

// slack is kept free in every line, for programs that kern letters apart.
const slack = 0.985

// word is a word with the blank behind it.
type word struct {
	width, blank float64
	end          End
	can          bool // there is a blank to end a line at
}

// Ends says at which blanks to break what does not fit in lines of width (in
// twentieths of a point), so that the lines of a text are of much the same
// length, few as they can be. Line breaks that are in the text stay.
func (f *Faces) Ends(text []Stretch, width float64) []End {
	var ends []End
	var line []word
	var w word
	finish := func() {
		ends = append(ends, evenly(append(line, w), width*slack)...)
		line, w = nil, word{}
	}
	for i, s := range text {
		start := 0
		for at, r := range s.Text {
			if r != ' ' && r != '\n' {
				continue
			}
			w.width += f.Width(s.Text[start:at], s.Look)
			start = at + 1
			if r == '\n' {
				finish()
				continue
			}
			w.blank, w.end, w.can = f.Width(" ", s.Look), End{i, at}, true
			line, w = append(line, w), word{}
		}
		w.width += f.Width(strings.TrimSuffix(s.Text[start:], "\n"), s.Look)
	}
	finish()
	return ends
}

// evenly breaks one line: the narrowest measure that needs no more lines than
// the whole width.
func evenly(line []word, width float64) []End {
	most := len(breaks(line, width))
	if most == 0 {
		return nil
	}
	low, high := 0.0, width
	for range 20 {
		if mid := (low + high) / 2; len(breaks(line, mid)) > most {
			low = mid
		} else {
			high = mid
		}
	}
	return breaks(line, high)
}

// breaks fills lines one after the other.
func breaks(line []word, width float64) []End {
	var ends []End
	length := 0.0
	for i, w := range line {
		if i > 0 && length > 0 && length+line[i-1].blank+w.width > width && line[i-1].can {
			ends = append(ends, line[i-1].end)
			length = 0
		} else if i > 0 {
			length += line[i-1].blank
		}
		length += w.width
	}
	return ends
}
