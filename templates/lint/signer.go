package lint

import (
	"regexp"
	"slices"
	"strings"

	"vanthu/templates/vntext"
)

var (
	capacityPrefix = regexp.MustCompile(`^(TM|KT|TL|TUQ|Q)\. (\S.*)$`)
	capacityLoose  = regexp.MustCompile(`^(TM|KT|TL|TUQ|T/M|K/T|T/L|T\.M|K\.T|T\.L|TƯQ)(\.|\s|:|/)`)
	degree         = regexp.MustCompile(`^(?i:(?:(?:gs|pgs|ts|ths|th\.s|bs|ks|cn|cki|ckii|ngnd|ngưt|nsnd|nsưt|ttnd|ttưt|ls)[.\s])|(?:giáo sư|phó giáo sư|tiến sĩ|tiến sỹ|thạc sĩ|thạc sỹ|bác sĩ|kỹ sư|cử nhân|nhà giáo|luật sư)\s)`)
	deputyTitle    = regexp.MustCompile(`^(PHÓ|THỨ TRƯỞNG)(\s|$)`)
	collectiveBody = regexp.MustCompile(`^(ỦY BAN NHÂN DÂN|UBND|HỘI ĐỒNG NHÂN DÂN|HĐND)(\s|$)`)
)

// twoSigners are types that two sides sign.
var twoSigners = []string{"BB", "HĐ", "BGN", "BTT", "GUQ", "GNP"}

// checkSigner is R15: in what power who signs.
func checkSigner(d *lintDoc, f *finder) {
	z := d.zones
	if z.attachedAlone() || z.is(twoSigners...) {
		return
	}
	if len(z.signer) == 0 {
		f.breach(wholeText(), "Không có chức vụ và họ tên người ký", "", "quyền hạn, chức vụ viết hoa, in đậm; dưới là họ tên")
		return
	}
	for _, l := range z.signer {
		checkLook(f, l, "chức vụ, họ tên người ký", 13, 14)
	}
	at := z.signer[0].para.spot()
	if all := signersBeside(z.signer); len(all) > 1 { // several bodies sign together
		for _, lines := range all {
			judgeSigner(f, lines[0].para.spot(), plains(lines), About{})
		}
		return
	}
	lines := plains(z.signer)
	judgeSigner(f, at, lines, d.about)
	judgeCollective(f, at, lines, plains(z.issuer), plains(z.text.authority), d.about)
}

// signersBeside parts the lines by their columns when each column has a name.
func signersBeside(all []lintLine) [][]lintLine {
	var out [][]lintLine
	at := map[int]int{}
	for _, l := range all {
		column := l.para.column()
		i, seen := at[column]
		if !seen {
			i = len(out)
			at[column], out = i, append(out, nil)
		}
		out[i] = append(out[i], l)
	}
	for _, lines := range out {
		if _, name := splitSigner(plains(lines)); name == "" {
			return nil
		}
	}
	return out
}

// judgeSigner judges the lines of the block, from "TM. ..." to the name.
func judgeSigner(f *finder, at spot, lines []string, about About) {
	titles, name := splitSigner(lines)
	if name == "" {
		f.breach(at, "Không có họ tên người ký", strings.Join(lines, " / "), "họ, đệm, tên viết hoa chữ cái đầu, dưới chữ ký")
	}
	if m := degree.FindString(name); m != "" {
		f.breach(at, "Trước họ tên người ký có học hàm, học vị hoặc danh hiệu", name, "chỉ họ, đệm và tên")
	}
	judgeCapacity(f, at, titles)
	if about.Document == nil || about.Document.Signatory.Name == "" {
		return
	}
	want := about.Document.Signatory
	if name != "" && fold(name) != fold(want.Name) {
		f.breach(at, "Họ tên người ký khác người có thẩm quyền đã đăng ký", name, want.Name)
	}
	if len(want.Lines) > 0 && folded(titles) != folded(want.Lines) {
		f.breach(at, "Quyền hạn, chức vụ khác với dữ liệu về người ký vào ngày văn bản", strings.Join(titles, " / "), strings.Join(want.Lines, " / "))
	}
}

