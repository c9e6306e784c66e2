package lint

import (
	"cmp"
	"fmt"
	"slices"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// Limits of a report: who gets a file with thousands of faults needs to know
// that, not read them.
const (
	maxFindings = 200
	maxAlike    = 5 // equal but for their place
)

// spot is where a finding belongs: its order in the document and its name for
// people.
type spot struct {
	group, number int
	name          string // "đoạn 12 (“Căn cứ Luật…”)"
	near          string // the text around it, where that is what was found
}

// The groups of spots, in the order of a report.
const (
	spotPages = iota
	spotHeaders
	spotText
	spotNotes
)

// wholeText is the spot of what is missing.
func wholeText() spot { return spot{group: spotText} }

// finder collects what one rule finds. Errors never have to make room for
// lesser findings, nor one kind for another.
type finder struct {
	rule  lintRule
	found []located
	alike map[record.Finding]*alike
	count map[record.Level]int
	left  int // found, but not listed
	// partial: part of the document cannot be read, so nothing is said to be
	// missing.
	partial bool
}

type located struct {
	record.Finding
	at   spot
	kind *alike
}

// alike counts findings that differ in place only.
type alike struct{ total int }

// breach reports at the level of the rule.
func (f *finder) breach(at spot, message, found, expected string) {
	f.report(f.rule.level, at, message, found, expected)
}

func (f *finder) warn(at spot, message, found, expected string) {
	f.report(record.LevelWarning, at, message, found, expected)
}

func (f *finder) info(at spot, message, found, expected string) {
	f.report(record.LevelInfo, at, message, found, expected)
}

func (f *finder) report(level record.Level, at spot, message, found, expected string) {
	if f.partial && at == wholeText() {
		return
	}
	one := record.Finding{Rule: f.rule.number, Level: level, Message: message, Found: vntext.Clip(found), Expected: expected, Source: f.rule.source}
	kind := f.alike[one]
	if kind == nil {
		if f.count[level] >= maxFindings {
			f.left++
			return
		}
		if f.alike == nil {
			f.alike, f.count = map[record.Finding]*alike{}, map[record.Level]int{}
		}
		kind = &alike{}
		f.alike[one] = kind
	}
	if kind.total++; kind.total > maxAlike {
		return
	}
	f.count[level]++
	one.Place = at.name
	if at.near != "" {
		one.Found = vntext.Clip(at.near)
	}
	f.found = append(f.found, located{one, at, kind})
}

// findings are those of all rules.
type findings struct {
	all  []located
	left int
}

func (a *findings) take(f *finder) {
	seen := map[*alike]int{}
	for i := range f.found {
		one := &f.found[i]
		if seen[one.kind]++; seen[one.kind] == maxAlike && one.kind.total > maxAlike {
			one.Place += fmt.Sprintf(" và %d chỗ khác như vậy", one.kind.total-maxAlike)
		}
	}
	a.all = append(a.all, f.found...)
	a.left += f.left
}

// list is the findings by place; when there are too many, the gravest.
func (a *findings) list() []record.Finding {
	weight := map[record.Level]int{record.LevelWarning: 1, record.LevelInfo: 2}
	if len(a.all) > maxFindings {
		slices.SortStableFunc(a.all, func(x, y located) int { return cmp.Compare(weight[x.Level], weight[y.Level]) })
		a.left += len(a.all) - maxFindings
		a.all = a.all[:maxFindings]
	}
	slices.SortStableFunc(a.all, func(x, y located) int {
		return cmp.Or(cmp.Compare(x.at.group, y.at.group), cmp.Compare(x.at.number, y.at.number))
	})
	out := make([]record.Finding, 0, len(a.all)+1)
	for _, one := range a.all {
		out = append(out, one.Finding)
	}
	if a.left > 0 {
		out = append(out, record.Finding{Rule: RuleSet, Level: record.LevelInfo, Source: RuleSet,
			Message: fmt.Sprintf("Còn %d điều nữa không liệt kê ở đây; hãy sửa những điều trên rồi kiểm tra lại", a.left)})
	}
	return out
}
