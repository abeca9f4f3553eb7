// Package settings lets an operator configure how a service follows its configuration:
// strategy, times, limits, channels and the audit log. The settings are in a file of their
// own, described by schemas/settings.schema.json.
package settings

import (
	"github.com/hotbind/hotbind/runtime/internal/settings"

	rt "github.com/hotbind/hotbind/runtime"
)

// File returns an option that applies the settings in a YAML or JSON file, or in another
// format with [rt.WithFormat]. The settings override the options of the program, in any
// order; channels are added to those of the program. Open reads the file once. It returns
// a *source.Error if the file cannot be read, and a *rt.ValidationError if it is invalid.
func File(path string, opts ...rt.FileOption) rt.Option {
	return func(o *rt.Options) {
		o.Settings = func(o rt.Options) (rt.Options, error) { return settings.Apply(rt.File(path, opts...), o) }
	}
}
