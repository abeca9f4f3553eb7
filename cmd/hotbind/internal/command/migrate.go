package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/edit"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/validate"
)

func migrateCommand(stdout, stderr io.Writer) *cobra.Command {
	m := &migration{stdout: stdout, stderr: stderr, printer: newPrinter(stderr)}
	var folder string
	var schema schemaFlags
	var write, check bool
	cmd := &cobra.Command{
		Use:   "migrate --migrations DIR [--write | --check] FILE...",
		Short: "Migrate configuration files to the newest version",
		Long: `Migrate configuration files to the newest version, with the migrations in a folder.
Without --write the files stay as they are, and standard output has the edits as a
diff.

Several files are the layers of one configuration, weakest first. A file without a
version has the version of the first file that has one. If no file has a version, all
have the oldest, and the first file gets the new version. Each file is replaced whole
or not at all and keeps its mode, owner, comments and line endings. A file that is
already at the newest version is not touched. If one file cannot be migrated, none is
written.

With --check nothing is shown or written; the exit status is 1 if a file is not at the
newest version. Use it in CI. With --schema the merged result must be valid, and the
diff hides secrets, so patch cannot apply it. Without --schema nothing is hidden.`,
		Example: `  hotbind migrate --migrations migrations config.yaml
  hotbind migrate --migrations migrations --write base.yaml production.yaml
  hotbind migrate --migrations migrations --check deploy/*.yaml`,
		Args: someFiles,
		RunE: func(_ *cobra.Command, files []string) error {
			switch {
			case folder == "":
				return &usageError{errors.New("no migrations: --migrations DIR is required")}
			case write && check:
				return &usageError{errors.New("--write and --check exclude each other")}
			}
			if err := m.load(folder, &schema, files); err != nil {
				return err
			}
			if check {
				return m.check()
			}
			if err := m.edit(); err != nil {
				return err
			}
			if write {
				return m.write()
			}
			return m.show()
		},
	}
	cmd.Flags().StringVar(&folder, "migrations", "", "`folder` with the migrations")
	schema.register(cmd, "`file` with the schema that the result must satisfy")
	cmd.Flags().BoolVar(&write, "write", false, "write the migrated files")
	cmd.Flags().BoolVar(&check, "check", false, "list the files that need a migration and exit with status 1 if there are any")
	return usage(cmd)
}

// A migration is one run of the command.
type migration struct {
	stdout, stderr io.Writer
	printer        *printer
	chain          *migrate.Chain
	schema         *validate.Schema // nil without --schema
	files          []*migrated
}

// A migrated holds a file before and after migration.
type migrated struct {
	name     string
	text     []byte
	doc      *document.Node
	from     string // its version
	stated   bool   // whether the file itself has the version
	migrated *document.Node
	result   []byte // the new text
}

// needs reports whether the file needs a migration.
func (f *migrated) needs() bool { return f.doc != f.migrated }

// load reads everything and migrates it in memory.
func (m *migration) load(folder string, schema *schemaFlags, files []string) (err error) {
	if err := checkFolder(folder); err != nil {
		return err
	}
	if err := m.read(files); err != nil {
		return err
	}
	if m.schema, err = schema.load(m.stderr); err != nil {
		return err
	}
	if m.schema != nil {
		m.printer.hide(m.schema.SecretKeys())
	}
	chain, findings := migrate.Load(folder)
	if m.chain = chain; m.refused(findings) {
		return errFindings
	}
	return m.migrate()
}

// checkFolder returns an error if name is not a folder.
func checkFolder(name string) error {
	if info, err := os.Stat(name); err != nil {
		return plain(err)
	} else if !info.IsDir() {
		return fmt.Errorf("%s: not a folder", name)
	}
	return nil
}

// refused prints findings and reports whether one of them is an error.
func (m *migration) refused(findings document.Findings) bool {
	m.printer.print(findings)
	return len(findings.Errors()) > 0
}

