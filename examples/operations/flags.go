package main

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/runtime/pflags"

	rt "github.com/hotbind/hotbind/runtime"
)

// flags are what the command line says: where the configuration is, and some of its
// values, which lie above the files and the environment.
type flags struct {
	set                         *pflag.FlagSet
	config, environment, member string
}

func parseFlags(args []string) (*flags, error) {
	f := &flags{set: pflag.NewFlagSet("operations", pflag.ContinueOnError)}
	f.set.StringVar(&f.config, "config", filepath.Join("examples", "operations", "config"), "`folder` with the configuration; migrations and store are beside it")
	f.set.StringVar(&f.environment, "environment", "", "`name` of the environment (default: APP_ENV, or development)")
	f.set.StringVar(&f.member, "agent", "", "`id` of this instance, which may have a file in agents")
	// Flags that are called as a field are values of it.
	f.set.Int("workers", 0, "how many messages are under way at once")
	f.set.String("logging.level", "", "what the relay says: debug, info, warn or error")
	err := f.set.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		os.Exit(0)
	}
	f.environment = cmp.Or(f.environment, os.Getenv("APP_ENV"), "development")
	return f, err
}

// options say where the configuration comes from, the weakest layer first, and how it
// is kept.
func (f *flags) options() []rt.Option {
	home := filepath.Dir(filepath.Clean(f.config))
	return []rt.Option{
		rt.From(
			rt.Tree(f.config, rt.Environment(f.environment), rt.Agent(f.member)),
			rt.Dotenv(filepath.Join(f.config, ".env"), "RELAY"),
			rt.Env("RELAY"),
			pflags.Source(f.set),
		),
		migrate.With(filepath.Join(home, "migrations")),
		// A store for each environment: none starts with what was good in another.
		history.Store(filepath.Join(home, "store", f.environment), history.Fallback()),
		// rt.WithHotReload(true) would let "enable" work in production.
	}
}
