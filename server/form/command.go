package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// command carries out what a button of the form says:
//
//	add LIST [as BRANCH]    one more item at the end; CHOICE as BRANCH chooses
//	insert ITEM             one more behind this one, of its kind
//	up ITEM, down ITEM      changes places with its neighbour
//	remove ITEM             takes it out, to be restored by the next round only
//	clear CHOICE            takes back what was chosen, likewise
//	restore                 puts back what was removed last
//
// Pointers are those of the page that was posted, so its own indices.
type command struct {
	root   *value
	posted *Posted
}

// run is false for what is not the form's own command.
func (c *command) run(do, removed string) bool {
	verb, rest, _ := strings.Cut(do, " ")
	pointer, branch := rest, ""
	if i := strings.LastIndex(rest, " as "); i >= 0 && !c.root.node.knows(tokens(rest)) { // a name may have spaces
		pointer, branch = rest[:i], rest[i+len(" as "):]
	}
	switch verb {
	case "add":
		c.add(pointer, branch)
	case "insert", "up", "down", "remove":
		list, at, where, ok := c.item(pointer)
		if !ok {
			c.posted.Said = "Mục này không còn ở đó; biểu mẫu giữ nguyên"
			return true
		}
		c.change(verb, list, at, where)
	case "clear":
		c.clear(pointer)
	case "restore":
		c.restore(removed)
	default:
		return false
	}
	return true
}

// walk finds a value by the indices of the page and says where it will be once
// the items are counted anew. Members that were not posted, being empty, are
// made; items never.
func (c *command) walk(pointer string) (v *value, where string, ok bool) {
	steps := tokens(pointer)
	if !strings.HasPrefix(pointer, "/") || !c.root.node.knows(steps) {
		return nil, "", false
	}
	v = c.root
	for _, s := range steps {
		next := v.step(s, v.node.kind == Group)
		if next == nil {
			return nil, "", false
		}
		if v.node.kind == List {
			s = strconv.Itoa(slices.Index(v.items, next))
		}
		where = join(where, s)
		v = next
	}
	return v, where, true
}

// item finds an item: its list, its position, and the list's pointer.
func (c *command) item(pointer string) (list *value, at int, where string, ok bool) {
	v, whole, found := c.walk(pointer)
	list, where, ok = c.walk(parent(pointer))
	if !found || !ok || list.node.kind != List {
		return nil, 0, "", false
	}
	at, _ = strconv.Atoi(whole[len(where)+1:])
	return list, at, where, v != nil
}

func (c *command) add(pointer, branch string) {
	v, where, ok := c.walk(pointer)
	switch {
	case ok && v.node.kind == List && v.node.item.takes(branch):
		c.insert(v, len(v.items), where, branch)
	case ok && v.node.kind == Choice && len(v.parts) == 0 && branch != "" && v.node.takes(branch):
		m, _ := v.node.member(branch)
		v.parts[branch] = read(m.node, nil, false, true)
		c.posted.focus = []string{join(where, branch)}
	default:
		c.posted.Said = "Không thêm được vào chỗ này; biểu mẫu giữ nguyên"
	}
}

// takes says whether a branch can be asked for: of a choice one that it has, of
// anything else none.
func (n *node) takes(branch string) bool {
	if n.kind == Choice {
		return branch == "" || n.has(branch)
	}
	return branch == ""
}

func (c *command) insert(list *value, at int, where, branch string) {
	if list.node.most > 0 && len(list.items) >= list.node.most {
		c.posted.Said = fmt.Sprintf("“%s” đã đủ %d mục", list.node.title, list.node.most)
		return
	}
	item := read(list.node.item, nil, false, true)
	if item.node.kind == Choice && branch != "" {
		m, _ := item.node.member(branch)
		item.parts[branch] = read(m.node, nil, false, true)
	}
	if c.root.inputs()+item.inputs() > maxInputs || strings.Count(where, "/") > maxDepth-8 {
		c.posted.Said = "Biểu mẫu đã quá dài, không thêm được nữa; hãy nộp dữ liệu qua API"
		return
	}
	list.items = slices.Insert(list.items, at, item)
	c.posted.Said = "Đã thêm " + list.node.itemLabel(at)
	c.posted.focus = []string{join(where, strconv.Itoa(at))}
}

