package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotbind/hotbind/examples/edge-proxy/config"
	rt "github.com/hotbind/hotbind/runtime"
)

// A proxy answers requests by the table in force, at the address in force.
type proxy struct {
	live      *config.Live
	log       *slog.Logger
	table     atomic.Pointer[table]
	transport *http.Transport // shared, so that connections outlive a table

	mu       sync.Mutex // guards the fields below
	listener net.Listener
	server   *http.Server
	serving  sync.WaitGroup // accepting and draining goroutines
}

// start starts a proxy that follows live until it is closed.
func start(live *config.Live, log *slog.Logger) (*proxy, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // ignore the environment: the backends are local
	transport.MaxIdleConnsPerHost = 64
	p := &proxy{live: live, log: log, transport: transport}

	// Follow applies the first configuration: if it is unusable, the program ends. No
	// revision is missed between it and the hooks for later ones.
	_, err := live.Follow(func(ctx context.Context, d *config.Diff) error {
		if d.Old != nil {
			return nil
		}
		first, err := newTable(d.New, nil, transport)
		if err != nil {
			return err
		}
		listener, err := net.Listen("tcp", d.New.Entry.Listen)
		if err != nil {
			return err
		}
		r, _ := rt.RevisionFrom(ctx)
		p.route(first, r.ID)
		p.serve(listener)
		p.prepare()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// prepare registers hooks that run before a revision comes into force.
func (p *proxy) prepare() {
	// The table is built from the whole configuration, because routers, services
	// and middlewares refer to each other. An inconsistent configuration is refused
	// before any part of it is in force.
	p.live.Prepare(func(ctx context.Context, d *config.Diff) (commit, abort func(), err error) {
		next, err := newTable(d.New, p.table.Load(), p.transport)
		if err != nil {
			return nil, nil, err
		}
		r, _ := rt.RevisionFrom(ctx)
		return func() { p.route(next, r.ID) }, nil, nil
	})

	// The new address is bound before the revision comes into force: if it is in
	// use, the whole revision is refused and nothing changes.
	p.live.Entry().Listen().Prepare(func(_ context.Context, c rt.Change[string]) (commit, abort func(), err error) {
		next, err := net.Listen("tcp", c.New)
		if err != nil {
			return nil, nil, err
		}
		return func() { p.serve(next) }, func() { next.Close() }, nil
	})
}

// route replaces the table atomically.
func (p *proxy) route(next *table, revision rt.RevisionID) {
	p.table.Store(next)
	p.log.Info("routing", "revision", revision, "routers", len(next.cfg.Routers), "services", len(next.cfg.Services))
}

// ServeHTTP loads the table once, so that a request uses one configuration from
// beginning to end.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.table.Load().ServeHTTP(w, r) }

// serve serves at listener from now on. The previous address takes no new
// connections; running requests may finish.
func (p *proxy) serve(listener net.Listener) {
	server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	p.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			p.log.Error("the entry failed", "address", listener.Addr().String(), "error", err)
		}
	})
	p.log.Info("listening", "address", listener.Addr().String())

	p.mu.Lock()
	defer p.mu.Unlock()
	p.retire()
	p.listener, p.server = listener, server
}

// retire shuts down the current server, if there is one, and does not wait for its
// requests. The caller holds the lock.
func (p *proxy) retire() {
	if p.server == nil {
		return
	}
	server, drain := p.server, p.live.Current().Entry.Drain
	p.listener.Close() // immediately, so that the address is free
	p.server, p.listener = nil, nil
	p.serving.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	})
}

// address returns the address that the proxy listens on.
func (p *proxy) address() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listener.Addr().String()
}

// close ends the proxy after its requests have ended or timed out.
func (p *proxy) close() {
	p.mu.Lock()
	p.retire()
	p.mu.Unlock()
	p.serving.Wait()
	p.transport.CloseIdleConnections()
}
