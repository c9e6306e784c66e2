package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/record"
)

// A request with everything wrong is told one thing at a time, in the order
// 401, 403, 404, 428 or 412, 422, 409; what is put right uncovers the next.
func TestOrderOfRefusals(t *testing.T) {
	o := house.open(t)
	for _, c := range commandRules {
		// A document whose state does not allow the command.
		i := slices.IndexFunc(everyState, func(s record.Status) bool { return !slices.Contains(strings.Fields(c.from), string(s)) && s != "draft" })
		doc := o.standing(t, everyState[i])
		wrongRole := map[string]string{"secretary": "clerk", "signatory": "secretary", "clerk": "archivist"}[c.role]
		body, good := map[string]any{"không-có": 1, "reason": 5}, c.body(t, o, doc)
		before := o.seqs(t)
		for _, x := range []struct {
			who, match string
			body       any
			want       int
			code       string
		}{
			{"nobody", "", body, 401, "not-logged-in"},
			{"disabled", `"1"`, body, 401, "not-logged-in"},
			{wrongRole, "", body, 403, "role"},
			{wrongRole + "-elsewhere", "", body, 403, "role"},
			{"token-read", "", body, 403, "token-scope"},
			{c.role + "-elsewhere", "", body, 404, "document-not-found"},
			{c.role, "", body, 428, "if-match-missing"},
			{c.role, `"1000000"`, body, 412, "document-changed"},
			{c.role, etag(doc), body, 422, ""},
			{c.role, etag(doc), good, 409, "state"},
		} {
			as := o.people[x.who]
			method, path := c.address(doc.ID)
			for _, key := range []string{"", "khóa-hỏng"} { // whatever the key
				h := map[string]string{}
				if x.match != "" {
					h["If-Match"] = x.match
				}
				want, code := x.want, x.code
				if key != "" {
					if h["Idempotency-Key"] = "kho\u00e1 h\u1ecfng"; want == 409 {
						want, code = 422, "idempotency-key"
					}
				}
				a := o.ask(t, request{method: method, path: path, as: as, header: h, body: x.body})
				if !a.want(t, want, code) {
					t.Errorf("%s of a %s document as %s with If-Match %q, key %q", c.command, doc.State, x.who, x.match, key)
				}
			}
		}
		if after := o.seqs(t); !same(before, after) {
			t.Errorf("%s: the journals went from %v to %v", c.command, before, after)
		}
	}
}

// Before whom a document was not put may not sign it, whatever else is wrong.
func TestOnlyTheSignatorySigns(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Submitted)
	for _, command := range []string{"sign", "return"} {
		for _, h := range []map[string]string{nil, {"If-Match": `"1000000"`}, {"If-Match": etag(doc)}} {
			for _, body := range []any{nil, map[string]any{"pdf_sha256": doc.PDF}, map[string]any{"reason": "Sai"}} {
				o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/" + command, as: o.people["other-official"], header: h, body: body}).want(t, 403, "not-the-signatory")
			}
		}
	}
	var got Document
	o.ask(t, request{method: "GET", path: "/api/v1/documents/" + doc.ID, as: o.people["other-official"]}).into(t, &got)
	if len(got.Actions) != 0 {
		t.Errorf("offered %v", got.Actions)
	}
}

// Who may draft, and where, comes before what the draft says.
func TestOrderOfRefusalsOfADraft(t *testing.T) {
	o := house.open(t)
	before := o.seqs(t)
	whole := func(organization string) []byte {
		return plan(t, func(v map[string]any) { v["organization"] = organization })
	}
	with := func(organization, more string) string {
		return strings.Replace(string(whole(organization)), "{", "{"+more+",", 1)
	}
	broken := "khoá hỏng"
	for _, x := range []struct {
		who  string
		body any
		key  string
		want int
		code string
	}{
		{"nobody", "{", broken, 401, "not-logged-in"},
		{"clerk", "{", broken, 403, "role"},
		{"clerk", whole(here), "", 403, "role"},
		{"token-read", whole(here), "", 403, "token-scope"},
		{"secretary-elsewhere", whole(here), broken, 403, "role"},
		{"secretary-elsewhere", with(here, `"x":1`), broken, 403, "role"},
		{"secretary-elsewhere", whole(council), "", 403, "role"},
		{"secretary", whole(elsewhere), "", 403, "role"},
		{"secretary", whole("khong-co"), broken, 422, "idempotency-key"},
		{"secretary", whole("khong-co"), "", 422, ""},
		{"secretary", whole("_system"), "", 422, ""},
		{"secretary", whole("../" + here), "", 422, ""},
		{"secretary", "{", "", 422, ""},
		{"secretary", "", "", 422, ""},
		{"secretary", "[]", "", 422, ""},
		{"secretary", "null", "", 422, ""},
		{"secretary", whole(here), broken, 422, "idempotency-key"},
		{"secretary", whole(here), strings.Repeat("k", 201), 422, "idempotency-key"},
		// Two spellings of one member name two organisations: neither is taken.
		{"secretary-elsewhere", with(here, `"Organization":"`+elsewhere+`"`), "", 403, "role"},
		{"secretary-elsewhere", with(elsewhere, `"Organization":"`+here+`"`), "", 422, ""},
		{"secretary-elsewhere", with(here, `"organization":"`+elsewhere+`"`), "", 403, "role"},
		{"secretary-elsewhere", strings.TrimSuffix(string(whole(here)), "}") + `,"organization":"` + elsewhere + `"}`, "", 422, ""},
	} {
		h := map[string]string{}
		if x.key != "" {
			h["Idempotency-Key"] = x.key
		}
		if !o.ask(t, request{method: "POST", path: "/api/v1/documents", as: o.people[x.who], header: h, body: x.body}).want(t, x.want, x.code) {
			t.Errorf("as %s: %.80s", x.who, fmt.Sprint(x.body))
		}
	}
	if after := o.seqs(t); !same(before, after) {
		t.Errorf("the journals went from %v to %v", before, after)
	}
}

// Every fault of an envelope comes in one answer.
func TestAllFaultsAtOnce(t *testing.T) {
	o := house.open(t)
	raw := plan(t, func(v map[string]any) {
		v["subject"], v["retention"], v["extra"] = "", "không có quy tắc này", 1
		v["signatory"] = map[string]any{"person": "không ai", "capacity": "XX"}
		v["recipients"] = []any{}
		delete(v, "filing")
	})
	a := o.ask(t, request{method: "POST", path: "/api/v1/documents", as: o.people["secretary"], body: raw})
	a.want(t, 422, "")
	places := map[string]bool{}
	for _, f := range a.problem(t).Errors {
		places[f.Pointer] = true
	}
	for _, want := range []string{"/subject", "/extra", "/signatory/capacity", "/recipients", "/filing"} {
		if !places[want] {
			t.Errorf("nothing about %s: %s", want, a.body)
		}
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, a.body, "", " "); err != nil {
		t.Error(err)
	}
}
