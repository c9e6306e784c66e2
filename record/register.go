package record

import (
	"fmt"
	"slices"
	"strings"
)

// Booked is what an entry says of a line that was written into the register by
// hand: of a paper document, which shares the series with the electronic ones
// (NĐ 30/2020, Điều 15.2), or of a register that was kept elsewhere.
type Booked struct {
	// Earlier says that the number lies before the service's own register of the
	// year began, which the series' opening number tells.
	Earlier    bool   `json:"earlier,omitempty"`
	Void       bool   `json:"void,omitempty"`        // the number was used for nothing; the entry's reason says why
	Source     string `json:"source,omitempty"`      // where it was read: "so-2023.xlsx, dòng 7"; "" for a paper document of today
	Copies     int    `json:"copies,omitempty"`      // PL IV, column 7, of all recipients
	HandedOver Date   `json:"handed_over,omitempty"` // column 8
	Receipt    string `json:"receipt,omitempty"`     // column 9
	Note       string `json:"note,omitempty"`        // column 10
}

// Closing closes a series up to a day (chốt sổ): what was numbered until then is
// written down and signed, and nothing is entered up to that day any more.
type Closing struct {
	Series  string `json:"series"`
	Year    int    `json:"year"`
	Through Date   `json:"through"`
	First   int    `json:"first"`
	Last    int    `json:"last"`  // First-1 where nothing was numbered
	Voids   int    `json:"voids"` // numbers among them that were given up, each with its reason
	// PDF is the extract of the register, with the organisation's signature.
	PDF       Digest        `json:"pdf"`
	Size      int           `json:"size"`
	Signature SignatureFact `json:"signature"`
	Seq       uint64        `json:"seq,omitempty"` // of its entry, in the state alone
}

