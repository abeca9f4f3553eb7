// Package generator turns a JSON Schema into a Go package: typed structs, a
// decoder that checks what the schema asks, typed diffs and bindings with a hook
// for every field. It touches no disk and prints nothing: [Generate] takes the
// text of a schema and returns files.
package generator

import (
	"fmt"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/emit"
	"github.com/hotbind/hotbind/generator/internal/lower"
	"github.com/hotbind/hotbind/internal/metaschema"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/runtime/document"
)

// Header is the first line of every generated file. A file that has another
// first line was written by somebody else.
const Header = emit.Header

// Options configures Generate. Name and Schema are required.
type Options struct {
	// Name is the name of the schema file, with which findings begin. The extension
	// chooses the format: .json and .schema are JSON, .yaml and .yml are YAML.
	Name   string
	Schema []byte
	// Package is the name of the generated package; the default is config.
	Package string
	// Root is the name of the type of the whole configuration; the default is
	// Config.
	Root string
	// Files is the folder that references into other files may not leave; nil refuses
	// them.
	Files fs.FS
	// Dir is the path in Files of the folder of the schema file; the default is Files
	// itself.
	Dir string
	// References are the paths in Files of files that addresses, without a fragment,
	// stand for.
	References map[string]string
	// NoLive leaves out Open, Live and the bindings, for
	// programs that read their configuration once, and links no watcher. Types have the
	// names that they have with them.
	NoLive bool
	// Strict makes errors of warnings.
	Strict bool
	// Report, if set, is called once for a generated package.
	Report func(Report)
}

// A Report describes a generated package.
type Report struct {
	Warnings document.Findings // for the author of the schema
	Types    int               // declared types
	Fields   int               // fields of the structs among them
	Untyped  int               // fields whose type is any, by whatever name
	Holding  int               // fields that hold any in a list or a map
}

// A File is one generated file: its name without a folder, and its content,
// formatted as gofmt does and beginning with [Header].
type File struct {
	Name    string
	Content []byte
}

// FileNames are the names of all files that a package may have. One that is none of
// the files that [Generate] returned, and begins with [Header], is left over from
// other options and does not build together with them.
func FileNames() []string { return emit.FileNames() }

// An Error lists what keeps a package from being generated, in the order of the
// schema file. The path of a finding is a JSON pointer into the schema.
type Error struct{ Findings document.Findings }

func (e *Error) Error() string { return e.Findings.String() }

// Generate returns the files of the package that opts describe. The same options
// give the same bytes. The error is an *Error about the schema, or a plain one
// about the options or about a failure of the generator itself.
func Generate(opts Options) (files []File, err error) {
	if opts.Package == "" {
		opts.Package = "config"
	}
	if opts.Root == "" {
		opts.Root = "Config"
	}
	if !token.IsIdentifier(opts.Package) || opts.Package == "_" || opts.Package == "main" || opts.Package == "init" {
		return nil, fmt.Errorf("%q cannot be the name of a generated package", opts.Package)
	}
	if !token.IsIdentifier(opts.Root) || !token.IsExported(opts.Root) || slices.Contains(lower.PackageNames, opts.Root) {
		return nil, fmt.Errorf("%q cannot be the name of the root type: it must be exported and is not one of %s", opts.Root, strings.Join(lower.PackageNames, ", "))
	}
	defer func() {
		if v := recover(); v != nil {
			files, err = nil, fmt.Errorf("%s: the generator failed: %v; please report this with the schema", opts.Name, v)
		}
	}()
	var report schema.Reporter
	doc := schema.Parse(opts.Name, opts.Schema, schema.Files{FS: opts.Files, Dir: opts.Dir, References: opts.References}, &report)
	if doc == nil || report.Failed() {
		return nil, &Error{report.Findings().Errors()}
	}
	if findings := malformed(doc, &report); len(findings) > 0 {
		return nil, &Error{findings}
	}
	shaped := shape.Build(doc, &report)
	if shaped == nil {
		return nil, &Error{report.Findings().Errors()}
	}
	pkg := lower.Lower(shaped, opts.Package, opts.Root, &report)
	findings := report.Findings()
	for i := range findings {
		if opts.Strict {
			findings[i].Severity = document.Error
		}
	}
	if failing := findings.Errors(); len(failing) > 0 {
		return nil, &Error{failing}
	}
	pkg.NoLive = opts.NoLive
	written, err := emit.Emit(pkg)
	if err != nil {
		return nil, err
	}
	if opts.Report != nil {
		r := Report{Warnings: findings, Types: len(pkg.Decls)}
		r.Fields, r.Untyped, r.Holding = shaped.CountFields()
		opts.Report(r)
	}
	for _, f := range written {
		files = append(files, File(f))
	}
	return files, nil
}

// malformed returns what the meta-schemas refuse and the reader said nothing about: it
// should be nothing.
func malformed(doc *schema.Document, report *schema.Reporter) document.Findings {
	var findings document.Findings
	for _, file := range append([]*schema.File{doc.Folder.Root()}, doc.Folder.Others()...) {
		if file.Draft != 0 {
			findings = append(findings, metaschema.Check(file.Node, file.Draft)...)
		}
	}
	return slices.DeleteFunc(findings, report.IsAbout)
}

// PackageName is the name of the package that a folder would hold: its last
// part, without what a name cannot have.
func PackageName(folder string) string {
	name := strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(path.Base(strings.ReplaceAll(folder, `\`, "/"))))
	if !token.IsIdentifier(name) || name == "main" {
		return "config"
	}
	return name
}
