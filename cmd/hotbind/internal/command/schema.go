package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/validate"
)

// schemaFlags holds the flags that name a schema and the files that it may refer to.
type schemaFlags struct {
	name       string
	root       string
	references []string
}

// register adds --schema with the given usage, and the flags of registerFiles.
func (f *schemaFlags) register(cmd *cobra.Command, usage string) {
	cmd.Flags().StringVar(&f.name, "schema", "", usage)
	f.registerFiles(cmd)
}

// registerFiles adds the flags for the files that a schema may refer to.
func (f *schemaFlags) registerFiles(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.root, "schema-root", "", "`folder` that the schema's references must stay in (default: the schema's folder)")
	cmd.Flags().StringArrayVar(&f.references, "reference", nil, "read `URL=FILE` for references to URL; may be repeated")
}

// given reports whether --schema is set.
func (f *schemaFlags) given() bool { return f.name != "" }

// load reads the schema and the files that it refers to, and prints findings about
// them. Without --schema it returns nil and no error.
func (f *schemaFlags) load(stderr io.Writer) (*validate.Schema, error) {
	if !f.given() {
		if f.root != "" || len(f.references) > 0 {
			return nil, &usageError{errors.New("--schema-root and --reference need --schema")}
		}
		return nil, nil
	}
	text, err := readFile(f.name)
	if err != nil {
		return nil, err
	}
	files, err := f.open(f.name)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	p := newPrinter(stderr)
	p.source(f.name, text)
	p.neighbors(files)
	schema, findings := validate.LoadFiles(f.name, text, validate.Files(files.Files))
	if schema == nil {
		p.print(findings)
		return nil, errFindings
	}
	return schema, nil
}

// schemaFiles gives access to the files that a schema may refer to. Close it after use.
type schemaFiles struct {
	schema.Files

	shown string // path of the folder, as in findings
	root  *os.Root
}

func (f *schemaFiles) Close() error { return f.root.Close() }

// open opens the folder of the schema file name, or --schema-root.
func (f *schemaFlags) open(name string) (*schemaFiles, error) {
	folder := f.root
	if folder == "" {
		folder = filepath.Dir(name)
	}
	dir, err := below(folder, filepath.Dir(name))
	if err != nil {
		return nil, &usageError{fmt.Errorf("%s is not below --schema-root %s", name, folder)}
	}
	files := &schemaFiles{
		Files: schema.Files{Dir: dir, References: map[string]string{}},
		shown: schema.Above(filepath.ToSlash(filepath.Dir(name)), dir),
	}
	for _, reference := range f.references {
		address, file, ok := strings.Cut(reference, "=")
		if !ok || address == "" || file == "" {
			return nil, &usageError{fmt.Errorf("invalid --reference %s: want URL=FILE", reference)}
		}
		inside, err := below(folder, file)
		if err != nil {
			return nil, &usageError{fmt.Errorf("invalid --reference %s: the file is not below %s; set --schema-root to a folder above it", reference, folder)}
		}
		files.References[schema.Resource(address)] = inside
	}
	if files.root, err = os.OpenRoot(folder); err != nil {
		return nil, plain(err)
	}
	files.FS = files.root.FS()
	return files, nil
}

// below returns the slash-separated path of name relative to folder.
func below(folder, name string) (string, error) {
	from, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	inside, err := filepath.Rel(from, to)
	if err != nil {
		return "", err
	}
	if inside = filepath.ToSlash(inside); inside == ".." || strings.HasPrefix(inside, "../") {
		return "", fmt.Errorf("%s is not below %s", name, folder)
	}
	return inside, nil
}
