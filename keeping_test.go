package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server"
	"vanthu/storage"
)

// files unpacks a package.
func unzip(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return out
}

func rezip(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The evidence package of an issued document is checked by the program alone,
// with no archive and every service off, by openssl and by sha256sum; whatever
// is changed in it is named. Checkpoints made days apart prove to follow each
// other.
func TestEvidencePackageOffline(t *testing.T) {
	dir, p := onlineOffice(t)
	out := t.TempDir()
	flags := []string{"--data", dir, "--tsa", p.TSA.URL}
	o := opened(t, stateFlags{Data: dir, TSA: p.TSA.URL})
	issue := func() record.Document {
		t.Helper()
		doc, err := o.desk.Issue(t.Context(), o.cast, desk.Input{Raw: plan(t, nil), Template: "ke-hoach"})
		if err == nil {
			doc, err = o.desk.Prove(t.Context(), upkeepActor, desk.Ref{Journal: doc.Journal, ID: doc.ID})
		}
		if err != nil || doc.Evidence == nil || doc.Evidence.Level != "B-LTA" {
			t.Fatalf("%+v, %v", doc.Evidence, err)
		}
		return doc
	}
	doc := issue()
	o.close()
	first := filepath.Join(out, "1.txt")
	write(t, first, []byte(strings.TrimSuffix(good(t, nil, with([]string{"log", "checkpoint", "so-mau"}, flags...)...).out, "\n")))
	o = opened(t, stateFlags{Data: dir, TSA: p.TSA.URL})
	other := issue()
	o.close()
	file := filepath.Join(out, "p.zip")
	good(t, nil, with([]string{"package", doc.ID, "-o", file}, flags...)...)
	second := filepath.Join(out, "2.txt")
	write(t, second, []byte(strings.TrimSuffix(good(t, nil, with([]string{"log", "checkpoint", "so-mau"}, flags...)...).out, "\n")))
	otherFile := filepath.Join(out, "q.zip")
	good(t, nil, with([]string{"package", other.ID, "-o", otherFile}, flags...)...)
	proofFile := filepath.Join(out, "proof.json")
	good(t, nil, with([]string{"log", "prove", "so-mau", "--from", fmt.Sprint(doc.Seq()), "-o", proofFile}, flags...)...)
	var lines []logLine
	if err := json.Unmarshal([]byte(good(t, nil, with([]string{"log", "list", "--json"}, flags...)...).out), &lines); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(lines, func(l logLine) bool { return l.Journal == "so-mau" })
	if i < 0 || !lines[i].Stamped || lines[i].Size != other.Seq() {
		t.Fatalf("%+v", lines)
	}
	key := write(t, filepath.Join(out, "key.txt"), []byte(lines[i].Key+"\n"))
	tsa := write(t, filepath.Join(out, "tsa.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Root.Raw}))

	p.TSA.Off()
	p.OCSP.Off()
	p.CRL.Off()
	p.AIA.Off()
	if err := os.Rename(dir, dir+".gone"); err != nil {
		t.Fatal(err)
	}
	root := p.RootFile(t)
	said := good(t, nil, "verify", file, "--trust", root, "--log-key", key)
	for _, want := range []string{"khớp với nhật ký so-mau", doc.Symbol, "do khóa được tin ký", "Dấu thời gian của điểm chốt", "đều hợp lệ"} {
		if !strings.Contains(said.out, want) {
			t.Errorf("it does not say %q:\n%s", want, said.out)
		}
	}
	if said := good(t, nil, "log", "check", first, second, "--proof", proofFile, "--log-key", key); !strings.HasPrefix(said.out, "Đúng") {
		t.Errorf("%s", said.out)
	}
	if o := vanthu(t, nil, "log", "check", second, first, "--proof", proofFile, "--log-key", key); o.code != exitNo {
		t.Errorf("turned round: %d %s", o.code, o.out)
	}
	files := unzip(t, read(t, file))
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(out, "p", name)), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(out, "p", name), content)
	}
	tool(t, "openssl", "ts", "-verify", "-data", filepath.Join(out, "p", "diem-chot.txt"), "-in", filepath.Join(out, "p", "diem-chot.tst"), "-token_in", "-CAfile", tsa)
	tool(t, "sh", "-c", "cd '"+filepath.Join(out, "p")+"' && sha256sum -c --strict tong-hop.sha256")
	certs, _ := filepath.Glob(filepath.Join(out, "p", "chung-thu", "*.cer"))
	for _, c := range certs {
		tool(t, "openssl", "x509", "-inform", "DER", "-in", c, "-noout", "-subject")
	}
	if len(certs) < 3 {
		t.Errorf("%d certificates", len(certs))
	}
	// Every file altered, one after the other.
	for name := range files {
		changed := map[string][]byte{}
		for n, b := range files {
			changed[n] = bytes.Clone(b)
		}
		changed[name][len(changed[name])/2] ^= 1
		o := vanthu(t, rezip(t, changed), "verify", "-", "--trust", root, "--log-key", key)
		if o.code != exitNo {
			t.Errorf("%s altered: exit %d\n%s%s", name, o.code, o.out, o.err)
		}
	}
	// The one document's PDF in the other's package.
	changed := unzip(t, read(t, otherFile))
	changed["van-ban.pdf"] = files["van-ban.pdf"]
	if o := vanthu(t, rezip(t, changed), "verify", "-", "--trust", root, "--log-key", key, "--json"); o.code != exitNo || !strings.Contains(o.out, `"code": "pdf"`) {
		t.Errorf("another PDF: exit %d\n%s", o.code, o.out)
	}
	// The page as a person sees it.
	if look := os.Getenv("VANTHU_LOOK"); look != "" {
		tool(t, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1000,1800", "--screenshot="+filepath.Join(look, "goi-chung-cu.png"), "file://"+filepath.Join(out, "p", "index.html"))
	}
}

// Everything goes to another place and comes back into an empty store: same
// checkpoints, same register, people can log in, and the drill says so in a
// signed report; damage at the other place fails it.
func TestExportImportDrill(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		other, back := filepath.Join(t.TempDir(), "other"), filepath.Join(t.TempDir(), "back")
		input := filepath.Join(dir, "in.json")
		write(t, input, demoPlan(t))
		for i := range 3 {
			good(t, nil, with(flags2("issue", flags), "-t", "ke-hoach", "-d", input, "-o", filepath.Join(dir, fmt.Sprint(i)+".pdf"))...)
		}
		checkpoints := good(t, nil, with([]string{"log", "checkpoint"}, flags...)...).out
		var r transferred
		if err := json.Unmarshal([]byte(good(t, nil, with([]string{"export", other, "--json"}, flags...)...).out), &r); err != nil || r.Copied == 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if o := good(t, nil, with([]string{"export", other}, flags...)...); !strings.Contains(o.out, "Đã chép 0 đối tượng") {
			t.Errorf("again: %s", o.out)
		}
		report := good(t, nil, with([]string{"drill", other}, flags...)...).out
		if !strings.Contains(report, "KẾT LUẬN: ĐẠT") || !strings.Contains(report, "3 số liền mạch") || !strings.Contains(report, "— vanthu/reports/drill ") {
			t.Errorf("%s", report)
		}
		good(t, nil, "import", other, "--demo", "--data", back)
		if err := os.CopyFS(filepath.Join(back, "keys"), os.DirFS(filepath.Join(dir, "keys"))); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(back, demoCA), read(t, filepath.Join(dir, demoCA)))
		for _, f := range []string{"keys"} {
			tool(t, "chmod", "-R", "go-rwx", filepath.Join(back, f))
		}
		if again := good(t, nil, "log", "checkpoint", "--demo", "--data", back).out; again != checkpoints {
			t.Errorf("checkpoints there:\n%s\nhere:\n%s", again, checkpoints)
		}
		good(t, nil, "audit", "--demo", "--data", back)
		one := good(t, nil, with([]string{"search", "--json"}, flags...)...).out
		if two := good(t, nil, "search", "--json", "--demo", "--data", back).out; two != one {
			t.Errorf("search there:\n%s\nhere:\n%s", two, one)
		}
		// The next number there follows.
		if o := good(t, nil, "issue", "--demo", "--data", back, "-t", "ke-hoach", "-d", input, "-o", filepath.Join(back, "n.pdf")); !strings.Contains(o.out+o.err, "04/KH-UBND") {
			t.Errorf("%s%s", o.out, o.err)
		}
		// Damage at the other place.
		blobs, err := filepath.Glob(filepath.Join(other, "archive", "blobs", "sha256", "*", "*"))
		if err != nil || len(blobs) == 0 {
			t.Fatal(err)
		}
		flipOnDisk(t, blobs[len(blobs)/2])
		if o := vanthu(t, nil, with([]string{"drill", other}, flags...)...); o.code != exitNo || !strings.Contains(o.out, "KHÔNG ĐẠT") || !strings.Contains(o.out, filepath.Base(blobs[len(blobs)/2])) {
			t.Errorf("exit %d\n%s%s", o.code, o.out, o.err)
		}
	})
}

