package form

import (
	"slices"
	"strings"

	"vanthu/record"
)

// Kind is how a field is shown.
type Kind string

const (
	Text     Kind = "text"     // one line
	Textarea Kind = "textarea" // many
	Select   Kind = "select"
	Integer  Kind = "integer"
	JSON     Kind = "json"   // what no other kind can show, as JSON text
	Group    Kind = "group"  // fields under one title
	List     Kind = "list"   // items that can be added, removed and moved
	Choice   Kind = "choice" // one of several fields
	Constant Kind = "const"  // always the same; never shown
)

// Tree is a form ready to be shown.
type Tree struct {
	Fields  []*Field
	Faults  []record.Fault // those that belong to no visible field
	Summary []Trouble      // all faults, in the order of the form
	Said    string         // what the last command did, Vietnamese; ""
	Removed string         // what "restore" would bring back, opaque; ""

	byPointer map[string]*Field
}

// Trouble is a fault with the way to its field.
type Trouble struct {
	ID      string // of the input or group, for a link; "" when it is not shown
	Path    string // "Mục II, Khoản 1, Tên khoản"
	Message string
}

// At is the field at a pointer, nil when there is none.
func (t Tree) At(pointer string) *Field { return t.byPointer[pointer] }

// Take removes the fields at these pointers from Fields and returns them, for a
// page that shows them in a place of their own.
func (t *Tree) Take(pointers ...string) []*Field {
	var out []*Field
	for _, p := range pointers {
		if f := t.At(p); f != nil {
			out = append(out, f)
			t.Fields = slices.DeleteFunc(t.Fields, func(x *Field) bool { return x == f })
		}
	}
	return out
}

// Field is one field of the form with all that a page needs to show it.
type Field struct {
	Pointer   string // RFC 6901; the input's name
	Kind      Kind
	Label     string // "Tên mục"; an item's with its number: "Mục II"
	Path      string // the items it lies in and itself: "Mục II, Khoản 1"
	Help      string // shown here; "" where an equal field before has shown it
	HelpID    string // of the element that shows the help; ""
	Required  bool
	Hidden    bool // goes with the form unseen
	MaxLength int  // characters; 0 is no limit
	Value     string
	List      string // id of the page's datalist with suggestions; ""
	Options   []Option
	Faults    []string
	Children  []*Field // group: fields; list: items; choice: what was chosen
	Adds      []Button // list: what can be added; choice: what can be chosen
	Tools     []Button // item of a list: move, insert, remove
	Item      bool     // of a list
	As        []Option // choice among texts: turns one into the other
	Bare      bool     // a group or choice that posts nothing: its name must be posted for it
	Compact   bool     // a group of short inputs, fit for one line
	Focus     bool     // its input is to be focused

	order int // among all fields, from top to bottom
}

// Option is one choice of a select.
type Option struct {
	Value, Label string
	Selected     bool
}

// Button is a submit button named "_do".
type Button struct {
	Value string // the command
	Label string // "Xóa"
	Name  string // for who hears the page: "Xóa: Mục II, Khoản 1"
	Verb  string // add, insert, up, down, remove
	Focus bool
}

// ID is the id of the field's input or group.
func (f *Field) ID() string { return "f" + idOf(f.Pointer) }

// ErrorID is the id of the element that shows the field's faults.
func (f *Field) ErrorID() string { return "e" + idOf(f.Pointer) }

// idOf is a pointer without spaces: an id has none, and lists of ids are parted
// by them. No pointer has "~2" in it.
func idOf(pointer string) string { return strings.ReplaceAll(pointer, " ", "~2") }

// AsName is the name of the input that says which branch a choice takes.
func (f *Field) AsName() string { return asPrefix + f.Pointer }

// DescribedBy are the ids of what explains the field, for aria-describedby.
func (f *Field) DescribedBy() string {
	switch {
	case len(f.Faults) == 0:
		return f.HelpID
	case f.HelpID == "":
		return f.ErrorID()
	}
	return f.ErrorID() + " " + f.HelpID
}

// Leaf says whether the field is one input.
func (f *Field) Leaf() bool { return f.Kind != Group && f.Kind != List && f.Kind != Choice }

// firstInput is the first visible input of the field, nil when it has none.
func (f *Field) firstInput() *Field {
	switch {
	case f.Hidden:
		return nil
	case f.Leaf():
		return f
	}
	for _, c := range f.Children {
		if leaf := c.firstInput(); leaf != nil {
			return leaf
		}
	}
	return nil
}

// Rows is the height of a text area that shows the value: about 90 letters go
// on a line.
func (f *Field) Rows() int {
	rows, line := 1, 0
	for _, r := range f.Value {
		if line++; r == '\n' || line > 90 {
			rows++
			line = 0
		}
	}
	least := 1
	if f.MaxLength == 0 || f.MaxLength > 2000 {
		least = 2
	}
	return min(max(rows, least), 16)
}
