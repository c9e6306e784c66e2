package metric

import (
	"strings"
	"testing"
)

// Lines that are ended fit, are of much the same length, and no word is lost;
// breaks that are there stay.
func TestEnds(t *testing.T) {
	f, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	look := Look{Size: 28, Bold: true}
	const width = 9354
	for _, c := range []struct {
		text  string
		lines int
	}{
		{"", 1}, {"Ngắn", 1}, {"Một\nHai", 2},
		{strings.Repeat("kế hoạch ", 9), 2}, {strings.Repeat("kế hoạch ", 24), 4},
		{"Ngắn\n" + strings.TrimSpace(strings.Repeat("kế hoạch ", 11)), 3},
		{strings.Repeat("liền", 60), 1}, // one word cannot be broken
	} {
		ends := f.Ends([]Stretch{{c.text, look}}, width)
		b := []byte(c.text)
		for _, e := range ends {
			if e.Stretch != 0 || b[e.At] != ' ' {
				t.Fatalf("%.20q: end at %v", c.text, e)
			}
			b[e.At] = '\n'
		}
		lines := strings.Split(string(b), "\n")
		if len(lines) != c.lines {
			t.Errorf("%.20q: %d lines, want %d", c.text, len(lines), c.lines)
		}
		for _, l := range lines[:max(0, len(ends))] {
			if w := f.Width(strings.TrimSpace(l), look); w > width*slack && strings.Contains(strings.TrimSpace(l), " ") {
				t.Errorf("%q is %v wide", l, w)
			}
		}
		if len(ends) > 0 && !strings.Contains(c.text, "\n") {
			first, last := f.Width(lines[0], look), f.Width(strings.TrimSpace(lines[len(lines)-1]), look)
			if last < first*0.6 {
				t.Errorf("%.20q: lines of %v and %v", c.text, first, last)
			}
		}
	}
}

// A line goes over stretches of several looks.
func TestEndsOverStretches(t *testing.T) {
	f, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	half := strings.Repeat("chữ ", 20)
	ends := f.Ends([]Stretch{{half, Look{Size: 28}}, {Text: "-"}, {strings.Repeat("chữ ", 20), Look{Size: 28, Bold: true}}}, 9354)
	if len(ends) != 2 || ends[0].Stretch != 0 || ends[1].Stretch != 2 {
		t.Errorf("ends %v", ends)
	}
}
