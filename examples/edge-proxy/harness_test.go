package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/examples/edge-proxy/config"
	"github.com/hotbind/hotbind/internal/testkit"
	rt "github.com/hotbind/hotbind/runtime"
)

// A rig is a proxy that follows its own file.
type rig struct {
	t        *testing.T
	path     string
	live     *config.Live
	proxy    *proxy
	refusals chan string // why candidates were refused
}

// newRig starts a proxy on text; before registers hooks ahead of it.
func newRig(t *testing.T, text string, before func(*config.Live)) *rig {
	t.Helper()
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "config.yaml"), refusals: make(chan string, 1000)}
	r.saveInPlace(text)
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	log := slog.New(refusalsOnly{r.refusals})
	live, err := config.Open(ctx, rt.From(rt.File(r.path)), rt.WithLogger(log),
		rt.WithDebounce(10*time.Millisecond), rt.WithSettle(30*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { live.Close() })
	if before != nil {
		before(live)
	}
	p, err := start(live, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		live.Close()
		p.close()
	})
	r.live, r.proxy = live, p
	return r
}

func (r *rig) saveInPlace(text string) {
	r.t.Helper()
	if err := os.WriteFile(r.path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) saveByRename(text string) {
	r.t.Helper()
	beside := r.path + ".new"
	if err := os.WriteFile(beside, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(beside, r.path); err != nil {
		r.t.Fatal(err)
	}
}

// refused waits until a candidate is refused for a reason that contains want. If a file
// is saved in place, half of it may be refused first.
func (r *rig) refused(want string) {
	r.t.Helper()
	late := time.After(testkit.Patience)
	for {
		select {
		case reason := <-r.refusals:
			if strings.Contains(reason, want) {
				return
			}
		case <-late:
			r.t.Fatalf("nothing was refused for %q", want)
		}
	}
}

// refusalsOnly is a log that keeps the reasons of refusals.
type refusalsOnly struct{ reasons chan<- string }

func (h refusalsOnly) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (h refusalsOnly) WithAttrs([]slog.Attr) slog.Handler           { return h }
func (h refusalsOnly) WithGroup(string) slog.Handler                { return h }
func (h refusalsOnly) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" {
			h.reasons <- a.Value.String()
		}
		return true
	})
	return nil
}

// backend starts a server that answers with its name and the requested path, and returns
// its address.
func backend(t *testing.T, name string) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Backend", name)
		w.Header().Set("Secret-Of-The-Proxy", r.Header.Get("Secret-Of-The-Proxy"))
		io.WriteString(w, r.URL.Path)
	}))
	t.Cleanup(s.Close)
	return s.URL
}
