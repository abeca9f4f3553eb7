package main

import (
	"os"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// The structs that a careful author would write; all peers decode into them.
type handService struct {
	Server struct {
		Host         string        `yaml:"host" mapstructure:"host"`
		Port         int           `yaml:"port" mapstructure:"port"`
		TLS          bool          `yaml:"tls" mapstructure:"tls"`
		ReadTimeout  time.Duration `yaml:"read_timeout" mapstructure:"read_timeout"`
		WriteTimeout time.Duration `yaml:"write_timeout" mapstructure:"write_timeout"`
	} `yaml:"server" mapstructure:"server"`
	Database struct {
		URL       string        `yaml:"url" mapstructure:"url"`
		PoolSize  int           `yaml:"pool_size" mapstructure:"pool_size"`
		User      string        `yaml:"user" mapstructure:"user"`
		Retries   int           `yaml:"retries" mapstructure:"retries"`
		SlowQuery time.Duration `yaml:"slow_query" mapstructure:"slow_query"`
	} `yaml:"database" mapstructure:"database"`
	Cache struct {
		Enabled bool          `yaml:"enabled" mapstructure:"enabled"`
		Size    int           `yaml:"size" mapstructure:"size"`
		TTL     time.Duration `yaml:"ttl" mapstructure:"ttl"`
		Shards  int           `yaml:"shards" mapstructure:"shards"`
		Policy  string        `yaml:"policy" mapstructure:"policy"`
	} `yaml:"cache" mapstructure:"cache"`
	Log struct {
		Level  string  `yaml:"level" mapstructure:"level"`
		Format string  `yaml:"format" mapstructure:"format"`
		File   string  `yaml:"file" mapstructure:"file"`
		Sample float64 `yaml:"sample" mapstructure:"sample"`
		Color  bool    `yaml:"color" mapstructure:"color"`
	} `yaml:"log" mapstructure:"log"`
	Limits struct {
		Requests    int           `yaml:"requests" mapstructure:"requests"`
		Burst       int           `yaml:"burst" mapstructure:"burst"`
		Body        int           `yaml:"body" mapstructure:"body"`
		Connections int           `yaml:"connections" mapstructure:"connections"`
		Idle        time.Duration `yaml:"idle" mapstructure:"idle"`
	} `yaml:"limits" mapstructure:"limits"`
	Mail struct {
		Host     string `yaml:"host" mapstructure:"host"`
		Port     int    `yaml:"port" mapstructure:"port"`
		From     string `yaml:"from" mapstructure:"from"`
		Security string `yaml:"security" mapstructure:"security"`
		Workers  int    `yaml:"workers" mapstructure:"workers"`
	} `yaml:"mail" mapstructure:"mail"`
}

type handFleet struct {
	Machines map[string]handMachine `yaml:"machines" mapstructure:"machines"`
}

type handMachine struct {
	Host    string  `yaml:"host" mapstructure:"host"`
	Port    int     `yaml:"port" mapstructure:"port"`
	Region  string  `yaml:"region" mapstructure:"region"`
	Weight  float64 `yaml:"weight" mapstructure:"weight"`
	Enabled bool    `yaml:"enabled" mapstructure:"enabled"`
	CPUs    int     `yaml:"cpus" mapstructure:"cpus"`
	Memory  int     `yaml:"memory" mapstructure:"memory"`
	Zone    string  `yaml:"zone" mapstructure:"zone"`
	Retries int     `yaml:"retries" mapstructure:"retries"`
	Owner   string  `yaml:"owner" mapstructure:"owner"`
}

// Schemas are compiled once, as a program would do at its start.
var schemas = map[string]*jsonschema.Schema{}

func schemaOf(in input) (*jsonschema.Schema, error) {
	if s := schemas[in.schema]; s != nil {
		return s, nil
	}
	text, err := os.ReadFile(in.schema)
	if err != nil {
		return nil, err
	}
	s, err := compileSchema(in.schema, text)
	schemas[in.schema] = s
	return s, err
}

func openHand(in input) (session, error) {
	if in.kind == "fleet" {
		return openHandOf(in, func(c *handFleet) int { return c.Machines["m00000"].CPUs }, nil)
	}
	return openHandOf(in, func(c *handService) int { return c.Database.PoolSize }, func(c *handService, v int) { c.Database.PoolSize = v })
}

func loadHand(in input) (err error) {
	if in.kind == "fleet" {
		_, err = handLoad[handFleet](in)
	} else {
		_, err = handLoad[handService](in)
	}
	return err
}

// handLoad is the pipeline: parse, validate, decode.
func handLoad[T any](in input) (*T, error) {
	schema, err := schemaOf(in)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(in.path)
	if err != nil {
		return nil, err
	}
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		return nil, err
	}
	var tree any
	if err := node.Decode(&tree); err != nil {
		return nil, err
	}
	if err := schema.Validate(tree); err != nil {
		return nil, err
	}
	c := new(T)
	return c, node.Decode(c)
}

// openHandOf loads a configuration into an atomic pointer.
func openHandOf[T any](in input, value func(*T) int, change func(*T, int)) (session, error) {
	var current atomic.Pointer[T]
	load := func() (*T, error) { return handLoad[T](in) }
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return session{}, err
	}
	if err := watcher.Add(in.path); err != nil {
		return session{}, err
	}
	var listeners []func(before, after *T)
	swap := func(next *T) {
		before := current.Swap(next)
		for _, l := range listeners {
			l(before, next)
		}
	}
	first, err := load()
	if err != nil {
		return session{}, err
	}
	current.Store(first)
	return session{
		reload: func() error {
			next, err := load()
			if err == nil {
				swap(next)
			}
			return err
		},
		read: func() int { return value(current.Load()) },
		set: func(v int) error {
			next := *current.Load()
			change(&next, v)
			swap(&next)
			return nil
		},
		listen: func(n int, called func()) {
			for i := range n {
				listeners = append(listeners, func(before, after *T) {
					// All but the first listen to a value that does not change.
					if i == 0 && value(before) != value(after) {
						called()
					} else if value(before) == value(after)+1_000_000 {
						called()
					}
				})
			}
		},
		close: func() { watcher.Close() },
	}, nil
}
