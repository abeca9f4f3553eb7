//go:build !linux

package limit

import (
	"errors"

	"github.com/hotbind/hotbind/bench/plain"
)

// Follow fails: the limit is known for Linux only.
func Follow(string, func(*plain.Service)) (stop func(), err error) {
	return nil, errors.New("the limit follows files by inotify, which only Linux has")
}
