package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/server"
)

// A deed is one document that a client takes from JSON to issue, whatever
// happens to the service meanwhile.
type deed struct {
	key      string
	created  server.Document // as first acknowledged
	numbered server.Document // as first acknowledged
	issued   server.Document
	repeated int // requests that had to be sent again
}

// crew is one client of each role; a client of its own for each worker.
type crew struct{ secretary, official, clerk *person }

func (s *service) crews(n int) []crew {
	out := make([]crew, n)
	for i := range out {
		out[i] = crew{s.login("secretary"), s.login("signatory"), s.login("clerk")}
	}
	return out
}

// errHopeless ends a deed that no repetition will finish.
var errHopeless = errors.New("refused for good")

// do takes the next step of the deed and says what is left to do by its error:
// nil when it moved on.
func (c crew) do(d *deed, in []byte) error {
	send := func(p *person, method, path string, body any, headers ...string) (server.Document, error) {
		r := p.ask(method, path, body, headers...)
		doc, err := r.document()
		switch {
		case err == nil:
			return doc, nil
		case r.err != nil, r.status == http.StatusServiceUnavailable, r.status == http.StatusTooManyRequests,
			r.status == http.StatusPreconditionFailed, r.status == http.StatusConflict:
			return doc, err // look again, go on from there
		}
		return doc, fmt.Errorf("%w: %s %s: %w", errHopeless, method, path, err)
	}
	if d.created.ID == "" {
		doc, err := send(c.secretary, "POST", "/api/v1/documents", in, "Idempotency-Key", d.key)
		if err == nil {
			d.created = doc
		}
		return err
	}
	path := "/api/v1/documents/" + d.created.ID
	look := c.clerk.ask("GET", path, nil)
	doc, err := look.document()
	if err != nil {
		if look.err == nil && look.status != http.StatusServiceUnavailable && look.status != http.StatusTooManyRequests {
			return fmt.Errorf("%w: an acknowledged document is not there: %w", errHopeless, err)
		}
		return err
	}
	if doc.State == record.Issued {
		d.issued = doc
		return nil
	}
	step := map[record.Status]struct {
		who     *person
		command record.Command
		body    string
	}{
		record.Draft:     {c.secretary, record.CmdSubmit, ""},
		record.Submitted: {c.official, record.CmdSign, `{"pdf_sha256":"` + string(doc.PDF) + `"}`},
		record.Signed:    {c.clerk, record.CmdNumber, ""},
		record.Numbered:  {c.clerk, record.CmdSeal, ""},
	}[doc.State]
	next, err := send(step.who, "POST", path+"/"+string(step.command), step.body,
		"If-Match", look.header.Get("ETag"), "Idempotency-Key", d.key+"-"+string(step.command))
	if err == nil && step.command == record.CmdNumber && d.numbered.ID == "" {
		d.numbered = next
	}
	return err
}

// finish does a deed to its end, however often it takes.
func (c crew) finish(t *testing.T, d *deed, in []byte) {
	deadline := time.Now().Add(4 * time.Minute)
	for d.issued.ID == "" {
		err := c.do(d, in)
		if errors.Is(err, errHopeless) || err != nil && time.Now().After(deadline) {
			t.Errorf("%s: %v", d.key, err)
			return
		}
		if err != nil {
			d.repeated++
			time.Sleep(time.Duration(50+rand.IntN(150)) * time.Millisecond)
		}
	}
}

// carry does the deeds by all crews at once.
func carry(t *testing.T, deeds []*deed, crews []crew, in []byte) {
	t.Helper()
	work := make(chan *deed)
	var wg sync.WaitGroup
	for _, c := range crews {
		wg.Go(func() {
			for d := range work {
				c.finish(t, d, in)
			}
		})
	}
	for _, d := range deeds {
		work <- d
	}
	close(work)
	wg.Wait()
}

// 200 documents by 16 clients through the API, the service killed ten times and
// its MinIO five times: numbers exactly 1..N, every acknowledged document
// there, each request once.
func TestServiceKilledAtRandom(t *testing.T) {
	in := plan(t, func(v map[string]any) {
		v["organization"] = "ubnd-tp-vung-tau"
		v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
		v["date"] = "2024-03-22"
	})
	places(t, func(t *testing.T, dir string, flags []string) {
		const documents, clients, kills, storeKills = 200, 16, 10, 5
		s := startService(t, with(flags, "--limit-account", "100000", "--limit-address", "100000", "--limit-login", "100000")...)
		crews := s.crews(clients)
		deeds := make([]*deed, documents)
		for i := range deeds {
			deeds[i] = &deed{key: fmt.Sprintf("r%d", i)}
		}
		done := make(chan struct{})
		var killer sync.WaitGroup
		killer.Go(func() {
			store := len(flags) > 3
			for i := range kills {
				select {
				case <-done:
					t.Errorf("all was done after %d of %d kills: this run proves little", i, kills)
					return
				case <-time.After(time.Duration(400+rand.IntN(1000)) * time.Millisecond):
				}
				if store && i < storeKills {
					minio.Kill(t)
					time.Sleep(time.Duration(rand.IntN(700)) * time.Millisecond)
					minio.Restart(t)
					time.Sleep(time.Duration(300+rand.IntN(500)) * time.Millisecond)
				}
				s.kill()
				s.start()
			}
		})
		carry(t, deeds, crews, in)
		close(done)
		killer.Wait()
		repeated, clerk := 0, s.login("clerk")
		answered, acknowledged := map[string]issued{}, map[string]issued{}
		for _, d := range deeds {
			repeated += d.repeated
			x := d.issued
			answered[d.key] = issued{x.ID, x.Organization, x.State, x.Version, x.Number, x.Symbol, x.Date, x.PDF}
			if d.created.ID != x.ID || d.numbered.ID != "" && (d.numbered.Number != x.Number || d.numbered.Date != x.Date) {
				t.Errorf("%s was acknowledged as %s number %d and ended as %s number %d", d.key, d.created.ID, d.numbered.Number, x.ID, x.Number)
			}
			write(t, dir+"/"+d.key+".pdf", clerk.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", x.ID, x.Version)))
		}
		t.Logf("%d requests were sent again", repeated)
		if repeated < kills {
			t.Errorf("only %d requests met a kill: this run proves little", repeated)
		}
		if state := s.signal(syscall.SIGTERM); state.ExitCode() != exitGood {
			t.Errorf("the service ended with %v", state)
		}
		checkRegister(t, dir, flags, documents, answered, acknowledged)
		good(t, nil, flags2("audit", flags)...)
	})
}
