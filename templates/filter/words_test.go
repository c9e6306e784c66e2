package filter_test

import (
	"cmp"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/templates/filter"
)

// oracleScript reads numbers, one a line, and writes each in words. By itself it
// says lẻ, tỉ, chấm and the unit "đơn vị"; it is set to the words of official
// documents, and nothing of its answers is changed afterwards.
const oracleScript = `
const { doReadNumber, ReadingConfig } = require(process.argv[1])
const c = new ReadingConfig()
c.unit = []
c.units = [[], ['nghìn'], ['triệu'], ['tỷ']]
c.oddText = 'linh'
c.pointText = 'phẩy'
const numbers = require('fs').readFileSync(0, 'utf8').trim().split('\n')
process.stdout.write(numbers.map(n => doReadNumber(n, c)).join('\n') + '\n')
`

func npm(t *testing.T, name string) string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cmp.Or(os.Getenv("VANTHU_CACHE"), filepath.Join(home, ".cache", "vanthu")), "npm", "node_modules", name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the npm package %s is missing; `make test` installs it: %v", name, err)
	}
	return path
}

// The npm package read-vietnamese-number says every number as we do.
func TestWordsAgreeWithTheOracle(t *testing.T) {
	numbers := []string{
		"0", "1", "4", "5", "10", "11", "14", "15", "20", "21", "24", "25", "31", "55", "99", "100", "101", "104", "105", "110", "111",
		"115", "121", "1000", "1001", "1004", "1005", "1010", "1015", "1100", "1999", "10000", "10001", "21021", "100000", "100001",
		"1000000", "1000001", "1000100", "1001000", "21000021", "100000000", "1000000000", "1000000001", "1000001000", "1001000000",
		"1000000000000", "1001000000000", "1000000000000000", "1000000000000001", "1000000000000000000", "1000000001000000000",
		"1000001000000000000", "2003000000000000000", "999999999999999999999999999", "100000000000000000000000000",
		"-1", "-1000001", "0.5", "-0.5", "0.05", "0.50", "1.0", "1.10", "1.01", "1.15", "1.21", "1.005", "1.050", "1.500", "1.0001", "-2.12345",
	}
	r := rand.New(rand.NewPCG(30, 2020)) // the same numbers each time
	for n := range 2000 {
		numbers = append(numbers, fmt.Sprint(n))
	}
	for len(numbers) < 12_000 {
		numbers = append(numbers, randomNumber(r))
	}

	node := exec.CommandContext(t.Context(), "node", "-e", oracleScript, npm(t, "read-vietnamese-number"))
	node.Stdin = strings.NewReader(strings.Join(numbers, "\n"))
	node.Stderr = os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(want) != len(numbers) {
		t.Fatalf("%d answers to %d numbers", len(want), len(numbers))
	}
	wrong := 0
	for i, n := range numbers {
		if got, err := apply(t, "words", n); got != want[i] || err != nil {
			t.Errorf("%s: %q, %v; the oracle says %q", n, got, err, want[i])
			if wrong++; wrong == 20 {
				t.Fatal("and so on")
			}
		}
	}
}

// randomNumber is of any length, often with runs of zeros, sometimes negative
// or with decimals; never a negative zero, of which the oracle says "âm không".
func randomNumber(r *rand.Rand) string {
	digits := func(n int) string {
		var b strings.Builder
		zeros := r.IntN(3) == 0
		for range n {
			if zeros && r.IntN(5) > 0 {
				b.WriteByte('0')
			} else {
				b.WriteByte(byte('0' + r.IntN(10)))
			}
		}
		return b.String()
	}
	s := string(byte('1'+r.IntN(9))) + digits(r.IntN(27))
	if r.IntN(4) == 0 {
		s += "." + digits(1+r.IntN(6))
	}
	if r.IntN(4) == 0 {
		s = "-" + s
	}
	return s
}

// What is read aloud is what was written: small numbers, numbers around a
// million and random ones of every length come back from their words.
func TestWordsComeBack(t *testing.T) {
	check := func(n string) {
		words, err := apply(t, "words", n)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := new(big.Rat).SetString(n)
		if got, err := heard(words); err != nil || got.Cmp(want) != 0 {
			t.Fatalf("%s: %q was heard as %v, %v", n, words, got, err)
		}
	}
	for n := range 1_002_000 {
		if n < 20_000 || n%37 == 0 || n > 998_000 {
			check(fmt.Sprint(n))
		}
	}
	r := rand.New(rand.NewPCG(15, 15))
	for range 20_000 {
		check(randomNumber(r))
	}
}

// heard understands words as a listener does, knowing nothing of how they were
// made: digits wait for what they count.
func heard(words string) (*big.Rat, error) {
	rest, negative := strings.CutPrefix(words, "âm ")
	spoken, decimals, hasDecimals := strings.Cut(rest, " phẩy ")
	whole, err := heardWhole(strings.Fields(spoken))
	if err != nil {
		return nil, err
	}
	value := new(big.Rat).SetInt(whole)
	if hasDecimals {
		digits, err := heardDecimals(strings.Fields(decimals))
		if err != nil {
			return nil, err
		}
		fraction, ok := new(big.Rat).SetString("0." + digits)
		if !ok {
			return nil, fmt.Errorf("decimals %q", digits)
		}
		value.Add(value, fraction)
	}
	if negative {
		value.Neg(value)
	}
	return value, nil
}

var ears = map[string]int64{"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9}

func heardWhole(words []string) (*big.Int, error) {
	total := new(big.Int)
	var block, group, digit int64 // below 10^9, below 1000, the last digit heard
	close := func() { group, digit = group+digit, 0 }
	for _, w := range words {
		switch d, isDigit := ears[w]; {
		case isDigit:
			digit = d
		case w == "mười":
			group += 10
		case w == "mươi":
			group, digit = group+10*digit, 0
		case w == "trăm":
			group, digit = group+100*digit, 0
		case w == "linh":
		case w == "nghìn":
			close()
			block, group = block+1000*group, 0
		case w == "triệu":
			close()
			block, group = block+1_000_000*group, 0
		case w == "tỷ":
			close()
			total.Add(total, big.NewInt(block+group)).Mul(total, big.NewInt(1_000_000_000))
			block, group = 0, 0
		default:
			return nil, fmt.Errorf("never heard %q", w)
		}
	}
	close()
	return total.Add(total, big.NewInt(block+group)), nil
}

// heardDecimals: one number of two or three digits, or digits one by one.
func heardDecimals(words []string) (string, error) {
	var digits strings.Builder
	for _, w := range words {
		d, ok := ears[w]
		if !ok {
			n, err := heardWhole(words)
			if err != nil {
				return "", err
			}
			if strings.Contains(strings.Join(words, " "), "trăm") {
				return fmt.Sprintf("%03d", n), nil
			}
			return fmt.Sprintf("%02d", n), nil
		}
		fmt.Fprint(&digits, d)
	}
	return digits.String(), nil
}

func BenchmarkWords(b *testing.B) {
	for _, n := range []string{"21", "1234567", "987654321012345", "-123456789012345678901234567.891"} {
		b.Run(n, func(b *testing.B) {
			words, err := filter.Parse("words")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := words.Apply(n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
