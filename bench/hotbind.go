package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/hotbind/hotbind/bench/service"

	rt "github.com/hotbind/hotbind/runtime"
)

//go:generate go -C .. run ./cmd/hotbind generate --out bench/service bench/service/service.schema.yaml
//go:generate go -C .. run ./cmd/hotbind generate --out bench/shapes bench/shapes/shapes.schema.yaml
//go:generate go -C .. run ./cmd/hotbind generate --no-live --out bench/size/once bench/service/service.schema.yaml
//go:generate go -C .. run ./cmd/hotbind generate --out bench/compare/config bench/compare/config.schema.json
//go:generate go generate ./limit

func hotbindContestant() contestant {
	load := func(path string) (*service.Config, error) {
		return service.Load(context.Background(), rt.From(rt.File(path)))
	}
	// The files are complete after a rename, so there is no need to wait for a writer.
	open := func(path string) (*service.Live, error) {
		return service.Open(context.Background(), rt.From(rt.File(path)), rt.WithDebounce(time.Nanosecond), rt.WithSettle(0),
			rt.WithLogger(slog.New(slog.DiscardHandler)))
	}
	return contestant{
		name:    "hotbind",
		program: "hotbindfollow",
		load:    func(path string) (any, error) { return load(path) },
		follow: func(path string, changed func(int)) (func(), error) {
			live, err := open(path)
			if err != nil {
				return nil, err
			}
			live.Database().PoolSize().OnChange(func(_ context.Context, c rt.Change[int]) error { changed(c.New); return nil })
			return func() { live.Close() }, nil
		},
		read: func(path string) (func(int) int, error) {
			live, err := open(path)
			if err != nil {
				return nil, err
			}
			return func(n int) (sum int) {
				for range n {
					sum += live.Current().Database.PoolSize
				}
				return sum
			}, live.Close() // what was current can still be read
		},
		compare: func(before, after string) (func() int, error) {
			return compareLoaded(load, before, after, func(a, b *service.Config) int { return len(a.Diff(b).Changes) })
		},
		hooks: func(path string, n int, called func()) (func(int) error, func(), error) {
			live, err := open(path)
			if err != nil {
				return nil, nil, err
			}
			hook := func(context.Context, rt.Change[int]) error { called(); return nil }
			live.Database().PoolSize().OnChange(hook)
			for range n - 1 {
				live.Mail().Workers().OnChange(hook)
			}
			set := func(poolSize int) error {
				_, err := live.Manager().Update(context.Background(), service.Set(live.Database().PoolSize(), poolSize))
				return err
			}
			return set, func() { live.Close() }, nil
		},
	}
}
