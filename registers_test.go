package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/demo"
	"vanthu/record"
	"vanthu/record/desk"
)

const vungTau = "ubnd-tp-vung-tau"

// seriesOf is the series in which plans of the example office are numbered.
func seriesOf(t testing.TB, o *office, kind string, day record.Date) record.Series {
	t.Helper()
	organization, err := o.desk.Organizations.Organization(t.Context(), vungTau)
	if err != nil {
		t.Fatal(err)
	}
	on, err := organization.On(day)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := on.SeriesFor(kind)
	if !ok {
		t.Fatal("no series for", kind)
	}
	return s
}

// is an error's code, "" for none.
func is(err error) string {
	if err == nil {
		return ""
	}
	return record.CodeOf(err)
}

// refusedWith is what a command that says no writes.
func refusedWith(t testing.TB, args ...string) string {
	t.Helper()
	o := vanthu(t, nil, args...)
	if o.code != exitNo {
		t.Errorf("vanthu %s: exit %d\n%s%s", strings.Join(args, " "), o.code, o.out, o.err)
	}
	return o.out + o.err
}

// A year's register: an old book from a spreadsheet, paper among electronic
// documents in one series, the period closed with a signed extract, and nothing
// entered before that day any more. The audit agrees with all of it.
func TestRegisterOfAYear(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := t.Context()
	old := seriesOf(t, o, "KH", "2023-06-01")
	var csv strings.Builder
	csv.WriteString("Số, ký hiệu;Ngày tháng;Tên loại và trích yếu;Người ký;Nơi nhận;Đơn vị lưu;Số lượng bản;Ngày chuyển;Ký nhận;Ghi chú\n")
	for n := 1; n <= 12; n++ {
		fmt.Fprintf(&csv, "%s/KH-UBND;%02d/%02d/2023;Kế hoạch công tác tháng %d;Nguyễn Thị Thu Hương;Các phòng, đơn vị;VP;5;%02d/%02d/2023;Bình;\n", record.NumberText(n), n, n, n, n, n)
	}
	book := write(t, filepath.Join(t.TempDir(), "so-2023.csv"), []byte(csv.String()))
	flags := []string{"--org", vungTau, "--year", "2023", "--demo", "--data", dir}
	for range 2 { // again is safe
		out := good(t, nil, with([]string{"register", "import", book, "--series", old.ID}, flags...)...)
		if !strings.Contains(out.out, "12 số") {
			t.Errorf("%s", out.out)
		}
	}
	wrong := write(t, filepath.Join(t.TempDir(), "khac.csv"), []byte(strings.Replace(csv.String(), "tháng 3;", "tháng ba;", 1)))
	if out := refusedWith(t, with([]string{"register", "import", wrong, "--series", old.ID}, flags...)...); !strings.Contains(out, "số 03") {
		t.Errorf("another line under a number that is there: %s", out)
	}
	lines, err := o.desk.RegisterLines(ctx, vungTau, old.ID, 2023, 1, 12)
	if err != nil || len(lines) != 12 || lines[2].Symbol != "03/KH-UBND" || lines[2].HandedOver != "2023-03-03" || lines[2].Receipt != "Bình" || lines[2].Copies != 5 {
		t.Fatalf("%+v %v", lines, err)
	}

	so := filepath.Join(t.TempDir(), "so.csv")
	good(t, nil, with([]string{"register", "-o", so}, flags...)...)
	if text := string(read(t, so)); !strings.Contains(text, "03/KH-UBND") || !strings.Contains(text, "Bình") || !strings.Contains(text, ",5,") {
		t.Errorf("the book of the old register:\n%s", text)
	}

	// 2024: a paper document between two electronic ones.
	issue := func(day string) (record.Document, error) {
		return o.desk.Issue(ctx, o.cast, desk.Input{Raw: jointPlan(t, func(v map[string]any) {
			v["template"], v["date"] = "ke-hoach", day
			delete(v, "cosignatories")
		})})
	}
	first, err := issue("2024-03-20")
	if err != nil {
		t.Fatal(err)
	}
	paper := desk.Paper{Type: "KH", Subject: "Kế hoạch trên giấy", Signatory: "Nguyễn Thị Thu Hương", Unit: "VHTT", Kept: 1, Date: "2024-03-21",
		Recipients: []record.Recipient{{Name: "Các phòng, đơn vị", Channel: record.ByPaper, Copies: 4}}}
	second, err := o.desk.RegisterPaper(ctx, o.cast.Clerk, vungTau, "giay-1", paper)
	if err != nil || second.Number != first.Number+1 || second.Symbol != "02/KH-UBND" || second.State != record.Registered {
		t.Fatalf("%+v %v", second, err)
	}
	if again, err := o.desk.RegisterPaper(ctx, o.cast.Clerk, vungTau, "giay-1", paper); err != nil || again.ID != second.ID {
		t.Errorf("the same request: %+v %v", again, err)
	}
	if _, err := o.desk.RegisterPaper(ctx, o.cast.Clerk, vungTau, "", desk.Paper{Type: "XX", Unit: "khong-co", Date: "2024-03-21"}); len(record.FaultsOf(err)) != 3 {
		t.Errorf("faults: %v", record.FaultsOf(err))
	}
	third, err := issue("2024-03-22")
	if err != nil || third.Number != 3 {
		t.Fatalf("%+v %v", third, err)
	}
	// A number that waits for its seal keeps the period open; void it closes.
	draft, err := o.desk.Draft(ctx, o.cast.Secretary, desk.Input{Raw: jointPlan(t, func(v map[string]any) {
		v["template"], v["date"] = "ke-hoach", "2024-03-25"
		delete(v, "cosignatories")
	})})
	if err != nil {
		t.Fatal(err)
	}
	ref := deskRef(draft)
	official := o.cast.Signatory
	official.Persons = []string{"nguyen-thi-thu-huong"}
	for _, step := range []func() (record.Document, error){
		func() (record.Document, error) { return o.desk.Submit(ctx, o.cast.Secretary, ref) },
		func() (record.Document, error) { return o.desk.Sign(ctx, official, ref, draft.PDF) },
		func() (record.Document, error) { return o.desk.Number(ctx, o.cast.Clerk, ref) },
	} {
		if draft, err = step(); err != nil {
			t.Fatal(err)
		}
	}
	series := seriesOf(t, o, "KH", "2024-03-22")
	flags[3] = "2024"
	through := func(day string) []string {
		return with([]string{"register", "close", "--series", series.ID, "--through", day}, flags...)
	}
	if out := refusedWith(t, through("2024-03-31")...); !strings.Contains(out, "04/KH-UBND") {
		t.Errorf("closed over a number that waits: %s", out)
	}
	if _, err := o.desk.Void(ctx, o.cast.Clerk, ref, "Cấp nhầm số"); err != nil {
		t.Fatal(err)
	}
	if out := refusedWith(t, through("2024-03-24")...); !strings.Contains(out, "sau ngày chốt") {
		t.Errorf("closed before the last number: %s", out)
	}
	extract := filepath.Join(t.TempDir(), "chot.pdf")
	if out := good(t, nil, append(through("2024-03-31"), "-o", extract)...); !strings.Contains(out.out, "từ số 01 đến số 04, 1 số hủy") {
		t.Errorf("%s", out.out)
	}
	text := tool(t, "pdftotext", "-layout", extract, "-")
	for _, want := range []string{"BẢN CHỐT SỔ ĐĂNG KÝ VĂN BẢN ĐI", "02/KH-UBND", "Kế hoạch trên giấy", "Hủy số", "Cấp nhầm số", "Sổ đã chốt"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("the extract does not say %q", want)
		}
	}
	checkOutside(t, extract, filepath.Join(dir, demoCA), 1)
	if _, err := issue("2024-03-31"); record.CodeOf(err) != "period-closed" {
		t.Errorf("entered in a closed period: %v", err)
	}
	if _, err := o.desk.RegisterPaper(ctx, o.cast.Clerk, vungTau, "", paper); err == nil {
		t.Error("paper entered in a closed period")
	}
	if next, err := issue("2024-04-01"); err != nil || next.Number != 5 {
		t.Errorf("after the period: %+v %v", next, err)
	}
	if out := refusedWith(t, through("2024-03-31")...); !strings.Contains(out, "đã chốt") {
		t.Errorf("closed twice: %s", out)
	}
	good(t, nil, "audit", "--demo", "--data", dir)
}

