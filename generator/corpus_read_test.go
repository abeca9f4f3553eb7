package generator_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
	"github.com/pelletier/go-toml/v2"
)

// A corpusSchema is one schema of the corpus with its result.
type corpusSchema struct {
	file     string
	fixtures []*corpusFixture

	refused string         // why nothing was generated
	pkg     *trial.Package // nil: refused
	report  generator.Report
	took    time.Duration
	lines   int
}

// isUsable reports whether there is a package that can judge.
func (s *corpusSchema) isUsable() bool { return s.pkg != nil && s.pkg.Broken == "" }

// A corpusFixture is a valid or an invalid document.
type corpusFixture struct {
	file   string
	valid  bool
	agreed bool // a full validator has the same verdict
	text   []byte

	err  string // why it was refused
	lost string // the first path that was lost
}

// readCorpus lists the schemas of a corpus with their fixtures: those whose names match a
// pattern, or all.
func readCorpus(t *testing.T, folder, only string) (list []*corpusSchema) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "src", "schemas", "json", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	agreed := readAgreed(t, folder)
	for _, name := range names {
		s := &corpusSchema{file: filepath.Base(name)}
		if matches, err := path.Match(only, s.file); err != nil {
			t.Fatal(err)
		} else if only != "" && !matches {
			continue
		}
		for kind, valid := range map[string]bool{"test": true, "negative_test": false} {
			if err := s.read(folder, path.Join("src", kind, strings.TrimSuffix(s.file, ".json")), valid, agreed); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		t.Fatalf("%s has no such schemas", folder)
	}
	return list
}

// readAgreed reads from fixtures.jsonl which fixtures a full validator agrees with. It
// returns nil if there is no such file; then all count as agreed.
func readAgreed(t *testing.T, folder string) map[string]bool {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "fixtures.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	agreed := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row struct {
			File   string
			Agreed bool
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("fixtures.jsonl: %v", err)
		}
		agreed[row.File] = row.Agreed
	}
	return agreed
}

func (s *corpusSchema) read(folder, under string, valid bool, agreed map[string]bool) error {
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
		f := &corpusFixture{file: filepath.ToSlash(relative), valid: valid, agreed: true}
		if agreed != nil {
			is, listed := agreed[f.file]
			if !listed {
				return nil
			}
			f.agreed = is
		}
		if !slices.Contains([]string{".json", ".yaml", ".yml", ".toml"}, filepath.Ext(name)) {
			return nil
		}
		f.text, err = os.ReadFile(name)
		if err != nil {
			return err
		}
		s.fixtures = append(s.fixtures, f)
		return nil
	})
}

// document returns the fixture in a format that generated packages read.
func (f *corpusFixture) document() (name string, text []byte, err error) {
	if path.Ext(f.file) != ".toml" {
		return f.file, f.text, nil
	}
	var value any
	if err := toml.Unmarshal(f.text, &value); err != nil {
		return "", nil, err
	}
	text, err = json.Marshal(value)
	return strings.TrimSuffix(f.file, ".toml") + ".json", text, err
}
