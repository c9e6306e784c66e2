package edxml

import (
	"time"

	"vanthu/record"
)

// Message is one document on its way, or what is done to one sent before
// (Business).
type Message struct {
	From         Organ
	To           []Organ
	DocumentID   string // of the sender: "H06.12,2024/01/15,46/KH-UBND"
	Code         Code
	Promulgation Promulgation
	Type         DocumentType
	Subject      string // trích yếu
	Content      string // summary
	Signer       Signer
	DueDate      record.Date // for the answer; "" for none
	ToPlaces     []string    // nơi nhận, as printed
	Other        OtherInfo
	ResponseFor  []Reference
	Steering     Steering
	Trace        []Trace
	Business     Business
	Attachments  []Attachment
}

// Organ is an agency that sends or receives.
type Organ struct {
	ID       string // mã định danh
	InCharge string // of its superior body
	Name     string
	Address  string
	Email    string
	Phone    string
	Fax      string
	Website  string
}

// Code is number and symbol, "46" and "KH-UBND".
type Code struct{ Number, Notation string }

// Promulgation is where and on what day the document was issued.
type Promulgation struct {
	Place string
	Date  record.Date
}

// DocumentType names the type; what Type and Detail number is not known for
// sure: running systems write 2 for administrative documents and no detail.
type DocumentType struct{ Type, Detail, Name string }

// Signer is who signed. Competence is in whose name: "TM. ỦY BAN NHÂN DÂN, KT.
// CHỦ TỊCH", "" for a head in person.
type Signer struct{ Competence, Position, FullName string }

// OtherInfo is what else the first page says.
type OtherInfo struct {
	Priority   Priority
	Sphere     string // phạm vi lưu hành
	Typer      string // ký hiệu người soạn thảo
	Copies     int    // 0 for not said
	Pages      int    // 0 for not said
	Direction  string
	Appendixes []string
}

// Priority is how urgent the document is.
type Priority int

const (
	Ordinary    Priority = iota // thường
	Urgent                      // khẩn
	VeryUrgent                  // thượng khẩn
	Express                     // hỏa tốc
	ExpressTime                 // hỏa tốc hẹn giờ
)

// Steering says whether the document directs its receivers. 0, which some
// systems write, is for not said.
type Steering int

const (
	NotSteering Steering = 1
	Directive   Steering = 2
	Reporting   Steering = 3
)

// Reference names a document of before.
type Reference struct {
	OrganID    string
	Code       string // "46/KH-UBND"
	Date       record.Date
	DocumentID string
}

// Trace is a system that the message went through.
type Trace struct {
	OrganID string
	Time    time.Time
}

// BusinessType is what the message is about.
type BusinessType int

const (
	New BusinessType = iota
	Recall
	Update
	Replace
)

// Business is what the receiver shall do. In XML the word is "Bussiness".
type Business struct {
	Type       BusinessType
	Reason     string // required for all but New
	DocumentID string // of the document that is recalled, updated or replaced
	// InfoChanged and ReceiversChanged say what an update is about.
	InfoChanged      bool
	ReceiversChanged bool
	Receivers        []Receiver // added or removed by an update
	Staff            Staff
	Paper            bool // a paper copy follows
	Replaced         []Replaced
}

// Receiver is an agency that an update adds or takes away.
type Receiver struct {
	Added   bool
	OrganID string
}

// Replaced is a document that this one replaces, at the agencies that have it.
type Replaced struct {
	DocumentID string
	OrganIDs   []string
}

// Staff is who may be asked.
type Staff struct{ Department, Name, Mobile, Email string }

// Attachment is one file of the message.
type Attachment struct {
	ContentID   string // unique in the message, without "cid:"; "" lets Write choose
	Name        string // "46-KH-UBND.pdf"
	ContentType string // "application/pdf"
	Description string
	Content     []byte
}

// Status tells the sender what became of a document.
type Status struct {
	ResponseFor Reference
	From        Organ
	Code        StatusCode
	Description string
	Time        time.Time
	Staff       Staff
}

// StatusCode is how far the receiver got with a document.
type StatusCode string

const (
	Arrived  StatusCode = "01"
	Refused  StatusCode = "02" // từ chối tiếp nhận
	Received StatusCode = "03" // đã tiếp nhận
	Waiting  StatusCode = "04" // chờ phân công
	Working  StatusCode = "05"
	Done     StatusCode = "06"
	Recalled StatusCode = "13" // asked back
	Agreed   StatusCode = "15" // to recall or update
	Declined StatusCode = "16" // the same, refused
)

// Text is the status in Vietnamese, "" for a code that is none.
func (c StatusCode) Text() string {
	switch c {
	case Arrived:
		return "Đã đến"
	case Refused:
		return "Từ chối tiếp nhận"
	case Received:
		return "Đã tiếp nhận"
	case Waiting:
		return "Chờ phân công"
	case Working:
		return "Đang xử lý"
	case Done:
		return "Hoàn thành"
	case Recalled:
		return "Lấy lại văn bản"
	case Agreed:
		return "Đồng ý yêu cầu thu hồi, cập nhật"
	case Declined:
		return "Từ chối yêu cầu thu hồi, cập nhật"
	}
	return ""
}

// Limits of a message from outside.
type Limits struct {
	Message     int64 // bytes of XML
	Attachments int
	Unzipped    int64 // bytes of all attachments
	Depth       int
	Elements    int
}

// DefaultLimits are 100 MB of XML and 100 attachments of 200 MB together.
func DefaultLimits() Limits {
	return Limits{Message: 100 << 20, Attachments: 100, Unzipped: 200 << 20, Depth: 24, Elements: 20000}
}
