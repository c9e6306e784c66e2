package converter

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"

	"vanthu/record"
)

// repack copies a package, letting change alter, drop (nil) or keep each part;
// extra parts come after.
func repack(docx []byte, change func(name, content string) *string, extra ...part) []byte {
	r, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, content string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			panic(err)
		}
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			panic(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			panic(err)
		}
		if now := change(f.Name, string(content)); now != nil {
			add(f.Name, *now)
		}
	}
	for _, p := range extra {
		add(p.name, p.content)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func replace(old, new string) func(string, string) *string {
	return func(_, content string) *string {
		s := strings.ReplaceAll(content, old, new)
		return &s
	}
}

func without(part string) func(string, string) *string {
	return func(name, content string) *string {
		if name == part {
			return nil
		}
		return &content
	}
}

func same(_, content string) *string { return &content }

// elsewhere is the canary with its main part under another name.
func elsewhere() []byte {
	docx := repack(canary(), replace("word/document.xml", "content/body1.xml"))
	main := ""
	without := repack(docx, func(name, content string) *string {
		if name == "word/document.xml" {
			main = content
			return nil
		}
		return &content
	})
	return repack(without, same, part{"content/body1.xml", main})
}

func TestCheckPackage(t *testing.T) {
	noise := make([]byte, 4096)
	_, _ = rand.Read(noise)
	flipped := bytes.Clone(plan(1))
	flipped[bytes.Index(flipped, []byte("word/document.xml"))+200] ^= 0xff
	truncated := plan(1)
	const main = "wordprocessingml.document.main+xml"
	tests := []struct {
		name string
		docx []byte
		code string // "" is let through
	}{
		{"canary", canary(), ""},
		{"plan", plan(1), ""},
		{"nested tables: hard, but a DOCX", nested(3000), ""},
		{"main part elsewhere", elsewhere(), ""},
		{"absolute target", repack(canary(), replace(`Target="word`, `Target="/word`)), ""},
		{"strict", repack(canary(), func(_, s string) *string {
			s = strings.NewReplacer(mainNamespaces[0], mainNamespaces[1], mainRelations[0], mainRelations[1]).Replace(s)
			return &s
		}), ""},

		{"nothing", nil, "not-docx"},
		{"noise", noise, "not-docx"},
		{"RTF", []byte(`{\rtf1 hello}`), "not-docx"},
		{"HTML", []byte(`<html><body>hello</body></html>`), "not-docx"},
		{"text", []byte("KẾ HOẠCH"), "not-docx"},
		{"PDF", []byte("%PDF-1.7\n"), "not-docx"},
		{"old .doc or encrypted", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), noise...), "not-docx"},
		{"RTF before a DOCX", append([]byte(`{\rtf1 hello}`), canary()...), "not-docx"},
		{"zip header and noise", append([]byte("PK\x03\x04"), noise...), "not-docx"},
		{"truncated", truncated[:len(truncated)/2], "not-docx"},
		{"flipped", flipped, "not-docx"},
		{"another zip", repack(canary(), without(typesPart)), "not-docx"},
		{"no relationships", repack(canary(), without(relsPart)), "not-docx"},
		{"no main part", repack(canary(), without("word/document.xml")), "not-docx"},
		{"OpenDocument", repack(canary(), same, part{"mimetype", "application/vnd.oasis.opendocument.text"}), "not-docx"},
		{"workbook", repack(canary(), replace("wordprocessingml.document", "spreadsheetml.sheet")), "not-docx"},
		{"macros", repack(canary(), replace("vnd.openxmlformats-officedocument."+main, "vnd.ms-word.document.macroEnabled.main+xml")), "not-docx"},
		{"template", repack(canary(), replace(main, "wordprocessingml.template.main+xml")), "not-docx"},
		{"HTML as main part", repack(canary(), func(name, s string) *string {
			if name == "word/document.xml" {
				s = "<html><body/></html>"
			}
			return &s
		}), "not-docx"},
		{"external main part", repack(canary(), replace(`Target="word`, `TargetMode="External" Target="word`)), "not-docx"},
		{"two main parts", repack(canary(), replace(`</Relationships>`, `<Relationship Id="b" Type="`+mainRelations[1]+`" Target="b.xml"/></Relationships>`)), "not-docx"},
		{"part twice", repack(canary(), same, part{"Word/Document.xml", "<x/>"}), "not-docx"},
		{"part outside", repack(canary(), same, part{"../x.xml", "<x/>"}), "not-docx"},
		{"backslash", repack(canary(), same, part{`word\x.xml`, "<x/>"}), "not-docx"},
		{"malformed index", repack(canary(), replace("</Relationships>", "")), "not-docx"},
		{"deep index", repack(canary(), replace("</Relationships>", strings.Repeat("<x>", 20)+strings.Repeat("</x>", 20)+"</Relationships>")), "not-docx"},
		{"DTD", repack(canary(), replace("<Relationships ", `<!DOCTYPE x [<!ENTITY a "b">]><Relationships `)), "not-docx"},
		{"long index", repack(canary(), replace("</Relationships>", strings.Repeat(" ", maxIndexXML)+"</Relationships>")), "docx-too-large"},

		{"long file", make([]byte, maxDocument+1), "docx-too-large"},
		{"bomb", repack(canary(), same, part{"word/media/x.bin", strings.Repeat("\x00", 8<<20)}), "docx-too-large"},
		{"too many parts", repack(canary(), same, manyParts()...), "docx-too-large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := checkPackage(tt.docx)
			if tt.code == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wantError(t, err, record.Invalid, tt.code)
		})
	}
}

func manyParts() []part {
	parts := make([]part, maxParts)
	for i := range parts {
		parts[i] = part{"word/x" + strings.Repeat("a", i%50) + string(rune('a'+i%26)) + strings.Repeat("b", i/50) + ".xml", ""}
	}
	return parts
}

// No worker is started for what is not a DOCX.
func TestNonDOCXReachesNoWorker(t *testing.T) {
	p := newPool(t, Config{Command: []string{"/nonexistent"}})
	_, err := p.Convert(t.Context(), []byte("<html/>"))
	wantError(t, err, record.Invalid, "not-docx")
}

func FuzzCheckPackage(f *testing.F) {
	f.Add(canary())
	f.Add(elsewhere())
	f.Add(nested(3))
	f.Add(repack(canary(), without(relsPart)))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, docx []byte) {
		err := checkPackage(docx)
		var e *record.Error
		if err != nil && (!errors.As(err, &e) || e.Kind != record.Invalid || e.Message == "") {
			t.Errorf("foreign error %v", err)
		}
	})
}

func FuzzReadFrame(f *testing.F) {
	for _, kind := range []frame{frameSetup, frameReady, frameDocument, framePDF} {
		var b bytes.Buffer
		if err := writeFrame(&b, kind, []byte("{}")); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte("p\xff\xff\xff\xff"))
	f.Add([]byte("p\x0f\xff\xff\xffshort"))
	f.Fuzz(func(t *testing.T, in []byte) {
		kind, payload, err := readFrame(bytes.NewReader(in))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := writeFrame(&b, kind, payload); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(in, b.Bytes()) {
			t.Errorf("%q read as %q %q", in, kind, payload)
		}
	})
}
