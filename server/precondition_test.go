package server

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"vanthu/record"
)

func TestIfMatchForms(t *testing.T) {
	o := house.open(t)
	doc := o.document(t, record.Draft)
	discard := func(match string) answer {
		h := map[string]string{}
		if match != "" {
			h["If-Match"] = match
		}
		return o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/discard", as: o.people["secretary"], header: h, body: map[string]any{"reason": "Thừa"}})
	}
	before := o.seqs(t)
	n := doc.Seq()
	discard("").want(t, 428, "if-match-missing")
	for _, match := range []string{
		fmt.Sprintf(`"%d"`, n-1), fmt.Sprintf(`"%d"`, n+1), fmt.Sprintf(`W/"%d"`, n), fmt.Sprint(n), fmt.Sprintf(`"%d`, n), fmt.Sprintf(`%d"`, n),
		fmt.Sprintf(`"0%d"`, n), fmt.Sprintf(`"+%d"`, n), fmt.Sprintf(`""%d""`, n), fmt.Sprintf(`"%d", "%d"`, n, n+1), `"0"`, `"-1"`, `""`, `"`, `"*"`, `"x"`,
		`"99999999999999999999999"`, "Thứ hai", strings.Repeat("9", 5000),
	} {
		if !discard(match).want(t, 412, "document-changed") {
			t.Errorf("If-Match %q", clip(match))
		}
	}
	if after := o.seqs(t); !same(before, after) {
		t.Errorf("the journals went from %v to %v", before, after)
	}
	discard("*").want(t, 200, "")
}

// Of two who read the same state one is told that it has changed.
func TestTwoWhoReadTheSame(t *testing.T) {
	o := house.open(t)
	for range 4 {
		doc := o.document(t, record.Draft)
		var wg sync.WaitGroup
		answers := make([]answer, 6)
		for i := range answers {
			wg.Go(func() {
				answers[i] = o.ask(t, request{method: "PUT", path: "/api/v1/documents/" + doc.ID, as: o.people["secretary"], header: map[string]string{"If-Match": etag(doc)},
					body: plan(t, func(v map[string]any) { v["subject"] = fmt.Sprintf("Bản sửa thứ %d", i) })})
			})
		}
		wg.Wait()
		good := 0
		for _, a := range answers {
			if a.status == 200 {
				good++
			} else {
				a.want(t, 412, "document-changed")
			}
		}
		if now := o.now(t, doc); good != 1 || now.Version != 2 {
			t.Errorf("%d revisions were taken, the version is %d", good, now.Version)
		}
	}
}

func TestIfNoneMatch(t *testing.T) {
	o := house.open(t)
	doc := o.standing(t, record.Issued)
	get := func(path, match string) answer {
		return o.ask(t, request{method: "GET", path: path, as: o.people["archivist"], header: map[string]string{"If-None-Match": match}})
	}
	for _, path := range []string{"/api/v1/documents/" + doc.ID, "/api/v1/documents/" + doc.ID + "/versions/4/pdf", "/api/v1/documents/" + doc.ID + "/versions/3/manifest"} {
		tag := o.ask(t, request{method: "GET", path: path, as: o.people["archivist"]}).header.Get("ETag")
		if tag == "" || tag[0] != '"' {
			t.Fatalf("%s: ETag %q", path, tag)
		}
		for _, match := range []string{tag, "W/" + tag, `"x", ` + tag, "*", " " + tag + " ,"} {
			if a := get(path, match); a.status != http.StatusNotModified || len(a.body) > 0 || a.header.Get("ETag") != tag {
				t.Errorf("%s with %q: %d %q", path, match, a.status, a.header.Get("ETag"))
			}
		}
		for _, match := range []string{`"x"`, strings.Trim(tag, `"`), "W/", `""`, `,`} {
			if a := get(path, match); a.status != 200 || len(a.body) == 0 {
				t.Errorf("%s with %q: %d", path, match, a.status)
			}
		}
	}
}

// The same request again gives the same answer and does nothing; another one
// under the same key is refused; the keys of others are their own.
func TestRepeatedCommands(t *testing.T) {
	o := house.open(t)
	for _, c := range commandRules {
		state := record.Status(strings.Fields(c.from)[0])
		doc := o.document(t, state)
		method, path := c.address(doc.ID)
		body := c.body(t, o, doc)
		ask := func(key, match string, body any) answer {
			return o.ask(t, request{method: method, path: path, as: o.people[c.role], body: body, header: map[string]string{"If-Match": match, "Idempotency-Key": key}})
		}
		one, two := rand.Text(), rand.Text()
		first := ask(one, etag(doc), body)
		if !first.want(t, 200, "") {
			t.Errorf("%s", c.command)
			continue
		}
		before := o.seqs(t)
		for _, match := range []string{etag(doc), first.header.Get("ETag"), "*"} {
			again := ask(one, match, body)
			if again.status != 200 || !bytes.Equal(again.body, first.body) || again.header.Get("ETag") != first.header.Get("ETag") {
				t.Errorf("%s again with If-Match %s: %d %s\nfirst %s", c.command, match, again.status, again.body, first.body)
			}
		}
		ask(two, etag(doc), body).want(t, 412, "document-changed")
		if other := c.otherBody(t, o, doc); other != nil {
			ask(one, etag(doc), other).want(t, 422, "request-reused")
		}
		// Another document under the same key is another request.
		twin := o.document(t, record.Draft)
		o.ask(t, request{method: "PUT", path: "/api/v1/documents/" + twin.ID, as: o.people["all"], body: plan(t, nil), header: map[string]string{"If-Match": etag(twin), "Idempotency-Key": one}}).want(t, 200, "")
		o.ask(t, request{method: "POST", path: "/api/v1/documents/" + twin.ID + "/discard", as: o.people["all"], body: map[string]any{"reason": "x"}, header: map[string]string{"If-Match": "*", "Idempotency-Key": one}}).want(t, 422, "request-reused")
		if after := o.seqs(t); after[here] != before[here]+2 {
			t.Errorf("%s: the journal went from %d to %d", c.command, before[here], after[here])
		}
		// Nobody else is answered by what this person asked.
		a := o.ask(t, request{method: method, path: path, as: o.people["all"], body: body, header: map[string]string{"If-Match": etag(doc), "Idempotency-Key": two}})
		a.want(t, 412, "document-changed")
	}
}

