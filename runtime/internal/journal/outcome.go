package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// Applied is the outcome of a request that made a revision, which is in force for good.
type Applied struct {
	Request       Request
	Before, After rt.Revision
	Changes       rt.Changes
	Files         []string // that were read
	Duration      time.Duration
}

func (e Applied) report() report {
	n := &rt.Notification{
		Event: rt.EventReloaded, Message: fmt.Sprintf("revision %d is in force: %s", e.After.ID, e.Changes.Summary()),
		Revision: e.After.ID, Previous: e.Before.ID, Cause: e.After.Cause, Metadata: e.After.Metadata,
		Files: e.Files, Changes: e.Changes, Duration: e.Duration,
	}
	switch e.Request {
	case Update:
		n.Message = "updated: " + n.Message
	case Restore:
		n.Message = "restored from a backup: " + n.Message
	case Rollback:
		n.Event, n.Message = rt.EventRolledBack, "rolled back: "+n.Message
	}
	return report{
		level: slog.LevelInfo, line: requests[e.Request].done,
		attrs:  []any{"revision", e.After.ID, "previous", e.Before.ID, "cause", string(e.After.Cause), "changes", changeList(e.Changes), "duration", e.Duration},
		notice: n, count: transition(rt.OutcomeReloaded, e.Duration),
		status: func(s *rt.Status) { s.LastReload, s.Reloads = time.Now(), s.Reloads+1 },
	}
}

// Unchanged is the outcome of a request that changes nothing. It is counted only: files
// are touched all the time, and the caller has the result.
type Unchanged struct{ Duration time.Duration }

func (e Unchanged) report() report {
	return report{count: transition(rt.OutcomeUnchanged, e.Duration), status: func(s *rt.Status) { s.LastReload = time.Now() }}
}

// Refused is the outcome of a request that was refused: the revision before it stays in
// force, or is in force again.
type Refused struct {
	Request  Request
	Kept     rt.RevisionID
	Cause    error
	Undone   bool // it was in force
	Again    bool // the last line about the sources has the same text: do not repeat it
	Moved    bool // the request is for another revision than the one in force; the sources were not read
	Changes  rt.Changes
	Files    []string
	Metadata map[string]string
	Duration time.Duration
}

func (e Refused) report() report {
	line, outcome, text := requests[e.Request].refused, rt.OutcomeRefused, e.Cause.Error()
	message := fmt.Sprintf("%s, revision %d stays in force: %s", line, e.Kept, text)
	if e.Again {
		line = ""
	}
	if e.Undone {
		outcome = rt.OutcomeUndone
	}
	files := FilesIn(e.Cause, e.Files)
	counted := transition(outcome, e.Duration)
	return report{
		level: slog.LevelError, line: line, attrs: []any{"kept", e.Kept, "error", text, "duration", e.Duration},
		notice: &rt.Notification{
			Event: rt.EventRefused, Message: message,
			Revision: e.Kept, Cause: e.Request.Cause(), Metadata: e.Metadata, Files: files, Changes: e.Changes, Error: text, Duration: e.Duration,
		},
		record: &rt.AuditRecord{
			Decision: rt.DecisionRefusal, Cause: e.Request.Cause(), Revision: e.Kept, Metadata: e.Metadata,
			Files: files, Detail: e.Request.String(), Changes: e.Changes, Error: text,
		},
		count: func(m *rt.Metrics) {
			counted(m)
			if e.Request.OfSources() && !e.Moved {
				m.RefusedInRow++
			}
		},
		status: func(s *rt.Status) { s.LastReload, s.Refusals = time.Now(), s.Refusals+1 },
	}
}

// StoredStart reports a start with the last good revision of the store, because the
// sources are bad. Other starts are not reported: the caller of Open has the result.
type StoredStart struct{ Revision rt.Revision }

func (e StoredStart) report() report {
	return report{level: slog.LevelError, line: "started with the last good revision of the store", attrs: []any{"revision", e.Revision.ID, "time", e.Revision.Time}}
}

// Recovered reports that the sources are valid again after they were refused or could not
// be read. If Reloaded is set, the line of the new revision is in the log already.
type Recovered struct {
	Revision rt.RevisionID
	Reloaded bool
}

