package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/generator"
)

func generateCommand(stdout, stderr io.Writer) *cobra.Command {
	var opts generator.Options
	var out string
	var check bool
	var schemas schemaFlags
	cmd := &cobra.Command{
		Use:   "generate [flags] SCHEMA",
		Short: "Write the Go package for a schema",
		Long: `Write the Go package for a schema in JSON or YAML, draft 4, 6, 7, 2019-09 or
2020-12. Without $schema, hotbind uses the newest draft in which the schema is well
formed. It writes all files or none, writes the same bytes for the same schema, and
never overwrites a file that hotbind did not write.

The schema may refer to other files in its folder and below, or below --schema-root.
--reference maps a URL to a file; nothing is fetched. Mistakes in a schema are errors.
Questionable parts, such as a default that violates its own schema, are warnings, and
errors with --strict.

With --no-live the package has no Live and no Open and links no file watcher; use it
for programs that read their configuration once. Files from an earlier run that are
no longer part of the package, such as those with Live, are removed.

With --check nothing is written; the exit status is 1 if the package is out of date
for the schema and flags. Use it in CI.`,
		Example: `  hotbind generate --out config config.schema.yaml
  //go:generate go tool hotbind generate --out config config.schema.yaml
  hotbind generate --check --out config config.schema.yaml`,
		Args: oneSchema,
		RunE: func(_ *cobra.Command, args []string) error {
			name := args[0]
			text, err := readFile(name)
			if err != nil {
				return err
			}
			open, err := schemas.open(name)
			if err != nil {
				return err
			}
			defer open.Close()
			opts.Name, opts.Schema, opts.Files, opts.Dir, opts.References = name, text, open.FS, open.Dir, open.References
			if opts.Package == "" {
				opts.Package = packageOf(out)
			}
			var report generator.Report
			opts.Report = func(r generator.Report) { report = r }
			p := newPrinter(stderr)
			p.source(name, text)
			p.neighbors(open)
			files, err := generator.Generate(opts)
			var refused *generator.Error
			if errors.As(err, &refused) {
				p.print(refused.Findings)
				return errFindings
			}
			if err != nil {
				return err
			}
			p.print(report.Warnings)
			if check {
				return checkFiles(stderr, out, name, files)
			}
			if err := checkPackage(out, opts.Package); err != nil {
				return err
			}
			changed, err := writeFiles(out, files)
			if err != nil {
				return plain(err)
			}
			fmt.Fprintln(stdout, summary(out, changed, report))
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&out, "out", ".", "`folder` to write the package to; created if missing")
	flags.StringVar(&opts.Package, "package", "", "`name` of the package (default: the name of the folder)")
	flags.StringVar(&opts.Root, "root", "", "`name` of the root type (default: Config)")
	flags.BoolVar(&opts.NoLive, "no-live", false, "omit Live and Open, for programs that read their configuration once")
	flags.BoolVar(&opts.Strict, "strict", false, "treat warnings as errors")
	schemas.registerFiles(cmd)
	flags.BoolVar(&check, "check", false, "write nothing; fail if the package is out of date")
	return usage(cmd)
}

// packageOf returns the default name for a package in folder.
func packageOf(folder string) string {
	if absolute, err := filepath.Abs(folder); err == nil {
		folder = absolute
	}
	return generator.PackageName(folder)
}

func summary(out string, changed int, r generator.Report) string {
	untyped := "none of them any"
	if r.Untyped > 0 {
		untyped = fmt.Sprintf("%d of them any (%.1f %%)", r.Untyped, 100*float64(r.Untyped)/float64(r.Fields))
	}
	if r.Holding > 0 {
		untyped += fmt.Sprintf(", %d hold any", r.Holding)
	}
	done := "up to date"
	if changed > 0 {
		done = "written"
	}
	return fmt.Sprintf("%s: %s, %s, %s, %s", out, done, plural(r.Types, "type"), plural(r.Fields, "field"), untyped)
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// checkFiles compares the files in the folder with those that would be written.
func checkFiles(stderr io.Writer, out, schema string, files []generator.File) error {
	drift := false
	for _, f := range files {
		path := filepath.Join(out, f.Name)
		have, err := readFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Fprintf(stderr, "%s:1:1: (file): missing; run hotbind generate on %s\n", path, schema)
		case err != nil:
			return err
		case !bytes.Equal(have, f.Content):
			fmt.Fprintf(stderr, "%s:%d:1: (file): differs from what %s generates; run hotbind generate\n", path, firstDifference(have, f.Content), schema)
		default:
			continue
		}
		drift = true
	}
	stale, err := leftOver(out, files)
	if err != nil {
		return err
	}
	for _, p := range stale {
		fmt.Fprintf(stderr, "%s:1:1: (file): left over from a run with other flags; run hotbind generate on %s\n", p.target, schema)
		drift = true
	}
	if drift {
		return errFindings
	}
	return nil
}

// firstDifference returns the number of the first line that differs.
func firstDifference(a, b []byte) int {
	x, y := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(x), len(y)) {
		if !bytes.Equal(x[i], y[i]) {
			return i + 1
		}
	}
	return min(len(x), len(y))
}
