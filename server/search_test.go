package server

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"vanthu/record"
)

// searched drafts n documents of one word that nothing else has.
func (o *office) searched(t *testing.T, n int) (word string) {
	t.Helper()
	p := o.newcomer(t, record.Secretary)
	word = "kiếm" + strings.ToLower(p.name[len(p.name)-8:])
	for i := range n {
		raw := plan(t, func(v map[string]any) { v["subject"] = fmt.Sprintf("Chuyên đề %s số %d <b>", word, i) })
		o.ask(t, request{method: "POST", path: "/api/v1/documents", as: p, body: raw}).want(t, 201, "")
	}
	return word
}

func TestSearchExplainsAndCounts(t *testing.T) {
	o := house.open(t)
	word := o.searched(t, 3)
	var d Documents
	o.get(t, "archivist", api+"/documents?limit=2&q="+url.QueryEscape(strings.Replace(word, "ế", "e", 1)), nil).into(t, &d)
	if d.Total != 3 || len(d.Items) != 2 || d.Counts == nil || len(d.Counts.States) != 1 || d.Counts.States[0].Value != "draft" || d.Counts.States[0].Documents != 3 ||
		len(d.Counts.Organizations) != 1 || d.Counts.Organizations[0].Value != here {
		t.Fatalf("%+v", d)
	}
	e := d.Items[0].Excerpts
	if len(e) != 1 || e[0].Field != "subject" || len(e[0].Parts) != 3 || !e[0].Parts[1].Hit || e[0].Parts[1].Text != word {
		t.Errorf("%+v", e)
	}
	var next Documents
	o.get(t, "archivist", api+"/documents?limit=2&q="+url.QueryEscape(word)+"&cursor="+d.Next, nil).into(t, &next)
	if len(next.Items) != 1 || next.Counts != nil || next.Total != 0 {
		t.Errorf("%+v", next)
	}
	p := o.page(t, o.people["archivist"], "/van-ban?q="+url.QueryEscape(word))
	p.is(t, http.StatusOK, "3 văn bản.")
	if marks := p.all("mark"); len(marks) != 3 || textOf(marks[0]) != word || bytes.Contains(p.body, []byte("số 1 <b>")) {
		t.Errorf("%d marks", len(marks))
	}
	for query, at := range map[string]string{"from=2024-02-30": "/from", "to=mai": "/to", "sort=x": "/sort", "q=x*": "/q", "hold=no": "/hold"} {
		a := o.get(t, "archivist", api+"/documents?"+query, nil)
		a.want(t, 422, "query-invalid")
		if got := a.problem(t).Errors; len(got) != 1 || got[0].Pointer != at {
			t.Errorf("%s: %s", query, a.body)
		}
	}
}

// Every number beside a filter is what its link leads to.
func TestFacetsLeadToWhatTheyCount(t *testing.T) {
	o := house.open(t)
	for _, state := range statuses {
		o.standing(t, state)
	}
	who := o.people["archivist"]
	seen := 0
	for _, start := range []string{"/van-ban", "/van-ban?q=ke+hoach&state=issued", "/van-ban?recipient=ubnd&year=2024"} {
		p := o.page(t, who, start)
		p.is(t, http.StatusOK)
		for _, item := range facetItems(p) {
			link, n := elements(item, "a")[0], textOf(elements(item, "span")[0])
			if attr(link, "aria-current") != "" {
				continue // takes the filter away
			}
			seen++
			to := o.page(t, who, attr(link, "href"))
			to.is(t, http.StatusOK)
			if said := totalOf(to); said != n {
				t.Errorf("%s: %s (%s) leads to %s", start, textOf(link), n, said)
			}
		}
	}
	if seen < 6 {
		t.Errorf("%d facets", seen)
	}
}

func facetItems(p sheet) []*html.Node {
	for _, nav := range p.all("nav") {
		if strings.Contains(attr(nav, "class"), "facets") {
			return elements(nav, "li")
		}
	}
	return nil
}

func totalOf(p sheet) string {
	for _, x := range p.all("p") {
		if attr(x, "role") == "status" {
			n, _, _ := strings.Cut(textOf(x), " ")
			return n
		}
	}
	return ""
}

