package generator_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
)

// realSchemas are tested in every run, because they have many fixtures.
var realSchemas = []string{"traefik-v3-file-provider.json", "github-funding.json", "mail-servers-config.json", "sil-kit-registry-configuration.json"}

// unfetched schemas refer to others that are not in the corpus, and nothing is fetched.
var unfetched = []string{"grunt-clean-task.json", "grunt-copy-task.json", "grunt-cssmin-task.json", "grunt-jshint-task.json"}

// TestCorpus generates packages for schemas from SchemaStore, builds them, and lets them
// read every fixture: valid ones are accepted and encoded back without loss, invalid ones
// are refused. It shows that the features of the small cases work together in practice.
// With HOTBIND_FULL=1, it uses all schemas, like make corpus.
func TestCorpus(t *testing.T) {
	folder := suites.SchemaStore.Need(t)
	if testing.Short() {
		t.Skip("builds packages; not with -short")
	}
	schemas := readCorpus(t, folder, *only)
	full := os.Getenv("HOTBIND_FULL") == "1"
	if !full {
		schemas = slices.DeleteFunc(schemas, func(s *corpusSchema) bool { return !slices.Contains(realSchemas, s.file) })
	}
	start := time.Now()
	judgeCorpus(t, folder, schemas)
	c := countCorpus(schemas)
	t.Logf("\n%vtook               %v", c, time.Since(start).Round(time.Second))
	for _, shortfall := range c.shortfalls {
		t.Error(shortfall)
	}
	if !full && (c.accepted.whole != 36 || c.refused.whole != 43) {
		t.Errorf("read %d valid and %d invalid fixtures, want 36 and 43", c.accepted.whole, c.refused.whole)
	}
}

// judgeCorpus generates and builds all packages, several at a time, and lets them judge
// their fixtures.
func judgeCorpus(t *testing.T, folder string, schemas []*corpusSchema) {
	t.Helper()
	const batch = 40
	m := trial.New(t)
	for start := 0; start < len(schemas); start += batch {
		part := schemas[start:min(start+batch, len(schemas))]
		var packages []*trial.Package
		var requested []*corpusFixture
		var documents []trial.Document
		for i, s := range part {
			if s.pkg = s.generate(t, m, folder, fmt.Sprintf("p%d", start+i)); s.pkg == nil {
				continue
			}
			packages = append(packages, s.pkg)
			for _, f := range s.fixtures {
				name, text, err := f.document()
				if err != nil {
					f.err = err.Error()
					continue
				}
				requested = append(requested, f)
				documents = append(documents, trial.Document{Package: s.pkg, Name: name, Text: text})
			}
		}
		verdicts := m.Judge(packages, documents)
		for i, f := range requested {
			f.err = verdicts[i].Error
			if f.err == "" && documents[i].Package.Broken == "" {
				f.lost = lostOf(documents[i], verdicts[i].Written)
			}
		}
		m.Remove(packages)
		t.Logf("judged %d of %d schemas", start+len(part), len(schemas))
	}
}

// generate writes the package of a schema. It returns nil if the schema is refused.
func (s *corpusSchema) generate(t *testing.T, m *trial.Module, folder, name string) *trial.Package {
	files := filepath.Join(folder, "src", "schemas", "json")
	text, err := os.ReadFile(filepath.Join(files, s.file))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	pkg, err := m.Add(name, generator.Options{
		Name: s.file, Schema: text, Files: os.DirFS(files), Report: func(r generator.Report) { s.report = r },
	})
	s.took = time.Since(start)
	if err != nil {
		s.refused = err.Error()
		return nil
	}
	written, err := filepath.Glob(filepath.Join(m.Folder, name, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range written {
		if filepath.Base(file) != "schema.gen.go" { // the schema itself
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s.lines += bytes.Count(code, []byte("\n"))
		}
	}
	return pkg
}

func lostOf(d trial.Document, text string) string {
	read, findings := document.Parse(d.Name, d.Text, document.Limits{})
	if findings.Empty() { // a schema may allow it as null
		read = document.NewScalar(document.Null, "", document.Position{})
	}
	written, _ := document.ParseJSON("written.json", []byte(text), document.Limits{})
	if read == nil || written == nil {
		return "(cannot be compared)"
	}
	return trial.Lost(read, written)
}
