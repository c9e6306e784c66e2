package post

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

var (
	localForm  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

const (
	maxLocal   = 64  // octets (RFC 5321, 4.5.3.1.1)
	maxAddress = 254 // octets (RFC 5321, 4.5.3.1.3, without the brackets)
)

var errAddress = errors.New("not an e-mail address")

// ParseAddress reads an e-mail address without a display name and returns it as
// SMTP wants it: the local part as it is, the domain in ASCII and lower case, one
// in Vietnamese letters as IDNA has it. Local parts that need quotes or have
// other than ASCII letters, domains without a dot, and address literals are
// refused: nobody's office has them, and misprints look like them.
func ParseAddress(s string) (string, error) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || len(s) > 4*maxAddress {
		return "", errAddress
	}
	local := s[:at]
	domain, err := idna.Lookup.ToASCII(s[at+1:])
	if err != nil {
		return "", errAddress
	}
	// Some letters are made into names that IDNA itself does not take.
	if again, err := idna.Lookup.ToASCII(domain); err != nil || again != domain {
		return "", errAddress
	}
	address := local + "@" + domain
	if len(local) > maxLocal || len(address) > maxAddress || !localForm.MatchString(local) || !domainForm.MatchString(domain) {
		return "", errAddress
	}
	if a, err := mail.ParseAddress(address); err != nil || a.Address != address || a.Name != "" {
		return "", errAddress
	}
	return address, nil
}
