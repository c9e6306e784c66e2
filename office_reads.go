package main

import (
	"context"
	"log/slog"
	"time"

	"vanthu/server/reads"
	"vanthu/storage"
)

const (
	readsJob     = "access-sweep"
	readsEvery   = 24 * time.Hour
	readsClosing = 5 * time.Second
)

// closeReads writes what was read last, when nobody is answered any more.
func closeReads(ctx context.Context, l *reads.Log, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readsClosing)
	defer cancel()
	if err := l.Flush(ctx); err != nil {
		log.WarnContext(ctx, "reads not written", slog.Any("error", err))
	}
}

// sweepReads removes what was read longer than keep ago, once a day by one of the
// instances; 0 keeps everything.
func sweepReads(ctx context.Context, l *reads.Log, jobs *storage.Jobs, keep time.Duration, log *slog.Logger) {
	for keep > 0 {
		due, err := jobs.Due(ctx, readsJob, readsEvery)
		if due {
			var n int
			if n, err = l.Sweep(ctx, time.Now().Add(-keep)); err == nil {
				err = jobs.Done(ctx, readsJob)
				log.InfoContext(ctx, "done", slog.String("job", readsJob), slog.Int("batches", n))
			}
		}
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "access history not swept", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Hour):
		}
	}
}
