package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vanthu/record"
	"vanthu/storage"
)

// waiting is one list of what somebody has to do.
type waiting struct {
	Key   string // of its texts: "inbox.KEY", "inbox.KEY.none"
	Items []row
	More  string // address of all of them, where these are not all
	Alarm bool   // something was interrupted
}

// row is a document in a list, with what only some lists show.
type row struct {
	Item
	Reason string // why it came back
	Act    string // text key of what is to be done: "act.sign"
	Due    record.Date
	Over   bool // Due has gone by
}

// Marked is a field that the list shows whole, with the words that were looked
// for.
func (r row) Marked(field, text string) []storage.Part {
	for _, e := range r.Excerpts {
		if e.Field == field {
			return e.Parts
		}
	}
	return []storage.Part{{Text: text}}
}

// Places are the excerpts of what the list does not show.
func (r row) Places() []storage.Excerpt {
	return slices.DeleteFunc(slices.Clone(r.Excerpts), func(e storage.Excerpt) bool { return e.Field == "symbol" || e.Field == "subject" })
}

const inboxItems = 20

// showInbox is what waits for the viewer, by role, and what is new.
func showInbox(s *Server, c *call) error {
	if err := s.cfg.Index.CatchUpWithin(c.ctx, catchUpFor); err != nil {
		return err
	}
	var lists []waiting
	for _, w := range []struct {
		key    string
		role   record.Role
		states []record.Status
		act    string
	}{
		{"interrupted", record.Clerk, []record.Status{record.Numbered}, "act.seal"},
		{"returned", record.Secretary, []record.Status{record.Returned}, "act.revise"},
		{"sign", record.Official, []record.Status{record.Submitted}, "act.sign"},
		{"number", record.Clerk, []record.Status{record.Signed}, "act.issue"},
		{"drafts", record.Secretary, []record.Status{record.Draft}, "act.submit"},
		{"issued", record.Archivist, []record.Status{record.Issued}, ""},
	} {
		list, err := s.waiting(c, w.role, w.states, w.act)
		if err != nil {
			return err
		}
		list.Key, list.Alarm = w.key, w.key == "interrupted"
		// Nothing interrupted is nothing to tell.
		if c.viewer.holds(w.role) && (len(list.Items) > 0 || !list.Alarm) {
			lists = append(lists, list)
		}
	}
	opinions, err := s.opinionsAwaited(c)
	if err != nil {
		return err
	}
	if len(opinions.Items) > 0 {
		lists = append([]waiting{opinions}, lists...)
	}
	recent, err := s.cfg.Index.Search(c.ctx, storage.Query{Organizations: c.viewer.organizations(), Limit: 10})
	if err != nil {
		return err
	}
	page := struct {
		Lists    []waiting
		Dossiers []dossierOffice
		Recent   []row
		Nobody   bool
	}{Lists: lists, Recent: rows(recent, ""), Nobody: len(c.viewer.grants) == 0}
	if page.Dossiers, err = s.dossiersWaiting(c); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "inbox", screen{Title: s.say(c, "inbox.title"), Here: "/", Body: page})
}

// dossiersWaiting are the organisations whose dossiers wait for the viewer: to be
// handed over by who formed them and taken over by the archive, which also lists
// those whose retention has run out; the head decides on the lists of these.
func (s *Server) dossiersWaiting(c *call) (out []dossierOffice, err error) {
	for _, id := range c.viewer.organizations() {
		g := c.viewer.grants[id]
		o := dossierOffice{ID: id}
		if g.Has(record.Secretary, record.Archivist) {
			due, err := s.due(c, id)
			if err != nil {
				return nil, err
			}
			if !g.Has(record.Archivist) {
				due.Disposals = nil
			}
			o.Due = s.dueDossiers(due)
		}
		if g.Has(doing(record.CmdDisposalDecide).roles...) {
			lists, err := s.cfg.Desk.Disposals(c.ctx, id)
			if err != nil {
				return nil, err
			}
			for _, x := range lists {
				if x.Decided.IsZero() {
					o.Disposals = append(o.Disposals, disposalRow{Disposal: x})
				}
			}
		}
		if !o.Due.Some() && len(o.Disposals) == 0 {
			continue
		}
		if o.Name, err = s.organizationName(c.ctx, id); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func rows(hits []storage.Hit, act string) []row {
	out := make([]row, 0, len(hits))
	for _, h := range hits {
		out = append(out, row{Item: itemOf(h), Act: act})
	}
	return out
}

// waiting finds the documents in these states where the viewer holds the role.
func (s *Server) waiting(c *call, role record.Role, states []record.Status, act string) (waiting, error) {
	where, persons := []string{}, []string{}
	for _, id := range c.viewer.organizations() {
		if g := c.viewer.grants[id]; g.Has(role) {
			where = append(where, id)
			persons = append(persons, g.Persons...)
		}
	}
	queries := []storage.Query{{States: states, Organizations: where, Limit: inboxItems}}
	if role == record.Official {
		queries = nil
		slices.Sort(persons)
		for _, p := range slices.Compact(persons) { // ids of persons are unique in an organisation only
			at := slices.DeleteFunc(slices.Clone(where), func(id string) bool { return !slices.Contains(c.viewer.grants[id].Persons, p) })
			queries = append(queries, storage.Query{States: states, Organizations: at, Person: p, Limit: inboxItems})
		}
	}
	var hits []storage.Hit
	for _, q := range queries {
		found, err := s.cfg.Index.Search(c.ctx, q)
		if err != nil {
			return waiting{}, err
		}
		hits = append(hits, found...)
	}
	if len(queries) > 1 {
		slices.SortStableFunc(hits, func(a, b storage.Hit) int { return strings.Compare(string(b.Date)+b.ID, string(a.Date)+a.ID) })
	}
	w := waiting{}
	if len(hits) >= inboxItems {
		hits = hits[:inboxItems]
		q := url.Values{}
		for _, x := range states {
			q.Add("state", string(x))
		}
		w.More = "/van-ban?" + q.Encode()
	}
	w.Items = rows(hits, act)
	return w, s.explain(c, w.Items)
}

// explain adds why returned documents came back.
func (s *Server) explain(c *call, items []row) error {
	for i, x := range items {
		if x.State != record.Returned {
			continue
		}
		err := s.cfg.Desk.Journals.View(c.ctx, x.Organization, func(st *record.State) error {
			items[i].Reason = st.Documents[x.ID].Reason
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
