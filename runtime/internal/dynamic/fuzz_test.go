package dynamic_test

import (
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
	"github.com/hotbind/hotbind/runtime/internal/dynamic"
)

// FuzzAgreement compares tables, which generated code uses too, with the schema: a table
// accepts nothing that the schema refuses, and refuses allowed values only if no field
// can hold them. Accepted documents can be written and read back. All agree on what
// differs: Equal, the changes, and the written text (FAULTS F187, F191).
func FuzzAgreement(f *testing.F) {
	files, err := filepath.Glob("../../../testdata/keywords/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no schemas: %v", err)
	}
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if part.Name == "schema.yaml" {
				f.Add(string(part.Data), "{}", "{a: 1, b: x, l: [1, {a: null}], o: {b: 1.0}}")
				f.Add(string(part.Data), "{a: {b: null}}", "{a: {}}")
			}
		}
	}
	f.Fuzz(func(t *testing.T, schemaText, before, after string) {
		start := time.Now()
		defer func() {
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v: %s", took, schemaText)
			}
		}()
		var report schema.Reporter
		doc := schema.Parse("schema.yaml", []byte(schemaText), schema.Files{}, &report)
		if doc == nil || report.Failed() {
			return
		}
		shaped := shape.Build(doc, &report)
		if shaped == nil || report.Failed() {
			return
		}
		p := dynamic.NewProgram(shaped, "")
		judge := compile.New(doc)
		var read []any
		for _, text := range []string{before, after} {
			n, findings := document.ParseValue(document.Position{File: "d.yaml"}, text, document.Limits{})
			if n == nil || len(findings.Errors()) > 0 {
				return
			}
			snapshot, refused := p.Decode(n)
			allowed := judge.Allows(doc.Root, n)
			if !allowed && len(refused.Errors()) == 0 {
				t.Fatalf("%s\naccepts %s, which the schema refuses", schemaText, text)
			}
			if allowed {
				for _, finding := range refused.Errors() {
					if finding.Rule != "type" && finding.Rule != "range" && finding.Rule != "x-key" && finding.Rule != "secret" && !finding.Secret {
						t.Fatalf("%s\nrefuses %s, which the schema allows: %s", schemaText, text, finding)
					}
				}
			}
			if len(refused.Errors()) > 0 {
				return
			}
			// A default can violate a rule of its object once it is written out.
			written := p.Document(snapshot)
			if again, refused := p.Decode(written); !judge.Allows(doc.Root, written) {
				return
			} else if len(refused.Errors()) > 0 {
				t.Fatalf("%s\nreads %s and does not read what it writes: %s", schemaText, text, refused)
			} else if !genrt.Equal(p.Type, snapshot, again) {
				t.Fatalf("%s\nreads %s and what it writes as different values", schemaText, text)
			}
			read = append(read, snapshot)
		}
		a, b := read[0], read[1]
		equal := genrt.Equal(p.Type, a, b)
		if changes := p.Diff(a, b).Changes(""); (len(changes) == 0) != equal {
			t.Fatalf("%s\n%s and %s: equal is %v, and the changes are %v", schemaText, before, after, equal, changes)
		}
		if same := document.Equal(p.Document(a), p.Document(b)); equal && !same {
			t.Fatalf("%s\n%s and %s are equal and written as %s and %s", schemaText, before, after, p.Document(a).AppendJSON(nil), p.Document(b).AppendJSON(nil))
		}
	})
}
