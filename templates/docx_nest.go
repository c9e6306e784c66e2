package templates

import "fmt"

// builder nests the blocks of one container as its opening and closing tags
// say.
type builder struct {
	c      *compiler
	loose  *[]*tag
	stack  [][]block
	opened []*tag
	cur    []block
}

func (b *builder) add(x block) { b.cur = append(b.cur, x) }

func (b *builder) steer(t *tag) {
	switch {
	case t.kind == tagEndMark:
		b.add(endMark{t})
	case t.opens():
		if len(b.opened) >= maxSection {
			b.c.fault(t.site, "tag-depth", fmt.Sprintf("Các thẻ lồng nhau quá %d tầng", maxSection), t.text, t.site.near)
			return
		}
		b.stack, b.opened, b.cur = append(b.stack, b.cur), append(b.opened, t), nil
	default:
		top := len(b.opened) - 1
		if top < 0 {
			b.orphan(t)
			return
		}
		if !closes(t, b.opened[top]) {
			b.c.crossed(t, b.opened[top])
		}
		b.c.wholeFields(b.opened[top], fieldsOf(b.cur))
		b.cur = append(b.stack[top], &section{b.opened[top], b.cur})
		b.stack, b.opened = b.stack[:top], b.opened[:top]
	}
}

func (b *builder) orphan(t *tag) {
	if b.loose == nil || t.spread == "p" {
		b.c.unbalanced(t)
		return
	}
	*b.loose = append(*b.loose, t)
}

func (b *builder) finish() []block {
	for i := len(b.opened) - 1; i >= 0; i-- {
		b.cur = append(b.stack[i], b.cur...)
	}
	for _, t := range b.opened {
		b.orphan(t)
	}
	return b.cur
}

func closes(end, start *tag) bool { return end.name() == "" || end.name() == start.name() }

// nestInline makes a tree of the sections of one level of a paragraph. Tags
// without their partner go to loose, or are faults when loose is nil.
func (c *compiler) nestInline(flat []piece, loose *[]*tag) []piece {
	var stack [][]piece
	var opened []piece
	cur := []piece{}
	orphan := func(t *tag) {
		if loose == nil {
			c.unbalanced(t)
			return
		}
		*loose = append(*loose, t)
	}
	for _, p := range flat {
		switch {
		case p.tag == nil:
			cur = append(cur, p)
		case p.tag.opens():
			stack, opened, cur = append(stack, cur), append(opened, p), nil
		case p.tag.kind == tagClose:
			top := len(opened) - 1
			if top < 0 {
				orphan(p.tag)
				continue
			}
			sec := opened[top]
			if !closes(p.tag, sec.tag) {
				c.crossed(p.tag, sec.tag)
			}
			if sec.tag.spread != "" {
				c.spread = append(c.spread, sec.tag)
				cur = append(stack[top], cur...)
			} else {
				c.wholeFields(sec.tag, fieldsIn(cur))
				sec.nest = cur
				cur = append(stack[top], sec)
			}
			stack, opened = stack[:top], opened[:top]
		case p.tag.kind == tagEndMark, p.tag.kind == tagRich, p.tag.kind == tagImageAlone:
			c.fault(p.tag.site, "tag-place", fmt.Sprintf("Thẻ {%s} phải đứng một mình trong đoạn", p.tag.text), p.tag.text, p.tag.site.near)
		default:
			cur = append(cur, p)
		}
	}
	// What was opened here and not closed belongs to paragraphs or rows; what
	// followed it stays where it is.
	for i := len(opened) - 1; i >= 0; i-- {
		cur = append(stack[i], cur...)
	}
	for _, p := range opened {
		orphan(p.tag)
	}
	return cur
}

// span is how a stretch of text changes the depth of Word's fields: by how much
// in the end, and how low on the way.
type span struct{ sum, low int }

func (s *span) then(x span) {
	s.low = min(s.low, s.sum+x.low)
	s.sum += x.sum
}

func fieldsIn(pieces []piece) span {
	var s span
	for _, p := range pieces {
		s.then(span{p.field, min(0, p.field)})
		s.then(fieldsIn(p.inner))
		s.then(fieldsIn(p.nest))
	}
	return s
}

func fieldsOf(blocks []block) span {
	var s span
	for _, b := range blocks {
		switch x := b.(type) {
		case *paragraph:
			s.then(fieldsIn(x.pieces))
		case *section:
			s.then(fieldsOf(x.body))
		case *table:
			s.then(fieldsOf(x.rows))
		case *row:
			s.then(fieldsOf(x.cells))
		case *cell:
			s.then(fieldsOf(x.body))
		}
	}
	return s
}

// wholeFields refuses a section with a part of a field: repeated or left out, it
// would break the field, and Word the file.
func (c *compiler) wholeFields(t *tag, s span) {
	if s != (span{}) {
		c.fault(t.site, "tag-crossed", fmt.Sprintf("Thẻ {%s} và thẻ đóng của nó phải cùng ở trong hoặc cùng ở ngoài một trường (field) của Word", t.text), t.text, t.site.near)
	}
}
