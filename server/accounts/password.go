package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
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
	maxHashMemory = 256 << 10
	maxHashTime   = 16
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

// matches says whether password is the one that made the PHC string.
func matches(phc, password string) bool {
	var (
		version, memory, time int
		lanes                 uint8
	)
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false
	}
	if n, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes); n != 4 || err != nil ||
		version != argon2.Version || memory < 8 || memory > maxHashMemory || time < 1 || time > maxHashTime || lanes < 1 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) < 16 || len(want) > 64 {
		return false
	}
	have := argon2.IDKey(normal(password), salt, uint32(time), uint32(memory), lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(have, want) == 1
}

// normal makes one password of its spellings: keyboards write Vietnamese
// letters composed or not.
func normal(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

func checkPassword(pointer, username, password string) []record.Fault {
	fault := func(code, message string) []record.Fault {
		return []record.Fault{{Pointer: pointer, Code: code, Message: message}}
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return fault("encoding", "Mật khẩu không phải là chữ UTF-8")
	case n < minPassword:
		return fault("min-length", fmt.Sprintf("Mật khẩu phải có ít nhất %d ký tự", minPassword))
	case n > maxPassword:
		return fault("max-length", fmt.Sprintf("Mật khẩu chỉ được có nhiều nhất %d ký tự", maxPassword))
	case strings.EqualFold(password, username):
		return fault("password-weak", "Mật khẩu không được giống tên đăng nhập")
	case strings.Count(password, password[:1]) == len(password):
		return fault("password-weak", "Mật khẩu không được chỉ gồm một ký tự lặp lại")
	}
	return nil
}
