package notify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

// shown returns what a console writes for notifications.
func shown(t *testing.T, notes []rt.Notification, opts ...notify.ConsoleOption) string {
	t.Helper()
	var out bytes.Buffer
	c := notify.Console(&out, opts...)
	for _, n := range notes {
		must(t, c.Send(context.Background(), n))
	}
	return out.String()
}

func morning() []rt.Notification {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	finding := "config.yaml:14:14: database.pool_size: 500 is more than the maximum 100"
	hook := "the hook on database.pool_size (shop/main.go:41) failed: no memory"
	return []rt.Notification{
		{Time: at(0), Event: rt.EventWatchingStarted, Message: "the sources are followed"},
		{Time: at(1), Event: rt.EventReloaded, Message: "revision 7 is in force: 2 changes: 1 added, 1 modified", Changes: rt.Changes{
			{Path: "database.pool_size", Kind: rt.Modified, Old: 10, New: 20}, {Path: "features.beta", Kind: rt.Added, New: true}}},
		{Time: at(2), Event: rt.EventRefused, Message: "refused, revision 7 stays in force: " + finding + " (and 1 more lines)", Count: 1,
			Error: finding + "\nconfig.yaml:15:3: databse: is not allowed here (did you mean database?)"},
		{Time: at(62), Event: rt.EventRefused, Message: "refused, revision 7 stays in force: " + finding, Count: 12, Error: finding},
		{Time: at(63), Event: rt.EventRecovered, Message: "valid again", Count: 13},
		{Time: at(64), Event: rt.EventRefused, Message: "refused, revision 7 stays in force: " + hook, Error: hook,
			Changes: rt.Changes{{Path: "database.pool_size", Kind: rt.Modified, Old: 10, New: 20}}},
		{Time: at(65), Event: rt.EventRestartPending, Message: "a change waits for the next start",
			Changes: rt.Changes{{Path: "listen", Kind: rt.Removed, Old: ":80"}}},
		{Time: at(66), Event: rt.EventRolledBack, Message: "rolled back: revision 6 is in force: 1 change: 1 modified", Environment: "staging",
			Metadata: map[string]string{"actor": "alice"}, Changes: rt.Changes{{Kind: rt.Modified, Old: 1, New: 2}}},
		{Time: at(67), Event: rt.EventStoreFailed, Message: "revision 8 is not saved", Error: "no space left on device"},
	}
}

// This is what an operator reads in the morning.
func TestConsole(t *testing.T) {
	want := `12:00:00 · the sources are followed
12:00:01 ✓ revision 7 is in force: 2 changes: 1 added, 1 modified
    ~ database.pool_size: 10 → 20
    + features.beta: true
12:00:02 ✗ refused, revision 7 stays in force:
    config.yaml:14:14: database.pool_size: 500 is more than the maximum 100
    config.yaml:15:3: databse: is not allowed here (did you mean database?)
12:01:02 ✗ refused, revision 7 stays in force: config.yaml:14:14: database.pool_size: 500 is more than the maximum 100 (12 times)
12:01:03 ✓ valid again (after 13 refusals)
12:01:04 ✗ refused, revision 7 stays in force: the hook on database.pool_size (shop/main.go:41) failed: no memory
    it would have changed:
    ~ database.pool_size: 10 → 20
12:01:05 ! a change waits for the next start
    - listen: ":80"
12:01:06 [staging] ✓ rolled back: revision 6 is in force: 1 change: 1 modified by alice
    ~ (document): 1 → 2
12:01:07 ✗ revision 8 is not saved
    no space left on device
`
	if got := shown(t, morning()); got != want {
		t.Errorf("got\n%s", got)
	}
}

