package markdown

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"vanthu/record"
)

// Limits of one text.
const (
	maxText  = 128 << 10 // bytes
	maxDepth = 6         // lists in lists
	maxSigns = 2000      // lines and signs * _ ` < of one paragraph: the parser's time grows with their square
	maxCells = 20        // of a row
	maxTold  = 50        // faults
)

// Block is one paragraph or table.
type Block struct {
	Heading int           // level from 1, 0 for none
	Label   string        // what stands before an item of a list, "" for none
	Spans   []record.Span // the text; "\n" in it is a line break
	Table   *Table        // in place of all that
}

// Table has cells of one paragraph; its first row is the header. A row of one
// cell in a table of more is merged over all columns; no text of Markdown makes
// one, nor shares.
type Table struct {
	Aligns []Align
	Rows   [][][]record.Span // rows, cells, text
	Shares []float64         // of the width, by column: 0.2 is a fifth, 0 as the text needs; nil for none
}

// Share is the part of the width that column j is to have, 0 as its text needs.
func (t *Table) Share(j int) float64 {
	if j < len(t.Shares) {
		return t.Shares[j]
	}
	return 0
}

// Align is how the cells of a column stand.
type Align string

const (
	Natural Align = ""
	Left    Align = "left"
	Center  Align = "center"
	Right   Align = "right"
)

// Fault is something in a text that is not printed.
type Fault struct {
	Line    int    // from 1
	Code    string // stable: "markdown-html", "markdown-link" ...
	Message string // Vietnamese
}

// Parse reads a text, which must be UTF-8. With faults there are no blocks.
func Parse(source string) ([]Block, []Fault) {
	r := &reader{source: []byte(source)}
	if len(source) > maxText {
		return nil, []Fault{{1, "markdown-too-long", fmt.Sprintf("Văn bản Markdown dài quá %d KB", maxText>>10)}}
	}
	if !r.limits(source) {
		return nil, r.faults
	}
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers( // links are found by limits: the parser's own search is quadratic
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
	)
	r.blocks(p.Parse(text.NewReader(r.source)), list{})
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b Fault) int { return a.Line - b.Line })
		return nil, r.faults
	}
	return r.out, nil
}

// limits finds, line by line, links, and what would cost the parser too much
// time; then it says no.
func (r *reader) limits(source string) (good bool) {
	signs := 0 // and lines, of the paragraph
	good = true
	tell := func(line int, code, message string) {
		if len(r.faults) < maxTold {
			r.faults = append(r.faults, Fault{line + 1, code, message})
		}
	}
	for i, line := range strings.Split(source, "\n") {
		before := signs
		signs += 1 + strings.Count(line, "*") + strings.Count(line, "_") + strings.Count(line, "`") + strings.Count(line, "<")
		if strings.TrimSpace(line) == "" {
			signs = 0
		}
		if signs > maxSigns && before <= maxSigns {
			good = false
			tell(i, "markdown-signs", fmt.Sprintf("Một đoạn có quá %d dòng và dấu * _ ` <; hãy ngắt thành nhiều đoạn bằng dòng trống", maxSigns))
		}
		if tooDeep(line) {
			good = false
			tell(i, "markdown-depth", fmt.Sprintf("Danh sách lồng nhau quá %d tầng", maxDepth))
		}
		switch linkIn(line) {
		case "[":
			tell(i, "markdown-link", "Không dùng liên kết; hãy ghi địa chỉ bằng chữ (muốn in nguyên văn thì viết \\[ thay cho [)")
		case "![":
			tell(i, "markdown-image", "Không chèn hình bằng Markdown; mẫu có thẻ riêng cho hình")
		}
	}
	return good
}

// linkIn is how the first link or image in a line begins, "" for none.
func linkIn(line string) string {
	begins := ""
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
		case line[i] == '[' && i > 0 && line[i-1] == '!':
			begins = "!["
		case line[i] == '[' && begins == "":
			begins = "["
		case begins != "" && strings.HasPrefix(line[i:], "]("):
			return begins
		}
	}
	return ""
}

// tooDeep says whether a line opens more lists than there may be: each costs the
// parser time on every line that follows.
func tooDeep(line string) bool {
	if len(line)-len(strings.TrimLeft(line, " \t")) > 8*maxDepth {
		return true
	}
	marks := 0
	for _, word := range strings.Fields(line) {
		if strings.Trim(word, "-+*0123456789.)") != "" {
			break
		}
		marks++
	}
	return marks > 4*maxDepth && !strings.Contains(line, "|")
}

