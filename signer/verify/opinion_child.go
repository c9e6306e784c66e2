package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"syscall"

	other "github.com/digitorus/pdfsign/verify"

	"vanthu/pdf"
)

// Limits that the child sets itself before it reads anything.
const (
	childMemory  = 1 << 30 // bytes of data segment, heap included
	childSeconds = 60      // of processor time, should nobody be there to kill it
)

// RunSecondOpinion is the whole life of the child process of a SecondOpinion:
// it reads a PDF from in, writes JSON to out and returns the exit code. It
// limits the memory and processor time of its process, so it must run in one of
// its own.
func RunSecondOpinion(in io.Reader, out io.Writer) int {
	for resource, most := range map[int]uint64{syscall.RLIMIT_DATA: childMemory, syscall.RLIMIT_CPU: childSeconds, syscall.RLIMIT_CORE: 0} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return answer(out, childAnswer{Error: fmt.Sprintf("limit %d: %v", resource, err)})
		}
	}
	b, err := io.ReadAll(io.LimitReader(in, pdf.MaxFileSize+1))
	if err != nil || len(b) > pdf.MaxFileSize {
		return answer(out, childAnswer{Error: fmt.Sprintf("read %d bytes: %v", len(b), err)})
	}
	return answer(out, opine(b))
}

func opine(b []byte) (a childAnswer) {
	defer func() {
		if r := recover(); r != nil {
			a = childAnswer{Error: fmt.Sprintf("panic: %v", r)}
		}
	}()
	o := other.DefaultVerifyOptions()
	o.TrustSignatureTime = true // as we do: validity at the claimed time
	found, err := other.VerifyWithOptions(bytes.NewReader(b), int64(len(b)), o)
	if err != nil {
		return childAnswer{Error: err.Error()}
	}
	for _, s := range found.Signers {
		a.Signatures = append(a.Signatures, OtherSignature{Name: s.Name, Valid: s.ValidSignature, Trusted: s.TrustedIssuer})
	}
	return a
}

func answer(out io.Writer, a childAnswer) int {
	if err := json.NewEncoder(out).Encode(a); err != nil || a.Error != "" {
		return 1
	}
	return 0
}