// With colors the text is the same, and every color ends before its line does.
func TestConsoleColors(t *testing.T) {
	colored := shown(t, morning(), notify.WithColor(true))
	plain := strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[2m", "", "\x1b[0m", "").Replace(colored)
	if plain != shown(t, morning()) || plain == colored {
		t.Errorf("got %q", colored)
	}
	for line := range strings.Lines(colored) {
		if strings.Count(line, "\x1b[0m")*2 != strings.Count(line, "\x1b[") {
			t.Errorf("got %q", line)
		}
	}
	if !strings.Contains(colored, "\x1b[31m✗\x1b[0m") || !strings.Contains(colored, "\x1b[32m+ features.beta: true\x1b[0m") {
		t.Errorf("got %q", colored)
	}
}

// F127: whatever is in values, keys, and the names of files and environments, a
// notification has exactly its lines and nothing in it controls the terminal.
func TestF127_ConsoleEscapes(t *testing.T) {
	got := shown(t, []rt.Notification{evilAll()}, notify.WithColor(false))
	wantTame(t, got)
	// The message, four lines of the error (which has line breaks), and the three changes.
	if n := strings.Count(got, "\n"); n != 8 {
		t.Errorf("%d lines:\n%s", n, got)
	}
	if !strings.Contains(got, `message a\nb\r\x00\u2028\u2029\u0085\x1b[2J`) || !strings.Contains(got, `[productiona\nb`) || !strings.Contains(got, `by a\nb`) {
		t.Errorf("got %s", got)
	}
}

// Long texts and lists are bounded and show how much is left out.
func TestConsoleIsBounded(t *testing.T) {
	n := note(1)
	n.Message = strings.Repeat("ä", 5000)
	for i := range 1000 {
		n.Error += fmt.Sprintln("line", i)
		n.Changes = append(n.Changes, rt.ValueChange{Path: fmt.Sprint("p", i), Kind: rt.Modified, Old: strings.Repeat("x", 1000), New: i})
	}
	got := shown(t, []rt.Notification{n})
	if len(got) > 6000 || !strings.Contains(got, "\n    975 more\n") || !strings.HasSuffix(got, "\n    990 more\n") {
		t.Errorf("got %d bytes: %s", len(got), got)
	}
}

// F129: a secret prints as [secret] everywhere.
func TestF129_SecretsStayHidden(t *testing.T) {
	const secret = "CANARY"
	n := note(1)
	n.Changes = rt.Changes{
		{Path: "a", Kind: rt.Modified, Old: rt.NewSecret(secret), New: rt.NewSecret(secret + "2")},
		{Path: "b", Kind: rt.Added, New: &struct{ Password rt.Secret[string] }{rt.NewSecret(secret)}},
		{Path: "c", Kind: rt.Removed, Old: map[string]rt.Secret[string]{"x": rt.NewSecret(secret)}},
	}
	all := shown(t, []rt.Notification{n}) + logged(t, n) + filed(t, n)
	if strings.Contains(all, secret) || strings.Count(all, document.Redacted) < 9 {
		t.Errorf("got %s", all)
	}
}

// A writer that fails or writes only a part is an error of Send. Each notification is one
// Write, so that two processes never mix within one.
func TestConsoleWrites(t *testing.T) {
	broken := errors.New("broken pipe")
	var writes int
	for _, c := range []struct {
		write func([]byte) (int, error)
		want  string
	}{
		{func(p []byte) (int, error) { writes++; return len(p), nil }, "<nil>"},
		{func([]byte) (int, error) { return 0, broken }, "broken pipe"},
		{func([]byte) (int, error) { return 1, nil }, "short write"},
	} {
		if err := notify.Console(writer(c.write)).Send(context.Background(), morning()[2]); fmt.Sprint(err) != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := notify.Console(&bytes.Buffer{}).Send(ended, note(1)); !errors.Is(err, context.Canceled) || writes != 1 {
		t.Errorf("got %v, %d writes", err, writes)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// Options set the names, so that two channels of one kind can be distinguished.
func TestNames(t *testing.T) {
	file := func(opts ...notify.FileOption) rt.Channel {
		c, err := notify.File(t.TempDir()+"/n.jsonl", opts...)
		must(t, err)
		t.Cleanup(func() { closed(t, c) })
		return c
	}
	for _, c := range []struct {
		channel rt.Channel
		want    string
	}{
		{notify.Console(nil), "console"}, {notify.Console(nil, notify.WithName("x")), "x"},
		{notify.Log(nil), "log"}, {notify.Log(nil, notify.WithName("x")), "x"},
		{file(), "file"}, {file(notify.WithName("x")), "x"},
		{notify.NewQueue("q", 1), "q"}, {notify.Callback("c", nil), "c"}, {notify.AsyncCallback("a", nil, 1), "a"},
	} {
		if got := c.channel.Name(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
