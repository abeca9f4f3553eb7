package document_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
)

func TestCompareNumbers(t *testing.T) {
	t.Parallel()
	// In ascending order; numbers on one line are equal.
	ascending := [][]string{
		{"-1e9999"}, {"-12", "-1.2e1", "-120e-1"}, {"-9.99"}, {"-1", "-1.0", "-10e-1"}, {"-0.1"}, {"-1e-9999"},
		{"0", "-0", "0.0", "0e9999", "-0.00e-9999"},
		{"1e-9999"}, {"0.001", "1e-3", "0.1E-2"}, {"0.01"}, {"0.1"}, {"0.10000000000000000001"}, {"0.2"},
		{"1", "1.0", "10e-1", "1e0", "1e+0", "0.1e1", "1E-0"}, {"1.5"}, {"2"}, {"9"}, {"10", "1e1", "1e01"}, {"100", "1e2", "1.00e2"},
		{"9007199254740992"}, {"9007199254740993", "9007199254740993.0"}, {"18446744073709551615"}, {"18446744073709551616"},
		{"1e400", "1" + strings.Repeat("0", 400)}, {"1.1e400"}, {"1e9999", "10e9998"},
	}
	for i, equal := range ascending {
		for j, other := range ascending {
			want := min(max(i-j, -1), 1)
			for _, a := range equal {
				for _, b := range other {
					if got := document.CompareNumbers(a, b); got != want {
						t.Errorf("CompareNumbers(%.20s, %.20s) = %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}

func TestCompareNumbersAgreesWithRationals(t *testing.T) {
	t.Parallel()
	var numbers []string
	for _, sign := range []string{"", "-"} {
		for _, mantissa := range []string{"0", "1", "10", "0.5", "12.5", "0.0125", "125000", "9.990"} {
			for _, exponent := range []string{"", "e0", "e3", "E-3", "e+12"} {
				numbers = append(numbers, sign+mantissa+exponent)
			}
		}
	}
	for _, a := range numbers {
		x, _ := new(big.Rat).SetString(a)
		if got, want := document.IsInteger(a), x.IsInt(); got != want {
			t.Errorf("IsInteger(%s) = %v", a, got)
		}
		if text, ok := document.IntegerText(a); ok && text != x.Num().String() || ok != x.IsInt() {
			t.Errorf("IntegerText(%s) = %s, %v", a, text, ok)
		}
		for _, b := range numbers {
			y, _ := new(big.Rat).SetString(b)
			if got, want := document.CompareNumbers(a, b), x.Cmp(y); got != want {
				t.Errorf("CompareNumbers(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestIntegerText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, text, want string
		ok              bool
	}{
		{"exponent", "1e2", "100", true},
		{"fraction of zeros", "1.0", "1", true},
		{"exponent takes the point away", "-1.25e2", "-125", true},
		{"negative exponent", "500e-2", "5", true},
		{"zero has no sign", "-0.0e5", "0", true},
		{"fraction", "1.5", "", false},
		{"small", "1e-1", "", false},
		{"1000 digits", "1e999", "1" + strings.Repeat("0", 999), true},
		{"1001 digits", "1e1000", "", false},
		{"no number", "0x10", "", false},
		{"nothing", "", "", false},
		{"leading zero", "01", "", false},
	} {
		if got, ok := document.IntegerText(c.text); got != c.want || ok != c.ok {
			t.Errorf("%s: IntegerText(%s) = %s, %v", c.why, c.text, got, ok)
		}
		if c.why != "1001 digits" && document.IsInteger(c.text) != c.ok {
			t.Errorf("%s: IsInteger(%s) = %v", c.why, c.text, !c.ok)
		}
	}
}

func TestNumbersAreCheap(t *testing.T) {
	t.Parallel()
	huge := []string{"1e" + strings.Repeat("9", 1000), "-1e-" + strings.Repeat("9", 1000), strings.Repeat("9", 100_000), "0." + strings.Repeat("0", 100_000) + "1"}
	start := time.Now()
	for _, a := range huge {
		document.IsInteger(a)
		document.IntegerText(a)
		for _, b := range huge {
			document.CompareNumbers(a, b)
		}
	}
	if took := time.Since(start); took > slower*time.Second {
		t.Errorf("took %v", took)
	}
	sorted := slices.Clone(huge)
	slices.SortFunc(sorted, document.CompareNumbers)
	if want := []string{huge[1], huge[3], huge[2], huge[0]}; !slices.Equal(sorted, want) {
		t.Error("huge numbers are not in order")
	}
}
