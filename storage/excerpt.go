package storage

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Excerpt is a place of a document where something stands that was looked for.
type Excerpt struct {
	Field string `json:"field" enum:"symbol,kind,subject,organization,signatory,recipients,unit,date,body"`
	Parts []Part `json:"parts"`
}

// Part is a piece of an excerpt.
type Part struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"` // it is what was looked for
}

// plainExcerpt is the first excerpt of the text, or else of another field,
// without marks.
func plainExcerpt(all []Excerpt) string {
	at := max(0, slices.IndexFunc(all, func(e Excerpt) bool { return e.Field == string(inBody) }))
	var b strings.Builder
	for _, e := range all[min(at, len(all)):min(at+1, len(all))] {
		for _, p := range e.Parts {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

const (
	excerptLength = 160 // runes, about
	maxWindows    = 5   // of one field
	maxPlaces     = 500 // of one term in one field
)

// place is where a term stands: bytes of a text.
type place struct {
	term, start, end int
	exact            bool // with the accents it was asked with
}

// explain shows where each of the terms stands: symbol and title as they are,
// the text in pieces, and of the other fields those without which something
// would stay unexplained.
func (t texts) explain(terms []term, exact bool) []Excerpt {
	places := map[field][]place{}
	very := map[int]bool{} // terms that stand somewhere with their very accents
	for _, f := range everywhere() {
		places[f] = t.places(f, terms, exact)
		for _, p := range places[f] {
			very[p.term] = very[p.term] || p.exact && terms[p.term].marked()
		}
	}
	var out []Excerpt
	shown := map[int]bool{}
	show := func(f field, most int, always bool) {
		always = always && len(t[f]) <= 4*excerptLength
		at := slices.DeleteFunc(places[f], func(p place) bool { return very[p.term] && !p.exact })
		for range most {
			w, fresh := window(at, shown)
			if len(w) == 0 || fresh == 0 && !always {
				return
			}
			e := Excerpt{Field: string(f)}
			if always { // short, and shown whole
				e.Parts = parts(t[f], at, 0, len(t[f]))
			} else {
				e.Parts = cut(t[f], w)
			}
			out = append(out, e)
			if always {
				w = at
			}
			for _, p := range w {
				shown[p.term] = true
			}
			always = false
		}
	}
	show(inSymbol, 1, true)
	show(inSubject, 1, true)
	titled := len(out)
	clear(shown) // the text is shown beside the title
	show(inBody, maxWindows, false)
	for _, e := range out[:titled] {
		for _, p := range places[field(e.Field)] {
			shown[p.term] = true
		}
	}
	for _, f := range []field{inRecipients, inSignatory, inOrganization, inKind, inUnit, inDate} {
		show(f, maxWindows, false)
	}
	return out
}

// places finds the terms in a field, in the order in which they stand.
func (t texts) places(f field, terms []term, exact bool) []place {
	text := t[f]
	var (
		folded  strings.Builder
		origin  []int // of each byte of folded
		here    []int // terms that may stand in this field
		numbers = f == inSymbol || f == inDate
	)
	for n, term := range terms {
		if slices.Contains(term.where, f) && text != "" {
			here = append(here, n)
		}
	}
	if len(here) == 0 {
		return nil
	}
	foldRunes(text, func(r rune, at int) {
		for range utf8.RuneLen(r) {
			origin = append(origin, at)
		}
		folded.WriteRune(r)
	})
	origin = append(origin, len(text))
	words := wordsAt(folded.String())
	found := map[int]int{}
	var out []place
	for i := range words {
		for _, n := range here {
			term := terms[n]
			if found[n] >= maxPlaces || !term.at(words[i:], numbers) {
				continue
			}
			p := place{term: n, start: origin[words[i].start], end: origin[words[i+len(term.folded)-1].end], exact: true}
			for k, want := range term.exact {
				w := words[i+k]
				have := accented(text[origin[w.start]:origin[w.end]])
				last := k == len(term.exact)-1 && term.prefix
				p.exact = p.exact && (have == want || last && strings.HasPrefix(have, want) || numbers && sameNumber(have, want))
			}
			if exact && !p.exact {
				continue
			}
			found[n]++
			out = append(out, p)
		}
	}
	return out
}

// wordAt is a word of a folded text and its bytes.
type wordAt struct {
	text       string
	start, end int
}

func wordsAt(folded string) []wordAt {
	var out []wordAt
	start := -1
	for i, r := range folded {
		switch in := wordRune(r); {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			out, start = append(out, wordAt{folded[start:i], start, i}), -1
		}
	}
	if start >= 0 {
		out = append(out, wordAt{folded[start:], start, len(folded)})
	}
	return out
}

// at says whether the words begin with the term's.
func (t term) at(words []wordAt, numbers bool) bool {
	if len(words) < len(t.folded) {
		return false
	}
	for k, want := range t.folded {
		have := words[k].text
		last := k == len(t.folded)-1 && t.prefix
		if have != want && !(last && strings.HasPrefix(have, want)) && !(numbers && sameNumber(have, want)) {
			return false
		}
	}
	return true
}

// sameNumber is 05 and 5.
func sameNumber(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return a == b && a != "" && strings.Trim(a, "0123456789") == ""
}

// window are the places near each other that hold most terms not shown yet, of
// equal ones those where more terms stand in a row as they were asked for; and
// how many terms it shows.
func window(places []place, shown map[int]bool) (best []place, fresh int) {
	const width = excerptLength * 3 / 2 // bytes: Vietnamese has about that many
	var (
		inside    = map[int]int{} // places in the window, by term not shown yet
		row, most int             // pairs in a row
		last      int
		pair      = func(k int) int {
			if k > 0 && k < len(places) && places[k].term == places[k-1].term+1 && places[k].start <= places[k-1].end+1 {
				return 1
			}
			return 0
		}
	)
	for i, first := range places {
		for ; last < len(places) && (last <= i || places[last].end <= first.start+width); last++ {
			if !shown[places[last].term] {
				inside[places[last].term]++
			}
			if last > i {
				row += pair(last)
			}
		}
		if best == nil || len(inside) > fresh || len(inside) == fresh && row > most {
			best, fresh, most = places[i:last], len(inside), row
		}
		if inside[first.term]--; inside[first.term] <= 0 {
			delete(inside, first.term)
		}
		if i+1 < last {
			row -= pair(i + 1)
		}
	}
	return best, fresh
}

// cut takes about excerptLength runes of text around the places.
func cut(text string, places []place) []Part {
	const lead = 40 // bytes
	start, first := 0, places[0].start
	if first > lead {
		start = first
		if i := strings.LastIndexFunc(text[:first-lead/2], unicode.IsSpace); i >= 0 && first-i < 3*lead {
			start = i + 1
		}
	}
	end, last := start, places[len(places)-1].end
	for n := 0; end < len(text); n++ {
		r, size := utf8.DecodeRuneInString(text[end:])
		if n >= excerptLength && end >= last && unicode.IsSpace(r) || n >= 2*excerptLength {
			break
		}
		end += size
	}
	return parts(text, places, start, end)
}

// parts are the bytes of a text from start to end, with the places in them.
func parts(text string, places []place, start, end int) []Part {
	w := partWriter{space: true}
	if start > 0 {
		w.write("… ", false)
	}
	at, hit := start, -1
	for _, p := range places {
		if p.start < at || p.start >= end { // inside the one before, or cut off
			continue
		}
		gap := text[at:p.start]
		w.write(gap, at == hit && strings.TrimSpace(gap) == "")
		at = min(p.end, end)
		hit = at
		w.write(text[p.start:at], true)
	}
	w.write(text[at:end], false)
	if end < len(text) {
		w.write(" …", false)
	}
	if n := len(w.parts) - 1; n >= 0 {
		if w.parts[n].Text = strings.TrimRight(w.parts[n].Text, " "); w.parts[n].Text == "" {
			w.parts = w.parts[:n]
		}
	}
	return w.parts
}

// partWriter makes one line of what it is given.
type partWriter struct {
	parts []Part
	space bool // the last rune was one
}

func (w *partWriter) write(text string, hit bool) {
	var b strings.Builder
	for _, r := range text {
		space := unicode.IsSpace(r)
		switch {
		case space && !w.space:
			b.WriteByte(' ')
		case !space:
			b.WriteRune(r) // what is no UTF-8 as U+FFFD
		}
		w.space = space
	}
	if b.Len() == 0 {
		return
	}
	if n := len(w.parts); n > 0 && w.parts[n-1].Hit == hit {
		w.parts[n-1].Text += b.String()
		return
	}
	w.parts = append(w.parts, Part{b.String(), hit})
}
