package sip

import (
	"slices"
	"strconv"
	"strings"

	"vanthu/exchange/internal/xmlin"
)

// Fields without which a description says too little (NĐ 30/2020, PL VI).
var (
	dossierFields  = []string{"OrganId", "FileCatalog", "FileNotation", "Title", "Maintenance", "Rights", "Language", "StartDate", "EndDate", "DocTotal", "PageTotal"}
	documentFields = []string{"DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName", "Subject", "Language", "PageAmount"}
)

// meanings checks EAD and PREMIS files that METS names.
func (c *checker) meanings() error {
	byID := map[string][]fact{}
	for _, f := range c.facts {
		if f.id != "" {
			byID[f.id] = append(byID[f.id], f)
		}
	}
	described := map[string]bool{} // paths
	dossiers, documents := 0, 0
	total := ""
	for _, m := range c.others {
		if _, ok := c.files[m.path]; !ok {
			continue
		}
		root, err := c.tree(m.path)
		if err != nil {
			return err
		}
		switch m.kind {
		case "EAD":
			fields := c.ead(m.path, root)
			if _, ok := fields["DocOrdinal"]; ok {
				documents++
				c.fields(m.path, fields, documentFields)
			} else {
				dossiers++
				c.report.Code, total = fields["FileNotation"], fields["DocTotal"]
				c.fields(m.path, fields, dossierFields)
			}
		case "PREMIS":
			c.premis(m.path, root, byID, described)
		}
	}
	c.report.Documents = documents
	if dossiers != 1 || total != "" && total != strconv.Itoa(documents) {
		c.fault("sip-ead", "METS.xml", "Gói có %d mô tả hồ sơ và %d mô tả văn bản; hồ sơ ghi %q văn bản", dossiers, documents, total)
	}
	for _, f := range c.facts {
		if f.id != "" && !strings.HasSuffix(f.path, ".xml") && !described[f.path] {
			c.fault("sip-premis", f.path, "PREMIS không mô tả tệp này")
		}
	}
	return nil
}

// ead is every field by its tag.
func (c *checker) ead(at string, root *xmlin.Node) map[string]string {
	fields := map[string]string{}
	if root.Name != "ead" || root.Space != eadSpace {
		c.fault("sip-ead", at, "Phần tử gốc không phải ead")
	}
	root.Walk(func(n *xmlin.Node) {
		tag := n.Attribute("", "encodinganalog")
		if tag == "" {
			return
		}
		var text strings.Builder
		n.Walk(func(x *xmlin.Node) { text.WriteString(strings.TrimSpace(x.Text)) })
		fields[tag] = text.String()
	})
	return fields
}

func (c *checker) fields(at string, fields map[string]string, wanted []string) {
	for _, tag := range wanted {
		if fields[tag] == "" {
			c.fault("sip-ead", at, "Thiếu trường %s", tag)
		}
	}
}

// premis compares files with METS and resolves links between objects, events,
// agents and rights.
func (c *checker) premis(at string, root *xmlin.Node, byID map[string][]fact, described map[string]bool) {
	if root.Name != "premis" || root.Space != premisSpace {
		c.fault("sip-premis", at, "Phần tử gốc không phải premis phiên bản 3")
		return
	}
	objects, agents := map[string]bool{}, map[string]bool{}
	for _, o := range root.Children("object") {
		for _, id := range identifiers(o, "object") {
			objects[id] = true
		}
		if kind := o.Attribute(xsiSpace, "type"); kind == "file" || strings.HasSuffix(kind, ":file") {
			c.object(at, o, byID, described)
		}
	}
	for _, a := range root.Children("agent") {
		for _, id := range identifiers(a, "agent") {
			agents[id] = true
		}
	}
	linked := append(root.Children("event"), root.Children("object")...)
	for _, r := range root.Children("rights") {
		linked = append(linked, r.Children("rightsStatement")...)
	}
	for _, n := range linked {
		links := identifiers(n, "linkingObject")
		for _, r := range n.Children("relationship") {
			links = append(links, identifiers(r, "relatedObject")...)
		}
		for _, id := range links {
			if !objects[id] {
				c.fault("sip-reference", at, "Đối tượng %.60q không có", id)
			}
		}
		for _, id := range identifiers(n, "linkingAgent") {
			if !agents[id] {
				c.fault("sip-reference", at, "Tác nhân %.60q không có", id)
			}
		}
	}
	for _, e := range root.Children("event") {
		if e.Value("eventType") == "" || e.Value("eventDateTime") == "" || len(identifiers(e, "event")) == 0 {
			c.fault("sip-premis", at, "Sự kiện không có loại, thời điểm hoặc mã")
		}
	}
}

// object compares a file with what METS says under one of its identifiers; IDs
// are unique in one METS file only.
func (c *checker) object(at string, o *xmlin.Node, byID map[string][]fact, described map[string]bool) {
	x := o.Child("objectCharacteristics")
	fixity := x.Child("fixity")
	var found []fact
	for _, id := range identifiers(o, "object") {
		found = append(found, byID[id]...)
	}
	same := slices.IndexFunc(found, func(f fact) bool {
		return fixity.Value("messageDigestAlgorithm") == "SHA-256" && strings.EqualFold(fixity.Value("messageDigest"), f.digest) && x.Value("size") == f.size
	})
	switch {
	case len(found) == 0:
		c.fault("sip-premis", at, "Tệp %.60q không có trong METS", strings.Join(identifiers(o, "object"), " "))
	case same < 0:
		c.fault("sip-premis", at, "Mã hoặc độ dài của %s khác METS", found[0].path)
	default:
		described[found[same].path] = true
	}
	if x.Child("format").Child("formatDesignation").Value("formatName") == "" {
		c.fault("sip-premis", at, "Tệp %.60q không có tên định dạng", strings.Join(identifiers(o, "object"), " "))
	}
}

func identifiers(n *xmlin.Node, what string) []string {
	var out []string
	for _, i := range n.Children(what + "Identifier") {
		out = append(out, i.Value(what+"IdentifierValue"))
	}
	return out
}
