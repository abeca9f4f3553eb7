package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/runtime/notify/webhook"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

const schema = `
type: object
properties:
  database:
    type: object
    properties:
      pool_size: {type: integer, maximum: 100}
  greeting: {type: string}
`

// A service sends all notifications to a file and alerts to a webhook, and reads those
// about the database itself. A generated package has its own Open, with the same options.
func Example() {
	folder, err := os.MkdirTemp("", "notify")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "config.yaml")
	save(path, "database: {pool_size: 10}\n")

	file, err := notify.File(filepath.Join(folder, "notifications.jsonl"), notify.WithMaxSize(1_000_000))
	if err != nil {
		panic(err)
	}
	alerts, err := webhook.New("https://alerts.example.com/in", webhook.WithKey(rt.NewSecret("a key that the receiver has too")))
	if err != nil {
		panic(err)
	}
	database := notify.NewQueue("database", 100)

	known, findings := validate.Load("config.schema.yaml", []byte(schema), nil)
	if known == nil {
		panic(findings)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	live, err := untyped.Open(ctx, known, rt.From(rt.File(path)),
		rt.WithLogger(slog.New(slog.DiscardHandler)),
		rt.WithHotReload(false), // here the example decides when
		rt.WithChannel(file, rt.ChannelOptions{}),
		rt.WithChannel(alerts, rt.ChannelOptions{Events: []rt.Event{rt.EventRefused, rt.EventRecovered}}),
		rt.WithChannel(database, rt.ChannelOptions{Paths: []string{"database"}}),
	)
	if err != nil {
		panic(err)
	}
	defer live.Close()

	save(path, "database: {pool_size: 20}\ngreeting: hello\n")
	live.Manager().Reload(ctx)
	n, err := database.Next(ctx)
	if err != nil {
		panic(err)
	}
	fmt.Println(n.Event, n.Revision)
	fmt.Println(n.Changes)
	// Output:
	// reloaded 2
	// database.pool_size: 10 → 20
	// greeting: added "hello"
}

func save(path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}
}

// A callback receives the notifications that its options select, also one that the
// application sends.
func ExampleCallback() {
	known, _ := validate.Load("config.schema.yaml", []byte(schema), nil)
	sent := make(chan rt.Notification, 9)
	alert := notify.Callback("alert", func(_ context.Context, n rt.Notification) error {
		sent <- n
		return nil
	})
	live, err := untyped.Open(context.Background(), known, rt.From(rt.Bytes("config.yaml", []byte("greeting: hi"))),
		rt.WithLogger(nil), rt.WithChannel(alert, rt.ChannelOptions{Events: []rt.Event{rt.EventRefused, "shop.cache_cleared"}}))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	live.Manager().Update(context.Background(), rt.Set("database.pool_size", 10)) // not for this channel
	live.Manager().Update(context.Background(), rt.Set("database.pool_size", 900))
	live.Manager().Channels().Send(rt.Notification{Event: "shop.cache_cleared", Message: "the cache was cleared"})
	fmt.Println((<-sent).Event)
	fmt.Println((<-sent).Message)
	// Output:
	// refused
	// the cache was cleared
}
