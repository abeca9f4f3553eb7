package command

import (
	"context"
	"io"
	"log/slog"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

func watchCommand(stdout, stderr io.Writer) *cobra.Command {
	var flags sourceFlags
	var format string
	cmd := &cobra.Command{
		Use:   "watch --schema SCHEMA SOURCE...",
		Short: "Watch configuration files and print what a service would do",
		Long: `Watch configuration files and print, as it happens, what a service would do with them:
accept a revision with its changes, refuse a candidate and why, recover, or hold changes
back until a restart. Secrets are hidden. If files are invalid or missing at the start,
the command waits for valid ones. Findings go to standard error. With --format json
everything goes to standard output, one object per line.

` + sourcesHelp + `

Interrupt it (Ctrl-C) to stop; the exit status is then 0.`,
		Example: `  hotbind watch --schema config.schema.yaml base.yaml production.yaml
  hotbind watch --schema config.schema.yaml --environment staging --format json config`,
		Args: someSources,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			schema, err := flags.load(stderr, args)
			if err != nil {
				return err
			}
			sources, err := flags.sources(args)
			if err != nil {
				return err
			}
			opts, err := flags.options(sources)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			t := newNewsPrinter(stdout, stderr, schema, format == "json")
			t.sources = strings.Join(args, ", ")
			return follow(ctx, t, schema, opts)
		},
	}
	flags.register(cmd)
	formatFlag(cmd, &format)
	return usage(cmd)
}

// mostWaiting limits the news that wait to be printed.
const mostWaiting = 1000

// A news is one event; exactly one of revision, status and warning is set.
type news struct {
	revision *rt.Revision
	changes  rt.Changes // of the revision
	status   *rt.Status
	warning  string
}

// follow prints news until ctx ends or the output fails. The engine's callbacks only
// queue news, so that a slow reader does not delay a reload.
func follow(ctx context.Context, t *newsPrinter, schema *validate.Schema, opts []rt.Option) error {
	waiting := make(chan news, mostWaiting)
	queue := func(n news) {
		select {
		case waiting <- n:
		default: // nobody reads; a later status replaces this one
		}
	}
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	var live atomic.Pointer[untyped.Live]
	handler := &warningHandler{
		print: func(text string) { queue(news{warning: text}) },
		bell: func() {
			if l := live.Load(); l != nil {
				status := l.Manager().Status()
				queue(news{status: &status})
			}
		},
	}
	opts = append(opts, rt.WithHotReload(true), rt.WithLogger(slog.New(handler)))
	l, err := untyped.OpenWhenGood(ctx, schema, func(err error) {
		if t.refused(0, err); writeError(t.results.out) != nil {
			giveUp()
		}
	}, opts...)
	if ctx.Err() != nil {
		return closed(l)
	}
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = l.Follow(func(ctx context.Context, changes rt.Changes) error {
		r, _ := rt.RevisionFrom(ctx)
		queue(news{revision: &r, changes: changes})
		return nil
	})
	if err != nil {
		return err
	}
	live.Store(l)
	handler.bell() // for events before the Store
	for {
		select {
		case <-ctx.Done():
			return nil
		case n := <-waiting:
			if t.print(n); writeError(t.results.out) != nil {
				return nil // Run reports it
			}
		}
	}
}

func closed(l *untyped.Live) error {
	if l == nil {
		return nil
	}
	return l.Close()
}
