package command

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator"
)

// Prefix and suffix of temporary files. If a run is killed, the next run removes the
// files that it left behind.
const tempPrefix, tempSuffix = ".hotbind-", ".tmp"

// writeFiles writes files to folder and removes left-over ones, all or nothing. It
// returns how many files changed. Each file is written to a temporary one, synced and
// renamed, so that a target is always the old file or the new one.
func writeFiles(folder string, files []generator.File) (changed int, err error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return 0, err
	}
	removeTemps(folder)
	defer removeTemps(folder)
	var pending []pendingFile
	for _, f := range files {
		p := pendingFile{target: filepath.Join(folder, f.Name)}
		if err := p.look(); err != nil {
			return 0, err
		}
		if p.existed && bytes.Equal(p.old, f.Content) {
			continue
		}
		if p.temp, err = writeTemp(folder, f.Content); err != nil {
			return 0, err
		}
		pending = append(pending, p)
	}
	stale, err := leftOver(folder, files)
	if err != nil {
		return 0, err
	}
	pending = append(pending, stale...)
	for i, p := range pending {
		if err := p.put(); err != nil {
			return 0, errors.Join(err, restore(folder, pending[:i]))
		}
	}
	return len(pending), nil
}

// leftOver returns the files in folder that hotbind wrote with other options: those with
// the name of a generated file that are not among files.
func leftOver(folder string, files []generator.File) (stale []pendingFile, err error) {
	for _, name := range generator.FileNames() {
		if slices.ContainsFunc(files, func(f generator.File) bool { return f.Name == name }) {
			continue
		}
		p := pendingFile{target: filepath.Join(folder, name)}
		info, err := os.Lstat(p.target)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p.old, err = os.ReadFile(p.target); err != nil {
			return nil, err
		}
		if p.existed = isOurs(p.old); p.existed {
			stale = append(stale, p)
		}
	}
	return stale, nil
}

// isOurs reports whether hotbind wrote a file.
func isOurs(content []byte) bool { return bytes.HasPrefix(content, []byte(generator.Header)) }

// checkPackage refuses a folder with another package: the files would not build
// together.
func checkPackage(folder, name string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		source := filepath.Join(folder, e.Name())
		if info, err := os.Stat(source); !strings.HasSuffix(source, ".go") || err != nil || !info.Mode().IsRegular() {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.PackageClauseOnly)
		if err != nil || strings.HasSuffix(source, "_test.go") || strings.HasSuffix(source, ".gen.go") {
			continue
		}
		if file.Name.Name != name {
			return fmt.Errorf("%s: the folder already has package %s, not %s; choose another --out or --package",
				folder, file.Name.Name, name)
		}
	}
	return nil
}

// A pendingFile is a file to replace, or to remove if temp is empty.
type pendingFile struct {
	target, temp string
	existed      bool
	old          []byte
}

// put replaces the target, or removes it.
func (p *pendingFile) put() error {
	if p.temp == "" {
		return os.Remove(p.target)
	}
	return os.Rename(p.temp, p.target)
}

// look reads the target and refuses one that hotbind did not write.
func (p *pendingFile) look() error {
	info, err := os.Lstat(p.target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file; not replaced", p.target)
	}
	if p.old, err = os.ReadFile(p.target); err != nil {
		return err
	}
	if !isOurs(p.old) {
		return fmt.Errorf("%s: not written by hotbind, so not overwritten; move it or choose another --out", p.target)
	}
	p.existed = true
	return nil
}

func writeTemp(folder string, content []byte) (name string, err error) {
	f, err := os.CreateTemp(folder, tempPrefix+"*"+tempSuffix)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(content); err != nil {
		return "", err
	}
	// Everybody who builds must be able to read it; CreateTemp uses 0600.
	if err := f.Chmod(0o644); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

// restore undoes the replacements in done after a later file failed.
func restore(folder string, done []pendingFile) (err error) {
	for _, p := range done {
		if !p.existed {
			err = errors.Join(err, os.Remove(p.target))
			continue
		}
		temp, failed := writeTemp(folder, p.old)
		if failed == nil {
			failed = os.Rename(temp, p.target)
		}
		err = errors.Join(err, failed)
	}
	return err
}

func removeTemps(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) && strings.HasSuffix(e.Name(), tempSuffix) {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
