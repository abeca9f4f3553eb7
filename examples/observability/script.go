package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/hotbind/hotbind/examples/observability/config"
	"github.com/hotbind/hotbind/runtime/notify/webhook"

	rt "github.com/hotbind/hotbind/runtime"
)

// A step is one event of the story.
type step struct {
	title string
	play  func(context.Context) error
}

// script returns the story. Every edit changes the text of the one before.
func (s *story) script() []step {
	return []step{
		{"The runner starts, with the channels of the program and of settings.yaml", s.start},
		{"Somebody edits config.yaml: more workers, a timeout, a new password", s.goodEdit},
		{"An edit has three mistakes, and the answer of the webhook is lost", s.badEdit},
		{"Nine more bad saves: one alert, and a count", s.burst},
		{"The mistakes are corrected", s.recovery},
		{"A queue that nobody pays for: a subscriber fails, but the queue is served", s.subscriberFails},
		{"alice needs more workers now, and updates the value through the API", s.update},
		{"bob rolls that back", s.rollback},
		{"GET /metrics, what Prometheus would read", s.metrics},
		{"notifications.jsonl, the record for tools", s.record},
		{"The queue in memory keeps the newest three", s.queue},
		{"Somebody else calls the webhook", s.forgery},
		{"The notifications, channel by channel", s.statistics},
		{"audit.jsonl, the decisions", s.audit},
		{"mallory edits a copy of the audit log", s.tamper},
		{"The runner ends, and no output contains a secret", s.stop},
	}
}

func (s *story) start(ctx context.Context) (err error) {
	key := rt.NewSecret("the " + canary + " that both ends know")
	if s.receiver, err = answer(key, s.diary); err != nil {
		return err
	}
	// The receiver has any free port.
	settings := strings.Replace(settingsText, "http://127.0.0.1:8099", s.receiver.pages.url, 1)
	for name, text := range map[string]string{"hook.key": key.Reveal(), "settings.yaml": settings} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := s.edit(); err != nil {
		return err
	}
	if s.runner, err = launch(ctx, s.diary); err != nil {
		return err
	}
	if err := s.await(ctx, 0, "hook", "hook", "hook", "hook"); err != nil {
		return err
	}
	var names []string
	for _, c := range s.runner.live.Manager().Channels().Stats() {
		names = append(names, c.Name)
	}
	s.show.row("channels", strings.Join(names, ", "))
	s.show.row("pages", s.runner.pages.url+" has /metrics, /status, /healthz")
	return nil
}

func (s *story) goodEdit(ctx context.Context) error {
	if err := s.edit("workers: 4", "workers: 6", "timeout: 30s", "timeout: 45s", "-of-spring", "-of-summer"); err != nil {
		return err
	}
	return s.await(ctx, 1, "hook", "hook", "watch", "board", "peers")
}

func (s *story) badEdit(ctx context.Context) error {
	s.receiver.loseNext()
	if err := s.edit("workers: 6", "workers: 100", "-of-summer", "", "    timeout: 45s", "    tiemout: 45s"); err != nil {
		return err
	}
	if err := s.await(ctx, 1, "board", "health", "on-call", "on-call", "on-call"); err != nil {
		return err
	}
	return errors.Join(s.healthz(ctx), s.status(ctx, "last_error"))
}

func (s *story) burst(ctx context.Context) error {
	_, before, _ := s.receiver.counts()
	for n := range 9 {
		if err := s.edit(fmt.Sprint("workers: ", 100+n), fmt.Sprint("workers: ", 101+n)); err != nil {
			return err
		}
		// Only the board is called for each refusal.
		if err := s.until(ctx, func() bool { return s.diary.has([]string{"board"}) }); err != nil {
			return err
		}
		s.diary.take()
	}
	if err := s.await(ctx, 0); err != nil {
		return err
	}
	_, after, _ := s.receiver.counts()
	m, err := s.runner.live.Manager().Metrics()
	s.show.row("metrics", fmt.Sprintf("%d candidates refused in a row", m.RefusedInRow))
	s.show.row("on-call", fmt.Sprintf("%d more calls; after a minute there would be one for all nine", after-before))
	return err
}

func (s *story) recovery(ctx context.Context) error {
	if err := s.edit("workers: 109", "workers: 10", "password: tangerine", "password: tangerine-of-summer", "tiemout", "timeout"); err != nil {
		return err
	}
	if err := s.await(ctx, 2, "hook", "board", "health", "on-call"); err != nil {
		return err
	}
	return s.healthz(ctx)
}

func (s *story) subscriberFails(ctx context.Context) error {
	if err := s.edit("  reports:", "  thumbnails: {share: 2, retries: 0}\n  reports:"); err != nil {
		return err
	}
	if err := s.await(ctx, 2, "hook", "watch", "board", "peers", "on-call"); err != nil {
		return err
	}
	return s.status(ctx, "subscriber_error")
}

func (s *story) update(ctx context.Context) error {
	live := s.runner.live
	if _, err := live.Manager().Update(by(ctx, "alice", "the queue grows"), config.Set(live.Workers(), 16)); err != nil {
		return err
	}
	return s.await(ctx, 1, "hook", "board")
}

func (s *story) rollback(ctx context.Context) error {
	if _, err := s.runner.live.Manager().Rollback(by(ctx, "bob", "the broker is slow"), rt.Steps(1)); err != nil {
		return err
	}
	if err := s.await(ctx, 1, "hook", "board", "board", "on-call"); err != nil {
		return err
	}
	return s.status(ctx)
}

// forgery posts an earlier body again, signed with another key.
func (s *story) forgery(ctx context.Context) error {
	body := s.receiver.bodies()[0]
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.receiver.pages.url+"/alerts", bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	request.Header.Set(webhook.HeaderSignature, "t=1772625600,v1=8d0a")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	text, err := readAll(response)
	s.show.row("on-call", fmt.Sprint(response.StatusCode, " ", text))
	deliveries, requests, forged := s.receiver.counts()
	s.show.row("", fmt.Sprintf("%d deliveries in %d requests, %d forged", deliveries, requests, forged))
	return err
}

// stop ends the runner and searches everything it wrote for the canary.
func (s *story) stop(context.Context) error {
	stopped := s.runner
	s.runner = nil
	if err := stopped.stop(); err != nil {
		return err
	}
	journal, err := linesWith("service.log", "event=")
	if err != nil {
		return err
	}
	for _, line := range journal {
		s.show.row("journal", line)
	}
	looked, leaks, err := s.leaks()
	switch {
	case err != nil:
		return err
	case len(leaks) > 0:
		return fmt.Errorf("found a secret in %s", strings.Join(leaks, ", "))
	}
	s.show.row("secrets", "none in "+looked)
	return nil
}
