package runtime

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/hotbind/hotbind/runtime/document"
)

// AllowIncludes lets a file, or the files of a [Tree], include others: the member
// $include of its top level names one or a list of them, by paths from the file's
// own folder. What is included lies below the file itself, later ones above
// earlier ones. They must be in the folder of the file or below it, of a tree in
// that of the tree, links included; they may include others, 10 levels deep.
// Without this option $include is refused.
func AllowIncludes() IncludeOption { return IncludeOption{} }

// An IncludeOption is both a [FileOption] and a [TreeOption].
type IncludeOption struct{}

func (IncludeOption) file(o *fileOptions) { o.includes = true }
func (IncludeOption) tree(o *treeOptions) { o.includes = true }

const includeKey = "$include"

// maxIncludes bounds the files in a chain of includes, and maxIncluded all of them.
const (
	maxIncludes = 10
	maxIncluded = 200
)

// parseWithoutIncludes parses a file that may not include others. A schema that
// declares the key means something else by it.
func parseWithoutIncludes(name string, content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	doc, findings := document.Parse(name, content, limits)
	if doc.Get(includeKey) == nil || declares(shape, includeKey) {
		return doc, findings
	}
	return nil, append(findings, document.Finding{
		Pos: keyPos(doc, includeKey), Path: includeKey, Message: "includes are switched off", Hint: "AllowIncludes switches them on",
	})
}

func declares(shape document.Shape, key string) bool {
	return shape != nil && slices.ContainsFunc(shape.Properties(), func(p document.Property) bool { return p.Key == key })
}

func keyPos(object *document.Node, key string) document.Position {
	for _, m := range object.Members {
		if m.Key == key {
			return m.Pos
		}
	}
	return object.Pos
}

// An includingFile is a file that may include others.
type includingFile struct {
	path string

	mu   sync.Mutex
	seen []string // the files that were read last, or missed
}

func (s *includingFile) Name() string { return s.path }

func (s *includingFile) WatchPaths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) == 0 {
		return []string{s.path}
	}
	return s.seen
}

func (s *includingFile) Files(content []byte) []FileContent { return decodeBundle(content).files() }

func (s *includingFile) Read(context.Context) ([]byte, error) {
	content, err := readFile(systemFiles{}, s.path)
	if err != nil {
		return nil, err
	}
	b, err := gather(filepath.Dir(s.path), bundled{path: s.path, content: content})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.seen = b.paths()
	s.mu.Unlock()
	return b.encode(), nil
}

func (s *includingFile) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return decodeBundle(content).document(filepath.Dir(s.path), true, shape, limits)
}

// gather reads the files that first includes, all below root. What cannot be read
// is told where it is included, when the content is parsed.
func gather(root string, first bundled) (bundle, error) {
	folder, err := os.OpenRoot(root)
	if err != nil {
		return nil, plainError(err)
	}
	defer folder.Close()
	b := bundle{first}
	for i := 0; i < len(b) && len(b) <= maxIncluded; i++ {
		doc, _ := document.Parse(b[i].path, b[i].content, document.Limits{})
		for _, value := range includeValues(doc) {
			path, refused := includePath(root, b[i].path, value.Text)
			if refused != "" || b.find(path) != nil {
				continue
			}
			included := bundled{path: path}
			inside, _ := filepath.Rel(root, path) // it is below root
			if included.content, err = readFile(folder, inside); err != nil {
				included.refused = includeReason(err)
			}
			b = append(b, included)
		}
	}
	return b, nil
}

// includeReason is why a file cannot be included, without what the system names in
// it.
func includeReason(err error) string {
	if strings.Contains(err.Error(), "escapes") {
		return outsideRoot
	}
	return err.Error()
}

const outsideRoot = "it is outside the folder that files may be included from"

// includeValues are the texts of $include.
func includeValues(doc *document.Node) []*document.Node {
	switch value := doc.Get(includeKey); {
	case value == nil:
	case value.Kind == document.String:
		return []*document.Node{value}
	case value.Kind == document.List:
		return value.Items
	}
	return nil
}

// includePath is the path of a file that the file at from includes, or why there is
// none.
func includePath(root, from, name string) (path, refused string) {
	switch {
	case name == "" || strings.ContainsRune(name, 0):
		return "", "it is no name of a file"
	case filepath.IsAbs(name):
		return "", outsideRoot
	}
	path = filepath.Join(filepath.Dir(from), filepath.FromSlash(name))
	inside, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(inside) {
		return "", outsideRoot
	}
	return path, ""
}

// An including makes one document of a bundle.
type including struct {
	bundle
	root   string
	shape  document.Shape
	limits document.Limits
}

// document is that of one file, with what it includes; chain are the files that
// include it.
func (x *including) document(f *bundled, chain []string) (*document.Node, document.Findings) {
	doc, findings := document.Parse(f.path, f.content, x.limits)
	if doc.Get(includeKey) == nil {
		return doc, findings
	}
	var below *document.Node
	chain = append(chain, f.path)
	for _, value := range x.values(doc, &findings) {
		next, refused := x.next(value, chain)
		if refused != "" {
			findings = append(findings, document.Finding{Pos: value.Pos, Path: includeKey, Message: refused})
			continue
		}
		included, found := x.document(next, chain)
		findings = append(findings, found...)
		below = document.Merge(below, included, x.shape)
	}
	if len(findings.Errors()) > 0 {
		return nil, findings
	}
	return document.Merge(below, without(doc, includeKey), x.shape), findings
}

// values are what $include names; anything but texts is told.
func (x *including) values(doc *document.Node, findings *document.Findings) []*document.Node {
	value := doc.Get(includeKey)
	values := includeValues(doc)
	if value.Kind != document.List && len(values) == 0 {
		values = []*document.Node{value}
	}
	var texts []*document.Node
	for _, v := range values {
		if v.Kind == document.String {
			texts = append(texts, v)
			continue
		}
		*findings = append(*findings, document.Finding{Pos: v.Pos, Path: includeKey, Message: "found " + v.Kind.Article() + ", want the name of a file or a list of names"})
	}
	return texts
}

// next is the file that value names, or why it cannot be included.
func (x *including) next(value *document.Node, chain []string) (next *bundled, refused string) {
	name := document.Quote(value.Text)
	path, refused := includePath(x.root, chain[len(chain)-1], value.Text)
	through := strings.Join(chain, " includes ")
	switch {
	case refused != "":
	case slices.Contains(chain, path):
		refused = "the includes go round: " + through + " includes " + path
		return nil, refused
	case len(chain) >= maxIncludes:
		return nil, fmt.Sprintf("more than %d files include one another: %s includes %s", maxIncludes, through, path)
	default:
		if next = x.find(path); next == nil {
			refused = fmt.Sprintf("more than %d files are included", maxIncluded)
		} else {
			refused = next.refused
		}
	}
	if refused != "" {
		return nil, fmt.Sprintf("%s cannot be included by %s: %s", name, through, refused)
	}
	return next, ""
}

// without is a copy of an object without a key.
func without(object *document.Node, key string) *document.Node {
	made := &document.Node{Kind: document.Object, Pos: object.Pos}
	for _, m := range object.Members {
		if m.Key != key {
			made.Members = append(made.Members, m)
		}
	}
	return made
}