// Secret documents are made on paper alone; they are numbered in their own
// series, and nothing else ever is.
func TestSecretSeries(t *testing.T) {
	all, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	organization, err := all.Organization(t.Context(), vungTau)
	if err != nil {
		t.Fatal(err)
	}
	organization.Series = append([]record.Series{{Period: record.Period{ValidFrom: "2011-07-01"}, ID: "mat", Secret: true}}, organization.Series...)
	on, err := organization.On("2024-03-22")
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := on.SeriesFor("KH"); !ok || s.ID != "van-ban-hanh-chinh" {
		t.Errorf("%+v", s)
	}
	if s, ok := on.SecretSeriesFor("KH"); !ok || s.ID != "mat" {
		t.Errorf("%+v", s)
	}
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	paper := desk.Paper{Type: "CV", Signatory: "Nguyễn Thị Thu Hương", Unit: "VHTT", Secret: true, Date: "2024-03-21"}
	if _, err := o.desk.RegisterPaper(t.Context(), o.cast.Clerk, vungTau, "", paper); err == nil || !strings.Contains(err.Error(), "series-missing") {
		t.Errorf("without a series of its own: %v", err)
	}
	o.desk.Organizations = oneOrganization{organization}
	for n := 1; n <= 2; n++ {
		doc, err := o.desk.RegisterPaper(t.Context(), o.cast.Clerk, vungTau, "", paper)
		if err != nil || doc.Number != n || doc.Series != "mat" {
			t.Errorf("%+v %v", doc, err)
		}
	}
	paper.Secret, paper.Subject = false, "Mời họp"
	if doc, err := o.desk.RegisterPaper(t.Context(), o.cast.Clerk, vungTau, "", paper); err != nil || doc.Number != 1 || doc.Series != "van-ban-hanh-chinh" {
		t.Errorf("%+v %v", doc, err)
	}
}

