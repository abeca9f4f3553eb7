package history

import (
	"fmt"
	"path/filepath"

	"github.com/hotbind/hotbind/runtime/internal/disk"

	rt "github.com/hotbind/hotbind/runtime"
)

// Restore writes the files of a backup to their original paths or, if into is not "", to
// that folder under their base names. It returns the paths that it wrote.
//
// Each file is replaced atomically. An existing file keeps its mode, owner and group, and
// symbolic links to it stay; a missing file is created with its original mode. In a folder
// no link is followed.
//
// Restore checks the whole backup and all destinations before it writes the first file.
// If a write fails, the returned files are restored and the others are unchanged.
func (h *History) Restore(id rt.RevisionID, into string) ([]string, error) {
	h.writing.Lock() // no backup may be removed in the meantime
	defer h.writing.Unlock()
	r, err := h.store.plan(id, into)
	if err != nil {
		return nil, fmt.Errorf("nothing was restored: %w", err)
	}
	return r.carryOut()
}

// A restoration lists the files to write and their destinations.
type restoration struct {
	files    disk.FS
	backup   Backup
	contents [][]byte
	targets  []string
	aside    bool // into a folder
}

func (s *store) plan(id rt.RevisionID, into string) (restoration, error) {
	b, err := s.loadBackup(id)
	if err != nil {
		return restoration{}, err
	}
	r := restoration{files: s.files, backup: b, aside: into != ""}
	if r.contents, err = s.readBackup(b); err != nil {
		return r, err
	}
	if r.aside {
		if into, err = s.files.Resolve(into); err != nil {
			return r, err
		}
	}
	from := map[string]string{}
	for _, f := range b.Files {
		target := f.Path
		if r.aside {
			target = filepath.Join(into, filepath.Base(f.Path))
		}
		if other, ok := from[target]; ok {
			return r, fmt.Errorf("%s and %s would both become %s", other, f.Path, target)
		}
		from[target] = f.Path
		if err := r.check(target); err != nil {
			return r, err
		}
		r.targets = append(r.targets, target)
	}
	return r, nil
}

func (r restoration) check(target string) error {
	if r.aside {
		return disk.Writable(r.files, target)
	}
	return disk.Replaceable(r.files, target)
}

func (r restoration) carryOut() (written []string, err error) {
	for i, target := range r.targets {
		write := disk.Replace
		if r.aside {
			write = disk.Write
		}
		if err := write(r.files, target, r.contents[i], r.backup.Files[i].Mode); err != nil {
			return written, fmt.Errorf("%d of %d files of backup %d restored: %w", len(written), len(r.targets), r.backup.ID, err)
		}
		written = append(written, target)
	}
	return written, nil
}
