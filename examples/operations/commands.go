package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hotbind/hotbind/examples/operations/settings"

	rt "github.com/hotbind/hotbind/runtime"
)

// commands is a function because help, which is one of them, lists them.
func commands() []command {
	return []command{
		{"status", "", "the revision in force, and why newer content was refused", status},
		{"show", "", "the configuration in force", show},
		{"explain", "PATH", "where a value comes from", explain},
		{"set", "PATH VALUE", "set a value above all files until the program ends; VALUE is JSON, or text", set},
		{"unset", "PATH", "remove values set at PATH and below", unset},
		{"pause", "", "hold mail back; like set paused true", pause},
		{"resume", "", "undo pause", resume},
		{"reload", "[force]", "read all sources now; force skips the validator", reload},
		{"dry-run", "", "what a reload would do", dryRun},
		{"strategy", "NAME [DURATION]", "when a change becomes a reload: immediate, batched 5s, scheduled 1m or manual", strategy},
		{"enable", "", "follow the sources", enable},
		{"disable", "", "stop following the sources", disable},
		{"revisions", "", "list the kept revisions, newest first", revisions},
		{"diff", "FROM TO", "show the changes between two revisions", diff},
		{"rollback", "STEPS|to REVISION", "roll back, and stay there until a source changes", rollback},
		{"backups", "", "list the backups of the files, newest first", backups},
		{"restore", "REVISION", "restore the files of a backup and reload", restore},
		{"help", "", "this list", help},
		{"quit", "", "end the relay", nil},
	}
}

func help(*console, context.Context, []string) (string, error) {
	var b strings.Builder
	for _, cmd := range commands() {
		fmt.Fprintf(&b, "  %-28s %s\n", strings.TrimSpace(cmd.name+" "+cmd.args), cmd.help)
	}
	return b.String(), nil
}

// by records the command in the metadata of a revision, without values, which may be
// secrets.
func by(ctx context.Context, what string) context.Context {
	return rt.ContextWithMetadata(ctx, map[string]string{"by": "console", "command": what})
}

func status(c *console, _ context.Context, _ []string) (string, error) {
	s := c.live.Manager().Status()
	var b strings.Builder
	row := func(name string, value any) { fmt.Fprintf(&b, "  %-16s %v\n", name, value) }
	list := func(name string, lines []string) {
		for i, line := range lines {
			if i > 0 {
				name = ""
			}
			row(name, line)
		}
	}
	row("revision", fmt.Sprintf("%d (%s)", s.Revision.ID, s.Revision.Cause))
	row("environment", s.Environment)
	row("follows sources", map[bool]string{true: "yes", false: "no"}[s.Enabled])
	row("strategy", s.Strategy)
	var pending []string
	for _, change := range s.PendingChanges {
		pending = append(pending, change.Source)
	}
	list("pending", pending)
	list("at next start", lines(s.PendingRestart))
	row("reloads", fmt.Sprintf("%d, refused %d", s.Reloads, s.Refusals))
	if s.StoreError != nil {
		list("store", strings.Split(s.StoreError.Error(), "\n"))
	}
	if s.LastError == nil {
		row("newest content", "in force")
	} else {
		list("newest content", append([]string{"not in force:"}, strings.Split(s.LastError.Error(), "\n")...))
	}
	return b.String(), nil
}

func lines(changes rt.Changes) []string {
	var list []string
	for _, c := range changes {
		list = append(list, c.String())
	}
	return list
}

func show(c *console, _ context.Context, _ []string) (string, error) {
	text, err := json.MarshalIndent(c.live.Current(), "  ", "  ") // secrets hidden
	return "  " + string(text), err
}

func explain(c *console, _ context.Context, args []string) (string, error) {
	if len(args) != 1 {
		return "", errUsage
	}
	x, err := c.live.Manager().Explain(args[0])
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if x.Value == "" {
		x.Value = "absent"
	}
	fmt.Fprintf(&b, "%s is %s\n", x.Path, x.Value)
	if x.PendingRestart != "" {
		fmt.Fprintf(&b, "  at the next start %s\n", x.PendingRestart)
	}
	width := 0
	for _, s := range x.Layers {
		width = max(width, len(s.Pos.String()))
	}
	for _, s := range x.Layers {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, s.Pos, s.Value)
	}
	return b.String(), nil
}

func set(c *console, ctx context.Context, args []string) (string, error) {
	if len(args) < 2 {
		return "", errUsage
	}
	path, text := args[0], strings.Join(args[1:], " ")
	edit := rt.Set(path, text)
	if json.Valid([]byte(text)) {
		edit = rt.Set(path, json.RawMessage(text))
	}
	return c.ended(c.live.Manager().Update(by(ctx, "set "+path), edit))
}

func unset(c *console, ctx context.Context, args []string) (string, error) {
	if len(args) != 1 {
		return "", errUsage
	}
	return c.ended(c.live.Manager().Update(by(ctx, "unset "+args[0]), rt.Unset(args[0])))
}

// pause and resume show how a program sets its own values with typed bindings.
func pause(c *console, ctx context.Context, _ []string) (string, error) {
	return c.ended(c.live.Manager().Update(by(ctx, "pause"), settings.Set(c.live.Paused(), true)))
}

func resume(c *console, ctx context.Context, _ []string) (string, error) {
	return c.ended(c.live.Manager().Update(by(ctx, "resume"), settings.Unset(c.live.Paused())))
}

func reload(c *console, ctx context.Context, args []string) (string, error) {
	var opts []rt.RequestOption
	switch {
	case len(args) == 1 && args[0] == "force":
		opts = append(opts, rt.Force())
	case len(args) > 0:
		return "", errUsage
	}
	return c.ended(c.live.Manager().Reload(by(ctx, "reload"), opts...))
}

