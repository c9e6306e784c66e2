package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server"
	"vanthu/signer/keys"
	"vanthu/signer/pkitest"
)

// deferredKey puts an example official's key out of the service's reach: only
// its certificate is left in the folder.
func deferredKey(t testing.TB, dir string) *ecdsa.PrivateKey {
	t.Helper()
	ca, err := keys.OpenAuthority(filepath.Join(dir, "keys", "demo-ca.key.pem"), filepath.Join(dir, demoCA), pkix.Name{CommonName: "VANTHU DEMO CA"},
		time.Now().AddDate(-5, 0, 0), time.Now().AddDate(5, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ca.Issue(pkix.Name{CommonName: "Nguyễn Thị Thu Hương"}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "keys", "people", "ubnd-tp-vung-tau")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	chain := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate.Raw})...)
	write(t, filepath.Join(folder, "huong.pem"), chain)
	write(t, filepath.Join(folder, "nguyen-thi-thu-huong.png"), read(t, "testdata/chu-ky.png"))
	if err := os.WriteFile(filepath.Join(folder, "nguyen-thi-thu-huong.json"), []byte(`{"kind":"deferred","certificate":"huong.pem"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return key
}

// demoPlan is a short plan that the example official signs.
func demoPlan(t testing.TB) []byte {
	return plan(t, func(v map[string]any) {
		v["template"], v["organization"], v["date"] = "ke-hoach", "ubnd-tp-vung-tau", "2024-03-22"
		v["signatory"] = map[string]any{"person": "nguyen-thi-thu-huong", "capacity": "KT"}
	})
}

// byToken is what the owner's own program does: it signs the digest.
func byToken(t testing.TB, key *ecdsa.PrivateKey, w *server.Waiting) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pemFile := write(t, filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	digest := write(t, filepath.Join(dir, "digest"), w.Digest)
	tool(t, "openssl", "pkeyutl", "-sign", "-inkey", pemFile, "-in", digest, "-out", filepath.Join(dir, "value"))
	return base64.StdEncoding.EncodeToString(read(t, filepath.Join(dir, "value")))
}

// The service is killed between handing out what to sign and taking the value.
func TestDeferredSignatureSurvivesAKill(t *testing.T) {
	places(t, func(t *testing.T, dir string, flags []string) {
		key := deferredKey(t, dir)
		s := startService(t, flags...)
		secretary, official, clerk := s.login("secretary"), s.login("signatory"), s.login("clerk")
		submitted := func() (server.Document, string) {
			r := secretary.ask("POST", "/api/v1/documents", demoPlan(t))
			doc, err := r.document()
			if err != nil {
				t.Fatal(err)
			}
			return secretary.must(doc, r.header.Get("ETag"), record.CmdSubmit, "")
		}
		sign := func(doc server.Document, tag string) *server.Waiting {
			r := official.ask("POST", "/api/v1/documents/"+doc.ID+"/sign", fmt.Appendf(nil, `{"pdf_sha256":%q}`, doc.PDF), "If-Match", tag)
			var now server.Document
			if err := json.Unmarshal(r.body, &now); r.status != http.StatusAccepted || err != nil || now.Waiting == nil || now.State != record.Submitted {
				t.Fatalf("%d %s", r.status, r.body)
			}
			return now.Waiting
		}
		give := func(who *person, w *server.Waiting, value string) reply {
			return who.ask("POST", "/api/v1/signatures/"+w.ID, fmt.Appendf(nil, `{"value":%q}`, value))
		}
		doc, tag := submitted()
		w := sign(doc, tag)
		s.kill()
		s.start()
		official, secretary, clerk = s.login("signatory"), s.login("secretary"), s.login("clerk")
		if again := sign(doc, tag); again.ID != w.ID || !bytes.Equal(again.Digest, w.Digest) {
			t.Errorf("after the kill another signature is asked for: %s, %s", w.ID, again.ID)
		}
		other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if r := give(official, w, byToken(t, other, w)); r.status != http.StatusUnprocessableEntity || r.code() != "signature-value" {
			t.Errorf("another key: %d %s", r.status, r.body)
		}
		if r := give(clerk, w, byToken(t, key, w)); r.status != http.StatusForbidden {
			t.Errorf("somebody else: %d %s", r.status, r.body)
		}
		value := byToken(t, key, w)
		r := give(official, w, value)
		signed, err := r.document()
		if err != nil || signed.State != record.Signed || signed.Waiting != nil {
			t.Fatalf("%d %s", r.status, r.body)
		}
		if r := give(official, w, value); r.status != http.StatusNotFound || r.code() != "signature-unknown" {
			t.Errorf("the same once more: %d %s", r.status, r.body)
		}
		numbered, tag := clerk.must(signed, r.header.Get("ETag"), record.CmdNumber, "")
		issued, _ := clerk.must(numbered, tag, record.CmdSeal, "")
		pdf := clerk.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", issued.ID, issued.Version))
		out := write(t, filepath.Join(t.TempDir(), "out.pdf"), pdf)
		good(t, nil, "verify", out, "--trust", filepath.Join(dir, demoCA))
		checkOutside(t, out, filepath.Join(dir, demoCA), 2)

		// The same by the program at the official's own machine.
		doc, _ = submitted()
		signOwn(t, s, official, key, dir, doc)

		// Given up, or taken back by the secretary: the value comes too late.
		doc, tag = submitted()
		w = sign(doc, tag)
		if r := official.ask("DELETE", "/api/v1/signatures/"+w.ID, nil); r.status != http.StatusNoContent {
			t.Errorf("cancel: %d %s", r.status, r.body)
		}
		if r := give(official, w, byToken(t, key, w)); r.status != http.StatusNotFound {
			t.Errorf("cancelled: %d %s", r.status, r.body)
		}
		w = sign(doc, tag)
		secretary.must(doc, tag, record.CmdWithdraw, "")
		if r := give(official, w, byToken(t, key, w)); r.status != http.StatusNotFound {
			t.Errorf("withdrawn: %d %s", r.status, r.body)
		}
	})
}

// signOwn signs by "vanthu sign" with a token of the API and the key in a
// PKCS#12 file of its owner.
func signOwn(t *testing.T, s *service, official *person, key *ecdsa.PrivateKey, dir string, doc server.Document) {
	t.Helper()
	var made struct{ Token string }
	if r := official.ask("POST", "/api/v1/tokens", `{"name":"máy của tôi","scopes":["read","sign"]}`); json.Unmarshal(r.body, &made) != nil || made.Token == "" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	own := t.TempDir()
	secret := func(name, text string) string {
		path := filepath.Join(own, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	token := secret("token", made.Token+"\n")
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pemFile := secret("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	secret("huong.pin", "123456\n")
	p12 := secret("huong.p12", "")
	tool(t, "openssl", "pkcs12", "-export", "-inkey", pemFile, "-in", filepath.Join(dir, "keys", "people", "ubnd-tp-vung-tau", "huong.pem"), "-passout", "pass:123456", "-out", p12)
	read := write(t, filepath.Join(own, "read.pdf"), official.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", doc.ID, doc.Version)))
	args := []string{"sign", doc.ID, read, "--server", s.base, "--token-file", token, "--key", p12}
	other := write(t, filepath.Join(own, "other.pdf"), append(official.get(fmt.Sprintf("/api/v1/documents/%s/versions/%d/pdf", doc.ID, doc.Version)), '\n'))
	if said := vanthu(t, nil, "sign", doc.ID, other, "--server", s.base, "--token-file", token, "--key", p12); said.code != 1 || !strings.Contains(said.err, "không phải là bản đang trình ký") {
		t.Errorf("another file: exit %d %s", said.code, said.err)
	}
	good(t, nil, args...)
	if now, err := official.ask("GET", "/api/v1/documents/"+doc.ID, nil).document(); err != nil || now.State != record.Signed {
		t.Errorf("%s, %v", now.State, err)
	}
	if said := vanthu(t, nil, args...); said.code != 1 {
		t.Errorf("signed twice: exit %d %s", said.code, said.err)
	}
}

// opened is an office in this process, to be asked without HTTP.
func opened(t testing.TB, f stateFlags) *office {
	t.Helper()
	o, err := f.open(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	return o
}

func TestDeferredSignatureExpires(t *testing.T) {
	dir := t.TempDir()
	key := deferredKey(t, dir)
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := t.Context()
	doc, err := o.desk.Draft(ctx, o.cast.Secretary, desk.Input{Raw: demoPlan(t)})
	if err != nil {
		t.Fatal(err)
	}
	ref := desk.Ref{Journal: doc.Journal, ID: doc.ID}
	if doc, err = o.desk.Submit(ctx, o.cast.Secretary, ref); err != nil {
		t.Fatal(err)
	}
	official := o.cast.Signatory
	official.Persons = []string{"nguyen-thi-thu-huong"}
	if doc, err = o.desk.Sign(ctx, official, ref, doc.PDF); err != nil {
		t.Fatal(err)
	}
	w, err := o.desk.WaitingFor(ctx, doc)
	if err != nil || w == nil {
		t.Fatalf("%v, %v", w, err)
	}
	// Another account of the same person need not wait for the first.
	other := official
	other.ID = "another"
	if _, err := o.desk.Sign(ctx, other, ref, doc.PDF); err != nil {
		t.Fatal(err)
	}
	if taken, err := o.desk.WaitingFor(ctx, doc); err != nil || taken == nil || taken.Actor != other.ID || taken.ID == w.ID {
		t.Errorf("%+v, %v", taken, err)
	}
	if _, err := o.desk.Sign(ctx, official, ref, doc.PDF); err != nil {
		t.Fatal(err)
	}
	if w, err = o.desk.WaitingFor(ctx, doc); err != nil || w == nil || w.Actor != official.ID {
		t.Fatalf("%+v, %v", w, err)
	}
	digest := w.Pending.Digest
	value, err := key.Sign(rand.Reader, digest, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.desk.Now = func() time.Time { return time.Now().Add(desk.SignatureLife) }
	if _, err := o.desk.CompleteSignature(ctx, official, w.ID, value); record.CodeOf(err) != "signature-unknown" {
		t.Errorf("expired: %v", err)
	}
	if keys, err := o.desk.Waiting.Keys(ctx); err != nil || len(keys) != 0 {
		t.Errorf("%v are left, %v", keys, err)
	}
}

// An official whose office ended after the document was put before them cannot
// sign it; nor one with a certificate that their account is not bound to.
func TestSigningAsksForTheRightAnew(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := t.Context()
	official := o.cast.Signatory
	official.Persons = []string{"nguyen-thi-thu-huong"}
	submitted := func() (record.Document, desk.Ref) {
		doc, err := o.desk.Draft(ctx, o.cast.Secretary, desk.Input{Raw: demoPlan(t)})
		ref := desk.Ref{Journal: doc.Journal, ID: doc.ID}
		if err == nil {
			doc, err = o.desk.Submit(ctx, o.cast.Secretary, ref)
		}
		if err != nil {
			t.Fatal(err)
		}
		return doc, ref
	}
	doc, ref := submitted()
	v, err := o.archive.Version(ctx, doc.Manifest)
	if err != nil || !strings.Contains(v.Signatory.Authority(), "Quyết định bổ nhiệm (dữ liệu mẫu) (từ 01/7/2011 đến 30/6/2025)") {
		t.Errorf("%q, %v", v.Signatory.Authority(), err)
	}
	bound := official
	bound.Certificates = []record.Digest{record.DigestOf([]byte("another"))}
	if _, err := o.desk.Sign(ctx, bound, ref, doc.PDF); record.CodeOf(err) != "certificate-foreign" {
		t.Errorf("a certificate that is not the account's: %v", err)
	}
	organization, err := o.desk.Organizations.Organization(ctx, doc.Journal)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(organization)
	if err != nil {
		t.Fatal(err)
	}
	publish := func(raw []byte) {
		t.Helper()
		if err := o.desk.PublishOrganization(ctx, desk.Actor{ID: "a", Roles: []record.Role{record.Administrator}}, doc.Journal, raw); err != nil {
			t.Fatal(err)
		}
	}
	var changed record.Organization
	if err := json.Unmarshal(raw, &changed); err != nil {
		t.Fatal(err)
	}
	for i, a := range changed.Appointments {
		if a.Person == "nguyen-thi-thu-huong" {
			changed.Appointments[i].ValidTo = "2024-01-01"
		}
	}
	ended, err := json.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	publish(ended)
	if _, err := o.desk.Sign(ctx, official, ref, doc.PDF); record.CodeOf(err) != "authority-ended" {
		t.Errorf("the office has ended: %v", err)
	}
	publish(raw)
	if doc, err = o.desk.Sign(ctx, official, ref, doc.PDF); err != nil || doc.State != record.Signed {
		t.Errorf("%s, %v", doc.State, err)
	}
}

// onlineOffice is realOffice with keys of a CA whose services answer.
func onlineOffice(t testing.TB) (dir string, p *pkitest.PKI) {
	t.Helper()
	dir, p = realOffice(t, 0, "Nguyễn Văn Nghĩa", "Hà Tĩnh"), pkitest.New(t)
	root := filepath.Join(dir, "keys", rootsFolder, "ca.pem")
	if err := os.MkdirAll(filepath.Dir(root), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, root, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Root.Raw}))
	for class, x := range map[string]struct{ owner, name, picture string }{"people": {"nguoi-ky", "Nguyễn Văn Nghĩa", "chu-ky.png"}, "seals": {"dau", "Sở Nội vụ tỉnh Hà Tĩnh", "con-dau.png"}} {
		folder := filepath.Join(dir, "keys", class, "so-mau")
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		make := func() (keys.Identity, error) {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			return p.Identity(t, pkix.Name{CommonName: x.name}, key, read(t, "testdata/"+x.picture)), err
		}
		f, err := keys.NewFolder(filepath.Join(dir, "keys")), error(nil)
		if class == "people" {
			_, err = f.CreatePersonal(t.Context(), "so-mau", x.owner, make)
		} else {
			_, err = f.CreateSeal(t.Context(), "so-mau", x.owner, make)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, p
}

// Signing never waits for a service that is away; what it would have said
// follows when it is back, as a new version of the issued document, and then
// the file needs nobody any more.
func TestEvidenceFollowsWhenTheServicesAreBack(t *testing.T) {
	dir, p := onlineOffice(t)
	o := opened(t, stateFlags{Data: dir, TSA: p.TSA.URL})
	ctx := t.Context()
	issue := func() record.Document {
		t.Helper()
		doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Raw: plan(t, nil), Template: "ke-hoach"})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	var failed []string
	now := time.Now()
	o.desk.Now = func() time.Time { return now }
	keeper := &desk.Keeper{Desk: o.desk, Actor: upkeepActor, Failed: func(_ context.Context, _ record.Document, err error) { failed = append(failed, record.CodeOf(err)) }}
	pass := func(want int) {
		t.Helper()
		now = time.Now().Add(24 * time.Hour) // past every pause
		if done, err := keeper.Pass(ctx); err != nil || done != want {
			t.Fatalf("%d documents with new evidence, want %d; %v %v", done, want, failed, err)
		}
		now = time.Now()
	}
	for _, x := range []*pkitest.Service{p.TSA, p.OCSP, p.CRL, p.AIA} {
		x.Hang()
	}
	began := time.Now()
	first := issue()
	t.Logf("issued in %s with every service hanging", time.Since(began))
	keepWaiting, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if done, _ := keeper.Pass(keepWaiting); done != 0 {
		t.Errorf("evidence out of nowhere")
	}
	for _, x := range []*pkitest.Service{p.TSA, p.OCSP, p.CRL, p.AIA} {
		x.On()
	}
	o.close()
	o = opened(t, stateFlags{Data: dir, TSA: p.TSA.URL}) // whoever was away is asked at once again
	o.desk.Now = func() time.Time { return now }
	keeper.Desk = o.desk
	second := issue()
	pass(2)
	pass(0) // nothing is added to what is complete
	for _, before := range []record.Document{first, second} {
		doc, err := o.desk.Document(ctx, desk.Ref{Journal: before.Journal, ID: before.ID})
		if err != nil || doc.State != record.Issued || doc.Version != before.Version+1 || doc.Evidence == nil || doc.Evidence.Level != "B-LTA" || len(doc.Evidence.Missing) > 0 {
			t.Fatalf("%+v %+v, %v", doc, doc.Evidence, err)
		}
		was, err := o.archive.Blob(ctx, before.PDF)
		if err != nil {
			t.Fatal(err)
		}
		is, err := o.archive.Blob(ctx, doc.PDF)
		if err != nil || !bytes.HasPrefix(is, was) {
			t.Fatalf("the issued file is no prefix: %v", err)
		}
		for _, x := range []*pkitest.Service{p.TSA, p.OCSP, p.CRL, p.AIA} {
			x.Off()
		}
		out := write(t, filepath.Join(t.TempDir(), "out.pdf"), is)
		if said := good(t, nil, "verify", out, "--trust", p.RootFile(t)); strings.Count(said.out, "B-LTA") < 2 {
			t.Errorf("%s", said.out)
		}
		for _, x := range []*pkitest.Service{p.TSA, p.OCSP, p.CRL, p.AIA} {
			x.On()
		}
	}
	due, err := o.desk.Evidence(ctx)
	if err != nil || len(due) != 2 || !due[0].By.After(time.Now()) {
		t.Errorf("%+v, %v", due, err)
	}
	o.close()
	good(t, nil, "audit", "--data", dir)
	listed := good(t, nil, "evidence", "--data", dir)
	if strings.Count(listed.out, "B-LTA") != 2 {
		t.Errorf("%s", listed.out)
	}
}
