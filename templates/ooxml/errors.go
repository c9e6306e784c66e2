package ooxml

import (
	"fmt"

	"vanthu/record"
)

// TooLarge is the refusal of a file beyond a limit, code "docx-too-large".
func TooLarge(format string, args ...any) error {
	return record.E(record.Invalid, "docx-too-large", "Tệp DOCX quá giới hạn: "+fmt.Sprintf(format, args...))
}

// BadXML is the refusal of a part that cannot be read, code "docx-xml".
func BadXML(part, why string, err error) error { return badXMLAt(part, "", why, err) }

func badXMLAt(part, place, why string, err error) error {
	return &record.Error{Kind: record.Invalid, Code: "docx-xml", Message: "Tệp DOCX có thành phần không đọc được an toàn",
		Faults: []record.Fault{{Part: part, Place: place, Code: "docx-xml", Message: why}}, Err: err}
}

func encrypted() error {
	return record.E(record.Invalid, "docx-encrypted", "Tệp DOCX được đặt mật khẩu; hãy bỏ mật khẩu rồi lưu lại")
}

func damaged(part string, err error) error {
	return &record.Error{Kind: record.Invalid, Code: "docx-damaged", Message: "Tệp DOCX bị hỏng",
		Faults: []record.Fault{{Part: part, Code: "docx-damaged", Message: "Không giải nén được thành phần này"}}, Err: err}
}

func unsafeName(name, why string) error {
	return &record.Error{Kind: record.Invalid, Code: "docx-unsafe-name", Message: "Tệp DOCX có tên thành phần không an toàn",
		Faults: []record.Fault{{Part: fmt.Sprintf("%.80q", name), Code: "docx-unsafe-name", Message: why}}}
}

func notDOCX(why string) error {
	return record.E(record.Invalid, "not-docx", "Tệp không phải là DOCX: "+why)
}
