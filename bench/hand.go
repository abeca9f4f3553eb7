package main

import (
	"sync/atomic"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/bench/hand"
	"github.com/hotbind/hotbind/bench/plain"
)

func handContestant(schema *jsonschema.Schema) contestant {
	load := func(path string) (*plain.Service, error) { return hand.Load[plain.Service](schema, path) }
	return contestant{
		name:    "hand-written",
		program: "handfollow",
		load:    func(path string) (any, error) { return load(path) },
		follow: func(path string, changed func(int)) (func(), error) {
			var current atomic.Pointer[plain.Service]
			return hand.Follow(schema, path, &current, func(before, after *plain.Service) {
				if before.Database.PoolSize != after.Database.PoolSize {
					changed(after.Database.PoolSize)
				}
			})
		},
		read: func(path string) (func(int) int, error) { return readPointer(load(path)) },
		compare: func(before, after string) (func() int, error) {
			return compareLoaded(load, before, after, hand.Differences)
		},
		hooks: func(path string, n int, called func()) (func(int) error, func(), error) {
			c, err := load(path)
			if err != nil {
				return nil, nil, err
			}
			var current atomic.Pointer[plain.Service]
			current.Store(c)
			var listeners []func(before, after *plain.Service)
			for i := range n {
				listeners = append(listeners, func(before, after *plain.Service) {
					if i == 0 && before.Database.PoolSize != after.Database.PoolSize || i > 0 && before.Mail.Workers != after.Mail.Workers {
						called()
					}
				})
			}
			set := func(poolSize int) error {
				before := current.Load()
				next := *before
				next.Database.PoolSize = poolSize
				current.Store(&next)
				for _, l := range listeners {
					l(before, &next)
				}
				return nil
			}
			return set, func() {}, nil
		},
	}
}

// readPointer reads a struct behind an atomic pointer.
func readPointer(c *plain.Service, err error) (func(n int) int, error) {
	var current atomic.Pointer[plain.Service]
	current.Store(c)
	return func(n int) (sum int) {
		for range n {
			sum += current.Load().Database.PoolSize
		}
		return sum
	}, err
}

// compareLoaded loads two files and returns a function that compares them.
func compareLoaded[T any](load func(string) (T, error), before, after string, differ func(a, b T) int) (func() int, error) {
	a, err := load(before)
	if err != nil {
		return nil, err
	}
	b, err := load(after)
	return func() int { return differ(a, b) }, err
}
