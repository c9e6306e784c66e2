package signer_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/pdfsign/sign"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer"
	"vanthu/signer/keys"
)

// TestMain lets the test binary be the process whose time and memory are
// measured.
func TestMain(m *testing.M) {
	switch os.Getenv("VANTHU_TEST_CHILD") {
	case "ours":
		child(signOurs)
	case "prepare":
		child(prepareOnly)
	case "sign":
		child(signOnly)
	case "theirs":
		child(signTheirs)
	}
	os.Exit(m.Run())
}

// signingJob is what both sign: the same file by the same key.
type signingJob struct {
	In, Out string
	Key     []byte   // PKCS#8
	Chain   [][]byte // DER
	Picture []byte
}

// cost is what it took, without the start of the process.
type cost struct {
	Time   time.Duration
	Memory int64 // most held, bytes
}

func child(do func(signingJob, keys.Identity) error) {
	var job signingJob
	err := json.NewDecoder(os.Stdin).Decode(&job)
	var id keys.Identity
	if err == nil {
		var key any
		key, err = x509.ParsePKCS8PrivateKey(job.Key)
		id.Key, id.Image = key.(crypto.Signer), job.Picture
	}
	for _, der := range job.Chain {
		c, e := x509.ParseCertificate(der)
		if e != nil {
			err = e
		}
		id.Chain = append(id.Chain, c)
	}
	if err == nil && os.Getenv("VANTHU_TEST_CHILD") == "ours" { // a service has read its fonts and pictures long ago
		small := job
		small.In, small.Out = filepath.Join("testdata", realPlan), job.Out+".small"
		err = do(small, id)
	}
	began := time.Now()
	if err == nil {
		err = do(job, id)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := cost{Time: time.Since(began)}
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Sscanf(after, "%d kB", &out.Memory)
	out.Memory <<= 10
	json.NewEncoder(os.Stdout).Encode(out)
	os.Exit(0)
}

// signOurs prepares the file, fields and all, signs it with the official's
// picture and writes it.
func signOurs(job signingJob, id keys.Identity) error {
	in, err := os.ReadFile(job.In)
	if err != nil {
		return err
	}
	s := signerOf(id)
	prepared, err := s.Prepare(in, 3, 1)
	if err != nil {
		return err
	}
	r, err := s.Sign(context.Background(), prepared, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
	if err != nil {
		return err
	}
	return os.WriteFile(job.Out, r.PDF, 0o600)
}

var ofChild *signer.Signer

func signerOf(id keys.Identity) *signer.Signer {
	if ofChild == nil {
		ofChild = signer.New(&office{personal: id}, signer.Options{})
	}
	return ofChild
}

// prepareOnly and signOnly are the two halves as a service does them: at
// submit, and when the official signs.
func prepareOnly(job signingJob, id keys.Identity) error {
	in, err := os.ReadFile(job.In)
	if err != nil {
		return err
	}
	out, err := signerOf(id).Prepare(in, 3, 1)
	if err != nil {
		return err
	}
	return os.WriteFile(job.Out, out, 0o600)
}

func signOnly(job signingJob, id keys.Identity) error {
	in, err := os.ReadFile(job.In)
	if err != nil {
		return err
	}
	r, err := signerOf(id).Sign(context.Background(), in, record.Signing{Issuer: issuer, Signatory: record.Signatory{Person: "nghia", Name: officialName}, Time: signedAt})
	if err != nil {
		return err
	}
	return os.WriteFile(job.Out, r.PDF, 0o600)
}

// signTheirs is pdfsign's own way from file to file, without a picture.
func signTheirs(job signingJob, id keys.Identity) error {
	return sign.SignFile(job.In, job.Out, sign.SignData{Signer: id.Key, DigestAlgorithm: crypto.SHA256, Certificate: id.Chain[0],
		CertificateChains: [][]*x509.Certificate{id.Chain},
		Signature:         sign.SignDataSignature{CertType: sign.ApprovalSignature, Info: sign.SignDataSignatureInfo{Name: "Nguyen", Location: "Ha", Reason: "Ky", Date: signedAt}}})
}

// grownPlan is the plan with that many megabytes of pages behind it.
func grownPlan(t testing.TB, mb int) []byte {
	t.Helper()
	const side = 240
	plan, err := os.ReadFile(filepath.Join("testdata", realPlan))
	must(t, err)
	f, err := pdf.Open(plan)
	must(t, err)
	u := pdf.NewUpdate(f)
	c, err := f.Catalog()
	must(t, err)
	tree, err := u.Dict(c["Pages"])
	must(t, err)
	kids, err := pdf.As[pdf.Array](f, tree["Kids"])
	must(t, err)
	kids = append(pdf.Array{}, kids...)
	rnd := mathrand.NewChaCha8([32]byte{5})
	for range mb << 20 / (side * side) {
		raw := make([]byte, side*side)
		rnd.Read(raw)
		image := u.Add(&pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": pdf.Integer(side), "Height": pdf.Integer(side),
			"ColorSpace": pdf.Name("DeviceGray"), "BitsPerComponent": pdf.Integer(8)}, Raw: raw})
		kids = append(kids, u.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": c["Pages"], "MediaBox": pdf.Rect{Right: 595, Top: 842}.Array(),
			"Resources": pdf.Dict{"XObject": pdf.Dict{"P": image}}, "Contents": u.Add(pdf.Flate(pdf.Dict{}, []byte("q 500 0 0 500 40 100 cm /P Do Q")))}))
	}
	tree["Kids"], tree["Count"] = kids, pdf.Integer(len(kids))
	u.Set(c["Pages"].(pdf.Ref), tree)
	b, err := u.Write()
	must(t, err)
	return b
}

