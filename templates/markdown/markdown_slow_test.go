package markdown

import (
	"strings"
	"testing"
	"time"
)

// A text of the largest size that is made to be slow must not be.
func TestParseIsQuick(t *testing.T) {
	n := maxText
	for name, s := range map[string]string{
		"brackets": strings.Repeat("[", n), "images": strings.Repeat("![", n/2), "links": strings.Repeat("[a](", n/4),
		"stars": strings.Repeat("*a ", n/3), "double": strings.Repeat("**a*", n/4), "mixed": strings.Repeat("*_", n/2), "nested": strings.Repeat("*a_", n/6) + strings.Repeat("b_c*", n/8),
		"ticks": func() string {
			var b strings.Builder
			for i := 1; b.Len() < n-700; i = i%600 + 1 {
				b.WriteString(strings.Repeat("`", i) + "a")
			}
			return b.String()
		}(),
		"less": strings.Repeat("<a ", n/3), "comments": strings.Repeat("<!--", n/4), "backslashes": strings.Repeat("\\", n),
		"pipes": strings.Repeat("|", n/2-10) + "\n" + strings.Repeat("-|", n/4-10), "lines": strings.Repeat("a\n", n/2), "delimiters": strings.Repeat("a|b\n-|-\n", n/8),
		"items": strings.Repeat("- a\n", n/4), "numbers": strings.Repeat("1. a\n", n/5), "deep": strings.Repeat("- - - - - a\n", n/12),
		"angles": strings.Repeat("> ", n/2), "dashes": strings.Repeat("-", n), "hashes": strings.Repeat("# a\n", n/4),
		"quotes": strings.Repeat(`<a b="`, n/6), "declared": strings.Repeat("<?", n/2), "cdata": strings.Repeat("<![CDATA[", n/9), "tables": strings.Repeat("a|b\n-|-\nc|d\n\n", n/13),
	} {
		began := time.Now()
		Parse(s)
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("%s: %v for %d bytes", name, d, len(s))
		} else if d > 200*time.Millisecond {
			t.Logf("%s: %v", name, d)
		}
	}
}
