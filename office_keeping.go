package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"vanthu/record"
	"vanthu/storage"
)

// keeper does for the archive what is due now and then.
type keeper struct {
	*office
	flags keepFlags
	jobs  *storage.Jobs
	locks *storage.Locks
}

func (o *office) keeper(flags keepFlags) *keeper {
	return &keeper{office: o, flags: flags, jobs: &storage.Jobs{Work: o.backend.Work, Now: time.Now}, locks: &storage.Locks{States: o.states, Work: o.backend.Work}}
}

func (o *office) audits() *storage.Audits { return &storage.Audits{Work: o.backend.Work} }

// pass does the jobs that are due, one after the other.
func (k *keeper) pass(ctx context.Context) {
	k.job(ctx, "checkpoint", k.flags.CheckpointEvery, k.checkpoint)
	if k.second != nil {
		k.job(ctx, "backup", k.flags.CheckpointEvery, k.backup)
		k.job(ctx, "drill", k.flags.DrillEvery, k.rehearse)
	}
	k.job(ctx, "audit", k.flags.AuditEvery, k.audit)
}

func (k *keeper) job(ctx context.Context, name string, every time.Duration, do func(context.Context) error) {
	if every <= 0 || ctx.Err() != nil {
		return
	}
	due, err := k.jobs.Due(ctx, name, every)
	if err == nil && !due {
		return
	}
	if err == nil {
		begun := time.Now()
		if err = do(ctx); err == nil {
			err = k.jobs.Done(ctx, name)
		}
		if err == nil {
			k.log.InfoContext(ctx, "done", slog.String("job", name), slog.Duration("took", time.Since(begun)))
			return
		}
		// Also when the service ends in the midst of it.
		if ferr := k.jobs.Failed(context.WithoutCancel(ctx), name, every, keepAgain); ferr != nil {
			k.log.WarnContext(ctx, "job not booked again", slog.String("job", name), slog.Any("error", ferr))
		}
	}
	if ctx.Err() == nil {
		k.log.WarnContext(ctx, "job failed", slog.String("job", name), slog.Any("error", err))
	}
}

// checkpoint signs every journal.
func (k *keeper) checkpoint(ctx context.Context) error {
	journals, err := k.states.Journals(ctx)
	if err != nil {
		return err
	}
	for _, j := range journals {
		if _, err := k.logs.Checkpoint(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// backup brings to the second place what is not there yet.
func (k *keeper) backup(ctx context.Context) error {
	to, err := k.second.Backend(ctx)
	if err != nil {
		return err
	}
	r, err := k.archive.Copy(ctx, to.Archive, storage.CopyOptions{Pace: pace(k.flags.AuditRate)})
	if err != nil {
		return err
	}
	for _, p := range r.Damaged {
		k.log.ErrorContext(ctx, "not backed up", slog.String("key", p.Key), slog.String("why", p.Message))
	}
	n, err := storage.BackupWork(ctx, k.backend.Work, to.Work, time.Now())
	if err == nil {
		k.log.InfoContext(ctx, "backed up", slog.Int("objects", r.Copied), slog.Int64("bytes", r.Bytes), slog.Int("there", r.There), slog.Int("work", n))
	}
	return err
}

// rehearse restores the second place and leaves a signed report.
func (k *keeper) rehearse(ctx context.Context) error {
	r, _, err := k.drill(ctx, nil)
	if err == nil && !r.Good() {
		k.log.ErrorContext(ctx, "restore drill failed", slog.Any("faults", r.Faults), slog.Int("problems", len(r.Audit.Problems)), slog.Int("not copied", len(r.Copy.Damaged)))
	}
	return err
}

// audit reads everything again and mends what a copy can cure.
func (k *keeper) audit(ctx context.Context) error {
	result := storage.AuditResult{Begun: time.Now().UTC()}
	options := auditOptions(k.logs.Signer)
	options.Pace = pace(k.flags.AuditRate)
	var err error
	if result.Report, err = k.archive.Audit(ctx, options); err != nil {
		return err
	}
	result.Took = time.Since(result.Begun)
	for _, p := range result.Report.Problems {
		k.log.ErrorContext(ctx, "audit", slog.String("key", p.Key), slog.String("code", p.Code), slog.String("message", p.Message))
	}
	done := repairAll(ctx, k.archive, result.Report, func(key string, err error) {
		k.log.WarnContext(ctx, "not repaired", slog.String("key", key), slog.Any("error", err))
	})
	for _, x := range done {
		result.Repaired = append(result.Repaired, x.Key)
	}
	if err := k.journalRepairs(ctx, upkeepActor.ID, done); err != nil {
		return err
	}
	return k.audits().Save(ctx, result)
}

// mend repairs what was found damaged by reading it, as soon as it was.
func (k *keeper) mend(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case key := <-k.recovered:
			report := storage.AuditReport{Problems: []storage.Problem{{Key: key, Code: "damaged"}}}
			done := repairAll(ctx, k.archive, report, func(key string, err error) {
				if record.CodeOf(err) != "no-copy" {
					k.log.WarnContext(ctx, "not repaired", slog.String("key", key), slog.Any("error", err))
				}
			})
			// A good version on the server was put there by an earlier repair; the
			// audit says when it was not.
			done = slices.DeleteFunc(done, func(x storage.Repaired) bool { return x.From == storage.FromVersion })
			if err := k.journalRepairs(ctx, upkeepActor.ID, done); err != nil && ctx.Err() == nil {
				k.log.WarnContext(ctx, "repair not journaled", slog.String("key", key), slog.Any("error", err))
			}
		}
	}
}

// pause is how long the jobs are left alone between looks at them.
func (f keepFlags) pause() time.Duration {
	pause := keepEvery
	for _, d := range []time.Duration{f.CheckpointEvery, f.AuditEvery, f.DrillEvery} {
		if d > 0 {
			pause = min(pause, d)
		}
	}
	return pause
}