// BenchmarkSign prepares, signs and writes a file, beside pdfsign's Sign on the
// same file with the same key, each in a process of its own, in turns.
func BenchmarkSign(b *testing.B) {
	self, err := os.Executable()
	must(b, err)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(b, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(b, err)
	id := newOffice(b).personal
	c, err := selfIssued(key)
	must(b, err)
	for _, mb := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			dir := b.TempDir()
			in := grownPlan(b, mb)
			size := int64(len(in))
			job := signingJob{In: filepath.Join(dir, "in.pdf"), Out: filepath.Join(dir, "out.pdf"), Key: der, Chain: [][]byte{c.Raw}, Picture: id.Image}
			must(b, os.WriteFile(job.In, in, 0o600))
			in = nil
			measure := func(who string, job signingJob) (spent cost) {
				raw, err := json.Marshal(job)
				must(b, err)
				cmd := exec.Command(self)
				cmd.Env = append(os.Environ(), "VANTHU_TEST_CHILD="+who)
				cmd.Stdin, cmd.Stderr = strings.NewReader(string(raw)), os.Stderr
				out, err := cmd.Output()
				must(b, err)
				must(b, json.Unmarshal(out, &spent))
				return spent
			}
			b.SetBytes(size)
			var total [2]time.Duration
			var most [2]int64
			for b.Loop() {
				ours, theirs := measure("ours", job), measure("theirs", job)
				total[0], total[1] = total[0]+ours.Time, total[1]+theirs.Time
				prepared := job
				prepared.In, prepared.Out = job.Out+".prepared", job.Out
				half := job
				half.Out = prepared.In
				most[0] = max(most[0], measure("prepare", half).Memory, measure("sign", prepared).Memory)
				most[1] = max(most[1], theirs.Memory)
			}
			b.ReportMetric(total[0].Seconds()/total[1].Seconds(), "of-pdfsign")
			b.ReportMetric(total[0].Seconds()/float64(b.N)*1000, "ours-ms")
			b.ReportMetric(float64(most[0]-size)/(1<<20), "MB-above-file")
			b.ReportMetric(float64(most[1]-size)/(1<<20), "theirs-MB-above-file")
		})
	}
}

// selfIssued is a certificate of the official for a key.
func selfIssued(key crypto.Signer) (*x509.Certificate, error) {
	ca, err := keys.NewAuthority(pkix.Name{CommonName: "Test CA"}, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return nil, err
	}
	return ca.Issue(pkix.Name{CommonName: officialName}, key.Public())
}
