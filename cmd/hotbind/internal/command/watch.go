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
		Short: "Follow configuration files and print what a service would make of them",
		Long: `Follow configuration files and print what a service would make of them, as it
happens: each revision with its changes, what is refused and why, that it is good
again, and what would wait for a restart. Secrets are hidden. Files that are bad or
missing at the start are waited for. Findings go to standard error; with --format json
all goes to standard output, one object a line.

` + sourcesHelp + `

It ends when it is interrupted (Ctrl-C), with exit status 0.`,
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
			t := newTeller(stdout, stderr, schema, format == "json")
			t.sources = strings.Join(args, ", ")
			return follow(ctx, t, schema, opts)
		},
	}
	flags.register(cmd)
	formatFlag(cmd, &format)
	return usage(cmd)
}

// mostWaiting bounds what waits to be printed, should nobody read it.
const mostWaiting = 1000

// A news is something that happened: one of its parts is set.
type news struct {
	revision *rt.Revision
	changes  rt.Changes // of the revision
	status   *rt.Status
	warning  string
}

// follow prints what happens until ctx has ended. What the engine tells is taken
// from it at once and printed here, so that a slow reader delays no reload. It ends as well
// when what happens can no longer be printed.
func follow(ctx context.Context, t *teller, schema *validate.Schema, opts []rt.Option) error {
	waiting := make(chan news, mostWaiting)
	tell := func(n news) {
		select {
		case waiting <- n:
		default: // nobody reads, and the newest status comes with the next one
		}
	}
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	var live atomic.Pointer[untyped.Live]
	handler := &warningHandler{
		tell: func(text string) { tell(news{warning: text}) },
		bell: func() {
			if l := live.Load(); l != nil {
				status := l.Manager().Status()
				tell(news{status: &status})
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
		tell(news{revision: &r, changes: changes})
		return nil
	})
	if err != nil {
		return err
	}
	live.Store(l)
	handler.bell() // for what happened before
	for {
		select {
		case <-ctx.Done():
			return nil
		case n := <-waiting:
			if t.tell(n); writeError(t.results.out) != nil {
				return nil // Run tells of it
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
