package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/verify"
)

func TestGoodStages(t *testing.T) {
	s := through(t)
	for _, c := range []struct {
		name    string
		pdf     []byte
		verdict verify.Verdict
		fields  []string
	}{
		{"prepared", s.prepared, verify.Unsigned, nil},
		{"signed", s.signed, verify.Valid, []string{"vtPersonal"}},
		{"sealed", s.sealed, verify.Valid, []string{"vtPersonal", "vtSeal"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := judge(t, c.pdf)
			if r.Verdict != c.verdict || len(r.Signatures) != len(c.fields) || len(r.Findings) > 0 {
				t.Fatalf("verdict %s\n%s", r.Verdict, r.Text())
			}
			for i, f := range c.fields {
				if g := r.Signatures[i]; g.Field != f || g.Verdict != verify.Valid || g.Coverage.WholeFile != (i == len(c.fields)-1) {
					t.Errorf("signature %d: %+v", i, g)
				}
			}
		})
	}

	r := judge(t, s.sealed)
	p, seal := r.Signatures[0], r.Signatures[1]
	if p.Kind != "personal" || p.Signer != officialName || p.Authority != "CA thử nghiệm" || p.Organization != "UBND tỉnh Hà Tĩnh" ||
		!p.ClaimedTime.Equal(signedAt) || p.Location != "Hà Tĩnh" || p.SubFilter != "ETSI.CAdES.detached" {
		t.Errorf("personal signature misread: %+v", p)
	}
	if seal.Kind != "seal" || seal.Signer != sealName || len(seal.Changes) != 0 {
		t.Errorf("seal misread: %+v", seal)
	}
	var did []string
	for _, c := range p.Changes {
		if !c.Allowed {
			t.Errorf("not allowed: %s", c.Message)
		}
		did = append(did, c.Code+" "+c.Field+" "+c.Value)
	}
	for _, want := range []string{"field-filled vtNumber 46", "field-filled vtDay 22", "field-filled vtMonth 3", "signed vtSeal "} {
		if !strings.Contains(strings.Join(did, "\n"), want) {
			t.Errorf("change %q not reported: %q", want, did)
		}
	}
}

// The report has what TT 15/2025/TT-BKHCN wants shown, in Vietnamese, and keys
// that programs can rely on.
func TestReportSaysEverything(t *testing.T) {
	r := judge(t, through(t).sealed)
	text := r.Text()
	for _, want := range []string{"KẾT LUẬN: Tất cả chữ ký số đều hợp lệ", "Người ký: " + officialName, "Cơ quan, tổ chức quản lý: UBND tỉnh Hà Tĩnh",
		"Nơi cấp chứng thư (CA): CA thử nghiệm", "09:30:15 20/03/2024 +07:00", "hiệu lực từ 07:00:00 01/01/2020 +07:00", "[ĐẠT] Tính toàn vẹn",
		"[ĐẠT] Hiệu lực tại thời điểm ký", "[CHƯA RÕ] Thu hồi", `Điền ô "vtNumber": “46” (được phép)`} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
	b, err := json.Marshal(r)
	must(t, err)
	var back map[string]any
	must(t, json.Unmarshal(b, &back))
	first := back["signatures"].([]any)[0].(map[string]any)
	for _, key := range []string{"field", "kind", "verdict", "signer", "organization", "authority", "claimed_time", "sub_filter", "certificate",
		"integrity", "coverage", "chain", "valid_at_signing", "key_usage", "revocation", "changes"} {
		if first[key] == nil {
			t.Errorf("JSON lacks %q: %s", key, b)
		}
	}
}

// A single bit anywhere in what the seal covers is noticed, and never taken for
// good; cut off behind the first signature, a file whose damage lies further
// back is as good as it was.
func TestNoFlippedBitPasses(t *testing.T) {
	s := through(t)
	seal, personal := rangeOf(t, s.sealed, "vtSeal"), rangeOf(t, s.signed, "vtPersonal")
	rnd := mathrand.New(mathrand.NewPCG(4, 6))
	behind := 0
	for range 2000 {
		i := rnd.IntN(len(s.sealed) - (seal[1] - seal[0]))
		if i >= seal[0] {
			i += seal[1] - seal[0]
		}
		bad := bytes.Clone(s.sealed)
		bad[i] ^= 1 << rnd.IntN(8)
		got, err := verify.Verify(t.Context(), bad, newOffice(t).options())
		switch {
		case err != nil && record.KindOf(err) != record.Invalid:
			t.Errorf("byte %d: %v", i, err)
		case err == nil && got.Verdict != verify.Invalid:
			t.Errorf("byte %d (%q -> %q): %s\n%s", i, s.sealed[i], bad[i], got.Verdict, got.Text())
		}
		first := judgeAny(t, bad[:len(s.signed)])
		inFirst := i < len(s.signed) && (i < personal[0] || i >= personal[1])
		if i >= len(s.signed) {
			behind++
			if first != verify.Valid {
				t.Errorf("byte %d behind the first signature: %s", i, first)
			}
		} else if inFirst && first == verify.Valid {
			t.Errorf("byte %d: the first signature alone is valid", i)
		}
	}
	if behind == 0 || behind == 2000 {
		t.Errorf("%d of 2000 lay behind the first signature", behind)
	}
}

