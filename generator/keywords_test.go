package generator_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
	"github.com/hotbind/hotbind/internal/oracle"
	"github.com/hotbind/hotbind/runtime/document"
)

// A keywordCase is a file of testdata/keywords. Its comment says why it exists. Its
// parts:
//
//	schema.yaml  the schema
//	files/…      files beside the schema
//	findings     the findings of the generator, if there are any
//	valid        documents, one per line, that the package accepts and writes back
//	             unchanged, or as the JSON after " => "
//	invalid      documents that it refuses, each with " => " and the finding; a
//	             line that begins with " => " is another finding
type keywordCase struct {
	file           string
	archive        *txtar.Archive
	schema         []byte
	files          fstest.MapFS
	findings       string
	valid, invalid []sample
}

// A sample is a document and its result.
type sample struct{ text, want string }

// name returns the name of the document's file. Null alone in YAML is an empty file.
func (s sample) name() string {
	if s.text == "null" {
		return "d.json"
	}
	return "d.yaml"
}

// TestKeywords builds the package of every case under testdata/keywords and lets it judge
// the documents of the case. The oracle must agree with the case.
func TestKeywords(t *testing.T) {
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	cases := readKeywordCases(t)
	m := trial.New(t)
	var packages []*trial.Package
	var documents []trial.Document
	outcomes := map[*keywordCase]*keywordOutcome{}
	for _, c := range cases {
		o := &keywordOutcome{first: len(documents)}
		outcomes[c] = o
		o.pkg, o.err = m.Add(c.packageName(), generator.Options{Name: "schema.yaml", Schema: c.schema, Files: c.folder(),
			Report: func(r generator.Report) { o.report = r }})
		if o.err != nil {
			continue
		}
		packages = append(packages, o.pkg)
		for _, s := range slices.Concat(c.valid, c.invalid) {
			documents = append(documents, trial.Document{Package: o.pkg, Name: s.name(), Text: []byte(s.text)})
		}
	}
	verdicts := m.Judge(packages, documents)
	for _, c := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(c.file), ".txtar"), func(t *testing.T) {
			o := outcomes[c]
			if o.pkg != nil {
				o.verdicts = verdicts[o.first : o.first+len(c.valid)+len(c.invalid)]
			}
			c.check(t, o)
		})
	}
}

// A keywordOutcome is the result of a case.
type keywordOutcome struct {
	err      error
	report   generator.Report
	pkg      *trial.Package
	first    int // index of its first document
	verdicts []trial.Verdict
}

func readKeywordCases(t *testing.T) (cases []*keywordCase) {
	files, err := filepath.Glob("../testdata/keywords/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &keywordCase{file: file, archive: archive, files: fstest.MapFS{}}
		if len(bytes.TrimSpace(archive.Comment)) == 0 {
			t.Errorf("the first lines of %s must say why it exists", file)
		}
		for _, f := range archive.Files {
			name, isNeighbor := strings.CutPrefix(f.Name, "files/")
			switch {
			case isNeighbor:
				c.files[name] = &fstest.MapFile{Data: f.Data}
			case f.Name == "schema.yaml":
				c.schema = f.Data
			case f.Name == "findings":
				c.findings = string(bytes.TrimSpace(f.Data))
			case f.Name == "valid":
				c.valid = samples(f.Data)
			case f.Name == "invalid":
				c.invalid = samples(f.Data)
			default:
				t.Errorf("%s: unknown part %s", file, f.Name)
			}
		}
		if len(c.valid) == 0 {
			t.Errorf("%s: nothing is valid", file)
		}
		cases = append(cases, c)
	}
	return cases
}

func samples(part []byte) (list []sample) {
	for line := range strings.Lines(string(part)) {
		text, want, _ := strings.Cut(strings.TrimRight(line, "\n"), " => ")
		if text = strings.TrimSpace(text); text == "" && len(list) > 0 {
			last := &list[len(list)-1]
			last.want = strings.TrimPrefix(last.want+"\n"+want, "\n")
			continue
		}
		list = append(list, sample{text, want})
	}
	return list
}

// folder returns the folder of the schema, or nil if it has no other files.
func (c *keywordCase) folder() fs.FS {
	if len(c.files) == 0 {
		return nil
	}
	return c.files
}

func (c *keywordCase) packageName() string {
	return "k" + strings.ReplaceAll(strings.TrimSuffix(filepath.Base(c.file), ".txtar"), "_", "")
}

