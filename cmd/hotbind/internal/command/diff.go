package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/untyped"

	rt "github.com/hotbind/hotbind/runtime"
)

// errDiffer ends diff if the configurations differ. Invalid input is a failure in
// diff, so that scripts can distinguish the two.
var errDiffer = errors.New("the configurations differ")

// errInvalid ends diff for invalid input, with its findings already printed.
var errInvalid = errors.New("the input has findings")

func diffCommand(stdout, stderr io.Writer) *cobra.Command {
	var flags sourceFlags
	var store, format string
	cmd := &cobra.Command{
		Use:   "diff --schema SCHEMA A B | diff --store DIR FROM TO",
		Short: "Show the differences between two configurations",
		Long: `Show the differences between two configurations, compared by the schema: defaults are
filled in, numbers compare by value, and lists with x-key compare by key. Formatting,
order and comments do not matter. Secrets are compared but shown as [secret].

A and B are each a file, or a folder with a base file, environments/NAME and
agents/ID; --environment and --agent select among these files. With --store, FROM and
TO are the numbers of two revisions in the store of a service. The store does not
record which values are secret, so their values are shown only with --schema.

Each line is a change: + added, - removed, ~ changed. As with diff(1), the exit status
is 0 if there are no differences, 1 if there are, and 2 for wrong usage and for input
that is invalid or cannot be read.`,
		Example: `  hotbind diff --schema config.schema.yaml staging.yaml production.yaml
  hotbind diff --schema config.schema.yaml --environment production old/config new/config
  hotbind diff --schema config.schema.yaml --store /var/lib/shop 12 14`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("want exactly two configurations, found %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			changes, values, err := compare(cmd.Context(), stderr, &flags, store, args)
			if errors.Is(err, errFindings) {
				return errInvalid
			}
			if err != nil {
				return err
			}
			return showDiff(stdout, changes, values, format)
		},
	}
	flags.register(cmd)
	storeFlag(cmd, &store)
	formatFlag(cmd, &format)
	return usage(cmd)
}

// compare returns the changes between the two sides and whether their values may be
// shown.
func compare(ctx context.Context, stderr io.Writer, flags *sourceFlags, store string, args []string) (changes rt.Changes, values bool, err error) {
	if store != "" {
		return compareRevisions(stderr, flags, store, args)
	}
	schema, err := flags.load(stderr, args)
	if err != nil {
		return nil, false, err
	}
	var sides [2]*untyped.Config
	failed := false
	for i := range sides {
		live, _, err := flags.open(ctx, stderr, schema, args[i:i+1])
		if errors.Is(err, errFindings) {
			failed = true // print the findings of the other side too
			continue
		}
		if err != nil {
			return nil, false, err
		}
		sides[i] = live.Current()
		if err := live.Close(); err != nil {
			return nil, false, err
		}
	}
	if failed {
		return nil, false, errFindings
	}
	return sides[0].Diff(sides[1]), true, nil
}

// compareRevisions compares two revisions of a store.
func compareRevisions(stderr io.Writer, flags *sourceFlags, folder string, args []string) (rt.Changes, bool, error) {
	for _, flag := range []string{"environment", "agent", "env-prefix", "dotenv", "migrations", "allow-includes"} {
		if flags.given(flag) {
			return nil, false, &usageError{fmt.Errorf("--store and --%s exclude each other: a revision already holds all layers", flag)}
		}
	}
	var ids [2]rt.RevisionID
	for i := range ids {
		id, err := revisionID(args[i])
		if err != nil {
			return nil, false, err
		}
		ids[i] = id
	}
	schema, err := flags.schema.load(stderr)
	if err != nil {
		return nil, false, err
	}
	s, err := openStore(stderr, folder)
	if err != nil {
		return nil, false, err
	}
	var sides [2]*untyped.Config
	for i, id := range ids {
		record, err := s.Get(id)
		if err != nil {
			return nil, false, err
		}
		if sides[i], err = configOf(schema, record); err != nil {
			return nil, false, err
		}
	}
	if schema == nil {
		fmt.Fprintln(stderr, "values are hidden: only a schema marks secrets (add --schema SCHEMA)")
	}
	return sides[0].Diff(sides[1]), schema != nil, nil
}

func showDiff(stdout io.Writer, changes rt.Changes, values bool, format string) error {
	if format == "json" {
		if err := printJSON(stdout, changedAll(changes, values)); err != nil {
			return err
		}
	} else {
		newPainter(stdout).changes(changes, values)
	}
	if len(changes) > 0 {
		return errDiffer
	}
	return nil
}

// changes prints one line per change and a summary.
func (p *painter) changes(changes rt.Changes, values bool) {
	for _, c := range changes {
		if values {
			p.line(p.change(c))
		} else {
			p.line(p.bare(c))
		}
	}
	p.line(p.faint(changes.Summary()))
}
