package outbox

import (
	"context"
	"log/slog"
	"time"
)

// A health holds what was last logged about a channel. Only changes of state are logged:
// a target that is down for a night takes two lines.
type health struct {
	failing, slow bool
	since         time.Time
	failed        uint64 // given up when it began to fail
	dropped       uint64 // dropped notifications that were logged
}

// A logged is a line for the log.
type logged struct {
	level   slog.Level
	message string
	args    []any
}

// note records the outcome of the last try; again reports whether it is tried again. It
// returns the line to log, or nil. The caller holds the lock.
func (w *worker) note(o outcome, again bool) *logged {
	h := &w.health
	w.stats.LastError = o.err
	switch {
	case o.err != nil && !h.failing:
		h.failing, h.since, h.failed = true, time.Now(), w.stats.Failed
		if !again {
			h.failed-- // this one
		}
		return &logged{slog.LevelError, "a notification channel is failing", []any{"error", o.text, "retried", again}}
	case o.err == nil && h.failing:
		args := []any{"after", time.Since(h.since), "failed", w.stats.Failed - h.failed, "dropped", w.stats.Dropped - h.dropped}
		h.failing, h.slow, h.dropped = false, false, w.stats.Dropped
		return &logged{slog.LevelInfo, "a notification channel works again", args}
	}
	return nil
}

// pace checks whether a working channel is too slow for what is published.
func (w *worker) pace() *logged {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := &w.health
	lost := w.stats.Dropped - h.dropped
	switch {
	case h.failing:
	case lost > 0 && !h.slow:
		h.slow = true
		return &logged{slog.LevelWarn, "a notification channel is too slow: the oldest notifications are dropped", []any{"queue", w.options.QueueLength}}
	case h.slow && len(w.queue) == 0:
		h.slow, h.dropped = false, w.stats.Dropped
		return &logged{slog.LevelInfo, "a notification channel keeps up again", []any{"dropped", lost}}
	}
	return nil
}

// logLine writes a line to the log. The handler is code of the application: if it panics,
// the panic is recovered, and if it blocks, only this channel waits.
func (w *worker) logLine(l *logged) {
	if l == nil {
		return
	}
	w.caller.BeginFor(w.ctx, 0, func(context.Context) error {
		w.outbox.logger.Log(context.Background(), l.level, l.message, append([]any{"channel", w.name}, l.args...)...)
		return nil
	}, nil).Wait()
}
