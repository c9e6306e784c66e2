package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

// Cost of one argon2id hash (RFC 9106, section 4, scaled to a login of about
// 50 ms). A hash carries its own cost, so these may be raised at any time.
const (
	hashMemory = 19 << 10 // KiB
	hashTime   = 2
	hashLanes  = 1
	hashSize   = 32 // bytes
	saltSize   = 16 // bytes
	// What a stored hash may ask of us at most.
	maxHashMemory = 128 << 10 // KiB
	maxHashTime   = 8
	maxHashLanes  = 16
)

const (
	minPassword = 10  // characters
	maxPassword = 200 // characters
)

// hasher bounds how many hashes run at once: each takes hashMemory.
type hasher chan struct{}

func newHasher() hasher { return make(hasher, runtime.NumCPU()) }

// turn waits for a place; done gives it back.
func (h hasher) turn(ctx context.Context) (done func(), err error) {
	select {
	case h <- struct{}{}:
		return func() { <-h }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash is the PHC string of a password.
func hash(password string) string {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	key := argon2.IDKey(normal(password), salt, hashTime, hashMemory, hashLanes, hashSize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// costs is a stored hash taken apart.
type costs struct {
	memory, time uint32
	lanes        uint8
	salt, key    []byte
}

var phcForm = regexp.MustCompile(`^\$argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$`)

// parsePHC reads a stored hash; one that would cost too much to check, or that
// is not exactly in the form of hash, is no hash.
func parsePHC(phc string) (c costs, ok bool) {
	m := phcForm.FindStringSubmatch(phc)
	if m == nil {
		return c, false
	}
	memory, err1 := strconv.ParseUint(m[1], 10, 32)
	time, err2 := strconv.ParseUint(m[2], 10, 32)
	lanes, err3 := strconv.ParseUint(m[3], 10, 8)
	salt, err4 := base64.RawStdEncoding.Strict().DecodeString(m[4])
	key, err5 := base64.RawStdEncoding.Strict().DecodeString(m[5])
	if errors.Join(err1, err2, err3, err4, err5) != nil || lanes < 1 || lanes > maxHashLanes ||
		memory < 8*lanes || memory > maxHashMemory || time < 1 || time > maxHashTime {
		return c, false
	}
	return costs{uint32(memory), uint32(time), uint8(lanes), salt, key}, true
}

// matches says whether password is the one that made the PHC string.
func matches(phc, password string) bool {
	c, ok := parsePHC(phc)
	if !ok {
		return false
	}
	have := argon2.IDKey(normal(password), c.salt, c.time, c.memory, c.lanes, uint32(len(c.key)))
	return subtle.ConstantTimeCompare(have, c.key) == 1
}

// normal makes one password of its spellings: keyboards write Vietnamese
// letters composed or not.
func normal(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

func checkPassword(pointer, username, password string) []record.Fault {
	fault := func(code, message string) []record.Fault {
		return []record.Fault{{Pointer: pointer, Code: code, Message: message}}
	}
	// Counted as it is hashed: marks written apart make no password longer.
	runes := []rune(string(normal(password)))
	switch n := len(runes); {
	case !utf8.ValidString(password):
		return fault("encoding", "Mật khẩu không phải là chữ UTF-8")
	case n < minPassword:
		return fault("min-length", fmt.Sprintf("Mật khẩu phải có ít nhất %d ký tự", minPassword))
	case n > maxPassword:
		return fault("max-length", fmt.Sprintf("Mật khẩu chỉ được có nhiều nhất %d ký tự", maxPassword))
	case strings.EqualFold(string(runes), username):
		return fault("password-weak", "Mật khẩu không được giống tên đăng nhập")
	case !slices.ContainsFunc(runes, func(r rune) bool { return r != runes[0] }):
		return fault("password-weak", "Mật khẩu không được chỉ gồm một ký tự lặp lại")
	}
	return nil
}
