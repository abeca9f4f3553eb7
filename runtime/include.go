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
	"github.com/hotbind/hotbind/runtime/source"
)

// AllowIncludes lets a file, or the files of a [Tree], include others: the member
// $include of its top level is a path or a list of paths, relative to the folder of the
// file. An included file is a weaker layer than the including one; of several, the later
// one is stronger. Included files must be in the folder of the file or of the tree, or
// below it, also after resolving links. They may include others, up to 10 levels deep and
// 200 times in all. Together they are limited to the size that [document.Limits] allows
// for one file, and to 64 MB. Without this option $include is refused.
func AllowIncludes() FileOption { return includeOption{} }

type includeOption struct{}

func (includeOption) file(o *fileOptions) { o.includes = true }
func (includeOption) tree(o *treeOptions) { o.includes = true }

const includeKey = "$include"

// maxIncludes limits the length of a chain of includes, maxIncluded the number of
// inclusions, and maxIncludedBytes what is read of them before the limit of the parser is
// known.
const (
	maxIncludes      = 10
	maxIncluded      = 200
	maxIncludedBytes = 64 << 20
)

// withoutIncludes returns what a file was parsed to that may not include others. If the
// schema declares the key, it is a property like any other.
func withoutIncludes(doc *document.Node, findings document.Findings, shape document.Shape) (*document.Node, document.Findings) {
	if doc.Get(includeKey) == nil || declares(shape, includeKey) {
		return doc, findings
	}
	return nil, append(findings, document.Finding{
		Pos: keyPos(doc, includeKey), Path: includeKey, Message: "includes are not allowed", Hint: "rt.AllowIncludes() allows them",
	})
}

func declares(shape document.Shape, key string) bool {
	return shape != nil && slices.ContainsFunc(shape.Properties(), func(p document.Property) bool { return p.Key == key })
}

func keyPos(object *document.Node, key string) document.Position {
	for _, m := range object.Members() {
		if m.Key() == key {
			return m.Pos()
		}
	}
	return object.Pos()
}

// An includingFile is a file that may include others.
type includingFile struct {
	path    string
	formats []document.Format

	mu   sync.Mutex
	seen []string // the files of the last read, existing or not
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

func (s *includingFile) Files(content []byte) []source.File { return decodeBundle(content).files() }

func (s *includingFile) Read(context.Context) ([]byte, error) {
	content, err := readFile(systemFiles{}, s.path)
	if err != nil {
		return nil, err
	}
	b, err := gather(filepath.Dir(s.path), bundled{path: s.path, content: content}, s.formats)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.seen = b.paths()
	s.mu.Unlock()
	return b.encode(), nil
}

func (s *includingFile) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return decodeBundle(content).document(filepath.Dir(s.path), true, shape, limits, s.formats)
}

// gather reads the files that first includes, all below root. A file that cannot be read
// becomes a finding at its $include when the content is parsed.
func gather(root string, first bundled, formats []document.Format) (bundle, error) {
	folder, err := os.OpenRoot(root)
	if err != nil {
		return nil, plainError(err)
	}
	defer folder.Close()
	b := bundle{first}
	inclusions, left := 0, int64(maxIncludedBytes)
	for i := 0; i < len(b); i++ {
		doc, _ := document.Parse(b[i].path, b[i].content, document.Limits{}, formats...)
		for _, value := range includeValues(doc) {
			if inclusions++; inclusions > maxIncluded {
				return b, nil
			}
			path, refused := includePath(root, b[i].path, value.Text())
			if refused != "" || value.Kind() != document.String || b.find(path) != nil {
				continue
			}
			included := readIncluded(folder, root, path, left)
			left -= int64(len(included.content))
			b = append(b, included)
		}
	}
	return b, nil
}

// readIncluded reads the file at path, which is below root, if it has no more than
// left bytes.
func readIncluded(folder *os.Root, root, path string, left int64) bundled {
	inside, _ := filepath.Rel(root, path) // it is below root
	if info, err := folder.Stat(inside); err == nil && info.Mode().IsRegular() && info.Size() > left {
		return bundled{path: path, refused: fmt.Sprintf("the included files have more than %d bytes together", maxIncludedBytes)}
	}
	content, err := readFile(folder, inside)
	if err != nil {
		return bundled{path: path, refused: includeReason(err)}
	}
	return bundled{path: path, content: content}
}

// includeReason returns why a file cannot be included, without the path that the system
// adds.
func includeReason(err error) string {
	if strings.Contains(err.Error(), "escapes") {
		return outsideRoot
	}
	return err.Error()
}

const outsideRoot = "it is outside the folder that files may be included from"

// includeValues returns the values of $include. Only strings can name files.
func includeValues(doc *document.Node) []*document.Node {
	switch value := doc.Get(includeKey); {
	case value == nil:
		return nil
	case value.Kind() == document.List:
		return value.Items()
	default:
		return []*document.Node{value}
	}
}

