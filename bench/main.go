// Command bench compares hotbind with viper, koanf and a careful pipeline written by
// hand (yaml.v3, santhosh-tekuri/jsonschema v5, fsnotify, an atomic pointer), all in
// one run and on the same files, and prints the tables of RESULTS.md: times, and the
// sizes of programs.
//
// Every contestant ends with what a service needs: a validated struct that can be replaced
// while others read it.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"testing"
	"time"
)

func main() {
	testing.Init()
	sizes := flag.Bool("sizes", false, "measure the sizes of programs only")
	flag.Parse()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if *sizes {
		printSizes(os.Stdout, dir)
		return
	}
	t := &table{}
	for _, in := range inputs(dir) {
		t.add("cold load, "+in.name, in, cold)
		t.add("reload of one change, "+in.name, in, reload)
	}
	small := inputs(dir)[0]
	t.add("reading one int", small, read)
	t.add("one change among 1,000 listeners", small, dispatch)
	fmt.Printf("Measured with `make peers`, %s, %s/%s, %d cores, %s.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.DateOnly))
	t.print(os.Stdout)
	fmt.Println()
	printSizes(os.Stdout, dir)
}

// cold loads a file: it reads, parses, validates and decodes.
func cold(c contestant, in input) func(*testing.B) {
	return func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.load(in); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// reload reads a file again in which one value has changed.
func reload(c contestant, in input) func(*testing.B) {
	return func(b *testing.B) {
		s, err := c.open(in)
		if err != nil {
			b.Fatal(err)
		}
		defer s.close()
		n := 0
		for b.Loop() {
			n++
			b.StopTimer()
			in.save(n)
			b.StartTimer()
			if err := s.reload(); err != nil {
				b.Fatal(err)
			}
		}
		if got, want := s.read(), in.value(n); got != want {
			b.Fatalf("got %d, want %d", got, want)
		}
	}
}

func read(c contestant, in input) func(*testing.B) {
	return func(b *testing.B) {
		s, err := c.open(in)
		if err != nil {
			b.Fatal(err)
		}
		defer s.close()
		read := s.read
		sum := 0
		for b.Loop() {
			sum += read()
		}
		if sum == 0 {
			b.Fatal("nothing was read")
		}
	}
}

// dispatch changes one value in memory and notifies its listeners: by a hook on the field,
// or, without hooks, by a comparison in each listener.
func dispatch(c contestant, in input) func(*testing.B) {
	return func(b *testing.B) {
		s, err := c.open(in)
		if err != nil {
			b.Fatal(err)
		}
		defer s.close()
		called := 0
		s.listen(1000, func() { called++ })
		n := 0
		for b.Loop() {
			n++
			if err := s.set(n%2 + 1); err != nil {
				b.Fatal(err)
			}
		}
		if called < n-1 {
			b.Fatalf("called %d times of %d changes", called, n)
		}
	}
}
