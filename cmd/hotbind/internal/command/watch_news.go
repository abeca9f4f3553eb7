package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A newsPrinter prints news as text or as JSON, without repeating itself.
type newsPrinter struct {
	results  *painter
	findings *printer
	json     bool
	now      func() time.Time
	sources  string

	revision rt.RevisionID // the newest one printed
	problem  string        // the last error printed; empty after a recovery
	pending  string        // the last pending restart-only changes printed
}

func newNewsPrinter(stdout, stderr io.Writer, schema *validate.Schema, json bool) *newsPrinter {
	t := &newsPrinter{results: newPainter(stdout), findings: newPrinter(stderr), json: json, now: time.Now}
	t.findings.disk = true
	t.findings.hide(schema.SecretKeys())
	return t
}

// An event is the JSON form of news.
type event struct {
	Time     time.Time     `json:"time"`
	Event    string        `json:"event"` // revision, refused, recovered, restart_pending, warning
	Revision rt.RevisionID `json:"revision,omitempty"`
	Cause    rt.Cause      `json:"cause,omitempty"`
	Changes  []changed     `json:"changes,omitempty"`
	Findings []finding     `json:"findings,omitempty"`
	Message  string        `json:"message,omitempty"`
}

type finding struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Path    string `json:"path"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

func (t *newsPrinter) write(e event) {
	e.Time = t.now()
	encoder := json.NewEncoder(t.results.out)
	encoder.SetEscapeHTML(false)
	encoder.Encode(e)
}

// stamp returns the time of day, which begins a line.
func (t *newsPrinter) stamp() string { return t.now().Format("15:04:05") + " " }

func (t *newsPrinter) print(n news) {
	switch {
	case n.revision != nil:
		t.printRevision(*n.revision, n.changes)
	case n.status != nil:
		t.printStatus(n.status)
	case t.json:
		t.write(event{Event: "warning", Message: n.warning})
	default:
		t.note(yellow, "warning: "+visible(n.warning))
	}
}

// note prints a line to the output of the findings.
func (t *newsPrinter) note(tone, text string) {
	p := &painter{t.findings.out, t.findings.color}
	p.line(p.faint(t.stamp()) + p.paint(tone, text))
}

func (t *newsPrinter) printRevision(r rt.Revision, changes rt.Changes) {
	t.revision, t.problem = r.ID, ""
	if t.json {
		t.write(event{Event: "revision", Revision: r.ID, Cause: r.Cause, Changes: changedAll(changes, true)})
		return
	}
	p := t.results
	head := p.faint(t.stamp()) + p.bold(fmt.Sprintf("revision %d", r.ID)) + ": "
	switch len(changes) {
	case 0:
		p.line(head + "read from " + t.sources)
	case 1:
		p.line(head + visible(changes[0].String()))
	default:
		p.line(head + changes.Summary())
		for _, c := range changes {
			p.line("  " + p.change(c))
		}
	}
}

// printStatus prints the parts of a status that have not been printed yet.
func (t *newsPrinter) printStatus(s *rt.Status) {
	var before *rt.ReloadError
	switch {
	case errors.As(s.LastError, &before) && before.Kept != s.Revision.ID:
		// The error is outdated: a newer revision is in force.
	case s.LastError != nil:
		t.refused(s.Revision.ID, s.LastError)
	case t.problem != "":
		t.problem = ""
		t.recovered(s.Revision.ID)
	}
	if pending := s.PendingRestart.String(); pending != t.pending {
		t.pending = pending
		t.printPending(s.PendingRestart)
	}
}

// refused prints why a candidate was refused. Kept is the revision that stays in force,
// or 0 if there is none.
func (t *newsPrinter) refused(kept rt.RevisionID, err error) {
	reason := reasonOf(err)
	if reason.Error() == t.problem {
		return
	}
	t.problem = reason.Error()
	found := inFlags(findingsOf(reason))
	if t.json {
		e := event{Event: "refused", Revision: kept}
		for _, f := range found {
			e.Findings = append(e.Findings, finding{f.Pos.File, f.Pos.Line, f.Pos.Column, f.Path, f.Message, f.Hint})
		}
		if len(found) == 0 {
			e.Message = reason.Error()
		}
		t.write(e)
		return
	}
	stays := "waiting for a valid one"
	if kept > 0 {
		stays = fmt.Sprintf("revision %d stays in force", kept)
	}
	if len(found) == 0 {
		t.note(red, fmt.Sprintf("refused, %s: %s", stays, plain(reason)))
		return
	}
	t.note(red, "refused, "+stays+":")
	t.findings.print(found)
}

// findingsOf returns the findings in err, or nil.
func findingsOf(err error) []rt.Finding {
	var invalid *rt.ValidationError
	if errors.As(err, &invalid) {
		return invalid.Findings
	}
	return nil
}

// reasonOf returns the cause of a refusal, without the revision that stays in force.
func reasonOf(err error) error {
	var reload *rt.ReloadError
	if errors.As(err, &reload) {
		return reload.Cause
	}
	return err
}

func (t *newsPrinter) recovered(id rt.RevisionID) {
	if t.json {
		t.write(event{Event: "recovered", Revision: id})
		return
	}
	t.results.line(t.results.faint(t.stamp()) + fmt.Sprintf("valid again: same content as revision %d, which is in force", id))
}

func (t *newsPrinter) printPending(changes rt.Changes) {
	p := t.results
	switch {
	case t.json:
		t.write(event{Event: "restart_pending", Revision: t.revision, Changes: changedAll(changes, true)})
	case len(changes) == 0:
		p.line(p.faint(t.stamp()) + "no change waits for a restart any more")
	case len(changes) == 1:
		p.line(p.faint(t.stamp()) + p.paint(yellow, "waiting for a restart: ") + visible(changes[0].String()))
	default:
		p.line(p.faint(t.stamp()) + p.paint(yellow, "waiting for a restart: ") + changes.Summary())
		for _, c := range changes {
			p.line("  " + p.change(c))
		}
	}
}
