package accounts

import (
	"context"
	"errors"

	"vanthu/record"
)

// SetPassword gives the account a new password and ends its sessions.
func (d *Directory) SetPassword(ctx context.Context, id, password string) error {
	a, err := d.Account(ctx, id)
	if err != nil {
		return err
	}
	if err := record.Faulty("account-invalid", "Mật khẩu chưa đạt", checkPassword("/password", a.Username, password)); err != nil {
		return err
	}
	_, err = d.setPassword(ctx, id, password, nil)
	return err
}

// ChangePassword is SetPassword for who knows the current one, at "/current".
// All faults come in one error; *Delayed as for Login.
func (d *Directory) ChangePassword(ctx context.Context, id, current, password string) (Account, error) {
	a, err := d.Account(ctx, id)
	if err != nil {
		return a, err
	}
	faults := checkPassword("/password", a.Username, password)
	code, message := "account-invalid", "Mật khẩu chưa đạt"
	known, err := d.Login(ctx, a.Username, current)
	if errors.Is(err, ErrWrong) {
		code, message = "password-wrong", "Mật khẩu hiện tại không đúng"
		faults = append(faults, record.Fault{Pointer: "/current", Code: code, Message: message})
	} else if err != nil {
		return a, err
	}
	if err := record.Faulty(code, message, faults); err != nil {
		return a, err
	}
	return d.setPassword(ctx, id, password, func(a *Account) error {
		if a.Password != known.Password {
			return record.E(record.Conflict, "password-changed", "Mật khẩu vừa được đổi ở nơi khác")
		}
		return nil
	})
}

func (d *Directory) setPassword(ctx context.Context, id, password string, allow func(*Account) error) (Account, error) {
	done, err := d.hashes.turn(ctx)
	if err != nil {
		return Account{}, err
	}
	phc := hash(password)
	done()
	return d.change(ctx, id, func(a *Account) error {
		if allow != nil {
			if err := allow(a); err != nil {
				return err
			}
		}
		a.Password, a.Failures = phc, 0
		a.Epoch++
		return nil
	})
}
