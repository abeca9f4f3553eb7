package main

import (
	"context"
	"log/slog"

	"github.com/hotbind/hotbind/bench/fleet"
	"github.com/hotbind/hotbind/bench/service"

	rt "github.com/hotbind/hotbind/runtime"
)

//go:generate go -C .. run ./cmd/hotbind generate --out bench/service bench/service/service.schema.yaml
//go:generate go -C .. run ./cmd/hotbind generate --out bench/fleet bench/fleet/fleet.schema.yaml
//go:generate go -C .. run ./cmd/hotbind generate --no-live --out bench/size/once bench/service/service.schema.yaml
//go:generate go -C .. run ./cmd/hotbind generate --out bench/compare/config bench/compare/config.schema.json

func options(in input) []rt.Option {
	// These files are complete, so there is no need to wait for a writer.
	return []rt.Option{rt.From(rt.File(in.path)), rt.WithSettle(0), rt.WithLogger(slog.New(slog.DiscardHandler))}
}

func loadHotbind(in input) (err error) {
	if in.kind == "fleet" {
		_, err = fleet.Load(context.Background(), rt.From(rt.File(in.path)))
	} else {
		_, err = service.Load(context.Background(), rt.From(rt.File(in.path)))
	}
	return err
}

func openHotbind(in input) (session, error) {
	if in.kind == "fleet" {
		live, err := fleet.Open(context.Background(), options(in)...)
		if err != nil {
			return session{}, err
		}
		return session{
			reload: reloads(live.Manager()),
			read:   func() int { return live.Current().Machines["m00000"].CPUs.Or(0) },
			close:  func() { live.Close() },
		}, nil
	}
	live, err := service.Open(context.Background(), options(in)...)
	if err != nil {
		return session{}, err
	}
	return session{
		reload: reloads(live.Manager()),
		read:   func() int { return live.Current().Database.PoolSize },
		set: func(value int) error {
			_, err := live.Manager().Update(context.Background(), service.Set(live.Database().PoolSize(), value))
			return err
		},
		listen: func(n int, called func()) {
			live.Database().PoolSize().OnChange(func(context.Context, rt.Change[int]) error { called(); return nil })
			for range n - 1 {
				live.Mail().Workers().OnChange(func(context.Context, rt.Change[int]) error { called(); return nil })
			}
		},
		close: func() { live.Close() },
	}, nil
}

func reloads(m rt.Manager) func() error {
	return func() error {
		_, err := m.Reload(context.Background())
		return err
	}
}
