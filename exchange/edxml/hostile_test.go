package edxml_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vanthu/exchange/edxml"
	"vanthu/record"
)

// plain is a message as small as one may be, %ATTACHMENTS% included.
const plain = `<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope><edXMLHeader><MessageHeader>
<From><OrganId>H06.12</OrganId><OrganName>UBND thị xã Cửa Lò</OrganName></From><To><OrganId>H06</OrganId><OrganName>UBND tỉnh</OrganName></To>
<Code><CodeNumber>46</CodeNumber><CodeNotation>KH-UBND</CodeNotation></Code>
<PromulgationInfo><Place>Cửa Lò</Place><PromulgationDate>2024/02/05</PromulgationDate></PromulgationInfo>
<DocumentType><TypeName>Kế hoạch</TypeName></DocumentType><Subject>Tuyên truyền</Subject>
<SignerInfo><Position>CHỦ TỊCH</Position><FullName>Hoàng Văn Phúc</FullName></SignerInfo><DocumentId>1</DocumentId>
</MessageHeader><TraceHeaderList><TraceHeader><OrganId>H06.12</OrganId><Timestamp>2024/02/05 08:00:00</Timestamp></TraceHeader>
<Bussiness><BussinessDocType>0</BussinessDocType></Bussiness></TraceHeaderList></edXMLHeader>
<edXMLBody><edXMLManifest version="1.0"><Reference><ContentId>cid:a</ContentId><ContentType>application/pdf</ContentType><AttachmentName>a.pdf</AttachmentName></Reference></edXMLManifest></edXMLBody></edXMLEnvelope>
<AttachmentEncoded><Attachment><ContentId>a</ContentId><AttachmentName>a.pdf</AttachmentName><ContentTransferEncoded>JVBERi0xLjcK</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>`

// Every form of before says the same.
func TestOlderForms(t *testing.T) {
	want := readBack(t, []byte(plain))
	if len(want.Warnings) > 0 || string(want.Message.Attachments[0].Content) != "%PDF-1.7\n" {
		t.Fatalf("%v %+v", want.Warnings, want.Message.Attachments)
	}
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(plain) }
	prefixed := func(declaration string) string {
		return strings.NewReplacer("</", "</edXML:", "<", "<edXML:").Replace(replaced(` xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"`, declaration))
	}
	header := plain[strings.Index(plain, "<MessageHeader>"):strings.Index(plain, "</edXMLHeader>")]
	body := plain[strings.Index(plain, "<edXMLManifest"):strings.Index(plain, "</edXMLBody>")]
	files := plain[strings.Index(plain, "<AttachmentEncoded>"):strings.Index(plain, "</edXML>")]
	forms := map[string]string{
		"e-doc.vn":           replaced("http://www.mic.gov.vn/TBT/QCVN_102_2016", "http://www.e-doc.vn/Schema/"),
		"go.vn":              replaced("http://www.mic.gov.vn/TBT/QCVN_102_2016", "http://www.go.vn/eDoc"),
		"no namespace":       replaced(` xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"`, ""),
		"EdXML":              replaced("<edXML ", "<EdXML ", "</edXML>", "</EdXML>"),
		"prefix":             prefixed(` xmlns:edXML="http://www.e-doc.vn/Schema/"`),
		"undeclared prefix":  prefixed(""),
		"edXMLEnvelope":      `<edXMLEnvelope xmlns="http://www.e-doc.vn/Schema/"><edXMLHeader>` + header + `</edXMLHeader><edXMLBody>` + body + `</edXMLBody>` + files + `</edXMLEnvelope>`,
		"EdXMLEnvelope":      `<EdXMLEnvelope><edXMLHeader>` + header + `</edXMLHeader><edXMLBody>` + body + `</edXMLBody>` + files + `</EdXMLEnvelope>`,
		"SOAP around":        `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` + plain + `</soap:Body></soap:Envelope>`,
		"SOAP header":        `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header>` + header + `</S:Header><S:Body>` + strings.ReplaceAll(body, "edXMLManifest", "Manifest") + files + `</S:Body></S:Envelope>`,
		"old dates":          replaced("2024/02/05 08:00:00", "05/02/2024 08:00:00", "2024/02/05", "05/02/2024"),
		"ISO dates":          replaced("2024/02/05 08:00:00", "2024-02-05T01:00:00Z", "2024/02/05", "2024-02-05"),
		"Business":           replaced("Bussiness", "Business"),
		"cid at both":        replaced("<ContentId>a<", "<ContentId>cid:a<"),
		"xlink only":         replaced("<Reference><ContentId>cid:a</ContentId>", `<Reference xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="cid:a">`),
		"base64 over lines":  replaced("JVBERi0xLjcK", "\r\n JVBE\tRi0x\n  LjcK \n"),
		"file in a ZIP":      replaced("JVBERi0xLjcK", zipped(t, "khac.pdf", "%PDF-1.7\n")),
		"a Status of theirs": replaced("</TraceHeaderList>", "<Status>1</Status></TraceHeaderList>"),
		"byte-order mark":    "\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + plain,
		"spaces in elements": replaced("<OrganId>H06<", "<OrganId>\n  H06\n <", "<CodeNumber>46<", "<CodeNumber> 46 <"),
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			if form == plain {
				t.Fatal("the form does not differ")
			}
			if diff := cmp.Diff(want, readBack(t, []byte(form)), cmpopts.EquateApproxTime(0)); diff != "" {
				t.Error(diff)
			}
		})
	}
	old := `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header><edXML:Status xmlns:edXML="http://schemas.xmlsoap.org/soap/envelope/">
<edXML:ResponseFor><edXML:OrganId>H06.12</edXML:OrganId><edXML:Code>46/KH-UBND</edXML:Code><edXML:PromulgationDate>05/02/2024</edXML:PromulgationDate></edXML:ResponseFor>
<edXML:From><edXML:OrganId>H06</edXML:OrganId><edXML:OrganName>UBND tỉnh</edXML:OrganName><edXML:Fax /></edXML:From><edXML:StatusCode>3</edXML:StatusCode>
<edXML:Timestamp>06/02/2024 07:00:00</edXML:Timestamp></edXML:Status></SOAP-ENV:Header><SOAP-ENV:Body /></SOAP-ENV:Envelope>`
	in := readBack(t, []byte(old))
	if in.Status == nil || in.Status.Code != edxml.Received || in.Status.ResponseFor.Date != "2024-02-05" || in.Status.Time.Hour() != 7 || len(in.Warnings) > 0 {
		t.Errorf("%+v %v", in.Status, in.Warnings)
	}
}

