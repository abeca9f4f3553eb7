package outbox

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Configured is a channel with its options, as in [rt.Options].
type Configured = struct {
	Channel rt.Channel
	Options rt.ChannelOptions
}

// A Concurrent is a channel that delivers several notifications at once: Deliver is
// called instead of Send, starts a delivery and returns. Done must be called once, from
// any goroutine, when the delivery has ended; ctx covers all of it. A failed delivery is
// not retried.
type Concurrent interface {
	rt.Channel
	Deliver(ctx context.Context, n rt.Notification, done func(error))
}

// AddAll adds channels. After an error, it closes those that it did not add; Close closes
// the others.
func (o *Outbox) AddAll(channels []Configured) error {
	for i, c := range channels {
		if err := o.Add(c.Channel, c.Options); err != nil {
			added := channels[:i]
			left := slices.DeleteFunc(slices.Clone(channels[i:]), func(c Configured) bool {
				return slices.ContainsFunc(added, func(a Configured) bool { return same(a.Channel, c.Channel) })
			})
			return errors.Join(err, CloseAll(left))
		}
	}
	return nil
}

// same reports whether two channels are identical.
func same(a, b rt.Channel) bool {
	return a != nil && b != nil && reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}

// CloseAll closes channels that were not added to an outbox.
func CloseAll(list []Configured) error {
	var errs []error
	for _, c := range list {
		if closer, ok := c.Channel.(io.Closer); ok {
			errs = append(errs, closer.Close())
		}
	}
	return errors.Join(errs...)
}
