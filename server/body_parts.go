package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"vanthu/record"
)

// readParts reads a multipart body of exactly these members, each once: texts
// and files. Nothing is kept on disk; the route bounds all together. All faults
// come in one error.
func readParts(r *http.Request, members []member) (values, map[string][]byte, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, refusal(http.StatusUnsupportedMediaType, "media-type", "Nội dung gửi lên phải là "+mediaParts)
	}
	out, files, faults := values{}, map[string][]byte{}, []record.Fault(nil)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, uploadError(err)
		}
		name := part.FormName()
		i := slices.IndexFunc(members, func(m member) bool { return m.name == name })
		_, again := out[name]
		switch {
		case n > 2*len(members):
			return nil, nil, malformed("too-many-parts", "Nội dung gửi lên có quá nhiều phần")
		case i < 0:
			faults = append(faults, record.Fault{Pointer: "/" + escape(name), Code: "additional-property", Message: fmt.Sprintf("Không có trường %q ở đây", clip(name))})
			continue
		case again:
			faults = append(faults, record.Fault{Pointer: "/" + escape(name), Code: "duplicate-key", Message: fmt.Sprintf("Trường %q được gửi hai lần", clip(name))})
			continue
		}
		m := members[i]
		most := m.max
		if m.kind != "file" {
			most = 8 << 10
		}
		content, err := io.ReadAll(io.LimitReader(part, int64(most)+1))
		switch {
		case err != nil:
			return nil, nil, uploadError(err)
		case len(content) > most:
			faults = append(faults, m.fault("", "too-large", fmt.Sprintf("lớn hơn %d KB", most>>10))...)
			out[name] = nil
		case m.kind == "file":
			if len(content) > 0 { // a form sends the file that nobody chose as an empty one
				out[name], files[name] = true, content
			}
		default:
			v, found := m.fromString("", string(content))
			if faults = append(faults, found...); len(found) == 0 {
				out[name] = v
			}
		}
	}
	out, err = finish(out, faults, members, "body-invalid", "Nội dung gửi lên chưa đúng")
	return out, files, err
}
