package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/templates/officetest"
)

// Files made to do harm: the program refuses each with its reason, within a
// second of work and 100 MB of memory, measuredFile on the process itself.
func TestHostileTemplates(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "vanthu")
	tool(t, "go", "build", "-o", binary, ".")
	measure := filepath.Join(dir, "measure")
	tool(t, "go", "build", "-o", measure, "./testdata/measure")

	xml := func(s string) string { return `<?xml version="1.0" encoding="UTF-8"?>` + s }
	word := func(body string) []byte { return officetest.DOCX(t, body, nil) }
	with := func(name, data string) []byte {
		return officetest.DOCX(t, officetest.Runs("x"), map[string]string{name: data})
	}
	rels := func(kind, target string) []byte {
		return with("word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/`+kind+`" Target="`+target+`" TargetMode="External"/></Relationships>`)
	}
	tables := func(n int) string {
		return strings.Repeat("<w:tbl><w:tr><w:tc>", n) + officetest.Runs("x") + strings.Repeat("</w:tc></w:tr></w:tbl>", n)
	}
	manyParts := map[string]string{}
	for i := range 2100 {
		manyParts[fmt.Sprintf("word/media/%d.png", i)] = "x"
	}
	overrides := func(n int) string {
		return strings.Replace(officetest.ContentTypes, "</Types>", strings.Repeat(`<Override PartName="/a" ContentType="b"/>`, n)+"</Types>", 1)
	}
	// As long as the limits let through, so that the reason comes last.
	long := strings.Repeat(officetest.Runs(noise(t, 1000)), 8000) + officetest.Runs(noise(t, 1<<20))
	for _, c := range []struct {
		name string
		file []byte
		says string
	}{
		{"bomb", with("word/media/a.png", strings.Repeat("\x00", 90<<20)), "tỷ lệ nén"},
		{"bomb of XML under the ratio", zipped(t, map[string]string{"[Content_Types].xml": officetest.ContentTypes, "_rels/.rels": officetest.PackageRels, "word/document.xml": xml("<a>" + strings.Repeat("<b/>", 20<<20) + "</a>"), "word/media/a.png": noise(t, 2<<20)}), "phần văn bản"},
		{"more than 100 MB", zipped(t, map[string]string{"a": strings.Repeat("\x00", 60<<20), "b": strings.Repeat("\x00", 60<<20)}), "MB"},
		{"more than 20 MB", append([]byte("PK\x03\x04"), make([]byte, 21<<20)...), "20 MB"},
		{"more than 2,000 parts", officetest.DOCX(t, "", manyParts), "2000"},
		{"a million levels", stored(t, map[string]string{"[Content_Types].xml": officetest.ContentTypes, "_rels/.rels": officetest.PackageRels, "word/document.xml": xml(strings.Repeat("<a>", 1_000_000) + strings.Repeat("</a>", 1_000_000))}), "256 tầng"},
		{"10,000 tables in one another", word(tables(10_000)), "tầng"},
		{"80 tables in one another", word(tables(80)), "Bảng lồng nhau quá 20 tầng"},
		{"half a million attributes", stored(t, map[string]string{"[Content_Types].xml": officetest.ContentTypes, "_rels/.rels": officetest.PackageRels, "word/document.xml": xml("<a" + attributes(500_000) + "/>")}), "thuộc tính"},
		{"entities that multiply", with("word/document.xml", xml(`<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><a>&d;</a>`)), "DTD"},
		{"entity from a file", with("word/document.xml", xml(`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`)), "DTD"},
		{"a table of 300,000 types", with("[Content_Types].xml", overrides(300_000)), "tỷ lệ nén"},
		{"a table of 60,000 types, not compressed", stored(t, map[string]string{"[Content_Types].xml": overrides(60_000), "_rels/.rels": officetest.PackageRels}), "2 MB"},
		{"picture from the web", rels("image", "http://example.com/a.png"), "liên kết ra ngoài"},
		{"link to a program", rels("hyperlink", "file:///c:/a.exe"), "http"},
		{"document from elsewhere", rels("subDocument", "a.docx"), "liên kết ra ngoài"},
		{"macros", with("word/vbaProject.bin", "x"), "macro"},
		{"macros in a long file", officetest.DOCX(t, long, map[string]string{"word/vbaProject.bin": "x"}), "macro"},
		{"OLE", with("word/embeddings/oleObject1.bin", "x"), "OLE"},
		{"ActiveX", with("word/activeX/activeX1.xml", "<a/>"), "ActiveX"},
		{"another document inside", word(`<w:altChunk r:id="a"/>`), "altChunk"},
		{"DDE", word(`<w:p><w:fldSimple w:instr="DDEAUTO c:\\windows\\cmd.exe"/></w:p>`), "DDEAUTO"},
		{"password", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", 2)), "mật khẩu"},
		{"braces without end", word(officetest.Runs(strings.Repeat("{", 2<<20) + noise(t, 1<<20))), "Dấu {"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, "a.docx")
			if err := os.WriteFile(path, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), measure, binary, "templates", "check", path).CombinedOutput()
			var exit, memory, work int
			said, numbers, found := strings.Cut(string(out), "\nmeasured ")
			if _, scanErr := fmt.Sscan(numbers, &exit, &memory, &work); err != nil || !found || scanErr != nil {
				t.Fatalf("%v, %v:\n%.500s", err, scanErr, out)
			}
			if exit != 1 || !strings.Contains(said, c.says) {
				t.Errorf("exit %d, does not say %q:\n%.500s", exit, c.says, said)
			}
			t.Logf("%d MB, %d ms", memory, work)
			if memory > 100 || work > 1000 {
				t.Errorf("took %d MB and %d ms of work", memory, work)
			}
		})
	}
}

// noise is text of n bytes that does not compress far.
func noise(t testing.TB, n int) string {
	t.Helper()
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = 'a' + byte(x>>24)%26
	}
	return string(b)
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

func zipped(t testing.TB, parts map[string]string) []byte { return zipWith(t, zip.Deflate, parts) }
func stored(t testing.TB, parts map[string]string) []byte { return zipWith(t, zip.Store, parts) }

func zipWith(t testing.TB, method uint16, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for name, data := range parts {
		w, err := zw.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
