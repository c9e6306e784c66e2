package record_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vanthu/record"
)

// Every version of a template stays known, whoever put it in force and when; a
// retired one comes back by being published again.
func TestTemplateVersions(t *testing.T) {
	s := record.NewState(record.SystemJournal)
	at := func(n int) time.Time { return time.Date(2024, 3, n, 0, 0, 0, 0, time.UTC) }
	one, two := record.DigestOf([]byte("1")), record.DigestOf([]byte("2"))
	put := func(e record.Entry) error {
		e.Journal, e.Seq, e.Previous, e.Time = record.SystemJournal, s.Seq+1, s.Head, at(int(s.Seq+1))
		_, d, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return record.Apply(s, e, d)
	}
	publish := func(actor, id string, d record.Digest) record.Entry {
		return record.Entry{Actor: actor, Command: record.CmdPublishTemplate, Published: &record.Published{ID: id, SHA256: d, Type: "GM", Title: "Giấy mời"}}
	}
	retire := func(id string, d record.Digest, reason string) record.Entry {
		return record.Entry{Actor: "b", Command: record.CmdRetireTemplate, Reason: reason, Published: &record.Published{ID: id, SHA256: d}}
	}
	for i, c := range []struct {
		entry record.Entry
		code  string
	}{
		{retire("m", one, "cũ"), "template-unknown"},
		{publish("a", "m", one), ""},
		{publish("b", "m", two), ""},
		{publish("a", "", two), "entry-incomplete"},
		{retire("m", one, "cũ"), "template-changed"},
		{retire("m", two, "  "), "reason-missing"},
		{retire("m", "", "cũ"), "entry-incomplete"},
		{retire("m", two, "Không dùng nữa"), ""},
		{retire("m", two, "Không dùng nữa"), "template-retired"},
		{publish("a", "m", two), ""},
	} {
		err := put(c.entry)
		if err == nil && c.code != "" || err != nil && record.CodeOf(err) != c.code {
			t.Fatalf("%d: got %v, want %q", i, err, c.code)
		}
	}
	want := record.Template{Versions: []record.TemplateVersion{
		{SHA256: one, Type: "GM", Title: "Giấy mời", Actor: "a", Time: at(1)},
		{SHA256: two, Type: "GM", Title: "Giấy mời", Actor: "b", Time: at(2), Retired: &record.Retirement{Actor: "b", Time: at(3), Reason: "Không dùng nữa"}},
		{SHA256: two, Type: "GM", Title: "Giấy mời", Actor: "a", Time: at(4)},
	}}
	if diff := cmp.Diff(want, s.Templates["m"]); diff != "" {
		t.Error(diff)
	}
	if v, ok := s.Templates["m"].Version(two); !ok || v.Retired != nil {
		t.Errorf("the newest with a digest is %+v", v)
	}
	if _, ok := s.Templates["m"].Version(record.DigestOf(nil)); ok {
		t.Error("knows a version that was never published")
	}
}

// An entry of before templates said their type and title is read as it was.
func TestOldTemplateEntry(t *testing.T) {
	const old = `{"journal":"_system","seq":1,"time":"2024-01-02T03:04:05Z","actor":"secretary","command":"publish-template",` +
		`"published":{"id":"ke-hoach","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}`
	body := string(record.DigestOf([]byte(old))) + "\n" + old + "\n"
	e, d, err := record.DecodeEntry(record.SystemJournal, 1, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(e)
	if err != nil || string(again) != old {
		t.Errorf("written otherwise: %s, %v", again, err)
	}
	s := record.NewState(record.SystemJournal)
	if err := record.Apply(s, e, d); err != nil {
		t.Fatal(err)
	}
	if v, ok := s.Templates["ke-hoach"].InForce(); !ok || v.Actor != "secretary" || v.SHA256 != record.DigestOf(nil) || v.Time.Year() != 2024 {
		t.Errorf("in force: %+v", v)
	}
}
