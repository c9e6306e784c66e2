package lint

import (
	"math"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// drawnLine is a shape that may be the rule under a text.
type drawnLine struct {
	length int // in twips; 0 for a shape that is no level line
	left   int // of its left end from its column or margin, where said
	placed bool
}

// emu is a twip in English Metric Units, the lengths of DrawingML.
const emu = 635

// drawnLines are the shapes in a w:drawing, w:pict or w:object. A text box is
// no shape here: its text is read.
func drawnLines(e *etree.Element) []drawnLine {
	var out []drawnLine
	for _, x := range e.ChildElements() {
		switch x.Tag {
		case "AlternateContent":
			out = append(out, drawnLines(chosen(x))...)
		case "anchor", "inline":
			out = append(out, drawingOf(x)...)
		case "line":
			out = append(out, vmlLine(x))
		case "shape", "rect":
			if holdsText(x, 0) {
				continue
			}
			out = append(out, vmlShape(x))
		case "group":
			out = append(out, drawnLine{})
		}
	}
	return out
}

// drawingOf is DrawingML: flat, it is a line.
func drawingOf(e *etree.Element) []drawnLine {
	if holdsText(e, 0) {
		return nil
	}
	size := e.SelectElement("wp:extent")
	if size == nil {
		return nil
	}
	number := func(v string) int {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || math.Abs(n) > emu*maxTwips {
			return 0
		}
		return int(n / emu)
	}
	var l drawnLine
	if level(number(size.SelectAttrValue("cy", "0"))) {
		l.length = number(size.SelectAttrValue("cx", "0"))
	}
	if at := e.FindElement("./wp:positionH/wp:posOffset"); at != nil {
		l.left, l.placed = number(strings.TrimSpace(at.Text())), true
	}
	return []drawnLine{l}
}

// level says whether a height in twips is that of a line and not of a box.
func level(height int) bool { return height >= -40 && height <= 40 }

// vmlLine is v:line from="x,y" to="x,y".
func vmlLine(e *etree.Element) drawnLine {
	ends := [2][2]int{}
	for i, name := range []string{"from", "to"} {
		x, y, _ := strings.Cut(e.SelectAttrValue(name, ""), ",")
		ends[i] = [2]int{vmlLength(x), vmlLength(y)}
	}
	l := drawnLine{left: min(ends[0][0], ends[1][0]), placed: true}
	if level(ends[1][1] - ends[0][1]) {
		l.length = max(ends[0][0], ends[1][0]) - l.left
	}
	return l
}

// vmlShape is v:shape and v:rect, whose style says their size.
func vmlShape(e *etree.Element) drawnLine {
	var l drawnLine
	width, height := 0, math.MaxInt
	for _, p := range strings.Split(e.SelectAttrValue("style", ""), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), ":")
		switch name {
		case "width":
			width = vmlLength(value)
		case "height":
			height = vmlLength(value)
		case "margin-left":
			l.left, l.placed = vmlLength(value), true
		}
	}
	if level(height) {
		l.length = max(0, width)
	}
	return l
}

// vmlLength reads a length of VML, which is in points unless it has a unit.
func vmlLength(s string) int {
	s = strings.TrimSpace(s)
	if s == "" || s[len(s)-1] >= '0' && s[len(s)-1] <= '9' {
		s += "pt"
	}
	return twips(s).n
}

// holdsText says whether a shape has a text box.
func holdsText(e *etree.Element, depth int) bool {
	if e.Tag == "txbxContent" {
		return true
	}
	for _, x := range e.ChildElements() {
		if depth < 40 && holdsText(x, depth+1) {
			return true
		}
	}
	return false
}
