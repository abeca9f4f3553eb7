package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// limit is the maximum duration of a step, more than ten times what one needs.
const limit = 10 * time.Second

// play plays a scene and returns the number of steps with the expected outcome.
func (s scene) play(ctx context.Context, show *screen, binary, home, text string) (steps int, err error) {
	f := &file{home: home, text: text}
	if err := os.Mkdir(home, 0o700); err != nil {
		return 0, err
	}
	if err := s.layout(f); err != nil {
		return 0, err
	}
	show.heading(s.title)
	ctx, end := context.WithCancel(ctx)
	show.does("start the service")
	began := time.Now()
	service, err := launch(ctx, binary, home)
	if err != nil {
		end()
		return 0, err
	}
	defer service.gone()
	defer end() // before the wait for it

	// The start has no line of its own; it is complete after the lines of all hooks.
	first := step{title: "start the service", hooks: s.start[:len(s.start)-1], ends: s.start[len(s.start)-1]}
	if err := first.watch(ctx, show, service, began); err != nil {
		return 0, err
	}
	show.good("revision 1 is in force")
	for _, step := range s.steps {
		show.rest(ctx)
		show.does(step.title)
		before := f.text
		if err := step.change(f, service); err != nil {
			return steps, err
		}
		done := time.Now()
		show.edited(before, f.text)
		if err := step.watch(ctx, show, service, done); err != nil {
			return steps, err
		}
		steps++
	}
	show.rest(ctx)
	show.does("end the service with SIGTERM")
	done := time.Now()
	if err := service.signal(syscall.SIGTERM); err != nil {
		return steps, err
	}
	last := step{title: "end the service", ends: goodbye}
	return steps + 2, last.watch(ctx, show, service, done)
}

// watch shows the output of the service until the step is complete, and compares it
// with the expected output.
func (s step) watch(ctx context.Context, show *screen, service *service, since time.Time) error {
	late := time.NewTimer(limit)
	defer late.Stop()
	var hooks []string
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late.C:
			return fmt.Errorf("%q: the service did not print %q within %s", s.title, s.ends, limit)
		case l, ok := <-service.lines:
			switch {
			case !ok:
				return fmt.Errorf("%q: the service ended before it printed %q", s.title, s.ends)
			case l.msg == working && (s.ends != working || !strings.Contains(l.text, s.with)):
				continue // the service keeps working, whatever happens to its file
			}
			show.service(l, l.at.Sub(since))
			if l.msg == s.ends {
				show.remark(s.note)
				return s.judge(hooks, l)
			}
			if hooks = append(hooks, l.msg); !slices.Contains(s.hooks, l.msg) {
				return fmt.Errorf("%q: unexpected output of the service: %s", s.title, l.text)
			}
		}
	}
}

// judge compares the outcome of a step with the expected one.
func (s step) judge(hooks []string, end line) error {
	if !slices.Equal(hooks, s.hooks) {
		return fmt.Errorf("%q: the hooks printed %q, want %q", s.title, hooks, s.hooks)
	}
	for _, want := range s.why {
		if !strings.Contains(end.attr["error"], want) {
			return fmt.Errorf("%q: the reason is %q, want %q in it", s.title, end.attr["error"], want)
		}
	}
	return nil
}
