package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"vanthu/record"
)

// PublishTemplate makes a template of what an administrator hands in and puts it
// in force, as the first version of its id or the next one; what is in force
// already is answered with published false. Who may not is Forbidden; what the
// source lacks is Invalid, with every fault.
func (d *Desk) PublishTemplate(ctx context.Context, a Actor, in record.TemplateSource) (f record.Form, published bool, err error) {
	if err := administrates(a); err != nil {
		return f, false, err
	}
	if f, err = d.Forms.Compose(ctx, in); err != nil {
		return f, false, err
	}
	published, err = d.publish(ctx, a, record.CmdPublishTemplate, f.Package, &record.Published{ID: f.ID, SHA256: f.SHA256, Type: f.Type, Title: f.Title},
		func(s *record.State) bool {
			v, ok := s.Templates[f.ID].InForce()
			return ok && v.SHA256 == f.SHA256 && v.Retired == nil
		})
	return f, published, err
}

// RetireTemplate takes a template out of use: no new documents are made from it,
// those that were can still be finished and made again. seen is the version in
// force that the administrator looked at, "" whichever it is.
func (d *Desk) RetireTemplate(ctx context.Context, a Actor, id string, seen record.Digest, reason string) error {
	if err := administrates(a); err != nil {
		return err
	}
	if f, err := d.Forms.Form(ctx, id); err != nil {
		return err
	} else if f.BuiltIn {
		return record.E(record.Conflict, "template-built-in", fmt.Sprintf("Mẫu %s có sẵn trong chương trình, không thôi dùng được", id))
	}
	_, err := d.Journals.Update(ctx, record.SystemJournal, func(s *record.State) (*record.Entry, error) {
		p := record.Published{ID: id, SHA256: seen}
		if newest, _ := s.Templates[id].InForce(); seen == "" {
			p.SHA256 = newest.SHA256
		}
		return &record.Entry{Time: d.Now().UTC(), Actor: a.ID, Command: record.CmdRetireTemplate, Published: &p, Reason: reason}, nil
	})
	return err
}

func administrates(a Actor) error { return needs(a, record.Administrator) }

func needs(a Actor, r record.Role) error {
	if !slices.Contains(a.Roles, r) {
		return record.E(record.Forbidden, "role", "Việc này cần vai trò "+string(r))
	}
	return nil
}

// Template is what the system journal knows of a template; without versions
// when it knows nothing.
func (p *Published) Template(ctx context.Context, id string) (t record.Template, err error) {
	err = p.Journals.View(ctx, record.SystemJournal, func(s *record.State) error {
		t = s.Templates[id]
		return nil
	})
	return t, err
}

// Templates are all templates that the system journal knows, by id.
func (p *Published) Templates(ctx context.Context) (all map[string]record.Template, err error) {
	err = p.Journals.View(ctx, record.SystemJournal, func(s *record.State) error {
		all = maps.Clone(s.Templates)
		return nil
	})
	return all, err
}

// Package is the package of a version, checked against its digest.
func (p *Published) Package(ctx context.Context, d record.Digest) ([]byte, error) {
	return p.Archive.Blob(ctx, d)
}

// publishForm puts the package of a form into the archive the first time it
// makes a document, so that every document can be made again from it. A version
// that is known already stays where it stands: a newer one may be in force by
// now.
func (d *Desk) publishForm(ctx context.Context, a Actor, f record.Form) error {
	_, err := d.publish(ctx, a, record.CmdPublishTemplate, f.Package, &record.Published{ID: f.ID, SHA256: f.SHA256, Type: f.Type, Title: f.Title},
		func(s *record.State) bool {
			_, known := s.Templates[f.ID].Version(f.SHA256)
			return known
		})
	return err
}

// PublishOrganization puts an organisation's dated data in force.
func (d *Desk) PublishOrganization(ctx context.Context, a Actor, id string, content []byte) error {
	digest := record.DigestOf(content)
	_, err := d.publish(ctx, a, record.CmdPublishOrganization, content, &record.Published{ID: id, SHA256: digest},
		func(s *record.State) bool { return s.Organizations[id] == digest })
	return err
}

var errInForce = errors.New("already in force")

// publish stores content and says in the system journal that it is in force,
// unless done says that there is nothing to do.
func (d *Desk) publish(ctx context.Context, a Actor, c record.Command, content []byte, p *record.Published, done func(*record.State) bool) (bool, error) {
	look := func(s *record.State) error {
		if done(s) {
			return errInForce
		}
		return nil
	}
	err := d.Journals.View(ctx, record.SystemJournal, look)
	if err == nil {
		_, err = d.Archive.PutBlob(ctx, content)
	}
	if err == nil {
		_, err = d.Journals.Update(ctx, record.SystemJournal, func(s *record.State) (*record.Entry, error) {
			return &record.Entry{Time: d.Now().UTC(), Actor: a.ID, Command: c, Published: p}, look(s)
		})
	}
	if errors.Is(err, errInForce) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("publish %s: %w", p.ID, err)
	}
	return true, nil
}