// flipOnDisk changes one bit of an object behind the program's back.
func flipOnDisk(t testing.TB, path string) {
	t.Helper()
	b := read(t, path)
	b[len(b)/2] ^= 1
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	write(t, path, b)
}

// A running service keeps its archive by itself: it signs the journals, copies
// them to the second place, audits, rehearses the restore, and what is damaged
// on its disk is answered from the copy, put back and journaled.
func TestServiceKeepsItsArchive(t *testing.T) {
	dir, second := t.TempDir(), filepath.Join(t.TempDir(), "second")
	s := startService(t, "--demo", "--data", dir, "--second", second, "--checkpoint-every", "2s", "--audit-every", "2s", "--drill-every", "2s", "--audit-rate", "100000")
	crews := s.crews(1)
	d := &deed{key: "r"}
	carry(t, []*deed{d}, crews, demoPlan(t))
	archivist, doc := s.login("archivist"), d.issued
	within(t, time.Minute, func() string {
		var l server.LogState
		if err := json.Unmarshal(archivist.get("/api/v1/logs/"+doc.Organization), &l); err != nil || l.Size < 5 {
			return fmt.Sprintf("log %+v, %v", l, err)
		}
		if there, _ := filepath.Glob(filepath.Join(second, "archive", "logs", doc.Organization, "checkpoints", fmt.Sprintf("%010d", l.Size))); len(there) == 0 {
			return "no checkpoint in the second place"
		}
		if reports, _ := filepath.Glob(filepath.Join(dir, "archive", "reports", "drill", "*")); len(reports) == 0 {
			return "no drill"
		}
		var a server.Audited
		r := archivist.ask("GET", "/api/v1/audit", nil)
		if r.status != 200 || json.Unmarshal(r.body, &a) != nil || !a.Good || a.Entries < 5 {
			return fmt.Sprintf("audit %d %s", r.status, r.body)
		}
		return ""
	})
	if m := string(archivist.get("/metrics")); !strings.Contains(m, `vanthu_audit{what="problems"} 0`) {
		t.Errorf("metrics say nothing of the audit")
	}
	// Proofs by API, checked by the functions that know no archive.
	var l server.LogState
	var pr server.LogProof
	must := func(b []byte, v any) {
		t.Helper()
		if err := json.Unmarshal(b, v); err != nil {
			t.Fatal(err)
		}
	}
	must(archivist.get("/api/v1/logs/"+doc.Organization), &l)
	must(archivist.get(fmt.Sprintf("/api/v1/logs/%s/proof?entry=3&size=%d", doc.Organization, l.Size)), &pr)
	entry := read(t, filepath.Join(dir, "archive", "journals", doc.Organization, "0000000003"))
	if err := storage.CheckInclusion(storage.Checkpoint{Journal: doc.Organization, Size: pr.Size, Root: pr.Root}, 3, entry, pr.Path); err != nil {
		t.Error(err)
	}

	pdf := archivist.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", doc.ID, doc.Version))
	path := filepath.Join(dir, "archive", "blobs", "sha256", string(doc.PDF[:2]), string(doc.PDF))
	within(t, time.Minute, func() string { // the copy may still be on its way
		if _, err := os.Stat(strings.Replace(path, dir, second, 1)); err != nil {
			return err.Error()
		}
		return ""
	})
	flipOnDisk(t, path)
	if got := archivist.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", doc.ID, doc.Version)); !bytes.Equal(got, pdf) {
		t.Error("damaged content was delivered")
	}
	within(t, time.Minute, func() string {
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, pdf) {
			return fmt.Sprintf("not put back: %v", err)
		}
		entries, _ := filepath.Glob(filepath.Join(dir, "archive", "journals", "_system", "*"))
		for _, e := range entries {
			if strings.Contains(string(read(t, e)), `"command":"repair"`) {
				return ""
			}
		}
		return "not journaled"
	})
	if kept, _ := filepath.Glob(filepath.Join(dir, "archive", ".damaged", "*")); len(kept) != 1 {
		t.Errorf("the damaged file was not kept: %v", kept)
	}
	good(t, nil, "audit", "--demo", "--data", dir, "--second", second)
}

