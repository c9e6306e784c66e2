package server

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"testing"

	"vanthu/record"
	"vanthu/record/desk"
)

// stock are documents of here, one in each state, that no test may change.
type stock struct {
	mu   sync.Mutex
	docs map[record.Status]record.Document
}

// plan is a short plan as JSON, with members changed.
func plan(t testing.TB, change func(map[string]any)) []byte {
	t.Helper()
	raw, err := os.ReadFile("../testdata/ke-hoach-ngan.json")
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	v["organization"], v["date"] = here, "2024-03-22"
	v["signatory"] = map[string]any{"person": official, "capacity": "KT"}
	if change != nil {
		change(v)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (o *office) actor(name string) desk.Actor {
	p := o.people[name]
	a := desk.Actor{ID: p.account.ID, Roles: []record.Role{p.role}}
	if p.role == record.Official {
		a.Persons = []string{official}
	}
	return a
}

// document makes a new document of here and takes it to a state by the desk.
func (o *office) document(t testing.TB, state record.Status) record.Document {
	t.Helper()
	ctx, d := context.Background(), o.cfg.Desk
	if state == record.Registered {
		doc, err := d.RegisterPaper(ctx, o.actor("clerk"), here, "", desk.Paper{Type: "CV", Subject: "Mời họp giao ban", Signatory: "Nguyễn Thị Thu Hương",
			Recipients: []record.Recipient{{Name: "Các phòng, đơn vị", Channel: record.ByPaper, Copies: 3}}, Unit: "VHTT", Date: "2024-03-22"})
		if err != nil || doc.State != state {
			t.Fatalf("a paper document: %s, %v", doc.State, err)
		}
		return doc
	}
	doc, err := d.Draft(ctx, o.actor("secretary"), desk.Input{Raw: plan(t, nil)})
	step := func(next func(desk.Ref) (record.Document, error)) {
		if err == nil {
			doc, err = next(desk.Ref{Journal: doc.Journal, ID: doc.ID})
		}
	}
	for _, s := range wayTo[state] {
		step(func(r desk.Ref) (record.Document, error) {
			switch s {
			case record.CmdSubmit:
				return d.Submit(ctx, o.actor("secretary"), r)
			case record.CmdDiscard:
				return d.Discard(ctx, o.actor("secretary"), r, "Không cần nữa")
			case record.CmdReturn:
				return d.Return(ctx, o.actor("signatory"), r, "Sai số liệu")
			case record.CmdSign:
				return d.Sign(ctx, o.actor("signatory"), r, doc.PDF)
			case record.CmdNumber:
				return d.Number(ctx, o.actor("clerk"), r)
			case record.CmdSeal:
				return d.Seal(ctx, o.actor("clerk"), r)
			case record.CmdVoid:
				return d.Void(ctx, o.actor("clerk"), r, "Cấp nhầm số")
			case record.CmdRecall:
				return d.Recall(ctx, o.actor("clerk"), r, "Trái thẩm quyền")
			}
			return d.Supersede(ctx, o.actor("clerk"), r, o.standing(t, record.Issued).ID)
		})
	}
	if err != nil || doc.State != state {
		t.Fatalf("a document that is %s: %s, %v", state, doc.State, err)
	}
	return doc
}

var wayTo = map[record.Status][]record.Command{
	record.Draft:      nil,
	record.Discarded:  {record.CmdDiscard},
	record.Submitted:  {record.CmdSubmit},
	record.Returned:   {record.CmdSubmit, record.CmdReturn},
	record.Signed:     {record.CmdSubmit, record.CmdSign},
	record.Numbered:   {record.CmdSubmit, record.CmdSign, record.CmdNumber},
	record.Voided:     {record.CmdSubmit, record.CmdSign, record.CmdNumber, record.CmdVoid},
	record.Issued:     {record.CmdSubmit, record.CmdSign, record.CmdNumber, record.CmdSeal},
	record.Recalled:   {record.CmdSubmit, record.CmdSign, record.CmdNumber, record.CmdSeal, record.CmdRecall},
	record.Superseded: {record.CmdSubmit, record.CmdSign, record.CmdNumber, record.CmdSeal, record.CmdSupersede},
}

// standing is the document of the stock in a state; it is for reading and for
// refusals.
func (o *office) standing(t testing.TB, state record.Status) record.Document {
	t.Helper()
	o.stock.mu.Lock()
	doc, ok := o.stock.docs[state]
	o.stock.mu.Unlock()
	if ok {
		return doc
	}
	doc = o.document(t, state)
	o.stock.mu.Lock()
	defer o.stock.mu.Unlock()
	o.stock.docs[state] = doc
	return doc
}

func deskRef(doc record.Document) desk.Ref { return desk.Ref{Journal: doc.Journal, ID: doc.ID} }
