package generator_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
	"github.com/hotbind/hotbind/internal/suites"
)

// only limits the long tests of public schemas.
var only = flag.String("only", "", "only files that match this `pattern` of path.Match: draft7/* or */ref.json of the suite, git*.json of the corpus")

// known is the list of the tests that are known to fail.
const known = "../testdata/suite/known.txt"

// TestSuite lets generated packages judge the JSON Schema Test Suite: the required tests
// of its newest draft, and with HOTBIND_FULL=1 all tests of all drafts, like make
// conformance. Only known failures are allowed, so that the list of known differences can
// only shrink; -update rewrites it.
func TestSuite(t *testing.T) {
	folder := suites.JSONSchema.Need(t)
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	full := os.Getenv("HOTBIND_FULL") == "1"
	drafts := suites.Drafts(folder)
	groups := readSuite(t, folder, func(draft, file string) bool {
		if matches, err := path.Match(*only, draft+"/"+file); *only != "" && (err != nil || !matches) {
			return false
		}
		return full || draft == drafts[len(drafts)-1] && section(file) == requiredSection
	})
	failures := judgeSuite(t, folder, groups)
	t.Log(suiteTable(groups, failures))
	list := readKnown(t, known)
	if *update {
		list.update(t, known, groups, failures)
		return
	}
	unknown, gone := list.compare(groups, failures)
	for _, f := range unknown {
		t.Errorf("not known to fail: %v\n%s", f.suiteCase, f.why)
	}
	for _, c := range gone {
		t.Errorf("known to fail, but it does not (run with -update): %v", c)
	}
}

// The kinds of failures.
const (
	isRefused       = "REFUSED"          // there is no package: the schema is refused
	isBroken        = "BROKEN"           // the package does not compile
	acceptedInvalid = "ACCEPTED-INVALID" // and the suite shows invalid
	rejectedValid   = "REJECTED-VALID"   // and the suite shows valid
)

// A suiteCase identifies a test, and has its result.
type suiteCase struct{ draft, file, group, test, kind string }

// A suiteFailure is a test whose verdict differs from that of the suite.
type suiteFailure struct {
	suiteCase
	why string // the message, if there is one
}

// judgeSuite generates a package for every group, builds them, several at a time, and
// lets them judge every test. The failures are in the order of the groups.
func judgeSuite(t *testing.T, folder string, groups []*suiteGroup) (failures []suiteFailure) {
	t.Helper()
	const batch = 250
	m, remotes := trial.New(t), suiteRemotes(t, folder)
	for start := 0; start < len(groups); start += batch {
		part := groups[start:min(start+batch, len(groups))]
		var packages []*trial.Package
		var documents []trial.Document
		built := make([]*trial.Package, len(part))
		refusals := make([]error, len(part))
		for i, g := range part {
			built[i], refusals[i] = m.Add(fmt.Sprintf("p%d", start+i), generator.Options{Name: "schema.json", Schema: g.schema, Files: remotes})
			if built[i] == nil {
				continue
			}
			packages = append(packages, built[i])
			for _, test := range g.tests {
				documents = append(documents, trial.Document{Package: built[i], Name: "d.json", Text: test.Data})
			}
		}
		verdicts := m.Judge(packages, documents)
		for i, g := range part {
			own := make([]trial.Verdict, len(g.tests))
			if built[i] != nil {
				own, verdicts = verdicts[:len(g.tests)], verdicts[len(g.tests):]
			}
			failures = append(failures, g.failures(built[i], refusals[i], own)...)
		}
		m.Remove(packages)
		t.Logf("judged %d of %d groups", start+len(part), len(groups))
	}
	return failures
}

func (g *suiteGroup) failures(built *trial.Package, refused error, verdicts []trial.Verdict) (list []suiteFailure) {
	for i, test := range g.tests {
		v := verdicts[i]
		add := func(kind, why string) {
			list = append(list, suiteFailure{suiteCase{g.draft, g.file, g.description, test.Description, kind}, why})
		}
		switch {
		case built == nil:
			add(isRefused, refused.Error())
		case built.Broken != "":
			add(isBroken, built.Broken)
		case v.Error == "" && !test.Valid:
			add(acceptedInvalid, "")
		case v.Error != "" && test.Valid:
			add(rejectedValid, v.Error)
		}
	}
	return list
}

// reference holds the tests that the reference validator passes, without our additions:
// santhosh-tekuri/jsonschema v5.3.1 with the suite at 44401e0c (2026-08-22). Formats are
// asserted only for the optional tests of formats.
var reference = map[string]map[string]string{
	"draft4":       {requiredSection: "618/618", optionalSection: "85/100", formatSection: "207/219"},
	"draft6":       {requiredSection: "839/839", optionalSection: "92/106", formatSection: "298/325"},
	"draft7":       {requiredSection: "927/927", optionalSection: "104/118", formatSection: "560/676"},
	"draft2019-09": {requiredSection: "1253/1259", optionalSection: "144/158", formatSection: "641/757"},
	"draft2020-12": {requiredSection: "1291/1299", optionalSection: "146/162", formatSection: "648/764"},
}

// suiteTable returns how many tests of each draft pass, beside the reference validator.
func suiteTable(groups []*suiteGroup, failures []suiteFailure) string {
	type part struct{ draft, section string }
	total, failed := map[part]int{}, map[part]int{}
	for _, g := range groups {
		total[part{g.draft, section(g.file)}] += len(g.tests)
	}
	for _, f := range failures {
		failed[part{f.draft, section(f.file)}]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-13s %-23s %-23s %-23s\n", "passed", requiredSection, optionalSection, formatSection)
	for _, d := range suiteDrafts {
		line, judged := fmt.Sprintf("%-13s", d.folder), 0
		for _, section := range []string{requiredSection, optionalSection, formatSection} {
			p := part{d.folder, section}
			judged += total[p]
			line += fmt.Sprintf(" %9s (%-9s) ", fmt.Sprintf("%d/%d", total[p]-failed[p], total[p]), reference[d.folder][section])
		}
		if judged > 0 {
			fmt.Fprintln(&b, line)
		}
	}
	b.WriteString("In parentheses: the reference validator alone.")
	return b.String()
}

// suiteRemotes returns the schemas that those of the suite refer to. Nothing is fetched
// from a server: they are in a folder with the name of the server, as a user would copy
// them.
func suiteRemotes(t testing.TB, folder string) fs.FS {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(filepath.Join(copied, "localhost"), os.DirFS(filepath.Join(folder, "remotes"))); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(copied)
}
