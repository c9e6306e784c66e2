package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"vanthu/record"
	"vanthu/server"
)

// What the pages are like for people, on one service and in one browser.
func TestPagesInTheBrowser(t *testing.T) {
	dir := t.TempDir()
	s := startService(t, "--demo", "--data", dir)
	browser := startBrowser(t)
	t.Run("typed by hand without scripts", func(t *testing.T) { typedByHand(t, browser, s, dir) })
	t.Run("address book", func(t *testing.T) { addressBook(t, browser, s, dir) })
	t.Run("paper register", func(t *testing.T) { paperRegister(t, browser, s) })
	t.Run("dossiers", func(t *testing.T) { dossiers(t, browser, s, dir) })
	t.Run("opinions", func(t *testing.T) { opinions(t, browser, s, dir) })
	t.Run("accessible", func(t *testing.T) { accessible(t, browser, s, dir) })
}

// No page has a fault that axe-core finds, or is wider than the screen: at a
// desk and on a phone, light and dark.
func accessible(t *testing.T, browser context.Context, s *service, dir string) {
	docs := s.oneOfEach(t)
	at := func(state record.Status) string { return "/van-ban/" + docs[state].ID }
	axe := read(t, filepath.Join(npmFolder(t), "axe-core", "axe.min.js"))

	guest := openWindow(t, browser, s, true)
	a := auditor{guest, string(axe)}
	a.audit("log-in")
	guest.do(chromedp.SendKeys(`#username`, "clerk"), chromedp.SendKeys(`#password`, "sai"))
	guest.press("Đăng nhập")
	a.audit("log-in refused")
	a.visit("/docs")

	for _, person := range []struct {
		name  string
		pages []string
	}{
		{"secretary", []string{"/", "/van-ban/moi", at(record.Draft), at(record.Returned), at(record.Discarded), at(record.Returned) + "/sua", at(record.Draft) + "/sua", "/khong-co"}},
		{"signatory", []string{"/", at(record.Submitted)}},
		{"clerk", []string{"/", at(record.Signed), at(record.Numbered), at(record.Issued), "/so-dang-ky", "/so-dang-ky/ubnd-tp-vung-tau/2024"}},
		{"archivist", []string{"/", "/van-ban", "/van-ban?q=cong+tac+van+thu", "/van-ban?q=%22van+thu%22&accents=exact&year=2024", "/van-ban?q=khong+co", "/van-ban?year=abc", at(record.Recalled), at(record.Voided), at(record.Superseded)}},
	} {
		w := openWindow(t, browser, s, true)
		w.login(person.name)
		a.window = w
		for _, path := range person.pages {
			a.visit(path)
		}
		switch person.name {
		case "secretary":
			w.visit("/ho-so")
			w.unfold()
			look(w, "dossiers")
			a.audit("dossiers")
			w.visit("/ho-so")
			w.unfold()
			w.do(chromedp.SendKeys(`#open-ubnd-tp-vung-tau-code`, "01.VHTT"), chromedp.SendKeys(`#open-ubnd-tp-vung-tau-title`, "Hồ sơ kiểm tra công tác văn thư năm 2024"))
			w.click(`//form[@action="/ho-so/ubnd-tp-vung-tau/mo"]//button`)
			w.unfold()
			w.do(chromedp.SendKeys(`#add-document`, docs[record.Issued].Symbol))
			w.click(`//form[contains(@action, "/them")]//button`)
			look(w, "dossier")
			a.audit("dossier")
			w.visit("/van-ban/moi?template=ke-hoach&organization=ubnd-tp-vung-tau")
			w.press("Lưu dự thảo")
			a.audit("form with faults")
		case "clerk":
			w.visit(at(record.Numbered))
			w.do(chromedp.Click(`//summary[.="Bỏ số đã cấp"]`), chromedp.SendKeys(`#void-reason`, "  "))
			w.press("Bỏ số đã cấp")
			a.audit("command refused")
			w.visit(at(record.Issued))
			w.press("Gửi các nơi nhận")
			look(w, "sent")
			a.audit("document that was sent")
			guest.visit("/v/" + docs[record.Issued].ID)
			look(guest, "short")
			b := auditor{guest, string(axe)}
			b.audit("short link")
		case "archivist":
			w.visit("/kiem-tra")
			link := fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", docs[record.Issued].ID, docs[record.Issued].Version)
			w.do(chromedp.SetUploadFiles(`#file`, []string{write(t, filepath.Join(dir, "issued.pdf"), s.login("archivist").get(link))}))
			w.press("Kiểm tra")
			a.audit("report on signatures")
			w.visit("/tai-khoan")
			w.do(chromedp.SendKeys(`#name`, "tra cứu"))
			w.press("Tạo mã truy cập")
			a.audit("new token")
			w.do(chromedp.SendKeys(`#name`, "tra cứu"))
			w.press("Tạo mã truy cập")
			a.audit("token refused")
			w.click(`//header//button[.="English"]`)
			a.audit("in English")
			w.keyboard()
		}
	}
}

