// Conformance runs the JSON Schema Test Suite through generated packages: a
// package is generated for every schema of the suite, built and asked about every
// instance. What it judges otherwise than the suite must be in the list of known
// differences, and what is in that list must differ: it can only shrink. Run it by
// make conformance.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/hotbind/hotbind/generator/internal/conformance/suite"
	"github.com/hotbind/hotbind/generator/internal/trial"
)

// settings are the flags.
type settings struct {
	root, known, only string
	list, update      bool
}

// errDiffers ends a run that found other failures than the known ones.
var errDiffers = errors.New("the failures are not the known ones")

func main() {
	var s settings
	flag.StringVar(&s.root, "root", ".", "`folder` of the checkout of hotbind that generated code uses")
	flag.StringVar(&s.known, "known", "testdata/suite/known.txt", "`file` with the known differences, in the root")
	flag.StringVar(&s.only, "only", "", "only files that match this `pattern` of path.Match, such as draft7/* or */ref.json")
	flag.BoolVar(&s.list, "list", false, "print every failure, also the known ones, with what was said")
	flag.BoolVar(&s.update, "update", false, "write the known differences anew")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: conformance [flags] FOLDER\n\nFOLDER holds tests and remotes of the JSON Schema Test Suite.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	switch err := run(flag.Arg(0), s); {
	case errors.Is(err, errDiffers):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
}

func run(folder string, s settings) error {
	root, err := filepath.Abs(s.root)
	if err != nil {
		return err
	}
	listName := filepath.Join(root, s.known)
	known, err := suite.ReadKnown(listName)
	if err != nil {
		return err
	}
	groups, err := suite.Read(folder, func(draft, file string) bool {
		matches, err := path.Match(s.only, draft+"/"+file)
		return s.only == "" || matches && err == nil
	})
	if err != nil {
		return err
	}
	failures, err := judge(folder, root, groups)
	if err != nil {
		return err
	}
	table(os.Stdout, groups, failures)
	if s.list {
		printFailures(os.Stdout, "All that fail:", failures)
	}
	if s.update {
		return known.Update(listName, groups, failures)
	}
	unknown, gone := known.Compare(groups, failures)
	if !s.list {
		printFailures(os.Stdout, "Not known to fail:", unknown)
	}
	printCases(os.Stdout, "Known to fail, but they do not (run with -update):", gone)
	if len(unknown)+len(gone) > 0 {
		return errDiffers
	}
	return nil
}

func judge(folder, root string, groups []*suite.Group) ([]suite.Failure, error) {
	remotes, err := suite.Remotes(folder)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	progress := trial.NewProgress(os.Stderr, "schemas", len(groups))
	defer progress.Done()
	r := suite.Run{Groups: groups, Remotes: remotes, Root: root, Temp: temp, Show: progress.Show}
	return r.Failures()
}
