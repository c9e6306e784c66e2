package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"vanthu/record"
)

// Published finds organisations and templates as the system journal has put them
// in force.
type Published struct {
	Journals Journals
	Archive  Archive

	mu    sync.Mutex
	known map[record.Digest]record.Organization
}

// Organization is the data in force of one organisation, Invalid at
// "/organization" when there is none.
func (p *Published) Organization(ctx context.Context, id string) (record.Organization, error) {
	var digest record.Digest
	err := p.Journals.View(ctx, record.SystemJournal, func(s *record.State) error {
		digest = s.Organizations[id]
		return nil
	})
	if err != nil {
		return record.Organization{}, err
	}
	if digest == "" {
		return record.Organization{}, UnknownOrganization(id)
	}
	p.mu.Lock()
	o, ok := p.known[digest]
	p.mu.Unlock()
	if ok {
		return o, nil
	}
	raw, err := p.Archive.Blob(ctx, digest)
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return o, record.Because(err, record.Damaged, "organization-damaged", fmt.Sprintf("Dữ liệu cơ quan %q không đọc được", id))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[record.Digest]record.Organization{}
	}
	p.known[digest] = o
	return o, nil
}

// All lists the organisations in force, by id.
func (p *Published) All(ctx context.Context) ([]record.Organization, error) {
	var ids []string
	err := p.Journals.View(ctx, record.SystemJournal, func(s *record.State) error {
		ids = slices.Sorted(maps.Keys(s.Organizations))
		return nil
	})
	var all []record.Organization
	for _, id := range ids {
		o, err := p.Organization(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, err
}

// UnknownOrganization is the fault of an envelope that names no organisation
// of this office.
func UnknownOrganization(id string) error {
	return record.Faulty("organization-unknown", "Không có cơ quan ban hành này", []record.Fault{{
		Pointer: "/organization", Code: "organization-unknown", Message: fmt.Sprintf("Không có cơ quan %q trong dữ liệu của văn thư", id)}})
}

// Grant puts in force what an account may do in an organisation.
func (d *Desk) Grant(ctx context.Context, a Actor, g record.Grant) error {
	if err := administrates(a); err != nil {
		return err
	}
	_, err := d.Journals.Update(ctx, record.SystemJournal, func(s *record.State) (*record.Entry, error) {
		have, held := s.Grants[g.Account][g.Organization]
		if held == (len(g.Roles) > 0) && slices.Equal(have.Roles, g.Roles) && slices.Equal(have.Persons, g.Persons) && slices.Equal(have.Certificates, g.Certificates) {
			return nil, nil // in force already
		}
		return &record.Entry{Time: d.Now().UTC(), Actor: a.ID, Command: record.CmdGrant, Grant: &g}, nil
	})
	return err
}
