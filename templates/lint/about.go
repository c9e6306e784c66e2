package lint

import (
	"fmt"

	"vanthu/record"
)

// Stage is how far a document has come: a draft has no number and no day yet,
// an issued one must have both.
type Stage string

const (
	StageDraft  Stage = "draft"
	StageIssued Stage = "issued"
)

// About is what the office knows of a file beyond its bytes. Rules that need
// registers look only at what is known: of a file from outside they judge the
// form alone.
type About struct {
	Stage Stage
	// Document says who issues the document, its type, symbol, subject,
	// signatory and recipients as they stand in the office's registers on the
	// document's day; Number and Date once it is numbered. nil is a file of
	// unknown origin.
	Document *record.Version
	// Earliest is the day of the number before this document's in its series:
	// no document of the series may carry an earlier day (R9). "" is unknown.
	Earliest record.Date
}

// check refuses what says no stage.
func (a About) check() error {
	if a.Stage == StageDraft || a.Stage == StageIssued {
		return nil
	}
	return record.E(record.Invalid, "lint-stage", fmt.Sprintf("Không có giai đoạn %q; chọn draft (dự thảo) hoặc issued (đã phát hành)", string(a.Stage)))
}
