// Observability is a service that can be watched: a runner of jobs whose configuration
// tells a terminal, a log, a file, a webhook, a queue and two functions what it does,
// keeps an audit log, and shows its state and metrics on pages. It runs no jobs.
//
//	cd examples/observability && go run .
//
// The program starts the runner in a temporary folder, changes its configuration as
// people do, and shows who hears of what. It succeeds only if all of it comes out as it
// should. What the operator settles stands in settings.yaml, what the program does
// itself in runner.go and observers.go; the rest is the script and the people in it.
//
// It is a module of its own, so that Prometheus is in no other module's graph.
package main

//go:generate go -C ../.. run ./cmd/hotbind generate --out examples/observability/config examples/observability/config.schema.yaml

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	// SIGPIPE: a reader that has seen enough must not keep the program from tidying up.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	show := newScreen(os.Stdout, colorful(os.Stdout))
	if show.color {
		show.pause = 600 * time.Millisecond
	}
	err := elsewhere(func() error { return newStory(show).play(ctx) })
	stop()
	if err != nil {
		show.failed(err)
		os.Exit(1)
	}
}

// elsewhere calls play in a folder that is gone afterwards. The runner runs there: the
// paths in its settings are relative.
func elsewhere(play func() error) (err error) {
	home, err := os.Getwd()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "hotbind-observability-")
	if err != nil {
		return err
	}
	if err := os.Chdir(folder); err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	defer func() { err = errors.Join(err, os.Chdir(home), os.RemoveAll(folder)) }()
	return play()
}
