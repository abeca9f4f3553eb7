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
)

// Tree is a source that reads the files of a folder in a conventional layout, the
// weakest first:
//
//	base.yaml                  for all
//	environments/<name>.yaml   for an environment
//	agents/<id>.yaml           for one instance, if there is one
//	.env                       variables, if [WithDotenv] is given and there is one
//
// Each may be .yaml, .yml, .json or .toml, which needs [WithFormat]; two of the same
// name are refused. The
// environment is that of [Environment], or the one that [DetectEnvironment] finds;
// where the folder has an environments folder, it must have a file for it. Nothing
// outside the folder is read, whatever names and links say.
func Tree(dir string, opts ...TreeOption) Source {
	o := treeOptions{}
	o.environment, o.variable = DetectEnvironment()
	for _, opt := range opts {
		opt.tree(&o)
	}
	t := &tree{dir: dir, environment: o.environment}
	t.sources = []Source{&slot{dir: dir, includes: o.includes, formats: o.formats, stem: "base", required: true}}
	if name := o.environment; name != "" {
		t.sources = append(t.sources, &slot{dir: dir, includes: o.includes, formats: o.formats, stem: "environments/" + name, named: name, by: o.variable, sibling: true})
	}
	if id := o.agent; id != "" {
		t.sources = append(t.sources, &slot{dir: dir, includes: o.includes, formats: o.formats, stem: "agents/" + id, named: id})
	}
	if o.dotenv {
		t.sources = append(t.sources, Dotenv(filepath.Join(dir, ".env"), o.prefix))
	}
	return t
}

// A TreeOption settles one thing about a [Tree].
type TreeOption interface{ tree(*treeOptions) }

type treeOptions struct {
	environment, variable string
	agent                 string
	dotenv                bool
	prefix                string
	includes              bool
	formats               []document.Format
}

type treeOption func(*treeOptions)

func (f treeOption) tree(o *treeOptions) { f(o) }

// Environment names the environment of a tree; "" is none, whatever is detected.
func Environment(name string) TreeOption {
	return treeOption(func(o *treeOptions) { o.environment, o.variable = name, "" })
}

// Agent names the instance of a tree.
func Agent(id string) TreeOption { return treeOption(func(o *treeOptions) { o.agent = id }) }

// WithDotenv reads the .env file of a tree as [Dotenv] does, with a prefix.
func WithDotenv(prefix string) TreeOption {
	return treeOption(func(o *treeOptions) { o.dotenv, o.prefix = true, prefix })
}

type tree struct {
	dir, environment string
	sources          []Source
}

func (t *tree) Name() string        { return t.dir }
func (t *tree) Sources() []Source   { return t.sources }
func (t *tree) Environment() string { return t.environment }

// Read is for whoever takes the tree as one source.
func (t *tree) Read(ctx context.Context) ([]byte, error) {
	var all bundle
	for _, s := range t.sources {
		content, err := s.Read(ctx)
		if err != nil {
			return nil, &SourceError{Source: s.Name(), Cause: err}
		}
		all = append(all, bundled{path: s.Name(), content: content})
	}
	return all.encode(), nil
}

// Document is for whoever takes the tree as one source.
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
	named     string // the part of it that somebody named; "": none
	by        string // the variable that named it
	required  bool
	sibling   bool // required if its folder is there
	includes  bool
	formats   []document.Format

	mu   sync.Mutex
	name string   // of the file that was read last
	seen []string // all that were read last, or missed
}

var extensions = []string{".yaml", ".yml", ".json", ".toml"}

// layerName is what an environment or an agent may be called: what can never lead
// anywhere else.
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

func (s *slot) Files(content []byte) []FileContent { return decodeBundle(content).files() }

func (s *slot) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return decodeBundle(content).document(s.dir, s.includes, shape, limits, s.formats)
}

func (s *slot) Read(context.Context) ([]byte, error) {
	if s.named != "" && !layerName.MatchString(s.named) {
		return nil, fmt.Errorf("%s%s is no name of a layer: letters, digits, dots, - and _ make one, and the first is a letter or a digit", document.Quote(s.named), s.origin())
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

// find is the extension of the file, "" if there is none.
func (s *slot) find(folder *os.Root) (ext string, err error) {
	for _, candidate := range extensions {
		_, err := folder.Lstat(filepath.FromSlash(s.stem) + candidate)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", plainError(err)
		case ext != "":
			return "", fmt.Errorf("there are both %s and %s; keep one", s.stem+ext, s.stem+candidate)
		default:
			ext = candidate
		}
	}
	return ext, nil
}

// missing is why there must be a file, nil if there need not be one.
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
	return fmt.Errorf("%w: there is no file for the environment %s%s; there are: %s",
		fs.ErrNotExist, s.named, s.origin(), strings.Join(names, ", "))
}
