package record

import (
	"fmt"
	"strings"
)

// CopyKind is a kind of certified copy (NĐ 30/2020, Điều 25).
type CopyKind string

const (
	FullCopy    CopyKind = "SY"  // sao y: the whole, from the original
	CopyOfCopy  CopyKind = "SL"  // sao lục: the whole, from a sao y
	ExtractCopy CopyKind = "TrS" // trích sao: some pages of the original
)

// CopyKinds are all there are.
var CopyKinds = []CopyKind{FullCopy, CopyOfCopy, ExtractCopy}

// Title is what the copy says it is (PL I, Part II, I.1), "" for no kind.
func (k CopyKind) Title() string {
	return map[CopyKind]string{FullCopy: "SAO Y", CopyOfCopy: "SAO LỤC", ExtractCopy: "TRÍCH SAO"}[k]
}

// copySeries is the register of all kinds of copies, one run of numbers a year
// (PL I, Part II, I.1): no Series has such an id.
const copySeries = "_copies"

// Copied is one certified copy that was made of an issued document: a file of
// its own, in the register of copies.
type Copied struct {
	Kind      CopyKind      `json:"kind"`
	Number    int           `json:"number"`
	Symbol    string        `json:"symbol"` // "01/SY-UBND"
	Date      Date          `json:"date"`
	PDF       Digest        `json:"pdf"`
	Size      int           `json:"size"`
	Of        Digest        `json:"of"`              // the PDF that was copied
	Pages     []int         `json:"pages,omitempty"` // of an extract, from 1
	Signature SignatureFact `json:"signature"`
}

// IsCopies says whether a counter's key is of the register of copies.
func IsCopies(key string) bool { return strings.HasPrefix(key, copySeries+"/") }

// NextCopy is the number of the next copy in a year.
func (s *State) NextCopy(year int) int { return s.Counters[CounterKey(copySeries, year)].Last + 1 }

// copied keeps the register of copies: 1..N in a year, in time order.
func copied(s *State, c *change, e Entry) error {
	x := e.Copied
	if x == nil || x.Kind.Title() == "" || x.Symbol == "" || x.Date == "" || !x.PDF.Valid() || !x.Of.Valid() || (x.Kind == ExtractCopy) != (len(x.Pages) > 0) {
		return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", e.Command)
	}
	key := CounterKey(copySeries, x.Date.Year())
	last := s.Counters[key]
	if x.Number != last.Last+1 {
		return refuse("number-order", "Số bản sao tiếp theo là %d, không phải %d", last.Last+1, x.Number)
	}
	if x.Date < last.LastDate {
		return refuse("date-backwards", "Ngày %s sớm hơn ngày của bản sao trước (%s)", x.Date.Vietnamese(), last.LastDate.Vietnamese())
	}
	if err := s.open(key, x.Date); err != nil {
		return err
	}
	c.counterKey, c.counter = key, Counter{Last: x.Number, LastDate: x.Date}
	c.document.Copies = append(c.document.Copies[:len(c.document.Copies):len(c.document.Copies)], *x)
	return nil
}

// SymbolOfCopy is the whole number and symbol of a copy: "01/SY-UBND" (PL I,
// Part II, I.1).
func SymbolOfCopy(k CopyKind, number int, o OrganizationOn) string {
	return fmt.Sprintf("%s/%s-%s", NumberText(number), k, o.Abbreviation)
}
