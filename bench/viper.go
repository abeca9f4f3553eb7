package main

import (
	"reflect"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
	"github.com/go-viper/mapstructure/v2"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/spf13/viper"

	"github.com/hotbind/hotbind/bench/plain"
)

func viperContestant(schema *jsonschema.Schema) contestant {
	// decode is used after a load and after each change.
	decode := func(v *viper.Viper) (*plain.Service, error) {
		if err := schema.Validate(v.AllSettings()); err != nil {
			return nil, err
		}
		c := new(plain.Service)
		return c, v.Unmarshal(c, func(d *mapstructure.DecoderConfig) { d.TagName = "yaml" })
	}
	read := func(path string) (*viper.Viper, error) {
		v := viper.New()
		v.SetConfigFile(path)
		return v, v.ReadInConfig()
	}
	return contestant{
		name:    "viper",
		program: "viperfollow",
		load: func(path string) (any, error) {
			v, err := read(path)
			if err != nil {
				return nil, err
			}
			return decode(v)
		},
		follow: func(path string, changed func(int)) (func(), error) {
			v, err := read(path)
			if err != nil {
				return nil, err
			}
			first, err := decode(v)
			if err != nil {
				return nil, err
			}
			var current atomic.Pointer[plain.Service]
			current.Store(first)
			v.OnConfigChange(func(fsnotify.Event) {
				next, err := decode(v)
				if err != nil {
					return
				}
				if before := current.Swap(next); before.Database.PoolSize != next.Database.PoolSize {
					changed(next.Database.PoolSize)
				}
			})
			v.WatchConfig()
			return func() {}, nil // viper stops when the file is removed
		},
		read: func(path string) (func(int) int, error) {
			v, err := read(path)
			return func(n int) (sum int) {
				for range n {
					sum += v.GetInt("database.pool_size")
				}
				return sum
			}, err
		},
		compare: func(before, after string) (func() int, error) {
			return compareLoaded(read, before, after, func(a, b *viper.Viper) int {
				return differences(flat(a), flat(b))
			})
		},
		hooks: func(path string, n int, called func()) (func(int) error, func(), error) {
			v, err := read(path)
			if err != nil {
				return nil, nil, err
			}
			// viper has one function for all changes of a file and none for Set, so
			// each listener compares its value with the one that it saw last.
			var listeners []func()
			for i := range n {
				key := "mail.workers"
				if i == 0 {
					key = "database.pool_size"
				}
				last := v.GetInt(key)
				listeners = append(listeners, func() {
					if now := v.GetInt(key); now != last {
						last = now
						called()
					}
				})
			}
			set := func(poolSize int) error {
				v.Set("database.pool_size", poolSize)
				for _, l := range listeners {
					l()
				}
				return nil
			}
			return set, func() {}, nil
		},
	}
}

// flat returns all values by their keys.
func flat(v *viper.Viper) map[string]any {
	all := map[string]any{}
	for _, key := range v.AllKeys() {
		all[key] = v.Get(key)
	}
	return all
}

// differences returns how many keys differ.
func differences(a, b map[string]any) (n int) {
	for key, before := range a {
		if after, ok := b[key]; !ok || !reflect.DeepEqual(before, after) {
			n++
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			n++
		}
	}
	return n
}
