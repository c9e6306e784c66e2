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
	once sync.Once
	made time.Time
	b    []byte
	err  error
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
	if !ok || time.Since(f.made) > previewFor {
		if len(p.files) >= maxPreviews {
			for k, x := range p.files {
				if len(p.files) >= maxPreviews || time.Since(x.made) > previewFor {
					delete(p.files, k)
				}
			}
		}
		f = &preview{made: time.Now()}
		p.files[name] = f
	}
	p.mu.Unlock()
	f.once.Do(func() { f.b, f.err = make() })
	if f.err != nil {
		p.mu.Lock()
		if p.files[name] == f {
			delete(p.files, name)
		}
		p.mu.Unlock()
	}
	return f.b, f.err
}
