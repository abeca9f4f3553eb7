package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

var (
	//go:embed config.yaml
	configText string
	//go:embed settings.yaml
	settingsText string
)

// canary is part of every secret: the passwords of the broker, the key of the webhook and
// its address. No output may contain it.
const canary = "tangerine"

// patience is the maximum duration of a step, more than five times what one needs.
const patience = 10 * time.Second

// A story is the runner and the people around it.
type story struct {
	show     *screen
	diary    *diary
	runner   *runner
	receiver *receiver
	config   string            // the text of config.yaml
	recorded uint64            // notifications in the record
	pages    map[string]string // that were read, by address and step
}

func newStory(show *screen) *story {
	return &story{show: show, diary: &diary{}, config: configText, pages: map[string]string{}}
}

// play plays the script in the working directory. The error names the first step with an
// unexpected outcome.
func (s *story) play(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, s.end()) }()
	s.show.title("A runner of jobs, and everything that observes its configuration")
	for _, step := range s.script() {
		s.show.headline(step.title)
		if err := step.play(ctx); err != nil {
			return fmt.Errorf("%q: %w", step.title, err)
		}
		s.show.rest(ctx)
	}
	s.show.good(fmt.Sprintf("%d steps, each with the expected outcome", s.show.steps))
	return nil
}

// end stops everything that runs.
func (s *story) end() error {
	var errs []error
	if s.runner != nil {
		errs = append(errs, s.runner.stop())
	}
	if s.receiver != nil {
		errs = append(errs, s.receiver.pages.close())
	}
	s.runner = nil
	return errors.Join(errs...)
}

// edit replaces the first text of each pair with the second, and then config.yaml by
// rename, as editors do.
func (s *story) edit(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if strings.Count(s.config, pairs[i]) != 1 {
			return fmt.Errorf("want %q exactly once in config.yaml", pairs[i])
		}
		s.config = strings.Replace(s.config, pairs[i], pairs[i+1], 1)
	}
	if err := os.WriteFile("config.yaml.tmp", []byte(s.config), 0o600); err != nil {
		return err
	}
	return os.Rename("config.yaml.tmp", "config.yaml")
}

// await waits until the record has so many more notifications, the observers in who have
// reported, each as often as it is listed, and no channel has a waiting notification. Then
// it prints the reports.
func (s *story) await(ctx context.Context, notifications int, who ...string) error {
	s.recorded += uint64(notifications)
	err := s.until(ctx, func() bool {
		for _, c := range s.runner.live.Manager().Channels().Stats() {
			if c.Waiting > 0 || c.Name == "record" && c.Sent != s.recorded {
				return false
			}
		}
		return s.diary.has(who)
	})
	for _, e := range s.diary.take() {
		s.show.row(e.who, e.what)
	}
	return err
}

// until waits until holds returns true.
func (s *story) until(ctx context.Context, holds func() bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the expected outcome did not happen"))
	defer cancel()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-look.C:
		}
	}
	return nil
}

// get reads a page of the runner.
func (s *story) get(ctx context.Context, path string) (status int, text string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.runner.pages.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	s.pages[fmt.Sprint(path, " at step ", s.show.steps)] = string(body)
	return response.StatusCode, string(body), err
}

// by adds who makes a request, and why.
func by(ctx context.Context, actor, why string) context.Context {
	return rt.ContextWithMetadata(ctx, map[string]string{"actor": actor, "why": why})
}
