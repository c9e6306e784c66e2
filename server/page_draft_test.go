package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
)

// newForm is the form of a plan, filled from JSON.
func (o *office) newForm(t testing.TB, raw []byte) (sheet, url.Values) {
	t.Helper()
	p := o.upload(t, o.people["secretary"], "/van-ban/moi/tep", map[string][]byte{"file": raw})
	p.is(t, http.StatusOK, "Đã điền dữ liệu từ tệp")
	return p, p.mustForm(t, "/van-ban/moi")
}

// saved is the id of the document that saving led to.
func (p sheet) saved(t testing.TB, code string) string {
	t.Helper()
	id, n, ok := strings.Cut(strings.TrimPrefix(p.header.Get("Location"), "/van-ban/"), "?n=")
	if p.status != http.StatusSeeOther || !ok || n != code {
		t.Fatalf("%d to %q: %s", p.status, p.header.Get("Location"), p.text())
	}
	return id
}

// An envelope goes through the form and comes out as it was: the same document
// as by the API.
func TestEnvelopeThroughTheForm(t *testing.T) {
	o := house.open(t)
	for _, named := range []string{official, "Nguyễn Thị Thu Hương"} { // a person by id or by name
		raw := plan(t, func(v map[string]any) {
			v["subject"] = `Dòng một & <b>"hai"</b>` + "\nDòng ba"
			v["retention"] = "ke-hoach-theo-vu-viec"
			v["recipients"] = []map[string]any{{"name": "UBND tỉnh", "purpose": "report", "channel": "paper", "copies": 2, "id": "H01"}}
			v["signatory"] = map[string]any{"person": named, "capacity": "KT"}
		})
		_, form := o.newForm(t, raw)
		form.Set("_do", "save")
		id := o.submit(t, o.people["secretary"], "/van-ban/moi", form).saved(t, "saved")
		got := o.ask(t, request{method: "GET", path: "/api/v1/documents/" + id + "/versions/1/json", as: o.people["secretary"]})
		var is, want map[string]any
		got.into(t, &is)
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		want["signatory"] = map[string]any{"person": official, "capacity": "KT"}
		if diff := cmp.Diff(want, is); diff != "" {
			t.Errorf("came out as something else: %s", diff)
		}
		p := o.page(t, o.people["secretary"], documentAddress(id))
		p.is(t, http.StatusOK, `Dòng một & <b>"hai"</b> Dòng ba`, "KT. CHỦ TỊCH", "10 năm")
		if strings.Contains(string(p.body), "<b>") {
			t.Error("the subject's signs became markup")
		}
	}
}

// Saving twice by a double click makes one document; the form changed after it
// was saved makes another, and says so.
func TestSavingTwice(t *testing.T) {
	o := house.open(t)
	_, form := o.newForm(t, plan(t, nil))
	form.Set("_do", "save")
	id := o.submit(t, o.people["secretary"], "/van-ban/moi", form).saved(t, "saved")
	if again := o.submit(t, o.people["secretary"], "/van-ban/moi", form).saved(t, "saved"); again != id {
		t.Errorf("made %s and %s", id, again)
	}
	form.Set("/subject", "Sửa sau khi đã lưu")
	p := o.submit(t, o.people["secretary"], "/van-ban/moi", form)
	p.is(t, http.StatusConflict, "đã được lưu thành một dự thảo", "Mở dự thảo đã lưu")
	if links := p.all("a"); !strings.Contains(fmt.Sprint(hrefs(links)), documentAddress(id)) {
		t.Errorf("no way to %s: %v", id, hrefs(links))
	}
	next := p.mustForm(t, "/van-ban/moi", "_do", "save")
	if next.Get("/subject") != "Sửa sau khi đã lưu" || next.Get("request") == form.Get("request") {
		t.Errorf("the form comes back with %q %q", next.Get("/subject"), next.Get("request"))
	}
	if other := o.submit(t, o.people["secretary"], "/van-ban/moi", next).saved(t, "saved"); other == id {
		t.Error("the second form overwrote the first document")
	}
}

