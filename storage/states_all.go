package storage

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"vanthu/record"
)

// atOnce is how many journals are looked at side by side.
const atOnce = 16

// Locate names the journal that holds a document, NotFound when none does. A
// document that this process has seen costs a look into a map, since it never
// changes its journal; only for others are the journals caught up. When one of
// them cannot be read, an unknown document is that error: it may be there.
func (s *States) Locate(ctx context.Context, document string) (journal string, err error) {
	if journal, ok := s.located(document); ok {
		return journal, nil
	}
	_, err = s.positions(ctx)
	if journal, ok := s.located(document); ok {
		return journal, nil
	}
	if err != nil {
		return "", err
	}
	return "", record.E(record.NotFound, "document-not-found", "Không có văn bản "+document)
}

func (s *States) located(document string) (journal string, ok bool) {
	s.whereMu.RLock()
	defer s.whereMu.RUnlock()
	journal, ok = s.where[document]
	return journal, ok
}

// locate remembers where documents are. Where two journals hold one id the first
// keeps it.
func (s *States) locate(journal string, documents ...string) {
	s.whereMu.Lock()
	defer s.whereMu.Unlock()
	for _, d := range documents {
		if _, known := s.where[d]; d != "" && !known {
			s.where[d] = journal
		}
	}
}

// positions catches up all journals of documents and says how far each has come.
// Journals that cannot be read are left out, and the first of them is the error.
func (s *States) positions(ctx context.Context) (map[string]position, error) {
	return s.all.do(ctx, s.readPositions)
}

func (s *States) readPositions(ctx context.Context) (map[string]position, error) {
	s.mu.Lock()
	known := s.listed
	s.mu.Unlock()
	var (
		mu     sync.Mutex
		ends   = map[string]position{}
		errs   = map[string]error{}
		wg     sync.WaitGroup
		turn   = make(chan struct{}, atOnce)
		lookAt = func(journal string) {
			wg.Go(func() {
				turn <- struct{}{}
				defer func() { <-turn }()
				end, err := s.position(ctx, journal)
				mu.Lock()
				defer mu.Unlock()
				if ends[journal] = end; err != nil {
					delete(ends, journal)
					errs[journal] = err
				}
			})
		}
	)
	for _, journal := range known {
		lookAt(journal)
	}
	// Listing is as far away as the journals: they are looked at meanwhile.
	listed, err := s.archive.Journals(ctx)
	listed = slices.DeleteFunc(listed, func(j string) bool { return j == record.SystemJournal }) // holds no documents
	for _, journal := range listed {
		if !slices.Contains(known, journal) {
			lookAt(journal)
		}
	}
	wg.Wait()
	if err != nil {
		return ends, err
	}
	s.mu.Lock()
	s.listed = listed
	s.mu.Unlock()
	for _, journal := range listed {
		if err := errs[journal]; err != nil {
			return ends, fmt.Errorf("journal %s: %w", journal, err)
		}
	}
	return ends, nil
}

func (s *States) position(ctx context.Context, journal string) (end position, err error) {
	err = s.View(ctx, journal, func(st *record.State) error {
		end = position{st.Seq, st.Head}
		return nil
	})
	return end, err
}
