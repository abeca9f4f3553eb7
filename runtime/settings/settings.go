// Package settings lets an operator set how a service follows its configuration:
// strategy, times, limits, channels and the audit log, in a file of their own that
// schemas/settings.schema.json describes.
package settings

import (
	"github.com/hotbind/hotbind/runtime/internal/settings"

	rt "github.com/hotbind/hotbind/runtime"
)

// File returns an option that applies the settings in a YAML or JSON file, or with
// [rt.WithFormat] in one of another format. They win over the options of the program,
// whatever the order, and its channels are added. Open reads the file once, at the start.
// A file that cannot be read is a *source.Error, and one with anything wrong in it a
// *rt.ValidationError.
func File(path string, opts ...rt.FileOption) rt.Option {
	return func(o *rt.Options) {
		o.Settings = func(o rt.Options) (rt.Options, error) { return settings.Apply(rt.File(path, opts...), o) }
	}
}
