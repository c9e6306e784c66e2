package templates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
	"vanthu/templates/officetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// inputs are the envelopes that every form test runs on: two real plans, the
// example, and one with everything that could go wrong on a page.
func inputs(t testing.TB, c *Catalogue) map[string]record.Filling {
	t.Helper()
	all := map[string]record.Filling{
		"000": officetest.Filling(t, c, officetest.Seed(t, "000")), "004": officetest.Filling(t, c, officetest.Seed(t, "004")),
		"example": officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example),
	}
	hostile := officetest.Filling(t, c, officetest.Form(t, c, "ke-hoach").Example)
	hostile.Envelope.Subject = "Dấu & < > \" ' {subject} {{}} ]]> <w:r> </w:t> \\* **đậm** và *nghiêng*"
	hostile.Issuer.Place, hostile.Issuer.Superior = "Thành phố Hồ Chí Minh", "TỈNH HÀ TĨNH & ĐẮK LẮK"
	hostile.Signatory = record.Signatory{Name: "Nguyễn Văn Nghĩa", Lines: []string{"TUQ. CHỦ TỊCH", "TRƯỞNG PHÒNG <VĂN HÓA & THÔNG TIN>"}}
	hostile.Envelope.Recipients = append(hostile.Envelope.Recipients, record.Recipient{Name: `"{name}" <&> *`, Copies: 3})
	hostile.Envelope.Filing = record.Filing{Unit: "VH&TT", Drafter: "NVA", Copies: 2}
	points := make([]map[string]string, 60)
	for i := range points {
		points[i] = map[string]string{"text": fmt.Sprintf("điểm thứ {%d} & <%d>;", i, i)}
	}
	content, err := json.Marshal(map[string]any{
		"opening": []string{"{#opening}", "một\nhai\tba", strings.Repeat("liền", 40)},
		"sections": []any{map[string]any{"title": "Mục “một” **&**", "clauses": []any{map[string]any{"text": "khoản", "points": points,
			"closing": []any{map[string]string{"dash": "kết khoản"}}}}, "closing": []any{map[string]string{"text": "kết mục;"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	hostile.Envelope.Content = content
	all["hostile"] = hostile
	return all
}

// The text of every input, paragraph by paragraph.
func TestFillGolden(t *testing.T) {
	c := catalogue(t)
	for name, in := range inputs(t, c) {
		t.Run(name, func(t *testing.T) {
			b, err := c.Fill(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(strings.Join(linesOf(t, b), "\n"), "\u00a0", "~") + "\n"
			path := filepath.Join("testdata/fill", name+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFillIsDeterministicAndConcurrent(t *testing.T) {
	c, again := catalogue(t), catalogue(t)
	in := inputs(t, c)
	want := map[string][]byte{}
	for name, f := range in {
		b, err := again.Fill(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		want[name] = b
	}
	var wg sync.WaitGroup
	for range 4 {
		for name, f := range in {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if b, err := c.Fill(context.Background(), f); err != nil || !bytes.Equal(b, want[name]) {
					t.Errorf("%s differs from one fill to the next: %v", name, err)
				}
			}()
		}
	}
	wg.Wait()
}

func TestFillStops(t *testing.T) {
	c := catalogue(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Fill(ctx, inputs(t, c)["000"]); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	f := inputs(t, c)["000"]
	f.Template = record.TemplateRef{ID: "cong-lenh"}
	if _, err := c.Fill(t.Context(), f); record.KindOf(err) != record.NotFound || !strings.Contains(err.Error(), "ke-hoach") {
		t.Errorf("unknown template: %v", err)
	}
	for _, content := range []string{"", "null", "[]", "{", strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)} {
		f = inputs(t, c)["000"]
		f.Envelope.Content = json.RawMessage(content)
		if _, err := c.Fill(t.Context(), f); record.KindOf(err) != record.Invalid {
			t.Errorf("content %.20q: %v", content, err)
		}
	}
	f = inputs(t, c)["000"]
	f.Signatory.Name, f.Issuer.Place = "", ""
	_, err := c.Fill(t.Context(), f)
	if e := (*record.Error)(nil); !errors.As(err, &e) || e.Code != "fill" || len(e.Faults) != 2 {
		t.Errorf("signatory without name, organisation without place: %v", err)
	}
}

// plainLines is linesOf without marks of weight, which splitting doubles.
func plainLines(t *testing.T, b []byte) []string {
	t.Helper()
	lines := linesOf(t, b)
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], "*", "")
	}
	return lines
}

func TestFormIsValidForOffice(t *testing.T) {
	c := catalogue(t)
	files := map[string][]byte{}
	for _, id := range c.IDs() {
		b, err := builtIn.ReadFile("forms/" + id + "/form.docx")
		if err != nil {
			t.Fatal(err)
		}
		files["form-"+id] = b
	}
	for name, in := range inputs(t, c) {
		b, err := c.Fill(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	officetest.Valid(t, files)
}

func BenchmarkFill(b *testing.B) {
	c := catalogue(b)
	f := officetest.Filling(b, c, officetest.Seed(b, "000"))
	b.ResetTimer()
	for b.Loop() {
		if _, err := c.Fill(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}
