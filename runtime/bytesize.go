package runtime

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A ByteSize is a number of bytes: what a schema's format byte-size is read
// into. Its text is a whole or decimal number and a unit: B, kB, MB, GB, TB, PB,
// EB (powers of 1000) or KiB, MiB, GiB, TiB, PiB, EiB (powers of 1024), without
// regard to case; no unit means bytes.
type ByteSize int64

var byteUnits = []struct {
	name string
	size float64
}{
	{"EiB", 1 << 60}, {"PiB", 1 << 50}, {"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"EB", 1e18}, {"PB", 1e15}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

// ParseByteSize reads a size such as 10MB, 1.5 GiB or 4096. A size must come to
// a whole number of bytes below 2^63.
func ParseByteSize(text string) (ByteSize, error) {
	digits, unit := strings.TrimSpace(text), 1.0
	for _, u := range byteUnits {
		if len(digits) > len(u.name) && strings.EqualFold(digits[len(digits)-len(u.name):], u.name) {
			digits, unit = strings.TrimSpace(digits[:len(digits)-len(u.name)]), u.size
			break
		}
	}
	if digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return 0, fmt.Errorf("a size is a number and a unit, such as 10MB or 1.5GiB")
	}
	if whole, err := strconv.ParseInt(digits, 10, 64); err == nil && whole <= math.MaxInt64/int64(unit) {
		return ByteSize(whole * int64(unit)), nil
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0, fmt.Errorf("a size is a number and a unit, such as 10MB or 1.5GiB")
	}
	if n *= unit; n != math.Trunc(n) || n >= 1<<63 {
		return 0, fmt.Errorf("a size must come to a whole number of bytes below 2^63")
	}
	return ByteSize(n), nil
}

// String is the size in the largest unit that gives a whole number.
func (b ByteSize) String() string {
	best := strconv.FormatInt(int64(b), 10) + "B"
	for _, u := range byteUnits {
		if n := int64(u.size); b != 0 && int64(b)%n == 0 {
			if text := strconv.FormatInt(int64(b)/n, 10) + u.name; len(text) < len(best) {
				best = text
			}
		}
	}
	return best
}
