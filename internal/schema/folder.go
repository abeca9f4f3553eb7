package schema

import (
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

// rooted is the scheme of the addresses that files have by their place in the folder.
// Nothing is ever loaded from an address.
const rooted = "hotbind:///"

// Limits of the search for a file by its identifier.
const (
	mostFiles = 5_000
	mostBytes = 4 << 20
)

// extensions are those of files that can be read as schemas.
var extensions = []string{".json", ".yaml", ".yml", ".schema"}

// ParseText parses a schema in JSON or YAML, with limits for schemas: the largest
// published ones have 3 MB. A file named .schema is JSON.
func ParseText(name string, data []byte) (*document.Node, document.Findings) {
	limits := document.Limits{Bytes: mostBytes, Depth: 200}
	if path.Ext(name) == ".schema" {
		return document.ParseJSON(name, data, limits)
	}
	return document.Parse(name, data, limits)
}

// A File is a schema file: the root, or another that it refers to.
type File struct {
	Name string // path in the folder, or the address of a draft of JSON Schema
	Node *document.Node
	// URI is the address under which the file was found. Its identifier, or else its
	// references, are resolved against it.
	URI string
	// Draft is the draft by which the file was read; 0: it was not.
	Draft Draft

	base string    // URI resolved with the identifier
	read *resource // used by the parser; nil: it was not read
}

// Files lists the other files that a schema may refer to.
type Files struct {
	// FS is the folder that references may not leave. If it is nil, no other file is
	// read.
	FS fs.FS
	// Dir is the path in FS of the schema file's folder; empty: FS itself.
	Dir string
	// References maps addresses to the paths of files in FS.
	References map[string]string
}

// A Folder resolves references between schemas to files. It reads only files that a
// schema may refer to, and never the network.
type Folder struct {
	Files

	shown    string // the path of FS for findings
	root     *File
	others   []*File
	byName   map[string]*File
	byURI    map[string]*File
	placed   map[string]bool     // addresses of hosts that were found by the place of a file
	declared map[string][]string // paths by the identifiers that they seem to declare; nil: not searched
}

// NewFolder returns the folder of the schema root, which was read from a file in it.
// files need not contain that file.
func NewFolder(root *document.Node, files Files) *Folder {
	file := filepath.ToSlash(root.Pos().File)
	files.Dir = path.Clean(files.Dir)
	f := &Folder{Files: files, shown: Above(path.Dir(file), files.Dir), byName: map[string]*File{}, byURI: map[string]*File{}, placed: map[string]bool{}}
	name := path.Join(files.Dir, path.Base(file))
	f.root = f.add(name, rootedAt(name), root)
	return f
}

// Above returns the path of the folder that contains folder at dir.
func Above(folder, dir string) string {
	if dir = path.Clean(dir); dir == "." {
		return folder
	}
	return path.Join(folder, strings.Repeat("../", strings.Count(dir, "/")+1))
}

// rootedAt returns the address of the file at a path.
func rootedAt(name string) string { return rooted + (&url.URL{Path: name}).EscapedPath() }

// Root returns the schema file itself.
func (f *Folder) Root() *File { return f.root }

// Others lists the other files that were found, in the order of their first use.
func (f *Folder) Others() []*File { return f.others }

func (f *Folder) add(name, uri string, n *document.Node) *File {
	file := &File{Name: name, Node: n, URI: uri, base: uri}
	if id := file.identifier(); id != "" {
		file.base = Resource(Resolve(uri, id))
	}
	f.byName[name], f.byURI[uri] = file, file
	return file
}

// identifier returns the identifier of the file as written, or "".
func (file *File) identifier() string {
	for _, key := range []string{"$id", "id"} {
		if id := file.Node.Get(key); id != nil && id.Kind() == document.String {
			return id.Text()
		}
	}
	return ""
}

// Resolve resolves the reference ref against base (RFC 3986, section 5.2).
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

// Resource returns an address without its fragment.
func Resource(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// A Missing describes why there is no file for a reference.
type Missing struct {
	Message, Hint string
	Findings      document.Findings // about the text of the file that was found
}

// Find returns the file that the reference ref in from means; address is the resolved
// reference. The caller has checked that no known schema has address as its identifier.
// The file is, in this order:
//
//   - a meta-schema of one of the drafts, which needs no file;
//   - the file for the address in References;
//   - the file at that path, relative to from: for a relative reference, whatever the
//     identifiers of the two files, and for an address that is relative to the
//     identifier of from, on the same host;
//   - in a copy of a server, the file at the path of the address below a folder named
//     like the host, without a port: json.schemastore.org/foo.json for
//     https://json.schemastore.org/foo.json, whatever its identifier;
//   - a file anywhere in the folder whose identifier is the address.
//
// A path may lack the extension.
func (f *Folder) Find(from *File, ref, address string) (file *File, missing *Missing) {
	address = Resource(address)
	if file = f.byURI[address]; file == nil {
		file = f.metaschema(address)
	}
	if file == nil {
		file, missing = f.find(from, Resource(ref), address)
	}
	if file != nil {
		f.byURI[address] = file
	}
	return file, missing
}

func (f *Folder) find(from *File, ref, address string) (*File, *Missing) {
	p, local := f.places(from, ref, address), strings.HasPrefix(address, rooted)
	if f.FS == nil || p.above && local {
		return nil, f.missing(ref, address, p.outside)
	}
	for i, name := range p.names {
		if file, missing := f.named(name, address); file != nil || missing != nil {
			f.placed[address] = i < p.near && !local
			return file, missing
		}
	}
	if name, ok := f.References[address]; ok {
		return nil, &Missing{Message: wording.Quote(ref) + " maps to " + name + ", which is not a file"}
	}
	for _, name := range f.declaring(address) {
		file, missing := f.read(name, address)
		if missing != nil || file != nil && strings.TrimSuffix(file.identifier(), "#") == address {
			return file, missing
		}
	}
	return nil, f.missing(ref, address, p.outside)
}

// Beside returns the file that the reference ref in from names by its path and whose
// identifier is the address, or nil.
func (f *Folder) Beside(from *File, ref, address string) *File {
	r, err := url.Parse(ref)
	if err != nil || r.Scheme != "" || r.Host != "" || r.Path == "" || f.FS == nil {
		return nil
	}
	for _, name := range f.places(from, ref, address).names {
		if file, _ := f.named(name, address); file != nil && file.base == address {
			return file
		}
	}
	return nil
}

// places are where a reference may lead in the folder.
type places struct {
	names   []string // paths, the likeliest first
	near    int      // how many of them are relative to the referring file
	above   bool     // it is a relative reference that leaves the folder
	outside bool     // the same, or an address on the disk
}

func (f *Folder) places(from *File, ref, address string) (p places) {
	if name, ok := f.References[address]; ok {
		p.names = []string{name}
		return p
	}
	r, err := url.Parse(ref)
	if err != nil {
		return p
	}
	beside := ""
	if r.Scheme == "" && r.Host == "" && !strings.HasPrefix(r.Path, "/") {
		beside = path.Join(path.Dir(from.Name), r.Path)
		p.above = beside == ".." || strings.HasPrefix(beside, "../")
	}
	p.outside = p.above || r.Scheme == "file" || beside == "" && strings.HasPrefix(address, "hotbind:")
	if !p.above {
		p.names, p.near = []string{from.sibling(address), beside}, 2
	}
	p.names = append(p.names, mirrored(address))
	return p
}

// sibling returns the path that relates to the path of the file as address relates to
// its identifier, or "".
func (file *File) sibling(address string) string {
	from, err1 := url.Parse(file.base)
	to, err2 := url.Parse(address)
	if err1 != nil || err2 != nil || from.Scheme != to.Scheme || from.Host != to.Host || to.RawQuery != "" || !strings.HasPrefix(to.Path, "/") || !strings.HasPrefix(from.Path, "/") {
		return ""
	}
	return path.Join(path.Dir(file.Name), relative(path.Dir(from.Path), to.Path))
}

// relative returns the path from a folder to a file; both begin with /.
func relative(folder, file string) string {
	way, _ := filepath.Rel(filepath.FromSlash(folder), filepath.FromSlash(file))
	return filepath.ToSlash(way)
}

// mirrored returns the path of a web address in a copy of its server, or "".
func mirrored(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return ""
	}
	return strings.ToLower(u.Hostname()) + path.Join("/", u.Path)
}

// named returns the file named name, perhaps without its extension. It returns nil and
// no Missing if there is none.
func (f *Folder) named(name, address string) (*File, *Missing) {
	if name == "" || !fs.ValidPath(name) {
		return nil, nil
	}
	for _, extension := range slices.Concat([]string{""}, extensions, []string{".schema.json"}) {
		if file, missing := f.read(name+extension, address); file != nil || missing != nil {
			return file, missing
		}
	}
	return nil, nil
}

// read returns the file named name, as named does.
func (f *Folder) read(name, address string) (*File, *Missing) {
	if file := f.byName[name]; file != nil || !slices.Contains(extensions, path.Ext(name)) {
		return file, nil
	}
	text, missing := contents(f.FS, name)
	if text == nil {
		return nil, missing
	}
	n, findings := ParseText(path.Join(f.shown, name), text)
	if n == nil {
		return nil, &Missing{Message: "the file " + name + " cannot be read as a schema", Findings: findings}
	}
	if strings.HasPrefix(address, rooted) {
		address = rootedAt(name)
	}
	file := f.add(name, address, n)
	f.others = append(f.others, file)
	return file, nil
}

// contents returns the text of a file, at most one byte more than allowed. It returns
// nil and no Missing if there is none.
func contents(files fs.FS, name string) (text []byte, _ *Missing) {
	info, err := fs.Stat(files, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	if err == nil {
		var file fs.File
		if file, err = files.Open(name); err == nil {
			defer file.Close()
			text, err = io.ReadAll(io.LimitReader(file, mostBytes+1))
		}
	}
	switch {
	case err == nil:
		return text, nil
	case strings.Contains(err.Error(), "escapes"): // a link, in the words of os.Root
		return nil, &Missing{Message: name + " is a link to a place outside the schema's folder"}
	}
	return nil, &Missing{Message: name + " cannot be read"}
}

func (f *Folder) missing(ref, address string, outside bool) *Missing {
	quoted, folder := wording.Quote(ref), "the schema's folder"
	if f.Dir != "." {
		folder = "the schema root"
	}
	switch {
	case outside:
		return &Missing{
			Message: quoted + " is outside " + folder,
			Hint:    "put the file below " + folder + ", or name a folder above both with --schema-root DIR",
		}
	case strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://"):
		if a := wording.Quote(address); a != quoted {
			quoted += " (" + a + ")"
		}
		return &Missing{
			Message: quoted + " is never fetched",
			Hint:    "put the file below " + folder + ", or name it with --reference URL=FILE",
		}
	case f.FS == nil:
		return &Missing{Message: quoted + " is another file, and other files are not read here", Hint: "copy the definition into this file, under $defs"}
	}
	return &Missing{Message: quoted + " is neither a file below " + folder + " nor an identifier in one"}
}

// identifier matches the declaration of one in JSON or YAML, after $ or a quote.
var identifier = regexp.MustCompile(`id["']?\s*:\s*["']?([^\s"',}]+)`)

// declaring lists the files that seem to declare the identifier address.
func (f *Folder) declaring(address string) []string {
	if f.FS != nil && f.declared == nil {
		f.declared = map[string][]string{}
		f.scan()
	}
	return f.declared[address]
}

// scan reads the folder. Unreadable files are left out.
func (f *Folder) scan() {
	seen := 0
	_ = fs.WalkDir(f.FS, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		if seen++; seen > mostFiles {
			return fs.SkipAll
		}
		if !slices.Contains(extensions, path.Ext(name)) {
			return nil
		}
		text, _ := contents(f.FS, name)
		if len(text) > mostBytes {
			return nil
		}
		for _, m := range identifier.FindAllSubmatchIndex(text, -1) {
			if m[0] > 0 && !strings.ContainsRune("$\"' \t\n\r{,", rune(text[m[0]-1])) {
				continue
			}
			if id := strings.TrimSuffix(string(text[m[2]:m[3]]), "#"); !slices.Contains(f.declared[id], name) {
				f.declared[id] = append(f.declared[id], name)
			}
		}
		return nil
	})
}