func judgeAny(t *testing.T, b []byte) verify.Verdict {
	r, err := verify.Verify(t.Context(), b, newOffice(t).options())
	if err != nil {
		return verify.Invalid
	}
	return r.Verdict
}

// rangeOf is where the unsigned gap of a signature begins and ends.
func rangeOf(t testing.TB, b []byte, field string) [2]int {
	f, err := pdf.Open(b)
	must(t, err)
	_, d := fieldNamed(t, f, field)
	v, err := pdf.As[pdf.Dict](f, d["V"])
	must(t, err)
	r, err := pdf.As[pdf.Array](f, v["ByteRange"])
	must(t, err)
	return [2]int{int(r[1].(pdf.Integer)), int(r[2].(pdf.Integer))}
}

func TestVerifyRefuses(t *testing.T) {
	s := through(t)
	for _, c := range []struct {
		name string
		pdf  []byte
		code string
	}{
		{"nothing", nil, "pdf-damaged"},
		{"a text", []byte("không phải PDF"), "pdf-damaged"},
		{"cut in the middle", s.sealed[:len(s.sealed)-200], ""},
		{"head only", s.sealed[:1000], "pdf-damaged"},
		{"encrypted", bytes.Replace(s.signed, []byte("trailer\n<<"), []byte("trailer\n<</Encrypt 5 0 R"), 1), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := verify.Verify(t.Context(), c.pdf, newOffice(t).options())
			if err == nil && r.Verdict != verify.Valid && c.code == "" {
				return // another clear no
			}
			if record.KindOf(err) != record.Invalid || c.code != "" && record.CodeOf(err) != c.code {
				t.Errorf("got %v (%s), verdict %s", err, record.CodeOf(err), r.Verdict)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.Verify(ctx, s.sealed, verify.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestIntact(t *testing.T) {
	s := through(t)
	must(t, verify.Intact(s.signed, "vtPersonal"))
	must(t, verify.Intact(s.sealed, "vtSeal"))
	bad := bytes.Clone(s.signed)
	i := bytes.Index(bad, []byte("stream")) + 20
	bad[i] ^= 1
	for _, c := range []struct {
		name, field string
		pdf         []byte
		code        string
	}{
		{"not signed yet", "vtPersonal", s.prepared, "signature-missing"},
		{"no such field", "vtOther", s.signed, "signature-missing"},
		{"flipped bit", "vtPersonal", bad, "signature-broken"},
		{"something behind it", "vtPersonal", s.sealed, "signature-broken"},
	} {
		if err := verify.Intact(c.pdf, c.field); record.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
	}
}

// poppler sees the same signatures as valid.
func TestPdfsigAgrees(t *testing.T) {
	s := through(t)
	for name, b := range map[string][]byte{"signed": s.signed, "sealed": s.sealed} {
		path := filepath.Join(t.TempDir(), name+".pdf")
		must(t, os.WriteFile(path, b, 0o600))
		out, err := exec.Command("pdfsig", "-nocert", path).CombinedOutput()
		if err != nil {
			t.Fatalf("pdfsig: %v\n%s", err, out)
		}
		if n := strings.Count(string(out), "Signature is Valid."); n != len(judge(t, b).Signatures) {
			t.Errorf("%s: pdfsig finds %d valid signatures\n%s", name, n, out)
		}
	}
}

func FuzzVerify(f *testing.F) {
	s := through(f)
	f.Add(s.prepared, 0, byte(0))
	f.Add(s.signed, 9, byte(1))
	f.Add(s.sealed, len(s.sealed)-300, byte(0x20))
	for _, a := range slices.Concat(attacks, moreAttacks) {
		f.Add(a.do(f, s), 0, byte(0))
	}
	f.Add([]byte("%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"), 3, byte(3))
	f.Fuzz(func(t *testing.T, b []byte, at int, flip byte) {
		if len(b) > 0 {
			b = bytes.Clone(b)
			b[((at%len(b))+len(b))%len(b)] ^= flip
		}
		started := time.Now()
		r, err := verify.Verify(t.Context(), b, newOffice(t).options())
		if err == nil {
			_ = r.Text()
		} else if record.KindOf(err) != record.Invalid {
			t.Errorf("error of another kind: %v", err)
		}
		if d := time.Since(started); d > 5*time.Second {
			t.Errorf("took %v for %d bytes", d, len(b))
		}
	})
}
