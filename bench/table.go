package main

import (
	"fmt"
	"io"
	"log"
	"strings"
	"testing"
	"time"
)

// A table has a row for each measure and a column for each contestant.
type table struct{ rows []row }

type row struct {
	name string
	ns   []float64
}

func (t *table) add(name string, in input, measure func(contestant, input) func(*testing.B)) {
	r := row{name: name}
	for _, c := range contestants {
		in.save(0)
		result := testing.Benchmark(measure(c, in))
		if result.N == 0 {
			log.Fatalf("%s: %s failed", name, c.name)
		}
		r.ns = append(r.ns, float64(result.T.Nanoseconds())/float64(result.N))
		log.Printf("%s, %s: %s", name, c.name, show(r.ns[len(r.ns)-1]))
	}
	t.rows = append(t.rows, r)
}

// print writes the table, with the ratio of every peer to hotbind, the first contestant.
func (t *table) print(w io.Writer) {
	fmt.Fprint(w, "| |")
	for _, c := range contestants {
		fmt.Fprintf(w, " %s |", c.name)
	}
	fmt.Fprintf(w, "\n| --- |%s\n", strings.Repeat(" ---: |", len(contestants)))
	for _, r := range t.rows {
		fmt.Fprintf(w, "| %s |", r.name)
		for i, ns := range r.ns {
			if i == 0 {
				fmt.Fprintf(w, " %s |", show(ns))
			} else {
				fmt.Fprintf(w, " %s (%s) |", show(ns), ratio(ns/r.ns[0]))
			}
		}
		fmt.Fprintln(w)
	}
}

// ratio formats a ratio with two digits, or with all digits before the point.
func ratio(r float64) string {
	if r >= 10 {
		return fmt.Sprintf("%.0f×", r)
	}
	return fmt.Sprintf("%.2g×", r)
}

func show(ns float64) string {
	if ns < 1000 {
		return fmt.Sprintf("%.3g ns", ns)
	}
	d := time.Duration(ns)
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	}
	return fmt.Sprintf("%.3g s", ns/1e9)
}
