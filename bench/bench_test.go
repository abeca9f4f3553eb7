package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/bench/plain"
)

var update = flag.Bool("update", false, "draw the plot")

// values returns a configuration as JSON has it, so that those of different types compare.
func values(t *testing.T, of any) any {
	t.Helper()
	text, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestSameValues: all contestants load the same values, or their times say nothing. This
// also holds the decoders of the limit to the ordinary parsers.
func TestSameValues(t *testing.T) {
	t.Parallel()
	all, err := contestants()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range allSizes[:2] {
		for _, format := range formats {
			in, err := newInput(t.TempDir(), format, s)
			if err != nil {
				t.Fatal(err)
			}
			want := values(t, document(s))
			for _, c := range all {
				got, err := c.load(in.path)
				if err != nil {
					t.Errorf("%s, %s: %v", c.name, in.name, err)
				} else if !reflect.DeepEqual(values(t, got), want) {
					t.Errorf("%s, %s: other values", c.name, in.name)
				}
			}
		}
	}
}

// TestRefusals: every contestant validates. One that does not would win unfairly.
func TestRefusals(t *testing.T) {
	t.Parallel()
	all, err := contestants()
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*plain.Service){
		"pool size":   func(c *plain.Service) { c.Database.PoolSize = 1001 },
		"log level":   func(c *plain.Service) { c.Log.Level = "loud" },
		"owner":       func(c *plain.Service) { m := c.Machines["m00007"]; m.Owner = "Team 7"; c.Machines["m00007"] = m },
		"no region":   func(c *plain.Service) { m := c.Machines["m00007"]; m.Region = ""; c.Machines["m00007"] = m },
		"empty host":  func(c *plain.Service) { c.Server.Host = "" },
		"weight":      func(c *plain.Service) { m := c.Machines["m00000"]; m.Weight = 1.5; c.Machines["m00000"] = m },
		"worker port": func(c *plain.Service) { c.Mail.Port = 70_000 },
	} {
		for _, format := range formats {
			c := document(allSizes[1])
			spoil(c)
			path := filepath.Join(t.TempDir(), "config."+strings.ToLower(format))
			text, err := render(c, filepath.Ext(path))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, contestant := range all {
				if _, err := contestant.load(path); err == nil {
					t.Errorf("%s accepts an invalid %s in %s", contestant.name, name, format)
				}
			}
		}
	}
}

// TestShapes: both contestants load the same values of the other shapes.
func TestShapes(t *testing.T) {
	t.Parallel()
	both, err := shapeContestants()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range newShapes(100) {
		path := filepath.Join(t.TempDir(), "shape.yaml")
		if err := os.WriteFile(path, []byte(s.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var got []any
		for _, c := range both {
			v, err := c.load(path)
			if err != nil {
				t.Fatalf("%s, %s: %v", c.name, s.name, err)
			}
			got = append(got, values(t, v))
		}
		if !reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("%s: the values differ", s.name)
		}
	}
}

// TestShort runs the whole bench on small files, so that it cannot rot: each trial fails if
// the work was not done.
func TestShort(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("the limit needs Linux")
	}
	results, err := short(t.TempDir()).run(regexp.MustCompile(""), &progress{w: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 3 {
		t.Errorf("got %d tables, want times, memory and shapes", len(results))
	}
}

// TestRatios: a ratio is between values of the same round. The ratio of the medians would be
// 2 here, but in most rounds the second contestant took three times as long.
func TestRatios(t *testing.T) {
	t.Parallel()
	costs := [][]cost{{{ns: 1}, {ns: 10}, {ns: 100}}, {{ns: 3}, {ns: 30}, {ns: 20}}, nil}
	r := newRow("load", costs, cost.time, showTime)
	if r.value != "10 ns" || r.ratios[0] != 3 || !math.IsNaN(r.ratios[1]) {
		t.Errorf("got %+v", r)
	}
}

// TestTurns: each round begins with the next contestant, and the first round does not count.
func TestTurns(t *testing.T) {
	t.Parallel()
	var order strings.Builder
	var trials []trial
	for _, name := range "abc" {
		trials = append(trials, func() (cost, error) { order.WriteRune(name); return cost{}, nil })
	}
	costs, err := compete(trials, 2, func(int) {})
	if got, want := order.String(), "abcbcacab"; err != nil || got != want || len(costs[0]) != 2 {
		t.Errorf("got %s, %d, %v, want %s", got, len(costs[0]), err, want)
	}
}

// TestPage: the plot beside the page shows the tables of the page, so that each figure has
// one home. After a change of the plot, go test -run TestPage -update draws it.
func TestPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := plotPage(string(page))
	if err != nil {
		t.Fatal(err)
	}
	const path = "../docs/performance.svg"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s does not show the tables of the page (%v); run go test -run TestPage -update", path, err)
	}
}

// TestPublish: the tables can be read back from the page, and text around them stays.
func TestPublish(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "performance.md")
	text := "Before.\n"
	for _, name := range []string{"times", "memory"} {
		text += "<!-- generated: make peers, " + name + " -->\n\nold\n\n<!-- end -->\n"
	}
	if err := os.WriteFile(path, []byte(text+"After.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := table{[]string{"limit", "viper", "hotbind"}, []row{{"load", "1 ms", []float64{math.NaN(), 2.5}}}}
	if err := publish(dir, []result{{"times", tab}, {"memory", tab}}, time.Now()); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tableOf(string(page), "memory")
	if err != nil || got.String() != tab.String() {
		t.Errorf("got %v, %v, want %v", got, err, tab)
	}
	if !strings.HasPrefix(string(page), "Before.") || !strings.HasSuffix(string(page), "After.\n") || strings.Contains(string(page), "old") {
		t.Errorf("got %s", page)
	}
}

// TestPlot: a row has its name, the value of the limit and a mark for each contestant that
// takes part, at the place of its ratio. Small ratios keep a digit, because zero has no place.
func TestPlot(t *testing.T) {
	t.Parallel()
	tab, err := parseTable(table{[]string{"limit", "viper", "hotbind"}, []row{
		{"load & check", "1 ms", []float64{100, 2.5}},
		{"compare", "3 ns", []float64{math.NaN(), 0.004}},
	}}.String())
	if err != nil {
		t.Fatal(err)
	}
	picture, a := plot(tab), newAxis(tab)
	for _, want := range []string{
		"load &amp; check", ">1 ms<", ">viper<", ">hotbind<", ">100×<",
		fmt.Sprintf(`<g class="c1" transform="translate(%.1f `, a.x(100)),
		fmt.Sprintf(`<g class="c2" transform="translate(%.1f `, a.x(2.5)),
		fmt.Sprintf(`<g class="c2" transform="translate(%.1f `, a.x(0.004)),
	} {
		if !strings.Contains(picture, want) {
			t.Errorf("the plot lacks %s:\n%s", want, picture)
		}
	}
	if got := strings.Count(picture, `<g class="c`); got != 2+3 {
		t.Errorf("got %d marks, want 2 in the legend and 3 in the rows", got)
	}
	if _, err := parseTable("| | a | b |\n|-|-|-|\n| x | 1 | 0.00× |"); err == nil {
		t.Error("a ratio of zero was read")
	}
}