// unfold opens everything on the page that is folded up.
func (w *window) unfold() {
	w.t.Helper()
	if !value[bool](w, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`) {
		w.t.Error("nothing unfolds")
	}
}

// keyboard walks a page as someone without a mouse does.
func (w *window) keyboard() {
	w.t.Helper()
	w.visit("/van-ban")
	w.do(chromedp.KeyEvent(kb.Tab))
	if first := value[string](w, `document.activeElement.className`); first != "skip" {
		w.t.Errorf("the first stop is %q, not the way past the navigation", first)
	}
	w.do(chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Tab))
	if next := value[string](w, `document.activeElement.id`); next != "q" {
		w.t.Errorf("past the navigation comes %q, not the first field", next)
	}
}

// auditor holds pages to axe-core's rules.
type auditor struct {
	*window
	axe string
}

func (a auditor) visit(path string) {
	a.t.Helper()
	a.window.visit(path)
	if value[bool](a.window, `document.querySelector(".pdf") !== null`) {
		a.do(chromedp.WaitVisible(`.pdf-page[data-drawn]`))
	}
	a.audit(path)
}

// audit judges the page that is open, in four shapes. The API browser, with its
// landmarks, is not ours.
func (a auditor) audit(what string) {
	a.t.Helper()
	if _, err := chromedp.Run(a.ctx, chromedp.Evaluate[int](a.axe+";0")); err != nil {
		a.t.Fatal(err)
	}
	for _, width := range []int64{1280, 390} {
		for scheme, rules := range map[string]string{"light": `{}`, "dark": `{runOnly: ["color-contrast"]}`} { // the rest is the same in the dark
			media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
			if _, err := chromedp.Call(a.ctx, emulation.SetEmulatedMedia, media); err != nil {
				a.t.Fatal(err)
			}
			a.do(chromedp.EmulateViewport(width, 900))
			found := value[[]string](a.window, `axe.run({exclude: ["#api"]}, {resultTypes: ["violations"], rules: {"landmark-no-duplicate-main": {enabled: !document.getElementById("api")}}, ...`+rules+`})
				.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary)))`)
			for _, x := range found {
				a.t.Errorf("%s, %d wide, %s: %s", what, width, scheme, strings.Join(strings.Fields(x), " "))
			}
			if wide := value[int64](a.window, `document.documentElement.scrollWidth`); wide > width {
				a.t.Errorf("%s is %d wide on a screen of %d", what, wide, width)
			}
		}
	}
}

// npmFolder is where scripts/setup puts what the tests need from npm.
func npmFolder(t *testing.T) string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cmp.Or(os.Getenv("VANTHU_CACHE"), filepath.Join(home, ".cache", "vanthu")), "npm", "node_modules")
}

// oneOfEach makes a document in every state, over the API.
func (s *service) oneOfEach(t *testing.T) map[record.Status]server.Document {
	t.Helper()
	secretary, official, clerk := s.login("secretary"), s.login("signatory"), s.login("clerk")
	docs := map[record.Status]server.Document{}
	because, way := `{"reason":"Một lý do đủ dài để xuống dòng trên màn hình hẹp"}`, []record.Command{record.CmdSubmit, record.CmdSign, record.CmdNumber, record.CmdSeal}
	for _, x := range []struct {
		to    record.Status
		steps int // of the way
		then  record.Command
	}{
		{record.Draft, 0, ""}, {record.Submitted, 1, ""}, {record.Signed, 2, ""}, {record.Numbered, 3, ""}, {record.Issued, 4, ""},
		{record.Discarded, 0, record.CmdDiscard}, {record.Returned, 1, record.CmdReturn}, {record.Voided, 3, record.CmdVoid},
		{record.Recalled, 4, record.CmdRecall}, {record.Superseded, 4, record.CmdSupersede},
	} {
		in := plan(t, func(v map[string]any) {
			v["organization"], v["date"], v["signatory"] = "ubnd-tp-vung-tau", "2024-03-22", map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
		})
		r := secretary.ask("POST", "/api/v1/documents", in)
		doc, err := r.document()
		if err != nil {
			t.Fatal(err)
		}
		tag := r.header.Get("ETag")
		who := map[record.Command]*person{record.CmdSubmit: secretary, record.CmdDiscard: secretary, record.CmdSign: official, record.CmdReturn: official}
		for _, command := range append(way[:x.steps:x.steps], x.then) {
			if command == "" {
				continue
			}
			body := ""
			switch {
			case command == record.CmdSign:
				body = `{"pdf_sha256":"` + string(doc.PDF) + `"}`
			case command == record.CmdSupersede:
				body = `{"linked":"` + docs[record.Issued].ID + `"}`
			case record.Transitions[command].Reason:
				body = because
			}
			doc, tag = cmp.Or(who[command], clerk).must(doc, tag, command, body)
		}
		if doc.State != x.to {
			raw, _ := json.Marshal(doc)
			t.Fatalf("want %s: %s", x.to, raw)
		}
		docs[x.to] = doc
	}
	return docs
}
