package storage

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	const letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
	const plain = "aaaaaaaaaaaaaaaaaabcddeeeeeeeeeeeeghiiiiiiklmnoooooooooooooooooopqrstuuuuuuuuuuuuvxyyyyyy"
	for name, s := range map[string]string{"composed": letters, "decomposed": norm.NFD.String(letters),
		"upper case": strings.ToUpper(letters), "upper case decomposed": norm.NFD.String(strings.ToUpper(letters))} {
		if got := Fold(s); got != plain {
			t.Errorf("%s:\n%s\n%s", name, got, plain)
		}
	}
	for in, want := range map[string]string{"46/KH-UBND": "46/kh-ubnd", "uỷ ủy": "uy uy", "ﬁ ß №": "ﬁ ß №", "\xff": "\ufffd", "": ""} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAccented(t *testing.T) {
	for in, want := range map[string]string{"HÒA Hoà": "hoà hoà", "ủy uỷ": "uỷ uỷ", "khỏe khoẻ": "khoẻ khoẻ", "của mùa túa": "của mùa túa", "toàn tòan": "toàn toàn",
		norm.NFD.String("thủy Đắk"): "thuỷ đắk", "q\u0300": "q", "": ""} {
		if got := accented(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
