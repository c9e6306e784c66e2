package server

import (
	"sync"
	"time"
)

// previews keeps the last drafts that were rendered, because a reader asks for
// parts of one file, and rendering takes a worker.
type previews struct {
	mu    sync.Mutex
	files map[string]*preview
}

type preview struct {
	asked time.Time
	file  func() ([]byte, error) // made once, for all who wait
}

const (
	maxPreviews = 32
	previewFor  = time.Minute // organisation data may change
)

func newPreviews() *previews { return &previews{files: map[string]*preview{}} }

// get is the file of that name, made by make when it is not there.
func (p *previews) get(name string, make func() ([]byte, error)) ([]byte, error) {
	p.mu.Lock()
	f, ok := p.files[name]
	if !ok || time.Since(f.asked) > previewFor {
		if len(p.files) >= maxPreviews {
			for k, x := range p.files {
				if len(p.files) >= maxPreviews || time.Since(x.asked) > previewFor {
					delete(p.files, k)
				}
			}
		}
		f = &preview{asked: time.Now(), file: sync.OnceValues(make)}
		p.files[name] = f
	}
	p.mu.Unlock()
	good := false
	defer func() { // also when make panics
		p.mu.Lock()
		defer p.mu.Unlock()
		if !good && p.files[name] == f {
			delete(p.files, name)
		}
	}()
	b, err := f.file()
	good = err == nil
	return b, err
}
