package main

// form is one template: its body and what its package needs.
type form struct {
	id     string
	type_  string // document type code, record/document-types.json
	title  string
	letter bool // công văn: no type, subject below the number, address at the foot
	// addressees: "required", "optional" or "forbidden".
	addressees string
	subject    string // how the subject is to be worded; "" says nothing special
	annexes    bool
	tasks      bool // sections may have a table of tasks
	body       func(f form) string
	content    func(f form) object // schema
}

var forms = []form{
	{id: "ke-hoach", type_: "KH", title: "Kế hoạch", addressees: "forbidden", annexes: true, tasks: true, body: named, content: planContent},
	{id: "ke-hoach-kem-theo", type_: "QĐ", title: "Quyết định ban hành kế hoạch", addressees: "forbidden", annexes: true, tasks: true, body: decisionWithPlan, content: decisionWithPlanContent,
		subject: "Bắt đầu bằng “Ban hành Kế hoạch” hoặc “Phê duyệt Kế hoạch”; được xuống dòng."},
	{id: "bao-cao", type_: "BC", title: "Báo cáo", addressees: "optional", annexes: true, body: named, content: namedContent},
	{id: "quyet-dinh", type_: "QĐ", title: "Quyết định", addressees: "forbidden", annexes: true, body: decision, content: decisionContent,
		subject: "Bắt đầu bằng “Về việc”; được xuống dòng."},
	{id: "quyet-dinh-ban-hanh", type_: "QĐ", title: "Quyết định ban hành quy chế, quy định", addressees: "forbidden", annexes: true, body: decisionWithRules, content: decisionWithRulesContent,
		subject: "Bắt đầu bằng “Ban hành Quy chế”, “Ban hành Quy định”; được xuống dòng."},
	{id: "cong-van", type_: "CV", title: "Công văn", letter: true, addressees: "required", annexes: true, body: letter, content: letterContent,
		subject: "Không gõ “V/v”: mẫu tự đặt; được xuống dòng."},
	{id: "thong-bao", type_: "TB", title: "Thông báo", addressees: "forbidden", annexes: true, body: named, content: namedContent},
	{id: "to-trinh", type_: "TTr", title: "Tờ trình", addressees: "required", annexes: true, body: named, content: namedContent},
}

// named is a document with the name of its type: plan, report, notice, proposal
// (PL III, Mẫu 1.4).
func named(f form) string {
	var b bookmarks
	body := head(&b, false) + title()
	if f.addressees != "forbidden" {
		body += addressees()
	}
	body += tag("{#content}") + texts("VTBasis", "bases") + texts("VTBody", "opening")
	if f.id != "ke-hoach" {
		body += blocks("body") + clauses()
	}
	body += sections("{$I}", f.extras()...) + texts("VTBody", "closing") + tag("{./.}")
	if f.id == "ke-hoach" {
		body += tag("{#note}") + p("VTNote", run("{note}")) + tag("{/note}")
	}
	return body + tag("{/content}") + closing(&b) + annexes(f)
}

// letter is công văn (PL III, Mẫu 1.5).
func letter(f form) string {
	var b bookmarks
	return head(&b, true) + p("VTGap") + addressees() +
		tag("{#content}") + texts("VTBody", "opening") + blocks("body") + clauses() + sections("{$I}", f.extras()...) + texts("VTBody", "closing") + tag("{./.}") + tag("{/content}") +
		closing(&b) + annexes(f)
}

// decide is a decision down to its signature (PL III, Mẫu 1.2 and 1.3).
func decide(b *bookmarks) string {
	return head(b, false) + title() +
		p("VTAuthority", run("{authority}")) +
		texts("VTBasis", "$.bases") +
		p("VTDecides", run("QUYẾT ĐỊNH:")) +
		tag("{#content}") + articles("{$1}") + tag("{./.}") + tag("{/content}") +
		closing(b)
}

func decision(f form) string {
	var b bookmarks
	return decide(&b) + annexes(f)
}

// attach puts a document that a decision issues on pages of its own, numbered
// from 1 (PL III, Mẫu 1.3).
func attach(kind, body string) string {
	return sectionBreak(noFoot) + attachedHead() +
		tag("{#content.attached}") +
		p("VTType", run(kind)) + p("VTSubject", run("{subject}")) + reference() + p("VTRulePart") + p("VTGap") +
		body + tag("{./.}") +
		tag("{/content.attached}")
}

func decisionWithPlan(f form) string {
	var b bookmarks
	return decide(&b) +
		attach("KẾ HOẠCH", texts("VTBody", "opening")+sections("{#$.content.attached.lettered}{$A}{/}{^$.content.attached.lettered}{$I}{/}", f.extras()...)+texts("VTBody", "closing")) +
		annexes(f)
}

func decisionWithRules(f form) string {
	var b bookmarks
	return decide(&b) + attach("{type|upper}", chapters()+articles("{number}")) + annexes(f)
}

// extras are what the body of a section or an annex may have besides blocks.
func (f form) extras() []string {
	if f.tasks {
		return []string{tasks()}
	}
	return nil
}
