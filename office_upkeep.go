package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"vanthu/record"
	"vanthu/record/desk"
	"vanthu/server/accounts"
)

// Pauses between the rounds of what a running service does by itself.
const (
	warmEvery = 5 * time.Minute
	tendEvery = 15 * time.Second
	// A document issued meanwhile gets its evidence after this long.
	proveEvery = time.Minute
	// A document is locked by its retention this long after it is issued.
	lockEvery = 20 * time.Second
	// Daily and weekly jobs are looked at this often, and those that failed are
	// tried again after a while.
	keepEvery = time.Minute
	keepAgain = 10 * time.Minute
)

// upkeepActor is who does in the journals what the service does by itself.
var upkeepActor = desk.Actor{ID: "service", Roles: []record.Role{record.Archivist}}

// upkeep keeps answers about the signers' certificates fresh, takes up values
// of signatures that remote services owe, and brings issued documents to B-LTA
// and keeps them there; it locks, signs, copies, audits and mends the archive.
// It returns when ctx ends.
func (o *office) upkeep(ctx context.Context, people *accounts.Directory, proves bool, keep keepFlags) {
	var all sync.WaitGroup
	every := func(pause time.Duration, do func()) {
		all.Go(func() {
			for {
				do()
				select {
				case <-ctx.Done():
					return
				case <-time.After(pause):
				}
			}
		})
	}
	every(warmEvery, func() { o.signer.Warm(ctx) })
	every(tendEvery, func() {
		n, err := o.desk.TendSignatures(ctx, o.actorOf(people))
		o.did(ctx, "signatures of remote services", n, err)
	})
	if proves {
		keeper := &desk.Keeper{Desk: o.desk, Actor: upkeepActor, Failed: func(ctx context.Context, doc record.Document, err error) {
			o.log.WarnContext(ctx, "no evidence yet", slog.String("document", doc.ID), slog.String("symbol", doc.Symbol), slog.Any("error", err))
		}}
		every(proveEvery, func() {
			n, err := keeper.Pass(ctx)
			o.did(ctx, "documents with new evidence", n, err)
		})
	}
	k := o.keeper(keep)
	every(lockEvery, func() {
		n, err := k.locks.Pass(ctx)
		o.did(ctx, "documents locked by their retention", n, err)
	})
	every(keep.pause(), func() { k.pass(ctx) })
	all.Go(func() { k.mend(ctx) })
	all.Wait()
}

func (o *office) did(ctx context.Context, what string, n int, err error) {
	if err != nil && ctx.Err() == nil {
		o.log.WarnContext(ctx, "upkeep", slog.String("of", what), slog.Any("error", err))
	}
	if n > 0 {
		o.log.InfoContext(ctx, "upkeep", slog.String("of", what), slog.Int("count", n))
	}
}

// actorOf finds who began a signature, with what the account may do now.
func (o *office) actorOf(people *accounts.Directory) func(context.Context, string, string) (desk.Actor, error) {
	return func(ctx context.Context, id, journal string) (desk.Actor, error) {
		account, err := people.Account(ctx, id)
		if err != nil {
			return desk.Actor{}, err
		}
		if account.Disabled {
			return desk.Actor{}, record.E(record.Forbidden, "account-disabled", "Tài khoản đã bị khóa")
		}
		var g record.Grant
		err = o.desk.Journals.View(ctx, record.SystemJournal, func(s *record.State) error {
			g = s.GrantsOf(id)[journal]
			return nil
		})
		return desk.Actor{ID: id, Roles: g.Roles, Persons: g.Persons, Certificates: g.Certificates}, err
	}
}