func zipped(t testing.TB, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := zw.Create(pairs[i])
		if err == nil {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// A file that is a ZIP itself stays one.
func TestAttachmentsThatAreZIPs(t *testing.T) {
	docx := zipped(t, "word/document.xml", "<w/>", "[Content_Types].xml", "<t/>")
	single := zipped(t, "a.txt", "x")
	for _, c := range []struct{ name, encoded, want string }{
		{"a.docx", docx, docx}, {"a.zip", single, single}, {"a.zip", zipped(t, "a.zip", "inner"), base64.StdEncoding.EncodeToString([]byte("inner"))},
		{"a.txt", single, base64.StdEncoding.EncodeToString([]byte("x"))},
	} {
		in := readBack(t, []byte(strings.NewReplacer("JVBERi0xLjcK", c.encoded, "a.pdf", c.name).Replace(plain)))
		if got := base64.StdEncoding.EncodeToString(in.Message.Attachments[0].Content); got != c.want {
			t.Errorf("%s of %d: %d bytes of base64", c.name, len(c.encoded), len(got))
		}
	}
}

func TestHostileMessages(t *testing.T) {
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(plain) }
	limits := edxml.Limits{Message: 1 << 20, Attachments: 3, Unzipped: 2 << 20, Depth: 12, Elements: 200}
	attachment := plain[strings.Index(plain, "<Attachment>"):strings.Index(plain, "</AttachmentEncoded>")]
	for name, c := range map[string]struct{ xml, code string }{
		"entity":             {`<!DOCTYPE x [<!ENTITY a "b">]>` + plain, "xml-dtd"},
		"too long":           {replaced("JVBERi0xLjcK", strings.Repeat("A", 1<<20)), "xml-too-large"},
		"too deep":           {strings.Repeat("<Envelope>", 12) + plain + strings.Repeat("</Envelope>", 12), "xml-too-large"},
		"too many elements":  {replaced("</From>", "</From>"+strings.Repeat("<To/>", 200)), "xml-too-large"},
		"cut":                {plain[:len(plain)/2], "xml-damaged"},
		"another root":       {"<html/>", "edxml-form"},
		"no header":          {"<edXML/>", "edxml-form"},
		"another namespace":  {replaced("http://www.mic.gov.vn/TBT/QCVN_102_2016", "urn:x"), "edxml-form"},
		"two headers":        {replaced("<MessageHeader>", "<MessageHeader/><MessageHeader>"), "edxml-ambiguous"},
		"two lists of files": {replaced("</edXML>", "<AttachmentEncoded/></edXML>"), "edxml-ambiguous"},
		"bad values":         {replaced("2024/02/05<", "2024/02/30<", "<BussinessDocType>0", "<BussinessDocType>-1", "05 08:00:00", "05 25:00:00"), "edxml-value"},
		"many files":         {replaced("</AttachmentEncoded>", strings.Repeat(attachment, 3)+"</AttachmentEncoded>"), "edxml-attachment"},
		"file twice":         {replaced("</AttachmentEncoded>", attachment+"</AttachmentEncoded>"), "edxml-attachment"},
		"climbing name":      {replaced("a.pdf", "../../a.pdf"), "edxml-attachment"},
		"drive":              {replaced("a.pdf", "C:a.pdf"), "edxml-attachment"},
		"no base64":          {replaced("JVBERi0xLjcK", "JVBER*"), "edxml-attachment"},
		"cut base64":         {replaced("JVBERi0xLjcK", "JVBER"), "edxml-attachment"},
		"bomb":               {replaced("JVBERi0xLjcK", zipped(t, "a.pdf", strings.Repeat("x", 2<<20-1))), "zip-too-large"},
		"large":              {replaced("JVBERi0xLjcK", zipped(t, "a.pdf", strings.Repeat("x", 3<<20))), "zip-too-large"},
		"path in a ZIP":      {replaced("JVBERi0xLjcK", zipped(t, "../a.pdf", "x")), "zip-unsafe-name"},
		"half a ZIP":         {replaced("JVBERi0xLjcK", base64.StdEncoding.EncodeToString([]byte("PK\x03\x04xxxx"))), "zip-damaged"},
	} {
		_, err := edxml.Read(strings.NewReader(c.xml), limits)
		if record.CodeOf(err) != c.code || record.KindOf(err) != record.Invalid {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if c.code == "edxml-value" && len(record.FaultsOf(err)) != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What the sender should mend is no reason to refuse.
	in := readBack(t, []byte(replaced("<Subject>Tuyên truyền", "<Subject>"+strings.Repeat("x", 600), "cid:a", "cid:b", "<OrganId>H06<", "<OrganId><")))
	var codes []string
	for _, w := range in.Warnings {
		codes = append(codes, w.Pointer+" "+w.Code)
	}
	want := []string{"/To/0/OrganId required", "/Subject too-long", "/AttachmentEncoded/Attachment/0/ContentType required", "/edXMLManifest/Reference/0 attachment-missing", "/AttachmentEncoded/Attachment/0 attachment-unlisted"}
	if !slices.Equal(codes, want) || len(in.Message.Attachments) != 1 || len(in.Message.Subject) != 600 {
		t.Errorf("%v", codes)
	}
}

// A message as large as the limit, and what it costs.
func BenchmarkReadLargest(b *testing.B) {
	large := []byte(strings.Replace(plain, "JVBERi0xLjcK", strings.Repeat("QUJD", 25<<20-1000), 1))
	b.SetBytes(int64(len(large)))
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		in, err := edxml.Read(bytes.NewReader(large), edxml.DefaultLimits())
		if err != nil || len(in.Message.Attachments[0].Content) < 70<<20 {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(len(large)), "allocated/byte")
		b.ReportMetric(float64(after.HeapSys)/(1<<20), "heap-MB")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(plain))
	f.Add(xmlOf(f, full(f)))
	f.Add([]byte(strings.Replace(plain, "JVBERi0xLjcK", zipped(f, "a.pdf", "x"), 1)))
	limits := edxml.Limits{Message: 1 << 20, Attachments: 5, Unzipped: 1 << 20, Depth: 20, Elements: 1000}
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := edxml.Read(bytes.NewReader(b), limits)
		if err != nil {
			if record.KindOf(err) != record.Invalid {
				t.Fatal(err)
			}
			return
		}
		// What was read without a warning is written and read as the same.
		if in.Message == nil || len(in.Warnings) > 0 {
			return
		}
		var out bytes.Buffer
		if err := in.Message.Write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := edxml.Read(&out, edxml.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		for i := range in.Message.Attachments {
			if in.Message.Attachments[i].ContentID == "" {
				again.Message.Attachments[i].ContentID = ""
			}
		}
		if diff := cmp.Diff(in.Message, again.Message); diff != "" {
			t.Error(diff)
		}
	})
}
