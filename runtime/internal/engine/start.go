package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/journal"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// start puts the first revision into force: the content of the sources or, with
// history.Fallback, the last good revision if that content is bad.
func (e *Engine) start(ctx context.Context) error {
	if e.opts.Schema != "" {
		load.CompareSchema(ctx, e.opts.Schema, e.program.Schema(), e.warn)
	}
	began := time.Now()
	var c load.Content
	var made *candidate
	var err error
	e.caller.Within(ctx, func(ctx context.Context) { c, made, err = e.firstCandidate(ctx) })
	if err == nil {
		return e.startWith(ctx, c, made)
	}
	if !e.opts.StartFromStore || ctx.Err() != nil {
		return errors.Join(append([]error{err}, e.health.StandIns()...)...)
	}
	if failed := e.startKept(); failed != nil {
		return errors.Join(err, failed)
	}
	// The log and the status have the result.
	if c.Known() { // they could be read
		e.refuse(e.of(attempt{request: journal.Start, start: began}, c), err, false)
	} else {
		e.unreadable(err, attempt{request: journal.Start, start: began})
	}
	return nil
}

// firstCandidate reads the sources. The content is empty if that failed.
func (e *Engine) firstCandidate(ctx context.Context) (load.Content, *candidate, error) {
	c, err := e.readAtRest(ctx)
	for e.opts.WaitForFiles && errors.Is(err, fs.ErrNotExist) {
		if ended := e.waitForFiles(ctx); ended != nil {
			return load.Content{}, nil, &source.Error{Source: sourceOf(err), Cause: fmt.Errorf("%w; stopped waiting for it: %w", fs.ErrNotExist, ended)}
		}
		c, err = e.readAtRest(ctx)
	}
	if err != nil {
		return load.Content{}, nil, err
	}
	e.follower.wasRead(c, time.Now())
	made, err := e.candidate(c)
	return c, made, err
}

// startWith puts the first revision into force. If it equals the newest one of the store,
// that revision continues: a restart is not a change.
func (e *Engine) startWith(ctx context.Context, c load.Content, made *candidate) error {
	e.logWarnings(made.Warnings)
	e.journal.NoteMigrated(made.Migrated)
	defer e.keepGood(c)
	latest, kept := e.archive.latest()
	files := e.loader.Files(c)
	if kept && e.archive.has(latest, made) {
		again := entry{latest.Revision, made.Snapshot, made.Memory, made.Origin, c.Signature()}
		return e.startAt(ctx, again, c, e.install)
	}
	first := e.newEntry(ctx, made, c.Signature(), rt.CauseFileChange)
	var changes rt.Changes
	if kept {
		first.Parent = latest.ID
		changes = e.changesSince(latest, made)
	}
	return e.startAt(ctx, first, c, func(first entry) {
		e.install(first)
		e.archive.add(first, files)
		if kept { // report what changed while the program was not running
			e.applied(latest.Revision, first, attempt{altered: journal.NamesOf(files), changes: changes, start: time.Now()})
		}
	})
}

// changesSince returns the differences between a stored revision and a candidate; nil if
// the stored revision is invalid for this program.
func (e *Engine) changesSince(record rt.Record, made *candidate) rt.Changes {
	before, err := revisions{e}.snapshot(record.ID)
	if err != nil {
		return nil
	}
	return e.program.Diff(before, made.Snapshot).Changes("")
}

// startAt records the first revision in the audit log and puts it into force.
func (e *Engine) startAt(ctx context.Context, first entry, c load.Content, put func(entry)) error {
	err := e.journal.Admit(rt.AuditRecord{Decision: rt.DecisionStart, Cause: first.Cause, Revision: first.ID, Metadata: first.Metadata, Files: journal.NamesOf(e.loader.Files(c))})
	if err != nil {
		return err
	}
	put(first)
	e.goodSince(c)
	return nil
}

// startKept puts the last good revision of the store into force.
func (e *Engine) startKept() error {
	record, ok := e.archive.latest()
	if !ok {
		return fmt.Errorf("the store %s has no revision to start from", e.archive.name)
	}
	record.Edits = nil // they lasted until the program ended
	made, err := e.recall(record)
	if err != nil {
		return err
	}
	again := entry{record.Revision, made.Snapshot, made.Memory, made.Origin, load.SignatureOf(record.Content)}
	err = e.journal.Admit(rt.AuditRecord{Decision: rt.DecisionStart, Cause: again.Cause, Revision: again.ID, Detail: "the last good revision of the store"})
	if err != nil {
		return err
	}
	e.install(again)
	e.journal.Note(journal.StoredStart{Revision: record.Revision})
	return nil
}

// sourceOf returns the source that err, a *source.Error, is about.
func sourceOf(err error) string {
	var src *source.Error
	if errors.As(err, &src) {
		return src.Source
	}
	return ""
}

// waitForFiles waits for an event or the next poll.
func (e *Engine) waitForFiles(ctx context.Context) error {
	poll := time.NewTimer(e.pollInterval())
	defer poll.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-e.events.Wake():
		e.noteWatching(e.events.Take())
	case <-poll.C:
		e.watcher.Rearm()
	}
	return nil
}

// readAtRest reads the sources once no file was written for the settle time. A save that
// began before the files were watched sends no event, and half a file may be valid.
func (e *Engine) readAtRest(ctx context.Context) (load.Content, error) {
	for start := time.Now(); ; {
		c, err := e.readStable(ctx)
		rest := e.opts.Settle - e.youngest()
		if rest <= 0 || time.Since(start) >= e.opts.MaxWait {
			return c, err
		}
		if err := sleep(ctx, min(rest, e.opts.MaxWait-time.Since(start))); err != nil {
			return load.Content{}, err
		}
	}
}

// youngest returns the time since the last write to any of the files, by their
// modification times. It ignores times in the future.
func (e *Engine) youngest() time.Duration {
	youngest := e.opts.Settle
	for _, path := range e.sourcePaths() {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if age := time.Since(info.ModTime()); age >= 0 {
			youngest = min(youngest, age)
		}
	}
	return youngest
}

// sleep waits for d or until ctx has ended.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
