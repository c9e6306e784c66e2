package server

import (
	"context"
	"fmt"
	"net/http"

	"vanthu/record"
	"vanthu/record/desk"
)

// action is how one command reaches the desk.
type action struct {
	command record.Command
	summary string // Vietnamese
	body    []member
	do      func(*desk.Desk, context.Context, desk.Actor, desk.Ref, values) (record.Document, error)
}

func plain(do func(*desk.Desk, context.Context, desk.Actor, desk.Ref) (record.Document, error)) func(*desk.Desk, context.Context, desk.Actor, desk.Ref, values) (record.Document, error) {
	return func(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, _ values) (record.Document, error) {
		return do(d, ctx, a, r)
	}
}

// naming is a command that takes one text.
func naming(name string, do func(*desk.Desk, context.Context, desk.Actor, desk.Ref, string) (record.Document, error)) func(*desk.Desk, context.Context, desk.Actor, desk.Ref, values) (record.Document, error) {
	return func(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, v values) (record.Document, error) {
		return do(d, ctx, a, r, v.text(name))
	}
}

var (
	noBody  = []member{}
	reason  = []member{{name: "reason", kind: "string", doc: "Lý do", required: true}}
	linked  = []member{{name: "linked", kind: "string", doc: "Mã văn bản đã phát hành thay thế hoặc đính chính văn bản này", required: true, pattern: `^[a-z0-9]{26}$`}}
	sending = []member{{name: "recipient", kind: "string", doc: "Tên hoặc mã nơi nhận, như trong danh sách của văn bản", max: 300},
		{name: "all", kind: "boolean", doc: "Gửi đến mọi nơi chưa gửi"},
		{name: "channel", kind: "string", doc: "Cách gửi; bỏ trống: như danh sách, hoặc sổ địa chỉ, hoặc bản giấy", enum: record.Channels}}
	recipient = []member{{name: "recipient", kind: "string", doc: "Tên hoặc mã nơi nhận, như trong danh sách của văn bản", required: true, max: 300}}
)

