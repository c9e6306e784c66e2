package storage

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// Reports are what the archive's keeper has done and found, as signed notes.
const reportFolder = "reports/"

func reportName(kind string) string { return originPrefix + "reports/" + kind }

// PutReport signs a text, which must end with a line feed, and keeps it.
func (a *Archive) PutReport(ctx context.Context, s *Signer, kind string, at time.Time, text string) (key string, note []byte, err error) {
	if note, err = s.Sign(reportName(kind), text); err != nil {
		return "", nil, err
	}
	key = fmt.Sprintf("%s%s/%s-%s", reportFolder, kind, at.UTC().Format("20060102T150405Z"), strings.ToLower(rand.Text()[:8]))
	return key, note, a.store.Create(ctx, key, note)
}

// Report reads a signed report and returns its text; Damaged when the signature
// does not hold.
func (a *Archive) Report(ctx context.Context, s *Signer, key string) (string, error) {
	kind, _, _ := strings.Cut(strings.TrimPrefix(key, reportFolder), "/")
	b, err := a.store.Get(ctx, key)
	if err != nil {
		return "", err
	}
	text, err := s.Open(reportName(kind), b)
	if err != nil {
		return "", damaged(key, err.Error())
	}
	return text, nil
}

// Reports are the keys of the reports of a kind, oldest first.
func (a *Archive) Reports(ctx context.Context, kind string) ([]string, error) {
	var keys []string
	for key, err := range a.store.List(ctx, reportFolder+kind+"/") {
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}
