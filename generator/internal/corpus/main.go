// Corpus generates a package from every schema of a folder in SchemaStore's
// layout (src/schemas/json, src/test, src/negative_test), builds them all and has
// them judge the fixtures. It reports what was generated, what compiled, which
// fixtures were judged right, what was lost on the way, and everything that fell
// short. Run it by make corpus.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	root := flag.String("root", ".", "`folder` of the checkout of hotbind that generated code uses")
	only := flag.String("only", "", "only schemas whose file names match this `pattern` of path.Match")
	list := flag.Bool("list", false, "print a line for every schema too")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: corpus [flags] FOLDER\n\nFOLDER holds src/schemas/json, src/test and src/negative_test.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *root, *only, *list); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(2)
	}
}

func run(folder, root, only string, list bool) error {
	schemas, err := read(folder, only)
	if err != nil {
		return err
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "corpus")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	start := time.Now()
	if err := judgeAll(schemas, folder, root, temp); err != nil {
		return err
	}
	report(os.Stdout, schemas, list, time.Since(start))
	return nil
}
