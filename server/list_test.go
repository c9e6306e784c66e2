package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
)

var linkNext = regexp.MustCompile(`^<(/[^>]*)>; rel="next"$`)

// pages follows the Link headers of a list to its end.
func (o *office) pages(t testing.TB, as, path string, see func(answer) (next string)) int {
	t.Helper()
	n := 0
	for path != "" {
		if n++; n > 200 {
			t.Fatal("the list does not end")
		}
		a := o.get(t, as, path, nil)
		if !a.want(t, 200, "") {
			t.FailNow()
		}
		next := see(a)
		m := linkNext.FindStringSubmatch(a.header.Get("Link"))
		if (next == "") != (m == nil) {
			t.Errorf("next is %q, Link %q", next, a.header.Get("Link"))
		}
		path = ""
		if m != nil {
			u, err := url.Parse(m[1])
			if err != nil || u.Query().Get("cursor") != next {
				t.Errorf("Link %q, next %q: %v", m[1], next, err)
			}
			path = m[1]
		}
	}
	return n
}

func (o *office) list(t testing.TB, as, query string) (ids []string) {
	t.Helper()
	o.pages(t, as, "/api/v1/documents?"+query, func(a answer) string {
		var l Documents
		a.into(t, &l)
		for _, x := range l.Items {
			ids = append(ids, x.ID)
		}
		return l.Next
	})
	return ids
}

// A list shows everything there is, once, page by page, and nothing of others.
func TestListInPages(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Secretary)
	word := strings.ToLower(p.name[4:12])
	var made []string
	for i := range 7 {
		raw := plan(t, func(v map[string]any) { v["subject"] = fmt.Sprintf("Chuyên đề %s số %d", word, i) })
		var d Document
		o.ask(t, request{method: "POST", path: "/api/v1/documents", as: p, body: raw}).into(t, &d)
		made = append(made, d.ID)
	}
	slices.Sort(made)
	for _, query := range []string{"limit=2&q=" + word, "limit=7&q=" + word, "q=" + word + "&limit=3&state=draft&state=issued&type=KH&organization=" + here, "limit=200&q=" + word + "&recipient=ubnd+tinh"} {
		got := o.list(t, "archivist", query)
		slices.Sort(got)
		if !slices.Equal(got, made) {
			t.Errorf("%s: %v, want %v", query, got, made)
		}
	}
	for _, query := range []string{"q=" + word + "&state=issued", "q=" + word + "&organization=" + elsewhere, "q=" + word + "&type=QD", "q=khong-co-tu-nay"} {
		if got := o.list(t, "archivist", query); len(got) > 0 {
			t.Errorf("%s: %v", query, got)
		}
	}
	for _, who := range []string{"archivist-elsewhere", "idle"} {
		if got := o.list(t, who, "limit=200&organization="+here); len(got) > 0 {
			t.Errorf("%s sees %v", who, got)
		}
	}
	a := o.get(t, "archivist", "/api/v1/documents?Q=x&state=all&year=x&limit=201&limit=5", nil)
	a.want(t, 422, "query-invalid")
	if got := a.faults(t); !slices.Equal(got, []string{"/Q additional-property", "/limit repeated", "/state/0 enum", "/year type"}) {
		t.Errorf("%v", got)
	}
	for _, query := range []string{"cursor=x", "cursor=%00", "q=" + strings.Repeat("a+", 200), "q=%22", "limit=-1"} {
		a := o.get(t, "archivist", "/api/v1/documents?"+query, nil)
		a.want(t, 422, "")
		name, _, _ := strings.Cut(query, "=")
		if got := a.problem(t).Errors; len(got) != 1 || got[0].Pointer != "/"+name {
			t.Errorf("%.20s: %s", query, a.body)
		}
	}
}

// The register goes from 1 to N in pages, void numbers with their reason.
func TestRegisterInPages(t *testing.T) {
	o := house.open(t)
	void, recalled := o.standing(t, record.Voided), o.standing(t, record.Recalled)
	o.standing(t, record.Issued)
	for _, limit := range []string{"1", "2", "1000", ""} {
		want := 0
		o.pages(t, "clerk", "/api/v1/registers/"+here+"/2024?limit="+limit+"&series=", func(a answer) string {
			var r Register
			a.into(t, &r)
			for _, x := range r.Items {
				if want++; x.Number != want || x.Date != "2024-03-22" || !strings.HasPrefix(x.Symbol, record.NumberText(want)+"/") || x.Subject == "" || len(x.Recipients) == 0 {
					t.Errorf("number %d: %+v", want, x)
				}
				if x.ID == void.ID && (x.State != record.Voided || x.Note != "Cấp nhầm số") || x.ID == recalled.ID && x.Note != "Trái thẩm quyền" {
					t.Errorf("%+v", x)
				}
			}
			return r.Next
		})
		if want < 3 {
			t.Errorf("%d numbers", want)
		}
	}
	var r Register
	o.get(t, "clerk", "/api/v1/registers/"+here+"/2023", nil).into(t, &r)
	if len(r.Items) != 0 || r.Year != 2023 || r.Organization != here {
		t.Errorf("%+v", r)
	}
	o.get(t, "clerk", "/api/v1/registers/"+here+"/2024?cursor=x", nil).want(t, 422, "")
	o.get(t, "clerk", "/api/v1/registers/"+here+"/2024?limit=1001", nil).want(t, 422, "query-invalid")
}

