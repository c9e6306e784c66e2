package accounts

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

func TestHashIsArgon2idWithItsOwnSalt(t *testing.T) {
	one, two := hash(good), hash(good)
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(one) {
		t.Errorf("hash %s", one)
	}
	if one == two {
		t.Error("two hashes of one password are the same")
	}
	if !matches(one, good) || !matches(two, good) || matches(one, good+" ") || matches(one, "") {
		t.Error("a hash matches something else than its password")
	}
}

// Keyboards write Vietnamese letters in one piece or in several.
func TestComposedAndDecomposedAreOnePassword(t *testing.T) {
	composed, decomposed := norm.NFC.String("Nguyễn Văn Nghĩa"), norm.NFD.String("Nguyễn Văn Nghĩa")
	if composed == decomposed {
		t.Fatal("the test needs two spellings")
	}
	h := newHouse(t)
	h.add("nghia", decomposed)
	h.login("nghia", composed)
	h.login("nghia", decomposed)
}

// A hash made with other costs goes on working; one that asks for too much, or
// is not quite one, is refused without being computed.
func TestStoredHashes(t *testing.T) {
	// From the tests of the reference implementation of argon2.
	const foreign = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !matches(foreign, "password") || matches(foreign, "Password") {
		t.Error("a hash made elsewhere is not understood")
	}
	cheap := regexp.MustCompile(`m=19456,t=2`).ReplaceAllString(hash(good), "m=64,t=1")
	if c, ok := parsePHC(cheap); !ok || c.memory != 64 || c.time != 1 || c.lanes != 1 || len(c.salt) != saltSize || len(c.key) != hashSize {
		t.Errorf("%+v %t", c, ok)
	}
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, phc := range []string{
		"", "$", "$argon2id$", foreign[:len(foreign)-44],
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=9999999,t=1,p=1$" + salt + "$" + key,
		fmt.Sprintf("$argon2id$v=19$m=%d,t=1,p=1$%s$%s", maxHashMemory+1, salt, key),
		"$argon2id$v=19$m=64,t=4000000000,p=1$" + salt + "$" + key,
		fmt.Sprintf("$argon2id$v=19$m=64,t=%d,p=1$%s$%s", maxHashTime+1, salt, key),
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=7,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=300$" + salt + "$" + key,
		"$argon2id$v=19$m=-64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=1 $" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "\n",
		"$argon2id$v=19$m=64,t=1,p=1$$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$c2hvcnQ$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$AAAA",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key[:len(key)-1] + "B", // bits that no encoder sets
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + strings.Repeat("A", 100_000),
	} {
		if _, ok := parsePHC(phc); ok || matches(phc, good) {
			t.Errorf("taken for a hash: %.120q", phc)
		}
	}
}

func TestPasswordsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	for _, x := range []struct{ password, code string }{
		{"", "min-length"},
		{"ngắn quá", "min-length"},
		{norm.NFD.String("ổổổổổổ"), "min-length"}, // 18 runes as typed, 6 letters
		{strings.Repeat("dài ", 51), "max-length"},
		{"aaaaaaaaaaaa", "password-weak"},
		{strings.Repeat("ă", 12), "password-weak"},
		{strings.Repeat(norm.NFD.String("ă"), 12), "password-weak"},
		{"thanh.nguyen-1", "password-weak"},
		{"THANH.NGUYEN-1", "password-weak"},
		{"không phải \xff UTF-8", "encoding"},
	} {
		_, err := h.Add(t.Context(), NewAccount{Username: "thanh.nguyen-1", Name: "Thành", Password: x.password})
		var e *record.Error
		if !errors.As(err, &e) || e.Kind != record.Invalid || len(e.Faults) != 1 || e.Faults[0].Pointer != "/password" || e.Faults[0].Code != x.code {
			t.Errorf("%q: %v, want %s", x.password, err, x.code)
		}
	}
	if all := h.keys(accountFolder); len(all) > 0 {
		t.Errorf("accounts were made: %v", all)
	}
	h.add("thanh.nguyen-1", "ă"+strings.Repeat("b", 198)+"c") // 200 characters
}

func FuzzParsePHC(f *testing.F) {
	f.Add(hash(good))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=9999999,t=999,p=99$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Fuzz(func(t *testing.T, phc string) {
		c, ok := parsePHC(phc)
		if !ok {
			return
		}
		if c.memory > maxHashMemory || c.time > maxHashTime || c.lanes > maxHashLanes || c.time < 1 || c.lanes < 1 || c.memory < 8*uint32(c.lanes) ||
			len(c.salt) < 8 || len(c.salt) > 64 || len(c.key) < 16 || len(c.key) > 64 {
			t.Errorf("%q costs %+v", phc, c)
		}
	})
}
