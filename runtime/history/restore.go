package history

import (
	"fmt"
	"path/filepath"

	"github.com/hotbind/hotbind/runtime/internal/disk"

	rt "github.com/hotbind/hotbind/runtime"
)

// Restore writes the files of a backup back where they were, or into a folder
// when into is not "", each under the last part of its path. It returns the paths
// it wrote.
//
// Every file is old or new, never something between. One that is there keeps its
// mode, its owner and its group, and symbolic links on the way to it stay; a
// missing one is made with the mode it had. Into a folder no link is followed.
//
// Before the first file is written all are checked: that the backup is whole, and
// that each place can take a file. If writing fails nevertheless, the files
// returned have been restored and the others are as they were.
func (h *History) Restore(id rt.RevisionID, into string) ([]string, error) {
	h.writing.Lock() // no backup is removed meanwhile
	defer h.writing.Unlock()
	r, err := h.store.plan(id, into)
	if err != nil {
		return nil, fmt.Errorf("nothing was restored: %w", err)
	}
	return r.carryOut()
}

// A restoration is what is to be written where.
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
