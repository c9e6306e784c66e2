package templates

import (
	"strings"

	"github.com/beevik/etree"
)

// control is the properties of a content control (w:sdtPr) for the result. Its
// number goes, since loops repeat it; so does its binding to data in the file,
// from which Word would overwrite what was filled in. A control with tags is
// then one for any text: as a date or a list it could not hold what came in.
func (c *compiler) control(pr *etree.Element) string {
	out := pr.Copy()
	filled := strings.Contains(textOf(pr.Parent()), "{")
	for _, e := range out.ChildElements() {
		switch e.Tag {
		case "id", "dataBinding":
			out.RemoveChild(e)
		case "placeholder", "showingPlcHdr", "text", "date", "comboBox", "dropDownList":
			if filled {
				out.RemoveChild(e)
			}
		}
	}
	return elementXML(out)
}

// prompts says whether a content control with tags still shows its prompt, in
// the grey of prompts.
func prompts(sdt *etree.Element) bool {
	return sdt.FindElement("./w:sdtPr/w:showingPlcHdr") != nil && strings.Contains(textOf(sdt), "{")
}
