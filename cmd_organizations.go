package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"golang.org/x/text/unicode/norm"

	"vanthu/record"
)

type organizationsCmd struct {
	Import organizationsImportCmd `cmd:"" help:"Đưa dữ liệu một cơ quan vào sử dụng (JSON)."`
	Show   organizationsShowCmd   `cmd:"" help:"In dữ liệu đang dùng của một cơ quan."`
	List   organizationsListCmd   `cmd:"" help:"Liệt kê các cơ quan."`
}

type organizationsImportCmd struct {
	stateFlags
	File string `arg:"" help:"Tệp JSON của cơ quan; - đọc từ stdin."`
}

func (c *organizationsImportCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	raw, err := readInput(s, c.File, 1<<20)
	if err != nil {
		return err
	}
	raw = norm.NFC.Bytes(raw)
	organization, err := record.ParseOrganization(raw)
	if err != nil {
		return err
	}
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.desk.PublishOrganization(ctx, o.cast.Secretary, organization.ID, raw); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Đã đưa dữ liệu cơ quan %s vào sử dụng.\n", organization.ID)
	return err
}

type organizationsShowCmd struct {
	stateFlags
	ID string `arg:"" help:"Mã cơ quan."`
}

func (c *organizationsShowCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.openForRendering(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	organization, err := o.desk.Organizations.Organization(ctx, c.ID)
	if err != nil {
		return err
	}
	return writeJSON(s.out, organization)
}

type organizationsListCmd struct {
	stateFlags
	JSON bool `name:"json" help:"Kết quả bằng JSON."`
}

func (c *organizationsListCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	o, err := c.openForRendering(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	all, err := o.desk.Organizations.All(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s.out, all)
	}
	for _, x := range all {
		name := x.ID
		if n := len(x.Names); n > 0 {
			name = x.Names[n-1].Name
		}
		fmt.Fprintf(s.out, "%-24s %s\n", x.ID, name)
		for _, a := range x.Appointments {
			capacities, err := json.Marshal(a.Capacities)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "    %-24s %s, %s %s\n", a.Person, a.Name, a.Title, capacities)
		}
	}
	return nil
}
