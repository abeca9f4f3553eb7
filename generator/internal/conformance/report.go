package main

import (
	"fmt"
	"io"

	"github.com/hotbind/hotbind/generator/internal/conformance/suite"
)

// reference is what the reference validator passes, without what is done here
// around it: santhosh-tekuri/jsonschema v5.3.1 with the suite at 44401e0c
// (2026-08-22), formats asserted for the optional tests of formats only.
var reference = map[string]map[string]string{
	"draft4":       {suite.Required: "618/618", suite.Optional: "85/100", suite.Format: "207/219"},
	"draft6":       {suite.Required: "839/839", suite.Optional: "92/106", suite.Format: "298/325"},
	"draft7":       {suite.Required: "927/927", suite.Optional: "104/118", suite.Format: "560/676"},
	"draft2019-09": {suite.Required: "1253/1259", suite.Optional: "144/158", suite.Format: "641/757"},
	"draft2020-12": {suite.Required: "1291/1299", suite.Optional: "146/162", suite.Format: "648/764"},
}

// A part of the suite is a section of a draft.
type part struct{ draft, section string }

// table prints how many tests of each draft pass, beside the reference validator.
func table(w io.Writer, groups []*suite.Group, failures []suite.Failure) {
	total, failed := map[part]int{}, map[part]int{}
	for _, g := range groups {
		total[part{g.Draft, suite.Section(g.File)}] += len(g.Tests)
	}
	for _, f := range failures {
		failed[part{f.Draft, suite.Section(f.File)}]++
	}
	fmt.Fprintf(w, "%-13s %-23s %-23s %-23s\n", "passed", suite.Required, suite.Optional, suite.Format)
	for _, d := range suite.Drafts {
		line := fmt.Sprintf("%-13s", d.Folder)
		judged := 0
		for _, section := range []string{suite.Required, suite.Optional, suite.Format} {
			p := part{d.Folder, section}
			judged += total[p]
			line += fmt.Sprintf(" %9s (%-9s) ", fmt.Sprintf("%d/%d", total[p]-failed[p], total[p]), reference[d.Folder][section])
		}
		if judged > 0 {
			fmt.Fprintln(w, line)
		}
	}
	fmt.Fprintln(w, "In parentheses: the reference validator alone.")
}

func printFailures(w io.Writer, title string, failures []suite.Failure) {
	if len(failures) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s %d\n", title, len(failures))
	for _, f := range failures {
		fmt.Fprintln(w, f.Case)
		if f.Why != "" {
			fmt.Fprintf(w, "\t%s\n", f.Why)
		}
	}
}

func printCases(w io.Writer, title string, cases []suite.Case) {
	if len(cases) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s %d\n", title, len(cases))
	for _, c := range cases {
		fmt.Fprintln(w, c)
	}
}
