package verify_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
	"vanthu/signer/verify"
)

// grown is the prepared document with that many megabytes of pages behind it, a
// random grey picture of side by side pixels on each: the smaller, the more
// objects.
func grown(t testing.TB, mb, side int) []byte {
	rnd := rand.NewChaCha8([32]byte{5})
	return update(t, prepared(t), func(f *pdf.File, u *pdf.Update) {
		_, c := catalog(t, f)
		tree, err := pdf.As[pdf.Dict](f, c["Pages"])
		must(t, err)
		tree = tree.Clone()
		kids, err := pdf.As[pdf.Array](f, tree["Kids"])
		must(t, err)
		kids = append(pdf.Array{}, kids...)
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
	})
}

// BenchmarkVerify verifies a file of two signatures, in a process of its own as
// pdfsig is one, and the same by pdfsig.
func BenchmarkVerify(b *testing.B) {
	self, err := os.Executable()
	must(b, err)
	for _, c := range []struct{ mb, side int }{{1, 240}, {10, 240}, {100, 240}, {100, 80}} {
		b.Run(fmt.Sprintf("%dMB-pictures-of-%d", c.mb, c.side), func(b *testing.B) {
			sealed := throughFrom(b, grown(b, c.mb, c.side)).sealed
			path := filepath.Join(b.TempDir(), "sealed.pdf")
			must(b, os.WriteFile(path, sealed, 0o600))
			root := filepath.Join(b.TempDir(), "root.der")
			must(b, os.WriteFile(root, newOffice(b).ca.Certificate.Raw, 0o600))
			size := int64(len(sealed))
			sealed = nil
			b.SetBytes(size)
			var ours, theirs time.Duration
			var memory int64
			run := func(spent *time.Duration, name string, args ...string) string {
				cmd := exec.Command(name, args...)
				cmd.Env = append(os.Environ(), "VANTHU_TEST_CHILD=verify")
				started := time.Now()
				out, err := cmd.CombinedOutput()
				if *spent += time.Since(started); err != nil {
					b.Fatalf("%s: %v\n%s", name, err, out)
				}
				return string(out)
			}
			for b.Loop() {
				peak, err := strconv.ParseInt(run(&ours, self, path, root), 10, 64)
				must(b, err)
				memory = max(memory, peak)
				run(&theirs, "pdfsig", "-no-ocsp", path)
			}
			b.ReportMetric(ours.Seconds()/theirs.Seconds(), "of-pdfsig")
			b.ReportMetric(ours.Seconds()/float64(b.N)*1000, "ours-ms")
			b.ReportMetric(float64(memory-size)/(1<<20), "MB-above-file")
		})
	}
}

// verifyFile is what the benchmark's child process does. It writes the most
// memory that it held, in bytes: what its parent could ask the system for counts
// the parent's own.
func verifyFile(path, root string) error {
	sealed, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	der, err := os.ReadFile(root)
	if err != nil {
		return err
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	r, err := verify.Verify(context.Background(), sealed, verify.Options{Roots: []*x509.Certificate{ca}})
	if err != nil || r.Verdict != verify.Valid {
		return fmt.Errorf("%w %s\n%s", err, r.Verdict, r.Text())
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var peak int64
	if _, err := fmt.Sscanf(after, "%d kB", &peak); err != nil {
		return err
	}
	fmt.Print(peak << 10)
	return nil
}
