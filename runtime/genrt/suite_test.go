package genrt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
)

// suite is the public test suite of JSON Schema, kept beside the repository.
const suite = "../../../shared/data/json-schema-test-suite/tests"

// TestSuite has rules judge the public test suite, so that the machine means
// what JSON Schema says, keyword by keyword. What needs several resources is left
// out: that is put together by the generator.
func TestSuite(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(suite); err != nil {
		t.Skip("needs the JSON Schema test suite beside the repository, which is not there")
	}
	for draft, least := range map[string]int{"draft7": 180, "draft2020-12": 280} {
		files, _ := filepath.Glob(filepath.Join(suite, draft, "*.json"))
		more, _ := filepath.Glob(filepath.Join(suite, draft, "optional", "*.json"))
		groups := 0
		for _, file := range append(files, more...) {
			groups += runSuite(t, file, draft == "draft7")
		}
		if groups < least {
			t.Errorf("%s: only %d groups of tests were run", draft, groups)
		}
		t.Log(draft, groups)
	}
}

// foreign are the files that test what is not asked of rules: other drafts and
// resources, formats and contents as assertions.
var foreign = map[string]bool{
	"vocabulary.json": true, "cross-draft.json": true, "format-assertion.json": true, "refRemote.json": true,
	"ecmascript-regex.json": true, "content.json": true,
}

func runSuite(t *testing.T, file string, old bool) (groups int) {
	if foreign[filepath.Base(file)] {
		return 0
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Description string
		Schema      json.RawMessage
		Tests       []struct {
			Description string
			Data        json.RawMessage
			Valid       bool
		}
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	for _, g := range list {
		rules, rule, strange := compile(string(g.Schema), old)
		if strange != "" {
			continue
		}
		groups++
		for _, test := range g.Tests {
			name := filepath.Base(file) + ": " + g.Description + ": " + test.Description
			findings := judge(t, rules, rule, string(test.Data))
			if (len(findings) == 0) != test.Valid {
				t.Errorf("%s: %v", name, findings)
			}
			if late := judgeLate(t, rules, rule, string(test.Data)); late != test.Valid {
				t.Errorf("%s: %v once outcomes are remembered", name, late)
			}
			for _, f := range findings {
				if f.Message == wording.Refused() {
					t.Errorf("%s: there are no words for it", name)
				}
			}
		}
	}
	return groups
}

// judge is what rule finds wrong with a JSON text.
func judge(t *testing.T, rules genrt.Rules, rule int, text string) document.Findings {
	t.Helper()
	doc, findings := document.ParseValue("t.json", text, document.Limits{Depth: 10_000})
	if len(findings) > 0 {
		t.Fatalf("%s: %v", text, findings)
	}
	p := genrt.Program{Type: &genrt.Checked{Type: &genrt.Any{}, Rules: &rules, Rule: rule}, New: func() any { return new(any) }}
	_, findings = p.Decode(doc)
	return findings
}

// judgeLate judges text behind so many other values that outcomes are remembered
// by then, which small documents do not come to.
func judgeLate(t *testing.T, rules genrt.Rules, rule int, text string) bool {
	t.Helper()
	rules = append(slices.Clone(rules),
		genrt.Rule{Kinds: genrt.KindInteger},
		genrt.Rule{Array: &genrt.ArrayRule{Items: len(rules)}},
		genrt.Rule{Array: &genrt.ArrayRule{Prefix: []int{len(rules) + 1}, Items: rule}},
		genrt.Rule{Any: []int{len(rules) + 2}})
	return len(judge(t, rules, len(rules)-1, "[["+strings.Repeat("1,", 2500)+"1],"+text+"]")) == 0
}
