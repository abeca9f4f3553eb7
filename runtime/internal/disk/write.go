package disk

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// Write puts a file with this content and mode in the place of path: written
// beside it, synced, renamed, and the folder synced. After nil the file lasts
// through the end of the process and of the machine. After an error there is at
// path what was there before, or the new file, whole, when only the last step
// failed; it must not be counted on either way.
//
// What is at path and no regular file, such as a symbolic link, is refused.
func Write(files FS, path string, content []byte, mode fs.FileMode) error {
	if err := Writable(files, path); err != nil {
		return err
	}
	return replace(files, path, content, mode, nil, "")
}

// replace is Write without the question what is at path. The file belongs to
// whom like belongs to, when there is one; mark is part of the temporary name.
func replace(files FS, path string, content []byte, mode fs.FileMode, like fs.FileInfo, mark string) error {
	folder := filepath.Dir(path)
	// Beside the target and nowhere else: a rename never crosses devices.
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

// WriteNew writes a file where none is, and syncs it. Its name lasts only when
// its folder is synced too. After an error the file is gone, if it can be removed.
func WriteNew(files FS, path string, content []byte) error {
	return writeNew(files, path, path, content, 0o600, nil)
}

// writeNew makes the file temp; its errors name path, for which it is made.
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

// fill writes what belongs into f and syncs it. A sync that failed is not tried
// again: the system may have dropped the pages and would then report success.
func fill(f File, path string, content []byte, mode fs.FileMode, like fs.FileInfo) error {
	if like != nil {
		if err := f.Own(like); err != nil {
			return failure("keep the owner of", path, err)
		}
	}
	// After the owner, because changing that takes bits of the mode away.
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

// TempName returns a name for something that is being written, which
// [Clear] knows again. It cannot be guessed, so that nothing can be put in its way.
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
