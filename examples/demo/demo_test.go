package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The demo works without a terminal: every step has its outcome, no file is left behind,
// and the output has no color and no path of this machine.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs a service")
	}
	home := t.TempDir()
	t.Setenv("TMPDIR", home)
	var out bytes.Buffer
	if err := run(bounded(t), quiet(&out), script); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"in a cluster", "pool: 2 → 4 workers", "did you mean quota?", "16 steps, each with the expected outcome"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not shown in:\n%s", want, &out)
		}
	}
	for _, unwanted := range []string{"\x1b", home} {
		if strings.Contains(out.String(), unwanted) {
			t.Errorf("%q is shown in:\n%s", unwanted, &out)
		}
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// The demo can fail: one wrong expectation is enough.
func TestDemoFails(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs a service")
	}
	binary := filepath.Join(t.TempDir(), "quickstart")
	if _, err := goTool(bounded(t), "build", "-o", binary, module+"/examples/quickstart"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		step step
		want string
	}{
		"a hook that was not expected": {
			step{change: byRename("workers: 2", "workers: 3"), ends: reloaded},
			"unexpected output of the service",
		},
		"a hook that prints nothing": {
			step{change: byRename("workers: 2", "workers: 3"), hooks: []string{"pool: 2 → 3 workers", "log level: info"}, ends: reloaded},
			"the hooks printed",
		},
		"another reason": {
			step{change: byRename("workers: 2", "workers: 0"), ends: refused, why: []string{"it rains"}},
			"the reason is",
		},
		"an edit of what is not there": {
			step{change: byRename("wrokers", "workers"), ends: reloaded},
			"cannot be edited",
		},
		"a service that ends": {
			step{change: func(_ *file, s *service) error { return s.signal(os.Kill) }, ends: reloaded},
			"the service ended before it printed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scene{
				layout: plainFile,
				start:  []string{"log level: info", "pool: 2 workers"},
				steps:  []step{c.step},
			}
			var out bytes.Buffer
			_, err := s.play(bounded(t), quiet(&out), binary, filepath.Join(t.TempDir(), "home"), "pool: {workers: 2}\n")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it\n%s", err, c.want, &out)
			}
		})
	}
}

func quiet(out io.Writer) *screen {
	show := newScreen(out, false)
	show.pause = 0
	return show
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// The demo parses lines as slog writes them.
func TestParse(t *testing.T) {
	t.Parallel()
	l := parse(`time=2026-01-02T03:04:05Z level=INFO msg="pool: 2 → 4 workers" error="a \"b\"\nc" revision=7`)
	if l.msg != "pool: 2 → 4 workers" || l.attr["error"] != "a \"b\"\nc" || l.attr["revision"] != "7" {
		t.Errorf("got %q", l.attr)
	}
	if l := parse("panic: no"); l.msg != "panic: no" {
		t.Errorf("got %q", l.msg)
	}
}