// booked enters a line that was written by hand.
func booked(s *State, c *change, e Entry) error {
	b, n := e.Booked, e.Numbering
	if b == nil || n == nil || n.Series == "" || n.Year == 0 || n.Date == "" || n.Symbol == "" && !b.Void || e.Draft == nil || e.Draft.Type == "" && !b.Void || e.PDF != "" {
		return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	if b.Void && strings.TrimSpace(e.Reason) == "" {
		return checkReason("")
	}
	if n.Date.Year() != n.Year {
		return refuse("year-changed", "Ngày %s không thuộc năm %d", n.Date.Vietnamese(), n.Year)
	}
	doc := c.document
	doc.Type, doc.Series, doc.Year, doc.Digits, doc.Booked = e.Draft.Type, n.Series, n.Year, len(NumberText(n.Number)), b
	doc.State = Registered
	if b.Void {
		doc.State, doc.Reason = Voided, e.Reason
	}
	if !b.Earlier {
		return s.numbered(c, *n)
	}
	key := CounterKey(n.Series, n.Year)
	last, begun := s.Counters[key]
	if !begun {
		last.Last, last.Opening = n.Opening, n.Opening
	}
	switch {
	case n.Number != last.Earlier+1:
		return refuse("number-order", "Số tiếp theo của sổ cũ là %d, không phải %d", last.Earlier+1, n.Number)
	case n.Number > last.Opening:
		return refuse("number-order", "Số %d không thuộc sổ cũ: dịch vụ vào sổ từ số %d", n.Number, last.Opening+1)
	case n.Date < last.EarlierDate:
		return refuse("date-backwards", "Ngày %s sớm hơn ngày của số trước (%s)", n.Date.Vietnamese(), last.EarlierDate.Vietnamese())
	}
	last.Earlier, last.EarlierDate = n.Number, n.Date
	c.counterKey, c.counter = key, last
	doc.Number, doc.Symbol, doc.Date = n.Number, n.Symbol, n.Date
	return nil
}

// numbered gives a document the next number of a series (NĐ 30/2020, Điều 15):
// 1..N in a year, in time order, no gap, none twice, none in a closed period.
func (s *State) numbered(c *change, n Numbering) error {
	key := CounterKey(n.Series, n.Year)
	last, begun := s.Counters[key]
	if !begun {
		last.Last, last.Opening = n.Opening, n.Opening
	}
	if n.Number != last.Last+1 {
		return refuse("number-order", "Số tiếp theo là %d, không phải %d", last.Last+1, n.Number)
	}
	if n.Date < last.LastDate {
		return refuse("date-backwards", "Ngày %s sớm hơn ngày của số trước (%s)", n.Date.Vietnamese(), last.LastDate.Vietnamese())
	}
	if err := s.open(key, n.Date); err != nil {
		return err
	}
	last.Last, last.LastDate = n.Number, n.Date
	c.counterKey, c.counter = key, last
	c.document.Number, c.document.Symbol, c.document.Date = n.Number, n.Symbol, n.Date
	return nil
}

// open refuses a day that lies in a closed period of a series.
func (s *State) open(key string, day Date) error {
	if all := s.Closings[key]; len(all) > 0 && day <= all[len(all)-1].Through {
		return refuse("period-closed", "Sổ đã chốt đến hết ngày %s, không vào sổ ngày %s được nữa", all[len(all)-1].Through.Vietnamese(), day.Vietnamese())
	}
	return nil
}

// Closable is what closing a series through a day would close, without its
// extract. Conflict with every fault, at /through or /series, says why it cannot
// be; today is the day on which it is closed.
func (s *State) Closable(series string, year int, through, today Date) (Closing, error) {
	key := CounterKey(series, year)
	c := Closing{Series: series, Year: year, Through: through, First: 1}
	counter, begun := s.Counters[key]
	closed := s.Closings[key]
	var faults []Fault
	fault := func(pointer, code, format string, args ...any) {
		faults = append(faults, Fault{Pointer: pointer, Code: code, Message: fmt.Sprintf(format, args...)})
	}
	switch {
	case len(closed) > 0 && through <= closed[len(closed)-1].Through:
		fault("/through", "period-closed", "Sổ đã chốt đến hết ngày %s", closed[len(closed)-1].Through.Vietnamese())
	case through.Year() != year:
		fault("/through", "period-year", "Ngày chốt %s không thuộc năm %d", through.Vietnamese(), year)
	case through > today:
		fault("/through", "period-open", "Ngày %s chưa đến, chưa chốt sổ được", through.Vietnamese())
	case begun && through < counter.LastDate:
		fault("/through", "period-passed", "Số %s đã cấp ngày %s, sau ngày chốt %s", NumberText(counter.Last), counter.LastDate.Vietnamese(), through.Vietnamese())
	}
	if counter.Earlier < counter.Opening { // the old register is not here
		c.First = counter.Opening + 1
	}
	if len(closed) > 0 {
		c.First = closed[len(closed)-1].Last + 1
	}
	c.Last = max(counter.Last, c.First-1)
	var pending []string
	for _, doc := range s.Documents {
		if doc.Series != series || doc.Year != year || doc.Number < c.First || doc.Number > c.Last {
			continue
		}
		switch doc.State {
		case Numbered:
			pending = append(pending, doc.Symbol)
		case Voided:
			c.Voids++
		}
	}
	if len(pending) > 0 {
		slices.Sort(pending)
		fault("/series", "period-pending", "Còn số đã cấp mà chưa đóng dấu hoặc bỏ: %s", strings.Join(pending, ", "))
	}
	if len(faults) > 0 {
		return c, &Error{Kind: Conflict, Code: faults[0].Code, Message: "Chưa chốt sổ được", Faults: faults}
	}
	return c, nil
}

// checkClose refuses a closing that is not what the register says.
func checkClose(s *State, e Entry) error {
	x := e.Closing
	if x == nil || x.Series == "" || !x.PDF.Valid() || x.Signature.Signer == "" || e.Document != "" || x.Seq != 0 {
		return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	c, err := s.Closable(x.Series, x.Year, x.Through, DateOf(e.Time))
	if err != nil {
		return err
	}
	if c.First != x.First || c.Last != x.Last || c.Voids != x.Voids {
		return refuse("period-changed", "Sổ đã có thêm số trong lúc chốt; hãy làm lại")
	}
	return nil
}
