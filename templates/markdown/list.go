package markdown

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/yuin/goldmark/ast"

	"vanthu/record"
)

func (r *reader) list(l *ast.List, in list) {
	if in.depth++; in.depth > maxDepth {
		r.fault(l, "markdown-depth", fmt.Sprintf("Danh sách lồng nhau quá %d tầng", maxDepth))
		return
	}
	inside := in
	if l.IsOrdered() {
		inside.numbers++
		r.inOrder(l)
	} else {
		inside.dashes++
	}
	n := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		from, told := len(r.out), len(r.faults)
		r.blocks(item, inside)
		if len(r.faults) > told {
			continue
		}
		if len(r.out) == from || r.out[from].Label != "" || r.out[from].Table != nil || r.out[from].Heading > 0 {
			r.fault(item, "markdown-list", "Mục của danh sách phải bắt đầu bằng chữ")
			return
		}
		r.out[from].Label = label(l, in, n)
		n++
	}
}

// label is what is printed before item n of a list in others.
func label(l *ast.List, in list, n int) string {
	switch {
	case l.IsOrdered() && in.numbers == 0:
		return strconv.Itoa(n) + string(l.Marker)
	case l.IsOrdered() && in.numbers == 1 && n > 0:
		return record.PointLetter(n) + ")"
	case l.IsOrdered():
		return strconv.Itoa(n) + ")"
	case in.dashes > 0 || l.Marker == '+':
		return "+"
	}
	return "-"
}

// inOrder refuses a list whose numbers are not what Markdown would make of them:
// one after the other, or the same for all.
func (r *reader) inOrder(l *ast.List) {
	same, rising := true, true
	var at ast.Node
	n := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		typed := r.typed(item)
		same, rising = same && typed == l.Start, rising && typed == n
		if !same && !rising && at == nil {
			at = item
		}
		n++
	}
	if at != nil {
		r.fault(at, "markdown-numbers", "Danh sách đánh số không liên tục; hãy đánh 1. 2. 3. hoặc 1. 1. 1.")
	}
}

// typed is the number that an item was given.
func (r *reader) typed(item ast.Node) int {
	rest := bytes.TrimLeft(r.source[max(0, item.Pos()):], " \t")
	n := 0
	for len(rest) > n && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	number, err := strconv.Atoi(string(rest[:n]))
	if err != nil {
		return -1
	}
	return number
}
