package trial

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator"
)

// A Module is a temporary Go module that uses this checkout of hotbind. All packages of
// a test share one, so that the toolchain starts once.
type Module struct {
	t      testing.TB
	Folder string
}

// New creates a module. It is removed when the test ends.
func New(t testing.TB) *Module {
	t.Helper()
	root := Root(t)
	m := &Module{t, t.TempDir()}
	gomod := read(t, filepath.Join(root, "go.mod"))
	m.Write("go.mod", strings.Replace(gomod, "module github.com/hotbind/hotbind", "module example.com/app", 1)+
		"\nrequire github.com/hotbind/hotbind v0.0.0\nreplace github.com/hotbind/hotbind => "+root+"\n")
	m.Write("go.sum", read(t, filepath.Join(root, "go.sum")))
	return m
}

// Root returns the folder of this checkout.
func Root(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("go env GOMOD: %v", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// Write writes a file into the module.
func (m *Module) Write(name, content string) {
	m.t.Helper()
	path := filepath.Join(m.Folder, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		m.t.Fatal(err)
	}
}

// A Package is a generated package of a module.
type Package struct {
	Name   string // of its folder, unique in the module
	Broken string // the compiler's errors, if it does not build
}

// Add generates a package into folder, or returns why the schema is invalid. The
// package has the name in opts, or that of the folder.
func (m *Module) Add(folder string, opts generator.Options) (*Package, error) {
	m.t.Helper()
	if opts.Package == "" {
		opts.Package = generator.PackageName(folder)
	}
	files, err := generator.Generate(opts)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		m.Write(folder+"/"+f.Name, string(f.Content))
	}
	return &Package{Name: folder}, nil
}

// Generate is [Module.Add] for a schema that must be valid.
func (m *Module) Generate(folder string, opts generator.Options) {
	m.t.Helper()
	if _, err := m.Add(folder, opts); err != nil {
		m.t.Fatalf("generating %s from %s: %v", folder, opts.Name, err)
	}
}

// Remove deletes packages, to keep a module small.
func (m *Module) Remove(packages []*Package) {
	for _, p := range packages {
		if err := os.RemoveAll(filepath.Join(m.Folder, p.Name)); err != nil {
			m.t.Fatal(err)
		}
	}
}

// Go runs the go command in the module and returns its output.
func (m *Module) Go(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = m.Folder
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// MustGo is [Module.Go] for a command that must succeed.
func (m *Module) MustGo(args ...string) string {
	m.t.Helper()
	out, err := m.Go(args...)
	if err != nil {
		m.t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func read(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
