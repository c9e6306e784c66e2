package record

// Imported is one line of a register that was kept elsewhere, in a bound book or
// a spreadsheet, as its ten columns say (NĐ 30/2020, PL IV; in brackets the
// column).
type Imported struct {
	Row        int         `json:"row,omitempty"` // of the spreadsheet, for messages; 0 for a number that was missing there
	Number     int         `json:"number"`
	Symbol     string      `json:"symbol"`                // (1) whole: "46/KH-UBND"; "" of a void number that had none
	Date       Date        `json:"date"`                  // (2)
	Type       string      `json:"type,omitempty"`        // (3) code: "KH"
	TypeName   string      `json:"type_name,omitempty"`   // (3) "Kế hoạch"
	Subject    string      `json:"subject,omitempty"`     // (3) without the type's name
	Signatory  string      `json:"signatory,omitempty"`   // (4)
	Recipients []Recipient `json:"recipients,omitempty"`  // (5)
	Unit       string      `json:"unit,omitempty"`        // (6) abbreviation; "" where only the records office keeps a copy
	Kept       int         `json:"kept,omitempty"`        // (7) copies kept, where the book tells them apart
	Copies     int         `json:"copies,omitempty"`      // (7)
	HandedOver Date        `json:"handed_over,omitempty"` // (8)
	Receipt    string      `json:"receipt,omitempty"`     // (9)
	Note       string      `json:"note,omitempty"`        // (10); of a void number why
	Void       bool        `json:"void,omitempty"`        // the number was used for nothing
	State      Status      `json:"state,omitempty"`       // of a line of our own register
}
