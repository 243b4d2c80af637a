package mailtest

import (
	"io"
	"net"
	"sync"
	"time"
)

// Proxy stands between a client and a server on loopback, and does to each
// connection what its [Fate] says.
type Proxy struct {
	l    net.Listener
	to   string
	mu   sync.Mutex
	fate func() Fate
	cuts int
}

// Fate is what happens to a connection: after so many bytes from the client
// (Up) or from the server (Down) it is cut, and each piece that passes is held
// back for a while. A negative number never cuts.
type Fate struct {
	Up, Down int
	Delay    time.Duration
	// Silent, once it is closed, swallows what comes from the server.
	Silent <-chan struct{}
}

// Unharmed is the fate of a connection to which nothing happens.
var Unharmed = Fate{Up: -1, Down: -1}

// StartProxy listens in front of an address; at first nothing happens.
func StartProxy(to string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{l: l, to: to, fate: func() Fate { return Unharmed }}
	go p.run()
	return p, nil
}

// Addr is host:port to connect to.
func (p *Proxy) Addr() string { return p.l.Addr().String() }

// Each asks for the fate of each connection from now on.
func (p *Proxy) Each(fate func() Fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fate = fate
}

// Cuts counts the connections that were cut.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// Close stops listening.
func (p *Proxy) Close() error { return p.l.Close() }

func (p *Proxy) run() {
	for {
		client, err := p.l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		f := p.fate()
		p.mu.Unlock()
		server, err := net.Dial("tcp", p.to)
		if err != nil {
			client.Close()
			continue
		}
		var once sync.Once
		end := func(cut bool) {
			once.Do(func() {
				if cut {
					p.mu.Lock()
					p.cuts++
					p.mu.Unlock()
				}
				client.Close()
				server.Close()
			})
		}
		go func() { end(pass(server, client, f.Up, f.Delay, nil)) }()
		go func() { end(pass(client, server, f.Down, f.Delay, f.Silent)) }()
	}
}

// pass copies until the end, and tells whether that was the cut.
func pass(to io.Writer, from io.Reader, limit int, delay time.Duration, silent <-chan struct{}) (cut bool) {
	buf := make([]byte, 4096)
	for limit != 0 {
		size := len(buf)
		if limit > 0 {
			size = min(size, limit)
		}
		n, err := from.Read(buf[:size])
		if n > 0 && delay > 0 {
			time.Sleep(delay)
		}
		select {
		case <-silent:
			n = 0
		default:
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return false
		}
		if limit > 0 {
			limit -= n
		}
	}
	return true
}
