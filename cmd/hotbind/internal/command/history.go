package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

func historyCommand(stdout, stderr io.Writer) *cobra.Command {
	var folder, format string
	var schema schemaFlags
	var limit int
	cmd := &cobra.Command{
		Use:   "history --store DIR [--schema SCHEMA] [REVISION]",
		Short: "List the revisions in the store of a service, or show one",
		Long: `List the revisions in the store of a service, newest first, or show one: when and why
it was accepted, its metadata, whether its files have a backup, and its changes from
the parent revision. Nothing is written; the service may be running.

The store holds secrets in the clear and does not record which values are secret.
Values are shown only with --schema, and then secrets are hidden.

The exit status is 0 on success, 1 if a revision is damaged (the others are still
shown), and 2 for wrong usage or a store that cannot be read.`,
		Example: `  hotbind history --store /var/lib/shop
  hotbind history --store /var/lib/shop --schema config.schema.yaml 14`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("want at most one REVISION, found %d arguments", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case folder == "":
				return &usageError{errNoStore}
			case limit < 0:
				return &usageError{errors.New("--limit must be 0 or more")}
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			v, err := view(stdout, stderr, &schema, format)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return v.list(folder, limit)
			}
			id, err := revisionID(args[0])
			if err != nil {
				return err
			}
			return v.one(folder, id)
		},
	}
	storeFlag(cmd, &folder)
	schema.register(cmd, "`file` with the schema, which marks secrets")
	cmd.Flags().IntVar(&limit, "limit", 0, "list at most `N` revisions; 0 means all")
	formatFlag(cmd, &format)
	return usage(cmd)
}

// A historyView shows revisions.
type historyView struct {
	*painter
	stderr  io.Writer
	schema  *validate.Schema
	json    bool
	history *history.History
	backups map[rt.RevisionID]history.Backup
	damaged bool
	printed map[string]bool // messages about damage
}

func view(stdout, stderr io.Writer, schema *schemaFlags, format string) (v *historyView, err error) {
	v = &historyView{painter: newPainter(stdout), stderr: stderr, json: format == "json", printed: map[string]bool{}}
	v.schema, err = schema.load(stderr)
	return v, err
}

func (v *historyView) open(folder string) (err error) {
	if v.history, err = openStore(v.stderr, folder); err != nil {
		return err
	}
	v.backups = map[rt.RevisionID]history.Backup{}
	backups, err := v.history.Backups()
	if err != nil {
		v.damage(err)
	}
	for _, b := range backups {
		v.backups[b.ID] = b
	}
	return nil
}

// damage prints err, unless it has been printed before.
func (v *historyView) damage(err error) {
	v.damaged = true
	if !v.printed[err.Error()] {
		v.printed[err.Error()] = true
		fmt.Fprintln(v.stderr, err)
	}
}

// result returns errFindings if there is damage; the damage is already printed.
func (v *historyView) result() error {
	if v.damaged {
		return errFindings
	}
	return nil
}

func (v *historyView) list(folder string, limit int) error {
	if err := v.open(folder); err != nil {
		return err
	}
	shown := []shownRevision{}
	for _, r := range v.history.List(limit, 0) {
		shown = append(shown, v.describe(r))
	}
	if v.json {
		return errors.Join(printJSON(v.out, shown), v.result())
	}
	rows := [][]string{{"ID", "PARENT", "TIME", "CAUSE", "BACKUP", "CHANGES", "METADATA"}}
	for _, s := range shown {
		rows = append(rows, []string{
			fmt.Sprint(s.ID), numberOrNone(s.Parent), s.Time.Local().Format(time.RFC3339), string(s.Cause),
			fileCount(s.Backup), v.summaryLine(s), metadataLine(s.Metadata),
		})
	}
	if len(shown) == 0 {
		v.line("the store has no revisions")
		return v.result()
	}
	v.table(rows)
	return v.result()
}

// summaryLine returns the summary of the changes. It adds paths only with a schema:
// keys can be secrets too.
func (v *historyView) summaryLine(s shownRevision) string {
	if v.schema == nil || len(s.changes) == 0 {
		return s.Summary
	}
	const most = 3
	var paths []string
	for i, c := range s.changes {
		if i == most {
			paths = append(paths, fmt.Sprintf("%d more", len(s.changes)-most))
			break
		}
		paths = append(paths, shortened(c.Path))
	}
	return s.Summary + " (" + strings.Join(paths, ", ") + ")"
}

func (v *historyView) one(folder string, id rt.RevisionID) error {
	if err := v.open(folder); err != nil {
		return err
	}
	record, err := v.history.Get(id)
	if err != nil {
		return err
	}
	s := v.describe(record.Revision)
	if v.schema != nil {
		c, err := configOf(v.schema, record)
		if err != nil {
			return err
		}
		if s.Config, err = c.MarshalJSON(); err != nil {
			return err
		}
		s.Changes = changedAll(s.changes, true)
	}
	if v.json {
		return errors.Join(printJSON(v.out, s), v.result())
	}
	v.details(s)
	return v.result()
}

func (v *historyView) details(s shownRevision) {
	v.line(v.bold(fmt.Sprintf("revision %d", s.ID)))
	field := func(name, value string) {
		if value != "" {
			v.line(fmt.Sprintf("  %-9s %s", name, visible(value)))
		}
	}
	field("time", s.Time.Local().Format(time.RFC3339))
	field("cause", string(s.Cause))
	field("parent", numberOrNone(s.Parent))
	field("metadata", metadataLine(s.Metadata))
	backup := "none"
	if len(s.Backup) > 0 {
		backup = strings.Join(s.Backup, ", ")
	}
	field("backup", backup)
	field("changes", s.Summary)
	if v.schema == nil {
		field("config", "hidden: it may contain secrets, and only a schema marks them (add --schema SCHEMA)")
		return
	}
	for _, c := range s.changes {
		v.line("    " + v.change(c))
	}
	v.line("  config")
	var text bytes.Buffer
	if json.Indent(&text, s.Config, "    ", "  ") != nil {
		return
	}
	for line := range strings.SplitSeq("    "+text.String(), "\n") {
		v.line(visible(line))
	}
}
