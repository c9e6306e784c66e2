package post_test

import (
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vanthu/post"
	"vanthu/record"
)

func TestParseConfig(t *testing.T) {
	for raw, want := range map[string]post.Config{
		"smtp://mail.tinh.gov.vn":               {Address: "smtp://mail.tinh.gov.vn:587"},
		"smtps://mail.tinh.gov.vn":              {Address: "smtps://mail.tinh.gov.vn:465"},
		"smtp://localhost:25?starttls=never":    {Address: "smtp://localhost:25", STARTTLS: post.STARTTLSNever},
		"smtp://[::1]:2525/?starttls=offered":   {Address: "smtp://[::1]:2525", STARTTLS: post.STARTTLSOffered},
		"smtp://m.vn?ca=/etc/ca.pem&timeout=9s": {Address: "smtp://m.vn:587", CAFile: "/etc/ca.pem", Timeout: 9 * time.Second},
	} {
		want.From, want.FromName = office, "Văn thư"
		got, err := post.ParseConfig(raw, "", "Văn thư <"+office+">")
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", raw, err, d)
		}
	}
	got, err := post.ParseConfig("smtp://van-thu%40tinh.gov.vn@mail.tinh.gov.vn", "/run/secret", office)
	if err != nil || got.Username != "van-thu@tinh.gov.vn" || got.PasswordFile != "/run/secret" || got.FromName != "" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestEveryFaultOfAConfigAtOnce(t *testing.T) {
	for _, c := range []struct {
		raw, password, from string
		want                []string
	}{
		{"", "", office, []string{"/smtp url"}},
		{"mail.vn:25", "", office, []string{"/smtp url"}},
		{"http://mail.vn", "", office, []string{"/smtp url"}},
		{"smtp://mail.vn:0", "", office, []string{"/smtp url"}},
		{"smtp://mail.vn/x", "", office, []string{"/smtp path"}},
		{"smtp://mail.vn?starttls=never", "", office, []string{"/smtp starttls"}},
		{"smtps://mail.vn?starttls=must", "", office, []string{"/smtp starttls"}},
		{"smtp://a:b@mail.vn", "", office, []string{"/smtp password", "/smtp-password-file credentials"}},
		{"smtp://mail.vn", "f", office, []string{"/smtp-password-file credentials"}},
		{"smtp://a:b@mail.vn/x?tls=1&starttls=perhaps&timeout=-1s", "", "Văn thư",
			[]string{"/mail-from address", "/smtp parameter", "/smtp password", "/smtp path", "/smtp starttls", "/smtp timeout", "/smtp-password-file credentials"}},
	} {
		_, err := post.ParseConfig(c.raw, c.password, c.from)
		var got []string
		for _, f := range record.FaultsOf(err) {
			got = append(got, f.Pointer+" "+f.Code)
		}
		slices.Sort(got)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.raw, d)
		}
	}
}

func TestNewLooksAtTheFiles(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, t.TempDir(), empty + "no"} {
		_, err := post.New(post.Config{Address: "smtp://mail.vn:587", From: office, CAFile: file, Username: "u", PasswordFile: file})
		wantCode(t, err, record.Invalid, "mail-config")
		if n := len(record.FaultsOf(err)); n != 2 {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for s, want := range map[string]string{
		office:                            office,
		"A.B+c@Tinh.GOV.vn":               "A.B+c@tinh.gov.vn",
		"vanthu@tỉnh.vn":                  "vanthu@xn--tnh-dlz.vn",
		"vanthu@ti\u0309nh.vn":            "vanthu@xn--tnh-dlz.vn", // NFD
		strings.Repeat("a", 64) + "@b.vn": strings.Repeat("a", 64) + "@b.vn",
	} {
		if got, err := post.ParseAddress(s); err != nil || got != want {
			t.Errorf("%q: %q %v", s, got, err)
		}
	}
	for _, s := range []string{"", "@", "a", "a@b", "a@", "@b.vn", "A <a@b.vn>", "a@b.vn ", " a@b.vn", "a b@c.vn", `"a b"@c.vn`, "a@[127.0.0.1]", "văn@thư.vn",
		"a@b.vn\r\nRCPT TO:<c@d.vn>", "a@b.vn>", "a..b@c.vn", ".a@b.vn", "a@b..vn", "a@-b.vn", "a@b.vn,c@d.vn", "a@b@c.vn", strings.Repeat("a", 65) + "@b.vn", "a@" + strings.Repeat("b", 64) + ".vn", "a@b.vn\x00"} {
		if got, err := post.ParseAddress(s); err == nil {
			t.Errorf("%q was taken as %q", s, got)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{office, "a@tỉnh.vn", "a@b\r\n.vn", "a@b.vn>", `"a"@b.vn`, "a@b。vn"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := post.ParseAddress(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(a, " <>\r\n\t\x00\"") || strings.ContainsFunc(a, func(r rune) bool { return r > '~' }) {
			t.Fatalf("%q gives %q", s, a)
		}
		if again, err := post.ParseAddress(a); err != nil || again != a {
			t.Fatalf("%q, read again, gives %q, %v", a, again, err)
		}
		if m, err := mail.ParseAddress("Tên <" + a + ">"); err != nil || m.Address != a {
			t.Fatalf("%q is %v to others: %v", a, m, err)
		}
	})
}

func TestDelay(t *testing.T) {
	var passed time.Duration
	var waits []time.Duration
	n := 1
	for ; ; n++ {
		wait, again := post.Delay(n)
		if !again {
			break
		}
		passed += wait
		waits = append(waits, wait)
	}
	if d := cmp.Diff([]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 4 * time.Hour}, waits[:6]); d != "" {
		t.Error(d)
	}
	if passed > 72*time.Hour || passed < 68*time.Hour || n != 22 {
		t.Errorf("%d attempts in %v", n, passed)
	}
	if _, again := post.Delay(1 << 40); again {
		t.Error("it goes on for ever")
	}
	if wait, _ := post.Delay(0); wait != time.Minute {
		t.Error("before the first")
	}
}
