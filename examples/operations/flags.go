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

// flags holds the command line: the location of the configuration, and some of its
// values, which override files and environment.
type flags struct {
	set                         *pflag.FlagSet
	config, environment, member string
}

func parseFlags(args []string) (*flags, error) {
	f := &flags{set: pflag.NewFlagSet("operations", pflag.ContinueOnError)}
	f.set.StringVar(&f.config, "config", filepath.Join("examples", "operations", "config"), "`folder` with the configuration; migrations and store are beside it")
	f.set.StringVar(&f.environment, "environment", "", "`name` of the environment (default: APP_ENV, or development)")
	f.set.StringVar(&f.member, "agent", "", "`id` of this instance, which may have a file in agents")
	// Flags with the path of a field set its value.
	f.set.Int("workers", 0, "the number of messages sent at the same time")
	f.set.String("logging.level", "", "the log level of the relay: debug, info, warn or error")
	err := f.set.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		os.Exit(0)
	}
	f.environment = cmp.Or(f.environment, os.Getenv("APP_ENV"), "development")
	return f, err
}

// options returns the sources of the configuration, weakest layer first, and the store.
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
		// A store for each environment: none may start with the revision of another.
		history.Store(filepath.Join(home, "store", f.environment), history.Fallback()),
		// rt.WithHotReload(true) would let "enable" work in production.
	}
}
