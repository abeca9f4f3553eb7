package suite

import (
	"fmt"
	"io/fs"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
)

// batch is how many packages are built into one program.
const batch = 250

// The kinds of failures.
const (
	Refused         = "REFUSED"          // there is no package: the schema is refused
	Broken          = "BROKEN"           // the package does not compile
	AcceptedInvalid = "ACCEPTED-INVALID" // and the suite says invalid
	RejectedValid   = "REJECTED-VALID"   // and the suite says valid
)

// A Case tells a test from all others, with what came of it.
type Case struct{ Draft, File, Group, Test, Kind string }

// A Failure is a test whose verdict is not the one of the suite.
type Failure struct {
	Case
	Why string // what was said, if anything
}

// A Run is what it takes to judge.
type Run struct {
	Groups  []*Group
	Remotes fs.FS
	Root    string // of the checkout of hotbind that generated packages use
	Temp    string // a folder to build in
	// Show, where it is set, is called as the groups are worked on.
	Show func(done int, what string)
}

// Failures generates a package for every group, builds them and asks them about
// every test. They are in the order of the groups.
func (r *Run) Failures() ([]Failure, error) {
	module, err := trial.NewModule(r.Temp, r.Root)
	if err != nil {
		return nil, err
	}
	if r.Show == nil {
		r.Show = func(int, string) {}
	}
	var failures []Failure
	for start := 0; start < len(r.Groups); start += batch {
		part := r.Groups[start:min(start+batch, len(r.Groups))]
		more, err := r.judge(module, part, start)
		if err != nil {
			return nil, err
		}
		failures = append(failures, more...)
	}
	return failures, nil
}

// A subject is a group with what became of its schema.
type subject struct {
	*Group
	refused string
	built   *trial.Package // nil: refused
}

func (r *Run) judge(module *trial.Module, groups []*Group, start int) ([]Failure, error) {
	var subjects []subject
	var packages []*trial.Package
	var documents []trial.Document
	for i, g := range groups {
		r.Show(start+i, "generating "+g.Draft+"/"+g.File)
		s, err := r.generate(module, g, fmt.Sprintf("p%d", start+i))
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, s)
		if s.built == nil {
			continue
		}
		packages = append(packages, s.built)
		for _, test := range g.Tests {
			documents = append(documents, trial.Document{Package: s.built, Name: "d.json", Text: test.Data})
		}
	}
	last := groups[len(groups)-1]
	r.Show(start, "building until "+last.Draft+"/"+last.File)
	verdicts, err := module.Judge(packages, documents)
	if err != nil {
		return nil, err
	}
	var failures []Failure
	for _, s := range subjects {
		own := make([]trial.Verdict, len(s.Tests))
		if s.built != nil {
			own, verdicts = verdicts[:len(s.Tests)], verdicts[len(s.Tests):]
		}
		failures = append(failures, s.failures(own)...)
	}
	return failures, module.Remove(packages)
}

// generate writes the package of a group, or notes why its schema is refused.
func (r *Run) generate(module *trial.Module, g *Group, name string) (subject, error) {
	files, err := generator.Generate(generator.Options{Name: "schema.json", Schema: g.Schema, Package: name, Files: r.Remotes})
	if err != nil {
		return subject{Group: g, refused: err.Error()}, nil
	}
	built, err := module.Add(name, files)
	return subject{Group: g, built: built}, err
}

func (s *subject) failures(verdicts []trial.Verdict) []Failure {
	var list []Failure
	for i, test := range s.Tests {
		v := verdicts[i]
		add := func(kind, why string) {
			list = append(list, Failure{Case{s.Draft, s.File, s.Description, test.Description, kind}, why})
		}
		switch {
		case s.built == nil:
			add(Refused, s.refused)
		case s.built.Broken != "":
			add(Broken, s.built.Broken)
		case v.Error == "" && !test.Valid:
			add(AcceptedInvalid, "")
		case v.Error != "" && test.Valid:
			add(RejectedValid, v.Error)
		}
	}
	return list
}
