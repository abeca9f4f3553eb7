package schema

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// rooted is the scheme of the addresses that files have by their place in the
// folder. Nothing is ever loaded from an address.
const rooted = "hotbind:///"

// What is read of a folder to find the file with an identifier.
const (
	mostFiles = 5_000
	mostBytes = 4 << 20
	longestID = 2_000
)

// ParseText reads the text of a schema in JSON or YAML, within the limits that
// hold for schemas: the largest that people publish have 3 MB.
func ParseText(name string, data []byte) (*document.Node, document.Findings) {
	return document.Parse(name, data, document.Limits{Bytes: mostBytes, Depth: 200})
}

// A File is a schema file: the one that is asked for, or another that it refers
// to.
type File struct {
	Name string // its path in the folder, or the address of a draft of JSON Schema
	Node *document.Node
	// URI is the address against which its identifier, or else its references,
	// are resolved: that under which it was found.
	URI string
	// Draft is the draft by which it was read; 0: it was not.
	Draft Draft

	base string // the same with the identifier counted
}

// A Folder says which file a reference between schemas means. It reads files in
// the folder of the schema and below, nothing else, and never the network.
type Folder struct {
	files    fs.FS // nil: none
	shown    string
	root     *File
	others   []*File
	byName   map[string]*File
	byURI    map[string]*File
	declared map[string][]string // paths by the identifiers that seem to stand there; nil: not looked for
}

// NewFolder is the folder of the schema root, which was read from a file there;
// that it is in files is not needed. Where files is nil no other file is read.
func NewFolder(root *document.Node, files fs.FS) *Folder {
	shown := filepath.ToSlash(root.Pos.File)
	f := &Folder{files: files, shown: path.Dir(shown), byName: map[string]*File{}, byURI: map[string]*File{}}
	f.root = f.add(path.Base(shown), rooted+url.PathEscape(path.Base(shown)), root)
	return f
}

// Root is the schema file itself.
func (f *Folder) Root() *File { return f.root }

// Files lists the other files that were found, in the order of their first use.
func (f *Folder) Files() []*File { return f.others }

func (f *Folder) add(name, uri string, n *document.Node) *File {
	file := &File{Name: name, Node: n, URI: uri, base: uri}
	for _, key := range []string{"$id", "id"} {
		if id := n.Get(key); id != nil && id.Kind == document.String {
			file.base = Resource(Resolve(uri, id.Text))
			break
		}
	}
	f.byName[name], f.byURI[uri] = file, file
	return file
}

// Resolve is the address that the reference ref means where base is the address
// of what it stands in (RFC 3986, section 5.2).
func Resolve(base, ref string) string {
	if ref == "" {
		return base
	}
	if strings.HasPrefix(ref, "#") {
		return Resource(base) + ref
	}
	b, err1 := url.Parse(base)
	r, err2 := url.Parse(ref)
	if err1 != nil || err2 != nil {
		return ref
	}
	return b.ResolveReference(r).String()
}

// Resource is an address without its fragment.
func Resource(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// A Missing says why there is no file for a reference.
type Missing struct {
	Message, Hint string
	Findings      document.Findings // about the text of the file that was found
}

func (m *Missing) Error() string { return m.Message }

// Find returns the file that the reference ref in from means; address is the
// reference resolved. That no schema known so far has the address as its
// identifier was made sure before. It is, in this order:
//
//   - a meta-schema of one of the drafts, of which no file is needed;
//   - the file at that path, seen from the file from, where the reference is
//     relative or its address is below that of from;
//   - in a copy of what a server holds, the file at the path of the address below
//     a folder called like the host, without a port: json.schemastore.org/foo.json
//     stands for https://json.schemastore.org/foo.json, whatever its identifier;
//   - a file anywhere in the folder whose identifier is the address.
//
// The extension may be missing from a path. The error is a *Missing.
func (f *Folder) Find(from *File, ref, address string) (*File, error) {
	address = Resource(address)
	if file := f.byURI[address]; file != nil {
		return file, nil
	}
	file := f.metaschema(address)
	if file == nil {
		var err error
		if file, err = f.find(from, Resource(ref), address); err != nil {
			return nil, err
		}
	}
	f.byURI[address] = file
	return file, nil
}

func (f *Folder) find(from *File, ref, address string) (*File, error) {
	name, outside := f.place(from, ref, address)
	if outside {
		return nil, f.missing(ref, address, true)
	}
	if f.files == nil {
		return nil, f.missing(ref, address, false)
	}
	names := []string{name}
	if r, err := url.Parse(ref); err == nil && r.Scheme == "" && r.Host == "" && !strings.HasPrefix(r.Path, "/") {
		names = append(names, path.Join(path.Dir(from.Name), r.Path))
	}
	names = append(names, mirrored(address))
	for _, name := range names {
		if file, err := f.named(name, address); file != nil || err != nil {
			return file, err
		}
	}
	for _, name := range f.declaring(address) {
		file, err := f.read(name, address)
		if err != nil {
			return nil, err
		}
		if file != nil && file.declares(address) {
			return file, nil
		}
	}
	return nil, f.missing(ref, address, strings.HasPrefix(address, "file:"))
}

// place is the path in the folder that an address means, "" where it means none:
// addresses below that of the file from stand for the files below its folder. It
// reports whether the reference leaves the folder.
func (f *Folder) place(from *File, ref, address string) (name string, outside bool) {
	r, err := url.Parse(ref)
	if err != nil {
		return "", false
	}
	if rest, ok := strings.CutPrefix(address, rooted); ok {
		name, err := url.PathUnescape(rest)
		up := path.Join(path.Dir(from.Name), r.Path)
		return name, err != nil || r.Scheme != "" || strings.HasPrefix(r.Path, "/") || up == ".." || strings.HasPrefix(up, "../")
	}
	if rest, ok := strings.CutPrefix(address, from.base[:strings.LastIndexByte(from.base, '/')+1]); ok && strings.Contains(from.base, "://") {
		if name, err := url.PathUnescape(rest); err == nil {
			return path.Join(path.Dir(from.Name), name), false
		}
	}
	return "", r.Scheme == "file" || r.Scheme == "" && strings.HasPrefix(address, "hotbind:")
}

// mirrored is the path of an address of the web in a copy of its server, or "".
func mirrored(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return ""
	}
	return strings.ToLower(u.Hostname()) + path.Join("/", u.Path)
}

