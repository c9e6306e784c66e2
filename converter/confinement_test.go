package converter

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// linked is a DOCX that asks for content from elsewhere in every way that
// LibreOffice follows: a linked picture, an included text, an attached template.
func linked(picture, text string) []byte {
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	drawing := `<w:r><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/><wp:docPr id="1" name="p"/>` +
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>` +
		`<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="rIdP"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>` +
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="914400" cy="914400"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>` +
		`</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`
	field := `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> INCLUDETEXT "` + text + `" </w:instrText></w:r>` +
		`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
	return documentOf(paragraph(run("Trước"))+paragraph(drawing)+paragraph(field)+paragraph(run("Sau")),
		part{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rIdP" Type="` + rel + `image" Target="` + picture + `" TargetMode="External"/></Relationships>`})
}

// A linked picture is neither fetched nor embedded. Each wall is seen by itself
// too, against a control that shows that the trap works.
func TestLinkedContent(t *testing.T) {
	noProfile := []byte(`<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry"/>`)
	tests := []struct {
		name    string
		cfg     Config
		fetched bool
	}{
		{"all walls", Config{}, false},
		{"profile alone", Config{unconfined: true, noNamespace: true}, false},
		{"calls and files alone", Config{profile: noProfile, noNamespace: true}, false},
		{"namespace alone", Config{profile: noProfile, unconfined: true}, false},
		{"no wall at all", Config{profile: noProfile, unconfined: true, noNamespace: true}, true},
	}
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.Set(i%64, i/64, color.NRGBA{uint8(i), uint8(i >> 4), 200, 255})
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "secret.png")
	if err := os.WriteFile(file, picture.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var hits atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				hits.Add(1)
				w.Header().Set("Content-Type", "image/png")
				_, _ = w.Write(picture.Bytes())
			}))
			defer server.Close()
			tt.cfg.Workers = 1
			p := newPool(t, tt.cfg)
			images := func(url string) int {
				pdf, err := p.Convert(t.Context(), linked(url, server.URL+"/text.docx"))
				if err != nil {
					t.Fatal(err)
				}
				path := pdfFile(t, pdf)
				if text := tool(t, "pdftotext", path, "-"); !strings.Contains(text, "Trước") || !strings.Contains(text, "Sau") {
					t.Errorf("the rest of the document is lost: %q", text)
				}
				list := strings.TrimSpace(tool(t, "pdfimages", "-list", path))
				return strings.Count(list, " image ")
			}
			byHTTP := images(server.URL + "/secret.png")
			byFile := images("file://" + file)
			if (hits.Load() > 0) != tt.fetched {
				t.Errorf("server asked %d times", hits.Load())
			}
			if (byHTTP > 0) != tt.fetched {
				t.Errorf("%d pictures by HTTP", byHTTP)
			}
			// The namespace does not concern files.
			if fileWall := !tt.cfg.unconfined || tt.cfg.profile == nil; (byFile > 0) == fileWall {
				t.Errorf("%d pictures by file", byFile)
			}
		})
	}
}

// Each way of starting a worker converts, and the log says what holds.
func TestConfinementIsReported(t *testing.T) {
	for i, ns := range namespaces {
		t.Run(ns.name, func(t *testing.T) {
			var log bytes.Buffer
			p := newPool(t, Config{Workers: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
			p.isolation.Store(int32(i))
			if err := p.Probe(t.Context()); err != nil {
				t.Fatal(err)
			}
			pid := workersOf(t, os.Getpid())[0]
			own, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pid))
			if err != nil {
				t.Fatal(err)
			}
			ours, err := os.Readlink("/proc/self/ns/net")
			if err != nil {
				t.Fatal(err)
			}
			got := namespaces[p.isolation.Load()] // where this account may not, a later one
			if (own != ours) != (got.flags != 0) {
				t.Errorf("network namespace %s, ours %s, with %q", own, ours, got.name)
			}
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(status), "Seccomp:\t2") || !strings.Contains(string(status), "NoNewPrivs:\t1") {
				t.Errorf("status of the worker:\n%s", status)
			}
			for _, want := range []string{"seccomp=true", "namespace=", "Times New Roman"} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("log without %q:\n%s", want, log.String())
				}
			}
		})
	}
}

// Without any wall against the network the log warns.
func TestMissingConfinementIsWarnedOf(t *testing.T) {
	var log bytes.Buffer
	p := newPool(t, Config{Workers: 1, unconfined: true, noNamespace: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err := p.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "network") {
		t.Errorf("log:\n%s", log.String())
	}
}
