package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"vanthu/exchange/bagit"
	"vanthu/exchange/edxml"
	"vanthu/exchange/sip"
	"vanthu/record"
	"vanthu/server/handover"
)

type handoverCmd struct {
	SIP    handoverSIPCmd    `cmd:"" name:"sip" help:"Gói SIP của một hồ sơ đã kết thúc (METS, EAD, PREMIS) để nộp vào lưu trữ lịch sử."`
	Bag    handoverBagCmd    `cmd:"" help:"Túi BagIt (RFC 8493) của một hồ sơ: tệp, bản kê, mục nhật ký."`
	EdXML  handoverEdXMLCmd  `cmd:"" name:"edxml" help:"Tệp edXML gửi một văn bản đã phát hành, hoặc báo thu hồi, thay thế, cho cơ quan khác."`
	Status handoverStatusCmd `cmd:"" help:"Nhận thông báo trạng thái edXML của nơi nhận và ghi vào nhật ký: đã tiếp nhận, đã biết thu hồi."`
	Check  handoverCheckCmd  `cmd:"" help:"Kiểm tra một gói SIP, túi BagIt hay tệp edXML của bất kỳ ai. Thoát 0 khi đúng, 1 khi sai."`
}

// handovers is what the office gives to others.
func (o *office) handovers() handover.Source {
	return handover.Source{Desk: o.desk, Archive: o.archive, Software: "vanthu " + programVersion(), Now: time.Now}
}

// dossierFlags name a dossier and where it goes.
type dossierFlags struct {
	stateFlags
	Organization string `name:"org" required:"" placeholder:"ID" help:"Mã cơ quan."`
	Dossier      string `arg:"" placeholder:"2024/01.VHTT" help:"Hồ sơ: năm/số và ký hiệu."`
	Out          string `short:"o" required:"" placeholder:"OUT.zip" type:"path" help:"Tệp ra."`
}

// handOver opens the office and writes what make makes.
func handOver(ctx context.Context, s streams, log *slog.Logger, f *stateFlags, out string, make func(*office, io.Writer) error) error {
	if err := checkOutput(out); err != nil {
		return err
	}
	o, err := f.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	var b bytes.Buffer
	if err := make(o, &b); err != nil {
		return err
	}
	if err := writeOutput(s, out, b.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "%d byte\n", b.Len())
	return err
}

type handoverSIPCmd struct {
	dossierFlags
	OrganID string `name:"organ-id" placeholder:"CODE" help:"Mã định danh của cơ quan; không nêu thì theo dữ liệu cơ quan."`
	Fonds   string `placeholder:"CODE" help:"Mã phông; không nêu thì theo mã định danh."`
	Access  string `required:"" enum:"public,conditional,secret" help:"Chế độ sử dụng: public (công khai), conditional (có điều kiện), secret (mật)."`
	Config  string `placeholder:"FILE" type:"path" help:"Bảng mã của lưu trữ nhận gói; không nêu thì theo những gì biết được của Thông tư 05/2025/TT-BNV."`
}

func (c *handoverSIPCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	config, err := sip.DefaultConfig()
	if c.Config != "" {
		var raw []byte
		if raw, err = os.ReadFile(c.Config); err == nil {
			config, err = sip.ParseConfig(raw)
		}
	}
	if err != nil {
		return err
	}
	return handOver(ctx, s, log, &c.stateFlags, c.Out, func(o *office, out io.Writer) error {
		_, err := o.handovers().WriteSIP(ctx, out, c.Organization, c.Dossier, handover.SIP{OrganID: c.OrganID, Fonds: c.Fonds, Access: c.Access, Config: config})
		return err
	})
}

type handoverBagCmd struct {
	dossierFlags
	Contact string `placeholder:"NAME" help:"Người liên hệ."`
}

func (c *handoverBagCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	return handOver(ctx, s, log, &c.stateFlags, c.Out, func(o *office, out io.Writer) error {
		return o.handovers().WriteBag(ctx, out, c.Organization, c.Dossier, c.Contact)
	})
}

