package vntext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Before Unicode, Vietnamese was typed in fonts that drew Vietnamese letters
// over Latin-1 signs: TCVN3 (.VnTime), VNI (VNI-Times). Text copied from such
// a document reads as "KÕ ho¹ch" or "Keá hoaïch" and prints so.

// legacySigns are Latin-1 signs that those encodings put inside words and
// Vietnamese in Unicode does not: Â, which VNI uses too, stands in "NHÂN DÂN".
const legacySigns = "¸µ¶·¹¨¾»¼½Æ©Ë®§ÎÏÑªÖ×ØÜÞßäåæç¬ëîïñøö÷ûüþÅÄÛ"

// vniMarks are the tone marks of VNI, each typed after its vowel as a letter of
// its own.
const vniMarks = "ùøûõïåäâÙØÛÕÏÅÄÂ"

// strongSigns never stand inside a word of any language written in Unicode.
const strongSigns = "¸¶¹¨ª¬"

// Legacy says in Vietnamese which pre-Unicode form a text has and where it
// shows first, "" for good text. One odd word (a foreign name, "µm") is no
// reason; two words with strong signs or many odd words are.
func Legacy(s string) (why string, at int) {
	if i := garbled(s); i >= 0 {
		return "Chữ bị hỏng do đọc sai bảng mã (UTF-8 đọc thành Windows-1252); hãy lấy lại văn bản gốc", i
	}
	words, odd, strong, first := 0, 0, 0, -1
	for start := 0; start < len(s); {
		end := strings.IndexFunc(s[start:], func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '/' })
		if end == 0 {
			_, n := utf8.DecodeRuneInString(s[start:])
			start += n
			continue
		}
		if end < 0 {
			end = len(s) - start
		}
		words++
		if w := s[start : start+end]; legacyWord(w) {
			if odd++; first < 0 {
				first = start
			}
			if strings.ContainsAny(w, strongSigns) {
				strong++
			}
		}
		start += end
	}
	if strong >= 2 || odd >= 3 && odd*5 >= words*2 || odd >= 2 && odd*2 >= words {
		return "Chữ gõ bằng phông cũ (.VnTime/TCVN3 hoặc VNI), không phải Unicode; hãy chuyển sang Unicode", first
	}
	return "", 0
}

// legacyWord: a legacy sign beside an ASCII letter, or a tone mark of VNI.
func legacyWord(w string) bool {
	letter := func(r rune) bool { return r < 0x80 && unicode.IsLetter(r) }
	var previous rune
	for _, r := range w {
		if strings.ContainsRune(legacySigns, r) && letter(previous) || strings.ContainsRune(legacySigns, previous) && previous != 0 && letter(r) {
			return true
		}
		if strings.ContainsRune(vniMarks, r) && previous != 0 && strings.ContainsRune("aeoAEO", previous) {
			return true
		}
		previous = r
	}
	return false
}

// garbled finds a Vietnamese letter's UTF-8 bytes shown as three Windows-1252
// signs: "áº¿" for ế, "á»‡" for ệ.
func garbled(s string) int {
	for _, lead := range []string{"áº", "á»"} {
		for from := 0; ; {
			i := strings.Index(s[from:], lead)
			if i < 0 {
				break
			}
			i += from
			from = i + len(lead)
			for _, r := range s[from:] {
				if r >= 0x80 && r <= 0xbf || strings.ContainsRune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", r) {
					return i
				}
				break
			}
		}
	}
	return -1
}
