// These functions decode a Service from YAML. make generate derives those for JSON from them.

package limit

import (
	"strconv"

	"github.com/hotbind/hotbind/bench/plain"
)

//go:generate sh -c "sed -e '/go:generate/d' -e 's/yaml/json/g' -e '1s|.*|// Code generated from decode_yaml.go; DO NOT EDIT.|' decode_yaml.go | cat -s >decode_json.gen.go"

func yamlService(r *yamlReader, c *plain.Service) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "server":
			yamlServer(r, &c.Server)
		case "database":
			yamlDatabase(r, &c.Database)
		case "cache":
			yamlCache(r, &c.Cache)
		case "log":
			yamlLog(r, &c.Log)
		case "limits":
			yamlLimits(r, &c.Limits)
		case "mail":
			yamlMail(r, &c.Mail)
		case "machines":
			c.Machines = yamlMachines(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
	if name := c.Invalid(); name != "" {
		r.fail("invalid " + name)
	}
}

func yamlServer(r *yamlReader, v *plain.Server) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "host":
			v.Host = r.text()
		case "port":
			v.Port = yamlInt(r)
		case "tls":
			v.TLS = yamlBool(r)
		case "read_timeout_ms":
			v.ReadTimeoutMS = yamlInt(r)
		case "write_timeout_ms":
			v.WriteTimeoutMS = yamlInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func yamlDatabase(r *yamlReader, v *plain.Database) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "url":
			v.URL = r.text()
		case "pool_size":
			v.PoolSize = yamlInt(r)
		case "user":
			v.User = r.text()
		case "retries":
			v.Retries = yamlInt(r)
		case "slow_query_ms":
			v.SlowQueryMS = yamlInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func yamlCache(r *yamlReader, v *plain.Cache) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "enabled":
			v.Enabled = yamlBool(r)
		case "size":
			v.Size = yamlInt(r)
		case "ttl_ms":
			v.TTLMS = yamlInt(r)
		case "shards":
			v.Shards = yamlInt(r)
		case "policy":
			v.Policy = r.text()
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func yamlLog(r *yamlReader, v *plain.Log) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "level":
			v.Level = r.text()
		case "format":
			v.Format = r.text()
		case "file":
			v.File = r.text()
		case "sample":
			v.Sample = yamlFloat(r)
		case "color":
			v.Color = yamlBool(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func yamlLimits(r *yamlReader, v *plain.Limits) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "requests":
			v.Requests = yamlInt(r)
		case "burst":
			v.Burst = yamlInt(r)
		case "body":
			v.Body = yamlInt(r)
		case "connections":
			v.Connections = yamlInt(r)
		case "idle_ms":
			v.IdleMS = yamlInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func yamlMail(r *yamlReader, v *plain.Mail) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "host":
			v.Host = r.text()
		case "port":
			v.Port = yamlInt(r)
		case "from":
			v.From = r.text()
		case "security":
			v.Security = r.text()
		case "workers":
			v.Workers = yamlInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func yamlMachines(r *yamlReader) map[string]plain.Machine {
	machines := make(map[string]plain.Machine, r.left()/bytesPerMachine)
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		var m plain.Machine
		yamlMachine(r, &m)
		if field := m.Invalid(); field != "" {
			r.fail("invalid machines." + name + "." + field)
		}
		machines[name] = m
	}
	r.leave(outer)
	return machines
}

func yamlMachine(r *yamlReader, v *plain.Machine) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "host":
			v.Host = r.text()
		case "port":
			v.Port = yamlInt(r)
		case "region":
			v.Region = r.text()
		case "weight":
			v.Weight = yamlFloat(r)
		case "enabled":
			v.Enabled = yamlBool(r)
		case "cpus":
			v.CPUs = yamlInt(r)
		case "memory":
			v.Memory = yamlInt(r)
		case "zone":
			v.Zone = r.text()
		case "retries":
			v.Retries = yamlInt(r)
		case "owner":
			v.Owner = r.text()
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func yamlInt(r *yamlReader) int {
	text := r.word()
	n, err := strconv.Atoi(text)
	if err != nil {
		r.fail("invalid integer " + text)
	}
	return n
}

func yamlFloat(r *yamlReader) float64 {
	text := r.word()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.fail("invalid number " + text)
	}
	return n
}

func yamlBool(r *yamlReader) bool {
	text := r.word()
	if text != "true" && text != "false" {
		r.fail("invalid boolean " + text)
	}
	return text == "true"
}
