package templates

import (
	"crypto/sha256"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/beevik/etree"

	"vanthu/templates/ooxml"
)

// media are the images of one fill. Equal images are one part of the package;
// names follow the order of the text, so that equal fills give equal bytes.
type media struct {
	pkg    *ooxml.Package    // the form
	read   map[string]result // by the text they came as
	parts  map[[sha256.Size]byte]int
	all    []*picture
	rels   map[string]map[int]string // by part that shows an image, by image: the relationship
	shown  []string                  // parts that show images, in order
	bytes  int
	places int
}

type result struct {
	picture *picture
	err     error
}

func newMedia(form *ooxml.Package) *media {
	return &media{pkg: form, read: map[string]result{}, parts: map[[sha256.Size]byte]int{}, rels: map[string]map[int]string{}}
}

// picture reads an image; one that comes many times is read once.
func (m *media) picture(text string) (*picture, error) {
	if m.places++; m.places > maxImageCount {
		return nil, wrongImage("image-count", "văn bản có hơn %d chỗ đặt hình", maxImageCount)
	}
	if r, known := m.read[text]; known {
		return r.picture, r.err
	}
	p, err := readPicture(text)
	if err == nil {
		if m.bytes += len(p.data); m.bytes > maxImages {
			p, err = nil, wrongImage("image-too-large", "các hình của văn bản cộng lại lớn hơn %d MB", maxImages>>20)
		}
	}
	m.read[text] = result{p, err}
	return p, err
}

// use is the relationship by which a part shows an image.
func (m *media) use(part string, p *picture) string {
	key := sha256.Sum256(p.data)
	n, known := m.parts[key]
	if !known {
		n = len(m.all)
		m.parts[key] = n
		m.all = append(m.all, p)
	}
	if m.rels[part] == nil {
		m.rels[part] = map[int]string{}
		m.shown = append(m.shown, part)
	}
	if m.rels[part][n] == "" {
		id := "vtImage" + strconv.Itoa(n+1)
		for _, r := range relations(m.pkg, part) {
			if r.ID == id { // the form was made from a document of ours
				id += "-" + strconv.Itoa(len(relations(m.pkg, part)))
				break
			}
		}
		m.rels[part][n] = id
	}
	return m.rels[part][n]
}

// put adds the images to a package: parts, relationships, content types.
func (m *media) put(pkg *ooxml.Package) error {
	if len(m.all) == 0 {
		return nil
	}
	folder := path.Join(path.Dir(pkg.Document), "media")
	taken := map[string]bool{}
	for _, name := range pkg.Names() {
		taken[strings.ToLower(name)] = true
	}
	names := make([]string, len(m.all))
	for i, n := 0, 1; i < len(m.all); n++ {
		name := path.Join(folder, fmt.Sprintf("vanthu%d.%s", n, m.all[i].kind))
		if !taken[strings.ToLower(name)] {
			names[i] = name
			pkg.Set(name, m.all[i].data)
			i++
		}
	}
	for _, part := range m.shown {
		if err := m.relate(pkg, part, names); err != nil {
			return err
		}
	}
	return m.declare(pkg, names)
}

const relationshipsOpen = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>`

func (m *media) relate(pkg *ooxml.Package, part string, names []string) error {
	return edit(pkg, relationsPart(part), relationshipsOpen, func(root *etree.Element) {
		for i := range m.all {
			id, used := m.rels[part][i]
			if !used {
				continue
			}
			r := root.CreateElement("Relationship")
			r.Space = root.Space
			r.CreateAttr("Id", id)
			r.CreateAttr("Type", ooxml.RelTransitional+"image")
			target := "/" + names[i]
			if path.Dir(part) == path.Dir(pkg.Document) {
				target = "media/" + path.Base(names[i])
			}
			r.CreateAttr("Target", target)
		}
	})
}

// declare says in [Content_Types].xml what the new parts are.
func (m *media) declare(pkg *ooxml.Package, names []string) error {
	return edit(pkg, "[Content_Types].xml", "", func(root *etree.Element) {
		for i, p := range m.all {
			known := ""
			for _, e := range root.SelectElements("Default") {
				if strings.EqualFold(e.SelectAttrValue("Extension", ""), p.kind) {
					known = e.SelectAttrValue("ContentType", "")
				}
			}
			want := "image/" + p.kind
			if known == want {
				continue
			}
			kind, name := "Default", "Extension"
			value := p.kind
			if known != "" { // the form means something else by it
				kind, name, value = "Override", "PartName", "/"+names[i]
			}
			e := etree.NewElement(kind)
			e.Space = root.Space
			e.CreateAttr(name, value)
			e.CreateAttr("ContentType", want)
			if kind == "Default" { // before the overrides, as everybody writes it
				root.InsertChildAt(0, e)
			} else {
				root.AddChild(e)
			}
		}
	})
}

// edit changes a part of the package that is not text, made of fresh where there
// is none.
func edit(pkg *ooxml.Package, name, fresh string, change func(root *etree.Element)) error {
	data, ok := pkg.Part(name)
	if !ok {
		data = []byte(fresh)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	change(doc.Root())
	pkg.Set(name, []byte(declaration+elementXML(doc.Root())))
	return nil
}