// includePath returns the path of a file that the file at from includes, or why it may not
// include it.
func includePath(root, from, name string) (path, refused string) {
	switch {
	case name == "" || strings.ContainsRune(name, 0):
		return "", "not a file name"
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

// An including turns a bundle into one document. It parses and merges each file once,
// however often it is included.
type including struct {
	bundle
	root    string
	shape   document.Shape
	limits  document.Limits
	formats []document.Format

	made       map[string]made // by path
	inclusions int
	bytes      int  // of the included files
	stopped    bool // a limit was exceeded, and is reported
}

// made is the result for one file: its document, with what it includes, and the length of
// the longest chain of includes that begins with it.
type made struct {
	doc   *document.Node
	chain int
}

// document returns the document of one file, with what it includes. chain holds the files
// that include it.
func (x *including) document(f *bundled, chain []string) (*document.Node, document.Findings) {
	if m, ok := x.made[f.path]; ok {
		return m.doc, nil
	}
	doc, findings := document.Parse(f.path, f.content, x.limits, x.formats...)
	m := made{doc, 1}
	if doc.Get(includeKey) != nil {
		chain = append(slices.Clip(chain), f.path)
		below, deepest, found := x.below(doc, chain)
		findings = append(findings, found...)
		m = made{document.Merge(below, without(doc, includeKey), x.shape), 1 + deepest}
	}
	if len(findings.Errors()) > 0 {
		m.doc = nil
	}
	x.made[f.path] = m
	return m.doc, findings
}

// below returns the merged document of what doc includes, and the length of the longest
// chain of includes there. doc is the document of the last file of chain.
func (x *including) below(doc *document.Node, chain []string) (below *document.Node, deepest int, findings document.Findings) {
	for _, value := range includeValues(doc) {
		next := x.take(value, chain, &findings)
		if x.stopped {
			return nil, 0, findings
		}
		if next == nil {
			continue
		}
		included, found := x.document(next, chain)
		findings = append(findings, found...)
		deepest = max(deepest, x.made[next.path].chain)
		if below = document.Merge(below, included, x.shape); x.tooMany(below) {
			x.stop(value, fmt.Sprintf("the included files have more than %d values together", x.limits.WithDefaults().Nodes), &findings)
		}
		if x.stopped {
			return nil, 0, findings
		}
	}
	return below, deepest, findings
}

// take returns the file that value includes, or reports why it cannot be included and
// returns nil.
func (x *including) take(value *document.Node, chain []string, findings *document.Findings) *bundled {
	if x.inclusions++; x.inclusions > maxIncluded {
		x.stop(value, x.refusal(value, chain, tooManyIncluded), findings)
		return nil
	}
	next, refused := x.next(value, chain)
	if refused != "" {
		*findings = append(*findings, document.Finding{Pos: value.Pos(), Path: includeKey, Message: refused})
		return nil
	}
	if _, again := x.made[next.path]; !again {
		x.bytes += len(next.content)
	}
	if limit := x.limits.WithDefaults().Bytes; x.bytes > limit {
		x.stop(value, fmt.Sprintf("the included files have %d bytes together; the limit is %d", x.bytes, limit), findings)
		return nil
	}
	return next
}

var tooManyIncluded = fmt.Sprintf("more than %d files are included", maxIncluded)

// stop reports an exceeded limit. Nothing is included after it.
func (x *including) stop(value *document.Node, message string, findings *document.Findings) {
	*findings = append(*findings, document.Finding{Pos: value.Pos(), Path: includeKey, Message: message})
	x.stopped = true
}

// tooMany reports whether n has more values than one file may have. Lists that append
// grow with each inclusion.
func (x *including) tooMany(n *document.Node) bool {
	left := x.limits.WithDefaults().Nodes
	var count func(n *document.Node)
	count = func(n *document.Node) {
		if left--; left < 0 || n == nil {
			return
		}
		for _, item := range n.Items() {
			count(item)
		}
		for _, m := range n.Members() {
			count(m.Value())
		}
	}
	count(n)
	return left < 0
}

// next returns the file that value names, or why it cannot be included.
func (x *including) next(value *document.Node, chain []string) (next *bundled, refused string) {
	if value.Kind() != document.String {
		return nil, "found " + value.Kind().Article() + ", want the name of a file or a list of names"
	}
	path, refused := includePath(x.root, chain[len(chain)-1], value.Text())
	if refused != "" {
		return nil, x.refusal(value, chain, refused)
	}
	through := strings.Join(chain, " includes ")
	switch {
	case slices.Contains(chain, path):
		return nil, "the includes go round: " + through + " includes " + path
	case len(chain)+max(x.made[path].chain, 1) > maxIncludes:
		return nil, fmt.Sprintf("more than %d files include one another: %s includes %s", maxIncludes, through, path)
	}
	next = x.find(path)
	switch {
	case next == nil:
		return nil, x.refusal(value, chain, tooManyIncluded)
	case next.refused != "":
		return nil, x.refusal(value, chain, next.refused)
	}
	return next, ""
}

func (x *including) refusal(value *document.Node, chain []string, reason string) string {
	return fmt.Sprintf("%s cannot be included by %s: %s", document.Quote(value.Text()), strings.Join(chain, " includes "), reason)
}

// without returns a copy of an object without a key.
func without(object *document.Node, key string) *document.Node {
	members := slices.DeleteFunc(slices.Clone(object.Members()), func(m document.Member) bool { return m.Key() == key })
	return document.NewObject(members, object.Pos())
}
