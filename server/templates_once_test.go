package server

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/templates/officetest"
)

// While four administrators replace a template again and again, four secretaries
// draft from it: every draft is whole, names a version that was in force, and is
// made again from that one; no version is lost.
func TestTemplateReplacedWhileDrafting(t *testing.T) {
	o := house.open(t)
	letter := func(word string) []byte {
		return officetest.DOCX(t, officetest.Paragraphs("Bản "+word, "{ho_ten}"), nil)
	}
	o.put(t, "administrator", "PUT", "/api/v1/templates/thay-doi", map[string]any{"type": "GM", "docx": letter("đầu")}).want(t, http.StatusOK, "")
	raw := forHere(t, o.get(t, "secretary", "/api/v1/templates/thay-doi/example", nil).body)
	const each = 5
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		docs []record.Document
	)
	d, admin := o.cfg.Desk, desk.Actor{ID: "quan-tri", Roles: []record.Role{record.Administrator}}
	for g := range 4 {
		wg.Go(func() {
			for i := range each {
				in := record.TemplateSource{ID: "thay-doi", Type: "GM", DOCX: letter(fmt.Sprintf("%d.%d", g, i))}
				if _, published, err := d.PublishTemplate(t.Context(), admin, in); err != nil || !published {
					t.Errorf("version %d.%d: %v", g, i, err)
				}
			}
		})
		wg.Go(func() {
			for range each {
				doc, err := d.Draft(t.Context(), o.actor("secretary"), desk.Input{Raw: raw})
				if err != nil {
					t.Errorf("draft: %v", err)
					continue
				}
				if _, err := d.PreviewOf(t.Context(), doc, false); err != nil {
					t.Errorf("preview: %v", err)
				}
				mu.Lock()
				docs = append(docs, doc)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	known, err := o.cfg.Forms.Versions(t.Context(), "thay-doi")
	if err != nil {
		t.Fatal(err)
	}
	// Another secretary's first draft does not bring an old version back in force.
	if n := len(known.Versions); n != 4*each+1 {
		t.Errorf("%d versions of %d", n, 4*each+1)
	}
	for _, doc := range docs {
		r, err := d.Remake(t.Context(), doc, 1)
		if err != nil {
			t.Error(err)
			continue
		}
		if !slices.ContainsFunc(known.Versions, func(v record.TemplateVersion) bool { return v.SHA256 == r.Template.SHA256 }) {
			t.Errorf("a draft names version %s", r.Template.SHA256)
		}
	}
	if len(docs) != 4*each {
		t.Errorf("%d drafts", len(docs))
	}
}
