package lint

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"vanthu/record"
	"vanthu/templates/officetest"
)

// Rules as long as a part of the line above them hang on where that line was
// broken: subjects of any length, that no one broke by hand, in every form.
func TestPDFSubjectsOfAnyLength(t *testing.T) {
	c := catalogue(t)
	words := strings.Fields("Triển khai thực hiện công tác văn thư, lưu trữ, cải cách hành chính, chuyển đổi số và kiểm soát thủ tục hành chính năm 2024 trên địa bàn thành phố Vũng Tàu, tỉnh Bà Rịa - Vũng Tàu theo Quyết định số 468/QĐ-TTg ngày 27/3/2021")
	rnd := rand.New(rand.NewPCG(1, 2))
	files := map[string][]byte{}
	for _, id := range c.IDs() {
		for i := range 6 {
			in := officetest.Filling(t, c, officetest.Form(t, c, id).Example)
			in.Envelope.Subject = strings.Join(words[:8+rnd.IntN(len(words)-8)], " ")
			b, err := c.Fill(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			files[fmt.Sprintf("%s-%d", id, i)] = b
		}
	}
	for name, found := range lintPDFs(t, StageDraft, files) {
		for _, f := range found {
			if f.Level == record.LevelError {
				t.Errorf("%s: %s", name, show(f))
			}
		}
	}
}