func (m *migration) read(files []string) error {
	seen := map[string]bool{}
	var findings document.Findings
	for _, name := range files {
		if seen[name] {
			return &usageError{fmt.Errorf("%s: named twice", name)}
		}
		seen[name] = true
		text, err := readFile(name)
		if err != nil {
			return err
		}
		m.printer.source(name, text)
		doc, fs := parse(name, text)
		if fs.Empty() {
			fs = nil // a layer may be empty
		}
		findings = append(findings, fs...)
		m.files = append(m.files, &migrated{name: name, text: text, doc: doc})
	}
	if m.refused(findings) {
		return errFindings
	}
	return nil
}

// migrate migrates all files in memory.
func (m *migration) migrate() error {
	docs := make([]*document.Node, len(m.files))
	weakest := ""
	for i, f := range m.files {
		docs[i] = f.doc
		f.from, f.stated, _ = m.chain.Version(f.doc)
		if weakest == "" {
			weakest = f.from
		}
	}
	results, _, findings := m.chain.MigrateAll(docs)
	if m.refused(findings) {
		return errFindings
	}
	for i, f := range m.files {
		f.migrated = results[i]
		if f.from == "" {
			f.from = weakest
		}
	}
	if weakest == "" {
		m.stamp()
	}
	return m.validate(results)
}

// stamp adds the version to the first file if no file has one. Otherwise the next run
// would migrate the files again.
func (m *migration) stamp() {
	first := true
	for _, f := range m.files {
		f.from = m.chain.Oldest()
		if f.needs() && first {
			f.migrated = m.chain.Stamp(f.migrated, m.chain.Latest())
			first = false
		}
	}
}

// validate checks the merged result against the schema.
func (m *migration) validate(results []*document.Node) error {
	if m.schema == nil {
		return nil
	}
	for i, f := range m.files {
		results[i] = f.migrated
	}
	merged, findings := document.MergeAll(results, m.schema.Shape())
	if merged != nil {
		findings = append(findings, m.schema.Validate(merged)...)
	}
	if m.refused(findings) {
		return errFindings
	}
	return nil
}

// check prints the files that need a migration.
func (m *migration) check() error {
	var findings document.Findings
	for _, f := range m.files {
		if !f.needs() {
			continue
		}
		findings = append(findings, document.Finding{
			Pos:     document.Position{File: f.name},
			Message: "version " + f.from + " is older than " + m.chain.Latest(),
			Hint:    "run hotbind migrate --write",
		})
	}
	if m.refused(findings) {
		return errFindings
	}
	return nil
}

// edit computes the new texts of the files.
func (m *migration) edit() error {
	var findings document.Findings
	for _, f := range m.files {
		if !f.needs() {
			continue
		}
		result, fs := edit.Rewrite(f.name, f.text, f.migrated)
		findings = append(findings, fs...)
		f.result = result
	}
	if m.refused(findings) {
		return errFindings
	}
	return nil
}

// show prints the edits as a diff. Patch can apply it unless a secret is hidden.
func (m *migration) show() error {
	for _, f := range m.files {
		if !f.needs() {
			fmt.Fprintf(m.stderr, "%s: nothing to migrate\n", f.name)
			continue
		}
		fmt.Fprintf(m.stderr, "%s: from %s to %s by %s%s\n", f.name, f.from, m.chain.Latest(), strings.Join(m.chain.Names(f.from), ", "), f.unstated())
		printDiff(m.stdout, f.name, f.text, f.result, newVeil(m.schema, f.name, f.text, f.result, f.migrated))
	}
	return nil
}

func (f *migrated) unstated() string {
	if f.stated {
		return ""
	}
	return " (the file has no version)"
}

// write replaces the files that need it.
func (m *migration) write() error {
	var pending []replacement
	for _, f := range m.files {
		if f.needs() && string(f.result) != string(f.text) {
			pending = append(pending, replacement{name: f.name, old: f.text, content: f.result})
		}
	}
	if err := replaceFiles(pending); err != nil {
		return plain(err)
	}
	for _, f := range m.files {
		if f.needs() {
			fmt.Fprintf(m.stdout, "%s: migrated from %s to %s\n", f.name, f.from, m.chain.Latest())
		} else {
			fmt.Fprintf(m.stdout, "%s: nothing to migrate\n", f.name)
		}
	}
	return nil
}
