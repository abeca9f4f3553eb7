// Code generated from decode_yaml.go; DO NOT EDIT.

package limit

import (
	"strconv"

	"github.com/hotbind/hotbind/bench/plain"
)

func jsonService(r *jsonReader, c *plain.Service) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "server":
			jsonServer(r, &c.Server)
		case "database":
			jsonDatabase(r, &c.Database)
		case "cache":
			jsonCache(r, &c.Cache)
		case "log":
			jsonLog(r, &c.Log)
		case "limits":
			jsonLimits(r, &c.Limits)
		case "mail":
			jsonMail(r, &c.Mail)
		case "machines":
			c.Machines = jsonMachines(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
	if name := c.Invalid(); name != "" {
		r.fail("invalid " + name)
	}
}

func jsonServer(r *jsonReader, v *plain.Server) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "host":
			v.Host = r.text()
		case "port":
			v.Port = jsonInt(r)
		case "tls":
			v.TLS = jsonBool(r)
		case "read_timeout_ms":
			v.ReadTimeoutMS = jsonInt(r)
		case "write_timeout_ms":
			v.WriteTimeoutMS = jsonInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func jsonDatabase(r *jsonReader, v *plain.Database) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "url":
			v.URL = r.text()
		case "pool_size":
			v.PoolSize = jsonInt(r)
		case "user":
			v.User = r.text()
		case "retries":
			v.Retries = jsonInt(r)
		case "slow_query_ms":
			v.SlowQueryMS = jsonInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func jsonCache(r *jsonReader, v *plain.Cache) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "enabled":
			v.Enabled = jsonBool(r)
		case "size":
			v.Size = jsonInt(r)
		case "ttl_ms":
			v.TTLMS = jsonInt(r)
		case "shards":
			v.Shards = jsonInt(r)
		case "policy":
			v.Policy = r.text()
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func jsonLog(r *jsonReader, v *plain.Log) {
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
			v.Sample = jsonFloat(r)
		case "color":
			v.Color = jsonBool(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func jsonLimits(r *jsonReader, v *plain.Limits) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "requests":
			v.Requests = jsonInt(r)
		case "burst":
			v.Burst = jsonInt(r)
		case "body":
			v.Body = jsonInt(r)
		case "connections":
			v.Connections = jsonInt(r)
		case "idle_ms":
			v.IdleMS = jsonInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func jsonMail(r *jsonReader, v *plain.Mail) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "host":
			v.Host = r.text()
		case "port":
			v.Port = jsonInt(r)
		case "from":
			v.From = r.text()
		case "security":
			v.Security = r.text()
		case "workers":
			v.Workers = jsonInt(r)
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func jsonMachines(r *jsonReader) map[string]plain.Machine {
	machines := make(map[string]plain.Machine, r.left()/bytesPerMachine)
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		var m plain.Machine
		jsonMachine(r, &m)
		if field := m.Invalid(); field != "" {
			r.fail("invalid machines." + name + "." + field)
		}
		machines[name] = m
	}
	r.leave(outer)
	return machines
}

func jsonMachine(r *jsonReader, v *plain.Machine) {
	outer := r.enter()
	for name, ok := r.key(); ok; name, ok = r.key() {
		switch name {
		case "host":
			v.Host = r.text()
		case "port":
			v.Port = jsonInt(r)
		case "region":
			v.Region = r.text()
		case "weight":
			v.Weight = jsonFloat(r)
		case "enabled":
			v.Enabled = jsonBool(r)
		case "cpus":
			v.CPUs = jsonInt(r)
		case "memory":
			v.Memory = jsonInt(r)
		case "zone":
			v.Zone = r.text()
		case "retries":
			v.Retries = jsonInt(r)
		case "owner":
			v.Owner = r.text()
		default:
			r.fail("unknown property " + name)
		}
	}
	r.leave(outer)
}

func jsonInt(r *jsonReader) int {
	text := r.word()
	n, err := strconv.Atoi(text)
	if err != nil {
		r.fail("invalid integer " + text)
	}
	return n
}

func jsonFloat(r *jsonReader) float64 {
	text := r.word()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.fail("invalid number " + text)
	}
	return n
}

func jsonBool(r *jsonReader) bool {
	text := r.word()
	if text != "true" && text != "false" {
		r.fail("invalid boolean " + text)
	}
	return text == "true"
}
