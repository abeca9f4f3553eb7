package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/migrate"

	rt "github.com/hotbind/hotbind/runtime"
)

// tell sends a notification over the channels. It may be called with or without the
// turn, and never waits for a channel.
func (e *Engine) tell(n rt.Notification) {
	n.ID, n.Time, n.Priority, n.Environment = rand.Text(), time.Now(), n.Event.Priority(), e.environment
	if n.Revision == 0 {
		n.Revision = e.now().ID
	}
	n.Message = oneLine(n.Message)
	e.outbox.Publish(n)
}

// longestMessage is how long the message of a notification may be, in bytes; all of
// an error stands in Error.
const longestMessage = 300

// oneLine is the first line of a text.
func oneLine(text string) string {
	line, more, several := strings.Cut(strings.TrimSpace(text), "\n")
	switch {
	case len(line) > longestMessage:
		return strings.ToValidUTF8(line[:longestMessage], "") + "…"
	case several && !strings.Contains(more, "\n"):
		return line + " (and one more line)"
	case several:
		return fmt.Sprintf("%s (and %d more lines)", line, strings.Count(more, "\n")+1)
	}
	return line
}

// AddChannel implements [rt.Channels].
func (e *Engine) AddChannel(c rt.Channel, opts ...rt.ChannelOption) error {
	if e.ctx.Err() != nil {
		return rt.ErrClosed
	}
	return e.outbox.Add(c, rt.NewChannelOptions(opts...))
}

// RemoveChannel implements [rt.Channels].
func (e *Engine) RemoveChannel(name string) bool { return e.outbox.Remove(name) }

// ChannelStats implements [rt.Channels].
func (e *Engine) ChannelStats() []rt.ChannelStats { return e.outbox.Stats() }

// addChannels adds the channels of the options. After an error those that were not
// added are closed, as the outbox closes the others.
func (e *Engine) addChannels() error {
	for i, c := range e.opts.Channels {
		if err := e.outbox.Add(c.Channel, c.Options); err != nil {
			added := e.opts.Channels[:i]
			left := slices.DeleteFunc(slices.Clone(e.opts.Channels[i:]), func(c rt.ConfiguredChannel) bool {
				return slices.ContainsFunc(added, func(a rt.ConfiguredChannel) bool { return same(a.Channel, c.Channel) })
			})
			return errors.Join(err, closeChannels(left))
		}
	}
	return nil
}

// same reports whether two channels are one.
func same(a, b rt.Channel) bool {
	return a != nil && b != nil && reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}

func closeChannels(list []rt.ConfiguredChannel) error {
	var errs []error
	for _, c := range list {
		if closer, ok := c.Channel.(io.Closer); ok {
			errs = append(errs, closer.Close())
		}
	}
	return errors.Join(errs...)
}

// tellStarted tells that new content of the sources is looked at.
func (e *Engine) tellStarted(c reading, cause rt.Cause) {
	if !e.isInForce(c.signature) {
		e.tell(rt.Notification{Event: rt.EventReloadStarted, Message: "new content of the sources is looked at", Cause: cause, Files: namesOf(e.filesOf(c))})
	}
}

// tellReloaded tells of a revision that is in force for good.
func (e *Engine) tellReloaded(before rt.Revision, r rt.ReloadResult, files []rt.FileContent) {
	e.tell(rt.Notification{
		Event: rt.EventReloaded, Message: fmt.Sprintf("revision %d is in force: %s", r.Revision.ID, r.Changes.Summary()),
		Revision: r.Revision.ID, Previous: before.ID, Cause: r.Revision.Cause, Metadata: r.Revision.Metadata,
		Files: namesOf(files), Changes: r.Changes, Duration: r.Duration,
	})
}

func (e *Engine) tellRolledBack(r rt.RollbackResult) {
	e.tell(rt.Notification{
		Event:    rt.EventRolledBack,
		Message:  fmt.Sprintf("rolled back: revision %d is in force: %s", r.To.ID, r.Changes.Summary()),
		Revision: r.To.ID, Previous: r.From.ID, Cause: r.To.Cause, Metadata: r.To.Metadata, Changes: r.Changes, Duration: r.Duration,
	})
}

// tellMigrated tells of each file that was read as a newer version, be it by several
// steps.
func (e *Engine) tellMigrated(steps []migrate.Applied) {
	var files []migrate.Applied
	for _, step := range steps {
		at := slices.IndexFunc(files, func(f migrate.Applied) bool { return f.Document == step.Document })
		if at < 0 {
			files = append(files, step)
		} else {
			files[at].To = step.To
		}
	}
	for _, f := range files {
		e.opts.Logger.Debug("configuration migrated", "source", f.Document, "from", f.From, "to", f.To)
		e.tell(rt.Notification{
			Event: rt.EventMigrationApplied, Message: fmt.Sprintf("%s was read as version %s instead of %s", f.Document, f.To, f.From),
			Files: []string{f.Document},
		})
	}
}

// tellRefused tells of a candidate that is not in force.
func (e *Engine) tellRefused(kept rt.RevisionID, cause error, a attempt, duration time.Duration) {
	e.tell(rt.Notification{
		Event: rt.EventRefused, Message: fmt.Sprintf("refused, revision %d stays in force: %s", kept, cause),
		Revision: kept, Cause: a.cause, Metadata: a.metadata, Files: filesIn(cause, a.files), Changes: a.changes, Error: cause.Error(), Duration: duration,
	})
	e.tellHookErrors(cause)
	var err error = &rt.ReloadError{Kept: kept, Cause: cause}
	if a.cause == rt.CauseRollback {
		err = &rt.RollbackError{Kept: kept, Cause: cause}
	}
	e.tellRefusal(err, a.changes)
}

// tellHookErrors tells of each hook that an error is about.
func (e *Engine) tellHookErrors(err error) {
	for _, failed := range hookErrors(err) {
		e.tell(rt.Notification{Event: rt.EventHookFailed, Message: failed.Error(), Error: failed.Error()})
	}
}

// hookErrors are all that err joins.
func hookErrors(err error) []*rt.HookError {
	switch err := err.(type) {
	case *rt.HookError:
		return []*rt.HookError{err}
	case interface{ Unwrap() []error }:
		var all []*rt.HookError
		for _, one := range err.Unwrap() {
			all = append(all, hookErrors(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return hookErrors(err.Unwrap())
	}
	return nil
}

// filesIn are the files that the findings of an error are in, or else all that were
// read.
func filesIn(err error, read []rt.FileContent) (names []string) {
	if invalid := (*rt.ValidationError)(nil); errors.As(err, &invalid) {
		for _, f := range invalid.Findings {
			if f.Pos.File != "" && f.Pos.File != rt.APIName && !slices.Contains(names, f.Pos.File) && len(names) < mostFiles {
				names = append(names, f.Pos.File)
			}
		}
	}
	if source := (*rt.SourceError)(nil); errors.As(err, &source) {
		names = append(names, source.Source)
	}
	if names == nil {
		names = namesOf(read)
	}
	return names
}

// mostFiles is how many files a record names.
const mostFiles = 100

func namesOf(files []rt.FileContent) (names []string) {
	for _, f := range files[:min(len(files), mostFiles)] {
		names = append(names, f.Path)
	}
	return names
}
