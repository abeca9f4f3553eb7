package history

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/hotbind/hotbind/runtime/internal/disk"

	rt "github.com/hotbind/hotbind/runtime"
)

// SaveBackup saves the files that revision id was read from and removes all but the
// newest keep backups; 0 keeps all. If the files equal those of the newest backup, it
// writes nothing. After SaveBackup returns nil, the backup survives a crash of the
// process and of the machine.
func (h *History) SaveBackup(id rt.RevisionID, files []File, keep int) error {
	h.writing.Lock()
	defer h.writing.Unlock()
	if err := h.writable(); err != nil {
		return err
	}
	files = distinct(files)
	list, err := describe(files)
	if err != nil {
		return err
	}
	if id == 0 {
		return errors.New("invalid revision id 0: ids begin at 1")
	}
	if !h.store.held() { // the folder is gone, and the revisions with it
		if err := h.persist(); err != nil {
			return err
		}
	}
	if err := h.store.saveBackup(Backup{ID: id, Time: h.now().UTC().Round(0), Files: list}, files); err != nil {
		return fmt.Errorf("backup %d is not saved; earlier ones are unchanged: %w", id, err)
	}
	return h.store.pruneBackups(keep, id)
}

// distinct drops duplicate files, which two layers may name.
func distinct(files []File) []File {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(files), func(f File) bool {
		again := seen[f.Path]
		seen[f.Path] = true
		return again
	})
}

func (s *store) backupPath(id rt.RevisionID) string {
	return filepath.Join(s.backups(), padded(id))
}

func (s *store) saveBackup(b Backup, files []File) error {
	if _, err := disk.MkdirAll(s.files, s.backups()); err != nil {
		return err
	}
	ids, err := s.backupsUpTo(b.ID)
	if err != nil {
		return err
	}
	if n := len(ids); n > 0 && s.sameBackup(ids[n-1], b.Files) {
		// The call that saved it may have failed to sync the folder.
		return s.files.SyncDir(s.backups())
	}
	if slices.Contains(ids, b.ID) {
		return fmt.Errorf("%s already exists with other files", s.backupPath(b.ID))
	}
	temp := filepath.Join(s.backups(), disk.TempName(""))
	if err := s.fillBackup(temp, b, files); err != nil {
		return err
	}
	if err := s.files.Rename(temp, s.backupPath(b.ID)); err != nil {
		return err
	}
	return s.files.SyncDir(s.backups())
}

// sameBackup reports whether a backup has exactly these files, undamaged.
func (s *store) sameBackup(id rt.RevisionID, files []BackupFile) bool {
	b, err := s.loadBackup(id)
	if err != nil || !slices.Equal(b.Files, files) {
		return false
	}
	_, err = s.readBackup(b)
	return err == nil
}

// fillBackup writes a backup into a temporary folder. If it fails, the next Open removes
// the rest.
func (s *store) fillBackup(folder string, b Backup, files []File) (err error) {
	if err := s.files.Mkdir(folder); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			disk.RemoveFolder(s.files, folder)
		}
	}()
	for i, f := range files {
		if err := disk.WriteNew(s.files, filepath.Join(folder, backupName(i, f.Path)), f.Content); err != nil {
			return err
		}
	}
	data, err := b.encode()
	if err != nil {
		return err
	}
	if err := disk.WriteNew(s.files, filepath.Join(folder, manifestName), data); err != nil {
		return err
	}
	return s.files.SyncDir(folder)
}

// pruneBackups removes all but the newest keep backups up to id.
func (s *store) pruneBackups(keep int, id rt.RevisionID) error {
	ids, err := s.backupsUpTo(id)
	if err != nil || keep <= 0 || len(ids) <= keep {
		return err
	}
	for _, id := range ids[:len(ids)-keep] {
		if err := disk.RemoveFolder(s.files, s.backupPath(id)); err != nil {
			return fmt.Errorf("the new backup is saved, but an old one cannot be removed: %w", err)
		}
	}
	return nil
}

// backupsUpTo is like backupIDs without ids above id: a stray folder must not count as
// the newest backup.
func (s *store) backupsUpTo(id rt.RevisionID) ([]rt.RevisionID, error) {
	ids, err := s.backupIDs()
	return slices.DeleteFunc(ids, func(other rt.RevisionID) bool { return other > id }), err
}

// backupIDs returns the ids of the backups, lowest first.
func (s *store) backupIDs() ([]rt.RevisionID, error) {
	entries, err := s.files.ReadDir(s.backups())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []rt.RevisionID
	for _, e := range entries {
		if id, ok := unpadded(e.Name()); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Backups returns the backups, newest first. Damaged backups are left out, and the error
// joins a [DamagedError] for each.
func (h *History) Backups() ([]Backup, error) {
	ids, err := h.store.backupIDs()
	if err != nil {
		return nil, err
	}
	var backups []Backup
	var damaged []error
	for _, id := range slices.Backward(ids) {
		b, err := h.store.loadBackup(id)
		switch {
		case err == nil:
			backups = append(backups, b)
		case !errors.Is(err, rt.ErrBackupNotFound): // otherwise it was removed in the meantime
			damaged = append(damaged, err)
		}
	}
	return backups, errors.Join(damaged...)
}

func (s *store) loadBackup(id rt.RevisionID) (Backup, error) {
	folder := s.backupPath(id)
	if info, err := s.files.Lstat(folder); errors.Is(err, fs.ErrNotExist) {
		return Backup{}, fmt.Errorf("%w: there is no %s", rt.ErrBackupNotFound, folder)
	} else if err == nil && !info.IsDir() {
		return Backup{}, &DamagedError{folder, errors.New("it is not a folder")}
	}
	path := filepath.Join(folder, manifestName)
	data, err := s.files.ReadFile(path)
	if err != nil {
		return Backup{}, &DamagedError{path, plain(err)}
	}
	return decodeManifest(path, id, data)
}

// readBackup returns the contents of all files of a backup.
func (s *store) readBackup(b Backup) ([][]byte, error) {
	contents := make([][]byte, len(b.Files))
	for i := range b.Files {
		content, err := s.readBackupFile(b, i)
		if err != nil {
			return nil, err
		}
		contents[i] = content
	}
	return contents, nil
}

func (s *store) readBackupFile(b Backup, i int) ([]byte, error) {
	f := b.Files[i]
	path := filepath.Join(s.backupPath(b.ID), backupName(i, f.Path))
	content, err := s.files.ReadFile(path)
	if err != nil {
		return nil, &DamagedError{path, plain(err)}
	}
	if int64(len(content)) != f.Size || digest(content) != f.SHA256 {
		return nil, &DamagedError{path, errors.New("it is damaged: it differs from the manifest")}
	}
	return content, nil
}

// BackupFile returns the content of a file in a backup, after checking it. The error
// matches [rt.ErrBackupNotFound] if there is no such backup or file.
func (h *History) BackupFile(id rt.RevisionID, path string) ([]byte, error) {
	b, err := h.store.loadBackup(id)
	if err != nil {
		return nil, err
	}
	for i, f := range b.Files {
		if f.Path == path {
			return h.store.readBackupFile(b, i)
		}
	}
	return nil, fmt.Errorf("%w: backup %d has no file %s", rt.ErrBackupNotFound, id, path)
}
