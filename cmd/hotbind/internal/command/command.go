// Package command implements the hotbind command line, with one file per
// subcommand.
//
// All subcommands write results to standard output and findings about the input
// to standard error, one per line, as file:line:column: path: message. The exit
// status is 1 if there are findings. Wrong usage and I/O failures, including a
// failure to write to standard output, print one line that begins with the name of
// the command; the exit status is then 2. Color and source excerpts appear only on a
// terminal. As with diff(1), hotbind diff exits with 1 for a difference and 2 for
// findings.
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

// errFindings ends a command that has already printed its findings.
var errFindings = errors.New("the input has findings")

// Run runs the command line args and returns the exit status. If the results cannot
// be written, the status is 2, whatever else has happened.
func Run(args []string, results, stderr io.Writer) int {
	stdout := &output{to: results}
	root := &cobra.Command{
		Use:   "hotbind",
		Short: "Typed Go configuration from a JSON Schema",
		Long: `hotbind turns a JSON Schema into a Go package: typed structs, a decoder that
validates, and live bindings with hooks for every field. With the same schema it
validates, compares, explains, watches and migrates configuration files. It also
inspects and rolls back the store of a service and verifies its audit log.`,
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
	cobra.EnableCommandSorting = false // a newcomer meets them in this order
	root.SetHelpCommand(&cobra.Command{Hidden: true})

	cmd, err := root.ExecuteC()
	switch {
	case stdout.err != nil:
		stdout.report(stderr, cmd.CommandPath())
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

// version returns the version of the module that the command was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// oneSchema requires exactly one argument.
func oneSchema(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want exactly one SCHEMA, found %d arguments", len(args))
	}
	return nil
}

// someFiles requires at least one argument.
func someFiles(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("want at least one FILE")
	}
	return nil
}

// A usageError reports an invalid command line.
type usageError struct{ error }

// usage turns the errors of flags and arguments into usage errors.
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

// plain drops the operation from a file error: "open" means nothing to the user.
func plain(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", pathErr.Path, pathErr.Err)
	}
	return err
}
