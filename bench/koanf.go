package main

import (
	"path/filepath"
	"sync/atomic"

	"github.com/knadh/koanf/parsers/json"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/bench/plain"
)

func koanfContestant(schema *jsonschema.Schema) contestant {
	read := func(path string) (*koanf.Koanf, error) {
		k := koanf.New(".")
		return k, k.Load(file.Provider(path), koanfParser(path))
	}
	load := func(path string) (*plain.Service, error) {
		k, err := read(path)
		if err != nil {
			return nil, err
		}
		if err := schema.Validate(k.Raw()); err != nil {
			return nil, err
		}
		c := new(plain.Service)
		return c, k.UnmarshalWithConf("", c, koanf.UnmarshalConf{Tag: "yaml"})
	}
	return contestant{
		name:    "koanf",
		program: "koanffollow",
		load:    func(path string) (any, error) { return load(path) },
		follow: func(path string, changed func(int)) (func(), error) {
			first, err := load(path)
			if err != nil {
				return nil, err
			}
			var current atomic.Pointer[plain.Service]
			current.Store(first)
			f := file.Provider(path)
			err = f.Watch(func(_ any, err error) {
				if err != nil {
					return
				}
				next, err := load(path)
				if err != nil {
					return
				}
				if before := current.Swap(next); before.Database.PoolSize != next.Database.PoolSize {
					changed(next.Database.PoolSize)
				}
			})
			return func() { f.Unwatch() }, err
		},
		read: func(path string) (func(int) int, error) {
			k, err := read(path)
			return func(n int) (sum int) {
				for range n {
					sum += k.Int("database.pool_size")
				}
				return sum
			}, err
		},
		compare: func(before, after string) (func() int, error) {
			return compareLoaded(read, before, after, func(a, b *koanf.Koanf) int {
				return differences(a.All(), b.All())
			})
		},
		hooks: func(path string, n int, called func()) (func(int) error, func(), error) {
			k, err := read(path)
			if err != nil {
				return nil, nil, err
			}
			var current atomic.Pointer[koanf.Koanf]
			current.Store(k)
			var listeners []func(before, after *koanf.Koanf)
			for i := range n {
				key := "mail.workers"
				if i == 0 {
					key = "database.pool_size"
				}
				listeners = append(listeners, func(before, after *koanf.Koanf) {
					if before.Int(key) != after.Int(key) {
						called()
					}
				})
			}
			set := func(poolSize int) error {
				before := current.Load()
				next := before.Copy() // others may be reading
				if err := next.Set("database.pool_size", poolSize); err != nil {
					return err
				}
				current.Store(next)
				for _, l := range listeners {
					l(before, next)
				}
				return nil
			}
			return set, func() {}, nil
		},
	}
}

func koanfParser(path string) koanf.Parser {
	if filepath.Ext(path) == ".json" {
		return json.Parser()
	}
	return yaml.Parser()
}
