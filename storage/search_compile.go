package storage

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"vanthu/record"
)

// compile reads a query; what is wrong with it comes in one error.
func (q Query) compile() (search, error) {
	s := search{exact: q.Exact, limit: min(q.Limit, maxLimit), sort: cmp.Or(q.Sort, ByRelevance)}
	if s.limit <= 0 {
		s.limit = defaultLimit
	}
	var faults []record.Fault
	fault := func(name, format string, args ...any) {
		faults = append(faults, record.Fault{Pointer: "/" + name, Code: "query-invalid", Message: fmt.Sprintf(format, args...)})
	}
	words, others := q.terms(fault)
	if !slices.Contains(Sorts(), s.sort) {
		fault("sort", "Không có thứ tự %q", s.sort)
	}
	for _, d := range []struct {
		name string
		day  record.Date
		to   *int32
	}{{"from", q.From, &s.from}, {"to", q.To, &s.to}} {
		if d.day == "" {
			continue
		}
		if _, err := record.ParseDate(string(d.day)); err != nil {
			fault(d.name, "%q không phải là một ngày (năm-tháng-ngày)", d.day)
		}
		*d.to = dayNumber(string(d.day))
	}
	if len(q.States) > maxStates {
		fault("states", "Nêu quá %d trạng thái", maxStates)
	}
	s.filter.within, s.year, s.number = q.Organizations, q.Year, q.Number
	s.want[byJournal], s.want[byState] = q.Issuers, stringsOf(q.States)
	for k, v := range map[kind]string{byType: q.Type, byPerson: q.Person, byUnit: q.Unit, bySeries: q.Series, byRule: q.Rule, byUrgency: string(q.Urgency)} {
		if v != "" {
			s.want[k] = []string{v}
		}
	}
	if q.Held {
		s.want[byHold] = []string{held}
	}
	s.plan(words, others)
	if q.Cursor != "" && !s.resume(q.Cursor) {
		fault("cursor", "Con trỏ trang không hợp lệ")
	}
	return s, record.Faulty("query-invalid", "Câu hỏi tra cứu không hợp lệ", faults)
}

// terms are what the texts of a query ask for: anywhere, and in one field each.
func (q Query) terms(fault func(name, format string, args ...any)) (words, others []term) {
	where := everywhere()
	if q.Title {
		where = titled()
	}
	for _, f := range []struct {
		name, text string
		in         []field
		to         *[]term
	}{
		{"words", q.Words, where, &words},
		{"symbol", q.Symbol, []field{inSymbol}, &others},
		{"recipient", q.Recipient, []field{inRecipients}, &others},
		{"signatory", q.Signatory, []field{inSignatory}, &others},
	} {
		if strings.TrimSpace(f.text) == "" {
			continue
		}
		terms := parse(f.text[:min(len(f.text), maxQuery)], f.in)
		n, short := 0, ""
		for _, t := range terms {
			n += len(t.folded)
			if last := t.folded[len(t.folded)-1]; t.prefix && !strings.ContainsAny(strings.Join(t.folded, ""), "0123456789") && utf8.RuneCountInString(last) < minPrefix {
				short = last
			}
		}
		switch {
		case len(f.text) > maxQuery || n > maxWords:
			fault(f.name, "Câu hỏi dài quá %d từ", maxWords)
		case n == 0:
			fault(f.name, "Không có chữ hoặc số nào để tìm trong %q", f.text)
		case short != "":
			fault(f.name, "Trước dấu * phải có ít nhất %d chữ: %q quá ngắn", minPrefix, short+"*")
		}
		*f.to = append(*f.to, distinct(terms)...)
	}
	return words, others
}