type oneOrganization struct{ is record.Organization }

func (o oneOrganization) All(context.Context) ([]record.Organization, error) {
	return []record.Organization{o.is}, nil
}

func (o oneOrganization) Organization(context.Context, string) (record.Organization, error) {
	return o.is, nil
}

// A dossier from the file list to the archive and, long after, to a list for
// disposal that the head approves; held documents and running retention stop it.
func TestDossierOfAMatter(t *testing.T) {
	dir := t.TempDir()
	o := opened(t, stateFlags{Demo: true, Data: dir})
	ctx := context.WithoutCancel(t.Context())
	now := time.Date(2024, 4, 1, 9, 0, 0, 0, record.Office)
	o.desk.Now = func() time.Time { return now }
	doc, err := o.desk.Issue(ctx, o.cast, desk.Input{Raw: jointPlan(t, func(v map[string]any) {
		v["template"], v["retention"] = "ke-hoach", "ke-hoach-theo-vu-viec"
		delete(v, "cosignatories")
	})})
	if err != nil {
		t.Fatal(err)
	}
	secretary, archivist := o.cast.Secretary, desk.Actor{ID: "a", Roles: []record.Role{record.Archivist}}
	dossier := record.Dossier{Year: 2024, Code: "01.VHTT", Title: "Hồ sơ kiểm tra công tác văn thư", Retention: record.Retention{Rule: "bao-cao-thang"}, Keeper: "VHTT", Started: "2024-01-02"}
	file := func(a desk.Actor, c record.Command, f record.Filed, reason string) (record.Dossier, error) {
		f.Key = dossier.Key()
		return o.desk.FileDossier(ctx, a, vungTau, c, f, reason, "")
	}
	want := func(code string, d record.Dossier, err error) record.Dossier {
		t.Helper()
		if is(err) != code {
			t.Errorf("%v, want %q", err, code)
		}
		return d
	}
	do := func(code string) func(record.Dossier, error) record.Dossier {
		t.Helper()
		return func(d record.Dossier, err error) record.Dossier { t.Helper(); return want(code, d, err) }
	}
	bad := dossier
	bad.Code, bad.Title = "a/b", ""
	if _, err := o.desk.FileDossier(ctx, secretary, vungTau, record.CmdDossier, record.Filed{Dossier: &bad}, "", ""); len(record.FaultsOf(err)) != 2 {
		t.Errorf("%v", err)
	}
	do("role")(file(archivist, record.CmdDossier, record.Filed{Dossier: &dossier}, ""))
	d := do("")(file(secretary, record.CmdDossier, record.Filed{Dossier: &dossier}, ""))
	if d.State != record.DossierOpen || d.Retention.Years != 10 || d.Retention.Basis == "" {
		t.Fatalf("%+v", d)
	}
	do("dossier-empty")(file(secretary, record.CmdDossierEnd, record.Filed{Ended: "2024-03-30"}, ""))
	do("")(file(secretary, record.CmdDossierAdd, record.Filed{Document: doc.ID}, ""))
	do("filed-already")(file(secretary, record.CmdDossierAdd, record.Filed{Document: doc.ID}, ""))
	do("document-not-found")(file(secretary, record.CmdDossierAdd, record.Filed{Document: "khong-co"}, ""))
	do("dossier-ended")(file(secretary, record.CmdDossierEnd, record.Filed{Ended: "2024-12-30"}, ""))
	d = do("")(file(secretary, record.CmdDossierEnd, record.Filed{Ended: "2024-03-30"}, ""))
	if d.TransferBy() != "2025-03-30" || d.KeptUntil() != 2034 {
		t.Errorf("%s, %d", d.TransferBy(), d.KeptUntil())
	}
	do("dossier-state")(file(secretary, record.CmdDossierRemove, record.Filed{Document: doc.ID}, "nhầm"))
	due := func() int {
		t.Helper()
		all, err := o.desk.DueTransfers(ctx, vungTau)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if due() != 0 {
		t.Error("due a year early")
	}
	now = time.Date(2025, 2, 28, 9, 0, 0, 0, record.Office)
	if due() != 1 {
		t.Error("no notice 30 days before")
	}
	do("")(file(archivist, record.CmdDossierTransfer, record.Filed{Minutes: "Biên bản giao nhận số 01/BB-VP"}, ""))
	if due() != 0 {
		t.Error("still due")
	}
	propose := func(code string) record.Disposal {
		t.Helper()
		x, err := o.desk.ProposeDisposal(ctx, archivist, vungTau, []string{dossier.Key()}, "Hết thời hạn bảo quản", "")
		if is(err) != code {
			t.Errorf("%v, want %q", err, code)
		}
		return x
	}
	propose("dossier-kept")
	now = time.Date(2034, 12, 31, 9, 0, 0, 0, record.Office)
	propose("dossier-kept")
	now = time.Date(2035, 1, 1, 9, 0, 0, 0, record.Office)
	hold := func(release bool) {
		t.Helper()
		do := o.desk.Hold
		if release {
			do = o.desk.Release
		}
		if _, err := do(ctx, archivist, deskRef(doc), "Thanh tra"); err != nil {
			t.Fatal(err)
		}
	}
	hold(false)
	propose("dossier-held")
	if all, err := o.desk.Disposable(ctx, vungTau); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
	hold(true)
	if all, err := o.desk.Disposable(ctx, vungTau); err != nil || len(all) != 1 {
		t.Errorf("%v %v", all, err)
	}
	list := propose("")
	propose("dossier-state")
	if _, err := o.desk.DecideDisposal(ctx, archivist, vungTau, list.ID, true, "Đồng ý", ""); record.CodeOf(err) != "role" {
		t.Errorf("approved by who proposed it: %v", err)
	}
	if _, err := o.desk.DecideDisposal(ctx, o.cast.Signatory, vungTau, list.ID, false, "Giữ thêm để tra cứu", ""); err != nil {
		t.Fatal(err)
	}
	list = propose("")
	hold(false) // after it was proposed: the approval is refused
	if _, err := o.desk.DecideDisposal(ctx, o.cast.Signatory, vungTau, list.ID, true, "Đồng ý", ""); record.CodeOf(err) != "dossier-held" {
		t.Errorf("%v", err)
	}
	hold(true)
	if x, err := o.desk.DecideDisposal(ctx, o.cast.Signatory, vungTau, list.ID, true, "Quyết định 05/QĐ-UBND", ""); err != nil || !x.Approved {
		t.Errorf("%+v %v", x, err)
	}
	if d, err := o.desk.Dossier(ctx, vungTau, dossier.Key()); err != nil || d.State != record.DossierDisposable {
		t.Errorf("%+v %v", d, err)
	}
	good(t, nil, "audit", "--demo", "--data", dir)
}
