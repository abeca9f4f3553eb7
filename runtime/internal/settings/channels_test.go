package settings_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/settings"
	"github.com/hotbind/hotbind/runtime/notify/webhook"

	rt "github.com/hotbind/hotbind/runtime"
)

// A channelSetting is a property of a channel, a file that sets it, and the resulting
// options of the channel.
type channelSetting struct {
	at, file string
	want     rt.ChannelOptions
}

func channelSettings() []channelSetting {
	row := func(at, more string, want rt.ChannelOptions) channelSetting {
		return channelSetting{"channels[]." + at, "channels: [{name: a, to: {kind: log}" + more + "}]", want}
	}
	none := rt.ChannelOptions{}
	return []channelSetting{
		row("name", "", none), row("to", "", none), row("to.kind", "", none),
		row("filter", ", filter: {}", none),
		row("filter.events", ", filter: {events: [refused, reloaded]}", rt.ChannelOptions{Events: []rt.Event{rt.EventRefused, rt.EventReloaded}}),
		row("filter.priorities", ", filter: {priorities: [high, normal, low]}",
			rt.ChannelOptions{Priorities: []rt.Priority{rt.PriorityHigh, rt.PriorityNormal, rt.PriorityLow}}),
		row("filter.files", ", filter: {files: ['*.yaml']}", rt.ChannelOptions{Files: []string{"*.yaml"}}),
		row("filter.paths", ", filter: {paths: ['**.port']}", rt.ChannelOptions{Paths: []string{"**.port"}}),
		row("filter.without_errors", ", filter: {without_errors: true}", rt.ChannelOptions{WithoutErrors: true}),
		row("filter.without_successes", ", filter: {without_successes: true}", rt.ChannelOptions{WithoutSuccesses: true}),
		row("queue_length", ", queue_length: 3", rt.ChannelOptions{QueueLength: 3}),
		row("timeout", ", timeout: 3s", rt.ChannelOptions{Timeout: 3 * time.Second}),
		row("retry_for", ", retry_for: 0s", rt.ChannelOptions{RetryFor: -1}),
	}
}

// TestChannelOptions: a file adds a channel with its options to those of the program.
func TestChannelOptions(t *testing.T) {
	t.Parallel()
	for _, s := range channelSettings() {
		t.Run(s.at, func(t *testing.T) {
			t.Parallel()
			program := load.NewOptions(rt.WithChannel(silent("of-program"), rt.ChannelOptions{}))
			o, err := settings.Apply(rt.File(write(t, s.file)), program)
			if err != nil {
				t.Fatal(err)
			}
			if len(o.Channels) != 2 || len(program.Channels) != 1 || o.Channels[0].Channel.Name() != "of-program" || o.Channels[1].Channel.Name() != "a" {
				t.Fatalf("got the channels %v", o.Channels)
			}
			if diff := cmp.Diff(s.want, o.Channels[1].Options, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: want (-) got (+):\n%s", s.file, diff)
			}
		})
	}
}

// A delivery is a channel in a file and where its notifications go.
type delivery struct {
	at, to string // FOLDER in to stands for the folder, ADDRESS for the address of a server
	check  func(t *testing.T, d *delivered)
}

// A delivered holds everywhere that notifications may have gone.
type delivered struct {
	stdout, stderr, log, body, signature string
	folder                               string
}

func deliveries() []delivery {
	const recorded = "revision 7 is in force"
	contains := func(where func(*delivered) string) func(*testing.T, *delivered) {
		return func(t *testing.T, d *delivered) {
			if got := where(d); !strings.Contains(got, recorded) {
				t.Errorf("got %q, want the notification", got)
			}
		}
	}
	stderr := func(d *delivered) string { return d.stderr }
	signed := func(t *testing.T, d *delivered) {
		if err := webhook.Verify(rt.NewSecret("word"), d.signature, []byte(d.body), time.Hour, time.Now()); err != nil {
			t.Error(err)
		}
	}
	return []delivery{
		{"kind", "{kind: console}", contains(stderr)},
		{"kind", "{kind: log}", contains(func(d *delivered) string { return d.log })},
		{"stream", "{kind: console, stream: stdout}", contains(func(d *delivered) string { return d.stdout })},
		{"stream", "{kind: console, stream: stderr}", contains(stderr)},
		{"color", "{kind: console, color: true}", contains(func(d *delivered) string {
			if !strings.Contains(d.stderr, "\x1b[") {
				return "no colors"
			}
			return d.stderr
		})},
		{"path", "{kind: file, path: 'FOLDER/sent'}", func(t *testing.T, d *delivered) {
			if text, err := os.ReadFile(filepath.Join(d.folder, "sent")); strings.Count(string(text), recorded) != sent {
				t.Errorf("got %q, %v", text, err)
			}
		}},
		{"max_size", "{kind: file, path: 'FOLDER/sent', max_size: 1kB}", func(t *testing.T, d *delivered) {
			if info, err := os.Stat(filepath.Join(d.folder, "sent")); err != nil || info.Size() > 1000 {
				t.Errorf("got %v, %v", info, err)
			}
		}},
		{"max_files", "{kind: file, path: 'FOLDER/sent', max_size: 1kB, max_files: 2}", func(t *testing.T, d *delivered) {
			if files, err := os.ReadDir(d.folder); len(files) != 3 {
				t.Errorf("got %v, %v", files, err)
			}
		}},
		{"url", "{kind: webhook, url: 'ADDRESS/hook'}", contains(func(d *delivered) string { return d.body })},
		{"key", "{kind: webhook, url: 'ADDRESS/hook', key: word}", signed},
		{"key_file", "{kind: webhook, url: 'ADDRESS/hook', key_file: 'KEY'}", signed},
	}
}

// sent is the number of notifications for a channel: enough for several files of 1 kB.
const sent = 20

// TestDelivery: the channel of a file is the requested one. Not parallel: it redirects
// the output of the process.
func TestDelivery(t *testing.T) {
	for _, c := range deliveries() {
		t.Run(c.at, func(t *testing.T) { c.check(t, deliver(t, c.to)) })
	}
}

func deliver(t *testing.T, to string) *delivered {
	d := &delivered{folder: t.TempDir()}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.body, d.signature = string(body), r.Header.Get(webhook.HeaderSignature)
	}))
	defer server.Close()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("word\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	to = strings.NewReplacer("FOLDER", filepath.ToSlash(d.folder), "ADDRESS", server.URL, "KEY", filepath.ToSlash(key)).Replace(to)
	file := write(t, "channels: [{name: a, to: "+to+"}]")
	stdout, stderr := diverted(t, &os.Stdout), diverted(t, &os.Stderr)
	var log bytes.Buffer
	o, err := settings.Apply(rt.File(file), load.NewOptions(rt.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))))
	if err != nil {
		t.Fatal(err)
	}
	channel := o.Channels[0].Channel
	for i := range sent {
		n := rt.Notification{ID: fmt.Sprint(i), Time: time.Now(), Event: rt.EventReloaded, Revision: 7, Message: "revision 7 is in force", Count: 1}
		if err := channel.Send(context.Background(), n); err != nil {
			t.Fatal(err)
		}
	}
	if closer, ok := channel.(io.Closer); ok {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
	d.log, d.stdout, d.stderr = log.String(), stdout(), stderr()
	return d
}

// diverted redirects an output of the process to a file until the test ends; read returns
// its content.
func diverted(t *testing.T, output **os.File) (read func() string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	before := *output
	*output = f
	t.Cleanup(func() {
		*output = before
		f.Close()
	})
	return func() string {
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}
