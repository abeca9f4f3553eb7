package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/hotbind/hotbind/examples/edge-proxy/config"
)

// A table routes requests by one configuration. It is immutable.
type table struct {
	cfg    *config.Config
	routes []route // in the order in which they are tried
	limits map[string]*limiter
}

// A route is a router with its references resolved.
type route struct {
	name     string
	host     string // in lower case; "" is any
	prefix   string
	priority int
	handler  http.Handler
}

// newTable builds the table of a configuration. The error lists all unknown names.
// Rate limiters of old continue to count if their configuration has not changed.
func newTable(cfg *config.Config, old *table, transport http.RoundTripper) (*table, error) {
	t := &table{cfg: cfg, limits: map[string]*limiter{}}
	var errs []error
	middlewares := map[string]middleware{}
	for name, m := range cfg.Middlewares {
		middlewares[name] = t.middleware(name, m, old)
	}
	services := map[string]http.Handler{}
	for _, name := range slices.Sorted(maps.Keys(cfg.Services)) {
		service, err := newService(cfg.Services[name], transport)
		if err != nil {
			errs = append(errs, fmt.Errorf("services.%s: %w", name, err))
		}
		services[name] = service
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Routers)) {
		router := cfg.Routers[name]
		handler, ok := services[router.Service]
		if !ok {
			errs = append(errs, fmt.Errorf("routers.%s: unknown service %q", name, router.Service))
		}
		for _, m := range slices.Backward(router.Middlewares) {
			wrap, ok := middlewares[m]
			if !ok {
				errs = append(errs, fmt.Errorf("routers.%s: unknown middleware %q", name, m))
				continue
			}
			handler = wrap(handler)
		}
		t.routes = append(t.routes, route{name, strings.ToLower(router.Host.Or("")), router.PathPrefix, router.Priority, handler})
	}
	slices.SortFunc(t.routes, precedes)
	return t, errors.Join(errs...)
}

// precedes orders routes by priority, routes with a host first, then by the length
// of the prefix and by name, so that the order is always the same.
func precedes(a, b route) int {
	return cmp.Or(
		cmp.Compare(b.priority, a.priority),
		cmp.Compare(min(len(b.host), 1), min(len(a.host), 1)),
		cmp.Compare(len(b.prefix), len(a.prefix)),
		cmp.Compare(a.name, b.name),
	)
}

func (t *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for i := range t.routes {
		if route := &t.routes[i]; route.takes(host, r.URL.Path) {
			route.handler.ServeHTTP(w, r)
			return
		}
	}
	http.Error(w, "no router takes this request", http.StatusNotFound)
}

func (r *route) takes(host, path string) bool {
	return (r.host == "" || r.host == host) && hasPrefix(path, r.prefix)
}

// hasPrefix reports whether path begins with the segments of prefix.
func hasPrefix(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(prefix, "/"))
	return ok && (rest == "" || rest[0] == '/')
}

// A service distributes requests to its servers.
type service struct {
	servers []server
	total   uint64 // sum of the weights
	taken   atomic.Uint64
}

type server struct {
	upTo    uint64 // sum of the weights up to this server
	handler http.Handler
}

func newService(cfg config.Service, transport http.RoundTripper) (*service, error) {
	s := new(service)
	for _, one := range cfg.Servers {
		s.total += uint64(one.Weight)
		s.servers = append(s.servers, server{s.total, forward(one, transport)})
	}
	if s.total == 0 {
		return s, errors.New("every server has weight 0; give one a weight above 0")
	}
	return s, nil
}

// ServeHTTP picks the next server. Multiples of the golden ratio spread evenly over
// any interval, so the shares are right after only a few requests, without a lock.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const golden = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio
	at, _ := bits.Mul64(s.taken.Add(1)*golden, s.total)
	i, _ := slices.BinarySearchFunc(s.servers, at, func(one server, at uint64) int { return cmp.Compare(one.upTo, at+1) })
	// A server of weight 0 has an empty interval and is never picked.
	s.servers[i].handler.ServeHTTP(w, r)
}

// forward forwards requests to one server.
func forward(cfg config.Server, transport http.RoundTripper) http.Handler {
	target := cfg.URL.URL
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&target)
			r.SetXForwarded()
			r.Out.Host = r.In.Host
		},
	}
}