// Faults are shown at their fields and in a summary, and nothing that was typed
// is lost, whichever button was pressed.
func TestFormKeepsWhatWasTyped(t *testing.T) {
	o := house.open(t)
	secretary := o.people["secretary"]
	p := o.page(t, secretary, "/van-ban/moi?template=ke-hoach&organization="+here)
	before := o.seqs(t)
	for _, button := range []string{"save", "check"} {
		form := p.mustForm(t, "/van-ban/moi", "/content/opening/0", "Đã gõ", "_do", button)
		bad := o.submit(t, secretary, "/van-ban/moi", form)
		bad.is(t, http.StatusUnprocessableEntity, "chỗ cần sửa", "Trích yếu", "Chưa chọn người ký", "Tên nơi nhận", "Tên mục")
		for _, wrong := range unsound(bad) {
			t.Errorf("%s: %s", button, wrong)
		}
		form = bad.mustForm(t, "/van-ban/moi", "_do", "add /content/sections")
		more := o.submit(t, secretary, "/van-ban/moi", form)
		more.is(t, http.StatusOK, "Đã thêm Mục II")
		kept := more.mustForm(t, "/van-ban/moi")
		if kept.Get("/content/opening/0") != "Đã gõ" || !kept.Has("/content/sections/1/title") || kept.Get("request") != form.Get("request") {
			t.Errorf("%s: came back with %v", button, kept)
		}
	}
	// An organisation where the person does not draft.
	_, form := o.newForm(t, plan(t, nil))
	form.Set("/organization", elsewhere)
	form.Set("_do", "save")
	p = o.submit(t, secretary, "/van-ban/moi", form)
	p.is(t, http.StatusForbidden, "không có vai trò")
	if kept := p.mustForm(t, "/van-ban/moi"); kept.Get("/subject") != form.Get("/subject") {
		t.Errorf("lost: %v", kept)
	}
	// Choosing another organisation brings its officials.
	form.Set("/organization", here)
	form.Set("_do", "organization")
	o.submit(t, secretary, "/van-ban/moi", form).is(t, http.StatusOK, "Trần Văn Đức", "Lê Minh Nghĩa")
	if after := o.seqs(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("journals went from %v to %v", before, after)
	}
	good, _ := o.newForm(t, plan(t, nil))
	checked := o.submit(t, secretary, "/van-ban/moi", good.mustForm(t, "/van-ban/moi", "_do", "check"))
	checked.is(t, http.StatusOK, "Kết quả kiểm tra")
}

// Files that are no envelope, or a hostile one, are told so.
func TestLoadingFiles(t *testing.T) {
	o := house.open(t)
	secretary := o.people["secretary"]
	load := func(parts map[string][]byte) sheet { return o.upload(t, secretary, "/van-ban/moi/tep", parts) }
	load(map[string][]byte{"file": nil, "text": plan(t, nil)}).is(t, http.StatusOK, "Đã điền dữ liệu từ tệp")
	load(map[string][]byte{"text": append([]byte("\xef\xbb\xbf"), plan(t, nil)...)}).is(t, http.StatusOK, "Đã điền dữ liệu từ tệp")
	broken := load(map[string][]byte{"text": []byte(`{"template": "ke-hoach",}`)})
	broken.is(t, http.StatusUnprocessableEntity, "thừa dấu phẩy")
	if kept := broken.mustForm(t, "/van-ban/moi/tep"); kept.Get("text") != `{"template": "ke-hoach",}` {
		t.Errorf("the text comes back as %q", kept.Get("text"))
	}
	load(map[string][]byte{"file": nil}).is(t, http.StatusUnprocessableEntity, "Không có dữ liệu JSON nào")
	load(map[string][]byte{"other": []byte("x")}).is(t, http.StatusUnprocessableEntity, "Không có dữ liệu JSON nào")
	load(map[string][]byte{"file": []byte(`{"template":"khong-co"}`)}).is(t, http.StatusUnprocessableEntity, "Không có mẫu")
	load(map[string][]byte{"file": []byte("\xff\xfe\x00")}).is(t, http.StatusUnprocessableEntity, "UTF-8")
	load(map[string][]byte{"file": make([]byte, maxEnvelope+1)}).is(t, http.StatusRequestEntityTooLarge, "quá lớn")
	load(map[string][]byte{"file": make([]byte, maxForm)}).is(t, http.StatusRequestEntityTooLarge, "quá lớn")
	o.submit(t, secretary, "/van-ban/moi/tep", url.Values{"text": {"{}"}}).is(t, http.StatusUnsupportedMediaType, "không phải là một tệp")
	part := plan(t, func(v map[string]any) { delete(v, "subject"); v["more"] = "x" })
	load(map[string][]byte{"file": part}).is(t, http.StatusOK, "Có 2 chỗ cần sửa", "Trích yếu", "more")
	o.upload(t, o.people["clerk"], "/van-ban/moi/tep", map[string][]byte{"file": part}).is(t, http.StatusForbidden)
	o.submit(t, secretary, "/van-ban/moi", url.Values{"/template": {"khong-co"}, "request": {"r"}}).is(t, http.StatusUnprocessableEntity, "thiếu dữ liệu")
	huge := url.Values{"/template": {"ke-hoach"}, "request": {"r"}, "/subject": {strings.Repeat("x", 5<<20)}}
	o.submit(t, secretary, "/van-ban/moi", huge).is(t, http.StatusUnprocessableEntity, "quá dài")
}