// The history names who did what, for ever: also when an account is erased.
func TestHistory(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Recalled)
	var h Steps
	o.get(t, "archivist", "/api/v1/documents/"+doc.ID+"/history", nil).into(t, &h)
	want := []string{"draft secretary", "submit secretary", "sign signatory", "number clerk", "seal clerk", "recall clerk"}
	for i, x := range h.Items {
		_, role, _ := strings.Cut(want[i], " ")
		if string(x.Command)+" "+role != want[i] || x.Actor != o.people[role].account.ID || x.ActorName != o.people[role].account.Name || !strings.HasSuffix(x.Time, "+07:00") {
			t.Errorf("%+v, want %s", x, want[i])
		}
	}
	if len(h.Items) != len(want) || h.Items[3].Number == 0 || h.Items[5].Reason != "Trái thẩm quyền" {
		t.Errorf("%+v", h)
	}
	p := o.newcomer(t, record.Secretary)
	var d Document
	o.ask(t, request{method: "POST", path: "/api/v1/documents", as: p, body: plan(t, nil)}).into(t, &d)
	if err := o.backend.Work.Delete(t.Context(), "accounts/"+p.account.ID); err != nil {
		t.Fatal(err)
	}
	var erased Steps
	o.get(t, "archivist", "/api/v1/documents/"+d.ID+"/history", nil).into(t, &erased)
	if len(erased.Items) != 1 || erased.Items[0].Actor != p.account.ID || erased.Items[0].ActorName != "" {
		t.Errorf("%+v", erased)
	}
}

func TestTemplatesAndOrganizations(t *testing.T) {
	o := house.open(t)
	var all Templates
	o.get(t, "secretary", "/api/v1/templates", nil).into(t, &all)
	if len(all.Items) == 0 || all.Items[0].Title == "" {
		t.Fatalf("%+v", all)
	}
	for _, x := range all.Items {
		var one Template
		o.get(t, "secretary", "/api/v1/templates/"+x.ID, nil).into(t, &one)
		if one != x || !x.SHA256.Valid() {
			t.Errorf("%+v %+v", one, x)
		}
		var schema, example map[string]any
		o.get(t, "secretary", "/api/v1/templates/"+x.ID+"/schema", nil).into(t, &schema)
		o.get(t, "secretary", "/api/v1/templates/"+x.ID+"/example", nil).into(t, &example)
		if schema["$schema"] == nil || example["template"] != x.ID {
			t.Errorf("%s: %v %v", x.ID, schema["$schema"], example["template"])
		}
		raw, err := json.Marshal(example)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.cfg.Forms.Decode(t.Context(), x.ID, raw); err != nil {
			t.Errorf("the example of %s: %v", x.ID, err)
		}
	}
	o.get(t, "secretary", "/api/v1/templates/khong-co", nil).want(t, 404, "")
	var mine Organizations
	o.get(t, "secretary", "/api/v1/organizations", nil).into(t, &mine)
	if len(mine.Items) != 1 || mine.Items[0].ID != here {
		t.Errorf("%+v", mine)
	}
}

// A submit whose keys could not be used now goes through and says so.
func TestSubmitWarns(t *testing.T) {
	o := house.open(t)
	p := o.newcomer(t, record.Secretary)
	if err := o.cfg.Desk.Grant(t.Context(), chief, record.Grant{Account: p.account.ID, Organization: council, Roles: []record.Role{record.Secretary}}); err != nil {
		t.Fatal(err)
	}
	raw := plan(t, func(v map[string]any) {
		v["organization"], v["signatory"] = council, map[string]any{"person": "nguoi-ky", "capacity": "HEAD"}
	})
	made := o.ask(t, request{method: "POST", path: "/api/v1/documents", as: p, body: raw})
	a := o.ask(t, request{method: "POST", path: made.header.Get("Location") + "/submit", as: p, header: map[string]string{"If-Match": made.header.Get("ETag")}})
	a.want(t, 200, "")
	var d Document
	a.into(t, &d)
	if d.State != record.Submitted || len(d.Warnings) != 1 || !vietnamese(d.Warnings[0].Message) || internals.MatchString(d.Warnings[0].Message) {
		t.Errorf("%+v", d)
	}
}
