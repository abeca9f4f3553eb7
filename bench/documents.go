package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hotbind/hotbind/bench/plain"
)

// A size is the number of keys of a document.
type size struct {
	name     string
	machines int
}

// allSizes has documents of 30, 1,000 and 100,000 keys: 30 in sections, and ten for each machine.
var allSizes = []size{{"30 keys", 0}, {"1,000 keys", 97}, {"100,000 keys", 9_997}}

var formats = []string{"YAML", "JSON"}

// firstPool is the pool size of a new document.
const firstPool = 10

// document returns a configuration of a size.
func document(s size) *plain.Service {
	c := &plain.Service{
		Server:   plain.Server{Host: "0.0.0.0", Port: 8080, TLS: true, ReadTimeoutMS: 3000, WriteTimeoutMS: 4000},
		Database: plain.Database{URL: "postgres://localhost/app", PoolSize: firstPool, User: "shop", Retries: 5, SlowQueryMS: 500},
		Cache:    plain.Cache{Enabled: true, Size: 5000, TTLMS: 120_000, Shards: 32, Policy: "lfu"},
		Log:      plain.Log{Level: "warn", Format: "text", File: "/var/log/app.log", Sample: 0.5},
		Limits:   plain.Limits{Requests: 50, Burst: 70, Body: 65_536, Connections: 300, IdleMS: 20_000},
		Mail:     plain.Mail{Host: "mail.example.com", Port: 587, From: "shop@example.com", Security: "tls", Workers: 4},
	}
	if s.machines == 0 {
		return c
	}
	c.Machines = make(map[string]plain.Machine, s.machines)
	for i := range s.machines {
		c.Machines[fmt.Sprintf("m%05d", i)] = plain.Machine{
			Host: fmt.Sprintf("host-%d.example.com", i), Port: 1000 + i, Region: []string{"eu", "us", "ap"}[i%3],
			Weight: float64(i%10) / 10, Enabled: i%2 == 0, CPUs: 1 + i%64, Memory: 1024 + i,
			Zone: fmt.Sprintf("zone-%d", i%9), Retries: i % 4, Owner: []string{"payments", "search", "sre-on-call"}[i%3],
		}
	}
	return c
}

// An input is a document on disk. Its text is the parts around the pool size.
type input struct {
	name          string // format and size
	path          string
	size          size
	before, after string
}

// newInput writes a document into a folder.
func newInput(dir, format string, s size) (input, error) {
	f := input{name: format + ", " + s.name, path: filepath.Join(dir, fmt.Sprint(s.machines), "config."+strings.ToLower(format)), size: s}
	text, err := render(document(s), filepath.Ext(f.path))
	if err != nil {
		return input{}, err
	}
	value := regexp.MustCompile(`pool_size"?: (10)`).FindStringSubmatchIndex(text)
	f.before, f.after = text[:value[2]], text[value[3]:]
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return input{}, err
	}
	return f, f.write(f.path, firstPool)
}

// write writes the document with a pool size.
func (f input) write(path string, poolSize int) error {
	return os.WriteFile(path, fmt.Appendf(nil, "%s%d%s", f.before, poolSize, f.after), 0o600)
}

// variant writes the document with another pool size beside it, and returns the path.
func (f input) variant(poolSize int) (string, error) {
	path := filepath.Join(filepath.Dir(f.path), fmt.Sprintf("pool%d%s", poolSize, filepath.Ext(f.path)))
	return path, f.write(path, poolSize)
}

// render returns a document as text: JSON with indentation, or YAML with a comment above
// each section and each tenth machine.
func render(c *plain.Service, ext string) (string, error) {
	if ext == ".json" {
		text, err := json.MarshalIndent(c, "", "  ")
		return string(text) + "\n", err
	}
	text, err := encodeYAML(c)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if name, _, _ := strings.Cut(line, ":"); !strings.HasPrefix(name, " ") {
			fmt.Fprintf(&b, "# Settings of %s.\n", name)
		} else if strings.HasPrefix(name, "  m") && strings.HasSuffix(name, "0") {
			fmt.Fprintf(&b, "  # Rack %s\n", strings.TrimSpace(name))
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

func encodeYAML(v any) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return b.String(), e.Close()
}
