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

// errDiffer ends diff where something differs; wrong input is a failure there, so
// that scripts can tell the two apart.
var errDiffer = errors.New("something differs")

// errInvalid ends diff for input whose findings are printed already.
var errInvalid = errors.New("the input has findings")

func diffCommand(stdout, stderr io.Writer) *cobra.Command {
	var flags sourceFlags
	var store, format string
	cmd := &cobra.Command{
		Use:   "diff --schema SCHEMA A B | diff --store DIR FROM TO",
		Short: "Show what differs between two configurations",
		Long: `Show what differs between two configurations as the schema sees them: defaults are
filled in, numbers compare by value, lists with x-key by their keys; formatting,
order and comments make no difference. Secrets are compared and shown as [secret].

A and B are each a file, or a folder with a base file, environments/NAME and
agents/ID, which the other flags choose from. With --store they are the numbers of
two revisions in the store of a service. The store does not say what is secret: no
values are shown of it without --schema.

A line is a change: + what came, - what went, ~ what is another now. As with diff(1)
the exit status is 0 if nothing differs, 1 if something does, and 2 if that could
not be found out: for wrong usage, and for input that cannot be read or is not valid.`,
		Example: `  hotbind diff --schema config.schema.yaml staging.yaml production.yaml
  hotbind diff --schema config.schema.yaml --environment production old/config new/config
  hotbind diff --schema config.schema.yaml --store /var/lib/shop 12 14`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("want two configurations, found %d", len(args))
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

// compare finds what differs, and whether its values may be shown.
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
			failed = true // the other side is to be heard too
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
			return nil, false, &usageError{fmt.Errorf("--store and --%s exclude each other: a revision is whole", flag)}
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
		fmt.Fprintln(stderr, "values are hidden: only a schema shows which are secret (--schema SCHEMA)")
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

// changes prints changes, one a line, and their summary.
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
