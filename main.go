// Command vanthu makes, signs, numbers, seals and keeps the official documents
// of a Vietnamese records office.
//
// This package is commands and wiring: each cmd_*.go turns flags into one call
// of the desk, the archive or the verifier, office.go puts the parts together,
// and exit codes and messages are decided in report.go alone.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"vanthu/converter"
	"vanthu/signer/verify"
)

// commands is the whole command line.
type commands struct {
	Verbose bool `help:"Ghi nhật ký chi tiết ra stderr." env:"VANTHU_VERBOSE"`

	Serve         serveCmd         `cmd:"" help:"Chạy dịch vụ: API và trang web."`
	Ready         readyCmd         `cmd:"" help:"Hỏi dịch vụ đang chạy đã sẵn sàng chưa; thoát 0 hoặc 1."`
	User          userCmd          `cmd:"" help:"Tài khoản và vai trò."`
	Render        renderCmd        `cmd:"" help:"Trình bày dự thảo ra DOCX hoặc PDF, không ký."`
	Issue         issueCmd         `cmd:"" help:"Đi hết quy trình: soạn, trình, ký, lấy số, đóng dấu, lưu."`
	Resume        resumeCmd        `cmd:"" help:"Làm tiếp những văn bản bị gián đoạn."`
	Lint          lintCmd          `cmd:"" help:"Kiểm tra thể thức của một tệp DOCX hoặc PDF."`
	Verify        verifyCmd        `cmd:"" help:"Kiểm tra chữ ký và thay đổi của một tệp PDF."`
	Sign          signCmd          `cmd:"" help:"Ở máy của người ký: ký một văn bản của dịch vụ bằng khóa của mình."`
	Copy          copyCmd          `cmd:"" help:"Sao y, sao lục, trích sao một văn bản đã phát hành."`
	Evidence      evidenceCmd      `cmd:"" help:"Văn bản nào phải bổ sung hay gia hạn bằng chứng xác thực, khi nào."`
	Templates     templatesCmd     `cmd:"" help:"Các mẫu văn bản."`
	Remake        remakeCmd        `cmd:"" help:"Lập lại DOCX của một văn bản theo đúng mẫu đã lập ra nó, so với bản đã lưu."`
	Organizations organizationsCmd `cmd:"" help:"Dữ liệu cơ quan ban hành."`
	Register      registerCmd      `cmd:"" help:"Sổ đăng ký văn bản đi: in để đóng quyển, báo cáo, kiểm tra sổ cũ trước khi nhập."`
	Search        searchCmd        `cmd:"" help:"Tìm văn bản theo từ, số, nơi nhận."`
	Audit         auditCmd         `cmd:"" help:"Đọc lại toàn bộ kho lưu trữ và nêu những gì sai."`
	Log           logCmd           `cmd:"" help:"Nhật ký Merkle: chốt, chứng minh, kiểm tra."`
	Export        exportCmd        `cmd:"" help:"Chép toàn bộ kho sang nơi khác; bị ngắt thì gọi lại để chép tiếp."`
	Import        importCmd        `cmd:"" help:"Nhập toàn bộ kho đã chép ra vào kho này."`
	Drill         drillCmd         `cmd:"" help:"Diễn tập phục hồi từ bản sao lưu, để lại biên bản đã ký."`
	Handover      handoverCmd      `cmd:"" help:"Giao cho bên ngoài: gói SIP hay túi BagIt của một hồ sơ, tệp edXML của một văn bản; kiểm tra tệp nhận về."`
	Package       packageCmd       `cmd:"" help:"Gói chứng cứ của một văn bản, kiểm tra được không cần mạng hay kho."`
	Reindex       reindexCmd       `cmd:"" help:"Dựng lại chỉ mục tìm kiếm từ kho lưu trữ."`
}

// streams are the process's own, or a test's.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// The program starts itself in two limited parts: what LibreOffice and a
// foreign verifier may break is not this process.
const (
	convertWorker = "convert-worker"
	secondOpinion = "second-opinion"
)

func main() {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case convertWorker:
			os.Exit(converter.RunWorker())
		case secondOpinion:
			os.Exit(verify.RunSecondOpinion(os.Stdin, os.Stdout))
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is the whole program; it returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("vanthu"),
		kong.Description("Dịch vụ văn thư: soạn, ký, cấp số, đóng dấu và lưu văn bản hành chính."),
		kong.Writers(s.out, s.err), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s))
	if err != nil {
		return report(s.err, false, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return report(s.err, false, usage(err))
	}
	level := slog.LevelWarn
	if c.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
	return report(s.err, wantsJSON(parsed), parsed.Run(log))
}
