package sip

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/exchange/internal/xmlout"
	"vanthu/record"
)

// Input is one dossier to hand over.
type Input struct {
	UUID    string    // of the package (RFC 9562), lower case; NewUUID makes one
	Created time.Time // of the package
	Dossier record.Dossier
	// OrganID is the identifier code of the organisation that formed the dossier,
	// Fonds the archive's code of its fonds (mã phông; "" takes OrganID), Name
	// its name when the dossier was closed.
	OrganID, Fonds, Name string
	Access               string // key of Config.Access: "public", "conditional", "secret"
	Language             string // key of Config.Languages: "vi"
	Software             string // that makes the package, with its version
	Documents            []Document
	Open                 func(context.Context, record.File) (io.ReadCloser, error)
}

// Document is an issued version in the dossier.
type Document struct {
	Version record.Version
	Pages   int    // of document.pdf
	Note    string // Description
	// Formats are keys of Config.Formats by the name of the version's file; ""
	// takes "pdfa-2b" for document.pdf and "pdf" for attachments.
	Formats map[string]string
}

// NewUUID is a random one (RFC 9562, version 4).
func NewUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// dossier is an Input that fits: with its texts in NFC, codes found, documents
// in their order and every file named.
type dossier struct {
	Input
	config      Config
	code        string // mã hồ sơ
	maintenance Named
	access      Named
	language    Named
	documents   []document
	pages       int
}

type document struct {
	Document
	ordinal  int
	typeCode string // "" where the archive's list has none that is known
	number   string // "46"
	notation string // "KH-UBND"
	files    []file
}

type file struct {
	record.File
	id     string // in METS and PREMIS: "file-001"
	name   string // "H06.12.2024.01.VHTT.001.pdf"
	title  string
	format Format
}

// Lengths of the fields in characters, or digits (NĐ 30/2020, PL VI, II.I and
// II.III).
const (
	maxNotationOfFile = 20
	maxTitle          = 500
	maxMaintenance    = 30
	maxRights         = 30
	maxCreator        = 30
	maxFileLanguage   = 50
	maxTotal          = 9999 // DocTotal, PageTotal
	maxOrdinal        = 999
	maxPages          = 999
	maxTypeName       = 100
	maxCodeNumber     = 11
	maxCodeNotation   = 30
	maxOrganName      = 200
	maxSubject        = 500
	maxLanguage       = 30
	maxDescription    = 500
	maxPosition       = 100
	maxFullName       = 50
)

var (
	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	// codeForm is what may stand in a code, as it names files and a URN.
	codeForm = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)
)

type faults []record.Fault

func (f *faults) add(pointer, code, tag, message string) {
	*f = append(*f, record.Fault{Pointer: pointer, Code: code, Tag: tag, Message: message})
}

// text is the value in NFC; a fault when it is missing, does not fit its field
// or cannot stand in XML.
func (f *faults) text(pointer, tag, value string, limit int, required bool) string {
	value = norm.NFC.String(value)
	switch n := utf8.RuneCountInString(value); {
	case strings.TrimSpace(value) == "" && required:
		f.add(pointer, "required", tag, "Chưa có giá trị")
	case n > limit:
		f.add(pointer, "too-long", tag, fmt.Sprintf("Dài %d ký tự, trường chỉ nhận %d", n, limit))
	case !xmlout.Valid(value):
		f.add(pointer, "character", tag, "Có ký tự mà XML không chứa được")
	}
	return value
}

func (f *faults) number(pointer, tag string, n, limit int) {
	if n < 1 || n > limit {
		f.add(pointer, "range", tag, fmt.Sprintf("%d không nằm trong 1–%d", n, limit))
	}
}

