package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/history"

	rt "github.com/hotbind/hotbind/runtime"
)

func rollbackCommand(stdout, stderr io.Writer) *cobra.Command {
	var folder, to string
	var schema schemaFlags
	var steps int
	var dry bool
	cmd := &cobra.Command{
		Use:   "rollback --store DIR (--to REVISION | --steps N) [--dry-run [--schema SCHEMA]]",
		Short: "Restore the files of a service to an earlier revision",
		Long: `Restore the files of a service to an earlier revision, from the backup in its store.
The service, if it is running, sees the files change and reloads as after any edit.
Nothing is written to the store. --steps counts from the newest revision in the store;
a rollback counts as the revision that it restores.

The exit status is 1 if the revision has no backup; the revisions that have one are
then listed. A revision that was not read from files, such as an update through the
API, never has a backup. Older backups are removed as new ones are made. To list
backups, or to restore one into another folder, use hotbind restore.

With --dry-run nothing is written, and the number of lines that would change is shown
for each file. Add --schema to see the lines, with secrets hidden: the store does not
record which values are secret.`,
		Example: `  hotbind rollback --store /var/lib/shop --steps 1 --dry-run --schema config.schema.yaml
  hotbind rollback --store /var/lib/shop --to 12`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			byID, bySteps := cmd.Flags().Changed("to"), cmd.Flags().Changed("steps")
			switch {
			case folder == "":
				return &usageError{errNoStore}
			case byID == bySteps:
				return &usageError{errors.New("want either --to REVISION or --steps N")}
			case bySteps && steps < 1:
				return &usageError{errors.New("--steps must be 1 or more")}
			}
			show, err := previewOf(stdout, stderr, dry, &schema)
			if err != nil {
				return err
			}
			var id rt.RevisionID
			if byID {
				if id, err = revisionID(to); err != nil {
					return err
				}
			}
			h, err := openStore(stderr, folder)
			if err != nil {
				return err
			}
			if id == 0 {
				if id, err = stepsBack(h, steps); err != nil {
					return err
				}
			}
			return rollback(stdout, stderr, h, id, show)
		},
	}
	storeFlag(cmd, &folder)
	cmd.Flags().StringVar(&to, "to", "", "the `revision` to go back to")
	cmd.Flags().IntVar(&steps, "steps", 0, "go back `N` revisions from the newest")
	previewFlags(cmd, &dry, &schema)
	return usage(cmd)
}

// stepsBack returns the revision n steps before the newest.
func stepsBack(h *history.History, n int) (rt.RevisionID, error) {
	newest := h.List(1, 0)
	if len(newest) == 0 {
		return 0, fmt.Errorf("%w: the store is empty", rt.ErrRevisionNotFound)
	}
	return h.Back(newest[0], n)
}

func rollback(stdout, stderr io.Writer, h *history.History, id rt.RevisionID, show *preview) error {
	record, err := h.Get(id)
	if err != nil {
		return err
	}
	backups, damaged := h.Backups()
	if damaged != nil {
		fmt.Fprintln(stderr, damaged)
	}
	if b, ok := backupOf(record.Revision, backups); ok {
		return putBack(stdout, h, b, "", show)
	}
	fmt.Fprintf(stderr, "revision %d has no backup: %s\n", id, whyNoBackup(record.Revision))
	fmt.Fprintln(stderr, listIDs(backups))
	return errFindings
}

// backupOf returns the backup of the files that a revision was read from. Backups are
// newest first. A revision whose files had not changed shares the last backup before it.
func backupOf(r rt.Revision, backups []history.Backup) (history.Backup, bool) {
	ofFiles := r.Cause == rt.CauseFileChange || r.Cause == rt.CauseManual
	for _, b := range backups {
		if b.ID == r.ID || ofFiles && b.ID < r.ID {
			return b, true
		}
	}
	return history.Backup{}, false
}

func whyNoBackup(r rt.Revision) string {
	switch r.Cause {
	case rt.CauseAPIUpdate:
		return "it is an update through the API"
	case rt.CauseRollback:
		return "it is a rollback made in the service"
	}
	return "the backup has been removed to make room for newer ones"
}

func listIDs(backups []history.Backup) string {
	if len(backups) == 0 {
		return "no revision has a backup"
	}
	var ids []string
	for _, b := range backups {
		ids = append(ids, fmt.Sprint(b.ID))
	}
	return "revisions with a backup: " + strings.Join(ids, ", ")
}
