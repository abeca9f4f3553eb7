package main

import (
	"math/bits"
	"sync/atomic"

	"github.com/hotbind/hotbind/bench/limit"
	"github.com/hotbind/hotbind/bench/plain"
)

func limitContestant() contestant {
	return contestant{
		name:    "limit",
		program: "limitfollow",
		load:    func(path string) (any, error) { return limit.Load(path) },
		follow: func(path string, changed func(int)) (func(), error) {
			first, err := limit.Load(path)
			if err != nil {
				return nil, err
			}
			var current atomic.Pointer[plain.Service]
			current.Store(first)
			return limit.Follow(path, func(next *plain.Service) {
				if before := current.Swap(next); before.Database.PoolSize != next.Database.PoolSize {
					changed(next.Database.PoolSize)
				}
			})
		},
		read: func(path string) (func(int) int, error) { return readPointer(limit.Load(path)) },
		compare: func(before, after string) (func() int, error) {
			return compareLoaded(limit.Load, before, after, func(a, b *plain.Service) int {
				d := limit.Compare(a, b)
				return bits.OnesCount64(d.Fields) + len(d.Machines)
			})
		},
		hooks: func(path string, n int, called func()) (func(int) error, func(), error) {
			c, err := limit.Load(path)
			if err != nil {
				return nil, nil, err
			}
			live := &limit.Live{}
			live.Current.Store(c)
			hook := func(*plain.Service, *plain.Service) { called() }
			live.Hooks[limit.PoolSize] = append(live.Hooks[limit.PoolSize], hook)
			for range n - 1 {
				live.Hooks[limit.Workers] = append(live.Hooks[limit.Workers], hook)
			}
			set := func(poolSize int) error {
				next := *live.Current.Load()
				next.Database.PoolSize = poolSize
				live.Set(&next)
				return nil
			}
			return set, func() {}, nil
		},
	}
}
