package verify

import (
	"fmt"
	"strings"
	"time"

	"vanthu/record"
)

// Text is the report for people, in Vietnamese, with the items that
// TT 15/2025/TT-BKHCN asks a verifier to show.
func (r Report) Text() string {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", indent), printable(fmt.Sprintf(format, args...)))
	}
	line(0, "KẾT LUẬN: %s", r.Message)
	line(0, "Tệp: %d byte, SHA-256 %s, %d lần lưu, %d chữ ký", r.Size, r.SHA256, r.Revisions, len(r.Signatures))
	for _, f := range r.Findings {
		line(0, "[%s] %s", mark(Invalid), f.Message)
	}
	for _, n := range r.Notes {
		line(0, "Lưu ý: %s", n.Message)
	}
	for i, s := range r.Signatures {
		b.WriteString("\n")
		line(0, "Chữ ký %d: %s (ô %s): %s", i+1, kindName(s.Kind), s.Field, verdictName(s.Verdict))
		line(1, "Người ký: %s", orUnknown(s.Signer))
		line(1, "Cơ quan, tổ chức quản lý: %s", orUnknown(s.Organization))
		line(1, "Nơi cấp chứng thư (CA): %s", orUnknown(s.Authority))
		if s.Kind != kindTimestamp {
			line(1, "Thời điểm ký (do bên ký khai): %s", moment(s.ClaimedTime))
		}
		if t := s.Timestamp; t != nil {
			line(1, "Dấu thời gian: [%s] %s, %s", mark(t.Verdict), moment(&t.Time), t.Message)
		} else {
			line(1, "Dấu thời gian: không có")
		}
		if s.Level != "" {
			line(1, "Mức chữ ký: PAdES %s", s.Level)
		}
		if c := s.Certificate; c != nil {
			line(1, "Chứng thư số %s, hiệu lực từ %s đến %s", c.Serial, moment(&c.NotBefore), moment(&c.NotAfter))
		}
		if s.Algorithm != "" {
			line(1, "Thuật toán: %s; %s", s.Algorithm, s.SubFilter)
		}
		for _, c := range []struct {
			name string
			Check
		}{{"Tính toàn vẹn", s.Integrity}, {"Phạm vi ký", s.Coverage.Check}, {"Đường dẫn tin cậy", s.Chain},
			{"Hiệu lực tại thời điểm ký", s.AtSigning}, {"Mục đích sử dụng khóa", s.KeyUsage}, {"Thu hồi", s.Revocation.Check}} {
			line(1, "[%s] %s: %s", mark(c.Verdict), c.name, c.Message)
		}
		if len(s.Changes) > 0 {
			line(1, "Thay đổi sau khi ký:")
		}
		for _, c := range s.Changes {
			v, said := Valid, "được phép"
			if !c.Allowed {
				v, said = Invalid, "KHÔNG được phép"
			}
			line(2, "[%s] lần lưu %d: %s (%s)", mark(v), c.Revision, c.Message, said)
		}
	}
	if r.EvidenceUntil != nil {
		line(0, "Bằng chứng dài hạn có giá trị đến %s", moment(r.EvidenceUntil))
	}
	for _, u := range r.Unanswered {
		line(0, "[%s] %s", mark(Unknown), u)
	}
	if o := r.SecondOpinion; o != nil {
		b.WriteString("\n")
		line(0, "Ý kiến thứ hai (để tham khảo): [%s] %s", mark(o.Verdict), o.Message)
	}
	return b.String()
}

// printable keeps what a hostile file says on its own line and off the
// terminal's controls.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 || r >= 0x7F && r < 0xA0 || r == '\u2028' || r == '\u2029':
			return ' '
		case r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u200E' || r == '\u200F':
			return -1 // marks that turn the direction of the text around them
		}
		return r
	}, s)
}

func mark(v Verdict) string {
	switch v {
	case Valid:
		return "ĐẠT"
	case Unknown:
		return "CHƯA RÕ"
	}
	return "SAI"
}

func verdictName(v Verdict) string {
	switch v {
	case Valid:
		return "HỢP LỆ"
	case Unknown:
		return "CHƯA ĐỦ CĂN CỨ"
	}
	return "KHÔNG HỢP LỆ"
}

func kindName(kind string) string {
	switch kind {
	case kindPersonal:
		return "chữ ký của người có thẩm quyền"
	case kindSeal:
		return "chữ ký của cơ quan, tổ chức"
	case kindCopy:
		return "chữ ký xác nhận bản sao"
	case kindTimestamp:
		return "dấu thời gian của tài liệu"
	}
	return "chữ ký khác"
}

func orUnknown(s string) string {
	if s == "" {
		return "(không rõ)"
	}
	return s
}

// moment is a time as an office writes it, with its offset.
func moment(t *time.Time) string {
	if t == nil {
		return "(không ghi)"
	}
	return t.In(record.Office).Format("15:04:05 02/01/2006 -07:00")
}
