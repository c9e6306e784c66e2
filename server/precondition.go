package server

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"vanthu/record"
)

// precondition reads Idempotency-Key and If-Match. A document that is not the
// one seen is refused here, before anything else of the request is looked at.
func (s *Server) precondition(c *call, rt *route) error {
	if !rt.ifMatch {
		return nil
	}
	match := c.GetHeader("If-Match")
	seen, ok := parseETag(match)
	switch {
	case match == "":
		return refusal(http.StatusPreconditionRequired, "if-match-missing", "Thiếu If-Match: ghi ETag của văn bản đã đọc")
	case !ok:
		return changed()
	}
	key := c.GetHeader("Idempotency-Key")
	if seen != 0 && seen != c.doc.Seq() {
		// A repeated request names the state that it found the first time.
		repeated, err := s.repeated(c, key)
		if err != nil {
			return err
		}
		if !repeated {
			return changed()
		}
	}
	c.ref.Seen, c.ref.Request = seen, key
	return checkKey(key)
}

// repeated says whether the journal holds a request of the actor with this key;
// whether it is the same one, the desk judges.
func (s *Server) repeated(c *call, key string) (found bool, err error) {
	if key == "" {
		return false, nil
	}
	err = s.cfg.Desk.Journals.View(c.ctx, c.ref.Journal, func(st *record.State) error {
		_, found = st.Requests[record.RequestKey(c.actor.ID, key)]
		return nil
	})
	return found, err
}

func changed() *problem {
	return refusal(http.StatusPreconditionFailed, "document-changed", "Văn bản đã thay đổi từ lúc bạn mở; hãy xem lại rồi thực hiện")
}

// etag names a state of a document.
func etag(doc record.Document) string { return fmt.Sprintf(`"%d"`, doc.Seq()) }

// parseETag reads If-Match: 0 for "*". Weak tags and lists never match, for a
// command is about the one state that its actor saw.
func parseETag(h string) (uint64, bool) {
	h = strings.Trim(h, " \t")
	if h == "*" {
		return 0, true
	}
	n, err := strconv.ParseUint(strings.Trim(h, `"`), 10, 64)
	return n, err == nil && n > 0 && h == fmt.Sprintf(`"%d"`, n)
}

// noneMatch says whether If-None-Match names the tag, weakly compared, so that
// what the client has will do (RFC 9110, 13.1.2).
func noneMatch(h, tag string) bool {
	for x := range strings.SplitSeq(h, ",") {
		if x = strings.Trim(x, " \t"); x == "*" || strings.TrimPrefix(x, "W/") == tag {
			return true
		}
	}
	return false
}

var keyForm = regexp.MustCompile(`^[!-~]{1,200}$`)

// checkKey refuses an Idempotency-Key that cannot be one; "" is none.
func checkKey(key string) error {
	if key != "" && !keyForm.MatchString(key) {
		return record.Faulty("idempotency-key", "Idempotency-Key không hợp lệ", []record.Fault{{
			Code: "idempotency-key", Message: "Idempotency-Key gồm 1 đến 200 ký tự ASCII in được, không có dấu cách"}})
	}
	return nil
}
