// Find prints where the public test suites are.
//
//	go run ./internal/suites/find           one line: the suites that tests use, and those that are missing
//	go run ./internal/suites/find VARIABLE  the folder of one suite, or nothing
//
// With -need it fails if the suite is missing.
package main

import (
	"flag"
	"fmt"
	"log"

	"github.com/hotbind/hotbind/internal/suites"
)

func main() {
	need := flag.Bool("need", false, "fail if the suite is missing")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: find [-need] [VARIABLE]\n\nVARIABLE is SUITE, CORPUS or YAML_SUITE.")
		flag.PrintDefaults()
	}
	flag.Parse()
	line, err := answer(flag.Args(), *need)
	if err != nil {
		log.SetFlags(0)
		log.Fatalln("find:", err)
	}
	fmt.Println(line)
}

func answer(args []string, need bool) (string, error) {
	if len(args) == 0 {
		return suites.Summary()
	}
	for _, s := range suites.All() {
		if len(args) > 1 || s.Variable != args[0] {
			continue
		}
		folder, err := s.Folder()
		if err == nil && folder == "" && need {
			err = fmt.Errorf("no %s: %s", s.Name, s.Get)
		}
		return folder, err
	}
	return "", fmt.Errorf("unknown suites %q", args)
}
