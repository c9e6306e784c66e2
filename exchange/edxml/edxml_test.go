package edxml_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vanthu/exchange/edxml"
	"vanthu/exchange/exchangetest"
	"vanthu/record"
)

var (
	sender = edxml.Organ{ID: "H06.12", InCharge: "UBND tỉnh Bà Rịa - Vũng Tàu", Address: "89 Lý Thường Kiệt", Email: "ubnd@vungtau.example",
		Phone: "0254 385 2000", Fax: "0254 385 2001", Website: "vungtau.example"}
	receivers = []edxml.Organ{{ID: "000.00.11.H06", Name: "Sở Nội vụ tỉnh <BR & VT>"}, {ID: "H06.13", Name: "UBND huyện Côn Đảo"}}
	sent      = time.Date(2024, 2, 5, 10, 11, 12, 0, record.Office)
)

func message(t testing.TB, v exchangetest.Issued) edxml.Message {
	t.Helper()
	m, err := edxml.FromVersion(context.Background(), v.Version, edxml.Addressing{From: sender, To: slices.Clone(receivers), DueDate: "2024-03-31",
		Urgency: record.VeryUrgent, Scope: record.ScopeInternal, Drafter: "PL", Pages: 7, Content: "Kế hoạch & phụ lục", Sent: sent,
		ResponseFor: []edxml.Reference{{OrganID: "H06", Code: "17/KH-UBND", Date: "2024-01-09", DocumentID: "H06,2024/01/09,17/KH-UBND"}},
		Business:    edxml.Business{Paper: true, Staff: edxml.Staff{Department: "Văn phòng", Name: "Lê Minh Nghĩa", Mobile: "0900000000", Email: "nghia@vungtau.example"}},
	}, v.Open)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// full has every field filled.
func full(t testing.TB) edxml.Message {
	m := message(t, exchangetest.Seeds(t, "../..")[3])
	m.Other.Direction = "Chỉ đạo"
	m.Business = edxml.Business{Type: edxml.Replace, Reason: "Thay thế do đổi thời gian", DocumentID: "H06.12,2024/01/02,01/KH-UBND", InfoChanged: true, ReceiversChanged: true,
		Receivers: []edxml.Receiver{{Added: true, OrganID: "H06.14"}, {OrganID: "H06.15"}}, Staff: m.Business.Staff, Paper: true,
		Replaced: []edxml.Replaced{{DocumentID: "H06.12,2024/01/02,01/KH-UBND", OrganIDs: []string{"H06.13", "H06.14"}}, {DocumentID: "x"}}}
	m.Trace = append(m.Trace, edxml.Trace{OrganID: "000.00.00.G22", Time: sent.Add(time.Minute)})
	for i := range m.Attachments {
		m.Attachments[i].ContentID = fmt.Sprintf("tep-%d", i+1)
	}
	return m
}

func xmlOf(t testing.TB, m edxml.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBack(t testing.TB, b []byte) edxml.Incoming {
	t.Helper()
	in, err := edxml.Read(bytes.NewReader(b), edxml.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestRoundTrip(t *testing.T) {
	all := []edxml.Message{full(t)}
	for _, v := range exchangetest.Seeds(t, "../..") {
		all = append(all, message(t, v))
	}
	for _, m := range all {
		b := xmlOf(t, m)
		if !bytes.Equal(b, xmlOf(t, m)) {
			t.Error("two writings of the same differ")
		}
		in := readBack(t, b)
		for i := range m.Attachments { // chosen by Write
			if m.Attachments[i].ContentID == "" {
				m.Attachments[i].ContentID = in.Message.Attachments[i].ContentID
			}
		}
		if diff := cmp.Diff(&m, in.Message); diff != "" || len(in.Warnings) > 0 {
			t.Errorf("%s: %s %v", m.Subject, diff, in.Warnings)
		}
	}
}

func TestStatusRoundTrip(t *testing.T) {
	for _, code := range []edxml.StatusCode{"01", "02", "03", "04", "05", "06", "13", "15", "16"} {
		s := edxml.Status{ResponseFor: edxml.Reference{OrganID: "H06.12", Code: "46/KH-UBND", Date: "2024-01-15", DocumentID: "H06.12,2024/01/15,46/KH-UBND"},
			From: receivers[1], Code: code, Description: "Đã xem & nhận", Time: sent, Staff: edxml.Staff{Department: "VT", Name: "Trần Thị B"}}
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			t.Fatal(err)
		}
		in := readBack(t, b.Bytes())
		if diff := cmp.Diff(&s, in.Status); diff != "" || in.Message != nil || len(in.Warnings) > 0 {
			t.Errorf("%s: %s %v", code, diff, in.Warnings)
		}
	}
}

// elsewhere is the message as a parser that is not the writer finds it.
func elsewhere(t *testing.T, b []byte) [][2]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "message.edxml")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("python3", "testdata/tree.py", path).CombinedOutput()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, out)
	}
	var found [][2]string
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// Every value is where the standard, as running systems quote it, has it.
func TestReadByAnotherParser(t *testing.T) {
	m := full(t)
	file := func(i int) string {
		return m.Attachments[i].Name + " " + string(record.DigestOf(m.Attachments[i].Content))
	}
	const (
		head  = "edXML/edXMLEnvelope/edXMLHeader/MessageHeader/"
		trace = "edXML/edXMLEnvelope/edXMLHeader/TraceHeaderList/"
		body  = "edXML/edXMLEnvelope/edXMLBody/edXMLManifest/"
		files = "edXML/AttachmentEncoded/"
	)
	want := [][2]string{
		{head + "From/OrganId", "H06.12"}, {head + "From/OrganizationInCharge", "UBND tỉnh Bà Rịa - Vũng Tàu"}, {head + "From/OrganName", "UBND thị xã Cửa Lò"},
		{head + "From/OrganAdd", "89 Lý Thường Kiệt"}, {head + "From/Email", "ubnd@vungtau.example"}, {head + "From/Telephone", "0254 385 2000"},
		{head + "From/Fax", "0254 385 2001"}, {head + "From/Website", "vungtau.example"},
		{head + "To/OrganId", "000.00.11.H06"}, {head + "To/OrganName", "Sở Nội vụ tỉnh <BR & VT>"},
		{head + "To[2]/OrganId", "H06.13"}, {head + "To[2]/OrganName", "UBND huyện Côn Đảo"},
		{head + "Code/CodeNumber", "49"}, {head + "Code/CodeNotation", "KH-UBND"},
		{head + "PromulgationInfo/Place", "Cửa Lò"}, {head + "PromulgationInfo/PromulgationDate", "2024/02/05"},
		{head + "DocumentType/Type", "2"}, {head + "DocumentType/TypeName", "Kế hoạch"},
		{head + "Subject", "Tuyên truyền cải cách hành chính thị xã Cửa Lò năm 2024"}, {head + "Content", "Kế hoạch & phụ lục"},
		{head + "SignerInfo/Competence", "TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH"}, {head + "SignerInfo/Position", "PHÓ CHỦ TỊCH"}, {head + "SignerInfo/FullName", "Hoàng Văn Phúc"},
		{head + "DueDate", "2024/03/31"},
		{head + "ToPlaces/Place", "Sở VH&TT (để báo cáo)"}, {head + "ToPlaces/Place[2]", "Sở TT&TT (để báo cáo)"}, {head + "ToPlaces/Place[3]", "Thường trực BCĐ CCHC thị xã (b/c)"},
		{head + "ToPlaces/Place[4]", "TT HĐND thị xã (b/c)"}, {head + "ToPlaces/Place[5]", "Chủ tịch, các PCT UBND thị xã (để báo cáo)"},
		{head + "ToPlaces/Place[6]", "Các phòng, ban, đơn vị liên quan T/h)"}, {head + "ToPlaces/Place[7]", "UBND các phường (T/h)"}, {head + "ToPlaces/Place[8]", "Lưu: VT, VH"},
		{head + "OtherInfo/Priority", "2"}, {head + "OtherInfo/SphereOfPromulgation", "LƯU HÀNH NỘI BỘ"}, {head + "OtherInfo/TyperNotation", "PL"}, {head + "OtherInfo/PageAmount", "7"},
		{head + "OtherInfo/Direction", "Chỉ đạo"}, {head + "OtherInfo/Appendixes/Appendix", "Phụ lục I: Danh mục nhiệm vụ"},
		{head + "ResponseFor/OrganId", "H06"}, {head + "ResponseFor/Code", "17/KH-UBND"}, {head + "ResponseFor/PromulgationDate", "2024/01/09"}, {head + "ResponseFor/DocumentId", "H06,2024/01/09,17/KH-UBND"},
		{head + "SteeringType", "2"}, {head + "DocumentId", "H06.12,2024/02/05,49/KH-UBND"},
		{trace + "TraceHeader/OrganId", "H06.12"}, {trace + "TraceHeader/Timestamp", "2024/02/05 10:11:12"},
		{trace + "TraceHeader[2]/OrganId", "000.00.00.G22"}, {trace + "TraceHeader[2]/Timestamp", "2024/02/05 10:12:12"},
		{trace + "Bussiness/BussinessDocType", "3"}, {trace + "Bussiness/BussinessDocReason", "Thay thế do đổi thời gian"},
		{trace + "Bussiness/BussinessDocumentInfo/DocumentInfo", "1"}, {trace + "Bussiness/BussinessDocumentInfo/DocumentReceiver", "1"},
		{trace + "Bussiness/BussinessDocumentInfo/ReceiverList/Receiver/ReceiverType", "1"}, {trace + "Bussiness/BussinessDocumentInfo/ReceiverList/Receiver/OrganId", "H06.14"},
		{trace + "Bussiness/BussinessDocumentInfo/ReceiverList/Receiver[2]/ReceiverType", "0"}, {trace + "Bussiness/BussinessDocumentInfo/ReceiverList/Receiver[2]/OrganId", "H06.15"},
		{trace + "Bussiness/DocumentId", "H06.12,2024/01/02,01/KH-UBND"},
		{trace + "Bussiness/StaffInfo/Department", "Văn phòng"}, {trace + "Bussiness/StaffInfo/Staff", "Lê Minh Nghĩa"},
		{trace + "Bussiness/StaffInfo/Mobile", "0900000000"}, {trace + "Bussiness/StaffInfo/Email", "nghia@vungtau.example"}, {trace + "Bussiness/Paper", "1"},
		{trace + "Bussiness/ReplacementInfoList/ReplacementInfo/DocumentId", "H06.12,2024/01/02,01/KH-UBND"},
		{trace + "Bussiness/ReplacementInfoList/ReplacementInfo/OrganIdList/OrganId", "H06.13"}, {trace + "Bussiness/ReplacementInfoList/ReplacementInfo/OrganIdList/OrganId[2]", "H06.14"},
		{trace + "Bussiness/ReplacementInfoList/ReplacementInfo[2]/DocumentId", "x"}, {trace + "Bussiness/ReplacementInfoList/ReplacementInfo[2]/OrganIdList", ""},
		{body + "Reference/ContentId", "cid:tep-1"}, {body + "Reference/ContentType", "application/pdf"}, {body + "Reference/AttachmentName", "49-KH-UBND.pdf"}, {body + "Reference/Description", "Kế hoạch số 49/KH-UBND"},
		{body + "Reference[2]/ContentId", "cid:tep-2"}, {body + "Reference[2]/ContentType", "application/pdf"}, {body + "Reference[2]/AttachmentName", "49-KH-UBND-kem-theo-1.pdf"}, {body + "Reference[2]/Description", "Phụ lục I: Danh mục nhiệm vụ"},
		{files + "Attachment/ContentId", "tep-1"}, {files + "Attachment/ContentType", "application/pdf"}, {files + "Attachment/AttachmentName", "49-KH-UBND.pdf"},
		{files + "Attachment/Description", "Kế hoạch số 49/KH-UBND"}, {files + "Attachment/ContentTransferEncoded", file(0)},
		{files + "Attachment[2]/ContentId", "tep-2"}, {files + "Attachment[2]/ContentType", "application/pdf"}, {files + "Attachment[2]/AttachmentName", "49-KH-UBND-kem-theo-1.pdf"},
		{files + "Attachment[2]/Description", "Phụ lục I: Danh mục nhiệm vụ"}, {files + "Attachment[2]/ContentTransferEncoded", file(1)},
	}
	if diff := cmp.Diff(want, elsewhere(t, xmlOf(t, m))); diff != "" {
		t.Error(diff)
	}
	for _, v := range exchangetest.Seeds(t, "../..") {
		if found := elsewhere(t, xmlOf(t, message(t, v))); len(found) < 40 {
			t.Errorf("%s: %d values", v.Symbol, len(found))
		}
	}
}

