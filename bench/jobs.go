package main

import (
	"os"
	"path/filepath"
	"time"
)

// A bench says what is measured and how often.
type bench struct {
	dir      string        // for files
	atLeast  time.Duration // the least time of a trial
	rounds   int
	sizes    []size
	fraction int  // the denominator of the part of the shapes that is measured
	programs bool // whether sizes of programs are measured
}

// full measures everything.
func full(dir string) *bench {
	return &bench{dir: dir, atLeast: 20 * time.Millisecond, rounds: 7, sizes: allSizes, fraction: 1, programs: true}
}

// short runs what full does once, on small files. It builds no programs.
func short(dir string) *bench {
	return &bench{dir: dir, atLeast: time.Millisecond, rounds: 1, sizes: allSizes[:1], fraction: 100}
}

// A job measures one row, or more of them.
type job struct {
	contestants []string
	trials      []trial
	rounds      int
	rows        []measure
}

// newJob returns a job in which each contestant has a trial.
func newJob(of []contestant, rounds int, each func(contestant) trial, rows ...measure) job {
	j := job{rounds: rounds, rows: rows}
	for _, c := range of {
		j.contestants = append(j.contestants, c.name)
		j.trials = append(j.trials, each(c))
	}
	return j
}

// A measure is a quantity of the costs of a job, which becomes a row of a table.
type measure struct {
	table    string
	name     string
	quantity func(cost) float64
	show     func(float64) string
}

func timed(name string) measure { return measure{"times", name, cost.time, showTime} }
func sized(name string) measure { return measure{"memory", name, cost.memory, showBytes} }

// in returns the measure for another table.
func (m measure) in(table string) measure {
	m.table = table
	return m
}

// jobs writes the files and returns everything to measure, in the order of the rows.
func (b *bench) jobs() ([]job, error) {
	all, err := contestants()
	if err != nil {
		return nil, err
	}
	var files []input
	for _, s := range b.sizes {
		for _, format := range formats {
			f, err := newInput(b.dir, format, s)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	shaped, err := b.shapeJobs()
	if err != nil {
		return nil, err
	}
	small := files[0].path

	var jobs []job
	add := func(rounds int, each func(contestant) trial, rows ...measure) {
		jobs = append(jobs, newJob(all, rounds, each, rows...))
	}
	for _, f := range files {
		add(b.roundsOf(f), func(c contestant) trial { return b.loading(c, f.path) }, timed("load, "+f.name), sized("allocated by a load, "+f.name))
	}
	for _, f := range files {
		changes := 20
		if f.size.machines > 1000 {
			changes = 1
		}
		add(b.roundsOf(f), func(c contestant) trial { return b.reloading(c, f, changes) }, timed("rename to hook, "+f.name))
	}
	add(b.rounds, func(c contestant) trial { return b.reading(c, small) }, timed("read one int"))
	add(b.rounds, func(c contestant) trial { return b.dispatching(c, small) }, timed("set one value, 1,000 hooks"))
	for _, f := range files {
		if filepath.Ext(f.path) == ".yaml" {
			other, err := f.variant(firstPool + 1)
			if err != nil {
				return nil, err
			}
			add(b.roundsOf(f), func(c contestant) trial { return b.comparing(c, f.path, other) }, timed("compare two values, "+f.size.name))
			add(2, func(c contestant) trial { return b.keeping(c, f) }, sized("in use while following, "+f.size.name))
		}
	}
	if b.programs {
		jobs = append(jobs, b.programJobs(all)...)
	}
	return append(jobs, shaped...), nil
}

// roundsOf returns fewer rounds for a file whose round takes seconds.
func (b *bench) roundsOf(f input) int {
	if f.size.machines > 1000 {
		return (b.rounds + 1) / 2
	}
	return b.rounds
}

// shapeJobs measures loads of the other shapes.
func (b *bench) shapeJobs() (jobs []job, err error) {
	both, err := shapeContestants()
	if err != nil {
		return nil, err
	}
	for i, s := range newShapes(b.fraction) {
		path := filepath.Join(b.dir, "shape"+string(rune('0'+i))+".yaml")
		if err := os.WriteFile(path, []byte(s.text), 0o600); err != nil {
			return nil, err
		}
		jobs = append(jobs, newJob(both, (b.rounds+1)/2, func(c contestant) trial { return b.loading(c, path) },
			timed("load "+s.name).in("shapes"), sized("allocated by it").in("shapes")))
	}
	return jobs, nil
}

// programJobs builds programs.
func (b *bench) programJobs(all []contestant) []job {
	jobs := []job{newJob(all, 1, func(c contestant) trial { return b.building(c.program) }, sized("program that follows its file"))}
	for _, p := range ownPrograms {
		jobs = append(jobs, job{[]string{"size"}, []trial{b.building(p.program)}, 1, []measure{sized(p.name).in("programs")}})
	}
	return jobs
}
