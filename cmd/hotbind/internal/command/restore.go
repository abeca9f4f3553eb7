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
		Short: "List the backups of files that a service has kept, or restore one",
		Long: `List the backups in the store of a service, or write the files of one back where they
stood, or into a folder. A backup has the number of the revision that was read from
its files. Each file is written whole or not at all and keeps its mode, its owner and
the links on the way to it; all are checked before the first is written.

--dry-run says how many lines of each file would change. With --schema it shows them,
and hides the secrets; the store does not say which values are secret.`,
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
				return &usageError{errors.New("--into and --dry-run are for --backup")}
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
	schema         *validate.Schema // nil: nothing is known to be no secret
}

// previewFlags adds the flags for a preview.
func previewFlags(cmd *cobra.Command, dry *bool, schema *schemaFlags) {
	cmd.Flags().BoolVar(dry, "dry-run", false, "only show what would change in each file")
	schema.register(cmd, "`file` with the schema, which marks secrets, for --dry-run")
}

// previewOf is the preview that the flags ask for; nil: none.
func previewOf(stdout, stderr io.Writer, dry bool, schema *schemaFlags) (p *preview, err error) {
	switch {
	case !dry && schema.given():
		return nil, &usageError{errors.New("--schema is for --dry-run")}
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
		p.line("no backup is kept")
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

// putBack writes the files of a backup, or only shows how they would change.
func putBack(stdout io.Writer, h *history.History, b history.Backup, into string, show *preview) error {
	if show != nil {
		return show.backup(h, b, into)
	}
	written, err := h.Restore(b.ID, into)
	for _, path := range written {
		fmt.Fprintf(stdout, "%s: as revision %d read it\n", visible(path), b.ID)
	}
	return err
}

// backup shows how each file would change.
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
			fmt.Fprintf(p.stderr, "%s: does not exist and would be made\n", visible(path))
		case string(now) == string(content):
			fmt.Fprintf(p.stderr, "%s: nothing to change\n", visible(path))
			continue
		}
		p.file(path, now, content)
	}
	return nil
}

// file shows how a text becomes another.
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
	fmt.Fprintf(p.stdout, "%s: -%d +%d lines (--schema SCHEMA shows them)\n", visible(path), gone, come)
}

// target is where a file of a backup is written.
func target(path, into string) string {
	if into == "" {
		return path
	}
	return filepath.Join(into, filepath.Base(path))
}
