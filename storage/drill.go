package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vanthu/record"
)

// DrillReport is what a restore drill has found.
type DrillReport struct {
	Begun    time.Time        `json:"begun"`
	Took     time.Duration    `json:"took"` // nanoseconds
	Copy     CopyReport       `json:"copy"`
	Work     int              `json:"work"`      // working objects restored
	WorkTime time.Time        `json:"work_time"` // of the backup of the working state
	Audit    AuditReport      `json:"audit"`
	Journals []DrilledJournal `json:"journals"`
	Faults   []string         `json:"faults"` // Vietnamese, besides those of the audit
}

// DrilledJournal is one journal as it was restored.
type DrilledJournal struct {
	Journal    string `json:"journal"`
	Entries    uint64 `json:"entries"`
	Documents  int    `json:"documents"`
	Numbers    int    `json:"numbers"`    // given in all series and years
	Checkpoint uint64 `json:"checkpoint"` // size of the newest one restored
	Root       string `json:"root,omitempty"`
	Behind     uint64 `json:"behind"` // entries of the office since the backup
}

// Good says that the office could have gone on from the backup.
func (r DrillReport) Good() bool { return r.Copy.Good() && r.Audit.Good() && len(r.Faults) == 0 }

// DrillOptions are what a drill may do besides restoring.
type DrillOptions struct {
	Audit AuditOptions
	Copy  CopyOptions
	Log   *Log // of the office: whose keys sign its checkpoints
	Now   func() time.Time
}

// Drill restores a backup into an empty scratch backend and checks whatever can
// be checked there: every digest and signature, the numbers of every series,
// and that each journal is the office's own as far as it goes. here is the
// office's archive.
func Drill(ctx context.Context, here *Archive, backup, scratch *Backend, o DrillOptions) (DrillReport, error) {
	r := DrillReport{Begun: o.Now().UTC(), Faults: []string{}}
	fault := func(format string, args ...any) { r.Faults = append(r.Faults, fmt.Sprintf(format, args...)) }
	var err error
	if r.Copy, err = NewArchive(backup.Archive).Copy(ctx, scratch.Archive, o.Copy); err != nil {
		return r, err
	}
	if r.WorkTime, r.Work, err = RestoreWork(ctx, backup.Work, scratch.Work); err != nil {
		return r, err
	}
	if r.WorkTime.IsZero() {
		fault("Bản sao lưu không có tài khoản và dự thảo (dữ liệu làm việc)")
	}
	restored := NewArchive(scratch.Archive)
	if r.Audit, err = restored.Audit(ctx, o.Audit); err != nil {
		return r, err
	}
	journals, err := restored.Journals(ctx)
	if err != nil {
		return r, err
	}
	log := &Log{Archive: restored, Signer: o.Log.Signer, CheckStamp: o.Log.CheckStamp}
	for _, name := range journals {
		j, err := drillJournal(ctx, here, restored, log, name, fault)
		if err != nil {
			return r, err
		}
		r.Journals = append(r.Journals, j)
	}
	ours, err := here.Journals(ctx)
	if err != nil {
		return r, err
	}
	for _, name := range ours {
		if !slices.Contains(journals, name) {
			fault("Bản sao lưu không có nhật ký %s", name)
		}
	}
	r.Took = o.Now().Sub(r.Begun)
	return r, nil
}

