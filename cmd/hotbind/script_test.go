package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hotbind/hotbind/cmd/hotbind/internal/command"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"hotbind": func() { os.Exit(command.Run(os.Args[1:], os.Stdout, os.Stderr)) },
		"keep":    func() { must(keep()) },
		"damage":  func() { must(damage()) },
	})
}

// must ends a program of the scripts after an error.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestScripts runs the command line as scripts do and checks streams, exit statuses and
// files. The first line of each script describes it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

// status runs a program and checks its exit status: status 2 hotbind generate.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = err.Error()
		if len(got) > 12 && got[:12] == "exit status " {
			got = got[12:]
		}
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}
