package storage

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// forwarder is a network between us and a server that can be made a bad one.
type forwarder struct {
	addr   string
	target string

	slow     atomic.Bool  // 4 KiB of an answer every 50 ms
	deaf     atomic.Bool  // the guard's questions get lost
	dark     atomic.Int32 // times it went dark; odd: it is
	accepted atomic.Int32

	mu    sync.Mutex
	conns []net.Conn
}

func newForwarder(t *testing.T, target string) *forwarder {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &forwarder{addr: l.Addr().String(), target: target}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.accepted.Add(1)
			f.keep(c)
			wg.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.mu.Lock()
		for _, c := range f.conns {
			c.Close()
		}
		f.mu.Unlock()
		wg.Wait()
	})
	return f
}

func (f *forwarder) keep(c net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conns = append(f.conns, c)
}

// goDark swallows everything, as a network does that loses packets.
func (f *forwarder) goDark() { f.dark.Add(1) }

// goLight forwards what is connected from now on; older connections stay dead,
// as with a router that has forgotten them.
func (f *forwarder) goLight() { f.dark.Add(1) }

func (f *forwarder) serve(client net.Conn) {
	born := f.dark.Load()
	lost := func([]byte) bool { return born%2 == 1 || f.dark.Load() != born }
	server, err := net.Dial("tcp", f.target)
	if err != nil {
		client.Close()
		return
	}
	f.keep(server)
	var wg sync.WaitGroup
	wg.Go(func() {
		pipe(server, client, func(b []byte) bool {
			return lost(b) || f.deaf.Load() && bytes.Contains(b, []byte("/minio/health/"))
		})
	})
	wg.Go(func() {
		pipe(client, server, func(b []byte) bool {
			if f.slow.Load() {
				time.Sleep(50 * time.Millisecond)
			}
			return lost(b)
		})
	})
	wg.Wait()
}

// pipe forwards until one side ends, except what gets lost.
func pipe(to, from net.Conn, lost func([]byte) bool) {
	for b := make([]byte, 4<<10); ; {
		n, err := from.Read(b)
		if n > 0 && !lost(b[:n]) {
			if _, err := to.Write(b[:n]); err != nil {
				break
			}
		}
		if err != nil {
			if lost(nil) {
				return // nobody hears of it
			}
			break
		}
	}
	to.Close()
	from.Close()
}
