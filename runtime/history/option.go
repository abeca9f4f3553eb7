package history

import (
	"os"
	"path/filepath"

	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// Store returns an option that keeps revisions, and backups of the source files, in a
// folder, which is created (0700) if it is missing. Only this process may use the folder
// while it runs, and each service and environment needs its own. It contains the values of
// secrets. If something cannot be saved, the log and [rt.Status].StoreError report it, and
// the service continues.
func Store(dir string, opts ...StoreOption) rt.Option {
	return func(o *rt.Options) {
		o.Store = folder(dir)
		for _, opt := range opts {
			opt(o)
		}
	}
}

// A StoreOption configures [Store].
type StoreOption func(*rt.Options)

// MaxBackups sets for how many revisions the source files are kept. The default is 5;
// 0 keeps none.
func MaxBackups(n int) StoreOption { return func(o *rt.Options) { o.MaxBackups = n } }

// Fallback starts with the last good revision of the store if the sources are invalid or
// cannot be read. The log reports it at level Error, and [rt.Status].LastError has the
// reason until the sources are valid. Without this option Open fails.
func Fallback() StoreOption { return func(o *rt.Options) { o.StartFromStore = true } }

// A folder implements [rt.Store].
type folder string

func (f folder) String() string { return string(f) }

func (f folder) Open(keep rt.Retention) (rt.Archive, []string, error) {
	h, notes, err := Open(string(f), keep)
	if err != nil {
		return nil, nil, err
	}
	return archive{h}, notes, nil
}

// An archive implements [rt.Archive].
type archive struct{ *History }

func (a archive) Backup(id rt.RevisionID, files []source.File, keep int) error {
	var list []File
	for _, f := range files {
		path, err := filepath.Abs(f.Path)
		if err != nil {
			continue // there is no working directory: nothing could be restored either
		}
		file := File{Path: path, Mode: 0o600, Content: f.Content}
		if info, err := os.Stat(path); err == nil {
			file.Mode = info.Mode().Perm()
		}
		list = append(list, file)
	}
	return a.SaveBackup(id, list, keep)
}

func (a archive) Backups() ([]rt.Backup, error) {
	kept, err := a.History.Backups()
	var list []rt.Backup
	for _, b := range kept {
		backup := rt.Backup{ID: b.ID, Time: b.Time}
		for _, f := range b.Files {
			backup.Files = append(backup.Files, f.Path)
		}
		list = append(list, backup)
	}
	return list, err
}

func (a archive) Restore(id rt.RevisionID) ([]string, error) { return a.History.Restore(id, "") }
