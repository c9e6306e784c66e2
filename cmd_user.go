package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"vanthu/record"
	"vanthu/server/accounts"
	"vanthu/signer/trust"
)

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Lập tài khoản; in mật khẩu ra nếu không cho trước."`
	List     userListCmd     `cmd:"" help:"Liệt kê tài khoản và vai trò."`
	Password userPasswordCmd `cmd:"" help:"Đặt lại mật khẩu; mọi phiên làm việc kết thúc."`
	Grant    userGrantCmd    `cmd:"" help:"Giao vai trò trong một cơ quan, thay cho vai trò đang có; không nêu vai trò là thu hồi."`
	Disable  userDisableCmd  `cmd:"" help:"Khóa tài khoản: phiên và mã truy cập ngừng ngay."`
	Enable   userEnableCmd   `cmd:"" help:"Mở lại tài khoản đã khóa."`
}

// userFlags open the office with its accounts.
type userFlags struct {
	stateFlags
}

func (f *userFlags) people(ctx context.Context, log *slog.Logger) (*office, *accounts.Directory, error) {
	o, err := f.open(ctx, log)
	if err != nil {
		return nil, nil, err
	}
	return o, accounts.New(o.backend.Work, time.Now), nil
}

// change opens the office for one thing done to one account.
func (f *userFlags) change(ctx context.Context, log *slog.Logger, username string, do func(*office, *accounts.Directory, accounts.Account) error) error {
	o, people, err := f.people(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	a, err := people.ByUsername(ctx, username)
	if err != nil {
		return err
	}
	return do(o, people, a)
}

// passwordFlags take a password from a file, never from the command line,
// where others could read it.
type passwordFlags struct {
	PasswordFile string `placeholder:"FILE" help:"Tệp có mật khẩu ở dòng đầu; - đọc từ stdin. Không nêu: đặt một mật khẩu ngẫu nhiên và in ra."`
}

func (f passwordFlags) password(s streams) (password string, made bool, err error) {
	if f.PasswordFile == "" {
		return strings.ToLower(rand.Text()), true, nil
	}
	raw, err := readInput(s, f.PasswordFile, 4<<10)
	line, _, _ := strings.Cut(string(raw), "\n")
	return strings.TrimSuffix(line, "\r"), false, err
}

type userAddCmd struct {
	userFlags
	passwordFlags
	Username string `arg:"" help:"Tên đăng nhập."`
	Name     string `required:"" help:"Họ và tên."`
}

func (c *userAddCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	password, made, err := c.password(s)
	if err != nil {
		return err
	}
	o, people, err := c.people(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	a, err := people.Add(ctx, accounts.NewAccount{Username: c.Username, Name: c.Name, Password: password})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Đã lập tài khoản %s (mã %s).\n", a.Username, a.ID)
	if made {
		fmt.Fprintf(s.out, "Mật khẩu: %s\n", password)
	}
	return nil
}

type userPasswordCmd struct {
	userFlags
	passwordFlags
	Username string `arg:"" help:"Tên đăng nhập."`
}

func (c *userPasswordCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	password, made, err := c.password(s)
	if err != nil {
		return err
	}
	return c.change(ctx, log, c.Username, func(_ *office, people *accounts.Directory, a accounts.Account) error {
		if err := people.SetPassword(ctx, a.ID, password); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "Đã đặt lại mật khẩu của %s.\n", a.Username)
		if made {
			fmt.Fprintf(s.out, "Mật khẩu: %s\n", password)
		}
		return nil
	})
}

type userGrantCmd struct {
	userFlags
	Username     string        `arg:"" help:"Tên đăng nhập."`
	Organization string        `arg:"" help:"Mã cơ quan."`
	Roles        []record.Role `arg:"" optional:"" help:"secretary, signatory, clerk, archivist, administrator."`
	Person       []string      `placeholder:"MÃ" help:"Với signatory: mã người ký trong dữ liệu cơ quan; nêu được nhiều lần."`
	Certificate  []string      `placeholder:"CERT.pem" type:"path" help:"Với signatory: chứng thư mà tài khoản được ký; nêu được nhiều lần. Không nêu thì chứng thư phải mang tên người ký."`
}

func (c *userGrantCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	var bound []record.Digest
	for _, name := range c.Certificate {
		found, err := trust.ReadRoots(name)
		if err != nil {
			return err
		}
		bound = append(bound, record.DigestOf(found[0].Raw)) // its issuers may follow
	}
	return c.change(ctx, log, c.Username, func(o *office, _ *accounts.Directory, a accounts.Account) error {
		// Whoever runs the program on the data itself is its administrator.
		if err := o.desk.Grant(ctx, ownCast().Secretary, record.Grant{Account: a.ID, Organization: c.Organization, Roles: c.Roles, Persons: c.Person, Certificates: bound}); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "Vai trò của %s ở %s: %s\n", a.Username, c.Organization, orNone(c.Roles))
		return err
	})
}

func orNone(roles []record.Role) string {
	if len(roles) == 0 {
		return "không có"
	}
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

type userDisableCmd struct {
	userFlags
	Username string `arg:"" help:"Tên đăng nhập."`
}

func (c *userDisableCmd) Run(ctx context.Context, log *slog.Logger) error {
	return c.disable(ctx, log, c.Username, true)
}

type userEnableCmd struct {
	userFlags
	Username string `arg:"" help:"Tên đăng nhập."`
}

func (c *userEnableCmd) Run(ctx context.Context, log *slog.Logger) error {
	return c.disable(ctx, log, c.Username, false)
}

func (f *userFlags) disable(ctx context.Context, log *slog.Logger, username string, disabled bool) error {
	return f.change(ctx, log, username, func(_ *office, people *accounts.Directory, a accounts.Account) error {
		return people.SetDisabled(ctx, a.ID, disabled)
	})
}

type userListCmd struct {
	userFlags
	JSON bool `name:"json" help:"Kết quả bằng JSON."`
}

func (c *userListCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, people, err := c.people(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	all, err := people.All(ctx)
	if err != nil {
		return err
	}
	type line struct {
		ID       string                  `json:"id"`
		Username string                  `json:"username"`
		Name     string                  `json:"name"`
		Disabled bool                    `json:"disabled"`
		Grants   map[string]record.Grant `json:"grants"`
	}
	lines := []line{}
	err = o.desk.Journals.View(ctx, record.SystemJournal, func(st *record.State) error {
		for _, a := range all {
			lines = append(lines, line{a.ID, a.Username, a.Name, a.Disabled, st.GrantsOf(a.ID)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s.out, lines)
	}
	for _, l := range lines {
		state := ""
		if l.Disabled {
			state = " (đã khóa)"
		}
		fmt.Fprintf(s.out, "%-16s %s%s\n", l.Username, l.Name, state)
		for id, g := range l.Grants {
			fmt.Fprintf(s.out, "    %-24s %s %s\n", id, orNone(g.Roles), strings.Join(g.Persons, ", "))
		}
	}
	return nil
}
