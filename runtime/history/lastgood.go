package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/disk"

	rt "github.com/hotbind/hotbind/runtime"
)

// LastGood returns an option that saves the last good content of each source that follows
// a store ([source.Follower], [source.Revisioned]) in a folder, and uses it while the store
// cannot be reached, also at startup. [rt.Status].Sources, a warning in the log and a
// notification report that. The folder is created (0700) if it is missing; it contains the
// values of secrets. It does not apply to files: a missing file is an error.
//
// Each source has a file, named after the hash of the source's name: one line of JSON with
// source, time and the SHA-256 of the content, and then the content. A file that is damaged
// or belongs to another source is not used, nor is any file in a folder that others can
// write. The names of such sources must differ.
func LastGood(dir string) rt.Option {
	return func(o *rt.Options) { o.LastGood = lastGood{dir, disk.OS()} }
}

// lastGood implements part.LastGood.
type lastGood struct {
	dir   string
	files disk.FS
}

// A goodHeader is the first line of a file.
type goodHeader struct {
	Source string    `json:"source"`
	Time   time.Time `json:"time"`
	SHA256 string    `json:"sha256"`
}

func (g lastGood) path(source string) string {
	sum := sha256.Sum256([]byte(source))
	return filepath.Join(g.dir, hex.EncodeToString(sum[:16])+".good")
}

var errDamaged = errors.New("the file is damaged")

// Load implements part.LastGood.
func (g lastGood) Load(source string) ([]byte, time.Time, error) {
	if err := disk.Guard(g.files, g.dir); err != nil {
		return nil, time.Time{}, err
	}
	path := g.path(source)
	text, err := g.files.ReadFile(path)
	if err != nil {
		return nil, time.Time{}, err
	}
	line, content, whole := bytes.Cut(text, []byte("\n"))
	var header goodHeader
	sum := sha256.Sum256(content)
	if !whole || json.Unmarshal(line, &header) != nil || header.Source != source || header.SHA256 != hex.EncodeToString(sum[:]) {
		return nil, time.Time{}, fmt.Errorf("%s: %w", path, errDamaged)
	}
	return content, header.Time, nil
}

// Save implements part.LastGood.
func (g lastGood) Save(source string, content []byte) error {
	sum := sha256.Sum256(content)
	header, err := json.Marshal(goodHeader{source, time.Now().UTC(), hex.EncodeToString(sum[:])})
	if err != nil {
		return err
	}
	if _, err := disk.MkdirAll(g.files, g.dir); err != nil {
		return err
	}
	if err := disk.Guard(g.files, g.dir); err != nil {
		return err
	}
	return disk.Write(g.files, g.path(source), append(append(header, '\n'), content...), fs.FileMode(0o600))
}
