package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the transcripts")

// Each transcript in testdata is a session of an operator. Lines with $ are events around
// the relay, lines with > are commands, and all others are output. The relay does not follow
// its files, so that the output only depends on the commands.
func TestTranscripts(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(here, "testdata", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want := read(t, file)
			var got strings.Builder
			s := newService(t)
			for line := range strings.Lines(want) {
				line = strings.TrimSuffix(line, "\n")
				does, isEvent := strings.CutPrefix(line, "$ ")
				asks, isCommand := strings.CutPrefix(line, "> ")
				if !isEvent && !isCommand && !strings.HasPrefix(line, "#") && line != "" {
					continue // output, which is written again
				}
				got.WriteString(line + "\n")
				if isEvent {
					s.event(does)
				}
				if isCommand {
					s.console.do(t.Context(), asks)
				}
				got.WriteString(s.reported())
			}
			if *update {
				if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got.String(), "\n")); diff != "" {
				t.Errorf("the transcript (-) differs from what happened (+); go test -update writes it:\n%s", diff)
			}
			// No command in any state shows a secret.
			for _, secret := range []string{"correct-horse", "battery-staple"} {
				if text := strings.ReplaceAll(got.String(), "> set account.password battery-staple", ""); strings.Contains(text, secret) {
					t.Errorf("%s is shown", secret)
				}
			}
		})
	}
}

// A service is a relay with its own files.
type service struct {
	t       *testing.T
	home    string
	edits   int
	relay   *relay
	console *console

	mu   sync.Mutex
	text bytes.Buffer
}

// newService copies the files of the example and makes the copy the working directory. It
// starts nothing.
func newService(t *testing.T) *service {
	t.Helper()
	for _, name := range []string{"HOTBIND_ENV", "APP_ENV", "ENVIRONMENT", "GO_ENV"} {
		t.Setenv(name, "")
	}
	s := &service{t: t, home: t.TempDir()}
	for _, folder := range []string{"config", "migrations"} {
		if err := os.CopyFS(filepath.Join(s.home, folder), os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(s.home, func(path string, _ os.DirEntry, err error) error {
		if err == nil {
			s.age(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(s.home)
	t.Cleanup(s.stop) // before the folder is left and removed
	return s
}

// age makes a file look old, so that no start waits for it to settle.
func (s *service) age(path string) {
	s.edits++
	then := time.Now().Add(-time.Hour + time.Duration(s.edits)*time.Second)
	if err := os.Chtimes(path, then, then); err != nil {
		s.t.Fatal(err)
	}
}

// event executes an event around the relay: start ARGS, stop, env NAME=VALUE, edit FILE
// OLD => NEW, cat FILE.
func (s *service) event(line string) {
	s.t.Helper()
	what, rest, _ := strings.Cut(line, " ")
	switch what {
	case "start":
		if err := s.start(strings.Fields(rest)...); err != nil {
			s.Write([]byte(err.Error() + "\n"))
		}
	case "stop":
		s.stop()
	case "env":
		name, value, _ := strings.Cut(rest, "=")
		s.t.Setenv(name, value)
	case "edit":
		file, change, _ := strings.Cut(rest, " ")
		before, after, _ := strings.Cut(change, " => ")
		s.edit(file, before, after)
	case "cat":
		for line := range strings.Lines(read(s.t, filepath.Join(s.home, rest))) {
			s.Write([]byte("  " + line))
		}
	default:
		s.t.Fatalf("unknown event %s", line)
	}
}

func (s *service) start(args ...string) error {
	s.stop()
	flags, err := parseFlags(append(args, "--config", "config"))
	if err != nil {
		return err
	}
	screen := &screen{out: s}
	if s.relay, err = start(s.t.Context(), screen, flags.options()...); err != nil {
		return err
	}
	s.console = &console{live: s.relay.live, screen: screen}
	s.console.greet()
	return nil
}

func (s *service) stop() {
	if s.relay != nil {
		s.relay.stop()
	}
	s.relay = nil
}

// edit replaces a file by rename, as editors do.
func (s *service) edit(file, before, after string) {
	s.t.Helper()
	path := filepath.Join(s.home, filepath.FromSlash(file))
	text := read(s.t, path)
	if strings.Count(text, before) != 1 {
		s.t.Fatalf("want %q exactly once in %s:\n%s", before, file, text)
	}
	if err := os.WriteFile(path+".new", []byte(strings.Replace(text, before, after, 1)), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.age(path + ".new")
	if err := os.Rename(path+".new", path); err != nil {
		s.t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// Write collects the output of the relay.
func (s *service) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

var (
	clock = regexp.MustCompile(`\d\d:\d\d:\d\d`)
	place = regexp.MustCompile(`\.go:\d+`)
)

// said returns the output since the last call, with everything that varies replaced.
func (s *service) reported() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.ReplaceAll(s.text.String(), s.home+string(filepath.Separator), "")
	s.text.Reset()
	text = place.ReplaceAllString(clock.ReplaceAllString(text, "hh:mm:ss"), ".go:N")
	return filepath.ToSlash(text)
}

// eventually repeats a command until the output contains text.
func (s *service) eventually(ask, text string) {
	s.t.Helper()
	var all strings.Builder
	for late := time.Now().Add(20 * time.Second); time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
		if ask != "" {
			s.console.do(s.t.Context(), ask)
		}
		reported := s.reported()
		all.WriteString(reported)
		if strings.Contains(all.String(), text) {
			return
		}
	}
	s.t.Fatalf("the relay did not print %q:\n%s", text, &all)
}

// Outside production the files are followed. A new strategy also applies to pending
// changes.
func TestFollowing(t *testing.T) {
	s := newService(t)
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	s.edit("config/base.yaml", "workers: 4", "workers: 5")
	s.eventually("", "workers: 4 → 5\n")
	s.console.do(t.Context(), "strategy manual")
	s.edit("config/base.yaml", "workers: 5", "workers: 6")
	s.eventually("status", "pending          config/base.yaml\n")
	if n := s.relay.live.Current().Workers; n != 5 {
		t.Errorf("got %d workers without a reload", n)
	}
	s.console.do(t.Context(), "strategy immediate")
	s.eventually("", "workers: 5 → 6\n")
	s.console.do(t.Context(), "disable")
	s.edit("config/base.yaml", "workers: 6", "workers: 7")
	s.console.do(t.Context(), "reload")
	s.eventually("", "revision 4 is in force, 1 change: 1 modified")
}

// The program greets, answers commands, and ends at the end of its input.
func TestRun(t *testing.T) {
	s := newService(t)
	flags, err := parseFlags([]string{"--config", "config", "--workers", "3"})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), flags, strings.NewReader("explain workers\nwhat\nquit\nstatus\n"), s); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(s.reported(), "revision 1 is in force")
	want := `, the environment is development; type help for a list of commands
workers is 3
  --workers              3
  config/base.yaml:3:10  4
  (default)              4
unknown command what; type help for a list
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
