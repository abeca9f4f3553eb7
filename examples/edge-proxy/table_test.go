package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/examples/edge-proxy/config"
)

// parse reads a configuration that the schema allows.
func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// The file of the example gives a valid table.
func TestOwnConfiguration(t *testing.T) {
	t.Parallel()
	own, err := os.ReadFile("config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newTable(parse(t, string(own)), nil, http.DefaultTransport); err != nil {
		t.Fatal(err)
	}
}

// Mistakes that the schema cannot find are reported together, with the names in the file.
func TestNamesThatStandForNothing(t *testing.T) {
	t.Parallel()
	_, err := newTable(parse(t, `
routers:
  a: {service: missing}
  b: {service: idle, middlewares: [absent]}
services:
  idle: {servers: [{url: http://127.0.0.1:1, weight: 0}]}
`), nil, http.DefaultTransport)
	if err == nil {
		t.Fatal("the table was built")
	}
	for _, want := range []string{
		`routers.a: unknown service "missing"`,
		`routers.b: unknown middleware "absent"`,
		"services.idle: every server has weight 0",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

// Of several matching routers, the one with precedence answers.
func TestWhichRouter(t *testing.T) {
	t.Parallel()
	table, err := newTable(parse(t, `
routers:
  rest:  {service: s}
  shop:  {service: s, path_prefix: /shop}
  cart:  {service: s, path_prefix: /shop/cart}
  blog:  {service: s, host: Blog.example}
  first: {service: s, host: blog.example, path_prefix: /now, priority: -1}
  all:   {service: s, path_prefix: /status/, priority: 5}
services: {s: {servers: [{url: http://127.0.0.1:1}]}}
`), nil, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	for i := range table.routes {
		name := table.routes[i].name
		table.routes[i].handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Router", name) })
	}
	for url, want := range map[string]string{
		"http://any.example/":             "rest",
		"http://any.example/shopping":     "rest",
		"http://any.example/shop":         "shop",
		"http://any.example/shop/x":       "shop",
		"http://any.example/shop/cart/1":  "cart",
		"http://BLOG.example:8080/shop":   "blog",
		"http://blog.example/now":         "blog",
		"http://blog.example/status":      "all",
		"http://blog.example/status/page": "all",
	} {
		w := httptest.NewRecorder()
		table.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
		if got := w.Header().Get("Router"); got != want {
			t.Errorf("%s: got %s, want %s", url, got, want)
		}
	}
}

// Middlewares run in the order of the router, and on the correct side.
func TestMiddlewares(t *testing.T) {
	t.Parallel()
	table, err := newTable(parse(t, `
routers:
  all: {service: s, middlewares: [strip, add, mark]}
middlewares:
  strip: {kind: strip_prefix, prefix: /api}
  add: {kind: add_prefix, prefix: /v2}
  mark: {kind: headers, request: {Secret-Of-The-Proxy: s3}, response: {X-Edge: here}}
services: {s: {servers: [{url: '`+backend(t, "s")+`/base'}]}}
`), nil, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/api/users": "/base/v2/users",
		"/api":       "/base/v2/",
		"/apis":      "/base/v2/apis",
	} {
		w := httptest.NewRecorder()
		table.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Body.String(); got != want {
			t.Errorf("%s reached the backend as %q, want %q", path, got, want)
		}
		if got := w.Header().Get("X-Edge") + w.Header().Get("Secret-Of-The-Proxy"); got != "heres3" {
			t.Errorf("headers: got %q", got)
		}
	}
}

// A limiter continues to count when something else in the file changes; otherwise every
// edit would allow a new burst. The number is written so that two readings of it differ by
// == but not by Equal.
func TestLimitOutlivesOtherChanges(t *testing.T) {
	t.Parallel()
	text := `
routers: {all: {service: s, middlewares: [limit]}}
middlewares: {limit: {kind: rate_limit, per_second: 1.0e-4}}
services: {s: {servers: [{url: '` + backend(t, "s") + `'}]}}
`
	var table *table
	status := func(text string) int {
		t.Helper()
		next, err := newTable(parse(t, text), table, http.DefaultTransport)
		if err != nil {
			t.Fatal(err)
		}
		table = next
		w := httptest.NewRecorder()
		table.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Code
	}
	other := strings.Replace(text, "{all: {", "{all: {priority: 3, ", 1)
	wider := strings.Replace(text, "1.0e-4", "1.0e-4, burst: 2", 1)
	got := []int{status(text), status(other), status(wider)}
	if want := [3]int{200, 429, 200}; [3]int(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The shares are right for any weights, and a server of weight 0 gets no requests, wherever
// it is in the list.
func TestShares(t *testing.T) {
	t.Parallel()
	for _, weights := range [][]int{{1}, {1, 1}, {0, 3, 1}, {3, 0, 0, 2, 0}, {10000, 1}, {1, 2, 3, 4, 5}} {
		var cfg config.Service
		total := 0
		for _, w := range weights {
			cfg.Servers = append(cfg.Servers, config.Server{Weight: w})
			total += w
		}
		s, err := newService(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]int, len(weights))
		for i := range s.servers {
			s.servers[i].handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got[i]++ })
		}
		const each = 20
		for range each * total {
			s.ServeHTTP(nil, nil)
		}
		for i, w := range weights {
			if off := got[i] - each*w; off < -each/2 || off > each/2 || w == 0 && got[i] != 0 {
				t.Errorf("weights %v: got %v of %d", weights, got, each*total)
			}
		}
	}
}
