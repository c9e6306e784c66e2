package lint

import (
	"regexp"
	"strings"
)

// localUnit is the unit whose administration an issuing body is, where its own
// seat is: below the province.
var localUnit = regexp.MustCompile(`(?:THÀNH PHỐ|THỊ XÃ|HUYỆN|QUẬN|PHƯỜNG|THỊ TRẤN|XÃ|ĐẶC KHU)\s+(.+)$`)

// checkPlace is D25: a district's or a commune's own document is dated from
// there (PL I, II.4). With a register, R9 compares with that.
func checkPlace(d *lintDoc, f *finder) {
	z := d.zones
	if z.date == nil || len(z.issuer) == 0 || d.about.Document != nil {
		return
	}
	m := datePattern.FindStringSubmatch(z.date.plain)
	unit := localUnit.FindStringSubmatch(fold(z.issuer[len(z.issuer)-1].plain))
	if m == nil || unit == nil || strings.TrimSpace(m[1]) == "" {
		return
	}
	if place := fold(m[1]); !strings.Contains(place, unit[1]) && !strings.Contains(unit[1], place) {
		f.breach(z.date.para.spot(), "Địa danh không phải tên đơn vị hành chính của cơ quan ban hành", strings.TrimSpace(m[1]), z.issuer[len(z.issuer)-1].plain)
	}
}
