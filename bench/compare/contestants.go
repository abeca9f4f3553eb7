package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
	"github.com/go-viper/mapstructure/v2"
	kyaml "github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/viper"
	"gopkg.in/yaml.v3"

	"github.com/hotbind/hotbind/bench/compare/config"
	"github.com/hotbind/hotbind/bench/compare/peer"
	rt "github.com/hotbind/hotbind/runtime"
)

// A contestant reads a configuration file, and follows one, as its documentation shows.
type contestant struct {
	name string
	load func(path string) (loaded, error)
	// strict is load with an option that refuses more, or nil if there is none.
	strict func(path string) (loaded, error)
	option string // its name
	// follow follows a file. It is nil if the contestant cannot.
	follow func(path string) (*following, error)
}

// loaded holds what the comparison looks at after loading a file.
type loaded struct {
	pool    int
	level   string
	tenants []string // their names, sorted
	printed string   // the configuration, as fmt prints it
}

// A following is a file that is followed.
type following struct {
	pool     func() int   // the value that a request would see now
	notified atomic.Int64 // how often the application was called because of a change
	poolHook atomic.Int64 // how often because of the pool, if the contestant distinguishes that
	seen     func() []int // the values of the pool that were in force, in order
	close    func()
}

// A record keeps values in the order in which they arrived.
type record struct {
	mu     sync.Mutex
	values []int
}

func (r *record) add(v int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.values = append(r.values, v)
}

func (r *record) all() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.values)
}

var contestants = []contestant{
	{name: "hotbind", load: loadHotbind, follow: followHotbind},
	{name: "viper", load: loadViper, strict: loadViperExact, option: "`UnmarshalExact`", follow: followViper},
	{name: "koanf", load: loadKoanf, strict: loadKoanfStrict, option: "a `DecoderConfig`", follow: followKoanf},
	{name: "go-jsonschema", load: loadPeer},
}

func loadHotbind(path string) (loaded, error) {
	c, err := config.Load(context.Background(), rt.From(rt.File(path)))
	if err != nil {
		return loaded{}, err
	}
	return loaded{c.Database.PoolSize, string(c.LogLevel), slices.Sorted(maps.Keys(c.Tenants)), fmt.Sprint(*c)}, nil
}

func followHotbind(path string) (*following, error) {
	live, err := config.Open(context.Background(), rt.From(rt.File(path)), rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, err
	}
	var values record
	f := &following{pool: func() int { return live.Current().Database.PoolSize }, seen: values.all, close: func() { live.Close() }}
	live.OnChange(func(_ context.Context, _ *config.Diff) error {
		f.notified.Add(1)
		values.add(f.pool())
		return nil
	})
	live.Database().PoolSize().OnChange(func(context.Context, rt.Change[int]) error {
		f.poolHook.Add(1)
		return nil
	})
	return f, nil
}

// byHand is the struct that users of viper and koanf write.
type byHand struct {
	LogLevel string `mapstructure:"log_level" koanf:"log_level"`
	Database struct {
		URL      string `mapstructure:"url" koanf:"url"`
		PoolSize int    `mapstructure:"pool_size" koanf:"pool_size"`
		Password string `mapstructure:"password" koanf:"password"`
	} `mapstructure:"database" koanf:"database"`
	Tenants map[string]struct {
		Quota int `mapstructure:"quota" koanf:"quota"`
	} `mapstructure:"tenants" koanf:"tenants"`
}

func (c *byHand) loaded() loaded {
	return loaded{c.Database.PoolSize, c.LogLevel, slices.Sorted(maps.Keys(c.Tenants)), fmt.Sprint(*c)}
}

func newViper(path string) (*viper.Viper, error) {
	v := viper.New()
	v.SetDefault("log_level", "info")
	v.SetDefault("database.pool_size", 10)
	v.SetConfigFile(path)
	return v, v.ReadInConfig()
}

func loadViper(path string) (loaded, error) {
	v, err := newViper(path)
	if err != nil {
		return loaded{}, err
	}
	c := new(byHand)
	return c.loadedOr(v.Unmarshal(c))
}

func loadViperExact(path string) (loaded, error) {
	v, err := newViper(path)
	if err != nil {
		return loaded{}, err
	}
	c := new(byHand)
	return c.loadedOr(v.UnmarshalExact(c, func(d *mapstructure.DecoderConfig) { d.WeaklyTypedInput = false }))
}

func (c *byHand) loadedOr(err error) (loaded, error) {
	if err != nil {
		return loaded{}, err
	}
	return c.loaded(), nil
}

func followViper(path string) (*following, error) {
	v, err := newViper(path)
	if err != nil {
		return nil, err
	}
	var current atomic.Pointer[byHand]
	load := func() error {
		c := new(byHand)
		if err := v.Unmarshal(c); err != nil {
			return err
		}
		current.Store(c)
		return nil
	}
	if err := load(); err != nil {
		return nil, err
	}
	var values record
	f := &following{pool: func() int { return current.Load().Database.PoolSize }, seen: values.all, close: func() {}}
	v.OnConfigChange(func(fsnotify.Event) {
		f.notified.Add(1)
		if load() == nil {
			values.add(f.pool())
		}
	})
	v.WatchConfig()
	return f, nil
}

func newKoanf(path string) (*koanf.Koanf, error) {
	k := koanf.New(".")
	if err := k.Set("log_level", "info"); err != nil {
		return nil, err
	}
	if err := k.Set("database.pool_size", 10); err != nil {
		return nil, err
	}
	return k, k.Load(file.Provider(path), kyaml.Parser())
}

func loadKoanf(path string) (loaded, error) {
	k, err := newKoanf(path)
	if err != nil {
		return loaded{}, err
	}
	c := new(byHand)
	return c.loadedOr(k.Unmarshal("", c))
}

func loadKoanfStrict(path string) (loaded, error) {
	k, err := newKoanf(path)
	if err != nil {
		return loaded{}, err
	}
	c := new(byHand)
	return c.loadedOr(k.UnmarshalWithConf("", c, koanf.UnmarshalConf{
		DecoderConfig: &mapstructure.DecoderConfig{TagName: "koanf", Result: c, ErrorUnused: true},
	}))
}

func followKoanf(path string) (*following, error) {
	var current atomic.Pointer[byHand]
	load := func() error {
		k, err := newKoanf(path)
		if err != nil {
			return err
		}
		c := new(byHand)
		if err := k.Unmarshal("", c); err != nil {
			return err
		}
		current.Store(c)
		return nil
	}
	if err := load(); err != nil {
		return nil, err
	}
	provider := file.Provider(path)
	var values record
	f := &following{pool: func() int { return current.Load().Database.PoolSize }, seen: values.all, close: func() { provider.Unwatch() }}
	err := provider.Watch(func(_ any, err error) {
		f.notified.Add(1)
		if err == nil && load() == nil {
			values.add(f.pool())
		}
	})
	return f, err
}

func loadPeer(path string) (loaded, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return loaded{}, err
	}
	var c peer.Config
	if err := yaml.Unmarshal(text, &c); err != nil {
		return loaded{}, err
	}
	return loaded{c.Database.PoolSize, string(c.LogLevel), slices.Sorted(maps.Keys(c.Tenants)), fmt.Sprint(c)}, nil
}
