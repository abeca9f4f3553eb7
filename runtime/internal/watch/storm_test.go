package watch_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/internal/watch"
)

// Changes of all kinds follow each other at random, and each ends with a content of its
// own. A reader that reads at every event must read each of them: a missed event, or one
// sent before the watch was armed again, fails the test. Table tests cannot do that,
// because they wait until everything is quiet.
func TestEveryContentIsRead(t *testing.T) {
	t.Parallel()
	needLinux(t, "elsewhere a folder above the file's own is seen by the poll")
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			readEvery(t, rand.New(rand.NewPCG(seed, 0)), 150)
		})
	}
}

func readEvery(t *testing.T, random *rand.Rand, steps int) {
	s := newScene(t)
	read := make(chan string, 100_000)
	w := watch.New(func(e watch.Event) {
		text, _ := os.ReadFile(s.watched)
		read <- string(text)
	})
	defer func() { must(t, w.Close()); <-w.Done() }()
	w.Set([]string{s.watched})
	var history []string
	for step := range steps {
		change := s.changes[random.IntN(len(s.changes))]
		text := fmt.Sprintln("step:", step)
		history = append(history, change.name)
		change.do(text)
		limit := time.NewTimer(testkit.Patience)
		for got := ""; got != text; {
			select {
			case got = <-read:
			case <-limit.C:
				t.Fatalf("never read %q after %v", text, history[max(0, len(history)-5):])
			}
		}
		limit.Stop()
	}
}

// A scene is a file behind two links and the possible changes to it.
type scene struct {
	root    string
	watched string // root/conf/app.yaml -> current/app.yaml, current -> ../data/live
	serial  int
	changes []change
}

type change struct {
	name string
	do   func(text string) // writes a file with that text
}

func newScene(t *testing.T) *scene {
	s := &scene{root: folders(t, "conf", "data/live")}
	s.watched = s.at("conf/app.yaml")
	live := s.at("data/live/app.yaml")
	write(t, live, "step: none\n")
	s.link(t)
	s.changes = []change{
		{"write", func(text string) { write(t, s.watched, text) }},
		{"replace", func(text string) { replace(t, live, text) }},
		{"remove and create", func(text string) {
			must(t, os.Remove(live))
			write(t, live, text)
		}},
		{"folder removed and re-created", func(text string) { s.renew(t, "data/live", text) }},
		{"folder above removed and re-created", func(text string) { s.renew(t, "data", text) }},
		{"folder renamed away", func(text string) { s.moveAside(t, "data/live", text) }},
		{"folder above renamed away", func(text string) { s.moveAside(t, "data", text) }},
		{"folder renamed away and back", func(text string) {
			must(t, os.Rename(s.at("data/live"), s.at("data/aside")))
			must(t, os.Rename(s.at("data/aside"), s.at("data/live")))
			write(t, live, text)
		}},
		{"links removed and re-created", func(text string) {
			must(t, os.RemoveAll(s.at("conf")))
			must(t, os.Mkdir(s.at("conf"), 0o755))
			write(t, live, text)
			s.link(t)
		}},
		{"link swapped and back", func(text string) {
			must(t, os.Mkdir(s.at("data/other"), 0o755))
			relink(t, "../data/other", s.at("conf/current"))
			write(t, s.watched, "step: other\n")
			relink(t, "../data/live", s.at("conf/current"))
			must(t, os.RemoveAll(s.at("data/other")))
			write(t, live, text)
		}},
	}
	return s
}

func (s *scene) at(name string) string { return filepath.Join(s.root, name) }

func (s *scene) link(t *testing.T) {
	must(t, os.Symlink("../data/live", s.at("conf/current")))
	must(t, os.Symlink("current/app.yaml", s.watched))
}

func (s *scene) renew(t *testing.T, folder, text string) {
	must(t, os.RemoveAll(s.at(folder)))
	must(t, os.MkdirAll(s.at("data/live"), 0o755))
	write(t, s.at("data/live/app.yaml"), text)
}

func (s *scene) moveAside(t *testing.T, folder, text string) {
	s.serial++
	must(t, os.Rename(s.at(folder), s.at(fmt.Sprint("aside", s.serial))))
	must(t, os.MkdirAll(s.at("data/live"), 0o755))
	write(t, s.at("data/live/app.yaml"), text)
}
