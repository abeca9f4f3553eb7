package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// A Schema is one schema of the corpus, with what came of it.
type Schema struct {
	File     string
	Fixtures []*Fixture

	Refused  string // why nothing was generated
	Broken   string // what the compiler said
	Took     time.Duration
	Lines    int
	Fields   int
	Untyped  int
	Holding  int // fields that hold any, in a list or a map
	Types    int
	Warnings int
}

// A Fixture is a document that is valid or not.
type Fixture struct {
	File   string
	Valid  bool
	Agreed bool // a full validator says the same of it
	Text   []byte

	Error string // why it was refused
	Lost  string // the first path that was lost
}

// read lists the schemas of a corpus with their fixtures.
func read(folder, only string) ([]*Schema, error) {
	names, err := filepath.Glob(filepath.Join(folder, "src", "schemas", "json", "*.json"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no src/schemas/json/*.json", folder)
	}
	agreed, err := readAgreed(folder)
	if err != nil {
		return nil, err
	}
	var list []*Schema
	for _, name := range names {
		s := &Schema{File: filepath.Base(name)}
		if match, err := path.Match(only, s.File); err != nil {
			return nil, err
		} else if only != "" && !match {
			continue
		}
		for _, kind := range []struct {
			folder string
			valid  bool
		}{{"test", true}, {"negative_test", false}} {
			if err := s.fixtures(folder, path.Join("src", kind.folder, strings.TrimSuffix(s.File, ".json")), kind.valid, agreed); err != nil {
				return nil, err
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// readAgreed reads which fixtures a full validator agrees with, from
// fixtures.jsonl; nil: there is no such file, and all are taken to be.
func readAgreed(folder string) (map[string]bool, error) {
	f, err := os.Open(filepath.Join(folder, "fixtures.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	agreed := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row struct {
			File   string
			Agreed bool
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("fixtures.jsonl: %w", err)
		}
		agreed[row.File] = row.Agreed
	}
	return agreed, nil
}

func (s *Schema) fixtures(folder, under string, valid bool, agreed map[string]bool) error {
	return filepath.WalkDir(filepath.Join(folder, filepath.FromSlash(under)), func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		f := &Fixture{File: filepath.ToSlash(relative), Valid: valid, Agreed: true}
		if agreed != nil {
			is, listed := agreed[f.File]
			if !listed {
				return nil
			}
			f.Agreed = is
		}
		if !slices.Contains([]string{".json", ".yaml", ".yml", ".toml"}, filepath.Ext(name)) {
			return nil
		}
		f.Text, err = os.ReadFile(name)
		if err != nil {
			return err
		}
		s.Fixtures = append(s.Fixtures, f)
		return nil
	})
}

// document is the fixture in a format that generated packages read.
func (f *Fixture) document() (name string, text []byte, err error) {
	if path.Ext(f.File) != ".toml" {
		return f.File, f.Text, nil
	}
	var value any
	if err := toml.Unmarshal(f.Text, &value); err != nil {
		return "", nil, err
	}
	text, err = json.Marshal(value)
	return strings.TrimSuffix(f.File, ".toml") + ".json", text, err
}
