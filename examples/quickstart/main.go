// Quickstart is a small service that follows its configuration file: change
// config.yaml while it runs, and it says what it does about it.
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

	// Ctrl-C and SIGTERM end the service in order.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *path, *maxWorkers, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the service, from start to clean end. It ends when ctx does.
func run(ctx context.Context, path string, maxWorkers int, out io.Writer) error {
	level := new(slog.LevelVar)
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))

	pool := newPool(maxWorkers)
	defer pool.Close()

	// Open reads the file, checks it against the schema and follows it from then
	// on. A bad file at the start is an error here, with every line that is
	// wrong; a bad file later is refused, logged, and changes nothing.
	live, err := config.Open(ctx, rt.From(rt.File(path)), rt.WithLogger(log))
	if err != nil {
		return err
	}
	defer live.Close() // before the pool: no hook runs after it

	// What this host cannot run is refused later. At the start there is nothing
	// to fall back to, so it ends the program.
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
			// Changes are found without this; SIGHUP is for people who want to be
			// sure. What a reload changes or refuses is logged by hotbind.
			if r, err := live.Manager().Reload(ctx); err == nil && !r.Changed {
				log.Info("reload: nothing has changed", "revision", r.Revision.ID)
			}
		case <-work: // it ends with ctx
			log.Info("goodbye", "jobs", tenants.done.Load())
			return nil
		}
	}
}

// follow registers the hooks: what the service does when its configuration
// changes. Each is called with the old and the new value, typed, once for each
// revision in which its value differs.
//
// Follow calls a hook with the value in force first, so that the same few lines set a
// thing up and keep it up to date.
func follow(live *config.Live, log *slog.Logger, level *slog.LevelVar, pool *pool, tenants *tenants) error {
	// The context of a hook knows which revision it is told of.
	revision := func(ctx context.Context) slog.Attr {
		r, _ := rt.RevisionFrom(ctx)
		return slog.Uint64("revision", uint64(r.ID))
	}

	// A hook on one field.
	_, err1 := live.LogLevel().Follow(func(ctx context.Context, c rt.Change[config.LogLevel]) error {
		if err := level.UnmarshalText([]byte(c.New)); err != nil {
			return err
		}
		// Said at the new level itself, so that it is never hidden by it.
		log.LogAttrs(ctx, level.Level(), "log level: "+arrow(c), revision(ctx))
		return nil
	})

	// A hook that can refuse. The schema knows how many workers make sense
	// anywhere; only the pool knows how many this host allows. The error takes
	// the whole revision out of force again, and hooks that were already called
	// are called with the way back.
	_, err2 := live.Pool().Workers().Follow(func(ctx context.Context, c rt.Change[int]) error {
		if err := pool.Resize(c.New); err != nil {
			return err
		}
		log.LogAttrs(ctx, slog.LevelInfo, "pool: "+arrow(c)+" workers", revision(ctx))
		return nil
	})

	// A hook on a map: called for each entry that came, went or changed.
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

	// A hook on a field of one entry, which need not exist yet.
	live.Tenants().Key("acme").Quota().OnChange(func(ctx context.Context, c rt.Change[int]) error {
		log.LogAttrs(ctx, slog.LevelInfo, "letter to acme: your quota, "+arrow(c), revision(ctx))
		return nil
	})
	return errors.Join(err1, err2, err3)
}

// arrow is a change as this program says it; either side can be absent.
func arrow[T any](c rt.Change[T]) string {
	switch {
	case !c.OldSet:
		return fmt.Sprint(c.New)
	case !c.NewSet:
		return fmt.Sprint(c.Old, " → none")
	}
	return fmt.Sprint(c.Old, " → ", c.New)
}
