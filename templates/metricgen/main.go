// Command metricgen writes metric/advances.json, the widths of the letters of the
// four faces of Liberation Serif (metric-compatible with Times New Roman). Run it
// from the templates directory:
//
//	go run ./metricgen /usr/share/fonts/truetype/liberation
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

type stretch struct {
	First rune  `json:"first"`
	Width []int `json:"width"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "metricgen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	// Latin with its Vietnamese letters, combining marks, punctuation, the đồng.
	blocks := [][2]rune{{0x20, 0x7E}, {0xA0, 0x17F}, {0x1A0, 0x1B0}, {0x300, 0x323}, {0x1EA0, 0x1EF9}, {0x2010, 0x2026}, {0x20AB, 0x20AC}}
	var out struct {
		Faces [4][]stretch `json:"faces"`
	}
	for i, face := range []string{"Regular", "Bold", "Italic", "BoldItalic"} {
		b, err := os.ReadFile(filepath.Join(dir, "LiberationSerif-"+face+".ttf"))
		if err != nil {
			return err
		}
		f, err := sfnt.Parse(b)
		if err != nil {
			return err
		}
		for _, bl := range blocks {
			s := stretch{First: bl[0]}
			for r := bl[0]; r <= bl[1]; r++ {
				var buf sfnt.Buffer
				g, err := f.GlyphIndex(&buf, r)
				if err != nil {
					return err
				}
				w := fixed.I(600)
				if g != 0 {
					if w, err = f.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone); err != nil {
						return err
					}
				}
				s.Width = append(s.Width, w.Round())
			}
			out.Faces[i] = append(out.Faces[i], s)
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	return os.WriteFile("metric/advances.json", append(b, '\n'), 0o644)
}
