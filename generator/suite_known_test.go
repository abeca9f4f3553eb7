package generator_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// knownFailures is the list of the tests that are known to fail. Its file has one per
// line, the fields of a [suiteCase] separated by tabs, below a comment that gives the
// reasons.
type knownFailures struct {
	header string
	cases  []suiteCase
}

// readKnown reads a list.
func readKnown(t testing.TB, name string) *knownFailures {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	k := &knownFailures{}
	for number, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if strings.HasPrefix(line, "#") || line == "" {
			k.header += line + "\n"
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 {
			t.Fatalf("%s:%d: found %d fields, want 5: draft, file, group, test, kind", name, number+1, len(f))
		}
		k.cases = append(k.cases, suiteCase{f[0], f[1], f[2], f[3], f[4]})
	}
	return k
}

// compare returns the failures that are not known, and the known ones that no longer
// fail, of the files that were judged.
func (k *knownFailures) compare(groups []*suiteGroup, failures []suiteFailure) (unknown []suiteFailure, gone []suiteCase) {
	failed := map[suiteCase]bool{}
	for _, f := range failures {
		failed[f.suiteCase] = true
	}
	known := map[suiteCase]bool{}
	judged := judgedBy(groups)
	for _, c := range k.cases {
		known[c] = true
		if judged(c) && !failed[c] {
			gone = append(gone, c)
		}
	}
	for _, f := range failures {
		if !known[f.suiteCase] {
			unknown = append(unknown, f)
		}
	}
	return unknown, gone
}

// judgedBy reports whether a case is in one of the files of groups, even if the suite no
// longer has that case.
func judgedBy(groups []*suiteGroup) func(suiteCase) bool {
	files := map[[2]string]bool{}
	for _, g := range groups {
		files[[2]string{g.draft, g.file}] = true
	}
	return func(c suiteCase) bool { return files[[2]string{c.draft, c.file}] }
}

// update rewrites the list with these failures in place of all known ones of the judged
// files. The comment stays.
func (k *knownFailures) update(t testing.TB, name string, groups []*suiteGroup, failures []suiteFailure) {
	k.cases = slices.DeleteFunc(k.cases, judgedBy(groups))
	for _, f := range failures {
		k.cases = append(k.cases, f.suiteCase)
	}
	slices.SortFunc(k.cases, func(a, b suiteCase) int { return cmp.Or(order(a)-order(b), strings.Compare(a.String(), b.String())) })
	var text bytes.Buffer
	text.WriteString(k.header)
	for _, c := range k.cases {
		fmt.Fprintln(&text, c)
	}
	if err := os.WriteFile(name, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// order returns the index of the case's draft among the drafts.
func order(c suiteCase) int {
	return slices.IndexFunc(suiteDrafts, func(d suiteDraft) bool { return d.folder == c.draft })
}

// String returns the line of the case.
func (c suiteCase) String() string {
	return strings.Join([]string{c.draft, c.file, c.group, c.test, c.kind}, "\t")
}
