package lint

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// toggle is a property that a style can turn on, turn off or leave as it is.
type toggle int8

const (
	off toggle = -1
	on  toggle = 1
)

func (t toggle) over(u toggle) toggle {
	if u != 0 {
		return u
	}
	return t
}

// measure is a length in twentieths of a point (or half points, for sizes) that
// may be left unsaid.
type measure struct {
	n    int
	said bool
}

func (m measure) over(n measure) measure {
	if n.said {
		return n
	}
	return m
}

// runFormat is how letters look; what is not said is zero.
type runFormat struct {
	ascii, hAnsi               string // fonts of ASCII and of all other letters
	size                       measure
	color                      string // "000000", "auto"
	bold, italic, caps, hidden toggle
	underline                  toggle
}

// over is g on top of f.
func (f runFormat) over(g runFormat) runFormat {
	if g.ascii != "" {
		f.ascii = g.ascii
	}
	if g.hAnsi != "" {
		f.hAnsi = g.hAnsi
	}
	if g.color != "" {
		f.color = g.color
	}
	f.size = f.size.over(g.size)
	f.bold, f.italic = f.bold.over(g.bold), f.italic.over(g.italic)
	f.caps, f.hidden = f.caps.over(g.caps), f.hidden.over(g.hidden)
	f.underline = f.underline.over(g.underline)
	return f
}

// paraFormat is how a paragraph is set.
type paraFormat struct {
	align               string // "both", "center", ...
	left, right         measure
	first               measure // of the first line; negative hangs
	before, after, line measure
	lineRule            string // "auto", "exact", "atLeast"
	contextual          toggle // no gap between paragraphs of one style
	pageBreak           toggle
	list, level         measure // numbering: w:numId, w:ilvl
	tabs                []tabStop
	framed              bool   // in a frame centred on the page
	above, below        toggle // rules: the paragraph's borders
}

// maxTabs bounds what one paragraph keeps of them.
const maxTabs = 32

type tabStop struct {
	at   int
	kind string // "left", "center", "clear"
}

func (f paraFormat) over(g paraFormat) paraFormat {
	if g.align != "" {
		f.align = g.align
	}
	if g.lineRule != "" {
		f.lineRule = g.lineRule
	}
	f.left, f.right, f.first = f.left.over(g.left), f.right.over(g.right), f.first.over(g.first)
	f.before, f.after, f.line = f.before.over(g.before), f.after.over(g.after), f.line.over(g.line)
	f.contextual, f.pageBreak = f.contextual.over(g.contextual), f.pageBreak.over(g.pageBreak)
	f.list, f.level = f.list.over(g.list), f.level.over(g.level)
	f.framed = f.framed || g.framed
	f.above, f.below = f.above.over(g.above), f.below.over(g.below)
	if room := maxTabs - len(f.tabs); len(g.tabs) > 0 && room > 0 {
		f.tabs = append(f.tabs[:len(f.tabs):len(f.tabs)], g.tabs[:min(room, len(g.tabs))]...)
	}
	return f
}

// wAttr is the value of an attribute of the w: namespace, "" for none.
func wAttr(e *etree.Element, key string) string {
	for i := range e.Attr {
		if a := &e.Attr[i]; a.Key == key && a.Space == "w" {
			return a.Value
		}
	}
	return ""
}

func toggleOf(e *etree.Element) toggle {
	switch wAttr(e, "val") {
	case "0", "false", "off":
		return off
	}
	return on
}

// maxTwips is 40 m: no length of a page, and far from overflow.
const maxTwips = 1 << 21

// twips reads a length: a number of twentieths of a point, or a number with a
// unit (ISO/IEC 29500-1, 22.9.2.14).
func twips(s string) measure {
	units := map[string]float64{"mm": 1440 / 25.4, "cm": 14400 / 25.4, "in": 1440, "pt": 20, "pc": 240, "pi": 240}
	factor := 1.0
	if n := len(s) - 2; n > 0 && units[s[n:]] != 0 {
		factor, s = units[s[n:]], s[:n]
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v*factor) > maxTwips {
		return measure{}
	}
	return measure{int(math.Round(v * factor)), true}
}

// halfPoints reads a size, which is in half points unless it has a unit.
func halfPoints(s string) measure {
	m := twips(s)
	if m.said && s[len(s)-1] > '9' {
		m.n /= 10
	}
	return m
}

