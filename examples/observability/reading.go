package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/audit"

	rt "github.com/hotbind/hotbind/runtime"
)

func (s *story) healthz(ctx context.Context) error {
	status, text, err := s.get(ctx, "/healthz")
	s.show.row("/healthz", fmt.Sprint(status, " ", text))
	return err
}

// status shows what an operator would look at first, and a current error or warning.
func (s *story) status(ctx context.Context, errors ...string) error {
	_, text, err := s.get(ctx, "/status")
	if err != nil {
		return err
	}
	var is rt.Status // only the fields below
	for key, to := range map[string]any{"revision": &is.Revision, "reloads": &is.Reloads, "refusals": &is.Refusals} {
		if err := field(text, key, to); err != nil {
			return err
		}
	}
	s.show.row("/status", fmt.Sprintf("revision %d by %s, reloads: %d, refusals: %d", is.Revision.ID, is.Revision.Cause, is.Reloads, is.Refusals))
	for _, key := range errors {
		var message string
		if err := field(text, key, &message); err != nil {
			return err
		}
		first, more, several := strings.Cut(message, "\n")
		if several {
			first += fmt.Sprintf(" (and %d more lines)", strings.Count(more, "\n")+1)
		}
		s.show.row("", key+": "+first)
	}
	return nil
}

// field reads a member of an object into to. If the member is missing, to stays as it is.
func field(object, key string, to any) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		return err
	}
	if text, ok := members[key]; ok {
		return json.Unmarshal(text, to)
	}
	return nil
}

// interesting lists the series that an alert or a dashboard would use first.
var interesting = []string{
	"runner_workers",
	"hotbind_revision",
	"hotbind_last_reload_successful",
	"hotbind_refused_in_row",
	`hotbind_reloads_total{outcome="reloaded"}`,
	`hotbind_reloads_total{outcome="refused"}`,
	`hotbind_hook_duration_seconds_count{outcome="succeeded"}`,
	`hotbind_subscriber_duration_seconds_count{outcome="succeeded"}`,
	`hotbind_subscriber_duration_seconds_count{outcome="failed"}`,
	"hotbind_subscriptions",
	`hotbind_notifications_total{channel="on-call",outcome="sent"}`,
	`hotbind_notification_retries_total{channel="on-call"}`,
}

func (s *story) metrics(ctx context.Context) error {
	_, text, err := s.get(ctx, "/metrics")
	if err != nil {
		return err
	}
	lines := strings.Split(text, "\n")
	var shown []string
	for _, name := range interesting {
		at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, name+" ") })
		if at < 0 {
			return fmt.Errorf("%s is not on the page", name)
		}
		shown = append(shown, lines[at])
	}
	s.show.lines("/metrics", shown)
	return nil
}

// record shows the file of notifications: a row for each, and one of them in full.
func (s *story) record(context.Context) error {
	lines, err := linesWith("notifications.jsonl", "")
	if err != nil {
		return err
	}
	var rows []string
	for _, line := range lines {
		var n rt.Notification
		for key, to := range map[string]any{"event": &n.Event, "revision": &n.Revision, "count": &n.Count, "metadata": &n.Metadata} {
			if err := field(line, key, to); err != nil {
				return err
			}
		}
		rows = append(rows, strings.TrimRight(fmt.Sprintf("%-17s  revision %d  count %-2d  %s", n.Event, n.Revision, n.Count, n.Metadata["actor"]), " "))
	}
	s.show.lines("record", rows)
	whole, err := linesWith("notifications.jsonl", "alice")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(strings.Join(whole, "\n")), "", "  "); err != nil {
		return err
	}
	s.show.lines("alice's", strings.Split(b.String(), "\n"))
	return nil
}

func (s *story) queue(ctx context.Context) error {
	q := s.runner.panel
	var rows []string
	for q.Len() > 0 {
		n, err := q.Next(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, n.Message)
	}
	s.show.lines("panel", append(rows, fmt.Sprintf("%d older ones were dropped", q.Dropped())))
	return nil
}

