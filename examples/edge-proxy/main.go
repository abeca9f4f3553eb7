// Edge-proxy is a reverse proxy whose entry, routers, middlewares and services
// follow a file: change config.yaml while it runs, and new requests use the new
// configuration, while running requests finish with the old one.
//
//	go run . -config config.yaml
package main

//go:generate go run ../../cmd/hotbind generate --out config config.schema.yaml

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/hotbind/hotbind/examples/edge-proxy/config"
	rt "github.com/hotbind/hotbind/runtime"
)

func main() {
	path := flag.String("config", "config.yaml", "the configuration `file` to follow")
	flag.Parse()
	log := slog.New(slog.NewTextHandler(os.Stdout, nil))
	slog.SetDefault(log) // also for messages of net/http

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, log, rt.From(rt.File(*path)), rt.WithLogger(log))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run runs the proxy until ctx ends, and shuts it down cleanly.
func run(ctx context.Context, log *slog.Logger, opts ...rt.Option) error {
	live, err := config.Open(ctx, opts...)
	if err != nil {
		return err
	}
	p, err := start(live, log)
	if err != nil {
		return errors.Join(err, live.Close())
	}
	<-ctx.Done()
	err = live.Close() // before the proxy: no hook may change it while it closes
	p.close()
	return err
}
