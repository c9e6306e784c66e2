package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vanthu/record"
)

// formField is one field of a small form: an input of a type, a "select", a
// "textarea", a "checkbox", or "checks" of which several are ticked.
type formField struct {
	ID, Name, Type, Label, Value string // Label is a text's key
	Help                         string // a text's key; "" for none
	Required                     bool
	Faults                       []string
	Values                       []string // chosen of "checks"
	Options                      []option // of "select" and "checks"
}

// Described are the ids of what is said about the field.
func (f formField) Described() string {
	var ids []string
	if len(f.Faults) > 0 {
		ids = append(ids, f.ID+"-errors")
	}
	if f.Help != "" {
		ids = append(ids, f.ID+"-help")
	}
	return strings.Join(ids, " ")
}

// Chosen says whether an option of "checks" is ticked.
func (f formField) Chosen(value string) bool { return slices.Contains(f.Values, value) }

type option struct {
	Value, Text string
	VI          bool // in Vietnamese, whatever the page speaks
}

// smallForm is a form of a page about something other than a document.
type smallForm struct {
	Text    string // key of what its summary and its button say
	Help    string // key of what to know before sending it; "" for none
	Warning string // why it would be refused now
	Action  string
	Request string
	Look    string
	Fields  []formField
	Open    bool
}

// smallForm makes a small form, whose fields' ids begin with id; said holds what
// was typed into it and went wrong.
func (s *Server) smallForm(id, text, action, look string, said *misfiled, fields ...formField) smallForm {
	f := smallForm{Text: text, Action: action, Request: newRequest(), Look: look, Fields: fields}
	for i := range f.Fields {
		x := &f.Fields[i]
		x.ID = id + "-" + x.Name
		if x.Type == "" {
			x.Type = "text"
		}
		if said != nil && said.action == action {
			x.Value, x.Values, x.Faults = said.form.Get(x.Name), said.form[x.Name], troubled(said.problem.Errors).At(x.Name)
			f.Open = true
			if said.problem.Code != "request-reused" { // else it would be refused again
				f.Request = said.form.Get(requestField)
			}
		}
	}
	return f
}

// misfiled is a form that could not be carried out.
type misfiled struct {
	action  string
	form    url.Values
	problem *problem
}

// repointed moves the faults of an error to the field that this page has.
func repointed(err error, from, to string) error {
	var e *record.Error
	if !errors.As(err, &e) {
		return err
	}
	out := *e
	out.Faults = slices.Clone(e.Faults)
	for i := range out.Faults {
		if out.Faults[i].Pointer == from {
			out.Faults[i].Pointer = to
		}
	}
	return &out
}

// postForm carries out a posted form and leads to where do says, with the notice
// of that name, or shows the page again with what is wrong.
func postForm(members []member, notice string, again func(*Server, *call, int, *misfiled) error, do func(*Server, *call, values) (string, error)) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		v, err := c.posted(members)
		if err == nil {
			if c.ref.Request = c.Request.PostForm.Get(requestField); !keyForm.MatchString(c.ref.Request) {
				err = refusal(http.StatusUnprocessableEntity, "form-incomplete", "Biểu mẫu gửi lên thiếu dữ liệu; hãy mở lại trang")
			}
		}
		var to string
		if err == nil {
			to, err = do(s, c, v)
		}
		if err == nil {
			return c.redirect(to + "?" + noticeName + "=" + notice)
		}
		p, ok := s.retell(c, err, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable)
		if !ok {
			return err
		}
		return again(s, c, p.Status, &misfiled{action: c.Request.URL.Path, form: c.Request.PostForm, problem: p})
	}
}
