package disk

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// Write replaces the file at path with a file of this content and mode: it writes a
// temporary file beside it, syncs and renames it, and syncs the folder. If Write returns
// nil, the file survives the end of the process and of the machine. After an error, path
// has its earlier content or, if only the last step failed, the whole new file; do not
// rely on either.
//
// Write refuses to replace anything but a regular file, such as a symbolic link.
func Write(files FS, path string, content []byte, mode fs.FileMode) error {
	if err := Writable(files, path); err != nil {
		return err
	}
	return replace(files, path, content, mode, nil, "")
}

// replace is Write without the check of path. The file gets the owner of like, if like is
// not nil; mark is part of the temporary name.
func replace(files FS, path string, content []byte, mode fs.FileMode, like fs.FileInfo, mark string) error {
	folder := filepath.Dir(path)
	// Beside the target, because a rename cannot cross devices.
	temp := filepath.Join(folder, TempName(mark))
	if err := writeNew(files, temp, path, content, mode, like); err != nil {
		return err
	}
	if err := files.Rename(temp, path); err != nil {
		files.Remove(temp)
		return failure("rename", path, err)
	}
	return failure("sync the folder of", path, files.SyncDir(folder))
}

// WriteNew creates a file and syncs it. It fails if the path exists. The name survives a
// crash only after its folder is synced too. After an error, WriteNew removes the file,
// if it can.
func WriteNew(files FS, path string, content []byte) error {
	return writeNew(files, path, path, content, 0o600, nil)
}

// writeNew creates the file temp. Its errors name path, the final name.
func writeNew(files FS, temp, path string, content []byte, mode fs.FileMode, like fs.FileInfo) error {
	f, err := files.OpenNew(temp)
	if err != nil {
		return failure("create", path, err)
	}
	if err := fill(f, path, content, mode, like); err != nil {
		f.Close()
		files.Remove(temp)
		return err
	}
	if err := f.Close(); err != nil {
		files.Remove(temp)
		return failure("close", path, err)
	}
	return nil
}

// fill writes content to f and syncs it. A failed sync is not retried: the system may
// have dropped the pages, and a second sync would report success.
func fill(f File, path string, content []byte, mode fs.FileMode, like fs.FileInfo) error {
	if like != nil {
		if err := f.Own(like); err != nil {
			return failure("keep the owner of", path, err)
		}
	}
	// Set the mode after the owner: changing the owner clears bits of the mode.
	if mode != 0o600 {
		if err := f.Chmod(mode); err != nil {
			return failure("set the mode of", path, err)
		}
	}
	if _, err := f.Write(content); err != nil {
		return failure("write", path, err)
	}
	return failure("sync", path, f.Sync())
}

// TempName returns a name for a file or folder that is being written, which [Clear]
// recognizes. It is random, so nobody can occupy it in advance.
func TempName(mark string) string {
	return tempPrefix + mark + strings.ToLower(rand.Text()) + tempSuffix
}

// Writable returns the error with which [Write] would refuse path before it
// writes anything.
func Writable(files FS, path string) error {
	info, err := files.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = &NotRegular{info.Mode()}
	}
	return failure("write", path, err)
}