// prepared checks everything. Errors: Invalid, sip-invalid with all faults.
func prepared(in Input, c Config) (dossier, error) {
	var f faults
	d := dossier{Input: in, config: c}
	d.Fonds = cmp.Or(in.Fonds, in.OrganID)
	if !uuidForm.MatchString(in.UUID) {
		f.add("/uuid", "uuid", "", "UUID phải có dạng chữ thường 8-4-4-4-12")
	}
	if in.Created.IsZero() {
		f.add("/created", "required", "", "Chưa có thời điểm tạo gói")
	}
	d.OrganID = f.text("/organ_id", "OrganId", in.OrganID, c.OrganIDLength.Value, true)
	for pointer, code := range map[string]string{"/organ_id": d.OrganID, "/fonds": d.Fonds, "/dossier/code": norm.NFC.String(in.Dossier.Code)} {
		if code != "" && !codeForm.MatchString(code) {
			f.add(pointer, "pattern", "", fmt.Sprintf("%q chỉ được gồm chữ, số và . _ -", code))
		}
	}
	d.Name = f.text("/name", "OrganName", in.Name, maxOrganName, true)
	d.Software = f.text("/software", "", in.Software, maxTitle, true)
	d.head(&f)
	d.list(&f)
	slices.SortStableFunc(f, func(a, b record.Fault) int { return cmp.Compare(a.Pointer, b.Pointer) })
	return d, record.Faulty("sip-invalid", "Hồ sơ chưa đóng gói SIP được", f)
}

func (d *dossier) head(f *faults) {
	x := &d.Dossier
	x.Code = f.text("/dossier/code", "FileNotation", x.Code, maxNotationOfFile, true)
	x.Title = f.text("/dossier/title", "Title", x.Title, maxTitle, true)
	x.Keeper = f.text("/dossier/keeper", "Creator", x.Keeper, maxCreator, true)
	x.Note = f.text("/dossier/note", "Description", x.Note, maxDescription, false)
	if x.Year < 1945 || x.Year > 9999 {
		f.add("/dossier/year", "range", "FileCatalog", fmt.Sprintf("%d không phải năm của danh mục hồ sơ", x.Year))
	}
	for _, day := range []struct {
		pointer, tag string
		date         record.Date
	}{{"/dossier/started", "StartDate", x.Started}, {"/dossier/ended", "EndDate", x.Ended}} {
		if _, err := record.ParseDate(string(day.date)); err != nil {
			f.add(day.pointer, "date", day.tag, "Chưa có ngày; hồ sơ phải kết thúc rồi mới nộp lưu")
		}
	}
	if x.Started > x.Ended && x.Ended != "" {
		f.add("/dossier/ended", "order", "EndDate", "Ngày kết thúc trước ngày bắt đầu")
	}
	d.code = strings.NewReplacer("{organ}", d.OrganID, "{year}", fmt.Sprint(x.Year), "{notation}", x.Code).Replace(d.config.FileCode.Value)
	d.maintenance = Named{Code: cmp.Or(d.config.Maintenance.Value[fmt.Sprint(x.Retention.Years)], d.config.MaintenanceOther.Value), Name: retention(x.Retention.Years)}
	f.text("/dossier/retention", "Maintenance", d.maintenance.Name, maxMaintenance, true)
	f.text("/dossier/retention/basis", "", x.Retention.Basis, maxDescription, true)
	var ok bool
	if d.access, ok = d.config.Access.Value[d.Access]; !ok {
		f.add("/access", "unknown", "Rights", fmt.Sprintf("Không có chế độ sử dụng %q", d.Access))
	}
	f.text("/access", "Rights", d.access.Name, maxRights, ok)
	if d.language, ok = d.config.Languages.Value[d.Language]; !ok {
		f.add("/language", "unknown", "Language", fmt.Sprintf("Không có ngôn ngữ %q", d.Language))
	}
	f.text("/language", "Language", d.language.Name, min(maxFileLanguage, maxLanguage), ok)
}

func retention(years int) string {
	if years == 0 {
		return "Vĩnh viễn"
	}
	return fmt.Sprintf("%d năm", years)
}

// longer says whether a is kept longer than b; 0 is for ever.
func longer(a, b record.Retention) bool { return b.Years != 0 && (a.Years == 0 || a.Years > b.Years) }
