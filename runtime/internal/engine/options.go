package engine

import (
	"errors"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/internal/load"
)

// settle applies the settings of an operator and checks the options. The error names
// everything that is wrong with them, in the order below.
func settle(opts rt.Options) (rt.Options, error) {
	if err := errors.Join(load.CheckFollowed(opts)...); err != nil {
		return opts, err
	}
	if opts.Settings == nil {
		return opts, nil
	}
	return opts.Settings(opts)
}
