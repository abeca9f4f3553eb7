package command

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A replacement is a file and its new content.
type replacement struct {
	name         string
	old, content []byte
	target, temp string // the file behind symbolic links, and the temporary one
	info         fs.FileInfo
}

// replaceFiles writes the new content of files. It writes all temporary files before
// it renames the first, so that a full disk or missing permission changes nothing. A
// symbolic link stays; the file behind it is replaced.
func replaceFiles(files []replacement) (err error) {
	defer func() {
		for _, f := range files {
			if f.temp != "" {
				os.Remove(f.temp)
			}
		}
	}()
	for i := range files {
		if err := files[i].prepare(); err != nil {
			return err
		}
	}
	for i, f := range files {
		if err := os.Rename(f.temp, f.target); err != nil {
			for _, done := range files[:i] {
				err = errors.Join(err, done.restore())
			}
			return err
		}
		files[i].temp = ""
	}
	syncFolders(files)
	return nil
}

// prepare writes the new content beside the target, with its mode and owner.
func (r *replacement) prepare() (err error) {
	if r.target, err = filepath.EvalSymlinks(r.name); err != nil {
		return err
	}
	if r.info, err = os.Stat(r.target); err != nil {
		return err
	}
	if !r.info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file; not replaced", r.name)
	}
	now, err := os.ReadFile(r.target)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, r.old) {
		return fmt.Errorf("%s: changed during the migration; run the command again", r.name)
	}
	return r.writeBeside(r.content)
}

func (r *replacement) writeBeside(content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(r.target), tempPrefix+"*"+tempSuffix)
	if err != nil {
		return err
	}
	r.temp = f.Name()
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(content); err != nil {
		return err
	}
	// The owner first: changing it can drop bits of the mode.
	if err := chownLike(f, r.info); err != nil {
		return err
	}
	if err := f.Chmod(r.info.Mode()); err != nil {
		return err
	}
	return f.Sync()
}

// restore puts the old content back.
func (r replacement) restore() error {
	if err := r.writeBeside(r.old); err != nil {
		return err
	}
	return os.Rename(r.temp, r.target)
}

// syncFolders makes the renames durable, on systems that can sync a folder.
func syncFolders(files []replacement) {
	for _, f := range files {
		if folder, err := os.Open(filepath.Dir(f.target)); err == nil {
			folder.Sync()
			folder.Close()
		}
	}
}
