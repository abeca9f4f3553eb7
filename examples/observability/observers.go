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

// A board is a subscriber with all the methods that one may have. It shows people what
// happens.
type board struct {
	diary *diary
}

// OnChange is told of a single value.
func (b *board) OnChange(_ context.Context, c rt.ValueChange) error {
	b.diary.note("board", c.String())
	return nil
}

// OnReload is told of several values at once, in the place of OnChange.
func (b *board) OnReload(_ context.Context, changes rt.Changes) error {
	paths := make([]string, len(changes))
	for i, c := range changes {
		paths[i] = c.Path
	}
	b.diary.note("board", fmt.Sprintf("%d values at once: %s", len(changes), strings.Join(paths, ", ")))
	return nil
}

// OnReloadError is told of every refusal, also of those that are one alert together.
func (b *board) OnReloadError(_ context.Context, err error, _ rt.Changes) error {
	refused := (*rt.ReloadError)(nil)
	invalid := (*rt.ValidationError)(nil)
	if errors.As(err, &refused) && errors.As(err, &invalid) {
		b.diary.note("board", fmt.Sprintf("%d mistakes keep us at revision %d", len(invalid.Findings), refused.Kept))
		return nil
	}
	b.diary.note("board", err.Error())
	return nil
}

// OnRollback is told that somebody went back.
func (b *board) OnRollback(_ context.Context, from, to rt.Revision) error {
	b.diary.note("board", fmt.Sprintf("%s went back, from revision %d to what is now %d", to.Metadata["actor"], from.ID, to.ID))
	return nil
}

// A billing is a subscriber that fails where nobody pays for a queue. That is told, and
// keeps the queue from nothing: a hook would.
type billing struct {
	paid []string
}

// OnChange is told of a queue that came, went or changed.
func (b *billing) OnChange(_ context.Context, c rt.ValueChange) error {
	queue := strings.TrimPrefix(c.Path, "queues.")
	if c.Kind == rt.Added && !slices.Contains(b.paid, queue) {
		return fmt.Errorf("nobody pays for the queue %s", queue)
	}
	return nil
}

// A health is what a load balancer asks for: a runner that does not do what its file
// says is degraded.
type health struct {
	diary *diary
	mu    sync.Mutex
	why   string // empty: it is well
}

// hear is called with refusals and recoveries.
func (h *health) hear(_ context.Context, n rt.Notification) error {
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

// A diary is what those who hear of something say. They say it at the same time.
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

// has reports whether each of who has said something since the last take, as often as
// it is named, and nobody else.
func (d *diary) has(who []string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	said := map[string]int{}
	for _, e := range d.entries {
		said[e.who]++
	}
	for _, name := range who {
		said[name]--
	}
	for _, n := range said {
		if n != 0 {
			return false
		}
	}
	return true
}

// take returns the entries since the last time, by who made them, in the order in which
// they are heard: the hooks, those who observe, the channels.
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
