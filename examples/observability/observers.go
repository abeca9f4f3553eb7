package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	rt "github.com/hotbind/hotbind/runtime"
)

// A board is a subscriber with all optional methods. It displays what happens.
type board struct {
	diary *diary
}

// OnChange is called if a single value changed.
func (b *board) OnChange(_ context.Context, c rt.ValueChange) error {
	b.diary.note("board", c.String())
	return nil
}

// OnReload is called instead of OnChange if several values changed.
func (b *board) OnReload(_ context.Context, changes rt.Changes) error {
	paths := make([]string, len(changes))
	for i, c := range changes {
		paths[i] = c.Path
	}
	b.diary.note("board", fmt.Sprintf("%d values at once: %s", len(changes), strings.Join(paths, ", ")))
	return nil
}

// OnReloadError is called for every refusal, even for those that channels combine.
func (b *board) OnReloadError(_ context.Context, err error, _ rt.Changes) error {
	refused := (*rt.ReloadError)(nil)
	invalid := (*rt.ValidationError)(nil)
	if errors.As(err, &refused) && errors.As(err, &invalid) {
		b.diary.note("board", fmt.Sprintf("%d mistakes, still at revision %d", len(invalid.Findings), refused.Kept))
		return nil
	}
	b.diary.note("board", err.Error())
	return nil
}

// OnRollback is called for a rollback on request.
func (b *board) OnRollback(_ context.Context, from, to rt.Revision) error {
	b.diary.note("board", fmt.Sprintf("%s rolled back revision %d; the new revision is %d", to.Metadata["actor"], from.ID, to.ID))
	return nil
}

// A billing is a subscriber that fails for a queue that nobody pays for. The error is
// reported but does not undo the change; an error of a hook would.
type billing struct {
	paid []string
}

// OnChange is called for a queue that was added, removed or changed.
func (b *billing) OnChange(_ context.Context, c rt.ValueChange) error {
	queue := strings.TrimPrefix(c.Path, "queues.")
	if c.Kind == rt.Added && !slices.Contains(b.paid, queue) {
		return fmt.Errorf("nobody pays for the queue %s", queue)
	}
	return nil
}

// A health is the state that a load balancer asks for. A runner is degraded if the content
// of its file is not in force.
type health struct {
	diary *diary
	mu    sync.Mutex
	why   string // empty if well
}

// observe is called with refusals and recoveries.
func (h *health) observe(_ context.Context, n rt.Notification) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.why = ""
	if n.Event == rt.EventRefused {
		h.why = n.Message
	}
	h.diary.note("health", map[bool]string{true: "degraded", false: "well"}[h.why != ""])
	return nil
}

func (h *health) reason() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.why
}

// A diary collects what observers report. They do so concurrently.
type diary struct {
	mu      sync.Mutex
	entries []entry
}

type entry struct{ who, what string }

func (d *diary) note(who, what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry{who, what})
}

// has reports whether the entries since the last take are from exactly the observers in
// who, each as often as it is listed.
func (d *diary) has(who []string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	count := map[string]int{}
	for _, e := range d.entries {
		count[e.who]++
	}
	for _, name := range who {
		count[name]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// take returns and removes the entries, sorted by observer: hooks, then subscribers, then
// channels.
func (d *diary) take() []entry {
	order := []string{"hook", "watch", "board", "health", "peers", "on-call"}
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := d.entries
	d.entries = nil
	slices.SortStableFunc(taken, func(a, b entry) int {
		return slices.Index(order, a.who) - slices.Index(order, b.who)
	})
	return taken
}
