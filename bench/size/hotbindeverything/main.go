// Command hotbindeverything follows its configuration with every optional part.
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/bench/service"
	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document/toml"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/runtime/notify/webhook"
	"github.com/hotbind/hotbind/runtime/pflags"
	"github.com/hotbind/hotbind/runtime/settings"

	rt "github.com/hotbind/hotbind/runtime"
)

func main() {
	file, err := notify.File("notifications.jsonl")
	if err != nil {
		log.Fatal(err)
	}
	hook, err := webhook.New("https://ops.example.com/hook", webhook.WithKey(rt.NewSecret("a key")))
	if err != nil {
		log.Fatal(err)
	}
	live, err := service.Open(context.Background(),
		rt.From(rt.Tree(os.Args[1], rt.AllowIncludes(), rt.WithFormat(toml.Format{})),
			rt.Dotenv(".env", "SHOP"), rt.Env("SHOP"), pflags.Source(pflag.CommandLine)),
		history.Store("store", history.Fallback()), audit.File("audit.jsonl", audit.Refuse),
		migrate.With("migrations"), settings.File("settings.yaml"), rt.WithMetrics(true),
		rt.WithChannel(notify.Console(os.Stderr), rt.ChannelOptions{}), rt.WithChannel(notify.Log(slog.Default()), rt.ChannelOptions{}), rt.WithChannel(file, rt.ChannelOptions{}), rt.WithChannel(hook, rt.ChannelOptions{}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer live.Close()
	live.Database().PoolSize().OnChange(func(_ context.Context, c rt.Change[int]) error {
		fmt.Println(c.New)
		return nil
	})
	fmt.Println(live.Current().Database.PoolSize)
	select {}
}
