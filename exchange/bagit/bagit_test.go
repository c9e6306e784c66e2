package bagit_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/exchange/bagit"
	"vanthu/record"
)

var info = bagit.Info{
	Organization: "Ủy ban nhân dân thành phố Vũng Tàu", Address: "89 Lý Thường Kiệt, Phường 1, thành phố Vũng Tàu, tỉnh Bà Rịa - Vũng Tàu",
	Contact: "Lê Minh Nghĩa", Date: "2024-12-31", Identifier: "01.VHTT",
	Description: strings.Repeat("Tuyên truyền cải cách hành chính trên địa bàn thành phố ", 6) + "năm 2024",
	More:        []bagit.Tag{{Label: "Bag-Group-Identifier", Value: "a  b   c: d" + strings.Repeat(" x", 60) + "  y"}},
}

type file struct{ path, content string }

func bag(t testing.TB, info bagit.Info, files []file) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := bagit.NewWriter(&out, "ho-so-01", info)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := w.Add(context.Background(), f.path, int64(len(f.content)), record.DigestOf([]byte(f.content)), strings.NewReader(f.content)); err != nil {
			t.Fatalf("add %q: %v", f.path, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// awkward are names that carriers and programs stumble over.
func awkward() []file {
	name := "Kế hoạch tuyên truyền số 46 Đông Hòa.pdf"
	return []file{
		{"van-ban.pdf", "%PDF-1.7\n"},
		{norm.NFC.String(name), "NFC"},
		{"nfd/" + norm.NFD.String(name), "NFD"},
		{"100% đạt/50%25.txt", "%"},
		{"%0A%0D", "escapes that are none"},
		{"hai\ndòng\r.txt", "line breaks"},
		{" đầu cách/  hai  cách  .txt ", "spaces"},
		{strings.Repeat(strings.Repeat("đ", 120)+"/", 4) + "cuối.txt", "long"},
		{"trống.txt", ""},
		{"*sao", "asterisk"},
	}
}

// independent runs the checker that follows the RFC and shares no code.
func independent(t testing.TB, b []byte) (faults string, payload []string, tags [][2]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bag.zip")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("python3", "testdata/rfc8493.py", path).Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || len(exit.Stderr) > 0) {
		t.Fatalf("python3: %v %s", err, out)
	}
	at := bytes.LastIndexByte(bytes.TrimSpace(out), '\n') + 1
	var result struct {
		Payload []string
		Info    [][2]string
	}
	if err := json.Unmarshal(out[at:], &result); err != nil {
		t.Fatal(err, string(out))
	}
	return string(out[:at]), result.Payload, result.Info
}

func check(t testing.TB, b []byte) bagit.Report {
	t.Helper()
	r, err := bagit.Check(bytes.NewReader(b), int64(len(b)), bagit.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryBagIsValidByTheRFC(t *testing.T) {
	for name, files := range map[string][]file{"awkward": awkward(), "empty": nil, "one": {{"a", "b"}}, "seeds": seeds(t)} {
		t.Run(name, func(t *testing.T) {
			b := bag(t, info, files)
			if again := bag(t, info, files); !bytes.Equal(b, again) {
				t.Error("two bags of the same differ")
			}
			faults, payload, tags := independent(t, b)
			if faults != "" {
				t.Error("by the RFC:", faults)
			}
			var want []string
			for _, f := range files {
				want = append(want, "data/"+f.path)
			}
			slices.Sort(want)
			if !slices.Equal(payload, want) {
				t.Errorf("payload %q, want %q", payload, want)
			}
			r := check(t, b)
			if !r.Valid() || len(r.Warnings) > 0 || r.Files != len(files) || r.Version != "1.0" || r.Name != "ho-so-01" {
				t.Errorf("by Check: %+v", r)
			}
			if len(tags) != len(r.Info) {
				t.Fatalf("%d tags by the RFC, %d by Check", len(tags), len(r.Info))
			}
			for i, tag := range r.Info {
				if tags[i] != [2]string{tag.Label, tag.Value} {
					t.Errorf("tag %q by Check, %q by the RFC", tag, tags[i])
				}
				if j := slices.IndexFunc(info.More, func(m bagit.Tag) bool { return m.Label == tag.Label }); j >= 0 && info.More[j].Value != tag.Value {
					t.Errorf("%s came back as %q", tag.Label, tag.Value)
				}
				if tag.Label == "External-Description" && tag.Value != info.Description {
					t.Errorf("%s came back as %q", tag.Label, tag.Value)
				}
			}
		})
	}
}

// seeds are the example plans under the names of their files.
func seeds(t testing.TB) []file {
	t.Helper()
	paths, err := filepath.Glob("../../templates/testdata/seeds/*.json")
	if err != nil || len(paths) != 5 {
		t.Fatalf("%d seeds: %v", len(paths), err)
	}
	var out []file
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, file{"kế hoạch/" + filepath.Base(p), string(b)})
	}
	return out
}

func TestWhatCannotGoIntoABag(t *testing.T) {
	_, err := bagit.NewWriter(io.Discard, "../x", bagit.Info{Date: "31/12/2024", Description: "a\nb",
		More: []bagit.Tag{{Label: "a:b", Value: "c"}, {Label: "Payload-Oxum", Value: "1.1"}}})
	if got := len(record.FaultsOf(err)); got != 6 {
		t.Errorf("%d faults: %v", got, err)
	}
	w, err := bagit.NewWriter(io.Discard, "x", info)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	add := func(path, content string, size int64, want record.Digest) error {
		return w.Add(ctx, path, size, want, strings.NewReader(content))
	}
	if err := add("Đa/Hồ sơ.pdf", "x", 1, ""); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/a", "a/../b", "a//b", `a\b`, "C:/a", "~a", "a\x00b", "a\x1bb", "a\xffb", strings.Repeat("x", 256),
		strings.Repeat("x/", 600) + "x", "đa/hồ sơ.PDF", norm.NFD.String("Đa/Hồ sơ.pdf"), "Đa/Hồ sơ.pdf/x", "Đa"} {
		if err := add(path, "x", 1, ""); record.CodeOf(err) != "bagit-path" {
			t.Errorf("%q: %v", path, err)
		}
	}
	if err := add("b", "xy", 2, record.DigestOf([]byte("xz"))); record.KindOf(err) != record.Damaged {
		t.Errorf("other content than its digest: %v", err)
	}
	if err := w.Close(); err == nil {
		t.Error("a bag with damaged content was closed")
	}
	if w, err = bagit.NewWriter(io.Discard, "x", info); err != nil {
		t.Fatal(err)
	}
	if err := add("b", "xy", 3, ""); record.KindOf(err) != record.Damaged {
		t.Errorf("short content: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if w, err = bagit.NewWriter(io.Discard, "x", info); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(ended, "b", 1, "", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

// changed is a bag with entries replaced, added (by an unknown name) or dropped
// (by nil).
func changed(t testing.TB, b []byte, change map[string][]byte) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		w, err := zw.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range zr.File {
		content, ok := change[f.Name]
		delete(change, f.Name)
		if ok && content == nil {
			continue
		}
		if !ok {
			rc, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if content, err = io.ReadAll(rc); err != nil {
				t.Fatal(err)
			}
		}
		put(f.Name, content)
	}
	for name, content := range change {
		put(name, content)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatIsWrongWithABag(t *testing.T) {
	good := bag(t, info, []file{{"a.pdf", "một"}, {"b%.pdf", "hai"}})
	sum := string(record.DigestOf([]byte("một")))
	for _, c := range []struct {
		name   string
		change map[string][]byte
		code   string
	}{
		{"one byte of the payload", map[string][]byte{"ho-so-01/data/a.pdf": []byte("mọt")}, "bagit-digest"},
		{"payload missing", map[string][]byte{"ho-so-01/data/a.pdf": nil}, "bagit-missing"},
		{"payload not listed", map[string][]byte{"ho-so-01/data/c.pdf": []byte("x")}, "bagit-unlisted"},
		{"tag file changed", map[string][]byte{"ho-so-01/bag-info.txt": []byte("Payload-Oxum: 8.2\n")}, "bagit-digest"},
		{"no declaration", map[string][]byte{"ho-so-01/bagit.txt": nil}, "bagit-declaration"},
		{"byte-order mark", map[string][]byte{"ho-so-01/bagit.txt": []byte("\uFEFFBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")}, "bagit-encoding"},
		{"another version", map[string][]byte{"ho-so-01/bagit.txt": []byte("BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n")}, "bagit-version"},
		{"another encoding", map[string][]byte{"ho-so-01/bagit.txt": []byte("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n")}, "bagit-encoding"},
		{"no manifest", map[string][]byte{"ho-so-01/manifest-sha256.txt": nil}, "bagit-manifest"},
		{"listed twice", map[string][]byte{"ho-so-01/manifest-sha256.txt": []byte(sum + "  data/a.pdf\n" + sum + "  data/a.pdf\n")}, "bagit-manifest"},
		{"tag file among the payload", map[string][]byte{"ho-so-01/manifest-sha256.txt": []byte(sum + "  bagit.txt\n")}, "bagit-manifest"},
		{"climbing path", map[string][]byte{"ho-so-01/manifest-sha256.txt": []byte(sum + "  data/../../etc/passwd\n")}, "bagit-missing"},
		{"Payload-Oxum", map[string][]byte{"ho-so-01/bag-info.txt": []byte("Payload-Oxum: 9.2\n")}, "bagit-oxum"},
		{"two folders", map[string][]byte{"khac/data/x": []byte("x")}, "bagit-structure"},
		{"file beside", map[string][]byte{"x": []byte("x")}, "bagit-structure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := changed(t, good, c.change)
			r := check(t, b)
			if !slices.ContainsFunc(r.Faults, func(f record.Fault) bool { return f.Code == c.code }) {
				t.Errorf("no %s among %v", c.code, r.Faults)
			}
			if faults, _, _ := independent(t, b); faults == "" {
				t.Error("the RFC finds nothing wrong: the case is none")
			}
		})
	}
}

// Bags of others: another algorithm, CRLF, names that compose their marks
// otherwise in the manifest.
func TestBagsOfOthers(t *testing.T) {
	composed, apart := norm.NFC.String("data/Hồ sơ.pdf"), norm.NFD.String("data/Hồ sơ.pdf")
	// printf 'x' | sha512sum
	const sum = "a4abd4448c49562d828115d13a1fccea927f52b4d5459297f8b43e42da89238bc13626e43dcb38ddb082488927ec904fb42057443983e88585179d50551afe62"
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for name, content := range map[string]string{
		"bag/bagit.txt":           "BagIt-Version: 0.97\r\nTag-File-Character-Encoding: utf-8\r\n",
		"bag/manifest-sha512.txt": strings.ToUpper(sum) + " *" + composed + "\r\n",
		"bag/manifest-md5.txt":    "9dd4e461268c8034f5c8564e155c67a6  " + composed + "\n",
		"bag/" + apart:            "x",
	} {
		w, err := zw.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	r := check(t, out.Bytes())
	var warnings []string
	for _, w := range r.Warnings {
		warnings = append(warnings, w.Code)
	}
	slices.Sort(warnings)
	if !r.Valid() || !slices.Equal(r.Algorithms, []string{"sha512"}) || !slices.Equal(warnings, []string{"bagit-algorithm", "bagit-info", "bagit-normalization"}) {
		t.Errorf("%+v", r)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(bag(f, info, awkward()))
	f.Add(bag(f, bagit.Info{Organization: "x", Date: "2024-01-02"}, nil))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	limits := bagit.Limits{Files: 50, Bytes: 1 << 20, Ratio: 100}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := bagit.Check(bytes.NewReader(b), int64(len(b)), limits)
		if err != nil && record.KindOf(err) != record.Invalid {
			t.Errorf("%v", err)
		}
		if err == nil && (r.Bytes > limits.Bytes || r.Files > limits.Files) {
			t.Errorf("past the limits: %+v", r)
		}
	})
}

// The tag files by themselves, with one payload file.
func FuzzTagFiles(f *testing.F) {
	sum := string(record.DigestOf([]byte("x")))
	f.Add("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", sum+"  data/a%0A%25b\n", "Payload-Oxum: 1.1\nA: b\n c\n")
	f.Add("BagIt-Version: 0.97\r\nTag-File-Character-Encoding: utf-8\r\n", strings.ToUpper(sum)+" *data/a\r", " x\n:\nA:\n")
	f.Fuzz(func(t *testing.T, declaration, manifest, info string) {
		var out bytes.Buffer
		zw := zip.NewWriter(&out)
		for _, x := range [][2]string{{"bagit.txt", declaration}, {"manifest-sha256.txt", manifest}, {"bag-info.txt", info}, {"data/a", "x"}} {
			w, err := zw.CreateHeader(&zip.FileHeader{Name: "bag/" + x[0]})
			if err == nil {
				_, err = io.WriteString(w, x[1])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := zw.Close(); err != nil {
			t.Fatal(err)
		}
		r := check(t, out.Bytes())
		if r.Valid() && !strings.Contains(strings.ToLower(manifest), sum) {
			t.Errorf("valid without the digest: %+v", r)
		}
	})
}
