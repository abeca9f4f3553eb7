// Package journal reports what the engine decides. Each outcome is one typed event, which
// the journal turns into a log line, a notification, an audit record, a count and a
// status. The engine reports in no other way.
package journal

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Journal reports for one engine. Its methods may be called from any goroutine, and
// none of them waits for a channel.
type Journal struct {
	log         *slog.Logger
	environment string
	wants       func(rt.Event) bool
	publish     func(rt.Notification)
	inForce     func() rt.RevisionID
	meter       *meter
	audit       auditor

	mu     sync.Mutex
	status rt.Status // the parts that events change; the engine adds the others
}

// Options configures New.
type Options struct {
	Logger      *slog.Logger
	Environment string
	Wants       func(rt.Event) bool   // whether a notification of an event has an effect
	Publish     func(rt.Notification) // sends a notification to the channels
	InForce     func() rt.RevisionID  // returns the revision in force
	Metrics     bool                  // whether to count
	AuditLog    rt.AuditLog           // nil: there is none
	AuditRefuse bool                  // whether a decision that cannot be recorded is refused
}

// New returns a journal. The audit log is opened by [Journal.Open].
func New(o Options) *Journal {
	return &Journal{
		log: o.Logger, environment: o.Environment, wants: o.Wants, publish: o.Publish, inForce: o.InForce, meter: newMeter(o.Metrics),
		audit: auditor{log: o.AuditLog, refuse: o.AuditRefuse},
	}
}

// An Event is one outcome. Only the types of this package implement it.
type Event interface{ report() report }

// A report holds the parts that the journal makes of an event. The journal skips the
// parts that are not set.
type report struct {
	level  slog.Level
	line   string // of the log
	attrs  []any  // of the line: names and values
	notice *rt.Notification
	record *rt.AuditRecord
	count  func(*rt.Metrics)
	status func(*rt.Status)
}

// Note reports an event. If the audit log cannot record it, Note reports that too. Pass
// an outcome that must not happen unrecorded to [Journal.Admit] first.
func (j *Journal) Note(e Event) {
	r := e.report()
	if r.status != nil {
		j.mu.Lock()
		r.status(&j.status)
		j.mu.Unlock()
	}
	if r.count != nil {
		j.meter.change(r.count)
	}
	if r.record != nil {
		_ = j.Admit(*r.record)
	}
	if r.line != "" {
		// A log handler of the application that panics must not end the reporting.
		call.Quietly(func() { j.log.Log(context.Background(), r.level, r.line, r.attrs...) })
	}
	if r.notice != nil && j.wants(r.notice.Event) {
		j.send(*r.notice)
	}
}

// send completes a notification and sends it to the channels.
func (j *Journal) send(n rt.Notification) {
	n.ID, n.Time, n.Environment = rand.Text(), time.Now(), j.environment
	if !n.Event.Own() {
		n.Priority = n.Event.Priority()
	}
	if n.Revision == 0 {
		n.Revision = j.inForce()
	}
	n.Message = oneLine(n.Message)
	j.publish(n)
}

// Status returns the parts of the status that events change.
func (j *Journal) Status() rt.Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.status
}
