package templates

// tagNode is a tag of a compiled form with the tags its section encloses.
type tagNode struct {
	tag    *tag
	inside []tagNode
}

// outline is every tag of a form in the order of its text, nested as the
// sections are: what a form asks of its data.
func outline(parts []*part) []tagNode {
	var all []tagNode
	for _, p := range parts {
		all = outlineBlocks(all, p.blocks)
		if p.notes != nil {
			all = outlineBlocks(all, p.notes.fixed)
		}
	}
	return all
}

func outlineBlocks(all []tagNode, blocks []block) []tagNode {
	for _, b := range blocks {
		switch x := b.(type) {
		case *paragraph:
			all = outlinePieces(all, x.pieces)
			if x.alone != nil {
				all = append(all, tagNode{tag: x.alone})
			}
		case *section:
			all = append(all, tagNode{x.tag, outlineBlocks(nil, x.body)})
		case endMark:
			all = append(all, tagNode{tag: x.tag})
		case plainTag:
			all = append(all, tagNode{tag: x.tag})
		case *room:
			all = outlineBlocks(all, x.body)
		case *table:
			all = outlineBlocks(all, x.rows)
		case *row:
			all = outlineBlocks(all, x.cells)
		case *cell:
			all = outlineBlocks(all, x.body)
		case noteRef:
			all = outlineBlocks(all, x.note.body)
		}
	}
	return all
}

func outlinePieces(all []tagNode, pieces []piece) []tagNode {
	for _, p := range pieces {
		if p.tag != nil {
			all = append(all, tagNode{p.tag, outlinePieces(nil, p.nest)})
		}
		all = outlinePieces(all, p.inner)
		all = outlineBlocks(all, p.raw)
	}
	return all
}
