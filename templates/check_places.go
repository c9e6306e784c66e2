package templates

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/templates/ooxml"
	"vanthu/templates/vntext"
)

// A fill reaches the text of pages. Tags stand elsewhere too: in a chart, a
// comment, the code of a field. Nobody may learn from the printed page that one
// was left as it is, so Check looks for them everywhere: where it would be
// printed it is a fault, where it would not, a warning.

// nook is a kind of place that a fill does not reach.
type nook byte

const (
	plainNook   nook = iota // text of a page; what scan found there is filled
	wrappedNook             // inside an element that may be beyond the fill
	deletedNook
	fieldNook
	mathNook
	drawingNook
	wordArtNook
	numberingNook
	linkNook
	altNook
	controlNook
	commentNook
	propertyNook
	unprintedNook
)

// printed says whether the reader of the page would see the tag.
func (n nook) printed() bool { return n <= linkNook && n != deletedNook }

func (n nook) String() string {
	return [...]string{"ở chỗ không điền được", "ở chỗ không điền được", "trong chữ đã xóa (Track Changes)", "trong mã của một trường (field)",
		"trong công thức toán", "trong biểu đồ hoặc hình vẽ", "trong chữ nghệ thuật (WordArt)", "trong ký hiệu đánh số", "trong địa chỉ liên kết",
		"trong mô tả của hình", "trong tên của ô nội dung (content control)", "trong chú thích (comment)", "trong thuộc tính của tài liệu", "trong phần không được in"}[n]
}

// stray is a tag met by the search.
type stray struct {
	at   site
	nook nook
	text string // between the braces
	near string // the text around it
}

// guid is what programs write in braces.
var guid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// strays are the tags that scan has not found, in every part of the package.
func strays(p *ooxml.Package, uses []tagUse) (faults, warnings []record.Fault, err error) {
	printed, err := p.TextParts()
	if err != nil {
		return nil, nil, err
	}
	left := map[tagUse]int{}
	for _, u := range uses {
		left[tagUse{Tag: u.Tag, Part: u.Part}]++
	}
	for _, name := range p.Names() {
		found, err := straysOf(p, name, slices.Contains(printed, name))
		if err != nil {
			return nil, nil, err
		}
		// What is filled is counted off where filling is likeliest.
		slices.SortStableFunc(found, func(a, b stray) int { return int(a.nook) - int(b.nook) })
		for _, s := range found {
			use := tagUse{Tag: s.text, Part: name}
			if left[use] > 0 {
				left[use]--
				continue
			}
			f := record.Fault{Code: "tag-place", Message: fmt.Sprintf("Thẻ {%s} nằm %s, không được điền; hãy chuyển nó ra phần chữ của trang", s.text, s.nook),
				Tag: s.text, Part: name, Place: s.at.place(), Near: s.near}
			switch {
			case len(faults)+len(warnings) > 2*maxFaults: // enough to know
			case s.nook.printed():
				faults = append(faults, f)
			default:
				f.Code, f.Message = "tag-unfilled", fmt.Sprintf("Thẻ {%s} nằm %s, sẽ giữ nguyên như vậy", s.text, s.nook)
				warnings = append(warnings, f)
			}
		}
	}
	core, err := coreFaults(p)
	return append(faults, core...), bound(slices.Compact(warnings)), err
}

// tagsOf are the tags in a text, in linear time whatever braces it has.
func tagsOf(at site, n nook, text string) []stray {
	var all []stray
	for rest := text; len(all) < maxFaults; {
		_, after, found := strings.Cut(rest, "{")
		if !found {
			break
		}
		rest = after
		end := strings.IndexAny(after[:min(len(after), 4*maxTag)], "{}")
		if end < 0 || after[end] == '{' {
			continue
		}
		t, err := parseTag(after[:end])
		if err == nil && !guid.MatchString(t.text) {
			all = append(all, stray{at, n, t.text, vntext.Clip(vntext.Near(text, len(text)-len(after)))})
		}
	}
	return all
}

func straysOf(p *ooxml.Package, name string, printed bool) ([]stray, error) {
	lower := strings.ToLower(name)
	data, _ := p.Part(name)
	switch {
	case strings.HasSuffix(lower, ".rels"):
		return linkedTags(p, name)
	case !p.IsXML(name), !bytes.ContainsRune(data, '{'), strings.HasPrefix(lower, "customxml/"), name == coreProperties, lower == "[content_types].xml":
		return nil, nil
	case strings.HasPrefix(lower, "docprops/"):
		return readStrays(name, data, propertyNook)
	case printed:
		return readStrays(name, data, plainNook)
	case strings.HasPrefix(path.Base(lower), "comments"):
		return readStrays(name, data, commentNook)
	case strings.Contains(lower, "/charts/"), strings.Contains(lower, "/diagrams/"), strings.Contains(lower, "/drawings/"):
		return readStrays(name, data, drawingNook)
	case path.Base(lower) == "numbering.xml" && !strings.Contains(lower, "glossary"):
		return readStrays(name, data, numberingNook)
	}
	return readStrays(name, data, unprintedNook)
}

// linkedTags are tags in addresses, where Word writes braces as %7B and %7D.
func linkedTags(p *ooxml.Package, rels string) ([]stray, error) {
	all, err := p.Relationships(rels)
	if err != nil {
		return nil, err
	}
	var found []stray
	for _, r := range all {
		target := r.Target
		if plain, err := url.PathUnescape(target); err == nil {
			target = plain
		}
		if r.Kind() == "hyperlink" {
			found = append(found, tagsOf(site{part: rels}, linkNook, target)...)
		}
	}
	return found, nil
}
