package hand

import "github.com/hotbind/hotbind/bench/plain"

// Differences returns how many sections and machines differ. It is not more precise, as a
// pipeline with a listener for each section does not need more.
func Differences(a, b *plain.Service) (n int) {
	for _, differs := range []bool{
		a.Server != b.Server, a.Database != b.Database, a.Cache != b.Cache,
		a.Log != b.Log, a.Limits != b.Limits, a.Mail != b.Mail,
	} {
		if differs {
			n++
		}
	}
	for name, before := range a.Machines {
		if after, ok := b.Machines[name]; !ok || before != after {
			n++
		}
	}
	for name := range b.Machines {
		if _, ok := a.Machines[name]; !ok {
			n++
		}
	}
	return n
}
