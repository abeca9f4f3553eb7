package settings

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/runtime/notify/webhook"

	rt "github.com/hotbind/hotbind/runtime"
)

// channels opens the channels and appends them to those of the program. It does so only
// if there is no other finding, because opening a file may create it. If one channel
// cannot be opened, it closes the others again.
func (a *applier) channels(list []Channel) {
	for i := range list {
		a.checkChannel(document.IndexPath("channels", i), &list[i])
	}
	if len(a.findings) > 0 {
		return
	}
	a.opts.Channels = slices.Clip(a.opts.Channels)
	ours := len(a.opts.Channels)
	for i, c := range list {
		if opened := a.open(document.IndexPath("channels", i)+".to", c.Name, c.To); opened != nil {
			rt.WithChannel(opened, c.options())(&a.opts)
		}
	}
	if len(a.findings) > 0 {
		closeAll(a.opts.Channels[ours:])
	}
}

func closeAll(list []outbox.Configured) {
	for _, c := range list {
		if closer, ok := c.Channel.(io.Closer); ok {
			closer.Close() // nothing was written
		}
	}
}

// checkChannel checks the rules that the schema cannot express.
func (a *applier) checkChannel(path string, c *Channel) {
	if slices.ContainsFunc(a.opts.Channels, func(other outbox.Configured) bool { return other.Channel != nil && other.Channel.Name() == c.Name }) {
		a.find(path+".name", "the program already has a channel named %s", document.Quote(c.Name))
	}
	a.notNegative(path+".timeout", c.Timeout)
	a.notNegative(path+".retry_for", c.RetryFor)
	a.fileNames(path+".filter.files", c.Filter.Files)
	for i, p := range c.Filter.Paths {
		if _, err := document.ParsePattern(p); err != nil {
			a.find(document.IndexPath(path+".filter.paths", i), "%v", err)
		}
	}
	if w, ok := c.To.(ToWebhook); ok {
		a.checkWebhook(path+".to", &w)
	}
}

func (a *applier) checkWebhook(path string, w *ToWebhook) {
	if !isAddress(w.URL.Reveal()) {
		a.findSecret(path+".url", "must begin with https:// or http:// and a host")
	}
	if w.Key.IsSet() && w.KeyFile.IsSet() {
		a.find(path+".key_file", "key and key_file exclude each other: give one")
	}
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// options returns the options of a channel in the file.
func (c *Channel) options() rt.ChannelOptions {
	o := rt.ChannelOptions{QueueLength: c.QueueLength.Or(0), Timeout: c.Timeout.Or(0), Files: c.Filter.Files, Paths: c.Filter.Paths, WithoutErrors: c.Filter.WithoutErrors, WithoutSuccesses: c.Filter.WithoutSuccesses}
	for _, e := range c.Filter.Events {
		o.Events = append(o.Events, rt.Event(e))
	}
	for _, p := range c.Filter.Priorities {
		o.Priorities = append(o.Priorities, priorities[p])
	}
	if d, ok := c.RetryFor.Get(); ok {
		o.RetryFor = cmp.Or(d, -1) // in the file 0 means never
	}
	return o
}

var priorities = map[Priority]rt.Priority{PriorityHigh: rt.PriorityHigh, PriorityNormal: rt.PriorityNormal, PriorityLow: rt.PriorityLow}

// open opens a channel. It returns nil if that fails.
func (a *applier) open(path, name string, to To) rt.Channel {
	switch to := to.(type) {
	case ToConsole:
		return openConsole(name, &to)
	case ToLog:
		return notify.Log(cmp.Or(a.opts.Logger, slog.New(slog.DiscardHandler)), notify.WithName(name))
	case ToFile:
		return a.openFile(path, name, &to)
	case ToWebhook:
		return a.openWebhook(path, name, &to)
	}
	return nil
}

func openConsole(name string, to *ToConsole) rt.Channel {
	options := []notify.ConsoleOption{notify.WithName(name)}
	if on, ok := to.Color.Get(); ok {
		options = append(options, notify.WithColor(on))
	}
	if to.Stream == StreamStdout {
		return notify.Console(os.Stdout, options...)
	}
	return notify.Console(os.Stderr, options...)
}

func (a *applier) openFile(path, name string, to *ToFile) rt.Channel {
	options := []notify.FileOption{notify.WithName(name)}
	if size, ok := to.MaxSize.Get(); ok {
		options = append(options, notify.WithMaxSize(int64(size)))
	}
	if n, ok := to.MaxFiles.Get(); ok {
		options = append(options, notify.WithMaxFiles(n))
	}
	c, err := notify.File(to.Path, options...)
	if err != nil {
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err // the finding already names the file
		}
		a.find(path+".path", "cannot be opened: %v", err)
		return nil
	}
	return c
}

func (a *applier) openWebhook(path, name string, to *ToWebhook) rt.Channel {
	options := []webhook.Option{webhook.WithName(name)}
	key, err := to.key()
	if err != nil {
		a.find(path+".key_file", "cannot be used: %v", err)
		return nil
	}
	if key != nil {
		options = append(options, webhook.WithKey(*key))
	}
	c, err := webhook.New(to.URL.Reveal(), options...)
	if err != nil {
		a.findSecret(path+".url", "cannot be used as a URL") // the reason could contain the URL
		return nil
	}
	return c
}

// key returns the key with which a webhook signs, or nil.
func (to *ToWebhook) key() (*rt.Secret[string], error) {
	key, ok := to.Key.Get()
	if file, named := to.KeyFile.Get(); named {
		text, err := readKey(file)
		if err != nil {
			return nil, err
		}
		key, ok = rt.NewSecret(text), true
	}
	if !ok {
		return nil, nil
	}
	return &key, nil
}

// readKey reads a key. Its errors do not contain the key.
func readKey(file string) (string, error) {
	text, err := rt.File(file).Read(context.Background())
	if err != nil {
		return "", err
	}
	key := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if key == "" {
		return "", errors.New("the file has no key")
	}
	return key, nil
}
