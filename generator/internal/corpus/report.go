package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A share is how many of how many.
type share struct{ part, whole int }

func (s share) String() string {
	if s.whole == 0 {
		return "none"
	}
	return fmt.Sprintf("%d of %d (%.2f %%)", s.part, s.whole, 100*float64(s.part)/float64(s.whole))
}

func (s *share) count(part bool) {
	s.whole++
	if part {
		s.part++
	}
}

// report prints what came of a corpus: of each schema where list is set, in total,
// and all that fell short.
func report(w io.Writer, schemas []*Schema, list bool, took time.Duration) {
	if list {
		fmt.Fprintf(w, "%-55s %9s %6s %6s %5s %11s %8s %8s\n", "schema", "ms", "types", "fields", "any", "lines/field", "valid", "invalid")
		for _, s := range schemas {
			fmt.Fprintln(w, line(s))
		}
		fmt.Fprintln(w)
	}
	var generated, compiled, accepted, kept, refused, untyped, holding share
	var times []time.Duration
	var perField []float64
	lines := 0
	for _, s := range schemas {
		generated.count(s.Refused == "")
		compiled.count(s.Refused == "" && s.Broken == "")
		times = append(times, s.Took)
		untyped.part, untyped.whole = untyped.part+s.Untyped, untyped.whole+s.Fields
		holding.part, holding.whole = holding.part+s.Holding, holding.whole+s.Fields
		lines += s.Lines
		if s.Fields > 0 {
			perField = append(perField, float64(s.Lines)/float64(s.Fields))
		}
		for _, f := range s.Fixtures {
			switch {
			case !f.Agreed:
			case f.Valid:
				accepted.count(s.usable() && f.Error == "")
				kept.count(s.usable() && f.Error == "" && f.Lost == "")
			default:
				refused.count(s.usable() && f.Error != "")
			}
		}
	}
	slices.Sort(times)
	slices.Sort(perField)
	fmt.Fprintf(w, "generated          %v\n", generated)
	fmt.Fprintf(w, "compiled           %v\n", compiled)
	fmt.Fprintf(w, "valid accepted     %v\n", accepted)
	fmt.Fprintf(w, "kept without loss  %v\n", kept)
	fmt.Fprintf(w, "invalid refused    %v\n", refused)
	fmt.Fprintf(w, "fields any         %v; that hold any, in lists or maps: %v\n", untyped, holding)
	fmt.Fprintf(w, "generation         median %v, longest %v\n", times[len(times)/2].Round(time.Millisecond), times[len(times)-1].Round(time.Millisecond))
	if len(perField) > 0 {
		fmt.Fprintf(w, "lines per field    %.1f in all, median %.1f, most %.1f\n", float64(lines)/float64(max(1, untyped.whole)), perField[len(perField)/2], perField[len(perField)-1])
	}
	fmt.Fprintf(w, "took               %v\n", took.Round(time.Second))
	shortfalls(w, schemas)
}

// usable reports whether there is a package to ask.
func (s *Schema) usable() bool { return s.Refused == "" && s.Broken == "" }

func line(s *Schema) string {
	var valid, invalid share
	for _, f := range s.Fixtures {
		if f.Valid {
			valid.count(s.usable() && f.Error == "" && f.Lost == "")
		} else {
			invalid.count(s.usable() && f.Error != "")
		}
	}
	if !s.usable() {
		return fmt.Sprintf("%-55s refused or broken, see below", s.File)
	}
	return fmt.Sprintf("%-55s %9.1f %6d %6d %5d %11.1f %8s %8s", s.File, float64(s.Took.Microseconds())/1000, s.Types, s.Fields, s.Untyped,
		float64(s.Lines)/float64(max(1, s.Fields)), fmt.Sprintf("%d/%d", valid.part, valid.whole), fmt.Sprintf("%d/%d", invalid.part, invalid.whole))
}

// shortfalls lists what is not as it should be, and why.
func shortfalls(w io.Writer, schemas []*Schema) {
	var list []string
	add := func(file, what, why string) {
		list = append(list, fmt.Sprintf("%s: %s: %s", file, what, firstLines(why)))
	}
	for _, s := range schemas {
		if s.Refused != "" {
			add(s.File, "not generated", s.Refused)
		}
		if s.Broken != "" {
			add(s.File, "not compiled", s.Broken)
		}
		for _, f := range s.Fixtures {
			agreed := ""
			if !f.Agreed {
				agreed = ", which a full validator judges otherwise too"
			}
			switch {
			case !s.usable():
			case f.Valid && f.Error != "":
				add(f.File, "valid and refused"+agreed, f.Error)
			case f.Valid && f.Lost != "":
				add(f.File, "not kept"+agreed, f.Lost)
			case !f.Valid && f.Error == "":
				add(f.File, "invalid and accepted"+agreed, "no finding")
			}
		}
	}
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\nWhat fell short:\n")
	for _, text := range list {
		fmt.Fprintln(w, "  "+text)
	}
}

func firstLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > 3 {
		lines = append(lines[:3], fmt.Sprintf("and %d more", len(lines)-3))
	}
	return strings.Join(lines, "; ")
}
