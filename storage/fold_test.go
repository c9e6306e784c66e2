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

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("Mở đầu của văn bản này rất dài. ", 30)
	for _, c := range []struct {
		name, text, words string
		has               string
	}{
		{"the words together", long + "Phát triển du lịch biển. " + long, "phat trien bien", "Phát triển du lịch biển."},
		{"rather where all stand", "biển xanh " + long + "phát triển biển đảo " + long, "phat trien bien", "phát triển biển đảo"},
		{"not inside a word", "hoabinh " + long + "Hòa Bình " + long, "binh", "Hòa Bình"},
		{"decomposed text", norm.NFD.String(long + "Đắk Lắk " + long), "dak", norm.NFD.String("Đắk Lắk")},
		{"no hit", long, "khong co", "Mở đầu"},
		{"nothing", "", "x", ""},
		{"one endless word", strings.Repeat("đ", 5000), "x", "đđđ"},
	} {
		got := excerpt(c.text, strings.Fields(c.words))
		if !strings.Contains(got, c.has) || len([]rune(got)) > 2*excerptLength+10 {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