// within waits until ready says nothing more.
func within(t testing.TB, limit time.Duration, ready func() string) {
	t.Helper()
	last := ""
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if last = ready(); last == "" {
			return
		}
	}
	t.Fatalf("not within %s: %s", limit, last)
}

// Two instances on one MinIO, each with a folder of its own and the same keys:
// both issue at once, one is killed in the midst and the other goes on; a fresh
// one with nothing but the keys knows everything. Numbers are 1..N throughout.
func TestTwoInstances(t *testing.T) {
	url, limits := minioURL(t), []string{"--limit-account", "100000", "--limit-address", "100000", "--limit-login", "100000"}
	instance := func(keysOf string) (*service, string) {
		t.Helper()
		dir := t.TempDir()
		if keysOf != "" {
			if err := os.CopyFS(filepath.Join(dir, "keys"), os.DirFS(filepath.Join(keysOf, "keys"))); err != nil {
				t.Fatal(err)
			}
			tool(t, "chmod", "-R", "go-rwx", filepath.Join(dir, "keys"))
			write(t, filepath.Join(dir, demoCA), read(t, filepath.Join(keysOf, demoCA)))
		}
		return startService(t, with(limits, "--demo", "--data", dir, "--s3", url)...), dir
	}
	a, dirA := instance("")
	crewsA := a.crews(6) // makes the keys
	in := demoPlan(t)
	warm := &deed{key: "warm"}
	carry(t, []*deed{warm}, crewsA[:1], in)
	b, dirB := instance(dirA)
	crewsB := b.crews(6)
	const each = 40
	deeds := func(name string) []*deed {
		out := make([]*deed, each)
		for i := range out {
			out[i] = &deed{key: fmt.Sprint(name, i)}
		}
		return out
	}
	ofA, ofB := deeds("a"), deeds("b")
	var wg sync.WaitGroup
	wg.Go(func() { carry(t, ofA[:each/2], crewsA, in) })
	wg.Go(func() { carry(t, ofB, crewsB, in) })
	time.Sleep(4 * time.Second)
	a.kill() // its clients ask on until it is back
	time.Sleep(3 * time.Second)
	carry(t, ofA[each/2:each*3/4], b.crews(2), in) // meanwhile B takes more
	a.start()
	wg.Wait()
	carry(t, ofA[each*3/4:], crewsA, in)
	all := slices.Concat([]*deed{warm}, ofA, ofB)
	numbers := map[int]string{}
	for _, d := range all {
		if was, twice := numbers[d.issued.Number]; twice || d.issued.Number < 1 || d.issued.Number > len(all) {
			t.Errorf("%s has number %d, as has %q", d.key, d.issued.Number, was)
		}
		numbers[d.issued.Number] = d.key
	}
	c, dirC := instance(dirA)
	clerk := c.login("clerk")
	count := func(p *person) int {
		var page server.Documents
		n := 0
		for next := "?limit=200"; next != ""; {
			page = server.Documents{}
			if err := json.Unmarshal(p.get("/api/v1/documents"+next), &page); err != nil {
				t.Fatal(err)
			}
			n += len(page.Items)
			if page.Incomplete {
				return -1
			}
			if next = ""; page.Next != "" {
				next = "?limit=200&cursor=" + page.Next
			}
		}
		return n
	}
	// An index that is still reading says so (-1): then it is asked again.
	for name, who := range map[string]*person{"the fresh one": clerk, "A": a.login("clerk"), "B": b.login("clerk")} {
		within(t, time.Minute, func() string {
			if n := count(who); n != len(all) {
				return fmt.Sprintf("%s lists %d of %d", name, n, len(all))
			}
			return ""
		})
	}
	next := &deed{key: "next"}
	carry(t, []*deed{next}, c.crews(1), in)
	if next.issued.Number != len(all)+1 {
		t.Errorf("the fresh instance gave number %d after %d", next.issued.Number, len(all))
	}
	for _, dir := range []string{dirA, dirB, dirC} {
		good(t, nil, "audit", "--demo", "--data", dir, "--s3", url)
	}
}