// Who edits what someone else has changed meanwhile is told, keeps what they
// typed, and may then decide.
func TestRevisingWhatHasChanged(t *testing.T) {
	o := house.open(t)
	secretary := o.people["secretary"]
	doc := o.document(t, record.Draft)
	at := documentAddress(doc.ID)
	mine := o.page(t, secretary, at+"/sua").mustForm(t, at+"/sua", "/subject", "Của tôi", "_do", "save")
	theirs := o.page(t, secretary, at+"/sua").mustForm(t, at+"/sua", "/subject", "Của người khác", "_do", "save")
	o.submit(t, secretary, at+"/sua", theirs).saved(t, "revised")
	p := o.submit(t, secretary, at+"/sua", mine)
	p.is(t, http.StatusPreconditionFailed, "Văn bản đã thay đổi")
	again := p.mustForm(t, at+"/sua", "_do", "save")
	if again.Get("/subject") != "Của tôi" {
		t.Errorf("lost: %q", again.Get("/subject"))
	}
	o.submit(t, secretary, at+"/sua", again).saved(t, "revised")
	o.page(t, secretary, at).is(t, http.StatusOK, "Của tôi")
	// The saved form, brought back and changed.
	again.Set("/subject", "Lần nữa")
	p = o.submit(t, secretary, at+"/sua", again)
	p.is(t, http.StatusPreconditionFailed, "Văn bản đã thay đổi")
	o.submit(t, secretary, at+"/sua", p.mustForm(t, at+"/sua", "_do", "save")).saved(t, "revised")
	o.page(t, secretary, at).is(t, http.StatusOK, "Lần nữa")
	// Submitted meanwhile: there is nothing to edit any more, and nothing is lost.
	late := o.page(t, secretary, at+"/sua").mustForm(t, at+"/sua", "/subject", "Quá muộn", "_do", "save")
	if _, err := o.cfg.Desk.Submit(t.Context(), o.actor("secretary"), deskRef(doc)); err != nil {
		t.Fatal(err)
	}
	p = o.submit(t, secretary, at+"/sua", late)
	if p.status != http.StatusPreconditionFailed || p.mustForm(t, at+"/sua").Get("/subject") != "Quá muộn" {
		t.Errorf("%d %s", p.status, p.text())
	}
	o.page(t, secretary, at+"/sua").is(t, http.StatusConflict, "không còn sửa được")
	p = o.submit(t, secretary, at+"/sua", p.mustForm(t, at+"/sua", "_do", "save"))
	p.is(t, http.StatusConflict)
}

func TestSignatoryIsOneChoice(t *testing.T) {
	officials := []record.Appointment{{Person: "nguyen-van-a", Name: "Nguyễn Văn A"}}
	for raw, want := range map[string]string{
		`{"signatory":{"person":"nguyen-van-a","capacity":"KT"}}`: "KT nguyen-van-a",
		`{"signatory":{"person":"Nguyễn Văn A","capacity":"TM"}}`: "TM nguyen-van-a",
		`{"signatory":{"person":"Trần Văn B","capacity":"TM"}}`:   "TM Trần Văn B",
	} {
		var got struct{ Signatory record.SignatoryChoice }
		joined := joinSignatory([]byte(raw), officials)
		if err := json.Unmarshal(joined, &got); err != nil || got.Signatory.Person != want {
			t.Errorf("%s becomes %s", raw, joined)
		}
		if err := json.Unmarshal(splitSignatory(joined), &got); err != nil || signatoryValue(got.Signatory.Person, got.Signatory.Capacity) != want {
			t.Errorf("%s comes back as %s", joined, splitSignatory(joined))
		}
	}
	for _, raw := range []string{``, `[]`, `{"signatory":5}`, `{"signatory":null}`, `{}`, `{"signatory":{"person":5}}`} {
		if got := joinSignatory([]byte(raw), nil); string(got) != raw {
			t.Errorf("%s becomes %s", raw, got)
		}
	}
}

// Whatever JSON a form is made of, joining and splitting the signatory keeps it
// JSON and everything else in it.
func FuzzSignatory(f *testing.F) {
	for _, seed := range []string{`{"signatory":{"person":"a b","capacity":"KT"},"x":[1e9]}`, `{"signatory":{"person":" "}}`, `{"signatory":{"capacity":"KT"}}`, `[]`, `{`, `{"signatory":{"person":"<"},"a":"<"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		joined := joinSignatory([]byte(raw), nil)
		split := splitSignatory(joined)
		if json.Valid([]byte(raw)) != json.Valid(joined) || json.Valid(joined) != json.Valid(split) {
			t.Fatalf("%s becomes %s, %s", raw, joined, split)
		}
		var before, after map[string]any
		if json.Unmarshal([]byte(raw), &before) != nil || json.Unmarshal(split, &after) != nil {
			return
		}
		delete(before, "signatory")
		delete(after, "signatory")
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s becomes %s: %s", raw, split, diff)
		}
	})
}
