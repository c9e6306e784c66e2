package sip

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"strings"

	"vanthu/exchange/internal/unzip"
	"vanthu/exchange/internal/xmlin"
)

// metsCheck is one METS file being checked.
type metsCheck struct {
	*checker
	at   string                 // its path
	ids  map[string]*xmlin.Node // by ID
	next []string               // METS files it points to
	used map[string]bool        // file IDs that the structure places
}

// mets checks one METS file and gives those that it points to.
func (c *checker) mets(at string, root *xmlin.Node) []string {
	if root.Name != "mets" || root.Space != metsSpace {
		c.fault("sip-mets", at, "Phần tử gốc không phải mets của METS")
		return nil
	}
	m := metsCheck{checker: c, at: at, ids: map[string]*xmlin.Node{}, used: map[string]bool{}}
	for _, name := range []string{"OBJID", "TYPE", "PROFILE"} {
		if strings.TrimSpace(root.Attribute("", name)) == "" {
			c.fault("sip-mets", at, "Thiếu mets/@%s", name)
		}
	}
	if kind := root.Child("metsHdr"); kind == nil || kind.Attribute(csipSpace, "OAISPACKAGETYPE") != "SIP" || kind.Attribute("", "CREATEDATE") == "" {
		c.fault("sip-mets", at, "metsHdr phải có CREATEDATE và OAISPACKAGETYPE là SIP")
	}
	root.Walk(func(n *xmlin.Node) {
		id := n.Attribute("", "ID")
		if id == "" {
			return
		}
		if m.ids[id] != nil {
			c.fault("sip-reference", at, "ID %.60q có hai lần", id)
		}
		m.ids[id] = n
	})
	root.Walk(m.node)
	if maps := root.Children("structMap"); len(maps) == 0 || maps[0].Attribute("", "LABEL") != "CSIP" {
		c.fault("sip-mets", at, "Không có structMap CSIP")
	}
	for id, n := range m.ids {
		if n.Name == "file" && !m.used[id] {
			c.fault("sip-reference", at, "Tệp %.60q không có chỗ trong structMap", id)
		}
	}
	return m.next
}

func (m *metsCheck) node(n *xmlin.Node) {
	for _, r := range []struct{ attribute, target string }{{"DMDID", "dmdSec"}, {"ADMID", "amdSec digiprovMD techMD rightsMD sourceMD"}, {"FILEID", "file"}} {
		for id := range strings.FieldsSeq(n.Attribute("", r.attribute)) {
			if t := m.ids[id]; t == nil || !strings.Contains(" "+r.target+" ", " "+t.Name+" ") {
				m.fault("sip-reference", m.at, "%s %.60q không dẫn tới đâu", r.attribute, id)
			}
			m.used[id] = true
		}
	}
	switch n.Name {
	case "file":
		at, ok := m.href(n.Child("FLocat"))
		if !ok {
			return
		}
		id := n.Attribute("", "ID")
		if id == "" {
			m.fault("sip-reference", m.at, "Tệp %s không có ID", at)
		}
		if !m.name(at, n) {
			return
		}
		m.facts = append(m.facts, fact{id, at, n.Attribute("", "CHECKSUM"), n.Attribute("", "SIZE")})
	case "mdRef":
		at, ok := m.href(n)
		if !ok {
			return
		}
		if !m.name(at, n) {
			return
		}
		m.facts = append(m.facts, fact{"", at, n.Attribute("", "CHECKSUM"), n.Attribute("", "SIZE")})
		m.others = append(m.others, metadata{n.Attribute("", "MDTYPE"), at})
	case "mptr":
		at, ok := m.href(n)
		if !ok {
			return
		}
		m.used[n.Attribute(xlinkSpace, "title")] = true
		if _, there := m.files[at]; !there {
			m.fault("sip-missing", at, "mptr dẫn tới tệp không có trong gói")
			return
		}
		m.next = append(m.next, at)
	}
}

// name notes that METS names a file, which must be there; false when one has
// named it already: it is read once, however often a hostile METS names it.
func (m *metsCheck) name(at string, n *xmlin.Node) bool {
	if n.Attribute("", "CHECKSUMTYPE") != "SHA-256" {
		m.fault("sip-digest", at, "METS không ghi mã SHA-256")
	}
	if _, ok := m.files[at]; !ok {
		m.fault("sip-missing", at, "Có trong %s mà không có trong gói", m.at)
	}
	if m.named[at] != "" {
		m.fault("sip-reference", at, "Có trong METS hai lần")
		return false
	}
	m.named[at] = m.at
	return true
}

// href is the path from the package's folder.
func (m *metsCheck) href(n *xmlin.Node) (string, bool) {
	if n == nil {
		m.fault("sip-mets", m.at, "Tệp không có FLocat")
		return "", false
	}
	raw := n.Attribute(xlinkSpace, "href")
	u, err := url.Parse(raw)
	if err != nil || raw == "" || u.IsAbs() || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || strings.HasPrefix(u.Path, "/") {
		m.fault("sip-mets", m.at, "xlink:href %.100q không phải đường dẫn trong gói", raw)
		return "", false
	}
	at := path.Join(path.Dir(m.at), u.Path)
	if at == ".." || strings.HasPrefix(at, "../") {
		m.fault("sip-mets", m.at, "xlink:href %.100q ra ngoài gói", raw)
		return "", false
	}
	return at, true
}

func digest(f unzip.File) (string, error) {
	sum := sha256.New()
	err := f.CopyTo(sum)
	return hex.EncodeToString(sum.Sum(nil)), err
}