// plan writes what is asked for in FTS5's terms.
func (s *search) plan(words, others []term) {
	with, without := split(words)
	with2, without2 := split(others)
	s.terms = append(slices.Clone(with), with2...)
	without = append(without, without2...)
	var not []string
	for _, t := range without {
		not = append(not, t.match(s.exact || t.marked()))
	}
	s.without = strings.Join(not, " OR ")
	ask := func(all ...string) string {
		all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
		m := "(" + strings.Join(all, ") AND (") + ")"
		if s.without != "" {
			m = "(" + m + ") NOT (" + s.without + ")"
		}
		return m
	}
	rest := matches(with2, s.exact, " AND ")
	if len(s.terms) > 0 {
		s.match = ask(matches(with, s.exact, " AND "), rest)
	}
	if len(with) == 0 || s.sort != ByRelevance {
		if s.sort == ByRelevance {
			s.sort = Newest
		}
		return
	}
	// A later tier may hold documents of an earlier one again: leaving them out
	// here costs FTS5 more than finding them twice. That the folded words are
	// there follows from the accented ones and is not asked again.
	facets := s.filter.match()
	tier := func(terms []term, exact bool) {
		s.tiers = append(s.tiers, ask(matches(terms, exact, " AND "), rest, facets))
	}
	above := aboveText(with)
	row, inRow := inARow(with)
	exact := s.exact || slices.ContainsFunc(with, term.marked)
	tier(above, exact)
	if inRow {
		tier([]term{row}, exact)
	}
	tier(with, exact)
	if exact && !s.exact {
		tier(above, false)
		tier(with, false)
	}
}

// aboveText are the terms where they stand in title, symbol or names.
func aboveText(terms []term) []term {
	out := slices.Clone(terms)
	for i := range out {
		out[i].where = slices.DeleteFunc(slices.Clone(out[i].where), func(f field) bool { return f == inBody })
	}
	return out
}

// inARow is one term of several words that were typed one after the other; those
// who look for a name rarely think of quotes.
func inARow(terms []term) (row term, ok bool) {
	row.where = terms[0].where
	for i, t := range terms {
		if t.prefix && i < len(terms)-1 {
			return row, false
		}
		row.folded, row.exact, row.prefix = append(row.folded, t.folded...), append(row.exact, t.exact...), t.prefix
	}
	return row, len(terms) > 1
}

func stringsOf[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// match is the filter in FTS5's terms; "" where nothing is asked.
func (f filter) match() string {
	var all []string
	any := func(words ...string) {
		if len(words) == 0 {
			words = []string{"none"}
		}
		all = append(all, "facets : ("+strings.Join(words, " OR ")+")")
	}
	of := func(k kind, values []string) {
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = facet(k, v)
		}
		any(words...)
	}
	if f.within != nil {
		of(byJournal, f.within)
	}
	for k, values := range f.want {
		if len(values) > 0 {
			of(kind(k), values)
		}
	}
	if f.number != 0 {
		any(numberFacet(f.number))
	}
	if f.year != 0 {
		any(fmt.Sprintf("y%d", f.year))
	}
	if f.from != 0 || f.to != 0 {
		any(daysFacets(f.from, f.to)...)
	}
	return strings.Join(all, " AND ")
}

// Days before and after which no document is looked for by a bound that is open.
const (
	firstDay = 1900_01_01
	lastDay  = 2199_12_31
)

// daysFacets are the years, months and days that together are all days of a span.
func daysFacets(from, to int32) []string {
	if from == 0 {
		from = firstDay
	}
	if to == 0 {
		to = lastDay
	}
	var out []string
	for from <= to {
		y, m, d := from/10_000, from/100%100, from%100
		switch {
		case m == 1 && d == 1 && y*10_000+1231 <= to:
			out, from = append(out, "y"+strconv.Itoa(int(y))), (y+1)*10_000+101
		case d == 1 && y*10_000+m*100+31 <= to:
			out, from = append(out, "m"+strconv.Itoa(int(from/100))), y*10_000+(m+1)*100+1
			if m == 12 {
				from = (y+1)*10_000 + 101
			}
		default:
			out, from = append(out, "d"+strconv.Itoa(int(from))), from+1
			if d >= 31 {
				from = y*10_000 + (m+1)*100 + 1
				if m == 12 {
					from = (y+1)*10_000 + 101
				}
			}
		}
	}
	return out
}
