package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/hotbind/hotbind/examples/operations/settings"
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// mostWorkers is the limit of this host, which the schema cannot know.
const mostWorkers = 16

// A relay follows its configuration, and logs what it would do.
type relay struct {
	live *settings.Live
	log  *slog.Logger
}

// start opens the configuration and registers validators and hooks.
func start(ctx context.Context, screen *screen, opts ...rt.Option) (*relay, error) {
	log := slog.New(screen)
	live, err := settings.Open(ctx, append(opts, rt.WithLogger(log))...)
	if err != nil {
		return nil, err
	}
	r := &relay{live, log}
	r.check()
	if err := r.follow(screen); err != nil {
		live.Close()
		return nil, err
	}
	log.Info("accepting mail on " + live.Current().Listen)
	return r, nil
}

func (r *relay) stop() {
	if err := r.live.Close(); err != nil {
		r.log.Error("the configuration could not be closed", "error", err.Error())
	}
}

// check registers a validator for rules that the schema cannot express.
func (r *relay) check() {
	r.live.AddValidator(func(c *settings.Config) []rt.Finding {
		shares := 0
		for i := range c.Servers {
			shares += c.Servers[i].Share
		}
		if len(c.Servers) > 0 && shares == 0 {
			return []rt.Finding{{
				Pos: document.Position{File: "relay"}, Path: "servers",
				Message: "no server has a share of the mail", Hint: "give one a share above 0",
			}}
		}
		return nil
	})
}

// follow registers the hooks. Follow also calls a hook immediately with the value in
// force, so the same code sets something up and keeps it up to date.
func (r *relay) follow(screen *screen) error {
	_, err := r.live.Logging().Level().Follow(func(_ context.Context, c rt.Change[settings.Level]) error {
		return screen.level.UnmarshalText([]byte(c.New))
	})
	if err != nil {
		return err
	}

	// Prepare refuses the revision before it is in force, so that no hook must be undone.
	r.live.Workers().Prepare(func(_ context.Context, c rt.Change[int]) (commit, abort func(), err error) {
		if c.New > mostWorkers {
			return nil, nil, fmt.Errorf("this host can run %d workers, not %d", mostWorkers, c.New)
		}
		return func() { r.log.Info(fmt.Sprintf("workers: %d, before: %d", c.New, c.Old)) }, nil, nil
	})

	// Each item of the keyed list that is added, removed or changed.
	_, err = r.live.Servers().FollowEntries(func(_ context.Context, c rt.EntryChange[string, settings.Server]) error {
		switch {
		case !c.NewSet:
			r.log.Info("server " + c.Key + ": connections closed")
		case !c.OldSet || c.Old.Host != c.New.Host || c.Old.Port != c.New.Port:
			r.log.Info(fmt.Sprintf("server %s: connected to %s:%d", c.Key, c.New.Host, c.New.Port))
		}
		return nil
	})
	if err != nil {
		return err
	}

	// A field of one item, which may not exist.
	r.live.Servers().Key("backup").Share().OnChange(func(_ context.Context, c rt.Change[int]) error {
		if (c.New > 0) != (c.Old > 0) {
			r.log.Warn(fmt.Sprintf("share of the backup: %d, before: %d", c.New, c.Old))
		}
		return nil
	})

	r.live.Account().OnChange(func(_ context.Context, c rt.Change[settings.Account]) error {
		r.log.Info("signed in again", "account", c.New) // a secret prints as [secret]
		return nil
	})

	_, err = r.live.Domains().Follow(func(_ context.Context, c rt.Change[[]string]) error {
		for _, domain := range c.New {
			if !slices.Contains(c.Old, domain) {
				r.log.Info("accepting mail for " + domain)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}

	r.live.Paused().OnChange(func(_ context.Context, c rt.Change[bool]) error {
		if c.New {
			r.log.Warn("mail is held back")
		} else {
			r.log.Info("mail is sent again")
		}
		return nil
	})
	return nil
}
