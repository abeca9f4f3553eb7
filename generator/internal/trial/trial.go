// Package trial builds generated packages in tests and runs them on documents.
package trial

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// describerSource is [Describe], for the program of [Module.Judge].
//
//go:embed shape.go
var describerSource string

// ShapeName is the name of a document that requests the shape of the package, as
// printed by [Describe] to depth [ShapeDepth].
const (
	ShapeName  = "(shape)"
	ShapeDepth = 4
)

// A Document is an input for a package.
type Document struct {
	Package *Package
	Name    string // its extension selects the format
	Text    []byte
}

// A Verdict is the result of a package for a document.
type Verdict struct {
	Error   string // why it is rejected; empty: it is accepted
	Written string // the value as JSON, if it is accepted
	Again   string // what differs after the value is written and read again, in JSON and in YAML; empty: nothing
}

// Judge builds the packages and returns their verdicts, in the order of the documents.
// Verdicts of a package that does not build are empty; Broken is the reason. A document
// that takes more than ten seconds, or crashes the program, is rejected.
func (m *Module) Judge(packages []*Package, documents []Document) []Verdict {
	m.t.Helper()
	m.Write("shape.go", strings.Replace(describerSource, "package trial", "package main", 1))
	for {
		m.Write("main.go", judge(packages))
		// -trimpath lets unchanged code be cached between runs; a short run need not be
		// fast.
		out, err := m.Go("build", "-trimpath", "-gcflags=example.com/app/...=-N -l", "-ldflags=-s -w", "-o", "judge", ".")
		if err == nil {
			break
		}
		if !blame(packages, out) {
			m.t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	var pending []int
	for i, d := range documents {
		if d.Package.Broken == "" {
			pending = append(pending, i)
		}
	}
	verdicts := make([]Verdict, len(documents))
	for len(pending) > 0 {
		answers, died, err := ask(filepath.Join(m.Folder, "judge"), documents, pending)
		if err != nil {
			m.t.Fatal(err)
		}
		for n, v := range answers {
			verdicts[pending[n]] = v
		}
		if len(answers) < len(pending) { // the next question crashed the program
			verdicts[pending[len(answers)]] = Verdict{Error: "crash: " + died}
			answers = append(answers, Verdict{})
		}
		pending = pending[len(answers):]
	}
	return verdicts
}

// ask runs the program and returns the answers about the documents, as far as it came,
// and the first line of its output if it crashed.
func ask(binary string, documents []Document, pending []int) (answers []Verdict, died string, err error) {
	var questions bytes.Buffer
	encoder := json.NewEncoder(&questions)
	for _, i := range pending {
		d := documents[i]
		if err := encoder.Encode(map[string]any{"Package": d.Package.Name, "Name": d.Name, "Text": d.Text}); err != nil {
			return nil, "", err
		}
	}
	cmd := exec.Command(binary)
	cmd.Stdin = &questions
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, "", err
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for range pending {
		var v Verdict
		if decoder.Decode(&v) != nil {
			break
		}
		answers = append(answers, v)
	}
	died, _, _ = strings.Cut(problem.String(), "\n")
	return answers, died, nil
}

var faulty = regexp.MustCompile(`(?m)^# example\.com/app/(\S+)\n((?:[^#].*\n?)*)`)

// blame records which packages do not build and reports whether there are new ones.
func blame(packages []*Package, output string) bool {
	found := false
	for _, match := range faulty.FindAllStringSubmatch(output, -1) {
		i := slices.IndexFunc(packages, func(p *Package) bool { return p.Name == match[1] })
		if i >= 0 && packages[i].Broken == "" {
			packages[i].Broken, found = match[2], true
		}
	}
	return found
}

// judge returns the source of the program that runs the packages that build.
func judge(packages []*Package) string {
	var imports, cases strings.Builder
	for _, p := range packages {
		if p.Broken == "" {
			fmt.Fprintf(&imports, "\t%s \"example.com/app/%s\"\n", p.Name, p.Name)
			fmt.Fprintf(&cases, "\t%q: {judgeOf(%s.Parse, %s.Reveal, %s.Validate, %s.New), func(s source.Source) { %s.Load(context.Background(), rt.From(s), rt.WithLogger(nil)) }},\n", p.Name, p.Name, p.Name, p.Name, p.Name, p.Name)
		}
	}
	return strings.NewReplacer("IMPORTS", imports.String(), "CASES", cases.String()).Replace(program)
}

const program = `package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/source"
	"gopkg.in/yaml.v3"

IMPORTS)

var packages = map[string]struct {
	judge func(question) answer
	load  func(source.Source)
}{
CASES}

// A spy is a source that keeps the shape it is given.
type spy struct {
	source.Source
	shape document.Shape
}

func (s *spy) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	s.shape = shape
	return s.Source.Document(content, shape, limits)
}

type question struct {
	Package, Name string
	Text          []byte
}

type answer struct{ Error, Written, Again string }

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var q question
		if in.Decode(&q) != nil {
			return // there are no more
		}
		if err := out.Encode(inTime(q)); err != nil {
			panic(err)
		}
	}
}

func inTime(q question) answer {
	done := make(chan answer, 1)
	go func() { done <- ask(q) }()
	select {
	case a := <-done:
		return a
	case <-time.After(10 * time.Second):
		return answer{Error: "takes more than ten seconds"}
	}
}

func ask(q question) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Error: fmt.Sprintf("panic: %v", r)}
		}
	}()
	if q.Name == "(shape)" {
		s := &spy{Source: rt.Bytes("a.json", []byte("{}"))}
		packages[q.Package].load(s)
		return answer{Written: Describe(s.shape, 4)}
	}
	return packages[q.Package].judge(q)
}

func judgeOf[T any](parse func(string, []byte) (*T, error), reveal func(*T) genrt.Revealed, validate func(*T) error, make func() *T) func(question) answer {
	return func(q question) answer {
		v, err := parse(q.Name, q.Text)
		if err != nil {
			return answer{Error: err.Error()}
		}
		written, err := json.Marshal(v)
		if err != nil {
			return answer{Error: "writing: " + err.Error()}
		}
		a := answer{Written: string(written)}
		_, errJSON := json.Marshal(reveal(make())) // a new configuration can be written
		_, errYAML := yaml.Marshal(reveal(make()))
		if err := errors.Join(again(v, parse, reveal), validate(v), errJSON, errYAML); err != nil {
			a.Again = err.Error()
		}
		return a
	}
}

// again writes v with its secrets, reads that and compares.
func again[T any](v *T, parse func(string, []byte) (*T, error), reveal func(*T) genrt.Revealed) error {
	text, err := json.Marshal(reveal(v))
	if err != nil {
		return err
	}
	yml, err := yaml.Marshal(reveal(v))
	if err != nil {
		return err
	}
	for name, written := range map[string][]byte{"again.json": text, "again.yaml": yml} {
		w, err := parse(name, written)
		if err != nil {
			return fmt.Errorf("%w in %s", err, written)
		}
		if !same(v, w, reveal) {
			return fmt.Errorf("%s: not the same: %s", name, written)
		}
	}
	if hidden, err := yaml.Marshal(v); err != nil {
		return err
	} else if text, _ := json.Marshal(v); !bytes.Contains(text, []byte("[secret]")) && !bytes.Equal(hidden, yml) {
		return fmt.Errorf("as YAML it is %s and, revealed, %s", hidden, yml)
	}
	return nil
}

func same[T any](v, w *T, reveal func(*T) genrt.Revealed) bool {
	if e, ok := any(v).(interface{ Equal(T) bool }); ok {
		return e.Equal(*w)
	}
	a, _ := json.Marshal(reveal(v))
	b, _ := json.Marshal(reveal(w))
	return bytes.Equal(a, b)
}
`
