package format

import (
	"errors"
	"math/big"
	"strings"
)

// A Unit is a unit of bytes.
type Unit struct {
	Name string
	Size int64
}

// ByteUnits lists the units of a byte-size: powers of 1024, then of 1000, largest
// first.
var ByteUnits = []Unit{
	{"EiB", 1 << 60}, {"PiB", 1 << 50}, {"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"EB", 1e18}, {"PB", 1e15}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

// longestSize bounds the length of a size. It is enough for any number of bytes.
const longestSize = 40

// ByteSize parses a size such as 10MB, 1.5 GiB or 4096 and returns it in bytes. A size
// must be a whole number of bytes below 2^63. The case of units does not matter.
func ByteSize(text string) (int64, error) {
	digits, unit := strings.TrimSpace(text), int64(1)
	for _, u := range ByteUnits {
		if len(digits) > len(u.Name) && strings.EqualFold(digits[len(digits)-len(u.Name):], u.Name) {
			digits, unit = strings.TrimSpace(digits[:len(digits)-len(u.Name)]), u.Size
			break
		}
	}
	if digits == "" || len(digits) > longestSize || strings.Trim(digits, "0123456789.") != "" {
		return 0, errNoSize
	}
	n, ok := new(big.Rat).SetString(digits)
	if !ok {
		return 0, errNoSize
	}
	n.Mul(n, new(big.Rat).SetInt64(unit))
	if !n.IsInt() || !n.Num().IsInt64() {
		return 0, errors.New("want a whole number of bytes below 2^63")
	}
	return n.Num().Int64(), nil
}

var errNoSize = errors.New("want a number and a unit, such as 10MB or 1.5GiB")
