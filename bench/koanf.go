package main

import (
	"sync/atomic"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

func openKoanf(in input) (session, error) {
	if in.kind == "fleet" {
		return openKoanfOf[handFleet](in, "machines.m00000.cpus")
	}
	return openKoanfOf[handService](in, "database.pool_size")
}

func loadKoanf(in input) (err error) {
	if in.kind == "fleet" {
		_, err = koanfLoad[handFleet](in)
	} else {
		_, err = koanfLoad[handService](in)
	}
	return err
}

func koanfLoad[T any](in input) (*koanf.Koanf, error) {
	schema, err := schemaOf(in)
	if err != nil {
		return nil, err
	}
	k := koanf.New(".")
	if err := k.Load(file.Provider(in.path), yaml.Parser()); err != nil {
		return nil, err
	}
	if err := schema.Validate(k.Raw()); err != nil {
		return nil, err
	}
	return k, k.UnmarshalWithConf("", new(T), koanf.UnmarshalConf{Tag: "mapstructure"})
}

func openKoanfOf[T any](in input, key string) (session, error) {
	var current atomic.Pointer[koanf.Koanf]
	load := func() (*koanf.Koanf, error) { return koanfLoad[T](in) }
	var listeners []func(before, after *koanf.Koanf)
	first, err := load()
	if err != nil {
		return session{}, err
	}
	current.Store(first)
	return session{
		reload: func() error {
			next, err := load()
			if err == nil {
				current.Store(next)
			}
			return err
		},
		read: func() int { return current.Load().Int(key) },
		set: func(value int) error {
			before := current.Load()
			next := before.Copy()
			if err := next.Set(key, value); err != nil {
				return err
			}
			current.Store(next)
			for _, l := range listeners {
				l(before, next)
			}
			return nil
		},
		listen: func(n int, called func()) {
			for i := range n {
				own := key
				if i > 0 {
					own = "mail.workers"
				}
				listeners = append(listeners, func(before, after *koanf.Koanf) {
					if before.Int(own) != after.Int(own) {
						called()
					}
				})
			}
		},
		close: func() {},
	}, nil
}
