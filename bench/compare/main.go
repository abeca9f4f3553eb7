// Compare tests the same claims with hotbind, viper, koanf and go-jsonschema, on the same
// files, and prints docs/comparison.md; make comparison runs it. Each library is used as its
// documentation shows. If it needs an option for a claim to be true, the table names it.
package main

//go:generate go run github.com/atombender/go-jsonschema@v0.24.1 --package peer --extra-imports --struct-name-from-title --output peer/config.go config.schema.json

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"strings"
	"sync"
)

func main() {
	log.SetFlags(0)
	race := flag.String("race-probe", "", "only read a value of this `contestant` while its file changes")
	flag.Parse()
	if *race != "" {
		if err := probe(*race); err != nil {
			log.Fatal(err)
		}
		return
	}
	w := bufio.NewWriter(os.Stdout)
	if err := errors.Join(page(w), w.Flush()); err != nil {
		log.Fatal(err)
	}
}

// page writes the whole page.
func page(w io.Writer) error {
	versions, err := versions()
	if err != nil {
		return err
	}
	first, err1 := table(reading, contestants)
	second, err2 := table(followed, contestants[:3]) // go-jsonschema does not follow files
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, text, versions, first, second)
	return err
}

// versions returns the libraries with their versions in go.mod.
func versions() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Path}} {{.Version}}", "github.com/spf13/viper", "github.com/knadh/koanf/v2").Output()
	if err != nil {
		return "", err
	}
	both := strings.Split(strings.TrimSpace(string(out)), "\n")
	return both[0] + ", " + both[1] + " and github.com/atombender/go-jsonschema " + peerVersion, nil
}

// peerVersion is the version in the go:generate line above.
const peerVersion = "v0.24.1"

// table tests every row with every contestant. It tests rows one after the other, so that
// they do not slow each other down.
func table(rows []row, contestants []contestant) (string, error) {
	cells := make([][]string, len(rows))
	errs := make([]error, len(rows)*len(contestants))
	for i, r := range rows {
		cells[i] = make([]string, len(contestants))
		var all sync.WaitGroup
		for j, c := range contestants {
			all.Go(func() {
				dir, err := os.MkdirTemp("", "compare")
				if err == nil {
					defer os.RemoveAll(dir)
					cells[i][j], err = r.try(c, dir)
				}
				if err != nil {
					errs[i*len(contestants)+j] = fmt.Errorf("%s: %s: %w", r.claim, c.name, err)
				}
			})
		}
		all.Wait()
	}
	var b strings.Builder
	b.WriteString("| |")
	for _, c := range contestants {
		b.WriteString(" " + c.name + " |")
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(contestants)) + "\n")
	for i, r := range rows {
		b.WriteString("| " + r.claim + " | " + strings.Join(cells[i], " | ") + " |\n")
	}
	return b.String(), errors.Join(errs...)
}