// otherBody is well-formed and asks for something else; nil where there is
// nothing else to ask for.
func (c commandRule) otherBody(t testing.TB, o *office, doc record.Document) any {
	switch c.command {
	case "revise":
		return plan(t, func(v map[string]any) { v["subject"] = "Khác hẳn" })
	case "discard", "return", "unsign", "void", "recall":
		return map[string]any{"reason": "Vì lý do khác"}
	case "sign":
		return map[string]any{"pdf_sha256": strings.Repeat("1", 64)}
	case "dispatch":
		return map[string]any{"recipient": "Các phòng, đơn vị"}
	case "supersede", "correct":
		return map[string]any{"linked": doc.ID}
	}
	return nil
}

func TestRepeatedCreates(t *testing.T) {
	o := house.open(t)
	create := func(as, key string, body any) answer {
		return o.ask(t, request{method: "POST", path: "/api/v1/documents", as: o.people[as], body: body, header: map[string]string{"Idempotency-Key": key}})
	}
	raw, key := plan(t, nil), rand.Text()
	first := create("secretary", key, raw)
	first.want(t, 201, "")
	before := o.seqs(t)
	again := create("secretary", key, raw)
	if again.status != 201 || !bytes.Equal(first.body, again.body) || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("ETag") != first.header.Get("ETag") {
		t.Errorf("again: %d %s, first %s", again.status, again.body, first.body)
	}
	create("secretary", key, plan(t, func(v map[string]any) { v["subject"] = "Khác" })).want(t, 422, "request-reused")
	if after := o.seqs(t); !same(before, after) {
		t.Errorf("the journals went from %v to %v", before, after)
	}
	other := create("all", key, raw)
	other.want(t, 201, "")
	if other.header.Get("Location") == first.header.Get("Location") {
		t.Error("two people's requests became one document")
	}
	if two := create("secretary", "", raw); two.status != 201 || two.header.Get("Location") == first.header.Get("Location") {
		t.Errorf("without a key: %d %s", two.status, two.header.Get("Location"))
	}
	// Where it went on meanwhile, the answer is the document as it is now.
	var doc Document
	first.into(t, &doc)
	o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/discard", as: o.people["secretary"], body: map[string]any{"reason": "Thừa"}, header: map[string]string{"If-Match": first.header.Get("ETag")}}).want(t, 200, "")
	var now Document
	create("secretary", key, raw).into(t, &now)
	if now.ID != doc.ID || now.State != record.Discarded {
		t.Errorf("%+v", now)
	}
}

// Sixty-four identical requests at once are one.
func TestSixtyFourAtOnce(t *testing.T) {
	o := house.open(t)
	at := func(n int, ask func() answer) []answer {
		out := make([]answer, n)
		var wg sync.WaitGroup
		for i := range out {
			wg.Go(func() { out[i] = ask() })
		}
		wg.Wait()
		return out
	}
	before := o.seqs(t)
	raw, key := plan(t, nil), rand.Text()
	answers := at(64, func() answer {
		return o.ask(t, request{method: "POST", path: "/api/v1/documents", as: o.people["secretary"], body: raw, header: map[string]string{"Idempotency-Key": key}})
	})
	for _, a := range answers {
		if a.status != 201 || !bytes.Equal(a.body, answers[0].body) {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if after := o.seqs(t); after[here] != before[here]+1 {
		t.Errorf("64 creates made the journal go from %d to %d", before[here], after[here])
	}
	var doc Document
	answers[0].into(t, &doc)
	before = o.seqs(t)
	answers = at(64, func() answer {
		return o.ask(t, request{method: "POST", path: "/api/v1/documents/" + doc.ID + "/discard", as: o.people["secretary"], body: map[string]any{"reason": "Thừa"},
			header: map[string]string{"Idempotency-Key": key + "-huy", "If-Match": answers[0].header.Get("ETag")}})
	})
	for _, a := range answers {
		if a.status != 200 || !bytes.Equal(a.body, answers[0].body) {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if after := o.seqs(t); after[here] != before[here]+1 {
		t.Errorf("64 commands made the journal go from %d to %d", before[here], after[here])
	}
}

func FuzzIfMatch(f *testing.F) {
	for _, h := range []string{`"1"`, `*`, ` "7" `, `W/"1"`, `"1", "2"`, `""`, `"`, `"18446744073709551616"`, `"01"`} {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, h string) {
		n, ok := parseETag(h)
		switch trimmed := strings.Trim(h, " \t"); {
		case !ok:
			return
		case n == 0 && trimmed != "*", n > 0 && trimmed != etag(record.Document{Entries: []uint64{n}}):
			t.Errorf("%q is %d", h, n)
		}
		if n > 0 && !noneMatch(h, etag(record.Document{Entries: []uint64{n}})) {
			t.Errorf("If-None-Match does not know %q", h)
		}
	})
}