// ended returns the outcome of a reload. The log already has the reason of a refusal,
// unless it is the same as before, or nothing was tried.
func (c *console) ended(r rt.ReloadResult, err error) (string, error) {
	var refused *rt.ReloadError
	switch {
	case errors.As(err, &refused) && c.screen.showed(refused.Cause.Error()):
		return fmt.Sprintf("refused, revision %d stays in force", refused.Kept), nil
	case errors.As(err, &refused):
		return fmt.Sprintf("refused, revision %d stays in force: %v", refused.Kept, refused.Cause), nil
	case err != nil:
		return "", err
	}
	answer := fmt.Sprintf("nothing has changed, revision %d is in force", r.Revision.ID)
	if r.Changed {
		answer = fmt.Sprintf("revision %d is in force, %s", r.Revision.ID, r.Changes.Summary())
	}
	if len(r.PendingRestart) > 0 {
		answer += "; " + strconv.Itoa(len(r.PendingRestart)) + " waits for a restart"
	}
	return answer, nil
}

func dryRun(c *console, ctx context.Context, _ []string) (string, error) {
	r, err := c.live.Manager().DryRun(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintln(&b, "a reload would make", r.Changes.Summary())
	section(&b, "", lines(r.Changes))
	section(&b, "at the next start:", lines(r.PendingRestart))
	section(&b, "hooks:", r.Hooks)
	var warnings []string
	for _, w := range r.Warnings {
		warnings = append(warnings, w.String())
	}
	section(&b, "warnings:", warnings)
	return b.String(), nil
}

func section(b *strings.Builder, title string, list []string) {
	if title != "" && len(list) > 0 {
		fmt.Fprintln(b, "  "+title)
	}
	for _, line := range list {
		fmt.Fprintln(b, "    "+line)
	}
}

func strategy(c *console, _ context.Context, args []string) (string, error) {
	s, err := parseStrategy(args)
	if err != nil {
		return "", errUsage
	}
	return "the strategy is " + s.String(), c.live.Manager().Watching().SetStrategy(s)
}

func parseStrategy(args []string) (s rt.Strategy, err error) {
	var every time.Duration
	switch len(args) {
	case 1:
	case 2:
		if every, err = time.ParseDuration(args[1]); err != nil {
			return s, err
		}
	default:
		return s, errUsage
	}
	switch timed := len(args) == 2; {
	case args[0] == "immediate" && !timed:
		return rt.Immediate(), nil
	case args[0] == "manual" && !timed:
		return rt.Manual(), nil
	case args[0] == "batched" && timed:
		return rt.Batched(every, 0), nil
	case args[0] == "scheduled" && timed:
		return rt.Scheduled(every), nil
	}
	return s, errUsage
}

func enable(c *console, _ context.Context, _ []string) (string, error) {
	return "the sources are followed", c.live.Manager().Watching().Enable()
}

func disable(c *console, _ context.Context, _ []string) (string, error) {
	c.live.Manager().Watching().Disable()
	return "the sources are not followed; reload reads them", nil
}

func revisions(c *console, _ context.Context, _ []string) (string, error) {
	now := c.live.Manager().Status().Revision.ID
	var b strings.Builder
	for _, r := range c.live.Manager().Revisions().List(0, 0) {
		mark := " "
		if r.ID == now {
			mark = "*"
		}
		fmt.Fprintf(&b, "%s %4d  %s  %-11s  %s\n", mark, r.ID, r.Time.Format(time.TimeOnly), r.Cause, r.Metadata["command"])
	}
	return b.String(), nil
}

func diff(c *console, _ context.Context, args []string) (string, error) {
	if len(args) != 2 {
		return "", errUsage
	}
	from, err1 := revisionID(args[0])
	to, err2 := revisionID(args[1])
	if err1 != nil || err2 != nil {
		return "", errUsage
	}
	d, err := c.live.Manager().Revisions().Diff(from, to)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintln(&b, d.Summary())
	section(&b, "", lines(d))
	return b.String(), nil
}

func revisionID(text string) (rt.RevisionID, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	return rt.RevisionID(id), err
}

func rollback(c *console, ctx context.Context, args []string) (string, error) {
	if len(args) == 0 || len(args) > 2 || len(args) == 2 && args[0] != "to" {
		return "", errUsage
	}
	n, err := strconv.Atoi(args[len(args)-1])
	if err != nil || n < 1 {
		return "", errUsage
	}
	target := rt.Steps(n)
	if len(args) == 2 {
		target = rt.To(rt.RevisionID(n))
	}
	r, err := c.live.Manager().Rollback(by(ctx, "rollback "+strings.Join(args, " ")), target)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("revision %d is in force, %s; it is held until a source changes", r.To.ID, r.Changes.Summary()), nil
}

func backups(c *console, _ context.Context, _ []string) (string, error) {
	list, err := c.live.Manager().Revisions().Backups()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, backup := range list {
		var names []string
		for _, file := range backup.Files {
			names = append(names, filepath.Base(file))
		}
		fmt.Fprintf(&b, "  %4d  %s  %s\n", backup.ID, backup.Time.Format(time.TimeOnly), strings.Join(names, ", "))
	}
	return b.String(), nil
}

func restore(c *console, ctx context.Context, args []string) (string, error) {
	if len(args) != 1 {
		return "", errUsage
	}
	id, err := revisionID(args[0])
	if err != nil {
		return "", errUsage
	}
	return c.ended(c.live.Manager().Revisions().Restore(by(ctx, "restore "+args[0]), id))
}
