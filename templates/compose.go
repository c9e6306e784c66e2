package templates

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// Compose makes a template of what an administrator hands in: it derives schema
// and example where they are not given, and fills the example once, so that what
// it returns works. All faults come in one record.Invalid error: "template-info"
// for id, type and title; those of Check; "template-schema", with pointers into
// the schema or the tags that it does not cover; "template-example", with
// pointers into the example; "fill". A built-in id is record.Conflict,
// "template-built-in".
func (c *Catalogue) Compose(ctx context.Context, in record.TemplateSource) (record.Form, error) {
	info, err := c.info(&in)
	if err != nil {
		return record.Form{}, err
	}
	f, _, err := c.compose(ctx, in, info)
	if err != nil {
		return record.Form{}, err
	}
	return f.record, nil
}

// Derived is what Compose would make of a DOCX alone.
type Derived struct {
	Schema   []byte         // JSON Schema (2020-12) of the content
	Warnings []record.Fault // what will not print as it looks in Word, and plain names that are the service's
}

// Derive says what a DOCX asks of its data. Errors are those of Compose.
func (c *Catalogue) Derive(ctx context.Context, docx []byte) (Derived, error) {
	in := record.TemplateSource{ID: "mau", Type: "TB", Title: "Mẫu", DOCX: docx}
	info, err := c.info(&in)
	if err != nil {
		return Derived{}, err
	}
	_, d, err := c.compose(ctx, in, info)
	return d, err
}

func (c *Catalogue) compose(ctx context.Context, in record.TemplateSource, info []byte) (*form, Derived, error) {
	if _, err := Check(in.DOCX); err != nil {
		return nil, Derived{}, err
	}
	r, err := read(in.DOCX)
	if err != nil {
		return nil, Derived{}, err
	}
	derived := Derived{Warnings: r.warnings}
	if in.Schema == nil {
		derived.Schema, err = r.asks.schema(in.ID, in.Title)
	} else {
		derived.Schema, err = r.edited(in.ID, in.Schema)
	}
	if err == nil && in.Example == nil {
		in.Example, err = c.exampleOf(in.ID, in.Title, r.asks.content.sample(), r.signatories-1)
	}
	if err != nil {
		return nil, derived, err
	}
	files := map[string][]byte{"example.json": in.Example, "form.docx": in.DOCX, "form.json": info, "schema.json": derived.Schema}
	archive, err := pack(files)
	if err != nil {
		return nil, derived, err
	}
	f, err := r.form(in.ID, files, archive)
	if err == nil {
		err = c.tryExample(ctx, f)
	}
	return f, derived, err
}

func refused(faults []record.Fault) error {
	faults = bound(slices.Compact(faults))
	return record.Faulty("template-refused", fmt.Sprintf("Không nhận được tệp này làm mẫu: %d chỗ cần sửa", len(faults)), faults)
}

func indented(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return append(bytes.TrimSpace(out.Bytes()), '\n'), nil
}

var templateID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

const (
	maxTitle = 200          // characters
	noEnd    = "9999-12-31" // a day on which only types hold whose end is not known
)

func typeCodes() string {
	all, err := record.TypesOn(noEnd)
	if err != nil {
		return "?"
	}
	var codes []string
	for _, t := range all {
		codes = append(codes, t.Code)
	}
	return strings.Join(codes, ", ")
}

// info checks what is said about the form and returns form.json.
func (c *Catalogue) info(in *record.TemplateSource) ([]byte, error) {
	var faults []record.Fault
	say := func(pointer, code, message string) {
		faults = append(faults, record.Fault{Pointer: pointer, Code: code, Message: message})
	}
	if !templateID.MatchString(in.ID) {
		say("/id", "pattern", "Mã mẫu chỉ gồm chữ thường không dấu, chữ số và gạch nối, tối đa 63 ký tự, ví dụ giay-moi-so-y-te")
	} else if _, ours := c.forms[in.ID]; ours {
		return nil, record.E(record.Conflict, "template-built-in", fmt.Sprintf("Mã %s là của mẫu có sẵn trong chương trình; hãy đặt mã khác, ví dụ %s-cua-toi", in.ID, in.ID))
	}
	kind, err := record.TypeOn(in.Type, noEnd)
	if err != nil {
		say("/type", "document-type", fmt.Sprintf("Không có loại văn bản %.20q; các loại đang dùng: %s", in.Type, typeCodes()))
	}
	in.Title = norm.NFC.String(cmp.Or(in.Title, kind.Name))
	if n := utf8.RuneCountInString(in.Title); n == 0 && err == nil || n > maxTitle || !printable(in.Title) {
		say("/title", "title", fmt.Sprintf("Tên mẫu phải có từ 1 đến %d ký tự", maxTitle))
	}
	if len(faults) > 0 {
		return nil, record.Faulty("template-info", "Thông tin về mẫu chưa đúng", faults)
	}
	return json.Marshal(formInfo{Type: in.Type, Title: in.Title})
}

// edited checks a schema that was handed in, and names it.
func (r *reading) edited(id string, schema []byte) ([]byte, error) {
	faults := guardSchema(schema)
	if len(faults) == 0 {
		var err error
		if schema, err = nameSchema(id, schema); err != nil {
			return nil, err
		}
		if _, err := newChecker(id, schema); err != nil {
			faults = append(faults, record.Fault{Code: "schema-invalid", Message: "Không phải là lược đồ JSON Schema 2020-12 đúng: " + reason(err)})
		}
	}
	if len(faults) == 0 {
		root, err := rootShape(schema, r.own...)
		if err != nil {
			return nil, err
		}
		faults = checkNames(r.parts, root)
	}
	return schema, record.Faulty("template-schema", "Lược đồ chưa dùng được với mẫu này", bound(faults))
}

// reason is the innermost cause of an error.
func reason(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// tryExample decodes the example and fills the form with it.
func (c *Catalogue) tryExample(ctx context.Context, f *form) error {
	var e *record.Error
	got, err := c.intake.decode(func(string) (*form, error) { return f, nil }, f.record.ID, f.record.Example)
	if errors.As(err, &e) {
		return &record.Error{Kind: record.Invalid, Code: "template-example", Message: "Dữ liệu mẫu (example) chưa dùng được", Faults: e.Faults, Err: e.Err}
	}
	if err != nil {
		return err
	}
	kind, err := record.TypeOn(f.record.Type, noEnd)
	if err != nil {
		return err
	}
	office := record.OrganizationOn{OrganizationName: record.OrganizationName{Superior: "CƠ QUAN CHỦ QUẢN", Lines: []string{"CƠ QUAN", "BAN HÀNH"}, Name: "Cơ quan ban hành",
		Abbreviation: "CQ", HeadTitle: "GIÁM ĐỐC", Place: "Hà Nội", Contacts: []string{"Địa chỉ: Hà Nội"}}}
	_, err = c.fillWith(ctx, f, record.Filling{Envelope: got.Envelope, Link: "https://vanthu.example/v/00000000000000000000000000", Issuer: office, Type: kind, Symbol: record.SymbolOf(kind, office, got.Envelope.Filing.Unit),
		Signatory: record.Signatory{Name: "Nguyễn Văn A", Lines: []string{"GIÁM ĐỐC"}}, Cosignatories: slices.Repeat([]record.Signatory{{Name: "Trần Thị B", Lines: []string{"GIÁM ĐỐC"}}}, len(got.Envelope.Cosignatories)), Digits: 2, Year: 2024})
	if errors.As(err, &e) && len(e.Faults) > 0 {
		return refused(e.Faults)
	}
	return err
}
