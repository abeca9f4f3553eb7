// Command bench measures hotbind beside viper, koanf, dials, a careful pipeline written by
// hand and the limit of what is possible, all in one process, in turn and on the same files.
// It prints tables in Markdown; with -docs it also writes them, and a plot, into the folder
// of the documentation. Run it in its own folder. It needs Linux, whose inotify the limit uses.
//
// Every contestant ends with what a service needs: a validated struct that can be replaced
// while others read it.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	docs := flag.String("docs", "", "write the tables and the plot into this `folder`")
	only := flag.String("only", "", "measure only rows whose names match this `pattern`")
	quick := flag.Bool("short", false, "run everything once, on small files; the figures mean little")
	flag.Parse()
	if *docs != "" && (*only != "" || *quick) {
		log.Fatal("-docs needs all figures: leave out -only and -short")
	}
	if err := run(*docs, *only, *quick); err != nil {
		log.Fatal(err)
	}
}

func run(docs, only string, quick bool) error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("the bench needs Linux: the limit follows files by inotify")
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(memoryDir(), "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := full(dir)
	if quick {
		b = short(dir)
	}
	results, err := b.run(pattern, newProgress(os.Stderr))
	if err != nil {
		return err
	}
	for _, t := range results {
		fmt.Println(t.table)
	}
	if docs != "" {
		return publish(docs, results, time.Now())
	}
	return nil
}

// memoryDir returns a folder in memory, or an empty string if there is none. A disk would
// write out the file during its rename and hide what is measured.
func memoryDir() string {
	if _, err := os.Stat("/dev/shm"); err == nil {
		return "/dev/shm"
	}
	return ""
}

// A result is a table with its name.
type result struct {
	name  string
	table table
}

// run runs the jobs that have a row whose name matches.
func (b *bench) run(only *regexp.Regexp, p *progress) ([]result, error) {
	jobs, err := b.jobs()
	if err != nil {
		return nil, err
	}
	results := []result{{name: "times"}, {name: "memory"}, {name: "shapes"}, {name: "programs"}}
	jobs = slices.DeleteFunc(jobs, func(j job) bool { return !j.matches(only) })
	for i, j := range jobs {
		name := j.rows[0].name
		costs, err := compete(j.trials, j.rounds, func(round int) {
			p.show(fmt.Sprintf("%d of %d: %s, round %d of %d", i+1, len(jobs), name, round, j.rounds))
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, m := range j.rows {
			at := slices.IndexFunc(results, func(r result) bool { return r.name == m.table })
			t := &results[at].table
			t.contestants = j.contestants
			t.rows = append(t.rows, newRow(m.name, costs, m.quantity, m.show))
			p.done(t.rows[len(t.rows)-1])
		}
	}
	return slices.DeleteFunc(results, func(r result) bool { return len(r.table.rows) == 0 }), nil
}

func (j job) matches(only *regexp.Regexp) bool {
	return slices.ContainsFunc(j.rows, func(m measure) bool { return only.MatchString(m.name) })
}

// A progress prints what is going on: each row when it is measured and, on a terminal, the
// current round, which the next output replaces.
type progress struct {
	w        io.Writer
	terminal bool
}

func newProgress(f *os.File) *progress {
	info, err := f.Stat()
	return &progress{f, err == nil && info.Mode()&os.ModeCharDevice != 0}
}

func (p *progress) show(what string) {
	if p.terminal {
		fmt.Fprint(p.w, eraseLine, what)
	}
}

// eraseLine makes a terminal go to the beginning of the line and erase it.
const eraseLine = "\r\x1b[K"

func (p *progress) done(r row) {
	if p.terminal {
		fmt.Fprint(p.w, eraseLine)
	}
	cells := r.cells()
	fmt.Fprintf(p.w, "%-40s %s\n", cells[0], strings.Join(cells[1:], "  "))
}
