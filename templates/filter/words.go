package filter

import "strings"

var digitWords = [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// words reads the number aloud in the words of official documents: nghìn, linh,
// tỷ, phẩy (not ngàn, lẻ, tỉ, chấm). Zeros at the end of the decimals have no
// sound: 2.50 is "hai phẩy năm".
func (d decimal) words() string {
	var s speech
	if d.negative {
		s.say("âm")
	}
	s.whole(d.whole)
	if fraction := strings.TrimRight(d.fraction, "0"); fraction != "" {
		s.say("phẩy")
		s.fraction(fraction)
	}
	return string(s)
}

// speech is words with a space between each two.
type speech []byte

func (s *speech) say(word string) {
	if len(*s) > 0 {
		*s = append(*s, ' ')
	}
	*s = append(*s, word...)
}

func (s *speech) digit(c byte) { s.say(digitWords[c-'0']) }

// whole reads nine digits at a time, since above "triệu" the units begin anew:
// what stands before each "tỷ" counts how many thousand million there are, so
// 10^15 is "một triệu tỷ" and 10^18 "một tỷ tỷ". Three zeros are passed over;
// any other three after the first are read with their hundreds.
func (s *speech) whole(digits string) {
	if digits == "0" {
		s.digit('0')
		return
	}
	digits = strings.Repeat("0", (9-len(digits)%9)%9) + digits
	started := false
	for ; digits != ""; digits = digits[9:] {
		for i, unit := range [...]string{"triệu", "nghìn", ""} {
			three := digits[3*i : 3*i+3]
			if three == "000" {
				continue
			}
			s.three(three, started)
			started = true
			if unit != "" {
				s.say(unit)
			}
		}
		if len(digits) > 9 {
			s.say("tỷ")
		}
	}
}

// three reads hundreds, tens and ones; hundreds that are zero only when full.
func (s *speech) three(digits string, full bool) {
	full = full || digits[0] != '0'
	if full {
		s.digit(digits[0])
		s.say("trăm")
	}
	if full && digits[1] == '0' && digits[2] != '0' {
		s.say("linh")
	}
	s.two(digits[1:])
}

// two reads tens and ones: nothing for 00. One, four and five sound otherwise
// after tens: mốt and tư from twenty-one on, lăm from fifteen.
func (s *speech) two(digits string) {
	tens, ones := digits[0], digits[1]
	switch tens {
	case '0':
	case '1':
		s.say("mười")
	default:
		s.digit(tens)
		s.say("mươi")
	}
	switch {
	case ones == '0':
	case ones == '1' && tens > '1':
		s.say("mốt")
	case ones == '4' && tens > '1':
		s.say("tư")
	case ones == '5' && tens > '0':
		s.say("lăm")
	default:
		s.digit(ones)
	}
}

// fraction reads two or three decimals as the number they show, with every
// zero, and more of them digit by digit.
func (s *speech) fraction(digits string) {
	switch {
	case len(digits) == 3:
		s.three(digits, true)
	case len(digits) == 2 && digits[0] != '0':
		s.two(digits)
	default:
		for i := range len(digits) {
			s.digit(digits[i])
		}
	}
}
