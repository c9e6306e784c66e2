package addresses

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vanthu/record"
	"vanthu/storage"
)

// MaxCSV is the size in bytes above which no file of addresses is read.
const MaxCSV = 4 << 20

// maxFaults is how many faults are told of one file.
const maxFaults = 100

// column is one member of an entry in a file.
type column struct {
	name  string // as in JSON
	title string // Vietnamese, in the first line
	get   func(Entry) string
	set   func(*Entry, string)
}

// columns are in the order in which a file is written. Of one that is read only
// the name is required, in any order; what has no column stays as it is.
var columns = []column{
	{"name", "Tên nơi nhận", func(e Entry) string { return e.Name }, func(e *Entry, s string) { e.Name = s }},
	{"code", "Mã định danh", func(e Entry) string { return e.Code }, func(e *Entry, s string) { e.Code = s }},
	{"channel", "Cách gửi", func(e Entry) string { return channelWords[e.Channel] }, func(e *Entry, s string) { e.Channel = wordOf(channelWords, s) }},
	{"email", "Thư điện tử", func(e Entry) string { return e.Email }, func(e *Entry, s string) { e.Email = s }},
	{"postal_address", "Địa chỉ bưu chính", func(e Entry) string { return e.PostalAddress }, func(e *Entry, s string) { e.PostalAddress = s }},
	{"purposes", "Mục đích", func(e Entry) string { return purposeText(e.Purposes) }, func(e *Entry, s string) { e.Purposes = purposesOf(s) }},
	{"valid_from", "Dùng từ ngày", func(e Entry) string { return dayText(e.ValidFrom) }, func(e *Entry, s string) { e.ValidFrom = dayOf(s) }},
	{"valid_to", "Dùng đến ngày", func(e Entry) string { return dayText(e.ValidTo) }, func(e *Entry, s string) { e.ValidTo = dayOf(s) }},
	{"note", "Ghi chú", func(e Entry) string { return e.Note }, func(e *Entry, s string) { e.Note = s }},
	{"id", "Mã mục (không sửa)", func(e Entry) string { return e.ID }, func(e *Entry, s string) { e.ID = s }},
}

var (
	channelWords = map[string]string{"portal": "đường dẫn", "email": "thư điện tử", "paper": "bản giấy"}
	purposeWords = map[string]string{"execute": "thực hiện", "inspect": "kiểm tra", "report": "báo cáo", "coordinate": "phối hợp", "inform": "biết", "file": "lưu"}
)

// wordOf is the code of a Vietnamese word, or what was written where it is none.
func wordOf(words map[string]string, s string) string {
	s = strings.TrimSpace(s)
	for code, word := range words {
		if storage.Fold(word) == storage.Fold(s) || code == s {
			return code
		}
	}
	return s
}

func purposeText(codes []string) string {
	var words []string
	for _, c := range codes {
		words = append(words, purposeWords[c])
	}
	return strings.Join(words, ", ")
}

func purposesOf(s string) (codes []string) {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		word = strings.TrimSpace(word)
		if rest, found := strings.CutPrefix(strings.ToLower(word), "để "); found {
			word = rest
		}
		if word != "" {
			codes = append(codes, wordOf(purposeWords, word))
		}
	}
	return codes
}

func dayText(d record.Date) string {
	if d == "" {
		return ""
	}
	return d.Time().Format("02/01/2006")
}

var writtenDay = regexp.MustCompile(`^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}$`)

// dayOf reads a day as people and spreadsheets write it, day first, or as we do.
// What is none stays, for the check to tell.
func dayOf(s string) record.Date {
	s = strings.TrimSpace(s)
	if writtenDay.MatchString(s) {
		var day, month, year int
		_, _ = fmt.Sscanf(strings.NewReplacer("/", " ", ".", " ", "-", " ").Replace(s), "%d %d %d", &day, &month, &year) // as it matched
		return record.Date(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	}
	return record.Date(s)
}

// A spreadsheet takes a cell that begins with one of these for a formula. It gets
// an apostrophe before it, which is taken away again.
const formula = "=+-@'"

const bom = "\uFEFF"

// CSV is the book as a file for spreadsheets (RFC 4180, UTF-8 with a mark at its
// beginning, by which they know it).
func (b Book) CSV() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(bom)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.title
	}
	_ = w.Write(row) // to memory; Error tells
	for _, e := range b.Entries {
		for i, c := range columns {
			if row[i] = c.get(e); row[i] != "" && strings.IndexByte(formula, row[i][0]) >= 0 {
				row[i] = "'" + row[i]
			}
		}
		_ = w.Write(row)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// Imported says what a file did to the book.
type Imported struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Same    int `json:"same"` // lines that the book had already
}

