package templates

import (
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// FuzzDerive: of any tags, one paragraph a line, either something is told to be
// wrong, or a form is made that its own example fills.
func FuzzDerive(f *testing.F) {
	c := catalogue(f)
	for _, s := range []string{
		"{a} {b|long}\n{#c}\n{.}\n{/c}", "{#a}{a}{/a}{^a}x{/a}", "{#x}{#y}{z}{/}{$1}{/}", "{content} {content.a} {type}", "{#recipients}{name}{x}{/}",
		"{a.b.c} {#a}{d}{/a}", "{$.a.b}{#a}{b}{/a}", "{%hinh}\n{~~loi}", "{#bases}{.}{/}", "{#annexes}{label}{first}{/}", "{-w:p x}{y}{/x}", "{#attached}{#articles}{number}{/}{/}",
		"{#a}{.}{/a}{#a}{b}{/a}", "{Họ và tên|upper}{issuer.name}{issuer.x}", "{#a}{#a}{a}{/a}{/a}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 || !printable(text) {
			return
		}
		form, err := c.Compose(t.Context(), source("thu", officetest.DOCX(t, officetest.Paragraphs(strings.Split(text, "\n")...), nil)))
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatalf("not the form's fault: %v", err)
			}
			return
		}
		if faults := guardSchema(form.Content); len(faults) > 0 {
			t.Fatalf("what is derived may not be handed in: %v", faults)
		}
	})
}
