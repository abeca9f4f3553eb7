package runtime

import (
	"errors"
	"math/big"
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
	size int64
}{
	{"EiB", 1 << 60}, {"PiB", 1 << 50}, {"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"EB", 1e18}, {"PB", 1e15}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

// longestSize bounds the digits of a size: enough for any number of bytes.
const longestSize = 40

// ParseByteSize reads a size such as 10MB, 1.5 GiB or 4096. A size must come to
// a whole number of bytes below 2^63.
func ParseByteSize(text string) (ByteSize, error) {
	digits, unit := strings.TrimSpace(text), int64(1)
	for _, u := range byteUnits {
		if len(digits) > len(u.name) && strings.EqualFold(digits[len(digits)-len(u.name):], u.name) {
			digits, unit = strings.TrimSpace(digits[:len(digits)-len(u.name)]), u.size
			break
		}
	}
	if digits == "" || len(digits) > longestSize || strings.Trim(digits, "0123456789.") != "" {
		return 0, errors.New("a size is a number and a unit, such as 10MB or 1.5GiB")
	}
	n, ok := new(big.Rat).SetString(digits)
	if !ok {
		return 0, errors.New("a size is a number and a unit, such as 10MB or 1.5GiB")
	}
	n.Mul(n, new(big.Rat).SetInt64(unit))
	if !n.IsInt() || !n.Num().IsInt64() {
		return 0, errors.New("a size must come to a whole number of bytes below 2^63")
	}
	return ByteSize(n.Num().Int64()), nil
}

// String is the size in the largest unit that gives a whole number.
func (b ByteSize) String() string {
	best := strconv.FormatInt(int64(b), 10) + "B"
	for _, u := range byteUnits {
		if b != 0 && int64(b)%u.size == 0 {
			if text := strconv.FormatInt(int64(b)/u.size, 10) + u.name; len(text) < len(best) {
				best = text
			}
		}
	}
	return best
}
