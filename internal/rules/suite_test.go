package rules_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

var suiteDrafts = map[string]schema.Draft{
	"draft4": schema.Draft4, "draft6": schema.Draft6, "draft7": schema.Draft7, "draft2019-09": schema.Draft2019, "draft2020-12": schema.Draft2020,
}

// TestF042_Suite: the rules of a schema give every required test of the public suite the
// expected verdict, except for formats, which are asserted in every draft. This also
// holds once outcomes are remembered, which small documents do not reach.
func TestF042_Suite(t *testing.T) {
	t.Parallel()
	suite := suites.JSONSchema.Need(t)
	remotes := suiteRemotes(t, suite)
	total := 0
	for _, folder := range suites.Drafts(suite) {
		names, err := filepath.Glob(filepath.Join(suite, "tests", folder, "*.json"))
		if err != nil || len(names) == 0 {
			t.Fatal(folder, err)
		}
		for _, name := range names {
			if folder != "draft2020-12" || filepath.Base(name) != "format.json" {
				total += runSuite(t, name, suiteDrafts[folder], remotes)
			}
		}
	}
	if total < 300*len(suites.Drafts(suite)) {
		t.Errorf("only %d tests were run", total)
	}
	t.Logf("%d tests", total)
}

func runSuite(t *testing.T, name string, draft schema.Draft, remotes fs.FS) (total int) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Description string
		Schema      json.RawMessage
		Tests       []struct {
			Description string
			Data        json.RawMessage
			Valid       bool
		}
	}
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(name, err)
	}
	for _, g := range groups {
		var report schema.Reporter
		doc := schema.Parse("schema.json", ofDraft(g.Schema, draft), schema.Files{FS: remotes}, &report)
		if report.Failed() {
			t.Errorf("%s: %s: %v", name, g.Description, report.Findings().Errors())
			continue
		}
		c := compile.New(doc)
		rule := c.Rule(doc.Root)
		for _, test := range g.Tests {
			total++
			what := name + ": " + g.Description + ": " + test.Description
			findings := judge(t, c.Rules(), rule, string(test.Data))
			if (len(findings) == 0) != test.Valid {
				t.Errorf("%s: %v", what, findings)
			}
			for _, f := range findings {
				if f.Message == wording.Refused.Message || f.Rule == "" {
					t.Errorf("%s: no message or no rule: %+v", what, f)
				}
			}
			if late := judgeLate(t, c.Rules(), rule, string(test.Data)); late != test.Valid {
				t.Errorf("%s: %v once outcomes are remembered", what, late)
			}
		}
	}
	return total
}

// suiteRemotes returns the files that the schemas of the suite refer to, in a folder with
// the name of their host.
func suiteRemotes(t *testing.T, suite string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	remotes := os.DirFS(filepath.Join(suite, "remotes"))
	err := fs.WalkDir(remotes, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(remotes, name)
		files["localhost/"+name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// ofDraft returns a schema that names its draft.
func ofDraft(text []byte, draft schema.Draft) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members["$schema"] != nil {
		return text
	}
	members["$schema"], _ = json.Marshal(draft.Address())
	text, _ = json.Marshal(members)
	return text
}

// judge returns what a rule finds wrong with a JSON text.
func judge(t *testing.T, all rules.Rules, rule int, text string) document.Findings {
	t.Helper()
	doc, findings := document.ParseValue(document.Position{File: "t.json"}, text, document.Limits{Depth: 10_000})
	if len(findings) > 0 {
		t.Fatalf("%s: %v", text, findings)
	}
	var p rules.Report
	p.Check(all, rule, doc)
	return p.Finish(doc, false)
}

// judgeLate judges text after so many other values that outcomes are remembered by then.
func judgeLate(t *testing.T, all rules.Rules, rule int, text string) bool {
	t.Helper()
	all = append(slices.Clone(all),
		rules.Rule{Kinds: rules.KindInteger},
		rules.Rule{Array: &rules.ArrayRule{Items: len(all)}},
		rules.Rule{Array: &rules.ArrayRule{Prefix: []int{len(all) + 1}, Items: rule}},
		rules.Rule{Any: []int{len(all) + 2}})
	return len(judge(t, all, len(all)-1, "[["+strings.Repeat("1,", 2500)+"1],"+text+"]")) == 0
}
