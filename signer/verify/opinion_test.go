package verify_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"vanthu/signer/verify"
)

func opinion(mode string, timeout time.Duration) *verify.SecondOpinion {
	return &verify.SecondOpinion{Command: []string{"/usr/bin/env", "VANTHU_TEST_CHILD=" + mode, os.Args[0]}, Timeout: timeout}
}

func TestSecondOpinion(t *testing.T) {
	s := through(t)
	o := newOffice(t).options()
	for _, c := range []struct {
		name    string
		pdf     []byte
		opinion *verify.SecondOpinion
		roots   bool
		verdict verify.Verdict
		code    string
	}{
		{"agrees", s.sealed, opinion("opinion", 0), true, verify.Valid, "ok"},
		{"agrees without roots", s.sealed, opinion("opinion", 0), false, verify.Valid, "ok"},
		{"flipped bit", flipped(s.sealed), opinion("opinion", 0), true, verify.Invalid, "disagrees"},
		{"hangs", s.sealed, opinion("hang", 300*time.Millisecond), true, verify.Unknown, "timeout"},
		{"writes without end", s.sealed, opinion("noise", 5*time.Second), true, verify.Unknown, "failed"},
		{"takes all memory", s.sealed, opinion("hog", 20*time.Second), true, verify.Unknown, "failed"},
		{"dies", s.sealed, opinion("dead", 0), true, verify.Unknown, "failed"},
		{"is not there", s.sealed, &verify.SecondOpinion{Command: []string{"/nonexistent"}}, true, verify.Unknown, "failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			options := o
			options.SecondOpinion = c.opinion
			if !c.roots {
				options.Roots = nil
			}
			without := options
			without.SecondOpinion = nil
			want, err := verify.Verify(t.Context(), c.pdf, without)
			must(t, err)
			r, err := verify.Verify(t.Context(), c.pdf, options)
			must(t, err)
			if r.SecondOpinion == nil || r.SecondOpinion.Verdict != c.verdict || r.SecondOpinion.Code != c.code {
				t.Fatalf("opinion %+v", r.SecondOpinion)
			}
			if r.Verdict != want.Verdict {
				t.Errorf("the opinion decided: %s instead of %s", r.Verdict, want.Verdict)
			}
		})
	}
}

// flipped has one other bit in what the personal signature covers.
func flipped(b []byte) []byte {
	out := bytes.Clone(b)
	out[bytes.Index(out, []byte("stream"))+40] ^= 1
	return out
}
