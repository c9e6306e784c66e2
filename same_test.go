package main

import (
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"
)

// Many at once with one request id: one document, the same answer for all.
func TestSameRequestAtOnce(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		good(t, nil, with(flags2("search", flags), "x")...) // the demo office is set up
		in := plan(t, func(v map[string]any) {
			v["organization"] = "ubnd-tp-vung-tau"
			v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
			v["date"] = "2024-03-22"
		})
		const callers = 12
		answers := make([]outcome, callers)
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				out := filepath.Join(t.TempDir(), "o.pdf")
				answers[i] = vanthu(t, in, with(flags2("issue", flags), "-t", "ke-hoach", "-d", "-", "-o", out, "--request", "một", "--json")...)
			})
		}
		wg.Wait()
		for _, a := range answers {
			var doc issued
			if err := json.Unmarshal([]byte(a.out), &doc); err != nil || a.code != exitGood || a.out != answers[0].out || doc.Number != 1 {
				t.Errorf("exit %d: %s%s", a.code, a.out, a.err)
			}
		}
	})
}
