package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vanthu/record"
)

// A token is shown once; sending its form again makes no other.
func TestTokensByPage(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Archivist)
	o.page(t, p, "/tai-khoan").is(t, http.StatusOK, "UBND thành phố Vũng Tàu", "Lưu trữ")
	form := o.page(t, p, "/tai-khoan").mustForm(t, "/tai-khoan/ma-truy-cap", "name", "tra cứu <b>")
	made := o.submit(t, p, "/tai-khoan/ma-truy-cap", form)
	made.is(t, http.StatusOK, "chỉ hiện lần này", "tra cứu <b>")
	var secret string
	for _, x := range made.all("p") {
		if attr(x, "id") == "secret" {
			secret = textOf(x)
		}
	}
	if a := o.ask(t, request{method: "GET", path: api + "/documents", as: &person{token: secret}}); a.status != http.StatusOK {
		t.Fatalf("the token %q does not work: %d", secret, a.status)
	}
	o.submit(t, p, "/tai-khoan/ma-truy-cap", form).is(t, http.StatusUnprocessableEntity, "Đã có mã truy cập tên này")
	list := o.page(t, p, "/tai-khoan")
	if strings.Contains(string(list.body), secret) {
		t.Error("the secret is shown again")
	}
	for change, said := range map[[2]string]string{
		{"name", ""}: "Tên mã truy cập không được để trống", {"days", "x"}: "phải là số nguyên", {"days", "0"}: "Hạn dùng", {"days", "4000"}: "phải từ 0 đến 366", {"scopes", "account"}: "phải là một trong", {"scopes", ""}: "Phạm vi",
	} {
		bad := o.page(t, p, "/tai-khoan").mustForm(t, "/tai-khoan/ma-truy-cap", "name", "khác", change[0], change[1])
		o.submit(t, p, "/tai-khoan/ma-truy-cap", bad).is(t, http.StatusUnprocessableEntity, said)
	}
	for _, action := range list.actions() {
		if strings.HasSuffix(action, "/thu-hoi") {
			o.submit(t, p, action, nil).leads(t, "/tai-khoan?n=revoked")
			o.submit(t, p, action, nil).is(t, http.StatusNotFound)
		}
	}
	if a := o.ask(t, request{method: "GET", path: api + "/documents", as: &person{token: secret}}); a.status != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", a.status)
	}
}

func TestPasswordByPage(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Clerk)
	change := func(current, next, again string) sheet {
		t.Helper()
		return o.submit(t, p, "/tai-khoan/mat-khau", url.Values{"current": {current}, "password": {next}, "again": {again}})
	}
	const next = "mật khẩu mới của tôi"
	change("sai rồi", next, next).is(t, http.StatusUnprocessableEntity, "Mật khẩu hiện tại không đúng")
	change(password, next, "khác hẳn đi").is(t, http.StatusUnprocessableEntity, "Hai lần ghi mật khẩu mới không giống nhau")
	change(password, "ngắn", "ngắn").is(t, http.StatusUnprocessableEntity, "Mật khẩu chưa đạt")
	change("", "", "").is(t, http.StatusUnprocessableEntity, "Mật khẩu hiện tại không được để trống")
	done := change(password, next, next)
	done.leads(t, "/tai-khoan?n=password")
	for _, x := range []string{password, next} {
		if strings.Contains(string(done.body), x) {
			t.Error("the page repeats a password")
		}
	}
	o.page(t, p, "/tai-khoan").leads(t, "/dang-nhap?next=%2Ftai-khoan") // the old session
	o.submit(t, nobody, "/dang-nhap", url.Values{"username": {p.account.Username}, "password": {next}}).leads(t, "/")
}

// A file that is sent in is judged as by the API, and what the archive knows of
// it is told.
func TestVerifyByPage(t *testing.T) {
	o := house.open(t)
	archivist := o.people["archivist"]
	issued, recalled, signed := o.standing(t, record.Issued), o.standing(t, record.Recalled), o.standing(t, record.Signed)
	pdf := func(doc record.Document) []byte {
		t.Helper()
		b, err := o.cfg.Desk.File(t.Context(), doc, record.PDFFile)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	judge := func(who string, b []byte) sheet {
		t.Helper()
		return o.upload(t, o.people[who], "/kiem-tra", map[string][]byte{"file": b})
	}
	good := judge("archivist", pdf(issued))
	good.is(t, http.StatusOK, "HỢP LỆ", "Đúng từng byte với phiên bản 4 của văn bản "+issued.Symbol, "Nguyễn Thị Thu Hương", "VANTHU DEMO CA", "Tính toàn vẹn", "Điền ô", "Ý kiến thứ hai", "Đã phát hành")
	for _, wrong := range unsound(good) {
		t.Error(wrong)
	}
	judge("archivist", pdf(recalled)).is(t, http.StatusOK, "Đã thu hồi")
	judge("archivist", pdf(signed)).is(t, http.StatusOK, "Chữ ký của người có thẩm quyền")
	// Another organisation's people learn of what was issued, not of what is under way.
	judge("clerk-elsewhere", pdf(issued)).is(t, http.StatusOK, "của văn bản "+issued.Symbol)
	judge("clerk-elsewhere", pdf(signed)).is(t, http.StatusOK, "Kho lưu trữ không có tệp nào giống từng byte")
	changed := append([]byte(nil), pdf(issued)...)
	changed[len(changed)/2] ^= 1
	judge("archivist", changed).is(t, http.StatusOK, "KHÔNG HỢP LỆ", "phần thêm vào phía sau không có trong kho")
	for _, junk := range [][]byte{[]byte("không phải PDF"), []byte("%PDF-1.7\n<script>alert(1)</script>")} {
		if p := judge("archivist", junk); p.status != http.StatusOK && p.status != http.StatusUnprocessableEntity || strings.Contains(string(p.body), "<script>alert") {
			t.Errorf("%d %s", p.status, p.text())
		}
	}
	judge("archivist", nil).is(t, http.StatusUnprocessableEntity, "Hãy chọn một tệp PDF")
	o.submit(t, archivist, "/kiem-tra", url.Values{"file": {"x"}}).is(t, http.StatusUnsupportedMediaType)
	// Whoever has the file may ask, without an account; of what was not issued
	// nothing is told.
	o.upload(t, nobody, "/kiem-tra", map[string][]byte{"file": []byte("%PDF")}).is(t, http.StatusUnprocessableEntity)
	stranger := func(b []byte) sheet { return o.upload(t, nobody, "/kiem-tra", map[string][]byte{"file": b}) }
	stranger(pdf(issued)).is(t, http.StatusOK, "của văn bản "+issued.Symbol)
	stranger(pdf(signed)).is(t, http.StatusOK, "Kho lưu trữ không có tệp nào giống từng byte")
}