func (s *story) statistics(context.Context) error {
	s.show.line("channel", "sent  retried  failed  dropped")
	for _, c := range s.runner.live.Manager().Channels().Stats() {
		s.show.line(c.Name, fmt.Sprintf("%4d %8d %7d %8d", c.Sent, c.Retried, c.Failed, c.Dropped))
	}
	return nil
}

// audit shows the decisions. Equal decisions in a row are one line.
func (s *story) audit(context.Context) error {
	lines, err := linesWith("audit.jsonl", "")
	if err != nil {
		return err
	}
	var rows []string
	var last string
	first := 0
	for i, line := range lines {
		var r rt.AuditRecord
		for key, to := range map[string]any{"decision": &r.Decision, "cause": &r.Cause, "revision": &r.Revision, "actor": &r.Actor} {
			if err := field(line, key, to); err != nil {
				return err
			}
		}
		row := strings.TrimRight(fmt.Sprintf("%-8s  %-11s  revision %d  %s", r.Decision, r.Cause, r.Revision, r.Actor), " ")
		if row == last {
			rows[len(rows)-1] = fmt.Sprintf("%2d to %2d  %s", first, i+1, row)
			continue
		}
		first, last = i+1, row
		rows = append(rows, fmt.Sprintf("%8d  %s", first, row))
	}
	s.show.lines("audit", rows)
	return s.verify("audit.jsonl")
}

// verify shows what audit.Verify finds, as hotbind audit verify does.
func (s *story) verify(file string) error {
	result, err := audit.Verify(file)
	if err != nil {
		return err
	}
	if len(result.Findings) == 0 {
		s.show.row("verify", fmt.Sprintf("%d lines, an unbroken chain; the last hash is %.12s", result.Lines, result.LastHash))
	}
	for _, f := range result.Findings {
		s.show.row("verify", f.String())
	}
	return nil
}

// tamper changes the actor in one line of a copy.
func (s *story) tamper(context.Context) error {
	for from, to := range map[string]string{"audit.jsonl": "copy.jsonl", "audit.jsonl.head": "copy.jsonl.head"} {
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte(`"actor":"alice"`), []byte(`"actor":"carol"`))
		if err := os.WriteFile(to, text, 0o600); err != nil {
			return err
		}
	}
	s.show.row("mallory", `"actor":"alice" becomes "actor":"carol"`)
	return s.verify("copy.jsonl")
}

// leaks searches for the canary in the files other than those that hold the secrets, in
// the pages that were read, and in the requests to the webhook.
func (s *story) leaks() (looked string, leaks []string, err error) {
	files, err := os.ReadDir(".")
	if err != nil {
		return "", nil, err
	}
	names, texts := []string{}, map[string]string{}
	for _, f := range files {
		if slices.Contains([]string{"config.yaml", "settings.yaml", "hook.key"}, f.Name()) {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			return "", nil, err
		}
		names, texts[f.Name()] = append(names, f.Name()), string(text)
	}
	bodies := s.receiver.bodies()
	for i, body := range bodies {
		texts[fmt.Sprint("request ", i+1)] = body
	}
	for name, text := range s.pages {
		texts[name] = text
	}
	for name, text := range texts {
		if strings.Contains(text, canary) {
			leaks = append(leaks, name)
		}
	}
	slices.Sort(leaks)
	return fmt.Sprintf("%s, %d pages and %d requests", strings.Join(names, ", "), len(s.pages), len(bodies)), leaks, nil
}

// linesWith returns the lines of a file that contain text.
func linesWith(file, text string) (lines []string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		if strings.Contains(scan.Text(), text) {
			lines = append(lines, scan.Text())
		}
	}
	return lines, scan.Err()
}

func readAll(response *http.Response) (string, error) {
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return strings.TrimSpace(string(text)), err
}
