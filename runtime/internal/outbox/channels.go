package outbox

import (
	"errors"
	"io"
	"reflect"
	"slices"

	rt "github.com/hotbind/hotbind/runtime"
)

// AddAll adds channels. After an error those that were not added are closed, as Close
// closes the others.
func (o *Outbox) AddAll(channels []rt.ConfiguredChannel) error {
	for i, c := range channels {
		if err := o.Add(c.Channel, c.Options); err != nil {
			added := channels[:i]
			left := slices.DeleteFunc(slices.Clone(channels[i:]), func(c rt.ConfiguredChannel) bool {
				return slices.ContainsFunc(added, func(a rt.ConfiguredChannel) bool { return same(a.Channel, c.Channel) })
			})
			return errors.Join(err, CloseAll(left))
		}
	}
	return nil
}

// same reports whether two channels are one.
func same(a, b rt.Channel) bool {
	return a != nil && b != nil && reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}

// CloseAll closes channels that no outbox has.
func CloseAll(list []rt.ConfiguredChannel) error {
	var errs []error
	for _, c := range list {
		if closer, ok := c.Channel.(io.Closer); ok {
			errs = append(errs, closer.Close())
		}
	}
	return errors.Join(errs...)
}
