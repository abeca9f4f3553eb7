package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

var errNoSchema = errors.New("no schema is given: --schema SCHEMA is required")

func validateCommand(stdout, stderr io.Writer) *cobra.Command {
	var schemaName string
	cmd := &cobra.Command{
		Use:   "validate --schema SCHEMA FILE...",
		Short: "Check configuration files against a schema",
		Long: `Check configuration files in YAML, JSON or TOML against a schema. It may refer to
other files in its folder and below; nothing else is read and nothing is fetched.
Every finding is one line on standard error: file:line:column: path: message. The
exit status is 0 if all files are valid, 1 if one is not, 2 if a file cannot be read.`,
		Example: `  hotbind validate --schema config.schema.yaml config.yaml
  hotbind validate --schema config.schema.yaml deploy/*/config.yaml`,
		Args: someFiles,
		RunE: func(_ *cobra.Command, files []string) error {
			if schemaName == "" {
				return &usageError{errNoSchema}
			}
			schema, err := loadSchema(stderr, schemaName)
			if err != nil {
				return err
			}
			return validateFiles(stdout, stderr, schema, files)
		},
	}
	cmd.Flags().StringVar(&schemaName, "schema", "", "`file` with the schema")
	return usage(cmd)
}

// loadSchema reads the schema and the files beside it that it refers to; its own
// findings are printed.
func loadSchema(stderr io.Writer, name string) (*validate.Schema, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, plain(err)
	}
	defer folder.Close()
	p := newPrinter(stderr)
	p.source(name, text)
	p.neighbours(name, folder.FS())
	schema, findings := validate.Load(name, text, folder.FS())
	if schema == nil {
		p.print(findings)
		return nil, errFindings
	}
	return schema, nil
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
