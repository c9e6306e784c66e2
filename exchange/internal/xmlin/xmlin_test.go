package xmlin_test

import (
	"strings"
	"testing"

	"vanthu/exchange/internal/xmlin"
	"vanthu/record"
)

var limits = xmlin.Limits{Bytes: 4000, Depth: 10, Nodes: 50}

func TestHostileXML(t *testing.T) {
	for name, c := range map[string]struct{ xml, code string }{
		"entity":         {`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, "xml-dtd"},
		"DTD inside":     {`<a><!DOCTYPE b><b/></a>`, "xml-dtd"},
		"unknown entity": {`<a>&x;</a>`, "xml-damaged"},
		"deep":           {strings.Repeat("<a>", 11) + strings.Repeat("</a>", 11), "xml-too-large"},
		"many":           {"<a>" + strings.Repeat("<b/>", 50) + "</a>", "xml-too-large"},
		"long":           {"<a>" + strings.Repeat("x", 4000) + "</a>", "xml-too-large"},
		"attributes":     {"<a " + strings.Repeat(`b="" `, 65) + "/>", "xml-too-large"},
		"twice":          {`<a b="" b=""/>`, "xml-damaged"},
		"two roots":      {`<a/><a/>`, "xml-damaged"},
		"text after":     {`<a/>x`, "xml-damaged"},
		"open":           {`<a>`, "xml-damaged"},
		"nothing":        {``, "xml-damaged"},
		"Latin 1":        {"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "xml-damaged"},
		"not UTF-8":      {"<a>\xff</a>", "xml-damaged"},
		"control":        {"<a>\x01</a>", "xml-damaged"},
	} {
		_, err := xmlin.Parse(strings.NewReader(c.xml), limits)
		if record.CodeOf(err) != c.code || record.KindOf(err) != record.Invalid {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	root, err := xmlin.Parse(strings.NewReader("\uFEFF<?xml version='1.0' encoding='utf-8'?>\n<!-- c --><p:a xmlns:p='urn:x' p:k='v'>a<!-- -->b<p:c> đ&#x1EA1; </p:c><![CDATA[<d>]]></p:a>\n"), limits)
	if err != nil || root.Space != "urn:x" || root.Text != "ab<d>" || root.Value("c") != "đạ" || root.Attribute("urn:x", "k") != "v" {
		t.Errorf("%+v %v", root, err)
	}
}