// reader walks the tree of one text.
type reader struct {
	source []byte
	out    []Block
	faults []Fault
}

// list is the list that blocks stand in.
type list struct {
	depth           int
	numbers, dashes int // of how many lists of each kind
}

func (r *reader) fault(n ast.Node, code, message string) {
	if len(r.faults) < maxTold {
		r.faults = append(r.faults, Fault{r.line(n), code, message})
	}
}

// line is where a node begins.
func (r *reader) line(n ast.Node) int {
	return 1 + bytes.Count(r.source[:min(max(0, start(n)), len(r.source))], []byte("\n"))
}

func start(n ast.Node) int {
	if n.Pos() >= 0 {
		return n.Pos()
	}
	if n.Type() != ast.TypeInline && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if at := start(c); at >= 0 {
			return at
		}
	}
	if n.Parent() != nil && n.Parent().Kind() != ast.KindDocument {
		return n.Parent().Pos()
	}
	return 0
}

func (r *reader) blocks(parent ast.Node, in list) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch x := n.(type) {
		case *ast.Paragraph, *ast.TextBlock:
			r.out = append(r.out, Block{Spans: r.spans(n)})
		case *ast.Heading:
			if x.Level > 3 {
				r.fault(n, "markdown-heading", "Tiêu đề chỉ có ba cấp: #, ##, ###")
			}
			r.out = append(r.out, Block{Heading: x.Level, Spans: r.spans(n)})
		case *ast.List:
			r.list(x, in)
		case *tables.Table:
			r.table(x)
		case *ast.ThematicBreak:
			r.fault(n, "markdown-rule", "Không kẻ ngang bằng --- hoặc ***; muốn in các dấu này thì đặt dấu \\ phía trước")
		case *ast.CodeBlock:
			r.fault(n, "markdown-code", "Dòng thụt vào từ bốn dấu cách bị hiểu là mã; hãy bỏ bớt dấu cách ở đầu dòng")
		case *ast.FencedCodeBlock:
			r.fault(n, "markdown-code", "Không dùng khối mã ```")
		case *ast.HTMLBlock:
			r.fault(n, "markdown-html", "Không dùng HTML; muốn in dấu < thì viết \\<")
		default:
			r.fault(n, "markdown-unknown", "Không dùng được cách viết này")
		}
	}
}

// text is what Segment stands for: a backslash before a sign is not printed.
func unescape(raw []byte) string {
	if !bytes.ContainsRune(raw, '\\') {
		return string(raw)
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) && util.IsPunct(raw[i+1]) {
			i++
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}

func (r *reader) spans(n ast.Node) []record.Span {
	var out []record.Span
	r.inline(&out, n, record.Span{})
	return out
}

// inline appends the text under n in the weight of look.
func (r *reader) inline(out *[]record.Span, n ast.Node, look record.Span) {
	add := func(s string) {
		if last := len(*out) - 1; last >= 0 && (*out)[last].Bold == look.Bold && (*out)[last].Italic == look.Italic {
			(*out)[last].Text += s
		} else if s != "" {
			*out = append(*out, record.Span{Text: s, Bold: look.Bold, Italic: look.Italic})
		}
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch x := c.(type) {
		case *ast.Text:
			add(unescape(x.Segment.Value(r.source)))
			if (x.SoftLineBreak() || x.HardLineBreak()) && c.NextSibling() != nil {
				add("\n")
			}
		case *ast.Emphasis:
			weight := look
			weight.Bold = look.Bold || x.Level == 2
			weight.Italic = look.Italic || x.Level == 1
			r.inline(out, c, weight)
		case *ast.CodeSpan:
			r.fault(c, "markdown-code", "Không dùng mã trong dấu `; muốn in dấu này thì viết \\`")
		case *ast.AutoLink:
			r.fault(c, "markdown-link", "Không dùng liên kết; hãy ghi địa chỉ bằng chữ")
		case *ast.RawHTML:
			r.fault(c, "markdown-html", "Không dùng HTML; muốn in dấu < thì viết \\<")
		default:
			r.fault(c, "markdown-unknown", "Không dùng được cách viết này")
		}
	}
}
