package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vanthu/record"
)

func hrefs(links []*html.Node) []string {
	var out []string
	for _, a := range links {
		out = append(out, attr(a, "href"))
	}
	return out
}

// listed are the documents that a page's tables lead to, in their order.
func (p sheet) listed() []string {
	var out []string
	for _, table := range p.all("tbody") {
		for _, to := range hrefs(elements(table, "a")) {
			if id, ok := strings.CutPrefix(to, "/van-ban/"); ok && documentID.MatchString(id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// The list leads page by page to every document that the API lists.
func TestListPages(t *testing.T) {
	o := house.open(t)
	for _, state := range statuses {
		o.standing(t, state)
	}
	archivist := o.people["archivist"]
	var got []string
	next := "/van-ban?organization=" + here + "&limit=4"
	for n := 0; next != ""; n++ {
		p := o.page(t, archivist, next)
		p.is(t, http.StatusOK)
		if on := p.listed(); len(on) > 4 || n > 200 {
			t.Fatalf("%d on page %d", len(on), n)
		}
		got = append(got, p.listed()...)
		next = ""
		for _, a := range p.all("a") {
			if attr(a, "rel") == "next" {
				next = attr(a, "href")
			}
		}
	}
	var want []string
	o.pages(t, "archivist", api+"/documents?organization="+here+"&limit=50", func(a answer) string {
		var d Documents
		a.into(t, &d)
		for _, x := range d.Items {
			want = append(want, x.ID)
		}
		_, after, _ := strings.Cut(a.header.Get("Link"), "<")
		after, _, _ = strings.Cut(after, ">")
		return after
	})
	if !slices.Equal(got, want) || len(got) < 10 {
		t.Errorf("the pages list %d documents, the API %d", len(got), len(want))
	}
}

func TestListFilters(t *testing.T) {
	o := house.open(t)
	issued, voided := o.standing(t, record.Issued), o.standing(t, record.Voided)
	who := o.people["archivist"]
	for path, want := range map[string][2]bool{
		"/van-ban?state=issued&limit=200":                                  {true, false},
		"/van-ban?state=voided&limit=200":                                  {false, true},
		"/van-ban?symbol=" + strings.ReplaceAll(issued.Symbol, "/", "%2F"): {true, false},
		"/van-ban?q=" + issued.Symbol + "+van+thu":                         {true, false},
		"/van-ban?year=2024&signatory=thu+huong&recipient=ubnd&limit=200":  {true, true},
		"/van-ban?year=1999":                                               {false, false},
		"/van-ban?type=BC":                                                 {false, false},
		"/van-ban?q=khong+co+chu+nay":                                      {false, false},
		"/van-ban?organization=" + elsewhere:                               {false, false},
	} {
		p := o.page(t, who, path)
		p.is(t, http.StatusOK)
		if got := [2]bool{slices.Contains(p.listed(), issued.ID), slices.Contains(p.listed(), voided.ID)}; got != want {
			t.Errorf("%s lists %v, want %v", path, got, want)
		}
	}
	p := o.page(t, who, "/van-ban?state=issued&q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")
	p.is(t, http.StatusOK)
	if f := p.mustForm(t, "/van-ban"); f.Get("q") != `"><script>alert(1)</script>` || f.Get("state") != "issued" {
		t.Errorf("the filters come back as %v", f)
	}
	o.page(t, who, "/van-ban?q=&state=issued&year=&type=").leads(t, "/van-ban?state=issued")
	o.page(t, who, "/van-ban?q=").leads(t, "/van-ban")
	for path, said := range map[string]string{"/van-ban?year=hai": "year phải là số nguyên", "/van-ban?cursor=x": "Con trỏ", "/van-ban?state=x": "phải là một trong", "/van-ban?abc=1": "Không có tham số"} {
		o.page(t, who, path).is(t, http.StatusUnprocessableEntity, said)
	}
	if other := o.page(t, o.people["archivist-elsewhere"], "/van-ban?limit=200"); len(other.listed()) > 0 {
		t.Errorf("another organisation's documents: %v", other.listed())
	}
}

// Everybody finds what waits for them, and only that.
func TestInbox(t *testing.T) {
	o := house.open(t)
	waits := map[string][]record.Status{
		"secretary": {record.Draft, record.Returned}, "signatory": {record.Submitted}, "clerk": {record.Signed, record.Numbered}, "archivist": {record.Issued},
		"other-official": nil, "administrator": nil, "secretary-elsewhere": nil, "clerk-elsewhere": nil,
	}
	for _, state := range statuses {
		doc := o.document(t, state)
		for name, mine := range waits {
			p := o.page(t, o.people[name], "/")
			p.is(t, http.StatusOK)
			found := false
			for _, list := range p.all("section") {
				if attr(list, "aria-labelledby") != "recent" {
					found = found || slices.Contains(hrefs(elements(list, "a")), documentAddress(doc.ID))
				}
			}
			if found != slices.Contains(mine, state) {
				t.Errorf("a %s document waits for %s: %v", state, name, found)
			}
			recent := slices.Contains(p.listed(), doc.ID)
			if strings.HasSuffix(name, "-elsewhere") && recent {
				t.Errorf("%s is shown a document of another organisation", name)
			}
		}
	}
	o.page(t, o.people["idle"], "/").is(t, http.StatusOK, "chưa được giao vai trò nào")
}

// The register has the ten columns of the decree's appendix, every number once,
// void ones with their reason.
func TestRegisterPage(t *testing.T) {
	o := house.open(t)
	voided := o.standing(t, record.Voided)
	o.standing(t, record.Issued)
	p := o.page(t, o.people["clerk"], "/so-dang-ky/"+here+"/2024?limit=1000")
	p.is(t, http.StatusOK, "Sổ đăng ký văn bản đi năm 2024", "UBND thành phố Vũng Tàu", voided.Symbol)
	rows := elements(p.all("tbody")[0], "tr")
	for i, row := range rows {
		cells := elements(row, "th", "td")
		want := record.NumberText(i + 1)
		if len(cells) != 10 || !strings.HasPrefix(textOf(cells[0]), want+"/") || textOf(cells[1]) != "22/3/2024" {
			t.Errorf("row %d: %s", i, textOf(row))
		}
		if textOf(cells[0]) == voided.Symbol && !strings.Contains(textOf(cells[9]), "Đã bỏ số Cấp nhầm số") {
			t.Errorf("the void number: %s", textOf(row))
		}
	}
	if heads := p.all("th"); len(rows) < 2 || len(heads) != 10+len(rows) {
		t.Errorf("%d rows, %d heads", len(rows), len(heads))
	}
	first := o.page(t, o.people["archivist"], "/so-dang-ky/"+here+"/2024?limit=1")
	if links := hrefs(first.all("a")); len(first.listed()) != 1 || !strings.Contains(strings.Join(links, " "), "cursor=") {
		t.Errorf("a page of one: %v", links)
	}
	o.page(t, o.people["secretary"], "/so-dang-ky").is(t, http.StatusOK, "UBND thành phố Vũng Tàu", "Năm 2024")
	o.page(t, o.people["administrator"], "/so-dang-ky").is(t, http.StatusForbidden)
	o.page(t, o.people["clerk-elsewhere"], "/so-dang-ky/"+here+"/2024").is(t, http.StatusNotFound)
}
