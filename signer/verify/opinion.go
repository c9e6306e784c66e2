package verify

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// SecondOpinion asks another implementation, github.com/digitorus/pdfsign, for
// its verdict. It may panic, hang or eat memory on hostile files, so it runs in
// a child process: Command, whose main calls RunSecondOpinion on its standard
// input and output.
type SecondOpinion struct {
	Command []string
	Timeout time.Duration // 10 s when zero
}

// Opinion is the other implementation's verdict. It informs and never decides:
// it knows neither revisions nor what changed between them.
type Opinion struct {
	// Verdict is Valid when it finds the expected number of signatures, all
	// valid and, when roots were given, trusted; Invalid when it says otherwise;
	// Unknown when it came to nothing.
	Verdict    Verdict          `json:"verdict"`
	Code       string           `json:"code"` // ok, disagrees, count, failed, timeout
	Message    string           `json:"message"`
	Expected   int              `json:"expected"`
	Signatures []OtherSignature `json:"signatures,omitempty"`
}

// OtherSignature is one signature as the other implementation sees it.
type OtherSignature struct {
	Name    string `json:"name"`
	Valid   bool   `json:"valid"`
	Trusted bool   `json:"trusted"`
}

// childAnswer is what the child writes.
type childAnswer struct {
	Error      string           `json:"error,omitempty"`
	Signatures []OtherSignature `json:"signatures,omitempty"`
}

// maxAnswer bounds what is read from the child, in bytes.
const maxAnswer = 1 << 20

// ask runs the child. Its failing is an Opinion; an error is only the
// context's, or that of a file of roots that can't be written.
func (o *SecondOpinion) ask(ctx context.Context, b []byte, roots []*x509.Certificate, expected int) (*Opinion, error) {
	if len(o.Command) == 0 {
		return nil, errors.New("second opinion: no command")
	}
	// The library knows only the system's roots: the child's system has ours.
	dir, err := os.MkdirTemp("", "vanthu-roots-")
	if err != nil {
		return nil, fmt.Errorf("second opinion: %w", err)
	}
	defer os.RemoveAll(dir)
	rootFile, empty := filepath.Join(dir, "roots.pem"), filepath.Join(dir, "none")
	var bundle bytes.Buffer
	for _, r := range roots {
		if err := pem.Encode(&bundle, &pem.Block{Type: "CERTIFICATE", Bytes: r.Raw}); err != nil {
			return nil, fmt.Errorf("second opinion: %w", err)
		}
	}
	if err := errors.Join(os.WriteFile(rootFile, bundle.Bytes(), 0o600), os.Mkdir(empty, 0o700)); err != nil {
		return nil, fmt.Errorf("second opinion: %w", err)
	}

	timeout := o.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, o.Command[0], o.Command[1:]...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+rootFile, "SSL_CERT_DIR="+empty)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(b)
	out := &limitedBuffer{left: maxAnswer}
	cmd.Stdout = out
	runErr := cmd.Run()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	opinion := &Opinion{Expected: expected}
	var answer childAnswer
	switch {
	case limited.Err() != nil:
		opinion.set(Unknown, "timeout", "Trình kiểm tra thứ hai không trả lời kịp")
	case runErr != nil || json.Unmarshal(out.buffer.Bytes(), &answer) != nil || answer.Error != "":
		opinion.set(Unknown, "failed", "Trình kiểm tra thứ hai không đọc được tệp")
	default:
		opinion.Signatures = answer.Signatures
		opinion.conclude(len(roots) > 0)
	}
	return opinion, nil
}

func (o *Opinion) set(v Verdict, code, message string) {
	o.Verdict, o.Code, o.Message = v, code, message
}

func (o *Opinion) conclude(rooted bool) {
	if len(o.Signatures) != o.Expected {
		o.set(Invalid, "count", fmt.Sprintf("Trình kiểm tra thứ hai thấy %d chữ ký, không phải %d", len(o.Signatures), o.Expected))
		return
	}
	for _, s := range o.Signatures {
		if !s.Valid || rooted && !s.Trusted {
			o.set(Invalid, "disagrees", fmt.Sprintf("Trình kiểm tra thứ hai không công nhận chữ ký của %q", s.Name))
			return
		}
	}
	o.set(Valid, "ok", "Trình kiểm tra thứ hai cùng kết luận")
}

// limitedBuffer refuses what goes past its limit. It must not offer the other
// methods of bytes.Buffer: ReadFrom would go round Write.
type limitedBuffer struct {
	buffer bytes.Buffer
	left   int
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errors.New("too much output")
	}
	return b.buffer.Write(p)
}
