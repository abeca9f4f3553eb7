package runtime

import (
	"strconv"

	"github.com/hotbind/hotbind/internal/format"
)

// A ByteSize is a number of bytes: the Go type of the format byte-size. Its text is a
// whole or decimal number and a unit: B, kB, MB, GB, TB, PB, EB (powers of 1000) or KiB,
// MiB, GiB, TiB, PiB, EiB (powers of 1024), in any case; without a unit it is bytes.
type ByteSize int64

// ParseByteSize parses a size such as 10MB, 1.5 GiB or 4096, which must be a whole number
// of bytes below 2^63.
func ParseByteSize(text string) (ByteSize, error) {
	n, err := format.ByteSize(text)
	return ByteSize(n), err
}

// String returns the size in the largest unit that gives a whole number.
func (b ByteSize) String() string {
	best := strconv.FormatInt(int64(b), 10) + "B"
	for _, u := range format.ByteUnits {
		if b != 0 && int64(b)%u.Size == 0 {
			if text := strconv.FormatInt(int64(b)/u.Size, 10) + u.Name; len(text) < len(best) {
				best = text
			}
		}
	}
	return best
}
