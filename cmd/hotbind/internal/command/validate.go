package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/validate"
)

var errNoSchema = errors.New("no schema: --schema SCHEMA is required")

func validateCommand(stdout, stderr io.Writer) *cobra.Command {
	var flags schemaFlags
	var verbose bool
	cmd := &cobra.Command{
		Use:   "validate --schema SCHEMA FILE...",
		Short: "Check configuration files against a schema",
		Long: `Check configuration files in YAML, JSON or TOML against a schema. The schema may refer
to other files in its folder and below, or below --schema-root. --reference maps a URL
to a file; nothing is fetched.

Each finding is one line on standard error: file:line:column: path: message. The exit
status is 0 if all files are valid, 1 if a file or the schema is invalid, and 2 for
wrong usage or a file that cannot be read.

Values that a Go type of the program decodes (x-go-type) can be checked only by that
program. The result shows how many were not checked; -v lists them.`,
		Example: `  hotbind validate --schema config.schema.yaml config.yaml
  hotbind validate --schema config.schema.yaml deploy/*/config.yaml`,
		Args: someFiles,
		RunE: func(_ *cobra.Command, files []string) error {
			if !flags.given() {
				return &usageError{errNoSchema}
			}
			schema, err := flags.load(stderr)
			if err != nil {
				return err
			}
			return validateFiles(stdout, stderr, schema, files, verbose)
		},
	}
	flags.register(cmd, "`file` with the schema")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "list the values that are not checked")
	return usage(cmd)
}

// validateFiles checks all files, even after an invalid or missing one.
func validateFiles(stdout, stderr io.Writer, schema *validate.Schema, files []string, verbose bool) error {
	var unreadable error
	bad := false
	p := newPrinter(stderr)
	p.hide(schema.SecretKeys())
	for _, name := range files {
		text, err := readFile(name)
		if err != nil {
			unreadable = errors.Join(unreadable, err)
			continue
		}
		doc, findings := parse(name, text)
		if doc != nil {
			findings = append(findings, schema.Validate(doc)...)
		}
		p.source(name, text)
		p.print(findings)
		if len(findings.Errors()) > 0 {
			bad = true
			continue
		}
		printValid(stdout, name, schema.Unchecked(doc), verbose)
	}
	if unreadable != nil {
		return unreadable
	}
	if bad {
		return errFindings
	}
	return nil
}

// printValid reports a valid file and the values that only Go types can check.
func printValid(w io.Writer, name string, unchecked []string, verbose bool) {
	if len(unchecked) == 0 {
		fmt.Fprintf(w, "%s: valid\n", name)
		return
	}
	values := "1 value of a Go type"
	if n := len(unchecked); n > 1 {
		values = fmt.Sprintf("%d values of Go types", n)
	}
	fmt.Fprintf(w, "%s: valid, but not checked: %s\n", name, values)
	if verbose {
		for _, path := range unchecked {
			fmt.Fprintf(w, "  %s\n", path)
		}
	}
}
