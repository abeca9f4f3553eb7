package plain

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Verify reports the first value that the schema does not allow. It is for contestants
// that do not validate a tree against the schema; dials calls it by its name.
func (c *Service) Verify() error {
	if name := c.Invalid(); name != "" {
		return errors.New("invalid " + name)
	}
	for name, m := range c.Machines {
		if field := m.Invalid(); field != "" {
			return fmt.Errorf("invalid machines.%s.%s", name, field)
		}
	}
	return nil
}

// Invalid returns the path of an invalid value in the sections, or an empty string.
func (c *Service) Invalid() string {
	const minute = 60_000
	switch {
	case c.Server.Host == "":
		return "server.host"
	case !between(c.Server.Port, 1, 65535):
		return "server.port"
	case !between(c.Server.ReadTimeoutMS, 1, 10*minute):
		return "server.read_timeout_ms"
	case !between(c.Server.WriteTimeoutMS, 1, 10*minute):
		return "server.write_timeout_ms"
	case c.Database.URL == "":
		return "database.url"
	case !between(c.Database.PoolSize, 1, 1000):
		return "database.pool_size"
	case !between(c.Database.Retries, 0, 10):
		return "database.retries"
	case !between(c.Database.SlowQueryMS, 1, 10*minute):
		return "database.slow_query_ms"
	case c.Cache.Size < 0:
		return "cache.size"
	case c.Cache.TTLMS < 0:
		return "cache.ttl_ms"
	case !between(c.Cache.Shards, 1, 256):
		return "cache.shards"
	case c.Cache.Policy != "lru" && c.Cache.Policy != "lfu" && c.Cache.Policy != "fifo":
		return "cache.policy"
	case c.Log.Level != "debug" && c.Log.Level != "info" && c.Log.Level != "warn" && c.Log.Level != "error":
		return "log.level"
	case c.Log.Format != "text" && c.Log.Format != "json":
		return "log.format"
	case !(c.Log.Sample >= 0 && c.Log.Sample <= 1):
		return "log.sample"
	case c.Limits.Requests < 0:
		return "limits.requests"
	case c.Limits.Burst < 0:
		return "limits.burst"
	case c.Limits.Body < 0:
		return "limits.body"
	case c.Limits.Connections < 1:
		return "limits.connections"
	case !between(c.Limits.IdleMS, 1, 10*minute):
		return "limits.idle_ms"
	case !between(c.Mail.Port, 1, 65535):
		return "mail.port"
	case c.Mail.Security != "none" && c.Mail.Security != "starttls" && c.Mail.Security != "tls":
		return "mail.security"
	case !between(c.Mail.Workers, 1, 64):
		return "mail.workers"
	}
	return ""
}

// Invalid returns the name of an invalid field, or an empty string.
func (m *Machine) Invalid() string {
	switch {
	case m.Host == "":
		return "host"
	case !between(m.Port, 1, 65535):
		return "port"
	case m.Region != "eu" && m.Region != "us" && m.Region != "ap":
		return "region"
	case !(m.Weight >= 0 && m.Weight <= 1):
		return "weight"
	case !between(m.CPUs, 1, 512):
		return "cpus"
	case m.Memory < 1:
		return "memory"
	case len(m.Zone) > 20 && utf8.RuneCountInString(m.Zone) > 20:
		return "zone"
	case !between(m.Retries, 0, 10):
		return "retries"
	case !lower(m.Owner):
		return "owner"
	}
	return ""
}

func between(n, low, high int) bool { return n >= low && n <= high }

// lower reports whether s matches ^[a-z-]+$.
func lower(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return s != ""
}
