package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	kyaml "github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"

	"github.com/hotbind/hotbind/bench/compare/config"
	rt "github.com/hotbind/hotbind/runtime"
)

// raceFree runs probe under the race detector: a goroutine reads values with the
// contestant's own getters while the file is saved again and again.
func raceFree(c contestant, dir string) (string, error) {
	binary := filepath.Join(dir, "probe")
	if out, err := exec.Command("go", "build", "-race", "-o", binary, "github.com/hotbind/hotbind/bench/compare").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build -race: %w\n%s", err, out)
	}
	cmd := exec.Command(binary, "-race-probe", c.name)
	cmd.Env = append(os.Environ(), "GORACE=halt_on_error=1")
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return "yes", nil
	case strings.Contains(string(out), "DATA RACE"), strings.Contains(string(out), "concurrent map"):
		return "no", nil
	}
	return "", fmt.Errorf("%w\n%s", err, out)
}

// probe reads in one goroutine while another one changes the file.
func probe(name string) error {
	dir, err := os.MkdirTemp("", "probe")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path, err := write(dir, good)
	if err != nil {
		return err
	}
	read, err := getters[name](path)
	if err != nil {
		return err
	}
	var ended atomic.Bool
	done := make(chan int)
	go func() {
		sum := 0
		for !ended.Load() {
			sum += read()
		}
		done <- sum
	}()
	for i := range 20 {
		if err := byRename(path, strings.Replace(good, "20", fmt.Sprint(20+i), 1)); err != nil {
			return err
		}
		time.Sleep(150 * time.Millisecond) // between two saves
	}
	ended.Store(true)
	if <-done == 0 {
		return errors.New("nothing was read")
	}
	return nil
}

// getters follow a file and return a function that reads one value as the documentation
// shows.
var getters = map[string]func(path string) (func() int, error){
	"hotbind": func(path string) (func() int, error) {
		live, err := config.Open(context.Background(), rt.From(rt.File(path)), rt.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			return nil, err
		}
		return func() int { return live.Current().Database.PoolSize }, nil
	},
	"viper": func(path string) (func() int, error) {
		v, err := newViper(path)
		if err != nil {
			return nil, err
		}
		v.WatchConfig()
		return func() int { return v.GetInt("database.pool_size") }, nil
	},
	"koanf": func(path string) (func() int, error) {
		k, err := newKoanf(path)
		if err != nil {
			return nil, err
		}
		provider := file.Provider(path)
		err = provider.Watch(func(any, error) {
			_ = k.Load(provider, kyaml.Parser()) // an invalid file is not loaded
		})
		return func() int { return k.Int("database.pool_size") }, err
	},
}