func TestEveryValueThatDoesNotFit(t *testing.T) {
	m := full(t)
	long := strings.Repeat("đ", 501)
	m.From.ID, m.To[0].Name, m.To[1].ID, m.Code.Number, m.Code.Notation = "", long, long, "không", long
	m.Promulgation, m.Subject, m.Signer.FullName, m.ToPlaces[1] = edxml.Promulgation{Place: "a\x01b", Date: "2024-13-01"}, long, " Hoàng", long
	m.Other.Priority, m.Steering, m.Business.Type, m.Business.Reason = 5, 4, 9, ""
	m.Attachments[0].Name, m.Attachments[1].ContentID = "../a.pdf", m.Attachments[0].ContentID
	var b bytes.Buffer
	err := m.Write(&b)
	var got []string
	for _, f := range record.FaultsOf(err) {
		got = append(got, f.Pointer+" "+f.Code)
	}
	want := []string{"/From/OrganId required", "/To/0/OrganName too-long", "/To/1/OrganId too-long", "/Code/CodeNumber number", "/Code/CodeNotation too-long",
		"/PromulgationInfo/Place character", "/PromulgationInfo/PromulgationDate date", "/Subject too-long", "/SignerInfo/FullName space", "/ToPlaces/Place/1 too-long",
		"/OtherInfo/Priority code", "/SteeringType code", "/TraceHeaderList/Bussiness/BussinessDocType code", "/TraceHeaderList/Bussiness/BussinessDocReason required",
		"/AttachmentEncoded/Attachment/0/AttachmentName name", "/AttachmentEncoded/Attachment/1/ContentId double"}
	if diff := cmp.Diff(want, got); diff != "" || b.Len() > 0 {
		t.Errorf("%s; %d bytes written", diff, b.Len())
	}
	if faults := (edxml.Status{Code: "07"}).Faults(); len(faults) != 7 {
		t.Errorf("%v", faults)
	}
}