// splitSigner parts titles, in capitals, from the name, which is the last line
// that is not.
func splitSigner(lines []string) (titles []string, name string) {
	for _, l := range lines {
		switch {
		case upper(l):
			titles = append(titles, l)
		default:
			name = l
		}
	}
	return titles, name
}

// judgeCapacity: [TM. ...] then one of Q., KT., TL., TUQ. with the head's title,
// then the signatory's own.
func judgeCapacity(f *finder, at spot, titles []string) {
	var powers []string
	rest := titles
	for len(rest) > 0 {
		m := capacityPrefix.FindStringSubmatch(rest[0])
		if m == nil {
			break
		}
		powers = append(powers, m[1])
		rest = rest[1:]
	}
	for _, l := range rest {
		if capacityLoose.MatchString(l) {
			f.breach(at, "Chữ viết tắt quyền hạn ký không đúng cách viết hoặc không đúng chỗ", vntext.Clip(l), "TM., KT., TL., TUQ. hoặc Q., dấu chấm, dấu cách rồi đến chức vụ")
			return
		}
	}
	last := ""
	if n := len(powers); n > 0 {
		last = powers[n-1]
	}
	if i := slices.Index(powers, "TM"); i > 0 || len(powers) > 2 || len(powers) == 2 && i < 0 {
		f.breach(at, "Thứ tự quyền hạn ký không đúng", strings.Join(titles, " / "), "TM. trước, rồi một trong Q., KT., TL., TUQ.")
		return
	}
	switch {
	case len(titles) == 0:
		f.breach(at, "Không có chức vụ người ký", "", "chức vụ viết hoa, in đậm")
	case last == "TM" && len(rest) == 0:
		f.breach(at, "Sau dòng TM. không có chức vụ người ký", strings.Join(titles, " / "), "chức vụ ở dòng dưới")
	case last == "KT" && len(rest) == 0:
		f.breach(at, "Ký thay mà không có chức vụ của cấp phó ở dòng dưới", strings.Join(titles, " / "), "KT. chức vụ cấp trưởng; dòng dưới là chức vụ cấp phó")
	case (last == "TL" || last == "TUQ") && len(rest) == 0:
		f.breach(at, "Ký thừa lệnh, thừa ủy quyền mà không có chức vụ của người ký ở dòng dưới", strings.Join(titles, " / "), "chức vụ người ký ở dòng dưới")
	case last == "KT" && !deputyTitle.MatchString(rest[0]):
		f.warn(at, "Ký thay mà chức vụ người ký không phải cấp phó", vntext.Clip(rest[0]), "chức vụ cấp phó")
	}
}

// judgeCollective: a collective body signs TM.; its head in person, by order
// and by delegation does not.
func judgeCollective(f *finder, at spot, lines, issuer, authority []string, about About) {
	titles, _ := splitSigner(lines)
	if len(titles) == 0 {
		return
	}
	prefix := func(p string) bool {
		return slices.ContainsFunc(titles, func(l string) bool { return strings.HasPrefix(l, p) })
	}
	collective := false
	if about.Document != nil && about.Document.Issuer.Lines != nil {
		collective = about.Document.Issuer.Collective != ""
	} else if n := len(issuer); n > 0 {
		collective = collectiveBody.MatchString(fold(issuer[n-1])) || n > 1 && collectiveBody.MatchString(fold(issuer[n-2])) && !ownUnit.MatchString(issuer[n-1])
	}
	personal := len(authority) > 0 && !collectiveBody.MatchString(fold(authority[0]))
	switch {
	case prefix("TM.") && personal:
		f.warn(at, "Thẩm quyền ban hành là của người đứng đầu mà chữ ký ghi TM.", titles[0], "không ghi TM., hoặc thẩm quyền là tên cơ quan")
	case collective && !personal && !prefix("TM.") && !prefix("TL.") && !prefix("TUQ."):
		f.warn(at, "Cơ quan làm việc theo chế độ tập thể mà chữ ký không ghi TM.", strings.Join(titles, " / "), "TM. và tên tập thể lãnh đạo hoặc tên cơ quan ở trên chức vụ")
	}
}
