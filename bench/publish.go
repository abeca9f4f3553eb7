package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// publish writes the tables into performance.md, and the plot beside it.
func publish(docs string, results []result, now time.Time) error {
	path := filepath.Join(docs, "performance.md")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page := string(text)
	for _, r := range results {
		content := r.table.String()
		if r.name == "times" {
			content = fmt.Sprintf("Measured with `make peers`, %s, %s/%s, %d cores, %s.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), now.Format(time.DateOnly)) + content
		}
		if page, err = replaceSection(page, r.name, content); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	picture, err := plotPage(page)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(docs, "performance.svg"), []byte(picture), 0o644)
}

// A section of the page is between a comment that names it and an empty one.
func findSection(page, name string) (before, section, after string, err error) {
	begin, end := "<!-- generated: make peers, "+name+" -->\n\n", "\n<!-- end -->"
	before, rest, ok := strings.Cut(page, begin)
	section, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", "", "", fmt.Errorf("no section %q", strings.TrimSpace(begin))
	}
	return before + begin, section, end + after, nil
}

func replaceSection(page, name, content string) (string, error) {
	before, _, after, err := findSection(page, name)
	return before + content + after, err
}

// tableOf reads the table of a section.
func tableOf(page, name string) (table, error) {
	_, section, _, err := findSection(page, name)
	if err != nil {
		return table{}, err
	}
	at := strings.Index(section, "|")
	if at < 0 {
		return table{}, fmt.Errorf("no table in section %s", name)
	}
	return parseTable(section[at:])
}

// plotPage draws the tables of the page that have the limit.
func plotPage(page string) (string, error) {
	times, err := tableOf(page, "times")
	if err != nil {
		return "", err
	}
	memory, err := tableOf(page, "memory")
	if err != nil {
		return "", err
	}
	times.rows = append(times.rows, memory.rows...)
	return plot(times), nil
}