func TestFromVersion(t *testing.T) {
	v := exchangetest.Seeds(t, "../..")[0]
	ctx := context.Background()
	v.List.Recipients[0].ID, v.List.Recipients[1].ID, v.List.Recipients[2].ID = "000.00.11.H06", "000.00.11.H06", "H06.20"
	for i := range v.List.Recipients {
		v.List.Recipients[i].Copies = 0
	}
	v.List.Recipients[0].Copies, v.List.Filing.Copies = 3, 2
	m, err := edxml.FromVersion(ctx, v.Version, edxml.Addressing{From: sender, Sent: sent}, v.Open)
	if err != nil || len(m.To) != 2 || m.To[1].ID != "H06.20" || m.To[0].Name != v.List.Recipients[0].Name || m.Other.Copies != 5 || m.Other.Priority != edxml.Ordinary {
		t.Errorf("%v %+v %+v", err, m.To, m.Other)
	}
	draft := v.Version
	draft.State = record.Numbered
	if _, err := edxml.FromVersion(ctx, draft, edxml.Addressing{}, v.Open); record.CodeOf(err) != "not-issued" {
		t.Errorf("not issued: %v", err)
	}
	pdf, _ := v.File(record.PDFFile)
	v.Files[pdf.SHA256] = append(v.Files[pdf.SHA256][:9:9], 'x')
	if _, err := edxml.FromVersion(ctx, v.Version, edxml.Addressing{}, v.Open); record.KindOf(err) != record.Damaged {
		t.Errorf("damaged: %v", err)
	}
	for _, c := range []struct {
		purposes string
		want     edxml.Steering
	}{{"report", edxml.Reporting}, {"report report", edxml.Reporting}, {"report inform", edxml.NotSteering}, {"report execute", edxml.Directive}, {"", edxml.NotSteering}, {"coordinate", edxml.NotSteering}} {
		var list []record.Recipient
		for p := range strings.FieldsSeq(c.purposes) {
			list = append(list, record.Recipient{Name: p, Purpose: p})
		}
		if got := edxml.SteeringOf(list); got != c.want {
			t.Errorf("%q: %d, want %d", c.purposes, got, c.want)
		}
	}
	for _, c := range []struct {
		lines []string
		title string
		want  string
	}{{[]string{"CHỦ TỊCH"}, "CHỦ TỊCH", ""}, {[]string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"}, "CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN"}, {[]string{"TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}, "CHÁNH VĂN PHÒNG", "TL. CHỦ TỊCH"}} {
		if got := edxml.SignerOf(record.Signatory{Lines: c.lines, Title: c.title}); got.Competence != c.want || got.Position != c.title {
			t.Errorf("%v: %+v", c.lines, got)
		}
	}
}
