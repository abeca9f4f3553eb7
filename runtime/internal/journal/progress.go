package journal

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// Detected reports that a source has changed and was not read yet. An empty Source means
// any source.
type Detected struct{ Source string }

func (e Detected) report() report {
	if e.Source == "" {
		return notify(rt.Notification{Event: rt.EventChangeDetected, Message: "a source may have changed"})
	}
	return notify(rt.Notification{Event: rt.EventChangeDetected, Message: e.Source + " has changed", Files: []string{e.Source}})
}

func notify(n rt.Notification) report { return report{notice: &n} }

// Reading reports that the engine checks new content of the sources.
type Reading struct {
	Cause rt.Cause
	Files []string
}

func (e Reading) report() report {
	return notify(rt.Notification{Event: rt.EventReloadStarted, Message: "checking new content of the sources", Cause: e.Cause, Files: e.Files})
}

// Migrated reports that a document was migrated to a newer version.
type Migrated struct{ Document, From, To string }

func (e Migrated) report() report {
	return report{
		level: slog.LevelDebug, line: "configuration migrated", attrs: []any{"source", e.Document, "from", e.From, "to", e.To},
		notice: &rt.Notification{
			Event: rt.EventMigrationApplied, Message: fmt.Sprintf("%s was migrated from version %s to %s", e.Document, e.From, e.To),
			Files: []string{e.Document},
		},
	}
}

// Swapped reports that a revision comes into force. It clears the warnings about calls,
// which were about the revision before.
type Swapped struct{}

func (Swapped) report() report {
	return report{status: func(s *rt.Status) { s.HookError, s.SubscriberError = nil, nil }}
}

// HookFailed reports that a hook or a validator failed. Line is the log line if the
// failure refuses nothing; otherwise the line of the refusal contains the error.
type HookFailed struct {
	Err  error
	Line string
}

func (e HookFailed) report() report {
	r := report{notice: failure(rt.EventHookFailed, e.Err.Error(), e.Err)}
	if e.Line != "" {
		r.level, r.line, r.attrs = slog.LevelWarn, e.Line, []any{"error", e.Err.Error()}
		r.status = func(s *rt.Status) { s.HookError = e.Err }
	}
	return r
}

// SubscriberFailed reports that a subscriber failed.
type SubscriberFailed struct{ Err error }

func (e SubscriberFailed) report() report {
	return report{
		level: slog.LevelWarn, line: "a subscriber failed", attrs: []any{"error", e.Err.Error()},
		notice: failure(rt.EventSubscriberFailed, e.Err.Error(), e.Err),
		status: func(s *rt.Status) { s.SubscriberError = e.Err },
	}
}

// HandlerFailed reports that the error handler of subscribers failed.
type HandlerFailed struct{ Err error }

func (e HandlerFailed) report() report {
	return report{
		level: slog.LevelWarn, line: "the error handler of subscribers failed", attrs: []any{"error", e.Err.Error()},
		status: func(s *rt.Status) { s.SubscriberError = e.Err },
	}
}

// WatchFailed reports that changes are found by polling only.
type WatchFailed struct{ Err error }

func (e WatchFailed) report() report {
	return report{
		level: slog.LevelWarn, line: "watching failed", attrs: []any{"error", e.Err.Error()},
		notice: failure(rt.EventWatchFailed, e.Err.Error(), e.Err),
		count:  func(m *rt.Metrics) { m.WatchErrors++ },
		status: func(s *rt.Status) { s.WatchError = e.Err },
	}
}

// Watched reports that watching works again.
type Watched struct{}

func (Watched) report() report { return report{status: func(s *rt.Status) { s.WatchError = nil }} }

// SourceFailed reports that a source cannot reach its store. Package health holds its
// status.
type SourceFailed struct {
	Source   string
	Err      error
	Unread   bool      // it cannot be read; otherwise it does not report its changes
	LastGood time.Time // time of the last good content in use; zero: none is
}