func (c *command) change(verb string, list *value, at int, where string) {
	here := func(i int) string { return join(where, strconv.Itoa(i)) }
	label := list.node.itemLabel(at)
	switch verb {
	case "insert":
		branch := ""
		for name := range list.items[at].parts {
			if list.node.item.kind == Choice {
				branch = name
			}
		}
		c.insert(list, at+1, where, branch)
	case "up", "down":
		to := at - 1
		if verb == "down" {
			to = at + 1
		}
		if to < 0 || to >= len(list.items) {
			c.posted.Said = label + " đã ở đầu hoặc cuối danh sách"
			return
		}
		list.items[at], list.items[to] = list.items[to], list.items[at]
		c.posted.Said = fmt.Sprintf("%s nay là %s", label, list.node.itemLabel(to))
		c.posted.focus = []string{verb + " " + here(to), "up " + here(to), "down " + here(to)}
	case "remove":
		c.posted.Removed = keep(here(at), list.items[at])
		list.items = slices.Delete(list.items, at, at+1)
		c.posted.Said = "Đã xóa " + label
		c.posted.focus = []string{"remove " + here(at), "remove " + here(at-1), "add " + where}
		if list.node.item.kind == Choice {
			for _, m := range list.node.item.members {
				c.posted.focus = append(c.posted.focus, "add "+where+" as "+m.name)
			}
		}
	}
}

func (c *command) clear(pointer string) {
	v, where, ok := c.walk(pointer)
	if !ok || v.node.kind != Choice {
		c.posted.Said = "Mục này không còn ở đó; biểu mẫu giữ nguyên"
		return
	}
	c.posted.Removed = keep(where, v)
	clear(v.parts)
	c.posted.Said = "Đã bỏ " + v.node.title
}

// removed is an item, or what was chosen, on its way through the browser.
type removed struct {
	At    string          `json:"at"`
	Value json.RawMessage `json:"value"`
}

func keep(at string, v *value) string {
	var b bytes.Buffer
	v.write(&b)
	raw, err := compact(removed{At: at, Value: b.Bytes()})
	if err != nil {
		return "" // what write made is JSON
	}
	return string(raw)
}

func (c *command) restore(raw string) {
	var r removed
	var v any
	if json.Unmarshal([]byte(raw), &r) == nil {
		d := json.NewDecoder(bytes.NewReader(r.Value))
		d.UseNumber()
		if d.Decode(&v) == nil && (c.putBack(r.At, v) || c.chooseAgain(r.At, v)) {
			return
		}
	}
	c.posted.Said = "Không có gì để khôi phục"
}

// putBack inserts an item where it was, or at the end of a list that has become
// shorter.
func (c *command) putBack(pointer string, v any) bool {
	list, where, ok := c.walk(parent(pointer))
	if !ok || list.node.kind != List || list.node.most > 0 && len(list.items) >= list.node.most {
		return false
	}
	at, ok := index(pointer[len(parent(pointer))+1:])
	item := read(list.node.item, v, true, true)
	if !ok || c.root.inputs()+item.inputs() > maxInputs {
		return false
	}
	at = min(at, len(list.items))
	list.items = slices.Insert(list.items, at, item)
	c.posted.Said = "Đã khôi phục " + list.node.itemLabel(at)
	c.posted.focus = []string{join(where, strconv.Itoa(at))}
	return true
}

func (c *command) chooseAgain(pointer string, v any) bool {
	choice, where, ok := c.walk(pointer)
	if !ok || choice.node.kind != Choice || len(choice.parts) > 0 {
		return false
	}
	back := read(choice.node, v, true, true)
	if c.root.inputs()+back.inputs() > maxInputs {
		return false
	}
	choice.parts = back.parts
	c.posted.Said = "Đã khôi phục " + choice.node.title
	c.posted.focus = []string{where}
	return true
}
