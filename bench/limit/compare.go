package limit

import (
	"sync/atomic"

	"github.com/hotbind/hotbind/bench/plain"
)

// A Diff has a bit for each field of the sections that differs, and for each machine that
// differs the bits of its fields. All bits are set for a machine that only one side has.
type Diff struct {
	Fields   uint64
	Machines map[string]uint16
}

// Numbers of two fields, for hooks.
const (
	PoolSize = 6
	Workers  = 29
	Fields   = 30
)

// Compare returns what differs between a and b.
func Compare(a, b *plain.Service) Diff {
	d := Diff{Fields: Sections(a, b)}
	for name, before := range a.Machines {
		after, ok := b.Machines[name]
		switch {
		case !ok:
			d.add(name, 1<<10-1)
		case before != after:
			d.add(name, machine(&before, &after))
		}
	}
	for name := range b.Machines {
		if _, ok := a.Machines[name]; !ok {
			d.add(name, 1<<10-1)
		}
	}
	return d
}

func (d *Diff) add(name string, fields uint16) {
	if d.Machines == nil {
		d.Machines = map[string]uint16{}
	}
	d.Machines[name] = fields
}

// Sections returns the bits of the fields of the sections that differ.
func Sections(a, b *plain.Service) uint64 {
	return bit(0, a.Server.Host != b.Server.Host) |
		bit(1, a.Server.Port != b.Server.Port) |
		bit(2, a.Server.TLS != b.Server.TLS) |
		bit(3, a.Server.ReadTimeoutMS != b.Server.ReadTimeoutMS) |
		bit(4, a.Server.WriteTimeoutMS != b.Server.WriteTimeoutMS) |
		bit(5, a.Database.URL != b.Database.URL) |
		bit(PoolSize, a.Database.PoolSize != b.Database.PoolSize) |
		bit(7, a.Database.User != b.Database.User) |
		bit(8, a.Database.Retries != b.Database.Retries) |
		bit(9, a.Database.SlowQueryMS != b.Database.SlowQueryMS) |
		bit(10, a.Cache.Enabled != b.Cache.Enabled) |
		bit(11, a.Cache.Size != b.Cache.Size) |
		bit(12, a.Cache.TTLMS != b.Cache.TTLMS) |
		bit(13, a.Cache.Shards != b.Cache.Shards) |
		bit(14, a.Cache.Policy != b.Cache.Policy) |
		bit(15, a.Log.Level != b.Log.Level) |
		bit(16, a.Log.Format != b.Log.Format) |
		bit(17, a.Log.File != b.Log.File) |
		bit(18, a.Log.Sample != b.Log.Sample) |
		bit(19, a.Log.Color != b.Log.Color) |
		bit(20, a.Limits.Requests != b.Limits.Requests) |
		bit(21, a.Limits.Burst != b.Limits.Burst) |
		bit(22, a.Limits.Body != b.Limits.Body) |
		bit(23, a.Limits.Connections != b.Limits.Connections) |
		bit(24, a.Limits.IdleMS != b.Limits.IdleMS) |
		bit(25, a.Mail.Host != b.Mail.Host) |
		bit(26, a.Mail.Port != b.Mail.Port) |
		bit(27, a.Mail.From != b.Mail.From) |
		bit(28, a.Mail.Security != b.Mail.Security) |
		bit(Workers, a.Mail.Workers != b.Mail.Workers)
}

func machine(a, b *plain.Machine) uint16 {
	return uint16(bit(0, a.Host != b.Host) |
		bit(1, a.Port != b.Port) |
		bit(2, a.Region != b.Region) |
		bit(3, a.Weight != b.Weight) |
		bit(4, a.Enabled != b.Enabled) |
		bit(5, a.CPUs != b.CPUs) |
		bit(6, a.Memory != b.Memory) |
		bit(7, a.Zone != b.Zone) |
		bit(8, a.Retries != b.Retries) |
		bit(9, a.Owner != b.Owner))
}

func bit(n int, differs bool) uint64 {
	if differs {
		return 1 << n
	}
	return 0
}

// A Live is a configuration in memory with hooks by the number of the field.
type Live struct {
	Current atomic.Pointer[plain.Service]
	Hooks   [Fields][]func(before, after *plain.Service)
}

// Set replaces the configuration and calls the hooks of the fields of sections that differ.
func (l *Live) Set(next *plain.Service) {
	before := l.Current.Swap(next)
	for n, differs := 0, Sections(before, next); differs != 0; n, differs = n+1, differs>>1 {
		if differs&1 != 0 {
			for _, hook := range l.Hooks[n] {
				hook(before, next)
			}
		}
	}
}
