package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

func restoreCommand(stdout, stderr io.Writer) *cobra.Command {
	var folder, backup, into string
	var schema schemaFlags
	var list, dry bool
	cmd := &cobra.Command{
		Use:   "restore --store DIR (--list | --backup REVISION [--into DIR] [--dry-run [--schema SCHEMA]])",
		Short: "List the backups in the store of a service, or restore one",
		Long: `List the backups in the store of a service, or restore the files of one to their old
places or into a folder. A backup has the number of the revision that was read from
its files. Each file is written whole or not at all and keeps its mode, owner and
symbolic links. All files are checked before the first is written.

With --dry-run nothing is written, and the number of lines that would change is shown
for each file. Add --schema to see the lines, with secrets hidden: the store does not
record which values are secret.`,
		Example: `  hotbind restore --store /var/lib/shop --list
  hotbind restore --store /var/lib/shop --backup 12 --into /tmp/old`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case folder == "":
				return &usageError{errNoStore}
			case list == (backup != ""):
				return &usageError{errors.New("want either --list or --backup REVISION")}
			case list && (into != "" || dry):
				return &usageError{errors.New("--into and --dry-run need --backup")}
			}
			show, err := previewOf(stdout, stderr, dry, &schema)
			if err != nil {
				return err
			}
			if list {
				return listBackups(stdout, stderr, folder)
			}
			id, err := revisionID(backup)
			if err != nil {
				return err
			}
			return restoreBackup(stdout, stderr, folder, id, into, show)
		},
	}
	storeFlag(cmd, &folder)
	cmd.Flags().BoolVar(&list, "list", false, "list the backups")
	cmd.Flags().StringVar(&backup, "backup", "", "the `revision` whose files to restore")
	cmd.Flags().StringVar(&into, "into", "", "write the files into this `folder`, which must exist")
	previewFlags(cmd, &dry, &schema)
	return usage(cmd)
}

// A preview shows how the files of a backup would change.
type preview struct {
	stdout, stderr io.Writer
	schema         *validate.Schema // nil: every value may be a secret
}

// previewFlags adds the flags for a preview.
func previewFlags(cmd *cobra.Command, dry *bool, schema *schemaFlags) {
	cmd.Flags().BoolVar(dry, "dry-run", false, "show what would change, and write nothing")
	schema.register(cmd, "`file` with the schema, which marks secrets, for --dry-run")
}

// previewOf returns the preview that the flags select, or nil.
func previewOf(stdout, stderr io.Writer, dry bool, schema *schemaFlags) (p *preview, err error) {
	switch {
	case !dry && schema.given():
		return nil, &usageError{errors.New("--schema needs --dry-run")}
	case !dry:
		return nil, nil
	}
	p = &preview{stdout: stdout, stderr: stderr}
	p.schema, err = schema.load(stderr)
	return p, err
}

func listBackups(stdout, stderr io.Writer, folder string) error {
	h, err := openStore(stderr, folder)
	if err != nil {
		return err
	}
	backups, damaged := h.Backups()
	p := newPainter(stdout)
	rows := [][]string{{"REVISION", "TIME", "FILES"}}
	for _, b := range backups {
		var files []string
		for _, f := range b.Files {
			files = append(files, f.Path)
		}
		rows = append(rows, []string{fmt.Sprint(b.ID), b.Time.Local().Format(time.RFC3339), strings.Join(files, ", ")})
	}
	if len(backups) > 0 {
		p.table(rows)
	} else {
		p.line("the store has no backups")
	}
	if damaged != nil {
		fmt.Fprintln(stderr, damaged)
		return errFindings
	}
	return nil
}

func restoreBackup(stdout, stderr io.Writer, folder string, id rt.RevisionID, into string, show *preview) error {
	h, err := openStore(stderr, folder)
	if err != nil {
		return err
	}
	backups, damaged := h.Backups()
	for _, b := range backups {
		if b.ID == id {
			return putBack(stdout, h, b, into, show)
		}
	}
	if damaged != nil {
		fmt.Fprintln(stderr, damaged)
	}
	fmt.Fprintf(stderr, "revision %d has no backup\n%s\n", id, listIDs(backups))
	return errFindings
}

// putBack restores the files of a backup or, with a preview, shows what would change.
func putBack(stdout io.Writer, h *history.History, b history.Backup, into string, show *preview) error {
	if show != nil {
		return show.backup(h, b, into)
	}
	written, err := h.Restore(b.ID, into)
	for _, path := range written {
		fmt.Fprintf(stdout, "%s: restored to revision %d\n", visible(path), b.ID)
	}
	return err
}

// backup shows what would change in each file.
func (p *preview) backup(h *history.History, b history.Backup, into string) error {
	for _, f := range b.Files {
		content, err := h.BackupFile(b.ID, f.Path)
		if err != nil {
			return err
		}
		path := target(f.Path, into)
		now, err := readFile(path)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case err != nil:
			fmt.Fprintf(p.stderr, "%s: does not exist; would be created\n", visible(path))
		case string(now) == string(content):
			fmt.Fprintf(p.stderr, "%s: nothing to change\n", visible(path))
			continue
		}
		p.file(path, now, content)
	}
	return nil
}

// file shows the difference between two texts of a file.
func (p *preview) file(path string, now, then []byte) {
	if p.schema != nil {
		printDiff(p.stdout, path, now, then, newVeil(p.schema, path, now, then, nil))
		return
	}
	gone, come := 0, 0
	for _, l := range diffLines(splitLines(now), splitLines(then)) {
		switch l.mark {
		case '-':
			gone++
		case '+':
			come++
		}
	}
	fmt.Fprintf(p.stdout, "%s: -%d +%d lines (add --schema SCHEMA to see them)\n", visible(path), gone, come)
}

// target returns the path that a file of a backup is written to.
func target(path, into string) string {
	if into == "" {
		return path
	}
	return filepath.Join(into, filepath.Base(path))
}
