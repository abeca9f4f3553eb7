package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
	"github.com/hotbind/hotbind/runtime/document"
)

// batch is how many packages are built into one program.
const batch = 40

// judgeAll generates and builds all packages and has them judge their fixtures.
func judgeAll(schemas []*Schema, folder, root, temp string) error {
	module, err := trial.NewModule(temp, root)
	if err != nil {
		return err
	}
	progress := trial.NewProgress(os.Stderr, "schemas", len(schemas))
	defer progress.Done()
	files, err := os.OpenRoot(filepath.Join(folder, "src", "schemas", "json"))
	if err != nil {
		return err
	}
	defer files.Close()
	for start := 0; start < len(schemas); start += batch {
		part := schemas[start:min(start+batch, len(schemas))]
		packages := make([]*trial.Package, len(part))
		for i, s := range part {
			progress.Show(start+i, "generating "+s.File)
			if packages[i], err = generate(module, s, files, fmt.Sprintf("p%d", start+i)); err != nil {
				return err
			}
		}
		progress.Show(start, fmt.Sprintf("building %s to %s", part[0].File, part[len(part)-1].File))
		if err := judge(module, part, packages); err != nil {
			return err
		}
	}
	return nil
}

// generate writes the package of a schema; nil: the schema is refused.
func generate(module *trial.Module, s *Schema, folder *os.Root, name string) (*trial.Package, error) {
	text, err := folder.ReadFile(s.File)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	files, err := generator.Generate(generator.Options{
		Name: s.File, Schema: text, Package: name, Files: folder.FS(),
		Report: func(r generator.Report) {
			s.Fields, s.Untyped, s.Holding, s.Types, s.Warnings = r.Fields, r.Untyped, r.Holding, r.Types, len(r.Warnings)
		},
	})
	s.Took = time.Since(start)
	if err != nil {
		s.Refused = err.Error()
		return nil, nil
	}
	for _, f := range files {
		if f.Name != "schema.gen.go" { // the schema itself
			s.Lines += bytes.Count(f.Content, []byte("\n"))
		}
	}
	return module.Add(name, files)
}

// judge builds the packages of some schemas and asks them.
func judge(module *trial.Module, schemas []*Schema, packages []*trial.Package) error {
	var built []*trial.Package
	var asked []*Fixture
	var documents []trial.Document
	for i, s := range schemas {
		if packages[i] == nil {
			continue
		}
		built = append(built, packages[i])
		for _, f := range s.Fixtures {
			name, text, err := f.document()
			if err != nil {
				f.Error = err.Error()
				continue
			}
			asked = append(asked, f)
			documents = append(documents, trial.Document{Package: packages[i], Name: name, Text: text})
		}
	}
	verdicts, err := module.Judge(built, documents)
	if err != nil {
		return err
	}
	for i, f := range asked {
		f.Error = verdicts[i].Error
		if f.Error == "" && documents[i].Package.Broken == "" {
			f.Lost = lost(documents[i], verdicts[i].Written)
		}
	}
	for i, s := range schemas {
		if packages[i] != nil {
			s.Broken = packages[i].Broken
		}
	}
	return module.Remove(built)
}

func lost(d trial.Document, text string) string {
	read, findings := document.Parse(d.Name, d.Text, document.Limits{})
	if findings.Empty() { // which a schema may allow as null
		read = document.NewScalar(document.Null, "", document.Position{})
	}
	written, _ := document.ParseJSON("written.json", []byte(text), document.Limits{})
	if read == nil || written == nil {
		return "(cannot be compared)"
	}
	return trial.Lost(read, written)
}
