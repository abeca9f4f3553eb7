package document_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

type hostileCase struct {
	ID, Name, Text, Base64, Make string
	Want                         string
	Detail                       string `json:"want_detail"`
}

// Cases that the shared list expects to be refused although this package accepts them:
// only the schema can decide.
var upToTheSchema = map[string]string{
	"Y028": "an unknown property",
	"Y060": "null at the top",
	"Y062": "a scalar at the top",
	"Y063": "a list at the top",
	"Y073": "out of range for the field",
	"Y074": "out of range for the field",
	"Y075": "out of range for the field",
	"Y076": "out of range for the field",
	"Y081": "text, where a number field needs a number",
	"Y082": "text, where a number field needs a number",
}

// Texts that the finding of a case must contain, where the list expects more than a line
// number.
var hostileTexts = map[string][]string{
	"Y001": {"alias", "10,000"}, "Y002": {"alias", "10,000"}, "Y003": {"alias", "10,000"}, "Y004": {"alias", "10,000"},
	"Y005": {"alias", "10,000"}, "Y006": {"alias", "4,194,304"}, "Y007": {"alias", "10,000"},
	"Y008": {"104,857,604", "4,194,304"}, "Y009": {"104,857,606", "4,194,304"}, "Y010": {"20,971,520", "4,194,304"}, "Y011": {"10,888,890", "4,194,304"},
	"Y013": {"100 levels"}, "Y014": {"100 levels"}, "Y015": {"100 levels"}, "Y016": {"100 levels"}, "Y017": {"100 levels"}, "Y018": {"4,194,304"}, "Y019": {"100 levels"},
	"Y021": {"2:1: a: ", `duplicate key "a", first written on line 1`}, "Y022": {"3:3: m.a: ", "line 2"}, "Y023": {"2:1: a: ", "line 1"}, "Y025": {"5:3: m.<<", "line 4"},
	"Y027": {"needs an object"}, "Y029": {`"&a" contains itself`}, "Y030": {`"&a" contains itself`}, "Y031": {`1:4: `, `no anchor`}, "Y032": {`2:4: `, `"&x"`},
	"Y033": {"2:1"}, "Y034": {"byte 6"}, "Y035": {"byte 5"}, "Y036": {"byte 3"}, "Y038": {"UTF-8"}, "Y039": {"UTF-8"}, "Y040": {"byte 5"},
	"Y041": {"byte 4"}, "Y042": {"byte 5"}, "Y043": {"byte 5"}, "Y044": {"byte 0"}, "Y046": {"byte 4"}, "Y051": {"2:1", "tabs cannot indent"},
	"Y056": {"empty"}, "Y057": {"empty"}, "Y058": {"empty"}, "Y059": {"empty"},
	"Y064": {"2:1"}, "Y065": {"2:1"}, "Y066": {"3:1"}, "Y100": {"quote the key"}, "Y101": {"quote the key"}, "Y102": {"quote the key"}, "Y103": {"quote the key"},
	"Y105": {"line 1"}, "Y110": {"tag"}, "Y111": {"tag"}, "Y112": {"tag"}, "Y115": {"tag"}, "Y117": {"2.0"},
}

func TestHostileYAML(t *testing.T) {
	var list struct{ Cases []hostileCase }
	if err := json.Unmarshal(shared(t, "hostile", "yaml-hostile.json"), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Cases) != 129 {
		t.Errorf("got %d cases, want 129", len(list.Cases))
	}
	for _, c := range list.Cases {
		t.Run(c.ID, func(t *testing.T) { c.check(t) })
	}
}

func (c hostileCase) check(t *testing.T) {
	name := "c.yaml"
	if strings.HasPrefix(c.Name, "JSON") {
		name = "c.json"
	}
	node, findings := bounded(t, name, c.data(t))
	_, schema := upToTheSchema[c.ID]
	switch {
	case c.Want == "accept" && node == nil && !strings.Contains(c.Detail, "or rejected"),
		c.Want == "reject" && node != nil && !schema,
		schema && node == nil:
		t.Errorf("%s: got %v, want %s (%s)", c.Name, findings, c.Want, c.Detail)
	}
	if node == nil && !findings.Empty() && findings[0].Pos.Line == 0 && !strings.Contains(findings[0].Message, "bytes; the limit") {
		t.Errorf("%s: got %v without a line", c.Name, findings)
	}
	if want := hostileTexts[c.ID]; want != nil {
		wantText(t, findings, want...)
	}
}

// data returns the file of a case. Files that are too large to be stored are generated
// here.
func (c hostileCase) data(t *testing.T) []byte {
	t.Helper()
	if c.Base64 != "" {
		data, err := base64.StdEncoding.DecodeString(c.Base64)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if c.Make == "" {
		return []byte(c.Text)
	}
	make, ok := makers[c.ID]
	if !ok {
		t.Fatalf("%s (%s) must be made, and nothing makes it", c.ID, c.Name)
	}
	return []byte(make())
}

var makers = map[string]func() string{
	"Y005": func() string {
		return "a: &a [" + strings.Repeat("x,", 20_000) + "]\nb: [" + strings.Repeat("*a,", 20_000) + "]\n"
	},
	"Y006": func() string {
		return "a: &a \"" + strings.Repeat("x", 1<<20) + "\"\nb: [" + strings.Repeat("*a,", 2000) + "]\n"
	},
	"Y007": func() string {
		var b strings.Builder
		b.WriteString("b: &b\n")
		for i := range 500 {
			fmt.Fprintf(&b, "  k%d: 1\n", i)
		}
		for i := range 2000 {
			fmt.Fprintf(&b, "m%d:\n  <<: *b\n", i)
		}
		return b.String()
	},
	"Y008": func() string { return "k: " + strings.Repeat("x", 100<<20) + "\n" },
	"Y009": func() string { return "k: \"" + strings.Repeat("x", 100<<20) + "\"\n" },
	"Y010": func() string { return strings.Repeat("- a\n", 5<<20) },
	"Y011": func() string { return string(numbered(1_000_000)) },
	"Y012": func() string { return string(numbered(100_000)) },
	"Y014": func() string { return strings.Repeat("[", 9000) + strings.Repeat("]", 9000) },
	"Y015": func() string { return strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) },
	"Y016": func() string { return strings.Repeat("[", 100_000) },
	"Y017": func() string { return strings.Repeat("{a: ", 100_000) },
	"Y018": func() string {
		var b strings.Builder
		for i := range 5000 {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	},
	"Y019": func() string { return strings.Repeat("- ", 100_000) + "a\n" },
	"Y056": func() string { return "" },
}

// numbered returns an object with n keys, of the size in the list.
func numbered(n int) []byte {
	var b []byte
	for i := range n {
		b = fmt.Appendf(b, "k%d: 1\n", i)
	}
	return b
}

func TestExtensions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.json", "A.JSON", "dir.x/a.Yaml", "a.yml", "a.b.YML"} {
		if _, findings := document.Parse(name, []byte("[1]"), document.Limits{}); len(findings) > 0 {
			t.Errorf("%s: got %v", name, findings)
		}
	}
	for _, name := range []string{"a.ini", "a", ".", "", "a.json5", "a.y\nml"} {
		node, findings := document.Parse(name, []byte("[1]"), document.Limits{})
		if node != nil {
			t.Errorf("%s: got a node", name)
		}
		wantText(t, findings, "; supported are .yaml, .yml and .json")
	}
}