func (e SourceFailed) report() report {
	err := &source.Error{Source: e.Source, Cause: e.Err}
	r := report{
		level: slog.LevelWarn, line: "a source does not report its changes", attrs: []any{"error", err.Error()},
		notice: failure(rt.EventSourceFailed, err.Error(), err),
		count:  func(m *rt.Metrics) { m.WatchErrors++ },
	}
	if e.Unread {
		r.line = "a source cannot be read"
	}
	if !e.LastGood.IsZero() {
		r.line, r.attrs = wording.StandsIn, append(r.attrs, "last_good", e.LastGood)
		r.notice.Message += fmt.Sprintf("; using its last good content from %v", e.LastGood.Format(time.RFC3339))
	}
	return r
}

// SourceRecovered reports that a source reaches its store again.
type SourceRecovered struct {
	Source string
	After  time.Duration
}

func (e SourceRecovered) report() report {
	return report{
		level: slog.LevelInfo, line: "a source reports its changes again", attrs: []any{"source", e.Source, "after", e.After},
		notice: &rt.Notification{Event: rt.EventSourceRecovered, Message: e.Source + " reports its changes again"},
	}
}

// Own is a notification that the application sends.
type Own struct{ Notification rt.Notification }

func (e Own) report() report {
	n := e.Notification
	n.Revision, n.Count = 0, 0 // the journal fills them in
	return report{notice: &n}
}

// Stumbled reports a panic in hotbind or in code of the application that ended one check
// of the sources.
type Stumbled struct{ Err error }

func (e Stumbled) report() report {
	return report{
		level: slog.LevelWarn, line: "following the sources failed; trying again", attrs: []any{"error", e.Err.Error()},
		status: func(s *rt.Status) { s.WatchError = e.Err },
	}
}

// BackupMade reports that the source files of a revision were copied.
type BackupMade struct {
	Revision rt.RevisionID
	Files    []string
}

func (e BackupMade) report() report {
	return notify(rt.Notification{
		Event: rt.EventBackupMade, Message: fmt.Sprintf("backed up the source files of revision %d", e.Revision), Revision: e.Revision, Files: e.Files,
	})
}

// FilesRestored reports that some or all files of a backup were restored.
type FilesRestored struct {
	Backup rt.RevisionID
	Files  []string
}

func (e FilesRestored) report() report {
	return report{
		level: slog.LevelDebug, line: "source files restored", attrs: []any{"backup", e.Backup, "files", e.Files},
		notice: &rt.Notification{Event: rt.EventBackupRestored, Message: fmt.Sprintf("restored the files of backup %d", e.Backup), Files: e.Files},
	}
}

// Saved reports that the store has the revision in force, or why it does not. It is
// reported when that changes.
type Saved struct {
	Store    string
	Revision rt.RevisionID
	Err      error
	News     bool
}

func (e Saved) report() report {
	r := report{status: func(s *rt.Status) { s.StoreError = e.Err }}
	switch {
	case !e.News:
	case e.Err == nil:
		r.level, r.line, r.attrs = slog.LevelInfo, "the store can be written again", []any{"store", e.Store, "revision", e.Revision}
	default:
		r.level, r.line, r.attrs = slog.LevelError, "the store cannot be written", []any{"store", e.Store, "error", e.Err.Error()}
		r.notice = failure(rt.EventStoreFailed, "the store cannot be written: "+e.Err.Error(), e.Err)
	}
	return r
}

// RestartPending reports the changes that wait for a restart. No changes means that none
// waits any longer.
type RestartPending struct{ Changes rt.Changes }

func (e RestartPending) report() report {
	if len(e.Changes) == 0 {
		return report{level: slog.LevelInfo, line: "no changes wait for a restart anymore"}
	}
	return report{
		level: slog.LevelWarn, line: "changes wait for a restart", attrs: []any{"changes", changeList(e.Changes)},
		notice: &rt.Notification{Event: rt.EventRestartPending, Message: "changes wait for a restart: " + e.Changes.Summary(), Changes: e.Changes},
	}
}

// A Remark is a log line on which nothing else depends.
type Remark struct {
	Level slog.Level
	Text  string
	Attrs []any
}

func (e Remark) report() report { return report{level: e.Level, line: e.Text, attrs: e.Attrs} }

// Warn returns a Remark of level warning; attrs are names and values.
func Warn(text string, attrs ...any) Remark { return Remark{slog.LevelWarn, text, attrs} }
