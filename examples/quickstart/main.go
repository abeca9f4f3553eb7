// Quickstart is a small service that follows its configuration file: change
// config.yaml while it runs, and it prints what it does with the change.
//
//	go run . -config config.yaml
package main

//go:generate go run ../../cmd/hotbind generate --out config config.schema.yaml

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/hotbind/hotbind/examples/quickstart/config"
	rt "github.com/hotbind/hotbind/runtime"
)

func main() {
	path := flag.String("config", "config.yaml", "the configuration `file` to follow")
	maxWorkers := flag.Int("max-workers", 8, "how many workers this host allows")
	flag.Parse()

	// Ctrl-C and SIGTERM shut the service down cleanly.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *path, *maxWorkers, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run runs the service until ctx ends, and shuts it down cleanly.
func run(ctx context.Context, path string, maxWorkers int, out io.Writer) error {
	level := new(slog.LevelVar)
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))

	pool := newPool(maxWorkers)
	defer pool.Close()

	// Open reads the file, validates it against the schema and follows it. If the
	// file is invalid now, Open returns an error with all findings. If it becomes
	// invalid later, the change is refused and logged, and nothing changes.
	live, err := config.Open(ctx, rt.From(rt.File(path)), rt.WithLogger(log))
	if err != nil {
		return err
	}
	defer live.Close() // before the pool: no hook runs after it

	// Later, a hook refuses more workers than this host allows. At startup there
	// is no earlier revision to fall back to, so the program ends.
	if err := pool.Resize(live.Current().Pool.Workers); err != nil {
		return err
	}
	tenants := newTenants()
	if err := follow(live, log, level, pool, tenants); err != nil {
		return err
	}

	work := make(chan struct{})
	go func() {
		defer close(work)
		tenants.work(ctx, pool, live, log)
	}()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	for {
		select {
		case <-reload:
			// Changes are detected without this; SIGHUP forces a check. hotbind logs
			// what a reload changes or refuses.
			if r, err := live.Manager().Reload(ctx); err == nil && !r.Changed {
				log.Info("reload: nothing has changed", "revision", r.Revision.ID)
			}
		case <-work: // ends with ctx
			log.Info("goodbye", "jobs", tenants.done.Load())
			return nil
		}
	}
}

// follow registers the hooks, which apply changes of the configuration to the
// service. Each is called with the old and the new typed value, once for each
// revision that changes its value.
//
// Follow also calls a hook immediately with the value in force, so the same code
// sets something up and keeps it up to date.
func follow(live *config.Live, log *slog.Logger, level *slog.LevelVar, pool *pool, tenants *tenants) error {
	// The context of a hook contains the revision of the change.
	revision := func(ctx context.Context) slog.Attr {
		r, _ := rt.RevisionFrom(ctx)
		return slog.Uint64("revision", uint64(r.ID))
	}

	// A hook on one field.
	_, err1 := live.LogLevel().Follow(func(ctx context.Context, c rt.Change[config.LogLevel]) error {
		if err := level.UnmarshalText([]byte(c.New)); err != nil {
			return err
		}
		// Logged at the new level, so that the level never hides it.
		log.LogAttrs(ctx, level.Level(), "log level: "+arrow(c), revision(ctx))
		return nil
	})

	// A hook that can fail. The schema limits the workers for all hosts; only the
	// pool knows the limit of this host. An error rolls the whole revision back,
	// and hooks that were already called are called again with the old values.
	_, err2 := live.Pool().Workers().Follow(func(ctx context.Context, c rt.Change[int]) error {
		if err := pool.Resize(c.New); err != nil {
			return err
		}
		log.LogAttrs(ctx, slog.LevelInfo, "pool: "+arrow(c)+" workers", revision(ctx))
		return nil
	})

	// A hook on a map: called for each entry that was added, removed or changed.
	_, err3 := live.Tenants().FollowEntries(func(ctx context.Context, c rt.EntryChange[string, config.Tenant]) error {
		if c.NewSet {
			tenants.set(c.Key, c.New.Quota)
		} else {
			tenants.remove(c.Key)
		}
		quota := rt.Change[int]{Old: c.Old.Quota, New: c.New.Quota, OldSet: c.OldSet, NewSet: c.NewSet}
		log.LogAttrs(ctx, slog.LevelInfo, "tenant "+c.Key+": quota "+arrow(quota), revision(ctx))
		return nil
	})

	// A hook on a field of one entry, which may not exist yet.
	live.Tenants().Key("acme").Quota().OnChange(func(ctx context.Context, c rt.Change[int]) error {
		log.LogAttrs(ctx, slog.LevelInfo, "letter to acme: your quota, "+arrow(c), revision(ctx))
		return nil
	})
	return errors.Join(err1, err2, err3)
}

// arrow formats a change; either side may be absent.
func arrow[T any](c rt.Change[T]) string {
	switch {
	case !c.OldSet:
		return fmt.Sprint(c.New)
	case !c.NewSet:
		return fmt.Sprint(c.Old, " → none")
	}
	return fmt.Sprint(c.Old, " → ", c.New)
}
