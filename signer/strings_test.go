package signer_test

import (
	"crypto/x509/pkix"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/keys"
)

// letters are all that Vietnamese is written with, each with all its marks.
func letters() string {
	var b strings.Builder
	for _, base := range "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"} {
			b.WriteString(norm.NFC.String(string(base) + tone))
		}
	}
	return b.String() + "đĐ"
}

// Every letter, composed or not, and every sign that has a meaning in PDF, comes
// back from name, place and reason as it went in.
func TestNamePlaceAndReasonKeepEveryLetter(t *testing.T) {
	from, to := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	ca, err := keys.NewAuthority(pkix.Name{CommonName: "Test CA"}, from, to)
	must(t, err)
	for name, text := range map[string]string{"composed": letters(), "decomposed": norm.NFD.String(letters()),
		"signs": `(một (hai) ba) \ \\ \n <4142> /Tên % [x] {y} "z" 'w' & ; #20`, "unbalanced": `((( \`, "lines": "dòng 1\r\ndòng 2\ndòng 3\ttab", "beyond": "𠀀 𓀀 …"} {
		t.Run(name, func(t *testing.T) {
			o := *newOffice(t)
			own := text
			if name == "lines" {
				own = "Nguyễn Văn Nghĩa" // a certificate names nobody in lines
			}
			o.seal, err = ca.NewIdentity(pkix.Name{CommonName: own}, stamp(100))
			must(t, err)
			at := issuer
			at.Place = text
			b, _, err := signer.New(&o, signer.Options{}).Certify(t.Context(), foreignPage(t, ""), record.Certifying{Issuer: at, Time: signedAt, Lines: []string{"Số: 1"}, Reason: text})
			must(t, err)
			v := signatureOf(t, b, signer.MarkField)
			for key, want := range map[pdf.Name]string{"Name": own, "Location": text, "Reason": text} {
				if got := v[key].(pdf.String).Text(); got != want {
					t.Errorf("/%s %q, want %q", key, got, want)
				}
			}
			var doc struct {
				QPDF []json.RawMessage `json:"qpdf"`
			}
			must(t, json.Unmarshal([]byte(run(t, "qpdf", "--json=2", "--json-key=qpdf", file(t, b))), &doc))
			var objects map[string]struct{ Value json.RawMessage }
			must(t, json.Unmarshal(doc.QPDF[1], &objects))
			found := false
			for _, o := range objects {
				var d map[string]any
				if json.Unmarshal(o.Value, &d) != nil || d["/Type"] != "/Sig" {
					continue
				}
				found = true
				for key, want := range map[string]string{"/Name": own, "/Location": text, "/Reason": text} {
					if d[key] != "u:"+want {
						t.Errorf("qpdf reads %s as %q, want %q", key, d[key], want)
					}
				}
			}
			if !found {
				t.Error("qpdf finds no signature")
			}
			// NSS, which pdfsig asks, shows a name as a distinguished name is written.
			shown := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(own)
			if said := run(t, "pdfsig", file(t, b)); !strings.Contains(said, "Common Name: "+shown+"\n") || !strings.Contains(said, "Signature is Valid") {
				t.Errorf("%s", said)
			}
		})
	}
}
