package server

import (
	"crypto/rand"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vanthu/record"
)

// What every form about a document carries beside its fields.
const (
	seenField    = "seen"    // Seq of the document that the page showed
	requestField = "request" // makes sending the form twice do it once
)

// checked is what a box sends that is ticked; one that is not sends nothing.
const checked = "true"

func newRequest() string { return strings.ToLower(rand.Text()) }

// parsePosted reads a urlencoded form into Request.PostForm.
func (c *call) parsePosted() error {
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return refusal(http.StatusUnsupportedMediaType, "media-type", "Nội dung gửi lên không phải là một biểu mẫu")
	}
	if err := c.Request.ParseForm(); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return err
		}
		return record.Because(err, record.Invalid, "form-unreadable", "Không đọc được biểu mẫu đã gửi")
	}
	return nil
}

// posted reads members from a posted form; other names are the page's own. All
// faults come in one error.
func (c *call) posted(members []member) (values, error) {
	if err := c.parsePosted(); err != nil {
		return nil, err
	}
	out, faults := values{}, []record.Fault(nil)
	for _, m := range members {
		given := c.Request.PostForm[m.name]
		var v any
		var found []record.Fault
		switch {
		case m.kind == "strings":
			// Boxes give one each, a text one a line; what is left empty gives none.
			var all []string
			for _, s := range given {
				for line := range strings.Lines(s) {
					if line = strings.TrimSpace(line); line != "" {
						all = append(all, line)
					}
				}
			}
			v, found = m.fromStrings(all)
		case len(given) == 0 || given[0] == "" && !m.required:
			if m.required {
				found = m.fault("", "required", "không được để trống")
			}
		case m.kind == "boolean":
			if given[0] == checked {
				v = true
			} else {
				found = m.fault("", "type", "phải là "+checked)
			}
		case m.kind == "integer":
			n, err := strconv.Atoi(strings.TrimSpace(given[0]))
			if err != nil {
				found = m.fault("", "type", "phải là số nguyên")
			} else {
				v, found = m.fromInteger(n)
			}
		default:
			v, found = m.fromString("", given[0])
		}
		for i := range found { // people know the field by its label
			found[i].Message = m.doc + " " + strings.TrimPrefix(found[i].Message, m.name+" ")
		}
		if faults = append(faults, found...); v != nil {
			out[m.name] = v
		}
	}
	return out, record.Faulty("form-invalid", "Có chỗ cần sửa", faults)
}

// aim sets what the posted form knew of the document and the request's key.
func (c *call) aim() error {
	seen, err := strconv.ParseUint(c.Request.PostForm.Get(seenField), 10, 64)
	request := c.Request.PostForm.Get(requestField)
	if err != nil || seen == 0 || !keyForm.MatchString(request) {
		return refusal(http.StatusUnprocessableEntity, "form-incomplete", "Biểu mẫu gửi lên thiếu dữ liệu; hãy mở lại trang")
	}
	c.ref.Seen, c.ref.Request = seen, request
	return nil
}

// troubled are the messages about one field.
type troubled []record.Fault

// At are the messages about the field of that name, or about what lies in it.
func (t troubled) At(name string) []string {
	var out []string
	for _, f := range t {
		if f.Pointer == "/"+name || strings.HasPrefix(f.Pointer, "/"+name+"/") {
			out = append(out, f.Message)
		}
	}
	return out
}

// retell notes an error that a page shows itself instead of becoming an error
// page, and sets the headers that go with it. false: it is not for this.
func (s *Server) retell(c *call, err error, statuses ...int) (*problem, bool) {
	p := *problemOf(err)
	if !slices.Contains(statuses, p.Status) {
		return nil, false
	}
	p.Instance = requestURN + c.GetString(requestKey)
	c.Set(problemKey, &p)
	if p.retry > 0 {
		c.Header("Retry-After", itoa(p.retry))
	}
	return &p, true
}
