package server

import (
	"context"
	"sync"

	"vanthu/record"
	"vanthu/server/form"
)

// pageForms are the forms for the schemas of templates, each made when it is
// first asked for. A version of a template never changes, so neither does its
// form.
type pageForms struct {
	mu   sync.Mutex
	made map[record.TemplateRef]*form.Form
}

// mostForms bounds what is kept; beyond it all is forgotten and made anew.
const mostForms = 128

func (p *pageForms) of(f record.Form) (*form.Form, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if made, ok := p.made[f.TemplateRef]; ok {
		return made, nil
	}
	made, err := form.New(f.Schema)
	if err != nil {
		return nil, err
	}
	if p.made == nil || len(p.made) >= mostForms {
		p.made = map[record.TemplateRef]*form.Form{}
	}
	p.made[f.TemplateRef] = made
	return made, nil
}

// form is the newest version of a template with its page form.
func (s *Server) form(ctx context.Context, template string) (record.Form, *form.Form, error) {
	f, err := s.cfg.Forms.Form(ctx, template)
	if err != nil {
		return f, nil, err
	}
	made, err := s.pages.forms.of(f)
	return f, made, err
}
