package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

// An input is a configuration file in which one value differs between versions.
type input struct {
	name   string
	kind   string // the schema: service or fleet
	path   string
	schema string
	head   string // the text before the value, and after it
	tail   string
}

func inputs(dir string) []input {
	return []input{
		serviceInput(dir),
		fleetInput(dir, "1,000 keys", 100),
		fleetInput(dir, "100,000 keys", 10_000),
	}
}

// value returns the value in version n.
func (in input) value(n int) int { return 1 + n%2 }

// save writes version n by rename.
func (in input) save(n int) {
	text := fmt.Sprintf("%s%d%s", in.head, in.value(n), in.tail)
	if err := os.WriteFile(in.path+".new", []byte(text), 0o600); err != nil {
		log.Fatal(err)
	}
	if err := os.Rename(in.path+".new", in.path); err != nil {
		log.Fatal(err)
	}
}

func serviceInput(dir string) input {
	head, tail, _ := strings.Cut(`server: {host: localhost, port: 8080, tls: true, read_timeout: 3s, write_timeout: 4s}
database:
  url: postgres://localhost/app
  pool_size: VALUE
  user: shop
  retries: 5
  slow_query: 500ms
cache: {enabled: true, size: 5000, ttl: 2m, shards: 32, policy: lfu}
log: {level: warn, format: text, file: /var/log/app.log, sample: 0.5, color: false}
limits: {requests: 50, burst: 70, body: 65536, connections: 300, idle: 20s}
mail: {host: mail.example.com, port: 587, from: shop@example.com, security: tls, workers: 4}
`, "VALUE")
	return input{"30 keys", "service", filepath.Join(dir, "service.yaml"), "service/service.schema.yaml", head, tail}
}

func fleetInput(dir, name string, machines int) input {
	var b strings.Builder
	for i := 1; i < machines; i++ {
		fmt.Fprintf(&b, "\n  m%05d:\n    host: host-%d.example.com\n    port: %d\n    region: %s\n    weight: 0.%d\n    enabled: %v\n    cpus: %d\n    memory: %d\n    zone: zone-%d\n    retries: 3\n    owner: team-a",
			i, i, 1000+i, []string{"eu", "us", "ap"}[i%3], i%10, i%2 == 0, 1+i%64, 1+i, i%9)
	}
	first := "machines:\n  m00000:\n    host: h\n    port: 80\n    region: eu\n    weight: 0.5\n    enabled: true\n    memory: 64\n    zone: z\n    retries: 1\n    owner: team-b\n    cpus: "
	return input{name, "fleet", filepath.Join(dir, fmt.Sprintf("fleet%d.yaml", machines)), "fleet/fleet.schema.yaml", first, b.String() + "\n"}
}
