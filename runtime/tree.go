package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/environment"
	"github.com/hotbind/hotbind/runtime/source"
)

// Tree returns a source that reads the files of a folder in a conventional layout,
// weakest first:
//
//	base.yaml                  for all
//	environments/<name>.yaml   for an environment
//	agents/<id>.yaml           for one instance; optional
//
// The extension of each may be .yaml, .yml, .json, or with [WithFormat] .toml; two files
// that differ only in the extension are refused. The environment is that of the option
// [Environment], or else of the first non-empty variable of HOTBIND_ENV, APP_ENV,
// ENVIRONMENT and GO_ENV. If the folder has a subfolder environments, it must have a file
// for the environment. Nothing outside the folder is read, not even through links.
func Tree(dir string, opts ...TreeOption) source.Source {
	o := treeOptions{}
	o.environment, o.variable = environment.Detect()
	for _, opt := range opts {
		opt.tree(&o)
	}
	t := &tree{dir: dir, environment: o.environment}
	t.sources = []source.Source{&slot{dir: dir, includes: o.includes, formats: o.formats, stem: "base", required: true}}
	if name := o.environment; name != "" {
		t.sources = append(t.sources, &slot{dir: dir, includes: o.includes, formats: o.formats, stem: "environments/" + name, named: name, by: o.variable, sibling: true})
	}
	if id := o.agent; id != "" {
		t.sources = append(t.sources, &slot{dir: dir, includes: o.includes, formats: o.formats, stem: "agents/" + id, named: id})
	}
	return t
}

// A TreeOption configures a [Tree]: [Environment], [Agent] or a [FileOption].
type TreeOption interface{ tree(*treeOptions) }

type treeOptions struct {
	environment, variable string
	agent                 string
	includes              bool
	formats               []document.Format
}

type treeOption func(*treeOptions)

func (f treeOption) tree(o *treeOptions) { f(o) }

// Environment sets the environment of a tree instead of detecting it; "" is none. An
// environment called production or prod, in any case, turns following the sources off
// unless [WithHotReload](true) is given.
func Environment(name string) TreeOption {
	return treeOption(func(o *treeOptions) { o.environment, o.variable = name, "" })
}

// Agent sets the instance of a tree.
func Agent(id string) TreeOption { return treeOption(func(o *treeOptions) { o.agent = id }) }

type tree struct {
	dir, environment string
	sources          []source.Source
}

func (t *tree) Name() string             { return t.dir }
func (t *tree) Sources() []source.Source { return t.sources }
func (t *tree) Environment() string      { return t.environment }

// Read reads the tree as one source.
func (t *tree) Read(ctx context.Context) ([]byte, error) {
	var all bundle
	for _, s := range t.sources {
		content, err := s.Read(ctx)
		if err != nil {
			return nil, &source.Error{Source: s.Name(), Cause: err}
		}
		all = append(all, bundled{path: s.Name(), content: content})
	}
	return all.encode(), nil
}

// Document parses the tree as one source.
func (t *tree) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	var docs []*document.Node
	var findings document.Findings
	for i, part := range decodeBundle(content) {
		doc, found := t.sources[i].Document(part.content, shape, limits)
		docs, findings = append(docs, doc), append(findings, found...)
	}
	if len(findings.Errors()) > 0 {
		return nil, findings
	}
	merged, found := document.MergeAll(docs, shape)
	return merged, append(findings, found...)
}

// A slot is the place of one file of a tree, whatever its extension.
type slot struct {
	dir, stem string // the stem is a path from dir, with slashes
	named     string // the part of the stem that was given; "": none
	by        string // the variable that named it; "": none
	required  bool
	sibling   bool // required if its folder exists
	includes  bool
	formats   []document.Format

	mu   sync.Mutex
	name string   // of the file that was read last
	seen []string // the files of the last read, existing or not
}

var extensions = []string{".yaml", ".yml", ".json", ".toml"}

// layerName is a valid name of an environment or an agent: one that is never a path.
var layerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func (s *slot) path(ext string) string { return filepath.Join(s.dir, filepath.FromSlash(s.stem)+ext) }

func (s *slot) Name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.name != "" {
		return s.name
	}
	return s.path(extensions[0])
}

func (s *slot) WatchPaths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.named != "" && !layerName.MatchString(s.named) {
		return nil
	}
	var paths []string
	for _, ext := range extensions {
		paths = append(paths, s.path(ext))
	}
	for _, path := range s.seen {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

func (s *slot) Files(content []byte) []source.File { return decodeBundle(content).files() }

func (s *slot) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return decodeBundle(content).document(s.dir, s.includes, shape, limits, s.formats)
}

func (s *slot) Read(context.Context) ([]byte, error) {
	if s.named != "" && !layerName.MatchString(s.named) {
		return nil, fmt.Errorf("invalid layer name %s%s: want letters, digits, dots, - and _, beginning with a letter or digit", document.Quote(s.named), s.origin())
	}
	folder, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, plainError(err)
	}
	defer folder.Close()
	ext, err := s.find(folder)
	if err != nil {
		return nil, err
	}
	if ext == "" {
		return nil, s.missing(folder)
	}
	first := bundled{path: s.path(ext)}
	if first.content, err = readFile(folder, filepath.FromSlash(s.stem)+ext); err != nil {
		if reason := includeReason(err); reason == outsideRoot {
			return nil, errors.New(reason)
		}
		return nil, err
	}
	b := bundle{first}
	if s.includes {
		if b, err = gather(s.dir, first, s.formats); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.name, s.seen = first.path, b.paths()
	s.mu.Unlock()
	return b.encode(), nil
}

func (s *slot) origin() string {
	if s.by == "" {
		return ""
	}
	return " (from $" + s.by + ")"
}

// find returns the extension of the file, or "" if there is none.
func (s *slot) find(folder *os.Root) (ext string, err error) {
	for _, candidate := range extensions {
		_, err := folder.Lstat(filepath.FromSlash(s.stem) + candidate)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", plainError(err)
		case ext != "":
			return "", fmt.Errorf("both %s and %s exist: keep one", s.stem+ext, s.stem+candidate)
		default:
			ext = candidate
		}
	}
	return ext, nil
}

// missing returns why the file is required, or nil if it is optional.
func (s *slot) missing(folder *os.Root) error {
	if s.required {
		return fs.ErrNotExist
	}
	if !s.sibling {
		return nil
	}
	entries, err := fs.ReadDir(folder.FS(), filepath.ToSlash(filepath.Dir(s.stem)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return plainError(err)
	}
	var names []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); slices.Contains(extensions, ext) {
			names = append(names, strings.TrimSuffix(e.Name(), ext))
		}
	}
	return fmt.Errorf("%w: no file for the environment %s%s; there are: %s",
		fs.ErrNotExist, s.named, s.origin(), strings.Join(names, ", "))
}
