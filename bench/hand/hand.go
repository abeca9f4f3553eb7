// Package hand is the careful pipeline that people write by hand: yaml.v3 or
// encoding/json, santhosh-tekuri/jsonschema v5, fsnotify, reflect.DeepEqual and an atomic
// pointer.
package hand

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// Compile compiles a schema, in YAML or JSON.
func Compile(name string, text []byte) (*jsonschema.Schema, error) {
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	asJSON, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource(name, bytes.NewReader(asJSON)); err != nil {
		return nil, err
	}
	return c.Compile(name)
}

// Load parses, validates and decodes a file.
func Load[T any](schema *jsonschema.Schema, path string) (*T, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if filepath.Ext(path) == ".json" {
		return decodeJSON[T](schema, text)
	}
	return decodeYAML[T](schema, text)
}

func decodeYAML[T any](schema *jsonschema.Schema, text []byte) (*T, error) {
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

func decodeJSON[T any](schema *jsonschema.Schema, text []byte) (*T, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	if err := schema.Validate(tree); err != nil {
		return nil, err
	}
	c := new(T)
	return c, json.Unmarshal(text, c)
}

// Follow loads a file, and again after each event of it. After a difference it stores the
// new value in current and calls changed. A file that is invalid changes nothing.
func Follow[T any](schema *jsonschema.Schema, path string, current *atomic.Pointer[T], changed func(before, after *T)) (stop func(), err error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	// The folder, because a rename replaces the file.
	if err := watcher.Add(filepath.Dir(path)); err != nil {
		watcher.Close()
		return nil, err
	}
	first, err := Load[T](schema, path)
	if err != nil {
		watcher.Close()
		return nil, err
	}
	current.Store(first)
	go func() {
		for event := range watcher.Events {
			if event.Name != path || !event.Has(fsnotify.Create|fsnotify.Write) {
				continue
			}
			next, err := Load[T](schema, path)
			if err != nil {
				continue
			}
			if before := current.Load(); !reflect.DeepEqual(before, next) {
				current.Store(next)
				changed(before, next)
			}
		}
	}()
	return func() { watcher.Close() }, nil
}
