package settings_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/seam"
	"github.com/hotbind/hotbind/runtime/internal/settings"

	rt "github.com/hotbind/hotbind/runtime"
)

// TestFindings: all errors are reported at once, with their positions. Findings of the
// schema come alone: the rest is checked once the file matches the schema.
func TestFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, file, want string }{
		{"findings of the schema", `
debouce: 3s
debounce: fast
max_revisions: 0
strategy: {kind: batched}
channels:
  - {name: a, to: {kind: log}}
  - {name: a, to: {kind: pigeon}}
  - {name: b, to: {kind: file, path: x, max_files: 0}}
  - {name: c, to: {kind: log}, filter: {events: [reloded]}}
`, `
settings.yaml:1:1: debouce: unknown property "debouce" (did you mean debounce?)
settings.yaml:2:11: debounce: "fast" is not a valid go-duration: want a duration such as 300ms, 10s or 1h30m
settings.yaml:3:16: max_revisions: 0 is less than the minimum 1
settings.yaml:4:11: strategy.delay: is required but missing
settings.yaml:7:12: channels[1].name: "a" is also the name of the item on line 6; keys must be unique
settings.yaml:7:26: channels[1].to.kind: "pigeon" is not one of console, log, file, webhook
settings.yaml:8:52: channels[2].to.max_files: 0 is less than the minimum 1
settings.yaml:9:50: channels[3].filter.events[0]: "reloded" is not one of watching_started, watching_stopped, watch_failed, source_failed, source_recovered, change_detected, reload_started, reloaded, refused, recovered, rolled_back, hook_failed and 8 more (did you mean reloaded?)
`},
		{"what the schema cannot express", `
debounce: -1s
max_revision_age: -2h
strategy:
  kind: scheduled
  interval: 0s
limits: {bytes: 0B}
file_patterns: ['*.yaml', '[a']
ignore_patterns: ['[']
channels:
  - name: of-program
    to: {kind: log}
  - name: b
    timeout: -1s
    retry_for: -1s
    filter:
      files: ['[z']
      paths: ['a..b', 'a.**']
    to: {kind: file, path: x}
  - name: c
    to:
      kind: webhook
      url: ftp://canary.example.com
      key: canary
      key_file: k
`, `
settings.yaml:1:11: debounce: -1s must not be negative
settings.yaml:2:19: max_revision_age: -2h0m0s must not be negative
settings.yaml:5:13: strategy.interval: the interval of a scheduled strategy is not positive
settings.yaml:6:17: limits.bytes: 0B is less than the minimum 1B
settings.yaml:7:27: file_patterns[1]: invalid pattern "[a"
settings.yaml:8:19: ignore_patterns[0]: invalid pattern "["
settings.yaml:10:11: channels[0].name: the program already has a channel named "of-program"
settings.yaml:13:14: channels[1].timeout: -1s must not be negative
settings.yaml:14:16: channels[1].retry_for: -1s must not be negative
settings.yaml:16:15: channels[1].filter.files[0]: invalid pattern "[z"
settings.yaml:17:15: channels[1].filter.paths[0]: invalid pattern "a..b": the key "" must be written as [""]
settings.yaml:22:12: channels[2].to.url: must begin with https:// or http:// and a host
settings.yaml:24:17: channels[2].to.key_file: key and key_file exclude each other: give one
`},
		{"a strategy that cannot be", "strategy: {kind: batched, delay: -1s}", `
settings.yaml:1:34: strategy.delay: the delay of a batched strategy is negative
`},
		{"a target that does not exist", `
channels:
  - name: a
    to: {kind: webhook, url: 'https://example.com', key_file: missing/key}
  - name: b
    to: {kind: file, path: missing/folder/file}
`, `
settings.yaml:3:63: channels[0].to.key_file: cannot be used: no such file or directory
settings.yaml:5:28: channels[1].to.path: cannot be opened: no such file or directory
`},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			file := write(t, strings.TrimPrefix(c.file, "\n"))
			_, err := settings.Apply(rt.File(file), load.NewOptions(rt.WithChannel(silent("of-program"), rt.ChannelOptions{})))
			var invalid *rt.ValidationError
			if !errors.As(err, &invalid) {
				t.Fatalf("got %v, want a *rt.ValidationError", err)
			}
			got := "\n" + strings.ReplaceAll(err.Error(), file, "settings.yaml") + "\n"
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("want (-) got (+):\n%s", diff)
			}
			if strings.Contains(got, "canary") {
				t.Errorf("the message contains a secret: %s", got)
			}
			for _, f := range invalid.Findings {
				if strings.HasPrefix(f.Path, "channels") && strings.HasSuffix(f.Path, ".url") && !f.Secret {
					t.Errorf("the line of a secret may be shown: %s", f)
				}
			}
		})
	}
}

