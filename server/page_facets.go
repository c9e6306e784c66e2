package server

import (
	"maps"
	"net/url"

	"vanthu/record"
	"vanthu/storage"
)

// facet is one filter with the number of documents that each of its values
// would leave.
type facet struct {
	Title   string
	Foreign bool // its labels are Vietnamese on an English page too
	Values  []facetValue
}

type facetValue struct {
	Label  string
	N      int
	URL    string
	Chosen bool // the filter asks for it; the address takes it away
}

const maxFacetValues = 8

// facets are the filters that narrow down what a query finds.
func (s *Server) facets(c *call, asked url.Values, counts storage.Counts) ([]facet, error) {
	same := func(v string) (string, error) { return v, nil }
	var out []facet
	for _, f := range []struct {
		name, title string
		foreign     bool
		counts      []storage.Count
		label       func(string) (string, error)
		value       func(string) string // as the filter writes it; nil for as it is
	}{
		{"type", "field.type", true, counts.Types, func(v string) (string, error) { return s.typeName(v), nil }, nil},
		{"year", "field.year", false, counts.Years, same, nil},
		{"state", "field.state", false, counts.States, func(v string) (string, error) { return s.say(c, "state."+v), nil }, nil},
		{"organization", "field.issuer", true, counts.Organizations, func(v string) (string, error) {
			name, err := s.organizationName(c.ctx, v)
			if record.KindOf(err) == record.NotFound {
				return v, nil
			}
			return name, err
		}, nil},
		{"signatory", "field.signatory", true, counts.Signatories, same, func(v string) string { return `"` + v + `"` }},
		{"unit", "field.unit", true, counts.Units, same, nil},
	} {
		x := facet{Title: s.say(c, f.title), Foreign: f.foreign}
		for _, n := range f.counts {
			value := n.Value
			if f.value != nil {
				value = f.value(value)
			}
			v := facetValue{N: n.Documents, Chosen: asked.Get(f.name) == value}
			if len(x.Values) >= maxFacetValues && !v.Chosen {
				continue
			}
			var err error
			if v.Label, err = f.label(n.Value); err != nil {
				return nil, err
			}
			to := without(asked, "cursor", f.name)
			if !v.Chosen {
				to = maps.Clone(to)
				to.Set(f.name, value)
			}
			v.URL = address("/van-ban", to)
			x.Values = append(x.Values, v)
		}
		if len(x.Values) > 1 || len(x.Values) == 1 && x.Values[0].Chosen {
			out = append(out, x)
		}
	}
	return out, nil
}

// lists are the addresses of all that a query finds as files.
func lists(asked url.Values) []link {
	var out []link
	for _, f := range listFormats {
		out = append(out, link{address(api+"/documents."+f.ending, asked), f.name})
	}
	return out
}
