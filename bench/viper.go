package main

import (
	"sync/atomic"

	"github.com/spf13/viper"
)

func openViper(in input) (session, error) {
	if in.kind == "fleet" {
		return openViperOf[handFleet](in, "machines.m00000.cpus")
	}
	return openViperOf[handService](in, "database.pool_size")
}

func loadViper(in input) (err error) {
	if in.kind == "fleet" {
		_, err = viperLoad[handFleet](in)
	} else {
		_, err = viperLoad[handService](in)
	}
	return err
}

func viperLoad[T any](in input) (*viper.Viper, error) {
	schema, err := schemaOf(in)
	if err != nil {
		return nil, err
	}
	v := viper.New()
	v.SetConfigFile(in.path)
	if err := v.ReadInConfig(); err != nil {
		return nil, err
	}
	if err := schema.Validate(map[string]any(v.AllSettings())); err != nil {
		return nil, err
	}
	return v, v.Unmarshal(new(T))
}

func openViperOf[T any](in input, key string) (session, error) {
	var current atomic.Pointer[viper.Viper]
	load := func() (*viper.Viper, error) { return viperLoad[T](in) }
	var listeners []func(before, after *viper.Viper)
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
		read: func() int { return current.Load().GetInt(key) },
		set: func(value int) error {
			before := current.Load()
			next := viper.New()
			if err := next.MergeConfigMap(before.AllSettings()); err != nil {
				return err
			}
			next.Set(key, value)
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
				listeners = append(listeners, func(before, after *viper.Viper) {
					if before.GetInt(own) != after.GetInt(own) {
						called()
					}
				})
			}
		},
		close: func() {},
	}, nil
}