// A list as a file has what the pages list, in their order, and says what was
// asked for.
func TestListAsFile(t *testing.T) {
	o := house.open(t)
	word := o.searched(t, 4)
	query := "q=" + url.QueryEscape(word) + "&state=draft&sort=oldest"
	want := o.list(t, "archivist", query+"&limit=3")
	if len(want) != 4 {
		t.Fatal(want)
	}
	a := o.get(t, "archivist", api+"/documents.csv?"+query, nil)
	a.want(t, 200, "")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\uFEFF")))).ReadAll()
	if err != nil || len(rows) != 5 || !strings.HasPrefix(a.header.Get("Content-Disposition"), `attachment; filename="danh-sach-van-ban-`) {
		t.Fatalf("%v: %v", rows, err)
	}
	for i, row := range rows[1:] {
		if row[0] != strconv.Itoa(i+1) || row[len(row)-1] != want[i] || !strings.Contains(row[3], word) || row[7] != "Dự thảo" {
			t.Errorf("line %d: %v", i, row)
		}
	}
	a = o.get(t, "archivist", api+"/documents.xlsx?"+query, nil)
	book, err := excelize.OpenReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cells, err := book.GetRows(book.GetSheetList()[0])
	var found []string
	for _, row := range cells {
		if len(row) > 0 && slices.Contains(want, row[len(row)-1]) {
			found = append(found, row[len(row)-1])
		}
	}
	if whole := fmt.Sprint(cells); err != nil || !slices.Equal(found, want) || !strings.Contains(whole, "Từ cần tìm: "+word) || !strings.Contains(whole, "Tổng số: 4 văn bản.") {
		t.Errorf("%v %s: %v", found, whole, err)
	}
	a = o.get(t, "archivist", api+"/documents.pdf?"+query, nil)
	file := filepath.Join(t.TempDir(), "list.pdf")
	if err := os.WriteFile(file, a.body, 0o644); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil || !strings.Contains(string(text), "DANH SÁCH VĂN BẢN") || strings.Count(string(text), word) < 5 || !strings.Contains(string(text), "Tổng số: 4 văn bản.") || !strings.Contains(string(text), "Trạng thái: Dự thảo") {
		t.Errorf("%s: %v", text, err)
	}
	if look := os.Getenv("VANTHU_LOOK"); look != "" {
		if err := os.WriteFile(filepath.Join(look, "list.pdf"), a.body, 0o644); err != nil {
			t.Error(err)
		}
	}
	// Others see their own: nothing of here.
	a = o.get(t, "archivist-elsewhere", api+"/documents.csv?"+query, nil)
	if strings.Contains(string(a.body), word) || bytes.Count(a.body, []byte("\n")) != 1 {
		t.Errorf("elsewhere: %s", a.body)
	}
	o.get(t, "archivist", api+"/documents.csv?limit=3", nil).want(t, 422, "query-invalid")
}

func TestSavedSearches(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Archivist)
	ask := func(method, path string, body any) answer {
		t.Helper()
		return o.ask(t, request{method: method, path: api + "/searches" + path, as: p, body: body})
	}
	var none, one Searches
	var made Search
	ask("GET", "", nil).into(t, &none)
	ask("POST", "", map[string]any{"name": "Cải cách", "query": "type=KH&q=cai+cach&year="}).into(t, &made)
	ask("GET", "", nil).into(t, &one)
	if len(none.Items) != 0 || len(one.Items) != 1 || one.Items[0] != made || made.Query != "q=cai+cach&type=KH" {
		t.Errorf("%+v %+v %+v", none, made, one)
	}
	for query, at := range map[string]string{"q=x*": "/query/q", "abc=1": "/query/abc", "limit=3": "/query/limit", "%": "/query", "year=hai": "/query/year", "year=": "/query"} {
		a := ask("POST", "", map[string]any{"name": "x", "query": query})
		a.want(t, 422, "search-invalid")
		if got := a.problem(t).Errors; len(got) != 1 || got[0].Pointer != at {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	ask("POST", "", map[string]any{"name": "Cải cách", "query": "year=2024"}).want(t, 409, "search-name-taken")
	ask("DELETE", "/"+made.ID, nil).want(t, 204, "")
	ask("DELETE", "/"+made.ID, nil).want(t, 404, "search-unknown")

	// The same by pages.
	q := "/van-ban?q=ke+hoach&state=issued"
	form := o.page(t, p, q).mustForm(t, "/cau-tim", "name", "Kế hoạch <b>")
	o.submit(t, p, "/cau-tim", form).leads(t, q[:9]+"n=search-saved&"+q[9:])
	again := o.submit(t, p, "/cau-tim", form)
	again.is(t, http.StatusConflict, "Đã lưu một câu tìm tên")
	if f := again.mustForm(t, "/cau-tim"); f.Get("name") != "Kế hoạch <b>" || f.Get("query") != form.Get("query") {
		t.Errorf("the form comes back as %v", f)
	}
	list := o.page(t, p, "/van-ban")
	list.is(t, http.StatusOK, "Kế hoạch <b>")
	if !slices.Contains(hrefs(list.all("a")), q) {
		t.Errorf("no link to %s: %v", q, hrefs(list.all("a")))
	}
	if other := o.page(t, o.people["archivist"], "/van-ban"); slices.Contains(hrefs(other.all("a")), q) {
		t.Error("another account is shown the search")
	}
	for _, action := range list.actions() {
		if strings.HasPrefix(action, "/cau-tim/") {
			o.submit(t, p, action, url.Values{}).leads(t, "/van-ban?n=search-gone")
		}
	}
	if slices.Contains(hrefs(o.page(t, p, "/van-ban").all("a")), q) {
		t.Error("the search is there still")
	}
}
