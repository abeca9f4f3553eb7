// Observability shows everything that can be observed of a configuration. The service is
// a runner of jobs, which runs no real jobs. It sends notifications to a terminal, a log,
// a file, a webhook, a queue and two functions, writes an audit log, and serves its state
// and metrics on HTTP pages.
//
//	cd examples/observability && go run .
//
// The program starts the runner in a temporary folder, changes its configuration as
// people do, and shows what each observer receives. It fails if a step has another outcome
// than expected. settings.yaml has what the operator configures, runner.go and
// observers.go what the program does itself; the other files are the script.
//
// It is a separate module, so that no other module depends on Prometheus.
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
	// SIGPIPE: a closed output must not prevent the cleanup.
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

// elsewhere calls play in a temporary folder. The runner must run there, because the
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