func (c *keywordCase) check(t *testing.T, o *keywordOutcome) {
	if o.err != nil {
		t.Fatalf("the schema is refused: %v", o.err)
	}
	if o.pkg.Broken != "" {
		t.Fatalf("the package does not build:\n%s", o.pkg.Broken)
	}
	if *update {
		defer c.rewrite(t)
	}
	if got := o.report.Warnings.String(); got != c.findings {
		if c.findings = got; !*update {
			t.Errorf("findings of the schema: got\n%s", got)
		}
	}
	reference := c.reference(t)
	for i := range c.valid {
		s, v := &c.valid[i], o.verdicts[i]
		if findings := judged(reference, s.text); findings != "" {
			t.Errorf("%s: the oracle refuses it: %s", s.text, findings)
		}
		c.checkValid(t, s, v, reference)
	}
	for i := range c.invalid {
		s, v := &c.invalid[i], o.verdicts[len(c.valid)+i]
		if reference != nil && reference(s.text) == "" && !isOurs(v.Error) {
			t.Errorf("%s: the oracle accepts it", s.text)
		}
		got := strings.ReplaceAll(v.Error, s.name()+":", "")
		switch {
		case v.Error == "":
			t.Errorf("%s was accepted", s.text)
		case strings.HasPrefix(v.Error, "panic: ") || strings.HasPrefix(v.Error, "crash: "):
			t.Errorf("%s: %s", s.text, v.Error)
		case got != s.want:
			if !*update {
				t.Errorf("%s: got\n%s\nwant\n%s", s.text, got, s.want)
			}
			s.want = got
		}
	}
}

func (c *keywordCase) checkValid(t *testing.T, s *sample, v trial.Verdict, reference func(string) string) {
	if v.Error != "" {
		t.Errorf("%s was refused: %s", s.text, v.Error)
		return
	}
	if v.Again != "" && !c.breaksByDefaults() {
		t.Errorf("%s: %s", s.text, v.Again)
	}
	read, written := parsed(t, s.text), parsed(t, v.Written)
	if findings := judged(reference, v.Written); findings != "" && !strings.Contains(v.Written, document.Redacted) && !c.breaksByDefaults() {
		t.Errorf("%s: the written text is not valid: %s: %s", s.text, v.Written, findings)
	}
	want := read
	if s.want != "" {
		want = parsed(t, s.want)
	}
	if document.Equal(want, written) {
		return
	}
	if path := trial.Lost(read, written); path != "" {
		t.Errorf("%s: %s is lost: %s", s.text, path, v.Written)
		return
	}
	if *update {
		s.want = v.Written
		return
	}
	t.Errorf("%s: got\n%s\nwant\n%s", s.text, v.Written, s.want)
}

// isOurs reports whether a fault is about no keyword of JSON Schema.
func isOurs(text string) bool {
	return strings.Contains(text, "not a valid value for its Go type") || strings.Contains(text, "keys must be unique") || strings.Contains(text, "two items have the same key")
}

func judged(reference func(string) string, text string) string {
	if reference == nil {
		return ""
	}
	return reference(text)
}

// breaksByDefaults reports whether this is the case about conditions that hold for the
// document but not once its defaults are filled in.
func (c *keywordCase) breaksByDefaults() bool {
	return filepath.Base(c.file) == "defaults_and_conditions.txtar"
}

func parsed(t *testing.T, text string) *document.Node {
	t.Helper()
	n, findings := document.ParseYAML("d.yaml", []byte(text), document.Limits{})
	if findings.Empty() { // YAML reads null as nothing
		return document.NewScalar(document.Null, "", document.Position{})
	}
	if n == nil {
		t.Fatalf("%s: %v", text, findings)
	}
	return n
}

// reference returns a function that returns the oracle's finding for a document, or nil
// if it cannot judge by the schema.
func (c *keywordCase) reference(t *testing.T) func(text string) string {
	o, err := oracle.New("schema.yaml", c.schema, c.folder())
	why, known := blindSpots[strings.TrimSuffix(filepath.Base(c.file), ".txtar")]
	if known {
		return nil
	}
	if err != nil {
		t.Fatalf("the oracle cannot use the schema (%s): %v", why, err)
	}
	return func(text string) string {
		if err := o.Judge(parsed(t, text)); err != nil {
			return err.Error()
		}
		return ""
	}
}

// blindSpots holds the cases that the oracle does not judge as JSON Schema requires, and
// the reasons.
var blindSpots = map[string]string{
	"pattern": "it reads patterns as Go does",
}

// rewrite writes the results into the file of the case.
func (c *keywordCase) rewrite(t *testing.T) {
	found := map[string]string{"findings": c.findings, "valid": joined(c.valid, false), "invalid": joined(c.invalid, true)}
	var files []txtar.File
	seen := map[string]bool{}
	for _, f := range c.archive.Files {
		if text, known := found[f.Name]; known {
			f.Data = []byte(text)
		}
		seen[f.Name] = true
		files = append(files, f)
	}
	if c.findings != "" && !seen["findings"] {
		files = append(files, txtar.File{Name: "findings", Data: []byte(c.findings)})
	}
	c.archive.Files = slices.DeleteFunc(files, func(f txtar.File) bool { return f.Name == "findings" && c.findings == "" })
	if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func joined(list []sample, several bool) string {
	var b strings.Builder
	for _, s := range list {
		want := s.want
		switch {
		case want == "":
			fmt.Fprintf(&b, "%s\n", s.text)
		case several && strings.Contains(want, "\n"):
			fmt.Fprintf(&b, "%s\n => %s\n", s.text, strings.ReplaceAll(want, "\n", "\n => "))
		default:
			fmt.Fprintf(&b, "%s => %s\n", s.text, want)
		}
	}
	return b.String()
}