// actions are the commands with a path of their own.
var actions = []action{
	{record.CmdSubmit, "Trình ký: dựng PDF và chuyển người ký", noBody, plain((*desk.Desk).Submit)},
	{record.CmdDiscard, "Hủy dự thảo", reason, naming("reason", (*desk.Desk).Discard)},
	{record.CmdWithdraw, "Rút lại văn bản đang trình", noBody, plain((*desk.Desk).Withdraw)},
	{record.CmdReturn, "Trả lại người soạn thảo", reason, naming("reason", (*desk.Desk).Return)},
	{record.CmdSign, "Ký bản PDF đã đọc", []member{{name: "pdf_sha256", kind: "string", doc: "SHA-256 của bản PDF đã đọc", required: true, pattern: `^[0-9a-f]{64}$`}},
		func(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, v values) (record.Document, error) {
			return d.Sign(ctx, a, r, record.Digest(v.text("pdf_sha256")))
		}},
	{record.CmdUnsign, "Bỏ chữ ký để lập lại; bản đã ký vẫn được lưu", reason, naming("reason", (*desk.Desk).Unsign)},
	{record.CmdNumber, "Cấp số và ngày", noBody, plain((*desk.Desk).Number)},
	{record.CmdSeal, "Điền số, ngày và ký số của cơ quan", noBody, plain((*desk.Desk).Seal)},
	{record.CmdVoid, "Bỏ số đã cấp, số không dùng lại", reason, naming("reason", (*desk.Desk).Void)},
	{record.CmdDispatch, "Gửi đến một nơi nhận, hoặc đến mọi nơi chưa gửi", sending, func(d *desk.Desk, ctx context.Context, a desk.Actor, r desk.Ref, v values) (record.Document, error) {
		if !v.yes("all") && v.text("recipient") == "" {
			return record.Document{}, record.Faulty("recipient-missing", "Chưa nêu nơi nhận", []record.Fault{{Pointer: "/recipient", Code: "required", Message: "Hãy nêu nơi nhận, hoặc all để gửi đến mọi nơi chưa gửi"}})
		}
		return d.Dispatch(ctx, a, r, desk.Sending{Recipient: v.text("recipient"), Channel: v.text("channel")})
	}},
	{record.CmdReceipt, "Ghi nhận một nơi nhận đã nhận", recipient, naming("recipient", (*desk.Desk).Receipt)},
	{record.CmdTold, "Ghi nhận một nơi nhận đã được báo về việc thu hồi, thay thế", recipient, naming("recipient", (*desk.Desk).Told)},
	{record.CmdRecall, "Thu hồi văn bản đã phát hành", reason, naming("reason", (*desk.Desk).Recall)},
	{record.CmdSupersede, "Thay thế bằng văn bản khác", linked, naming("linked", (*desk.Desk).Supersede)},
	{record.CmdCorrect, "Đính chính bằng văn bản khác", linked, naming("linked", (*desk.Desk).Correct)},
	{record.CmdDetach, "Bỏ một tệp kèm theo của dự thảo", []member{{name: "file", kind: "string", doc: "Tên tệp: attachment-1.pdf", required: true, max: 100}}, naming("file", (*desk.Desk).Detach)},
	{record.CmdCopy, "Sao y, sao lục, trích sao văn bản đã phát hành", copyBody, makeCopy},
	{record.CmdHold, "Giữ lại: không được hủy dù hết thời hạn bảo quản", reason, naming("reason", (*desk.Desk).Hold)},
	{record.CmdRelease, "Bỏ giữ lại", reason, naming("reason", (*desk.Desk).Release)},
	{record.CmdConsult, "Gửi dự thảo xin ý kiến các đơn vị, cá nhân", consultBody, consult},
	{record.CmdOpinion, "Góp ý dự thảo, của mình hoặc của đơn vị được hỏi", opinionBody, opine},
	{record.CmdEndConsult, "Kết thúc một lần xin ý kiến", endConsultBody, endConsult},
	{record.CmdEvidence, "Bổ sung bằng chứng xác thực lâu dài (B-LTA)", noBody, plain((*desk.Desk).Prove)},
}

func actionRoutes() []*route {
	var out []*route
	for _, a := range actions {
		out = append(out, &route{
			method: "POST", path: "/api/v1/documents/{id}/" + string(a.command), id: string(a.command) + "Document", summary: a.summary, tag: "documents",
			access: may(a.command), body: a.body, ifMatch: true, answer: Document{}, slow: a.command == record.CmdEvidence, also: alsoOf(a.command),
			handle: func(s *Server, c *call) error {
				doc, warnings, err := s.act(c, a, c.body)
				if err != nil {
					return err
				}
				if a.command == record.CmdSign {
					return s.answerSigned(c, doc)
				}
				return s.answer(c, doc, warnings...)
			},
		})
	}
	return out
}

// alsoOf are the further good answers of a command.
func alsoOf(c record.Command) []int {
	if c == record.CmdSign {
		return []int{http.StatusAccepted}
	}
	return nil
}

// act carries out an action on the call's document.
func (s *Server) act(c *call, a action, v values) (record.Document, []Warning, error) {
	doc, err := a.do(s.cfg.Desk, c.ctx, c.actor, c.ref, v)
	s.metrics.command(a.command, err)
	if err != nil || a.command != record.CmdSubmit {
		return doc, nil, err
	}
	if err := s.cfg.Desk.SignatoryReady(c.ctx, doc); err != nil {
		p := problemOf(err)
		return doc, []Warning{{p.Code, fmt.Sprintf("Đã trình, nhưng hiện chưa ký được: %s", p.Title)}}, nil
	}
	return doc, nil, nil
}

func actionOf(c record.Command) action {
	for _, a := range actions {
		if a.command == c {
			return a
		}
	}
	panic("no action for " + string(c)) // a defect of the table, found by its test
}