func drillJournal(ctx context.Context, here, restored *Archive, log *Log, name string, fault func(string, ...any)) (DrilledJournal, error) {
	j := DrilledJournal{Journal: name}
	state := record.NewState(name)
	for e, err := range restored.Entries(ctx, name, 1) {
		if err == nil {
			err = record.Apply(state, e.Entry, e.Digest)
		}
		if err != nil {
			fault("Nhật ký %s không dựng lại được: %v", name, err)
			return j, ctx.Err()
		}
	}
	j.Entries, j.Documents = state.Seq, len(state.Documents)
	n, err := checkNumbers(state)
	j.Numbers = n
	if err != nil {
		fault("Nhật ký %s: %v", name, err)
	}
	own, err := here.Entry(ctx, name, state.Seq)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && own.Digest != state.Head:
		fault("Nhật ký %s phục hồi được không phải là nhật ký của cơ quan ở mục %d", name, state.Seq)
	case err != nil:
		return j, err
	}
	for e, err := range here.Entries(ctx, name, state.Seq+1) {
		if err != nil {
			return j, err
		}
		j.Behind = e.Entry.Seq - state.Seq
	}
	c, err := log.Latest(ctx, name)
	if err == nil {
		j.Checkpoint, j.Root = c.Size, c.Root.String()
	} else if record.CodeOf(err) != "log-empty" {
		fault("Điểm chốt của nhật ký %s: %v", name, err)
	}
	return j, ctx.Err()
}

// checkNumbers looks once more, without record.Apply, whether the numbers of
// every series and year follow each other without gap or double.
func checkNumbers(s *record.State) (int, error) {
	given := map[string][]int{}
	total := 0
	for _, d := range s.Documents {
		if d.Number > 0 {
			key := record.CounterKey(d.Series, d.Year)
			given[key] = append(given[key], d.Number)
			total++
		}
	}
	for key, numbers := range given {
		slices.Sort(numbers)
		c := s.Counters[key]
		old, _ := slices.BinarySearch(numbers, c.Opening+1) // of the register before ours
		for i, n := range numbers {
			want := c.Opening + 1 + i - old
			if i < old {
				want = i + 1
			}
			if n != want {
				return total, fmt.Errorf("sổ %s: số %d đứng ở chỗ của số %d", key, n, want)
			}
		}
		if own := len(numbers) - old; old != c.Earlier || c.Opening+own != c.Last {
			return total, fmt.Errorf("sổ %s: có %d số cũ và %d số, bộ đếm ghi %d và đến số %d", key, old, own, c.Earlier, c.Last)
		}
	}
	return total, nil
}

// Text is the report as it is signed, in Vietnamese.
func (r DrillReport) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("BIÊN BẢN DIỄN TẬP PHỤC HỒI")
	line("Bắt đầu: %s; thời gian: %s", r.Begun.In(record.Office).Format("15:04:05 ngày 02/01/2006"), r.Took.Round(time.Millisecond))
	line("Phục hồi: %d đối tượng, %d byte; %d đối tượng làm việc của bản sao lúc %s", r.Copy.Copied+r.Copy.There, r.Copy.Bytes, r.Work, r.WorkTime.In(record.Office).Format("15:04:05 ngày 02/01/2006"))
	line("Kiểm tra: %d đối tượng, %d phiên bản, %d mục nhật ký, mọi mã SHA-256 và chữ ký số; %d chỗ sai", r.Audit.Objects, r.Audit.Versions, r.Audit.Entries, len(r.Audit.Problems))
	for _, j := range r.Journals {
		root := "chưa có điểm chốt"
		if j.Root != "" {
			root = fmt.Sprintf("điểm chốt %d, gốc %s", j.Checkpoint, j.Root)
		}
		line("Nhật ký %s: %d mục, %d văn bản, %d số liền mạch; sau bản sao lưu có thêm %d mục; %s", j.Journal, j.Entries, j.Documents, j.Numbers, j.Behind, root)
	}
	for _, p := range slices.Concat(r.Copy.Damaged, r.Audit.Problems) {
		line("SAI: %s: %s [%s]", p.Key, strings.ReplaceAll(p.Message, "\n", " "), p.Code)
	}
	for _, f := range r.Faults {
		line("SAI: %s", strings.ReplaceAll(f, "\n", " "))
	}
	if r.Good() {
		line("KẾT LUẬN: ĐẠT, có thể phục hồi từ bản sao lưu này")
	} else {
		line("KẾT LUẬN: KHÔNG ĐẠT")
	}
	return b.String()
}
