package ooxml

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// rawZip writes entries as told, true or not.
func rawZip(t testing.TB, headers []zip.FileHeader, data [][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for i := range headers {
		w, err := zw.CreateRaw(&headers[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func deflated(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestOpenPackageRefuses(t *testing.T) {
	good := officetest.DOCX(t, officetest.Runs("Kế hoạch"), nil)
	stored := func(name string) zip.FileHeader {
		return zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte("x")), CompressedSize64: 1, UncompressedSize64: 1}
	}
	named := func(names ...string) []byte {
		var hs []zip.FileHeader
		var ds [][]byte
		for _, n := range names {
			hs, ds = append(hs, stored(n)), append(ds, []byte("x"))
		}
		return rawZip(t, hs, ds)
	}
	many := make([]string, maxParts+1)
	for i := range many {
		many[i] = fmt.Sprintf("word/p%d.xml", i)
	}
	zeros := make([]byte, 4<<20)
	locked := stored("word/document.xml")
	locked.Flags = 1
	exotic := stored("word/document.xml")
	exotic.Method = 12
	flipped := bytes.Clone(good)
	flipped[60] ^= 0xff
	liar := zip.FileHeader{Name: "word/document.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(zeros), UncompressedSize64: 100}
	packed := deflated(t, zeros)
	liar.CompressedSize64 = uint64(len(packed))
	truth := liar
	truth.UncompressedSize64 = uint64(len(zeros))

	for _, c := range []struct {
		name string
		file []byte
		code string
		says string
	}{
		{"empty", nil, "not-docx", "rỗng"},
		{"random bytes", []byte{1, 2, 3, 0xff, 0x80, 9, 8, 7}, "not-docx", "không phải của Word"},
		{"text", []byte("Kế hoạch"), "not-docx", ""},
		{"RTF", []byte(`{\rtf1\ansi Ke hoach}`), "not-docx", "RTF"},
		{"HTML", []byte("\ufeff\n<!DOCTYPE html><p>"), "not-docx", "HTML"},
		{"PDF", []byte("%PDF-1.7\n"), "not-docx", "PDF"},
		{"old Word", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"), "not-docx", ".doc"},
		{"password by Word", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), "docx-encrypted", "mật khẩu"},
		{"ODT", officetest.DOCX(t, "", map[string]string{contentTypesPart: "-", "mimetype": "application/vnd.oasis.opendocument.text"}), "not-docx", "OpenDocument"},
		{"plain zip", named("a.txt"), "not-docx", "không chứa văn bản Word"},
		{"no main part", officetest.DOCX(t, "", map[string]string{"word/document.xml": "-"}), "not-docx", ""},
		{"no relationships", officetest.DOCX(t, "", map[string]string{packageRels: "-"}), "not-docx", ""},
		{"spreadsheet", officetest.DOCX(t, "", map[string]string{contentTypesPart: strings.Replace(officetest.ContentTypes, "wordprocessingml.document.main", "spreadsheetml.sheet.main", 1)}), "not-docx", "Excel"},
		{"dotx", officetest.DOCX(t, "", map[string]string{contentTypesPart: strings.Replace(officetest.ContentTypes, "wordprocessingml.document.main", "wordprocessingml.template.main", 1)}), "not-docx", ".dotx"},
		{"docm", officetest.DOCX(t, "", map[string]string{contentTypesPart: strings.Replace(officetest.ContentTypes, "vnd.openxmlformats-officedocument.wordprocessingml.document", "vnd.ms-word.document.macroEnabled", 1)}), "docx-macros", "macro"},
		{"strict", officetest.DOCX(t, "", map[string]string{packageRels: strings.Replace(officetest.PackageRels, RelTransitional, relStrict, 1)}), "not-docx", "Strict"},
		{"main part outside", officetest.DOCX(t, "", map[string]string{packageRels: strings.Replace(officetest.PackageRels, `Target=`, `TargetMode="External" Target=`, 1)}), "not-docx", ""},
		{"cut off", good[:len(good)-10], "docx-damaged", ""},
		{"flipped byte", flipped, "docx-damaged", ""},
		{"unknown compression", rawZip(t, []zip.FileHeader{exotic}, [][]byte{[]byte("x")}), "docx-damaged", ""},
		{"zip password", rawZip(t, []zip.FileHeader{locked}, [][]byte{[]byte("x")}), "docx-encrypted", ""},
		{"too big", append(bytes.Clone(good), make([]byte, maxZipped)...), "docx-too-large", "20 MB"},
		{"too many parts", named(many...), "docx-too-large", "2000"},
		{"bomb by ratio", rawZip(t, []zip.FileHeader{truth}, [][]byte{packed}), "docx-too-large", "tỷ lệ"},
		{"lying size", rawZip(t, []zip.FileHeader{liar}, [][]byte{packed}), "docx-damaged", ""},
		{"parent path", named("../word/document.xml"), "docx-unsafe-name", ""},
		{"inner parent path", named("word/../../x.xml"), "docx-unsafe-name", ""},
		{"absolute path", named("/etc/passwd"), "docx-unsafe-name", ""},
		{"backslash", named(`word\document.xml`), "docx-unsafe-name", ""},
		{"drive", named("C:x.xml"), "docx-unsafe-name", ""},
		{"control character", named("word/a\x00b.xml"), "docx-unsafe-name", ""},
		{"long name", named(strings.Repeat("a", 300)), "docx-unsafe-name", ""},
		{"same name twice", named("word/a.xml", "word/a.xml"), "docx-unsafe-name", "lặp"},
		{"same name but for case", named("word/a.xml", "Word/A.xml"), "docx-unsafe-name", "lặp"},
		{"not XML", officetest.DOCX(t, "<w:p>", nil), "docx-xml", ""},
		{"other encoding", officetest.DOCX(t, "", map[string]string{"word/styles.xml": `<?xml version="1.0" encoding="windows-1258"?><a/>`}), "docx-xml", ""},
		{"DTD", officetest.DOCX(t, "", map[string]string{"word/styles.xml": `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`}), "docx-xml", "DTD"},
		{"DTD in relationships", officetest.DOCX(t, "", map[string]string{packageRels: `<!DOCTYPE a [<!ENTITY b "c">]>` + officetest.PackageRels[55:]}), "docx-xml", "DTD"},
		{"depth", officetest.DOCX(t, strings.Repeat("<w:p>", 300)+strings.Repeat("</w:p>", 300), nil), "docx-xml", "256"},
		{"two roots", officetest.DOCX(t, "", map[string]string{"word/styles.xml": "<a/><b/>"}), "docx-xml", ""},
		{"no root", officetest.DOCX(t, "", map[string]string{"word/styles.xml": " "}), "docx-xml", ""},
		{"text outside", officetest.DOCX(t, "", map[string]string{"word/styles.xml": "<a/>b"}), "docx-xml", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(c.file)
			var e *record.Error
			if !errors.As(err, &e) || e.Kind != record.Invalid || e.Code != c.code {
				t.Fatalf("got %v, want code %s", err, c.code)
			}
			if !strings.Contains(e.Error(), c.says) {
				t.Errorf("message %q does not say %q", e.Error(), c.says)
			}
		})
	}
}

func TestOverlappingEntries(t *testing.T) {
	// Two directory records that share one entry's bytes: a way to make 40 GB
	// out of 20 MB.
	file := officetest.DOCX(t, "", map[string]string{"word/fill.xml": "<a>" + strings.Repeat("0123456789abcdef", 4096) + "</a>"})
	zr, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range zr.File {
		f.CompressedSize64 = uint64(len(file)) - 1
	}
	if err := declaredSizes(zr.File, len(file)); record.CodeOf(err) != "docx-damaged" {
		t.Fatalf("got %v", err)
	}
}

func TestPackageWriteIsDeterministic(t *testing.T) {
	in := officetest.DOCX(t, officetest.Runs("Kế hoạch"), map[string]string{"word/styles.xml": "<a/>", "docProps/core.xml": "<b/>"})
	p, err := Open(in)
	if err != nil {
		t.Fatal(err)
	}
	changed := p.Clone()
	changed.Set("word/document.xml", []byte(officetest.DocumentOpen+officetest.Runs("khác")+officetest.DocumentClose))
	changed.Set("word/new.xml", []byte("<c/>"))
	first, err := changed.Write()
	if err != nil {
		t.Fatal(err)
	}
	second, err := changed.Write()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two writes differ")
	}
	again, err := Open(first)
	if err != nil {
		t.Fatal(err)
	}
	third, err := again.Write()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, third) {
		t.Error("open and write changed the bytes")
	}
	if got, _ := again.Part("word/new.xml"); string(got) != "<c/>" {
		t.Errorf("new part is %q", got)
	}
	if _, has := p.Part("word/new.xml"); has {
		t.Error("a change of the clone reached the original")
	}
	if got := again.Names()[:2]; got[0] != contentTypesPart || got[1] != packageRels {
		t.Errorf("file starts with %v", got)
	}
}

// stored is the same package without compression.
func stored(t testing.TB, file []byte) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, f := range zr.File {
		w, err := zw.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func FuzzOpenPackage(f *testing.F) {
	good := officetest.DOCX(f, officetest.Runs("{a}"), nil)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("%PDF-1.7"))
	f.Add(officetest.DOCX(f, "<w:p>", map[string]string{"word/styles.xml": "<!DOCTYPE a>"}))
	tied := map[string]string{"word/settings.xml": `<w:settings xmlns:w="` + NSWord + `" xmlns:r="r"><w:attachedTemplate r:id="a"/></w:settings>`,
		"word/_rels/settings.xml.rels": relsOpen + relation("a", "attachedTemplate", "a.dotm", true) + relation("b", "header", "h.xml", false) + `</Relationships>`}
	f.Add(stored(f, officetest.DOCX(f, officetest.Runs("{a}"), tied))) // bytes that a fuzzer can change
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Open(b)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatalf("a foreign error: %v", err)
			}
			return
		}
		if _, err := Inspect(p); err != nil && record.KindOf(err) != record.Invalid {
			t.Fatalf("a foreign error: %v", err)
		}
		out, err := p.Write()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Open(out)
		if err != nil {
			t.Fatalf("what was written does not open: %v", err)
		}
		for _, name := range p.Names() {
			a, _ := p.Part(name)
			if b, ok := again.Part(name); !ok || !bytes.Equal(a, b) {
				t.Fatalf("part %q changed", name)
			}
		}
	})
}
