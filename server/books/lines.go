package books

import (
	"context"
	"strings"

	"vanthu/record/desk"
	"vanthu/storage"
)

// Index is where the lines are.
type Index interface {
	Register(ctx context.Context, journal string, year int, series, cursor string, limit int) ([]storage.Registered, error)
	Registered(ctx context.Context, journal string, ids []string) (map[string]storage.Registered, error)
}

// Range is a part of a year's register.
type Range struct {
	Organization string
	Year         int
	Series       string // "" for all
	From, To     int    // numbers, both included; 0 for no bound
}

// Lines reads a part of a register, in the order of series and number.
func Lines(ctx context.Context, x Index, r Range) ([]storage.Registered, error) {
	const page = 1000
	var out []storage.Registered
	for cursor := ""; ; {
		lines, err := x.Register(ctx, r.Organization, r.Year, r.Series, cursor, page)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.Number >= r.From && (r.To == 0 || l.Number <= r.To) {
				out = append(out, l)
			}
		}
		if len(lines) < page {
			return out, nil
		}
		cursor = lines[len(lines)-1].Cursor
	}
}

// CopiesOf completes a register of copies with what was copied.
func CopiesOf(ctx context.Context, x Index, organization string, all []desk.RegisteredCopy) ([]Copy, error) {
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.Document
	}
	known, err := x.Registered(ctx, organization, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Copy, len(all))
	for i, c := range all {
		l := known[c.Document]
		out[i] = Copy{Copied: c.Copied, Of: c.Of, Subject: strings.Trim(l.TypeName+": "+l.Subject, ": ")}
	}
	return out, nil
}
