// Package generator turns a JSON Schema into a Go package: typed structs, a decoder
// that validates, typed diffs, and bindings with a hook for every field. It does no
// I/O: [Generate] takes the text of a schema and returns files.
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

// Header is the first line of every generated file. A file with another first line was
// not generated.
const Header = emit.Header

// Options configures Generate. Name and Schema must be set.
type Options struct {
	// Name is the name of the schema file, with which findings begin. Its extension
	// selects the format: JSON for .json and .schema, YAML for .yaml and .yml.
	Name   string
	Schema []byte
	// Package is the name of the generated package. The default is config.
	Package string
	// Root is the type name of the whole configuration. The default is Config.
	Root string
	// Files is the folder that references to other files may not leave. If it is nil,
	// such references are errors.
	Files fs.FS
	// Dir is the path in Files of the schema file's folder. The default is Files
	// itself.
	Dir string
	// References maps URLs without a fragment to the paths of files in Files.
	References map[string]string
	// NoLive leaves out Open, Live and the bindings, for programs that read their
	// configuration once. No watcher is linked. The names of types do not change.
	NoLive bool
	// Strict turns warnings into errors.
	Strict bool
	// Report, if set, is called once after a package was generated.
	Report func(Report)
}

// A Report describes a generated package.
type Report struct {
	Warnings document.Findings // problems in the schema that are not errors
	Types    int               // declared types
	Fields   int               // fields of the structs among them
	Untyped  int               // fields whose type is any, by whatever name
	Holding  int               // fields that hold any in a list or a map
}

// A File is one generated file: its name without a folder, and its content, which is
// gofmt-formatted and begins with [Header].
type File struct {
	Name    string
	Content []byte
}

// FileNames returns the names of all files that a package may have. Such a file that
// begins with [Header] but was not returned by [Generate] is left over from other
// options, and does not compile with the new files.
func FileNames() []string { return emit.FileNames() }

// An Error lists why a package cannot be generated, in the order of the schema file.
// The path of a finding is a JSON pointer into the schema.
type Error struct{ Findings document.Findings }

func (e *Error) Error() string { return e.Findings.String() }

// Generate returns the files of the package that opts describe. The same options give
// the same bytes. The error is an [*Error] for an invalid schema; other errors are
// about opts or a bug in the generator.
func Generate(opts Options) (files []File, err error) {
	if opts.Package == "" {
		opts.Package = "config"
	}
	if opts.Root == "" {
		opts.Root = "Config"
	}
	if !token.IsIdentifier(opts.Package) || opts.Package == "_" || opts.Package == "main" || opts.Package == "init" {
		return nil, fmt.Errorf("invalid package name %q", opts.Package)
	}
	if !token.IsIdentifier(opts.Root) || !token.IsExported(opts.Root) || slices.Contains(lower.PackageNames, opts.Root) {
		return nil, fmt.Errorf("invalid root type name %q: want an exported name other than %s", opts.Root, strings.Join(lower.PackageNames, ", "))
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

// malformed returns what the meta-schemas reject and the reader did not. It should be
// empty.
func malformed(doc *schema.Document, report *schema.Reporter) document.Findings {
	var findings document.Findings
	for _, file := range append([]*schema.File{doc.Folder.Root()}, doc.Folder.Others()...) {
		if file.Draft != 0 {
			findings = append(findings, metaschema.Check(file.Node, file.Draft)...)
		}
	}
	return slices.DeleteFunc(findings, report.IsAbout)
}

// PackageName returns the package name for a folder: its last element without invalid
// characters.
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
