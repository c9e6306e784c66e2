package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestUpdatesAreAppendedAndReadBack(t *testing.T) {
	const title = `Nghĩa (Hà Tĩnh) \ Đắk Lắk`
	for _, name := range forms {
		t.Run(name, func(t *testing.T) {
			original := testFile(t, name)
			b := original
			var ends []int
			for range 3 {
				f, err := Open(b)
				if err != nil {
					t.Fatal(err)
				}
				u := NewUpdate(f)
				info := f.Trailer()["Info"].(Ref)
				d, err := u.Dict(info)
				if err != nil {
					t.Fatal(err)
				}
				d["Title"] = TextString(title)
				u.Set(info, d)
				hole := &Hole{Width: 9}
				u.Add(Dict{"Hole": hole, "Real": Real(-0.000001)})
				next, err := u.Write()
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.HasPrefix(next, b) {
					t.Fatal("the file is not a prefix of its update")
				}
				if got := next[hole.Offset-1 : hole.Offset+9]; string(got) != "          " {
					t.Errorf("the hole is %q", got)
				}
				ends = append(ends, len(b))
				b = next
			}
			f, err := Open(b)
			if err != nil {
				t.Fatal(err)
			}
			revisions := f.Revisions()
			if len(revisions) != 4 {
				t.Fatalf("%d revisions, want 4", len(revisions))
			}
			for i, end := range ends {
				if revisions[i].End != end {
					t.Errorf("revision %d ends at %d, want %d", i, revisions[i].End, end)
				}
			}
			first, err := f.At(0)
			if err != nil || !bytes.Equal(first.Bytes(), original) {
				t.Errorf("revision 0 is not the original: %v", err)
			}
			d, err := As[Dict](f, f.Trailer()["Info"])
			if s, _ := d["Title"].(String); err != nil || s.Text() != title {
				t.Errorf("title %q, %v", s.Text(), err)
			}
			checkWithQPDF(t, b)
		})
	}
}

// checkWithQPDF has an outside reader agree that the file is whole.
func checkWithQPDF(t *testing.T, b []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	// qpdf answers 3 for warnings; a linearised file that was updated gets one.
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil && !bytes.Contains(out, []byte("linearized")) {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
}

func TestWrittenObjectsReadBackEqual(t *testing.T) {
	for _, o := range []Object{Null{}, Boolean(true), Integer(-5), Real(1.25), Name("A B#/(é"), String("(\\)\x00ĩ"),
		Array{Integer(1), Ref{3, 0}, Name("x")}, Dict{"K": Array{}, "L ": Dict{"M": String("")}}} {
		b := appendObject(nil, o)
		if got, err := parse(string(b)); err != nil || !Equal(got, o) {
			t.Errorf("%s read back as %#v, %v", b, got, err)
		}
	}
}

// A large file is copied once for a whole chain of updates: what Write leaves
// free, Extend uses.
func TestExtendCopiesNothing(t *testing.T) {
	for _, name := range forms {
		f, err := Open(testFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		u := NewUpdate(f)
		u.Add(Dict{"Hole": &Hole{Width: 32 << 10}})
		written, err := u.Write()
		if err != nil {
			t.Fatal(err)
		}
		if f, err = Open(written); err != nil {
			t.Fatal(err)
		}
		again := func() *Update {
			u := NewUpdate(f)
			u.Add(Array{Integer(7)})
			return u
		}
		want, err := again().Write()
		if err != nil {
			t.Fatal(err)
		}
		got, err := again().Extend()
		if err != nil || !bytes.Equal(got, want) || &got[0] != &written[0] {
			t.Errorf("%s: %v, equal %v, in place %v", name, err, bytes.Equal(got, want), &got[0] == &written[0])
		}
	}
}
