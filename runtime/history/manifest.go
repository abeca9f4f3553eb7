package history

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A File is a file to be backed up.
type File struct {
	Path    string // absolute
	Mode    fs.FileMode
	Content []byte
}

// A Backup describes the saved files that a revision was read from.
type Backup struct {
	ID    rt.RevisionID // the revision that was read from them
	Time  time.Time     // when the backup was saved
	Files []BackupFile
}

// A BackupFile describes one file of a backup.
type BackupFile struct {
	Path   string // its original path
	Size   int64
	Mode   fs.FileMode
	SHA256 string
}

const manifestName = "manifest.json"

// manifest is the content of manifest.json.
type manifest struct {
	Format int             `json:"format"`
	ID     rt.RevisionID   `json:"id"`
	Time   time.Time       `json:"time"`
	Files  []manifestEntry `json:"files"`
}

type manifestEntry struct {
	Path   string `json:"path"`
	Name   string `json:"name"` // of the file beside the manifest
	Size   int64  `json:"size"`
	Mode   string `json:"mode"` // in octal digits, as for chmod
	SHA256 string `json:"sha256"`
}

// describe returns the descriptions of files for a manifest.
func describe(files []File) ([]BackupFile, error) {
	list := make([]BackupFile, len(files))
	for i, f := range files {
		if !wellPlaced(f.Path) {
			return nil, fmt.Errorf("a backup of %q cannot be made: the path must be absolute and name a file", f.Path)
		}
		list[i] = BackupFile{Path: f.Path, Size: int64(len(f.Content)), Mode: f.Mode.Perm(), SHA256: digest(f.Content)}
	}
	return list, nil
}

// wellPlaced reports whether a file may be restored to path.
func wellPlaced(path string) bool {
	base := filepath.Base(path)
	return filepath.IsAbs(path) && filepath.Clean(path) == path && base != string(filepath.Separator) && !strings.ContainsRune(path, 0)
}

// maxBase keeps file names in a backup below the limit of file systems.
const maxBase = 200

// backupName returns the name of file i in the folder of a backup. It is always computed
// and never read, so that it cannot lead out of the folder.
func backupName(i int, path string) string {
	base := filepath.Base(path)
	if len(base) > maxBase {
		base = strings.ToValidUTF8(base[len(base)-maxBase:], "")
	}
	return strconv.Itoa(i+1) + "-" + base
}

func (b Backup) encode() ([]byte, error) {
	m := manifest{Format: format, ID: b.ID, Time: b.Time, Files: []manifestEntry{}}
	for i, f := range b.Files {
		m.Files = append(m.Files, manifestEntry{f.Path, backupName(i, f.Path), f.Size, fmt.Sprintf("%04o", f.Mode.Perm()), f.SHA256})
	}
	return seal(m)
}

// decodeManifest reads the manifest of backup id and checks every value in it.
func decodeManifest(path string, id rt.RevisionID, data []byte) (Backup, error) {
	var m manifest
	if err := unseal(path, data, &m); err != nil {
		return Backup{}, err
	}
	if m.ID != id {
		return Backup{}, &DamagedError{path, fmt.Errorf("it is for backup %d, not %d", m.ID, id)}
	}
	b := Backup{ID: m.ID, Time: m.Time}
	for i, e := range m.Files {
		f, err := e.file(i)
		if err != nil {
			return Backup{}, &DamagedError{path, err}
		}
		b.Files = append(b.Files, f)
	}
	return b, nil
}

func (e manifestEntry) file(i int) (BackupFile, error) {
	if !wellPlaced(e.Path) {
		return BackupFile{}, fmt.Errorf("%q is not an absolute file path", e.Path)
	}
	if e.Name != backupName(i, e.Path) {
		return BackupFile{}, fmt.Errorf("%q is not the name of its file %d", e.Name, i+1)
	}
	mode, err := strconv.ParseUint(e.Mode, 8, 32)
	if err != nil || fs.FileMode(mode) != fs.FileMode(mode).Perm() {
		return BackupFile{}, fmt.Errorf("%q is not a file mode", e.Mode)
	}
	return BackupFile{Path: e.Path, Size: e.Size, Mode: fs.FileMode(mode), SHA256: e.SHA256}, nil
}
