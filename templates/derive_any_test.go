package templates

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// drawTags is a form: paragraphs of tags that are balanced, and mean what they
// happen to mean.
func drawTags(t *rapid.T, depth int) []string {
	name := rapid.SampledFrom([]string{"a", "b", "c", "d", "Họ và tên", "subject", "type", "recipients", "content", "issuer", "bases", "annexes", "label"})
	value := rapid.Custom(func(t *rapid.T) string {
		n := name.Draw(t, "name")
		return rapid.SampledFrom([]string{"{" + n + "}", "{" + n + "}", "{" + n + "|upper}", "{" + n + "|long}", "{" + n + "|words}", "{.}", "{$1}", "{" + n + ".x}", "{$." + n + "}", "{content." + n + "}", "lời"}).Draw(t, "tag")
	})
	var out []string
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		n := name.Draw(t, "section")
		open := rapid.SampledFrom([]string{"#", "#", "^", "#content.", "#$."}).Draw(t, "open")
		switch {
		case kind < 3 || depth == 0:
			out = append(out, strings.Join(rapid.SliceOfN(value, 1, 3).Draw(t, "values"), " "))
		case kind == 3:
			out = append(out, "{"+open+n+"}"+strings.Join(rapid.SliceOfN(value, 0, 3).Draw(t, "inline"), " ")+"{/}")
		default:
			out = append(append(append(out, "{"+open+n+"}"), drawTags(t, depth-1)...), "{/}")
		}
	}
	return out
}

// Of any tags, what is derived is a schema under which its own example fills the
// form, or it is told why not; a value that nobody asks for is never the reason.
func TestDeriveAnyTags(t *testing.T) {
	c := catalogue(t)
	made := 0
	rapid.Check(t, func(r *rapid.T) {
		lines := drawTags(r, 3)
		form, err := c.Compose(t.Context(), source("thu", officetest.DOCX(t, officetest.Paragraphs(lines...), nil)))
		if err == nil {
			made++
			if faults := guardSchema(form.Content); len(faults) > 0 {
				r.Fatalf("what is derived may not be handed in: %v", faults)
			}
			return
		}
		if record.KindOf(err) != record.Invalid || record.CodeOf(err) != "template-refused" {
			r.Fatalf("%q: %v", lines, err)
		}
		for _, f := range faultsOf(t, err) {
			known := []string{"name-used-two-ways", "value-not-text", "number-outside-loop", "name-unknown", "filter-value"}
			// What the service gives under a name cannot be printed by any filter.
			if strings.HasPrefix(f.Tag, "subject|") || strings.HasPrefix(f.Tag, "label|") {
				known = append(known, "not-a-date", "not-a-number")
			}
			if !slices.Contains(known, f.Code) || f.Place == "" || f.Tag == "" {
				r.Fatalf("%q: %+v", lines, f)
			}
		}
	})
	if made == 0 {
		t.Error("nothing was ever made")
	}
	t.Logf("%d were made", made)
}