type handoverEdXMLCmd struct {
	stateFlags
	Document string `arg:"" help:"Mã văn bản."`
	OrganID  string `name:"organ-id" placeholder:"CODE" help:"Mã định danh của cơ quan; không nêu thì theo dữ liệu cơ quan."`
	Business string `enum:"new,recall,replace" default:"new" help:"new: gửi văn bản; recall: báo thu hồi; replace: báo thay thế."`
	Out      string `short:"o" required:"" placeholder:"OUT.edxml" type:"path" help:"Tệp ra."`
}

func (c *handoverEdXMLCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	return handOver(ctx, s, log, &c.stateFlags, c.Out, func(o *office, out io.Writer) error {
		doc, err := o.document(ctx, c.Document)
		if err != nil {
			return err
		}
		return o.handovers().WriteEdXML(ctx, out, doc, c.OrganID, c.Business)
	})
}

type handoverStatusCmd struct {
	stateFlags
	Organization string `name:"org" required:"" placeholder:"ID" help:"Mã cơ quan đã gửi văn bản."`
	File         string `arg:"" type:"existingfile" placeholder:"FILE" help:"Tệp edXML."`
}

func (c *handoverStatusCmd) Run(ctx context.Context, s streams, log *slog.Logger) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	o, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.close()
	t, err := o.handovers().TakeStatus(ctx, o.cast.Clerk, c.Organization, f)
	if err != nil {
		return err
	}
	noted := map[record.Command]string{record.CmdReceipt: "đã ghi nhận nơi nhận đã nhận", record.CmdTold: "đã ghi nhận nơi nhận đã biết", "": "không có gì phải ghi"}[t.Command]
	_, err = fmt.Fprintf(s.out, "%s, văn bản %s: %s %s; %s.\n", t.Recipient, t.Symbol, t.Meaning, t.Description, noted)
	return err
}

const maxHandover = 2 << 30 // bytes of a file from outside

type handoverCheckCmd struct {
	File string `arg:"" type:"existingfile" placeholder:"FILE" help:"Gói SIP, túi BagIt (.zip) hoặc tệp edXML."`
	JSON bool   `name:"json" help:"Kết quả bằng JSON."`
}

func (c *handoverCheckCmd) Run(ctx context.Context, s streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > maxHandover {
		return record.E(record.Invalid, "file-too-large", "Tệp lớn quá 2 GB")
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return record.Because(err, record.Invalid, "file-unknown", "Tệp không phải gói SIP, túi BagIt hay edXML")
	}
	var (
		report any
		faults []record.Fault
		said   string
	)
	if string(head) != "PK\x03\x04" {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		in, err := edxml.Read(f, edxml.DefaultLimits())
		if err != nil {
			return err
		}
		report, faults = in, in.Warnings
		switch {
		case in.Message != nil:
			m := in.Message
			said = fmt.Sprintf("edXML: %s %s/%s ngày %s của %s, %d tệp", m.Type.Name, m.Code.Number, m.Code.Notation, m.Promulgation.Date.Vietnamese(), m.From.Name, len(m.Attachments))
		default:
			said = fmt.Sprintf("edXML: %s về văn bản %s", in.Status.Code.Text(), in.Status.ResponseFor.Code)
		}
	} else if r, err := sip.Check(f, info.Size(), sip.DefaultLimits()); err == nil && r.UUID != "" {
		report, faults = r, r.Faults
		said = fmt.Sprintf("SIP uuid-%s: hồ sơ %s (%s), %d văn bản, %d tệp", r.UUID, r.Code, r.Title, r.Documents, r.Files)
	} else {
		r, err := bagit.Check(f, info.Size(), bagit.DefaultLimits())
		if err != nil {
			return err
		}
		report, faults = r, r.Faults
		said = fmt.Sprintf("BagIt %s: %s, %d tệp, %d byte", r.Version, r.Name, r.Files, r.Bytes)
	}
	if c.JSON {
		if err := writeJSON(s.out, report); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintln(s.out, said); err != nil {
		return err
	}
	return record.Faulty("handover-invalid", "Tệp không đúng", faults)
}
