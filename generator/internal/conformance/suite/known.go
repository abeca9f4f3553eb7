package suite

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Known is the list of the tests that are known to fail. Its file has one of them
// a line, the fields of a [Case] with tabs between them, below a comment that says
// why they are there.
type Known struct {
	header string
	cases  []Case
}

// ReadKnown reads a list.
func ReadKnown(name string) (*Known, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	k := &Known{}
	for number, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if strings.HasPrefix(line, "#") || line == "" {
			k.header += line + "\n"
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 {
			return nil, fmt.Errorf("%s:%d: found %d fields, want 5: draft, file, group, test, kind", name, number+1, len(f))
		}
		k.cases = append(k.cases, Case{f[0], f[1], f[2], f[3], f[4]})
	}
	return k, nil
}

// Compare tells the failures that are not known, and the known ones that do not
// fail any more, as far as their files were judged.
func (k *Known) Compare(groups []*Group, failures []Failure) (unknown []Failure, gone []Case) {
	failed := map[Case]bool{}
	for _, f := range failures {
		failed[f.Case] = true
	}
	known := map[Case]bool{}
	judged := judgedBy(groups)
	for _, c := range k.cases {
		known[c] = true
		if judged(c) && !failed[c] {
			gone = append(gone, c)
		}
	}
	for _, f := range failures {
		if !known[f.Case] {
			unknown = append(unknown, f)
		}
	}
	return unknown, gone
}

// judgedBy reports whether a case is one of the files that groups are from: also
// one that the suite has no more.
func judgedBy(groups []*Group) func(Case) bool {
	files := map[[2]string]bool{}
	for _, g := range groups {
		files[[2]string{g.Draft, g.File}] = true
	}
	return func(c Case) bool { return files[[2]string{c.Draft, c.File}] }
}

// Update writes the list anew with these failures in the place of all known ones
// of the files that were judged. The comment stays.
func (k *Known) Update(name string, groups []*Group, failures []Failure) error {
	k.cases = slices.DeleteFunc(k.cases, judgedBy(groups))
	for _, f := range failures {
		k.cases = append(k.cases, f.Case)
	}
	slices.SortFunc(k.cases, func(a, b Case) int { return cmp.Or(order(a)-order(b), strings.Compare(a.String(), b.String())) })
	var text bytes.Buffer
	text.WriteString(k.header)
	for _, c := range k.cases {
		fmt.Fprintln(&text, c)
	}
	return os.WriteFile(name, text.Bytes(), 0o644)
}

// order is the place of the case's draft among the drafts.
func order(c Case) int {
	return slices.IndexFunc(Drafts, func(d Draft) bool { return d.Folder == c.Draft })
}

// String is the line of the case.
func (c Case) String() string {
	return strings.Join([]string{c.Draft, c.File, c.Group, c.Test, c.Kind}, "\t")
}
