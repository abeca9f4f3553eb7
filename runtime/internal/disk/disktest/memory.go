package disktest

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/disk"
)

// A Memory is a file system in memory that tracks what a loss of power would leave: the
// content of a file as of its last sync, and the names in a folder as of the last sync of
// the folder. It has no symbolic links and no modes.
type Memory struct {
	mu    sync.Mutex
	root  *node
	locks map[*node]bool
}

// A node is a file or, with names, a folder.
type node struct {
	content, synced  []byte
	names, lastNames map[string]*node
}

// NewMemory returns an empty file system.
func NewMemory() *Memory { return &Memory{root: newFolder(), locks: map[*node]bool{}} }

func newFolder() *node { return &node{names: map[string]*node{}, lastNames: map[string]*node{}} }

// Killed returns the file system as it is after the process that used it was killed: it
// has everything, and no lock is held.
func (m *Memory) Killed() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &Memory{root: m.root.copy(func(n *node) ([]byte, map[string]*node) { return n.content, n.names }), locks: map[*node]bool{}}
}

// PowerLoss returns the file system as it is after a power failure: everything that was
// not synced is lost. With names, only contents are lost, because a disk may write names
// before they are synced.
func (m *Memory) PowerLoss(names bool) *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &Memory{root: m.root.copy(func(n *node) ([]byte, map[string]*node) {
		if names {
			return n.synced, n.names
		}
		return n.synced, n.lastNames
	}), locks: map[*node]bool{}}
}

func (n *node) copy(left func(*node) ([]byte, map[string]*node)) *node {
	content, names := left(n)
	if n.names == nil {
		content = slices.Clone(content)
		return &node{content: content, synced: content}
	}
	c := newFolder()
	for name, child := range names {
		c.names[name] = child.copy(left)
	}
	c.lastNames = maps.Clone(c.names)
	return c
}

// Put writes and syncs a file as another program would, without any check.
func (m *Memory) Put(path string, content []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	parent, name := m.parent(path)
	n := &node{content: slices.Clone(content), synced: slices.Clone(content)}
	parent.names[name], parent.lastNames[name] = n, n
}

func (m *Memory) find(path string) *node {
	n := m.root
	for _, name := range strings.FieldsFunc(filepath.ToSlash(path), func(r rune) bool { return r == '/' }) {
		if n == nil || n.names == nil {
			return nil
		}
		n = n.names[name]
	}
	return n
}

// parent returns the folder that contains path, or nil if there is none.
func (m *Memory) parent(path string) (*node, string) {
	n := m.find(filepath.Dir(path))
	if n != nil && n.names == nil {
		n = nil
	}
	return n, filepath.Base(path)
}

func fail(op, path string, err error) error { return &fs.PathError{Op: op, Path: path, Err: err} }

// add adds n at path, which must be free.
func (m *Memory) add(op, path string, n *node) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	parent, name := m.parent(path)
	if parent == nil {
		return fail(op, path, fs.ErrNotExist)
	}
	if parent.names[name] != nil {
		return fail(op, path, fs.ErrExist)
	}
	parent.names[name] = n
	return nil
}

func (m *Memory) Mkdir(path string) error { return m.add("mkdir", path, newFolder()) }

func (m *Memory) OpenNew(path string) (disk.File, error) {
	n := &node{}
	return &memoryFile{m, n}, m.add("open", path, n)
}

func (m *Memory) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	source, old := m.parent(from)
	target, name := m.parent(to)
	if source == nil || target == nil || source.names[old] == nil {
		return fail("rename", from, fs.ErrNotExist)
	}
	if there := target.names[name]; there != nil && (there.names != nil || source.names[old].names != nil) {
		return fail("rename", to, fs.ErrExist)
	}
	target.names[name] = source.names[old]
	delete(source.names, old)
	return nil
}

func (m *Memory) Remove(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(path)
	if n == nil {
		return fail("remove", path, fs.ErrNotExist)
	}
	if len(n.names) > 0 {
		return fail("remove", path, errors.New("directory not empty"))
	}
	parent, name := m.parent(path)
	delete(parent.names, name)
	return nil
}

func (m *Memory) ReadFile(path string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(path)
	if n == nil {
		return nil, fail("open", path, fs.ErrNotExist)
	}
	if n.names != nil {
		return nil, fail("read", path, &disk.NotRegular{Mode: fs.ModeDir})
	}
	return slices.Clone(n.content), nil
}

func (m *Memory) ReadDir(path string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(path)
	if n == nil || n.names == nil {
		return nil, fail("open", path, fs.ErrNotExist)
	}
	var entries []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		entries = append(entries, fs.FileInfoToDirEntry(info{name, n.names[name]}))
	}
	return entries, nil
}

func (m *Memory) Lstat(path string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(path)
	if n == nil {
		return nil, fail("lstat", path, fs.ErrNotExist)
	}
	return info{filepath.Base(path), n}, nil
}

func (m *Memory) Readlink(path string) (string, error) {
	return "", fail("readlink", path, fs.ErrInvalid)
}

func (m *Memory) Resolve(path string) (string, error) {
	_, err := m.Lstat(path)
	return filepath.Clean(path), err
}

func (m *Memory) SyncDir(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(path)
	if n == nil || n.names == nil {
		return fail("sync", path, fs.ErrNotExist)
	}
	n.lastNames = maps.Clone(n.names)
	return nil
}

func (m *Memory) Lock(path string) (disk.Lock, error) {
	if err := m.add("lock", path, &node{}); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(path)
	if m.locks[n] {
		return nil, fail("lock", path, disk.ErrLocked)
	}
	m.locks[n] = true
	return &memoryLock{m, n, path}, nil
}

type memoryLock struct {
	m    *Memory
	n    *node
	path string
}

func (l *memoryLock) Held() bool {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	return l.m.find(l.path) == l.n
}

func (l *memoryLock) Close() error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	delete(l.m.locks, l.n)
	return nil
}

type memoryFile struct {
	m *Memory
	n *node
}

func (f *memoryFile) Write(b []byte) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.n.content = append(f.n.content, b...)
	return len(b), nil
}

func (f *memoryFile) Sync() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.n.synced = slices.Clone(f.n.content)
	return nil
}

func (f *memoryFile) Chmod(fs.FileMode) error { return nil }
func (f *memoryFile) Own(fs.FileInfo) error   { return nil }
func (f *memoryFile) Close() error            { return nil }

type info struct {
	name string
	n    *node
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return int64(len(i.n.content)) }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.n.names != nil }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o700
	}
	return 0o600
}
