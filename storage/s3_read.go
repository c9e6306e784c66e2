package storage

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"
)

// s3Ahead is how many reads are under way at once when many objects are wanted
// in order.
const s3Ahead = 16

// objects yields the objects whose keys begin with prefix and come after another
// key, each in its oldest version, reading ahead to hide the server's distance.
func (s *s3Store) objects(ctx context.Context, prefix, after string) iter.Seq2[object, error] {
	type answer struct {
		object
		err error
	}
	return func(yield func(object, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		// Each pending read has its own place in the queue, so answers leave in order.
		queue := make(chan chan answer, s3Ahead)
		go func() {
			defer close(queue)
			for v, err := range s.versions(ctx, prefix, after) {
				place := make(chan answer, 1)
				select {
				case queue <- place:
				case <-ctx.Done():
					return
				}
				if err != nil {
					place <- answer{err: err}
					return
				}
				go func() {
					data, _, err := s.get(ctx, v.key, v.oldest)
					place <- answer{object{v.key, data}, err}
				}()
			}
		}()
		for place := range queue {
			a := <-place
			if !yield(a.object, a.err) || a.err != nil {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(object{}, err)
		}
	}
}

// folders lists the segments that follow prefix.
func (s *s3Store) folders(ctx context.Context, prefix string) ([]string, error) {
	var names []string
	err := s.do(ctx, prefix, func(ctx context.Context) error {
		for o := range s.client.ListObjectsIter(ctx, s.name, minio.ListObjectsOptions{Prefix: prefix, WithVersions: true}) {
			if o.Err != nil {
				return o.Err
			}
			if name, ok := strings.CutSuffix(strings.TrimPrefix(o.Key, prefix), "/"); ok {
				names = append(names, name)
			}
		}
		return ctx.Err() // which ends the client's list in silence
	})
	slices.Sort(names)
	return slices.Compact(names), err
}
