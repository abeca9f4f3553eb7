package generator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/buildtest"
	"github.com/hotbind/hotbind/internal/suites"
)

// realSchemas are schemas as people wrote them, with files that a full validator
// accepts and refuses.
var realSchemas = []string{"traefik-v3-file-provider", "github-funding", "mail-servers-config", "sil-kit-registry-configuration"}

// TestRealSchemas generates packages for schemas from SchemaStore, builds them,
// and has them read every fixture: valid ones are accepted and encoded back with
// nothing lost, invalid ones are refused. It shows that what the small cases
// show one by one holds together in the wild.
func TestRealSchemas(t *testing.T) {
	store := filepath.Join(suites.SchemaStore.Need(t), "src")
	m := buildtest.New(t)
	var imports, calls strings.Builder
	for _, name := range realSchemas {
		text, err := os.ReadFile(filepath.Join(store, "schemas/json", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		folder := generator.PackageName(strings.ReplaceAll(name, "-", ""))
		m.Generate(folder, generator.Options{Name: name + ".json", Schema: text})
		fmt.Fprintf(&imports, "\t%q\n", "example.com/app/"+folder)
		fmt.Fprintf(&calls, "\tread(%q, %s.Parse)\n", name, folder)
	}
	m.Write("main.go", strings.NewReplacer("IMPORTS", imports.String(), "CALLS", calls.String()).Replace(fixtureReader))
	m.MustGo("vet", "./...")
	out := m.MustGo("run", ".", store)
	var results []struct{ File, Error, Lost string }
	if err := json.Unmarshal([]byte(out), &results); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	counts := map[bool]int{}
	for _, r := range results {
		valid := strings.Contains(r.File, "/test/")
		counts[valid]++
		switch {
		case valid && r.Error != "":
			t.Errorf("%s is valid and was refused: %s", r.File, r.Error)
		case valid && r.Lost != "":
			t.Errorf("%s was not encoded back: %s", r.File, r.Lost)
		case !valid && r.Error == "":
			t.Errorf("%s is invalid and was accepted", r.File)
		}
	}
	if counts[true] != 36 || counts[false] != 45 {
		t.Errorf("read %d valid and %d invalid fixtures, want 36 and 45", counts[true], counts[false])
	}
}

// fixtureReader prints what became of every fixture. Lost compares what was
// written with what was encoded: everything that stood in the file must be there
// again, and what is there besides are defaults.
const fixtureReader = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"gopkg.in/yaml.v3"

IMPORTS)

type result struct{ File, Error, Lost string }

var results []result

func main() {
CALLS	json.NewEncoder(os.Stdout).Encode(results)
}

func read[T any](name string, parse func(string, []byte) (*T, error)) {
	for _, kind := range []string{"test", "negative_test"} {
		files, _ := filepath.Glob(filepath.Join(os.Args[1], kind, name, "*"))
		for _, file := range files {
			text, _ := os.ReadFile(file)
			r := result{File: file}
			v, err := parse(file, text)
			if err != nil {
				r.Error = err.Error()
			} else {
				r.Lost = lost(text, v)
			}
			results = append(results, r)
		}
	}
}

func lost(text []byte, v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var before, after any
	if err := yaml.Unmarshal(text, &before); err != nil {
		return err.Error()
	}
	if err := yaml.Unmarshal(encoded, &after); err != nil {
		return err.Error()
	}
	return missing("", before, after)
}

func missing(path string, before, after any) string {
	if b, ok := before.(map[string]any); ok {
		a, ok := after.(map[string]any)
		if !ok {
			return path + " is no object any more"
		}
		for key := range b {
			if _, ok := a[key]; !ok {
				return path + "/" + key + " is gone"
			}
			if text := missing(path+"/"+key, b[key], a[key]); text != "" {
				return text
			}
		}
		return ""
	}
	if b, ok := before.([]any); ok {
		a, ok := after.([]any)
		if !ok || len(a) != len(b) {
			return path + " is another list"
		}
		for i := range b {
			if text := missing(fmt.Sprint(path, "/", i), b[i], a[i]); text != "" {
				return text
			}
		}
		return ""
	}
	if !reflect.DeepEqual(before, after) {
		return fmt.Sprintf("%s is %v, was %v", path, after, before)
	}
	return ""
}
`
