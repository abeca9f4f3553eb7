package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// programs lists the programs, by what they do: hotbind's, then viper's and koanf's. The
// peers' programs validate nothing.
var programs = []struct{ name, ours, viper, koanf string }{
	{"read a file once, package without Live", "parse", "viperload", "koanfload"},
	{"read a file once, package with Live", "parselive", "", ""},
	{"follow a file", "open", "viperfollow", "koanffollow"},
	{"with every part of hotbind", "everything", "", ""},
}

// printSizes builds the programs as for a release and writes the table of their sizes, with
// the ratio of every peer to hotbind.
func printSizes(w io.Writer, dir string) {
	fmt.Fprintf(w, "Built with `go build -trimpath -ldflags \"-s -w\"`, %s, %s/%s. The programs of viper and koanf check nothing.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintln(w, "\n| program | hotbind | viper | koanf |\n| --- | ---: | ---: | ---: |")
	for _, p := range programs {
		ours := size(dir, p.ours)
		fmt.Fprintf(w, "| %s | %.2f MB |", p.name, ours)
		for _, peer := range []string{p.viper, p.koanf} {
			if peer == "" {
				fmt.Fprint(w, " |")
				continue
			}
			theirs := size(dir, peer)
			fmt.Fprintf(w, " %.2f MB (%s) |", theirs, ratio(theirs/ours))
		}
		fmt.Fprintln(w)
	}
}

// size builds a program and returns its size in MB.
func size(dir, program string) float64 {
	path := filepath.Join(dir, program)
	out, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./size/"+program).CombinedOutput()
	if err != nil {
		log.Fatalf("%s: %v\n%s", program, err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		log.Fatal(err)
	}
	return float64(info.Size()) / 1e6
}
