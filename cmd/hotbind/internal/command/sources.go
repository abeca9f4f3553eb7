package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/toml"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// sourcesHelp describes SOURCE in the help of several commands.
const sourcesHelp = `Each SOURCE is a file; with several, the weakest layer comes first. Instead, SOURCE may
be one folder with a base file, environments/NAME and agents/ID. Values from --dotenv
override the files, and those from --env-prefix override both.`

// someSources requires at least one argument.
func someSources(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("want at least one SOURCE: a file or a folder")
	}
	return nil
}

// sourceFlags holds the flags for where a configuration is read from, and how.
type sourceFlags struct {
	environment, agent, prefix, dotenv, migrations string
	includes                                       bool
	schema                                         schemaFlags
	cmd                                            *cobra.Command
}

func (f *sourceFlags) register(cmd *cobra.Command) {
	f.cmd = cmd
	flags := cmd.Flags()
	f.schema.register(cmd, "`file` with the schema")
	flags.StringVar(&f.environment, "environment", "", "`name` of the environment in a folder (default: detected as in a service)")
	flags.StringVar(&f.agent, "agent", "", "`id` of the agent in a folder")
	flags.StringVar(&f.prefix, "env-prefix", "", "also read environment variables that begin with `PREFIX`_")
	flags.StringVar(&f.dotenv, "dotenv", "", "also read variables from `file`, named as for --env-prefix")
	flags.StringVar(&f.migrations, "migrations", "", "`folder` with migrations for files of older versions")
	flags.BoolVar(&f.includes, "allow-includes", false, "allow files to include others with $include")
	flags.SortFlags = false
}

func (f *sourceFlags) given(flag string) bool { return f.cmd.Flags().Changed(flag) }

// load checks args and loads the schema.
func (f *sourceFlags) load(stderr io.Writer, args []string) (*validate.Schema, error) {
	if err := f.check(args); err != nil {
		return nil, err
	}
	if !f.schema.given() {
		return nil, &usageError{errNoSchema}
	}
	return f.schema.load(stderr)
}

// sources returns the files or the folder that args name, and the variables.
func (f *sourceFlags) sources(args []string) ([]source.Source, error) {
	sources, err := f.files(args)
	if err != nil {
		return nil, err
	}
	if f.dotenv != "" {
		if _, err := os.Stat(f.dotenv); err != nil {
			return nil, plain(err)
		}
		sources = append(sources, rt.Dotenv(f.dotenv, f.prefix))
	}
	if f.given("env-prefix") {
		sources = append(sources, rt.Env(f.prefix))
	}
	return sources, nil
}

func (f *sourceFlags) files(args []string) ([]source.Source, error) {
	var sources []source.Source
	for _, name := range args {
		if isFolder(name) {
			if len(args) > 1 {
				return nil, &usageError{fmt.Errorf("%s is a folder: a folder must be the only SOURCE", name)}
			}
			return []source.Source{f.tree(name)}, nil
		}
		opts := []rt.FileOption{rt.WithFormat(toml.Format{})}
		if f.includes {
			opts = append(opts, rt.AllowIncludes())
		}
		sources = append(sources, rt.File(name, opts...))
	}
	return sources, nil
}

// check refuses flags that need a folder if no argument is one.
func (f *sourceFlags) check(args []string) error {
	if (f.given("environment") || f.given("agent")) && !slices.ContainsFunc(args, isFolder) {
		return &usageError{errors.New("--environment and --agent apply only to a folder")}
	}
	return nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func (f *sourceFlags) tree(folder string) source.Source {
	opts := []rt.TreeOption{rt.WithFormat(toml.Format{})}
	if f.given("environment") {
		opts = append(opts, rt.Environment(f.environment))
	}
	if f.given("agent") {
		opts = append(opts, rt.Agent(f.agent))
	}
	if f.includes {
		opts = append(opts, rt.AllowIncludes())
	}
	return rt.Tree(folder, opts...)
}

// options returns the options with which all commands open sources.
func (f *sourceFlags) options(sources []source.Source) ([]rt.Option, error) {
	opts := []rt.Option{rt.From(sources...)}
	if f.migrations != "" {
		if err := checkFolder(f.migrations); err != nil {
			return nil, err
		}
		opts = append(opts, migrate.With(f.migrations))
	}
	return opts, nil
}

// open reads the sources once and prints findings about them.
func (f *sourceFlags) open(ctx context.Context, stderr io.Writer, schema *validate.Schema, args []string) (*untyped.Live, []source.Source, error) {
	sources, err := f.sources(args)
	if err != nil {
		return nil, nil, err
	}
	opts, err := f.options(sources)
	if err != nil {
		return nil, nil, err
	}
	p := newPrinter(stderr)
	p.disk = true
	p.hide(schema.SecretKeys())
	opts = append(opts, rt.WithHotReload(false), rt.WithSettle(0), rt.WithPollInterval(0), rt.WithLogger(warnings(p)))
	live, err := untyped.Open(ctx, schema, opts...)
	if err != nil {
		return nil, nil, p.failure(err)
	}
	return live, sources, nil
}

// failure prints the findings in err and returns errFindings; it returns any other
// error as it is.
func (p *printer) failure(err error) error {
	var invalid *rt.ValidationError
	var src *source.Error
	switch {
	case errors.As(err, &invalid):
		p.print(inFlags(invalid.Findings))
		return errFindings
	case errors.As(err, &src) && errors.Is(err, fs.ErrNotExist) && src.Cause == fs.ErrNotExist:
		return fmt.Errorf("%s: no such file or directory", src.Source)
	}
	return err
}

// inFlags returns findings with hints that name flags instead of Go options.
func inFlags(findings document.Findings) document.Findings {
	shown := slices.Clone(findings)
	for i := range shown {
		shown[i].Hint = strings.Replace(shown[i].Hint, "rt.AllowIncludes() allows", "--allow-includes allows", 1)
	}
	return shown
}
