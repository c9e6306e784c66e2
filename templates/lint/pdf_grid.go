package lint

import (
	"cmp"
	"math"
	"slices"
)

// grid is what drawn lines close in: a table, or with one cell a box.
type grid struct {
	xs, ys                   []float64 // where its lines run, ascending
	left, bottom, right, top float64
}

// box says whether it has a single cell.
func (g *grid) box() bool { return len(g.xs) == 2 && len(g.ys) == 2 }

func (g *grid) holds(r *run) bool {
	m, y := r.middle(), r.y+r.size/4
	return m > g.left && m < g.right && y > g.bottom && y < g.top
}

// cell is the column and the row, from the top, of a run.
func (g *grid) cell(r *run) (column, row int) {
	column, _ = slices.BinarySearch(g.xs, r.middle())
	row, _ = slices.BinarySearch(g.ys, r.y+r.size/4)
	return column - 1, len(g.ys) - row
}

// gridsOf joins lines that touch and returns what they close in, and the level
// lines that stand by themselves.
func gridsOf(s *sheet, level, upright []levelLine) ([]*grid, []levelLine) {
	const touch = 2.5 // points
	all := slices.Concat(level, upright)
	group := make([]int, len(all))
	for i := range group {
		group[i] = i
	}
	root := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	for i, h := range level {
		for j, v := range upright {
			if h.left-touch < v.y && v.y < h.right+touch && v.left-touch < h.y && h.y < v.right+touch {
				group[root(i)] = root(len(level) + j)
			}
		}
	}
	members := map[int]*grid{}
	var order []int
	for i, l := range all {
		k := root(i)
		g := members[k]
		if g == nil {
			g = &grid{left: math.Inf(1), bottom: math.Inf(1), right: math.Inf(-1), top: math.Inf(-1)}
			members[k] = g
			order = append(order, k)
		}
		if i < len(level) {
			g.ys = append(g.ys, l.y)
		} else {
			g.xs = append(g.xs, l.y)
		}
	}
	var out []*grid
	closed := map[int]bool{}
	for _, k := range order {
		g := members[k]
		g.xs, g.ys = separate(g.xs), separate(g.ys)
		if len(g.xs) < 2 || len(g.ys) < 2 {
			continue
		}
		g.left, g.right, g.bottom, g.top = g.xs[0], g.xs[len(g.xs)-1], g.ys[0], g.ys[len(g.ys)-1]
		closed[k] = true
		if g.box() && g.top-g.bottom > s.height/2 {
			continue // a frame around the page
		}
		out = append(out, g)
	}
	var alone []levelLine
	for i, l := range level {
		if !closed[root(i)] {
			alone = append(alone, l)
		}
	}
	return out, joinedLines(alone)
}

func separate(v []float64) []float64 {
	slices.Sort(v)
	out := v[:0]
	for _, x := range v {
		if len(out) == 0 || x-out[len(out)-1] > 3 {
			out = append(out, x)
		}
	}
	return out
}

// joinedLines joins level lines that lie on or behind one another, as cells
// and double strokes draw them.
func joinedLines(all []levelLine) []levelLine {
	slices.SortFunc(all, func(a, b levelLine) int {
		return cmp.Or(cmp.Compare(math.Round(b.y), math.Round(a.y)), cmp.Compare(a.left, b.left))
	})
	var out []levelLine
	for _, l := range all {
		if n := len(out); n > 0 {
			if last := &out[n-1]; math.Abs(last.y-l.y) < 1.5 && l.left <= last.right+1 {
				last.right, last.thick = max(last.right, l.right), max(last.thick, l.thick)
				continue
			}
		}
		out = append(out, l)
	}
	return out
}
