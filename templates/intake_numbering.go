package templates

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"vanthu/record"
	"vanthu/templates/vntext"
)

// numbering finds texts that bring their own number or dash. The form makes
// both from the structure (NĐ 30/2020, PL I, II.6.d), so that they cannot
// repeat or skip; a number in the text would print twice.
type numbering struct {
	number, bullet, bracket *regexp.Regexp
}

func newNumbering() *numbering {
	return &numbering{
		// "1. ", "1.2. ", "1) ", "1.Mục"; "IV. ", "II) "; "a) ", "đ. ".
		// Not "100% cán bộ", "2024 là năm", "10.000 người", "V.I. Lênin", "C. Mác".
		number: regexp.MustCompile(`^(?:\d{1,3}(?:\.\d{1,3})*[.)](?:[\s\x{00A0}]|\p{Lu}\p{Ll})|[IVX]{1,6}[.)][\s\x{00A0}]|(?:[a-z]|đ|[a-zđ]{2})\)[\s\x{00A0}]|(?:[a-z]|đ)\.[\s\x{00A0}])`),
		// "- ", "–Xây dựng", "• ", "* ", but "-5 độ" is a quantity.
		bullet:  regexp.MustCompile(`^(?:[-–—](?:[\s\x{00A0}]|\p{L})|[•●○▪■◦·►➢✓][\s\x{00A0}]?|\*[\s\x{00A0}])`),
		bracket: regexp.MustCompile(`^(?:\+[\s\x{00A0}]|\((?:\d{1,2}|[a-zđ]|[ivx]{1,4})\)[\s\x{00A0}])`),
	}
}

// faults walks content and recipients of an envelope.
func (n *numbering) faults(envelope map[string]any, c *checker) []record.Fault {
	var out []record.Fault
	if content, ok := envelope["content"]; ok && !c.free {
		out = n.walk(out, c, []string{"content"}, content, "")
	}
	recipients, _ := envelope["recipients"].([]any)
	for i, r := range recipients {
		m, _ := r.(map[string]any)
		name, _ := m["name"].(string)
		at := []string{"recipients", strconv.Itoa(i), "name"}
		out = n.judge(out, c, at, name, false)
		out = append(out, recipientFaults(c, at, name)...)
	}
	return out
}

func (n *numbering) walk(out []record.Fault, c *checker, at []string, v any, list string) []record.Fault {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			out = n.walk(out, c, append(at[:len(at):len(at)], name), member, list)
		}
	case []any:
		if _, err := strconv.Atoi(at[len(at)-1]); err == nil {
			return out // a list in a list is a row of cells: the form puts no marks there
		}
		for i, item := range v {
			out = n.walk(out, c, append(at[:len(at):len(at)], strconv.Itoa(i)), item, at[len(at)-1])
		}
	case string:
		// A plain paragraph may be set off by "+ " or "(1) ": the structure has
		// no level for it. A title, clause, point or dash has its own mark.
		name := at[len(at)-1]
		numbered := name == "title" || name == "dash" || name == "text" && list != "body" && list != "closing"
		out = n.judge(out, c, at, v, numbered)
	}
	return out
}

func (n *numbering) judge(out []record.Fault, c *checker, at []string, text string, numbered bool) []record.Fault {
	// Only the beginning counts; a mark cut in two there does not matter.
	plain := strings.TrimSpace(record.PlainText(strings.ToValidUTF8(text[:min(len(text), 200)], "")))
	found := n.number.FindString(plain)
	if found == "" {
		found = n.bullet.FindString(plain)
	}
	if found == "" && numbered {
		found = n.bracket.FindString(plain)
	}
	if found == "" {
		return out
	}
	return append(out, record.Fault{Pointer: pointer(at), Code: "number-in-text", Place: c.place(at), Near: vntext.Near(plain, 0),
		Message: fmt.Sprintf("%s bắt đầu bằng %q; số thứ tự và gạch đầu dòng do mẫu tự đặt, hãy bỏ khỏi dữ liệu", c.label(at), strings.TrimSpace(found))})
}

// recipientFaults: the form prints the semicolons and the last line, "Lưu"
// (NĐ 30/2020, PL I, II.9).
func recipientFaults(c *checker, at []string, name string) []record.Fault {
	fault := func(code, message string) []record.Fault {
		return []record.Fault{{Pointer: pointer(at), Code: code, Message: message, Place: c.place(at), Near: vntext.Near(name, len(name))}}
	}
	switch {
	case strings.HasSuffix(name, ";"):
		return fault("trailing-punctuation", "Bỏ dấu chấm phẩy cuối tên nơi nhận; mẫu tự đặt")
	case strings.HasPrefix(name, "Lưu:"), strings.HasPrefix(name, "Lưu VT"):
		return fault("filing-in-recipients", "Dòng “Lưu” do mẫu tự lập từ “filing”; hãy bỏ khỏi nơi nhận")
	}
	return nil
}
