package converter

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"vanthu/record"
)

// The errors a caller meets. Codes are stable.

func notDOCX(cause error) error {
	return record.Because(cause, record.Invalid, "not-docx", "Tệp không phải là văn bản DOCX hợp lệ")
}

func tooLarge(cause error) error {
	return record.Because(cause, record.Invalid, "docx-too-large", "Tệp DOCX quá lớn hoặc bung ra quá lớn nên không được chuyển đổi")
}

func queueFull(waiting int) error {
	return record.E(record.Busy, "converter-busy",
		fmt.Sprintf("Bộ chuyển đổi đang bận, đã có %d văn bản chờ; hãy thử lại sau ít giây", waiting))
}

func unavailable(cause error) error {
	return record.Because(cause, record.Unavailable, "converter-unavailable",
		"Không khởi động được LibreOffice để chuyển đổi; hãy kiểm tra gói libreoffice-writer và nhật ký của dịch vụ")
}

var errClosed = record.E(record.Unavailable, "converter-closed", "Bộ chuyển đổi đã dừng; hãy thử lại sau khi dịch vụ khởi động lại")

func timedOut(limit time.Duration) error {
	return record.Because(context.DeadlineExceeded, record.Invalid, "conversion-timeout",
		fmt.Sprintf("Chuyển đổi sang PDF chưa xong sau %s nên đã bị dừng; văn bản có thể quá phức tạp (bảng lồng nhau, ảnh quá lớn)", seconds(limit)))
}

func cancelled(cause error) error {
	return record.Because(cause, record.Busy, "conversion-cancelled", "Yêu cầu chuyển đổi đã bị hủy trước khi xong; có thể gửi lại")
}

func failed(words string) error {
	return record.Because(errors.New(words), record.Invalid, "conversion-failed",
		"LibreOffice không đọc hoặc không xuất được văn bản này; hãy mở và lưu lại tệp bằng trình soạn thảo rồi thử lại")
}

// crashed tells a worker that was killed from outside (by an operator, by the
// kernel short of memory), where repeating makes sense, from one that the
// document brought down.
func crashed(status syscall.WaitStatus, limit time.Duration, stderr string) error {
	cause := fmt.Errorf("worker ended with %s %s", describe(status), stderr)
	switch {
	case status.Signaled() && status.Signal() == syscall.SIGXCPU:
		e := timedOut(limit).(*record.Error)
		e.Err = cause
		return e
	case status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGTERM):
		return record.Because(cause, record.Unavailable, "conversion-crashed",
			"Tiến trình chuyển đổi bị dừng đột ngột từ bên ngoài; văn bản chưa được chuyển, hãy thử lại")
	}
	return record.Because(cause, record.Invalid, "conversion-crashed",
		"Tiến trình chuyển đổi gặp sự cố khi xử lý văn bản này; có thể thử lại, nếu vẫn lỗi hãy mở và lưu lại tệp bằng trình soạn thảo")
}

func describe(s syscall.WaitStatus) string {
	if s.Signaled() {
		return "signal " + s.Signal().String()
	}
	return fmt.Sprintf("status %d", s.ExitStatus())
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d mili giây", d.Milliseconds())
	}
	return fmt.Sprintf("%.0f giây", d.Seconds())
}
