package server

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
	"vanthu/templates/ooxml"
)

// parts is a multipart body: texts, and files where the value is bytes.
func parts(t testing.TB, all map[string]any) (body []byte, media string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, v := range all {
		var err error
		if file, ok := v.([]byte); ok {
			p, create := w.CreateFormFile(name, name)
			if err = create; err == nil {
				_, err = p.Write(file)
			}
		} else {
			err = w.WriteField(name, v.(string))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

func (o *office) put(t testing.TB, as, method, path string, all map[string]any) answer {
	t.Helper()
	body, media := parts(t, all)
	return o.ask(t, request{method: method, path: path, as: o.people[as], body: body, header: map[string]string{"Content-Type": media}})
}

func (o *office) post(t testing.TB, as, path string, body any, header map[string]string) answer {
	t.Helper()
	return o.ask(t, request{method: "POST", path: path, as: o.people[as], body: body, header: header})
}

// invitation is a letter that somebody made in Word, who knew nothing of us.
func invitation(t testing.TB, greeting string) []byte {
	t.Helper()
	return officetest.DOCX(t, officetest.Paragraphs("GIẤY MỜI", greeting+" {ho_ten}", "Ngày họp: {ngay_hop|long}", "{#ghi_chu}Ghi chú: {ghi_chu}{/ghi_chu}")+
		officetest.Table([]string{officetest.Runs("{#thanh_phan}{$1}"), officetest.Runs("{ten}"), officetest.Runs("{chuc_vu}{/thanh_phan}")}), nil)
}

// A DOCX becomes a template: its schema comes from its tags, its example can be
// drafted and previewed, and submitting says why it cannot be issued.
func TestTemplateFromOutside(t *testing.T) {
	o := house.open(t)
	var made TemplateDetails
	a := o.put(t, "administrator", "POST", "/api/v1/templates", map[string]any{"id": "giay-moi", "type": "GM", "docx": invitation(t, "Kính gửi:")})
	if !a.want(t, http.StatusCreated, "") {
		return
	}
	a.into(t, &made)
	if made.Issuable || len(made.Lacks) != 5 || made.Title != "Giấy mời" || a.header.Get("Location") != "/api/v1/templates/giay-moi/versions/"+string(made.SHA256) {
		t.Errorf("%+v, Location %q", made, a.header.Get("Location"))
	}
	var all Templates
	o.get(t, "secretary", "/api/v1/templates", nil).into(t, &all)
	if !slices.Contains(all.Items, made.Template) || !slices.ContainsFunc(all.Items, func(x Template) bool { return x.ID == "ke-hoach" }) {
		t.Errorf("listed: %+v", all.Items)
	}
	var content struct {
		Required   []string
		Properties map[string]struct {
			Title, Description, Type, Format string
			Items                            struct{ Required []string }
		}
	}
	o.get(t, "secretary", "/api/v1/templates/giay-moi/content", nil).into(t, &content)
	if !slices.Equal(content.Required, []string{"ho_ten", "ngay_hop", "thanh_phan"}) || content.Properties["ngay_hop"].Format != "date" ||
		content.Properties["ho_ten"].Title != "Ho ten" || !strings.Contains(content.Properties["ho_ten"].Description, "{ho_ten} ở đoạn 2") ||
		!slices.Equal(content.Properties["thanh_phan"].Items.Required, []string{"ten", "chuc_vu"}) {
		t.Errorf("derived: %+v", content)
	}
	if b := o.get(t, "secretary", "/api/v1/templates/giay-moi/docx", nil).body; !bytes.Equal(b, invitation(t, "Kính gửi:")) {
		t.Error("the DOCX is another")
	}

	example := o.get(t, "secretary", "/api/v1/templates/giay-moi/example", nil).body
	var doc Document
	a = o.post(t, "secretary", "/api/v1/documents", forHere(t, example), nil)
	if !a.want(t, http.StatusCreated, "") {
		return
	}
	a.into(t, &doc)
	if doc.Template != (record.TemplateRef{ID: "giay-moi", SHA256: made.SHA256}) {
		t.Errorf("made from %+v", doc.Template)
	}
	if pdf := o.get(t, "secretary", "/api/v1/documents/"+doc.ID+"/preview", nil); pdf.status != 200 || !bytes.HasPrefix(pdf.body, []byte("%PDF-")) {
		t.Errorf("preview: %d", pdf.status)
	}
	var findings Findings
	o.get(t, "secretary", "/api/v1/documents/"+doc.ID+"/findings", nil).into(t, &findings)
	if n := len(slices.DeleteFunc(findings.Items, func(f record.Finding) bool { return f.Rule != "template" })); n != 5 {
		t.Errorf("%d places are told to be missing while it is typed", n)
	}
	before := o.seqs(t)
	a = o.post(t, "secretary", "/api/v1/documents/"+doc.ID+"/submit", nil, map[string]string{"If-Match": a.header.Get("ETag")})
	if a.want(t, http.StatusUnprocessableEntity, "template-not-issuable") {
		var told []string
		for _, f := range a.problem(t).Errors {
			told = append(told, f.Code+" "+f.Pointer)
		}
		if want := slices.Repeat([]string{"slot-missing /template"}, 5); !slices.Equal(told, want) || !strings.Contains(a.problem(t).Errors[0].Message, "vtNumberA") {
			t.Errorf("told %q: %+v", told, a.problem(t).Errors)
		}
	}
	if !same(before, o.seqs(t)) {
		t.Error("a refused submit wrote to a journal")
	}
	var again Remade
	o.get(t, "secretary", "/api/v1/documents/"+doc.ID+"/versions/1/remade", nil).into(t, &again)
	if again.Archived != "" || again.Same || again.Template != doc.Template {
		t.Errorf("a draft made again: %+v", again)
	}
}

// forHere is an example envelope, for the organisation of the tests.
func forHere(t testing.TB, example []byte) []byte {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(example, &v); err != nil {
		t.Fatal(err)
	}
	v["organization"], v["date"], v["signatory"] = here, "2024-03-22", map[string]any{"person": official, "capacity": "KT"}
	v["filing"] = map[string]any{"unit": "VHTT"}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ownPlan is the program's plan with another word in its title: a template of an
// office that has the places for number and signature.
func (o *office) ownPlan(t testing.TB, word string) map[string]any {
	t.Helper()
	f := officetest.Form(t, o.cfg.Forms, "ke-hoach")
	p, err := ooxml.Open(f.DOCX)
	if err != nil {
		t.Fatal(err)
	}
	const properties = "docProps/core.xml"
	was, _ := p.Part(properties)
	changed := bytes.Replace(was, []byte("{subject}"), []byte("{subject} "+word), 1)
	if bytes.Equal(was, changed) {
		t.Fatal("the form has no title")
	}
	p.Set(properties, changed)
	docx, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"type": "KH", "title": "Kế hoạch của Vũng Tàu", "docx": docx, "schema": f.Content, "example": bytes.Replace(f.Example, []byte(`"ke-hoach"`), []byte(`"ke-hoach-vung-tau"`), 1)}
}

// A document goes on naming the version that made it and is made again from it,
// after the template was replaced and after it was retired.
func TestDocumentOfAnOldTemplate(t *testing.T) {
	o := house.open(t)
	const at = "/api/v1/templates/ke-hoach-vung-tau"
	publish := func(word string) (d TemplateDetails) {
		t.Helper()
		a := o.put(t, "administrator", "PUT", at, o.ownPlan(t, word))
		if !a.want(t, http.StatusOK, "") {
			t.FailNow()
		}
		a.into(t, &d)
		return d
	}
	first := publish("một")
	if !first.Issuable || first.BuiltIn {
		t.Fatalf("%+v", first)
	}
	raw := plan(t, func(v map[string]any) { v["template"] = "ke-hoach-vung-tau" })
	var doc Document
	a := o.post(t, "secretary", "/api/v1/documents", raw, nil)
	a.into(t, &doc)
	a = o.post(t, "secretary", "/api/v1/documents/"+doc.ID+"/submit", nil, map[string]string{"If-Match": a.header.Get("ETag")})
	if !a.want(t, http.StatusOK, "") {
		return
	}
	remade := func() (r Remade, docx []byte) {
		t.Helper()
		path := "/api/v1/documents/" + doc.ID + "/versions/2/remade"
		o.get(t, "archivist", path, nil).into(t, &r)
		return r, o.get(t, "archivist", path+"/docx", nil).body
	}
	archived := o.get(t, "archivist", "/api/v1/documents/"+doc.ID+"/versions/2/docx", nil).body
	if r, docx := remade(); !r.Same || r.Template.SHA256 != first.SHA256 || !bytes.Equal(docx, archived) {
		t.Errorf("at once: %+v", r)
	}

	second := publish("hai")
	if second.SHA256 == first.SHA256 || publish("hai").SHA256 != second.SHA256 {
		t.Errorf("versions %s and %s", first.SHA256, second.SHA256)
	}
	var other Document
	o.post(t, "secretary", "/api/v1/documents", plan(t, func(v map[string]any) { v["template"], v["subject"] = "ke-hoach-vung-tau", "Khác" }), nil).into(t, &other)
	if other.Template.SHA256 != second.SHA256 {
		t.Errorf("a new draft is made from %s", other.Template.SHA256)
	}
	if r, docx := remade(); !r.Same || r.Template.SHA256 != first.SHA256 || !bytes.Equal(docx, archived) {
		t.Errorf("after the template was replaced: %+v", r)
	}

	a = o.post(t, "administrator", at+"/retire", map[string]any{"reason": "Có mẫu mới", "sha256": first.SHA256}, nil)
	a.want(t, http.StatusPreconditionFailed, "template-changed")
	a = o.post(t, "administrator", at+"/retire", map[string]any{"reason": "Có mẫu mới", "sha256": second.SHA256}, nil)
	a.want(t, http.StatusOK, "")
	o.post(t, "administrator", at+"/retire", map[string]any{"reason": "Có mẫu mới"}, nil).want(t, http.StatusConflict, "template-retired")
	o.post(t, "secretary", "/api/v1/documents", plan(t, func(v map[string]any) { v["template"], v["subject"] = "ke-hoach-vung-tau", "Mới" }), nil).
		want(t, http.StatusUnprocessableEntity, "template-retired")
	var all Templates
	o.get(t, "secretary", "/api/v1/templates", nil).into(t, &all)
	if slices.ContainsFunc(all.Items, func(x Template) bool { return x.ID == "ke-hoach-vung-tau" }) {
		t.Error("a retired template is offered")
	}
	if r, _ := remade(); !r.Same {
		t.Errorf("after the template was retired: %+v", r)
	}
	now := o.get(t, "secretary", "/api/v1/documents/"+other.ID, nil)
	o.post(t, "secretary", "/api/v1/documents/"+other.ID+"/submit", nil, map[string]string{"If-Match": now.header.Get("ETag")}).want(t, http.StatusOK, "")

	var versions TemplateVersions
	o.get(t, "secretary", at+"/versions", nil).into(t, &versions)
	admin := o.people["administrator"].account.ID
	if v := versions.Items; len(v) != 2 || v[0].SHA256 != first.SHA256 || v[0].Actor != admin || v[0].Time == nil || v[1].Retired == nil ||
		v[1].Retired.Reason != "Có mẫu mới" || v[0].InForce || v[1].InForce {
		t.Errorf("versions: %+v", v)
	}
	if b := o.get(t, "secretary", at+"/versions/"+string(first.SHA256)+"/docx", nil).body; !bytes.Equal(b, o.ownPlan(t, "một")["docx"].([]byte)) {
		t.Error("the first version has another DOCX")
	}
	o.get(t, "secretary", at+"/versions/"+strings.Repeat("0", 64), nil).want(t, http.StatusNotFound, "template-version-unknown")
}

func TestTemplateRefused(t *testing.T) {
	o := house.open(t)
	good := invitation(t, "Kính mời")
	macro := officetest.DOCX(t, officetest.Paragraphs("{a}"), map[string]string{"word/vbaProject.bin": "x"})
	before := o.seqs(t)
	for _, c := range []struct {
		name   string
		all    map[string]any
		status int
		code   string
		faults []string // pointer and code, or tag and code
	}{
		{"of the program", map[string]any{"id": "ke-hoach", "type": "KH", "docx": good}, 409, "template-built-in", nil},
		{"a bad id and type", map[string]any{"id": "Giấy mời", "type": "XX", "docx": good}, 422, "template-info", []string{"/id pattern", "/type document-type"}},
		{"nothing", map[string]any{}, 422, "body-invalid", []string{"/docx required", "/id required", "/type required"}},
		{"what nobody asked for", map[string]any{"id": "a", "type": "GM", "docx": good, "x": "1"}, 422, "body-invalid", []string{"/x additional-property"}},
		{"no DOCX", map[string]any{"id": "a", "type": "GM", "docx": []byte("%PDF-1.7")}, 422, "not-docx", nil},
		{"a macro", map[string]any{"id": "a", "type": "GM", "docx": macro}, 422, "template-refused", []string{" macros"}},
		{"a bad tag", map[string]any{"id": "a", "type": "GM", "docx": officetest.DOCX(t, officetest.Paragraphs("{a"), nil)}, 422, "template-refused", []string{" tag-syntax"}},
		{"a schema that covers too little", map[string]any{"id": "a", "type": "GM", "docx": good, "schema": []byte(`{"type":"object","properties":{"ho_ten":{"type":"string"},"ngay_hop":{"type":"number"},"ghi_chu":{"type":"string"}}}`)},
			422, "template-schema", []string{"ngay_hop|long filter-value", "#thanh_phan name-unknown"}},
		{"a schema that leads out", map[string]any{"id": "a", "type": "GM", "docx": good, "schema": []byte(`{"type":"object","properties":{"ho_ten":{"$ref":"http://127.0.0.1:1/x"}},"$dynamicRef":"#a"}`)},
			422, "template-schema", []string{"/$dynamicRef schema-keyword", "/properties/ho_ten/$ref schema-reference"}},
		{"an example that does not fit", map[string]any{"id": "a", "type": "GM", "docx": good, "example": plan(t, func(v map[string]any) { v["template"] = "a" })},
			422, "template-example", []string{"/content/ho_ten required"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := o.put(t, "administrator", "POST", "/api/v1/templates", c.all)
			if !a.want(t, c.status, c.code) {
				return
			}
			var told []string
			for _, f := range a.problem(t).Errors {
				told = append(told, f.Pointer+" "+f.Code, f.Tag+" "+f.Code)
			}
			for _, want := range c.faults {
				if !slices.Contains(told, want) {
					t.Errorf("does not tell %q: %q", want, told)
				}
			}
		})
	}
	if !same(before, o.seqs(t)) {
		t.Error("a refused template is in the journal")
	}
	body, media := parts(t, map[string]any{"type": "GM", "docx": bytes.Repeat([]byte("x"), maxTemplateSent)})
	o.ask(t, request{method: "PUT", path: "/api/v1/templates/a", as: o.people["administrator"], body: body, header: map[string]string{"Content-Type": media}}).
		want(t, http.StatusRequestEntityTooLarge, "body-too-large")
	for _, who := range []string{"secretary", "archivist", "token-draft"} {
		o.put(t, who, "PUT", "/api/v1/templates/a", map[string]any{"type": "GM", "docx": good}).want(t, http.StatusForbidden, "")
	}
}

// The page of a draft asks what the tags ask, and what is typed there becomes a
// draft; a retired template is not offered.
func TestPageOfATemplateFromOutside(t *testing.T) {
	o := house.open(t)
	docx := officetest.DOCX(t, officetest.Paragraphs("{Họ và tên}", "{ngay|long}", "{#y_kien}", "{.}", "{/y_kien}"), nil)
	o.put(t, "administrator", "PUT", "/api/v1/templates/y-kien", map[string]any{"type": "TB", "title": "Phiếu ý kiến", "docx": docx}).want(t, http.StatusOK, "")
	who := o.people["secretary"]
	o.page(t, who, "/van-ban/moi").is(t, http.StatusOK, "Phiếu ý kiến")
	p := o.page(t, who, "/van-ban/moi?template=y-kien&organization="+here)
	p.is(t, http.StatusOK, "Họ và tên", "Thẻ {ngay|long} ở đoạn 2.", "Thêm y kien")
	form := p.mustForm(t, "/van-ban/moi")
	for name, v := range map[string]string{"/subject": "Góp ý", "/date": "2024-03-22", "/signatory/person": signatoryValue(official, record.KT), "/filing/unit": "VHTT",
		"/recipients/0/name": "UBND tỉnh", "/content/Họ và tên": "Nguyễn Văn A", "/content/ngay": "2024-03-05", "/content/y_kien/0": "Đồng ý"} {
		form.Set(name, v)
	}
	form.Set("_do", "save")
	id := o.submit(t, who, "/van-ban/moi", form).saved(t, "saved")
	var got struct{ Content map[string]any }
	o.get(t, "secretary", "/api/v1/documents/"+id+"/versions/1/json", nil).into(t, &got)
	if got.Content["Họ và tên"] != "Nguyễn Văn A" || got.Content["ngay"] != "2024-03-05" {
		t.Errorf("saved: %+v", got)
	}
	o.post(t, "administrator", "/api/v1/templates/y-kien/retire", map[string]any{"reason": "Thôi dùng"}, nil).want(t, http.StatusOK, "")
	if text := o.page(t, who, "/van-ban/moi").text(); strings.Contains(text, "Phiếu ý kiến") {
		t.Error("a retired template is offered")
	}
	o.page(t, who, documentAddress(id)+"/sua").is(t, http.StatusOK, "Họ và tên")
}

// A request that was carried out is answered again, even when the template no
// longer takes what it asked.
func TestRequestRepeatedAfterTheTemplateChanged(t *testing.T) {
	o := house.open(t)
	const at = "/api/v1/templates/doi-luoc-do"
	docx := officetest.DOCX(t, officetest.Paragraphs("{ho_ten}"), nil)
	o.put(t, "administrator", "PUT", at, map[string]any{"type": "GM", "docx": docx}).want(t, http.StatusOK, "")
	raw := forHere(t, o.get(t, "secretary", at+"/example", nil).body)
	key := map[string]string{"Idempotency-Key": "doi-luoc-do-1"}
	var first, again Document
	o.post(t, "secretary", "/api/v1/documents", raw, key).into(t, &first)
	wider := officetest.DOCX(t, officetest.Paragraphs("{ho_ten} {chuc_vu}"), nil)
	o.put(t, "administrator", "PUT", at, map[string]any{"type": "GM", "docx": wider}).want(t, http.StatusOK, "")
	a := o.post(t, "secretary", "/api/v1/documents", raw, key)
	if a.want(t, http.StatusCreated, "") {
		a.into(t, &again)
	}
	if again.ID == "" || again.ID != first.ID {
		t.Errorf("%q and then %q", first.ID, again.ID)
	}
	o.post(t, "secretary", "/api/v1/documents", raw, map[string]string{"Idempotency-Key": "doi-luoc-do-2"}).want(t, http.StatusUnprocessableEntity, "input-invalid")
}