// named is the file called name, perhaps without its extension, or nil.
func (f *Folder) named(name, address string) (*File, error) {
	if name == "" || !fs.ValidPath(name) {
		return nil, nil
	}
	for _, extension := range []string{"", ".json", ".yaml", ".yml", ".schema.json"} {
		if file, err := f.read(name+extension, address); file != nil || err != nil {
			return file, err
		}
	}
	return nil, nil
}

// read returns the file called name, or nil where there is none.
func (f *Folder) read(name, address string) (*File, error) {
	if file := f.byName[name]; file != nil {
		return file, nil
	}
	switch path.Ext(name) {
	case ".json", ".yaml", ".yml":
	default:
		return nil, nil
	}
	text, err := contents(f.files, name)
	if err != nil || text == nil {
		return nil, err
	}
	n, findings := ParseText(path.Join(f.shown, name), text)
	if n == nil {
		return nil, &Missing{Message: "the file " + name + " cannot be read as a schema", Findings: findings}
	}
	if strings.HasPrefix(address, rooted) {
		address = rooted + (&url.URL{Path: name}).EscapedPath()
	}
	file := f.add(name, address, n)
	f.others = append(f.others, file)
	return file, nil
}

// contents is the text of a file, one byte more than is allowed at most, or nil
// where there is none.
func contents(files fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(files, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	open, err := files.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer open.Close()
	text, err := io.ReadAll(io.LimitReader(open, mostBytes+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	return text, nil
}

func unreadable(name string, err error) *Missing {
	if strings.Contains(err.Error(), "escapes") { // a link, in the words of os.Root
		return &Missing{Message: name + " is a link to a place outside the schema's folder"}
	}
	return &Missing{Message: name + " cannot be read"}
}

func (f *Folder) missing(ref, address string, outside bool) *Missing {
	quoted := wording.Quote(ref)
	switch {
	case outside:
		return &Missing{Message: quoted + " is outside the schema's folder", Hint: "put the file below the schema's folder"}
	case strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://"):
		if a := wording.Quote(address); a != quoted {
			quoted += " (" + a + ")"
		}
		return &Missing{Message: quoted + " is never fetched", Hint: "put the file below the schema's folder"}
	case f.files == nil:
		return &Missing{Message: quoted + " is another file, and no other files are read here", Hint: "copy the definition into this file, under $defs"}
	}
	return &Missing{Message: quoted + " is no file below the schema's folder and no identifier in one"}
}

// declares reports whether address is the file's own identifier.
func (file *File) declares(address string) bool {
	for _, key := range []string{"$id", "id"} {
		if id := file.Node.Get(key); id != nil && strings.TrimSuffix(id.Text, "#") == address {
			return true
		}
	}
	return false
}

// identifier is what stands behind $ or a quote where one is declared, in JSON or
// YAML.
var identifier = regexp.MustCompile(`^id["']?\s*:\s*["']?([^\s"',}]+)`)

// declaring lists the files that seem to have the identifier address.
func (f *Folder) declaring(address string) []string {
	if f.declared == nil {
		f.declared = map[string][]string{}
		f.scan()
	}
	return f.declared[address]
}

// scan goes through the folder. What cannot be read is left out.
func (f *Folder) scan() {
	seen := 0
	_ = fs.WalkDir(f.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if entry.IsDir() {
			if name != "." && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if seen++; seen > mostFiles {
			return fs.SkipAll
		}
		if ext := path.Ext(name); ext == ".json" || ext == ".yaml" || ext == ".yml" {
			f.note(name)
		}
		return nil
	})
}

func (f *Folder) note(name string) {
	text, err := contents(f.files, name)
	if err != nil || len(text) > mostBytes {
		return
	}
	for at := bytes.Index(text, []byte("id")); at >= 0; at = bytes.Index(text, []byte("id")) {
		before := byte('\n')
		if at > 0 {
			before = text[at-1]
		}
		m := identifier.FindSubmatch(text[at:min(len(text), at+longestID)])
		text = text[at+2:]
		if m == nil || !strings.ContainsRune("$\"' \t\n\r{,", rune(before)) {
			continue
		}
		if id := strings.TrimSuffix(string(m[1]), "#"); !slices.Contains(f.declared[id], name) {
			f.declared[id] = append(f.declared[id], name)
		}
	}
}