func (e Recovered) report() report {
	r := report{
		level: slog.LevelInfo, line: "configuration is valid again", attrs: []any{"revision", e.Revision},
		notice: &rt.Notification{Event: rt.EventRecovered, Message: fmt.Sprintf("the configuration is valid again, revision %d is in force", e.Revision)},
	}
	if e.Reloaded {
		r.line = ""
	}
	return r
}

// Good reports that the sources are in force.
type Good struct{}

func (Good) report() report { return report{count: good} }

// StillRefused reports that the sources can be read again but hold the content that was
// refused before.
type StillRefused struct {
	Kept  rt.RevisionID
	Cause error
}

func (e StillRefused) report() report {
	return report{level: slog.LevelError, line: "configuration can be read again but is still refused", attrs: []any{"kept", e.Kept, "error", e.Cause.Error()}}
}

// Controlled is the outcome of Enable, Disable, SetStrategy and Close.
type Controlled struct {
	Request  Request
	Strategy rt.Strategy
	Paths    []string // that are watched
	// Opening and Closing report that the start or the end of the engine caused the
	// change, which has a log line of its own.
	Opening, Closing bool
}

func (e Controlled) report() report {
	r := report{level: slog.LevelInfo}
	if !e.Opening && !e.Closing {
		r.line = requests[e.Request].done
	}
	switch {
	case e.Request == SetStrategy:
		r.attrs = []any{"strategy", e.Strategy.String()}
		r.notice = &rt.Notification{Event: rt.EventStrategyChanged, Message: "the strategy is " + e.Strategy.String()}
	case e.Request == Enable:
		r.notice = &rt.Notification{Event: rt.EventWatchingStarted, Message: "the sources are followed", Files: e.Paths}
	case e.Closing:
		r.notice = &rt.Notification{Event: rt.EventWatchingStopped, Message: "the configuration is closed"}
	default:
		r.notice = &rt.Notification{Event: rt.EventWatchingStopped, Message: "the sources are no longer followed"}
	}
	return r
}

// ControlRefused reports that Enable or SetStrategy was refused. It is not a transition
// and does not count as one.
type ControlRefused struct {
	Request Request
	Cause   error
}

func (e ControlRefused) report() report {
	line, text := requests[e.Request].refused, e.Cause.Error()
	return report{
		level: slog.LevelError, line: line, attrs: []any{"error", text},
		notice: failure(rt.EventRefused, line+": "+text, e.Cause),
		record: &rt.AuditRecord{Decision: rt.DecisionRefusal, Detail: e.Request.String(), Error: text},
	}
}

// failure returns the notification of an error.
func failure(event rt.Event, message string, err error) *rt.Notification {
	return &rt.Notification{Event: event, Message: message, Error: err.Error()}
}

// changeList returns the first few changes and the number of the others, for the log.
func changeList(changes []rt.ValueChange) string {
	const most = 10
	var b strings.Builder
	for i, c := range changes {
		if i > 0 {
			b.WriteString("; ")
		}
		if i == most {
			fmt.Fprintf(&b, "%d more", len(changes)-most)
			break
		}
		b.WriteString(c.String())
	}
	return b.String()
}

// MostFiles is the largest number of files that a record lists.
const MostFiles = 100

// FilesIn returns the files of the findings in an error, or all files that were read if
// it has none.
func FilesIn(err error, read []string) (names []string) {
	if invalid := (*rt.ValidationError)(nil); errors.As(err, &invalid) {
		for _, f := range invalid.Findings {
			if f.Pos.File != "" && f.Pos.File != seam.APILayer && !slices.Contains(names, f.Pos.File) && len(names) < MostFiles {
				names = append(names, f.Pos.File)
			}
		}
	}
	if src := (*source.Error)(nil); errors.As(err, &src) {
		names = append(names, src.Source)
	}
	if names == nil {
		return read
	}
	return names
}

// longestMessage is the longest message of a notification, in bytes. The field Error
// holds the whole error.
const longestMessage = 300

// oneLine returns the first line of a text.
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