func readRunFormat(rPr *etree.Element, theme themeFonts) runFormat {
	var f runFormat
	if rPr == nil {
		return f
	}
	for _, e := range rPr.ChildElements() {
		if e.Space != "w" {
			continue
		}
		switch e.Tag {
		case "rFonts":
			f.ascii = theme.or(wAttr(e, "asciiTheme"), wAttr(e, "ascii"))
			f.hAnsi = theme.or(wAttr(e, "hAnsiTheme"), wAttr(e, "hAnsi"))
		case "sz":
			f.size = halfPoints(wAttr(e, "val"))
		case "color":
			f.color = strings.ToUpper(wAttr(e, "val"))
			if t := wAttr(e, "themeColor"); f.color == "AUTO" && t != "" && t != "text1" && t != "dark1" {
				f.color = t
			}
		case "b":
			f.bold = toggleOf(e)
		case "i":
			f.italic = toggleOf(e)
		case "caps":
			f.caps = toggleOf(e)
		case "u":
			if f.underline = on; wAttr(e, "val") == "none" {
				f.underline = off
			}
		case "vanish":
			f.hidden = toggleOf(e)
		}
	}
	return f
}

func readParaFormat(pPr *etree.Element) paraFormat {
	var f paraFormat
	if pPr == nil {
		return f
	}
	for _, e := range pPr.ChildElements() {
		if e.Space != "w" {
			continue
		}
		switch e.Tag {
		case "jc":
			f.align = wAttr(e, "val")
		case "ind":
			f.left = twips(wAttr(e, "left")).over(twips(wAttr(e, "start")))
			f.right = twips(wAttr(e, "right")).over(twips(wAttr(e, "end")))
			f.first = twips(wAttr(e, "firstLine"))
			if h := twips(wAttr(e, "hanging")); h.said && !(f.first.said && h.n == 0) {
				f.first = measure{-h.n, true}
			}
		case "spacing":
			f.before = twips(wAttr(e, "before")).over(autoSpacing(e, "beforeAutospacing"))
			f.after = twips(wAttr(e, "after")).over(autoSpacing(e, "afterAutospacing"))
			f.line, f.lineRule = twips(wAttr(e, "line")), wAttr(e, "lineRule")
			if f.line.said && f.lineRule == "" {
				f.lineRule = "auto" // whatever a style says
			}
		case "contextualSpacing":
			f.contextual = toggleOf(e)
		case "pageBreakBefore":
			f.pageBreak = toggleOf(e)
		case "numPr":
			for _, n := range e.ChildElements() {
				switch n.Tag {
				case "numId":
					f.list = twips(wAttr(n, "val"))
				case "ilvl":
					f.level = twips(wAttr(n, "val"))
				}
			}
		case "tabs":
			for _, t := range e.ChildElements() {
				if at := twips(wAttr(t, "pos")); at.said && len(f.tabs) < maxTabs {
					f.tabs = append(f.tabs, tabStop{at.n, wAttr(t, "val")})
				}
			}
		case "pBdr":
			f.above, f.below = borderOf(e, "top"), borderOf(e, "bottom")
		case "framePr":
			f.framed = wAttr(e, "xAlign") == "center"
		}
	}
	return f
}

// borderOf says whether a side has a border; it is unsaid without an element.
func borderOf(e *etree.Element, side string) toggle {
	b := e.SelectElement("w:" + side)
	if b == nil {
		return 0
	}
	switch wAttr(b, "val") {
	case "", "nil", "none":
		return off
	}
	return on
}

// autoSpacing is the gap of HTML, 14 pt, where a document asks for it.
func autoSpacing(e *etree.Element, key string) measure {
	switch wAttr(e, key) {
	case "1", "true", "on":
		return measure{280, true}
	}
	return measure{}
}

// mm is a length for people: "12,7 mm".
func mm(twips int) string {
	s := strconv.FormatFloat(millimetres(twips), 'f', 1, 64)
	return decimal(s) + " mm"
}

func millimetres(twips int) float64 { return float64(twips) * 25.4 / 1440 }

// points is a size for people, from half points: "13,5".
func points(half int) string { return decimal(strconv.FormatFloat(float64(half)/2, 'f', 1, 64)) }

// decimal writes a number with one decimal the Vietnamese way, without ",0".
func decimal(s string) string {
	return strings.ReplaceAll(strings.TrimSuffix(s, ".0"), ".", ",")
}

// within says whether a length in twips lies in a range of millimetres, to the
// rule set's tolerance of 0.5 mm.
func within(twips int, low, high float64) bool {
	const tolerance = 0.5 + 0.005 // files hold whole twips
	v := millimetres(twips)
	return v >= low-tolerance && v <= high+tolerance
}

// sized says whether a size in half points lies in a range of points; files
// hold half points, so that the rule set's tolerance of 0.25 pt needs no
// adding.
func sized(half int, low, high int) bool { return half >= 2*low && half <= 2*high }

func sizeRange(low, high int) string {
	if low == high {
		return fmt.Sprintf("cỡ %d", low)
	}
	return fmt.Sprintf("cỡ %d đến %d", low, high)
}
