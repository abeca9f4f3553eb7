// Package command is the hotbind command line, one subcommand a file.
//
// Rules for all of them: findings about the input go to standard error, one a
// line, as file:line:column: path: message, and the exit status is then 1.
// Wrong usage and files that cannot be read or written, standard output
// among them, are one line that begins
// with the name of the command, and the exit status is 2. Results go to standard
// output. Color and excerpts of source appear on a terminal only. In diff, as in
// diff(1), 1 is a difference, and findings are 2.
package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	exitFine     = 0
	exitFindings = 1
	exitFailure  = 2
)

// errFindings ends a command whose findings are printed already.
var errFindings = errors.New("the input has findings")

// Run runs the command line given and returns the exit status. Results that cannot
// be written are a failure, whatever else has happened.
func Run(args []string, results, stderr io.Writer) int {
	stdout := &output{to: results}
	root := &cobra.Command{
		Use:   "hotbind",
		Short: "Typed Go configuration from a JSON Schema",
		Long: `hotbind turns a JSON Schema into a Go package: typed structs, a decoder that
checks what the schema asks, and live bindings with a hook for every field. The
same schema checks, compares, explains and follows configuration files, and the
store of a service is looked at and rolled back.`,
		Example: `  hotbind generate --out config config.schema.yaml
  hotbind validate --schema config.schema.yaml config.yaml
  hotbind explain --schema config.schema.yaml --path database.pool_size base.yaml production.yaml
  hotbind rollback --store /var/lib/shop --steps 1`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(
		generateCommand(stdout, stderr), validateCommand(stdout, stderr), diffCommand(stdout, stderr),
		explainCommand(stdout, stderr), watchCommand(stdout, stderr), migrateCommand(stdout, stderr),
		historyCommand(stdout, stderr), rollbackCommand(stdout, stderr), restoreCommand(stdout, stderr),
		auditCommand(stdout, stderr),
	)
	cobra.EnableCommandSorting = false // they stand in the order in which they are met
	root.SetHelpCommand(&cobra.Command{Hidden: true})

	cmd, err := root.ExecuteC()
	switch {
	case stdout.err != nil:
		stdout.tell(stderr, cmd.CommandPath())
		return exitFailure
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings), errors.Is(err, errDiffer):
		return exitFindings
	case errors.Is(err, errInvalid):
		return exitFailure
	}
	fmt.Fprintf(stderr, "%s: %v\n", cmd.CommandPath(), err)
	var usage *usageError
	if errors.As(err, &usage) || cmd == root {
		fmt.Fprintf(stderr, "run '%s --help' for usage\n", cmd.CommandPath())
	}
	return exitFailure
}

// version is the version of the module the command was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// oneSchema wants exactly one argument.
func oneSchema(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one SCHEMA, found %d arguments", len(args))
	}
	return nil
}

// someFiles wants at least one argument.
func someFiles(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("want at least one FILE")
	}
	return nil
}

// A usageError is a command line that cannot be carried out.
type usageError struct{ error }

// usage makes the errors of flags and arguments usage errors.
func usage(cmd *cobra.Command) *cobra.Command {
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{err}
		}
		return nil
	}
	return cmd
}

// plain drops from a file error the operation, which the user did not ask for.
func plain(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", pathErr.Path, pathErr.Err)
	}
	return err
}