// TestPolicyOfNoLog: otherwise an operator might believe that decisions are recorded.
func TestPolicyOfNoLog(t *testing.T) {
	t.Parallel()
	_, err := settings.Apply(rt.File(write(t, "audit: {policy: refuse}")), load.NewOptions())
	if err == nil || !strings.HasSuffix(err.Error(), "1:17: audit.policy: no audit log: set audit.file, or name a file in the program") {
		t.Errorf("got %v", err)
	}
}

// TestStartFromNoStore: otherwise an operator might believe that the program survives a
// bad file. A store that the settings turn off does not count.
func TestStartFromNoStore(t *testing.T) {
	t.Parallel()
	_, err := settings.Apply(rt.File(write(t, "start_from_store: true")), load.NewOptions())
	if err == nil || !strings.HasSuffix(err.Error(), "1:19: start_from_store: no store to start from: set store, or name a folder in the program") {
		t.Errorf("got %v", err)
	}
	o, err := settings.Apply(rt.File(write(t, `store: ""`)), load.NewOptions(history.Store("a", history.Fallback())))
	if err != nil || o.Store != nil || o.StartFromStore {
		t.Errorf("got %v, %v, %v", o.Store, o.StartFromStore, err)
	}
}

// TestNothingIsOpened: an invalid file leaves nothing on the disk and nothing open.
func TestNothingIsOpened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sent")
	file := write(t, "debounce: -1s\nchannels: [{name: a, to: {kind: file, path: '"+path+"'}}]")
	o, err := settings.Apply(rt.File(file), load.NewOptions())
	if _, missing := os.Stat(path); err == nil || len(o.Channels) > 0 || !errors.Is(missing, os.ErrNotExist) {
		t.Errorf("got %v, %d channels, %v", err, len(o.Channels), missing)
	}
}

// silent is a channel of the program.
type silent string

func (s silent) Name() string                              { return string(s) }
func (silent) Send(context.Context, rt.Notification) error { return nil }

// FuzzApply: every file is refused with findings or yields usable options. Channels that
// would write or read files are excluded.
func FuzzApply(f *testing.F) {
	for _, s := range plainSettings() {
		f.Add([]byte(s.file))
	}
	for _, s := range channelSettings() {
		f.Add([]byte(s.file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := settings.Parse("settings.yaml", data)
		if err == nil {
			for _, channel := range c.Channels {
				switch to := channel.To.(type) {
				case settings.ToFile:
					t.Skip("writes")
				case settings.ToWebhook:
					if to.KeyFile.IsSet() {
						t.Skip("reads")
					}
				}
			}
		}
		o, err := settings.Apply(rt.File(write(t, string(data))), load.NewOptions())
		var invalid *rt.ValidationError
		if err != nil && (!errors.As(err, &invalid) || len(invalid.Findings) == 0) {
			t.Errorf("got %v", err)
		}
		if err == nil && (o.Debounce < 0 || seam.Of[seam.Strategy](o.Strategy).Check() != nil || len(o.Channels) != len(c.Channels)) {
			t.Errorf("got %+v", o)
		}
	})
}

// TestChannelsAreClosed: when a channel cannot be opened, those before it are closed.
func TestChannelsAreClosed(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("the system does not list open files")
	}
	path := filepath.Join(t.TempDir(), "sent")
	file := write(t, "channels: [{name: a, to: {kind: file, path: '"+path+"'}}, {name: b, to: {kind: file, path: '"+path+"/b'}}]")
	if _, err := settings.Apply(rt.File(file), load.NewOptions()); err == nil {
		t.Fatal("a file below a file was opened")
	}
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range descriptors {
		if target, _ := os.Readlink("/proc/self/fd/" + d.Name()); target == path {
			t.Error("the file of the first channel is still open")
		}
	}
}

// TestNoAuditLog: an operator can turn off the audit log of the program.
func TestNoAuditLog(t *testing.T) {
	t.Parallel()
	o, err := settings.Apply(rt.File(write(t, `audit: {file: ""}`)), load.NewOptions(audit.File("a", audit.Refuse)))
	if err != nil || o.AuditLog != nil {
		t.Errorf("got %v, %v", o.AuditLog, err)
	}
}
