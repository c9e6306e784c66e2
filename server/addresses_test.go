package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/server/addresses"
)

const addressBook = "/api/v1/addresses/" + elsewhere // which no other test writes

// keeper is a clerk of the other organisation, whose book these tests write.
func (o *office) keeper() *person { return o.people["clerk-elsewhere"] }

// emptyBook leaves nothing in the book.
func (o *office) emptyBook(t testing.TB) {
	t.Helper()
	b, err := o.cfg.Addresses.Book(t.Context(), elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range b.Entries {
		if err := o.cfg.Addresses.Remove(t.Context(), elsewhere, e.ID, 0); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAddresses(t *testing.T) {
	o := house.open(t)
	o.emptyBook(t)
	clerk := o.keeper()
	a := o.ask(t, request{method: "POST", path: addressBook, as: clerk, body: map[string]any{"name": "Sở Văn hoá;", "code": "h06.12", "channel": "email", "email": "vanthu@so.vn", "purposes": []string{"report"}, "valid_from": "2025-07-01"}})
	if !a.want(t, http.StatusCreated, "") {
		return
	}
	var e addresses.Entry
	a.into(t, &e)
	path, tag := addressBook+"/"+e.ID, a.header.Get("ETag")
	if e.Name != "Sở Văn hoá" || e.Code != "H06.12" || a.header.Get("Location") != path || tag == "" {
		t.Errorf("%+v %v", e, a.header)
	}
	o.ask(t, request{method: "POST", path: addressBook, as: clerk, body: map[string]any{"name": "Sở Văn hoá", "channel": "paper"}}).want(t, 422, "address-invalid")
	if p := o.ask(t, request{method: "POST", path: addressBook, as: clerk, body: map[string]any{"name": ";", "code": "?", "channel": "email", "valid_from": "hôm nay"}}).problem(t); len(p.Errors) != 4 {
		t.Errorf("faults %v", p.Errors)
	}
	var all Addresses
	o.ask(t, request{method: "GET", path: addressBook + "?q=van+hoa", as: o.people["secretary-elsewhere"]}).into(t, &all)
	if len(all.Items) != 1 || all.Items[0].ID != e.ID || all.Organization != elsewhere {
		t.Errorf("%+v", all)
	}
	change := map[string]any{"name": "Sở Văn hoá và Thể thao", "channel": "portal", "note": "mới"}
	o.ask(t, request{method: "PUT", path: path, as: clerk, body: change}).want(t, 428, "if-match-missing")
	for _, old := range []string{`"0"`, `W/` + tag, `"999999"`, "x"} { // before what is wrong with the body
		o.ask(t, request{method: "PUT", path: path, as: clerk, body: map[string]any{"x": 1}, header: map[string]string{"If-Match": old}}).want(t, 412, "address-changed")
	}
	a = o.ask(t, request{method: "PUT", path: path, as: clerk, body: change, header: map[string]string{"If-Match": tag}})
	a.want(t, 200, "")
	e = addresses.Entry{}
	a.into(t, &e)
	if e.Code != "" || e.Note != "mới" || a.header.Get("ETag") == tag {
		t.Errorf("%+v %s", e, a.header.Get("ETag"))
	}
	o.ask(t, request{method: "PUT", path: path, as: clerk, body: change, header: map[string]string{"If-Match": tag}}).want(t, 412, "address-changed")
	o.ask(t, request{method: "DELETE", path: path, as: clerk, header: map[string]string{"If-Match": tag}}).want(t, 412, "address-changed")
	o.ask(t, request{method: "DELETE", path: path, as: clerk, header: map[string]string{"If-Match": a.header.Get("ETag")}}).want(t, 204, "")
	o.ask(t, request{method: "GET", path: path, as: clerk}).want(t, 404, "address-unknown")
	o.ask(t, request{method: "DELETE", path: path, as: clerk, header: map[string]string{"If-Match": "*"}}).want(t, 404, "address-unknown")
}

func TestAddressFiles(t *testing.T) {
	o := house.open(t)
	o.emptyBook(t)
	send := func(file string) answer {
		return o.ask(t, request{method: "POST", path: addressBook + "/csv", as: o.keeper(), body: file, header: map[string]string{"Content-Type": "text/csv; charset=utf-8"}})
	}
	var done addresses.Imported
	send("Tên nơi nhận;Thư điện tử\r\nSở A;a@so.vn\r\nSở B;\r\n").into(t, &done)
	if done != (addresses.Imported{Added: 2}) {
		t.Errorf("%+v", done)
	}
	a := send("name,email\nSở A,a@\nSở C,c@\n")
	if a.want(t, 422, "addresses-file"); len(a.problem(t).Errors) != 2 {
		t.Errorf("%s", a.body)
	}
	o.ask(t, request{method: "POST", path: addressBook + "/csv", as: o.keeper(), body: "name\n", header: map[string]string{"Content-Type": "application/vnd.ms-excel"}}).want(t, 415, "media-type")
	send(strings.Repeat("x", addresses.MaxCSV+2)).want(t, 413, "body-too-large")
	a = o.ask(t, request{method: "GET", path: addressBook + "/csv", as: o.keeper()})
	if a.want(t, 200, ""); !strings.Contains(string(a.body), "Sở A,,thư điện tử,a@so.vn") {
		t.Errorf("%s", a.body)
	}
	if h := a.header.Get("Content-Disposition"); !strings.HasPrefix(h, "attachment") || !strings.Contains(h, "so-dia-chi-"+elsewhere+".csv") {
		t.Errorf("%s", h)
	}
	send(string(a.body)).into(t, &done)
	if done != (addresses.Imported{Same: 2}) {
		t.Errorf("%+v", done)
	}
}

// What a clerk does with the pages, and what a secretary sees of it.
func TestAddressPages(t *testing.T) {
	o := house.open(t)
	o.emptyBook(t)
	clerk, at := o.keeper(), "/so-dia-chi/"+elsewhere
	post := func(path string, form url.Values) sheet { t.Helper(); return o.submit(t, clerk, path, form) }
	offers := func(p sheet, to string) {
		t.Helper()
		if links := hrefs(p.all("a")); !slices.Contains(links, to) {
			t.Errorf("no way to %s: %v", to, links)
		}
	}
	p := o.page(t, clerk, "/so-dia-chi")
	p.is(t, http.StatusOK, "Sổ địa chỉ", "0 địa chỉ.")
	offers(p, at)
	p = o.page(t, clerk, at)
	p.is(t, http.StatusOK, "Sổ chưa có địa chỉ nào")
	offers(p, at+"/moi")

	a := post(at+"/moi", url.Values{"name": {"Sở A"}, "code": {"?"}, "channel": {"email"}, "purposes": {"report", "inform"}, "valid_to": {"x"}})
	if body := string(a.body); a.status != 422 || !strings.Contains(body, "phải có địa chỉ thư điện tử") || !strings.Contains(body, "Mã định danh gồm") || !strings.Contains(body, `value="Sở A"`) || strings.Count(body, " checked") != 2 {
		t.Errorf("%d: %s", a.status, body)
	}
	a = post(at+"/moi", url.Values{"name": {"Sở A"}, "channel": {"email"}, "email": {"a@so.vn"}, "purposes": {"report"}, "note": {"<b>đậm</b>"}})
	if a.status != 303 || a.header.Get("Location") != at+"?n=address-saved" {
		t.Fatalf("%d %v %s", a.status, a.header, a.body)
	}
	o.page(t, clerk, at+"?n=address-saved").is(t, http.StatusOK, "Đã lưu địa chỉ", "Sở A", "Thư điện tử", "Để báo cáo", "<b>đậm</b>")
	b, err := o.cfg.Addresses.Book(t.Context(), elsewhere)
	if err != nil || len(b.Entries) != 1 {
		t.Fatal(err, b)
	}
	e := b.Entries[0]
	p = o.page(t, clerk, at+"/"+e.ID)
	form := p.mustForm(t, at+"/"+e.ID+"/sua", "channel", "paper", "valid_to", "2020-12-31")
	if form.Get("note") != "<b>đậm</b>" || form.Get("purposes") != "report" || form.Get("email") != "a@so.vn" {
		t.Errorf("%v", form)
	}
	removal := p.mustForm(t, at+"/"+e.ID+"/xoa")
	if a = post(at+"/"+e.ID+"/sua", form); a.status != 303 {
		t.Errorf("%d: %s", a.status, a.body)
	}
	o.page(t, clerk, at).is(t, http.StatusOK, "Thôi dùng sau ngày 31/12/2020")
	// Someone else saved meanwhile: what was typed is still there.
	form.Set("note", "của tôi")
	a = post(at+"/"+e.ID+"/sua", form)
	if a.status != 412 || !strings.Contains(string(a.body), "của tôi") || !strings.Contains(string(a.body), "Mở lại địa chỉ này") {
		t.Errorf("%d: %s", a.status, a.body)
	}
	if a = post(at+"/"+e.ID+"/xoa", removal); a.status != 412 {
		t.Errorf("%d: %s", a.status, a.body)
	}
	if a = post(at+"/"+e.ID+"/xoa", url.Values{}); a.status != 422 {
		t.Errorf("%d: %s", a.status, a.body)
	}
	for _, path := range []string{at, at + "/" + e.ID} {
		p = o.page(t, o.people["secretary-elsewhere"], path)
		p.is(t, http.StatusOK, "Sở A", "Bản giấy")
		if forms := p.actions(); len(forms) > 0 || slices.Contains(hrefs(p.all("a")), at+"/moi") {
			t.Errorf("%s offers a secretary %v", path, forms)
		}
	}
	o.page(t, o.people["clerk"], at).is(t, http.StatusNotFound)
	o.page(t, o.people["archivist"], "/so-dia-chi").is(t, http.StatusForbidden)

	upload := func(file string) sheet {
		return o.upload(t, clerk, at+"/nhap", map[string][]byte{"file": []byte(file)})
	}
	if a = upload("name,email\nSở B,b@\nSở C,c@\n"); a.status != 422 || !strings.Contains(string(a.body), "dòng 2: ") || !strings.Contains(string(a.body), "dòng 3: ") {
		t.Errorf("%d: %s", a.status, a.body)
	}
	if a = upload(""); a.status != 422 || !strings.Contains(a.text(), "Tệp CSV") {
		t.Errorf("%d: %s", a.status, a.body)
	}
	var many strings.Builder
	many.WriteString("name\n")
	for i := range 2*addressesOnPage + 1 {
		many.WriteString("Phường " + record.NumberText(i) + "\n")
	}
	if a = upload(many.String()); a.status != 200 || !strings.Contains(string(a.body), "thêm 201, sửa 0, giữ nguyên 0") {
		t.Errorf("%d: %s", a.status, a.body)
	}
	p = o.page(t, clerk, at)
	p.is(t, http.StatusOK, "202 địa chỉ.")
	offers(p, at+"?from=100")
	last := o.page(t, clerk, at+"?from=200")
	if rows := elements(last.all("tbody")[0], "tr"); len(rows) != 2 {
		t.Errorf("%d on the last page", len(rows))
	}
	o.page(t, clerk, at+"?q=PHUONG+15&from=0").is(t, http.StatusOK, "trong 202 địa chỉ", "Phường 15")
	removal = o.page(t, clerk, at+"/"+e.ID).mustForm(t, at+"/"+e.ID+"/xoa")
	if a = post(at+"/"+e.ID+"/xoa", removal); a.status != 303 || a.header.Get("Location") != at+"?n=address-removed" {
		t.Errorf("%d: %s", a.status, a.body)
	}
	o.page(t, clerk, at+"/"+e.ID).is(t, http.StatusNotFound)
}

// Who types nơi nhận is offered the names of the book that hold today.
func TestADraftKnowsTheBook(t *testing.T) {
	o := house.open(t)
	o.emptyBook(t)
	if _, err := o.cfg.Addresses.Import(t.Context(), elsewhere, []byte("name,valid_to\nSở A,\nSở B,2001-01-01\n")); err != nil {
		t.Fatal(err)
	}
	p := o.page(t, o.people["secretary-elsewhere"], "/van-ban/moi?template=ke-hoach&organization="+elsewhere)
	p.is(t, http.StatusOK)
	list := p.all("datalist")
	if len(list) != 1 {
		t.Fatalf("%d lists", len(list))
	}
	var names []string
	for _, x := range elements(list[0], "option") {
		names = append(names, attr(x, "value"))
	}
	if !slices.Equal(names, []string{"Sở A"}) {
		t.Errorf("%v", names)
	}
	for _, x := range p.all("input") {
		if attr(x, "name") == "/recipients/0/name" && attr(x, "list") == attr(list[0], "id") {
			return
		}
	}
	t.Error("no recipient's name refers to the list")
}
