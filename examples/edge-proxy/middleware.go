package main

import (
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hotbind/hotbind/examples/edge-proxy/config"
)

// A middleware handles a request before next answers it.
type middleware func(next http.Handler) http.Handler

// middleware returns the middleware with the given name. The schema's oneOf is
// generated as an interface that only these four types implement.
func (t *table) middleware(name string, m config.Middleware, old *table) middleware {
	switch m := m.(type) {
	case config.AddPrefix:
		return onPath(func(path string) string { return m.Prefix + path })
	case config.StripPrefix:
		return onPath(func(path string) string {
			if !hasPrefix(path, m.Prefix) {
				return path
			}
			return "/" + strings.TrimPrefix(path[len(m.Prefix):], "/")
		})
	case config.Headers:
		return setHeaders(m)
	case config.RateLimit:
		limit := &limiter{cfg: m, tokens: float64(m.Burst)}
		if old != nil && old.limits[name] != nil && old.limits[name].cfg.Equal(m) {
			limit = old.limits[name]
		}
		t.limits[name] = limit
		return limit.middleware
	}
	panic("unknown kind of middleware: the schema has it and this program does not")
}

// onPath edits the path in a copy of the request: the caller owns the request.
func onPath(edit func(path string) string) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.URL.Path = edit(r.URL.Path)
			if r.URL.RawPath != "" {
				r.URL.RawPath = edit(r.URL.RawPath)
			}
			next.ServeHTTP(w, r)
		})
	}
}

func setHeaders(m config.Headers) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			for name, value := range m.Request {
				r.Header.Set(name, value)
			}
			for name, value := range m.Response {
				w.Header().Set(name, value)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// A limiter is a bucket that is filled with tokens at a fixed rate. Each request
// takes one; without a token it is rejected.
type limiter struct {
	cfg    config.RateLimit
	mu     sync.Mutex
	tokens float64
	filled time.Time
}

func (l *limiter) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.allow(time.Now()) {
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (l *limiter) allow(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if elapsed := now.Sub(l.filled).Seconds(); elapsed > 0 {
		l.tokens = math.Min(float64(l.cfg.Burst), l.tokens+elapsed*l.cfg.PerSecond)
		l.filled = now
	}
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}