// Import takes a file of addresses into the book: all of it or nothing. A line is
// the entry of its id; without one that of its code, or of its name, where there
// is one; otherwise a new entry, sent by e-mail where it has an address and on
// paper where not, unless it says how. Entries that the file does not have stay.
//
// The file is CSV (RFC 4180) in UTF-8, with commas, semicolons or tabs, and a
// first line that names its columns as CSV writes them or by the members of the
// JSON. Invalid "addresses-file" has every fault of every line, up to a hundred,
// at /LINE/COLUMN.
func (b *Books) Import(ctx context.Context, organization string, file []byte) (done Imported, err error) {
	rows, given, faults := readCSV(file)
	err = b.change(ctx, organization, func(book *Book) error {
		var placed []record.Fault
		done, placed = book.take(rows, given)
		if err := faulty(slices.Concat(faults, placed)); err != nil {
			return err
		}
		if len(book.Entries) > MaxEntries {
			return full()
		}
		if done.Added+done.Changed == 0 {
			return errSame
		}
		return nil
	})
	if err != nil {
		return Imported{}, err
	}
	return done, nil
}

func faulty(faults []record.Fault) error {
	slices.SortStableFunc(faults, func(a, b record.Fault) int { return lineOf(a) - lineOf(b) })
	message := "Tệp địa chỉ chưa đúng; chưa có gì được nhận"
	if n := len(faults); n > maxFaults {
		message += fmt.Sprintf(" (có %d chỗ, sau đây là %d chỗ đầu)", n, maxFaults)
		faults = faults[:maxFaults]
	}
	return record.Faulty("addresses-file", message, faults)
}

func lineOf(f record.Fault) (line int) {
	_, _ = fmt.Sscanf(f.Pointer, "/%d", &line) // 0 for the whole file
	return line
}

// row is one line of a file.
type row struct {
	line  int
	cells []string // by column; what is not there is ""
}

// readCSV reads the lines; given are the columns that the file has.
func readCSV(file []byte) (rows []row, given []bool, faults []record.Fault) {
	say := func(line int, code, format string, args ...any) {
		f := record.Fault{Code: code, Message: fmt.Sprintf(format, args...)}
		if line > 0 {
			f.Pointer, f.Place = fmt.Sprintf("/%d", line), fmt.Sprintf("dòng %d", line)
		}
		faults = append(faults, f)
	}
	given = make([]bool, len(columns))
	text := strings.TrimPrefix(string(file), bom)
	switch {
	case len(file) > MaxCSV:
		say(0, "too-large", "Tệp lớn hơn %d MB", MaxCSV>>20)
		return nil, given, faults
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		say(0, "encoding", "Tệp không phải là chữ UTF-8; trong bảng tính hãy lưu dạng “CSV UTF-8”")
		return nil, given, faults
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	var order []int // columns by place
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			say(syntax.StartLine, "csv-syntax", "Dấu ngoặc kép đặt không đúng; từ đây không đọc tiếp được")
			break
		}
		if err != nil {
			say(0, "csv-syntax", "Tệp không đọc được")
			break
		}
		line, _ := r.FieldPos(0)
		switch {
		case order == nil:
			order = head(cells, given, func(code, format string, args ...any) { say(line, code, format, args...) })
		case strings.TrimSpace(strings.Join(cells, "")) == "":
		case len(rows) >= MaxEntries:
			say(line, "max-items", "Tệp có quá %d dòng", MaxEntries)
			return rows, given, faults
		case len(cells) > len(order) && strings.TrimSpace(strings.Join(cells[len(order):], "")) != "":
			say(line, "columns", "Dòng có nhiều ô hơn dòng đầu")
		default:
			x := row{line, make([]string, len(columns))}
			for i, cell := range cells[:min(len(cells), len(order))] {
				if order[i] >= 0 {
					x.cells[order[i]] = unquoted(cell)
				}
			}
			rows = append(rows, x)
		}
	}
	if order == nil && len(faults) == 0 {
		say(0, "required", "Tệp trống")
	}
	return rows, given, faults
}

// head reads the first line: which column stands where, -1 for none.
func head(cells []string, given []bool, say func(code, format string, args ...any)) []int {
	order := make([]int, len(cells))
	for i, cell := range cells {
		title := storage.Fold(strings.TrimSpace(cell))
		order[i] = slices.IndexFunc(columns, func(c column) bool { return storage.Fold(c.title) == title || c.name == title })
		switch at := order[i]; {
		case title == "":
		case at < 0:
			say("column-unknown", "Không có cột %q; các cột là: %s", clip(cell), titles())
		case given[at]:
			say("duplicate", "Cột %q có hai lần", clip(cell))
		default:
			given[at] = true
		}
	}
	if !given[0] {
		say("required", "Dòng đầu phải nêu tên các cột, ít nhất có cột %q", columns[0].title)
	}
	return order
}

func titles() string {
	var all []string
	for _, c := range columns {
		all = append(all, c.title)
	}
	return strings.Join(all, ", ")
}

// separator is what stands between the cells of the first line.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, r := range ";\t" {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}

func unquoted(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte(formula, cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}
