package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

var errNoSchema = errors.New("no schema is given: --schema SCHEMA is required")

func validateCommand(stdout, stderr io.Writer) *cobra.Command {
	var flags schemaFlags
	cmd := &cobra.Command{
		Use:   "validate --schema SCHEMA FILE...",
		Short: "Check configuration files against a schema",
		Long: `Check configuration files in YAML, JSON or TOML against a schema. The schema
may refer to other files in its folder and below, in the folder of --schema-root, or
named by --reference; nothing is fetched.
Every finding is one line on standard error: file:line:column: path: message. The
exit status is 0 if all files are valid, 1 if one is not, 2 if a file cannot be read.`,
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
			return validateFiles(stdout, stderr, schema, files)
		},
	}
	flags.register(cmd, "`file` with the schema")
	return usage(cmd)
}

// validateFiles checks every file, also after one that is bad or missing.
func validateFiles(stdout, stderr io.Writer, schema *validate.Schema, files []string) error {
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
		doc, findings := document.Parse(name, text, document.Limits{})
		if doc != nil {
			findings = append(findings, schema.Validate(doc)...)
		}
		p.source(name, text)
		p.print(findings)
		if len(findings.Errors()) > 0 {
			bad = true
			continue
		}
		fmt.Fprintf(stdout, "%s: valid\n", name)
	}
	if unreadable != nil {
		return unreadable
	}
	if bad {
		return errFindings
	}
	return nil
}
